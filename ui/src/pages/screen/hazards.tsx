// SPDX-License-Identifier: Apache-2.0
// What is not in order though nobody has attacked it yet: what is known today, and nothing made up.
import { useTranslation } from 'react-i18next';
import { useSituation, useUnregistered, useZombies } from '../../api/situation-queries';
import { formatCount } from '../../lib/format';
import { Block, Figure, Rows, sharesOf } from './frame';

const SHOWN = 6;
const ZOMBIE_DAYS = 90;

export function Hazards() {
  const { t, i18n } = useTranslation();
  const { data: now } = useSituation();
  const { data: unregistered } = useUnregistered();
  const { data: zombies } = useZombies();
  const number = (n: number) => formatCount(n, i18n.language);
  const found = unregistered?.items ?? [];
  const shown = found.slice(0, SHOWN);
  const share = sharesOf(shown, (item) => item.events);
  const countOf = (count: number, more: boolean) =>
    more ? t('screen.more', { number: number(count) }) : number(count);
  const watched = zombies && zombies.watched_days >= ZOMBIE_DAYS;
  const none = unregistered
    ? t(unregistered.more ? 'screen.noneUnregisteredOf' : 'screen.noneUnregistered', { count: unregistered.looked_at })
    : t('screen.unknown');
  const overdue = now?.rectifications.overdue ?? 0;
  return (
    <div className="wall-grid">
      <div className="wall-figures">
        <Figure
          value={unregistered ? countOf(found.length, unregistered.more && found.length > 0) : t('screen.unknown')}
          label={t('screen.unregistered')}
          tone={found.length ? 'wall-warn' : ''}
        />
        <Figure
          value={watched ? countOf(zombies.items.length, zombies.next_cursor !== undefined) : '–'}
          label={watched ? t('screen.zombies') : `${t('screen.zombies')} · ${t('screen.zombiesShort', { days: ZOMBIE_DAYS })}`}
        />
        <Figure
          value={now ? number(now.coverage.silent) : '–'}
          label={t('screen.silent')}
          tone={now?.coverage.silent ? 'wall-bad' : ''}
        />
        <Figure value={now ? number(overdue) : '–'} label={t('screen.rectOverdue')} tone={overdue ? 'wall-bad' : ''} />
      </div>
      <Block title={t('screen.busiest')} className="wall-wide">
        <Rows
          empty={none}
          rows={shown.map((item) => ({
            key: item.value,
            label: <span className="mono">{item.value}</span>,
            note: item.host ?? item.datasets.slice(0, 3).join(' '),
            value: number(item.events),
            share: share(item),
          }))}
        />
      </Block>
    </div>
  );
}
