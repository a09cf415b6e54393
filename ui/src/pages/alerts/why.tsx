// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { EventDetail } from '../../api/types';
import { Marked } from '../../components/marked';
import type { ValueActions } from '../../components/value-link';
import { type Condition, type Match, pivotTerm } from '../../lib/why';

interface Props {
  matches: readonly Match[];
  condition: Condition | undefined;
  event: EventDetail | undefined;
  actions: ValueActions;
}

/** The condition as it was evaluated, and what became of each of its selections. */
function Evaluated({ condition }: { condition: Condition }) {
  const { t } = useTranslation();
  return (
    <div className="condition" data-testid="condition">
      <code>{condition.text}</code>
      <ul>
        {condition.selections.map(({ name, holds }) => (
          <li key={name} className={holds ? 'holds' : 'holds-not'}>
            <span className="mono">{name}</span> {holds ? t('alert.holds') : t('alert.holdsNot')}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Which selection of the rule met which value of the event. */
export function Why({ matches, condition, event, actions }: Props) {
  const { t } = useTranslation();
  if (matches.length === 0 && !condition) return null;
  return (
    <section data-testid="why">
      <h3>{t('alert.why')}</h3>
      {condition && <Evaluated condition={condition} />}
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
