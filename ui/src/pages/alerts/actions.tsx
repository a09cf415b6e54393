// SPDX-License-Identifier: Apache-2.0
// Handling an alert. Every change can be taken back while its message stands.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useUpdateAlert } from '../../api/alert-queries';
import { useMay } from '../../api/queries';
import type { AlertDetail, AlertStatus } from '../../api/types';
import { describe } from '../../components/describe';
import { useHotkeys } from '../../lib/hotkeys';

const UNDO_SECONDS = 8;

/** The states an alert may be put in, by the state it has. */
const NEXT: Record<AlertStatus, readonly AlertStatus[]> = {
  new: ['acknowledged', 'closed', 'false_positive'],
  acknowledged: ['closed', 'false_positive', 'new'],
  closed: ['new'],
  false_positive: ['new'],
};

const KEYS: Partial<Record<AlertStatus, string>> = { acknowledged: 'a', closed: 'c', false_positive: 'f' };

function useSetStatus(alert: AlertDetail) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const update = useUpdateAlert();
  const set = (status: AlertStatus, onSuccess: () => void) =>
    update.mutate(
      { id: alert.id, status },
      { onSuccess, onError: (error) => message.error(describe(t, error)) },
    );
  const offerUndo = (before: AlertStatus, now: AlertStatus) => {
    const key = `undo-${alert.id}`;
    const undo = () => set(before, () => message.destroy(key));
    message.open({
      key,
      type: 'success',
      duration: UNDO_SECONDS,
      content: (
        <>
          {t('alert.done', { status: t(`status.${now}`) })}
          <Button type="link" size="small" onClick={undo} data-testid="undo">
            {t('alert.undo')}
          </Button>
        </>
      ),
    });
  };
  const change = (status: AlertStatus) => {
    const before = alert.status;
    set(status, () => offerUndo(before, status));
  };
  return { change, pending: update.isPending };
}

/** Those who only look or audit do not handle alerts. */
export function useMayHandle(): boolean {
  return useMay('alert.change');
}

export function Actions({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const { change, pending } = useSetStatus(alert);
  const may = useMayHandle();
  const next = may ? NEXT[alert.status] : [];
  const keys = next.flatMap((status) => {
    const key = KEYS[status];
    return key ? [[key, () => change(status)] as const] : [];
  });
  useHotkeys(Object.fromEntries(keys));
  if (next.length === 0) return null;
  return (
    <div className="actions">
      {next.map((status, i) => (
        <Button
          key={status}
          type={i === 0 ? 'primary' : 'default'}
          size="small"
          disabled={pending}
          onClick={() => change(status)}
          data-testid={`do-${status}`}
        >
          {t(`alert.do.${status}`)}
        </Button>
      ))}
    </div>
  );
}
