// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { ValueLink, type ValueActions } from '../../components/value-link';
import type { Match } from '../../lib/why';

function Value({ field, value, actions }: { field: string; value: string; actions: ValueActions }) {
  if (field === '') return <mark>{value}</mark>;
  return (
    <ValueLink name={field} value={value} actions={actions}>
      <mark>{value}</mark>
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
          {matches.map(({ selection, field, values }) => (
            <tr key={`${selection}\n${field}\n${values}`}>
              <td>{selection}</td>
              <td className="mono">{field}</td>
              <td className="mono">
                {values.map((value) => (
                  <div key={value}>
                    <Value field={field} value={value} actions={actions} />
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
