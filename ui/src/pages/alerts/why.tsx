// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Marked } from '../../components/marked';
import { type ValueActions, ValueLink } from '../../components/value-link';
import type { Match } from '../../lib/why';

function Value({ match, actions }: { match: Match; actions: ValueActions }) {
  const { field, value, marks } = match;
  const marked = <Marked text={value} words={marks} />;
  if (field === '' || value === '') return marked;
  return (
    <ValueLink name={field} value={value} actions={actions}>
      {marked}
    </ValueLink>
  );
}

/** Which selection of the rule met which value of the event. */
export function Why({ matches, actions }: { matches: readonly Match[]; actions: ValueActions }) {
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
                <Value match={match} actions={actions} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
