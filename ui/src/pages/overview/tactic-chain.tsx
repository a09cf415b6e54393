// SPDX-License-Identifier: Apache-2.0
// Alerts by ATT&CK tactic in the order of an attack: how far has anybody come?
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Count } from '../../api/types';
import { Panel } from '../../components/panel';
import { useTacticName } from '../../components/tactic';
import { tacticCounts } from '../../lib/attack';
import { formatCount } from '../../lib/format';
import type { Range } from '../../lib/time';
import { alertsPath } from '../../lib/url-state';

const SHADES = 4;

/** 0 for none, then 1 to SHADES by the logarithm, so that one alert is still seen beside a thousand. */
function shade(count: number, max: number): number {
  if (count === 0) return 0;
  return Math.max(1, Math.ceil((SHADES * Math.log1p(count)) / Math.log1p(max)));
}

export function TacticChain({ counts, range }: { counts: readonly Count[]; range: Range }) {
  const { t, i18n } = useTranslation();
  const nameOf = useTacticName();
  const tactics = tacticCounts(counts);
  const max = Math.max(1, ...tactics.map(({ count }) => count));
  return (
    <Panel title={t('overview.tactics')} extra={<span className="muted">{t('overview.attackNotice')}</span>}>
      <ol className="chain">
        {tactics.map(({ key, count }) => (
          <li key={key}>
            <Link
              to={alertsPath({ ...range, tactic: key })}
              className={`chain-link shade-${shade(count, max)}`}
            >
              <b className="number">{formatCount(count, i18n.language)}</b>
              <span>{nameOf(key)}</span>
            </Link>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
