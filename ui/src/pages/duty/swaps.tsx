// SPDX-License-Identifier: Apache-2.0
// Swaps that were asked for: those that wait for an answer first, then the last decided ones.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Shift, type Swap, useDecideSwap, useSwaps } from '../../api/duty-queries';
import { useMay, useSession } from '../../api/queries';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { useDone } from '../../components/use-done';
import { spanText } from './words';

const SHOWN = 10;

function Decide({ swap }: { swap: Swap }) {
  const { t } = useTranslation();
  const { done, failed } = useDone();
  const { data: session } = useSession();
  const decide = useDecideSwap();
  const say = (state: 'accepted' | 'refused' | 'withdrawn') =>
    // Not by the callbacks of mutate(): a swap that is decided has no buttons, and they go with those.
    decide.mutateAsync({ id: swap.id, state }).then(() => done(t(`duty.swapState.${state}`)), failed);
  return (
    <span className="actions-inline">
      <Button size="small" type="primary" onClick={() => say('accepted')} data-testid={`accept-${swap.id}`}>
        {t('duty.swap.accept')}
      </Button>
      <Button size="small" onClick={() => say('refused')}>
        {t('duty.swap.refuse')}
      </Button>
      {session?.username === swap.by && (
        <Button size="small" type="text" onClick={() => say('withdrawn')}>
          {t('duty.swap.withdraw')}
        </Button>
      )}
    </span>
  );
}

export function SwapsPanel({ shifts }: { shifts: readonly Shift[] }) {
  const { t } = useTranslation();
  const query = useSwaps();
  const may = useMay('duty.change');
  const nameOf = (id: number | undefined) => {
    const shift = shifts.find((each) => each.id === id);
    return shift ? `${shift.name} ${spanText(shift.from, shift.to)}` : t('duty.swap.shift', { id });
  };
  return (
    <Panel title={t('duty.swap.list')} className="duty-swaps">
      <Loaded
        query={query}
        rows={2}
        isEmpty={({ items }) => items.length === 0}
        empty={<p className="muted">{t('duty.swap.none')}</p>}
      >
        {({ items }) => {
          const waiting = items.filter(({ state }) => state === 'asked');
          const rest = items.filter(({ state }) => state !== 'asked');
          return (
            <table className="plain plain-lined plain-wide" data-testid="swaps">
              <thead>
                <tr>
                  <th>{t('common.time')}</th>
                  <th>{t('duty.swap.by')}</th>
                  <th>{t('duty.swap.what')}</th>
                  <th>{t('duty.swap.reason')}</th>
                  <th>{t('duty.swap.state')}</th>
                </tr>
              </thead>
              <tbody>
                {[...waiting, ...rest].slice(0, SHOWN).map((swap) => (
                  <tr key={swap.id}>
                    <td>
                      <Time value={swap.time} />
                    </td>
                    <td>{swap.by}</td>
                    <td>
                      {swap.against
                        ? t('duty.swap.exchange', { shift: nameOf(swap.shift), against: nameOf(swap.against) })
                        : t('duty.swap.give', { shift: nameOf(swap.shift), to: swap.to })}
                    </td>
                    <td>{swap.reason}</td>
                    <td>
                      {swap.state === 'asked' && may ? <Decide swap={swap} /> : t(`duty.swapState.${swap.state}`)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </Loaded>
    </Panel>
  );
}
