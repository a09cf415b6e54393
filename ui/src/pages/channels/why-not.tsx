// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { failureOf } from '../../lib/delivery';

/** Why a message did not arrive and what to do; behind it what the other side said, which it may have to be told. */
export function WhyNot({ error }: { error: string | undefined }) {
  const { t } = useTranslation();
  if (!error) return null;
  const failure = failureOf(error);
  return (
    <div className="outbox-error muted">
      {failure && <div data-testid={`fault-${failure.fault}`}>{t(`channels.fault.${failure.fault}`, { what: failure.what })}</div>}
      <span className={failure && 'mono'}>{error}</span>
    </div>
  );
}
