// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { AlertChangeRecord } from '../../api/types';
import { StatusTag } from '../../components/tags';
import { Time } from '../../components/time';

/** Who did what about the alert, and when. */
export function History({ changes }: { changes: readonly AlertChangeRecord[] }) {
  const { t } = useTranslation();
  if (changes.length === 0) return null;
  return (
    <section>
      <h3>{t('alert.history')}</h3>
      <ul className="history">
        {changes.map((change) => (
          <li key={`${change.time} ${change.to}`}>
            <Time value={change.time} /> <span>{change.by}</span>
            {change.from !== change.to && (
              <span>
                <StatusTag status={change.from} /> → <StatusTag status={change.to} />
              </span>
            )}
            {change.note && <q>{change.note}</q>}
          </li>
        ))}
      </ul>
    </section>
  );
}
