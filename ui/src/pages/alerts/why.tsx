// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { EventDetail } from '../../api/types';
import { Marked } from '../../components/marked';
import type { ValueActions } from '../../components/value-link';
import { type Match, pivotTerm } from '../../lib/why';

interface Props {
  matches: readonly Match[];
  event: EventDetail | undefined;
  actions: ValueActions;
}

/** Which selection of the rule met which value of the event. */
export function Why({ matches, event, actions }: Props) {
  const { t } = useTranslation();
  if (matches.length === 0) return null;
  return (
    <section data-testid="why">
      <h3>{t('alert.why')}</h3>
      <table className="why">
        <thead>
          <tr>
            <th>{t('alert.selection')}</th>
            <th>{t('alert.field')}</th>
            <th>{t('alert.value')}</th>
          </tr>
        </thead>
        <tbody>
          {matches.map((match) => (
            <tr key={JSON.stringify(match)}>
              <td>{match.selection}</td>
              <td className="mono">{match.field || t('alert.keyword')}</td>
              <td className="mono">
                <Link className="value" to={actions.search(pivotTerm(match, event))}>
                  <Marked text={match.value} words={match.marks} />
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
