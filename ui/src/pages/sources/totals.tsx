// SPDX-License-Identifier: Apache-2.0
// How many stand how, each the filter for them; how long nobody could be heard; how much is not understood.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { SourceList, SourceState } from '../../api/sources-queries';
import { formatCount } from '../../lib/format';
import { SOURCE_STATES } from '../../lib/sources';
import { useDuration } from './duration';

interface Props {
  totals: SourceList['totals'] | undefined;
  chosen: readonly SourceState[];
  onChoose: (states: readonly SourceState[]) => void;
  blind: number | undefined;
  days: number;
}

const COUNTED = SOURCE_STATES.filter((state) => state !== 'retired') as Exclude<SourceState, 'retired'>[];

export function Totals({ totals, chosen, onChoose, blind, days }: Props) {
  const { t, i18n } = useTranslation();
  const { lasting } = useDuration();
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 2 });
  const share = totals && totals.received > 0 ? totals.unparsed / totals.received : 0;
  return (
    <div className="source-totals" data-testid="totals">
      {COUNTED.map((state) => {
        const count = totals?.[state] ?? 0;
        const active = chosen.length === 1 && chosen[0] === state;
        return (
          <button
            key={state}
            type="button"
            className={`source-total ${count > 0 ? `source-${state}` : 'source-zero'}`}
            aria-pressed={active}
            title={t(`sources.stateHint.${state}`)}
            onClick={() => onChoose(active ? [] : [state])}
            data-testid={`total-${state}`}
          >
            <b className="number">{formatCount(count, i18n.language)}</b>
            <span>
              {t(`sources.state.${state}`)}
              {state === 'silent' && totals && totals.acknowledged > 0 && t('sources.silence.among', { count: totals.acknowledged })}
            </span>
          </button>
        );
      })}
      <a className={`source-total ${blind ? 'source-silent' : 'source-zero'}`} href="#heat" title={t('sources.totalBlindHint')}>
        <b className="number">{blind ? lasting(blind) : t('sources.noBlind')}</b>
        <span>{t('sources.totalBlind', { days })}</span>
      </a>
      <Link
        className={`source-total ${share > 0.01 ? 'source-late' : 'source-zero'}`}
        to="/sources/unknown"
        title={t('sources.totalUnparsedHint')}
      >
        <b className="number">{percent.format(share)}</b>
        <span>{t('sources.totalUnparsed')}</span>
      </Link>
    </div>
  );
}
