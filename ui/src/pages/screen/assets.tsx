// SPDX-License-Identifier: Apache-2.0
// What is hit of one's own: assets by risk, units by incidents, and whether their sources are heard.
import { useTranslation } from 'react-i18next';
import { useOverview } from '../../api/queries';
import { useRisk, useSituation } from '../../api/situation-queries';
import { formatCount } from '../../lib/format';
import { DEFAULT_RANGE } from '../../lib/time';
import { talking } from '../overview/watch';
import { Block, Figure, Rows, sharesOf } from './frame';

const SHOWN = 6;

export function Assets() {
  const { t, i18n } = useTranslation();
  const { data: now } = useSituation();
  const { data: overview } = useOverview(DEFAULT_RANGE);
  // A drill's own are shown where there are no others.
  const { data: real } = useRisk('asset', SHOWN, false);
  const { data: drilled } = useRisk('asset', SHOWN, true);
  const number = (n: number) => formatCount(n, i18n.language);
  // Where no source has been learnt, none is silent, and that says nothing.
  const sources = now && now.coverage.sources > 0 && !now.coverage.down ? now : undefined;
  const assets = (real?.items.length ? real : drilled)?.items.slice(0, SHOWN) ?? [];
  const units = [...(overview?.by_unit ?? [])].sort((a, b) => b.alerts - a.alerts).slice(0, SHOWN);
  const riskShare = sharesOf(assets, (item) => item.risk);
  const unitShare = sharesOf(units, (item) => item.alerts);
  return (
    <div className="wall-grid">
      <div className="wall-figures">
        <Figure value={sources ? number(talking(sources)) : '–'} label={t('screen.talking')} />
        <Figure
          value={sources ? number(sources.coverage.silent) : '–'}
          label={t('screen.silent')}
          tone={sources?.coverage.silent ? 'wall-bad' : ''}
        />
        <Figure
          value={sources ? number(sources.coverage.blind) : '–'}
          label={t('screen.blind')}
          tone={sources?.coverage.blind ? 'wall-warn' : ''}
        />
      </div>
      <Block title={t('screen.riskiest')}>
        <Rows
          empty={t('screen.noRisk')}
          rows={assets.map((item) => ({
            key: item.value,
            label: item.name || item.value,
            value: number(Math.round(item.risk)),
            share: riskShare(item),
          }))}
        />
      </Block>
      <Block title={t('screen.units')}>
        <Rows
          empty={t('screen.noUnits')}
          rows={units.map((unit) => ({
            key: String(unit.id),
            label: unit.name,
            value: number(unit.alerts),
            share: unitShare(unit),
          }))}
        />
      </Block>
    </div>
  );
}
