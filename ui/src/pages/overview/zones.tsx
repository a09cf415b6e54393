// SPDX-License-Identifier: Apache-2.0
// The campus by zone where no map of it is there: a tile for each range of the register, the busiest first.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Zone } from '../../api/situation-queries';
import { formatCount } from '../../lib/format';
import { assetPath } from '../../lib/links';
import type { Range } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';

const SHADES = 4;

export const zoneTotal = ({ sources, destinations }: Zone) => sources + destinations;

const shade = (count: number, max: number) =>
  count === 0 ? 0 : Math.max(1, Math.ceil((SHADES * Math.log1p(count)) / Math.log1p(max)));

/** Every network of the zone, on that side. A network is no text: it has no quotes. */
const queryOf = ({ networks }: Zone, field: 'source.ip' | 'destination.ip') =>
  networks.map((network) => `${field}: ${network.replace(/[^0-9a-fA-F:./-]/g, '')}`).join(' or ');

export function Zones({ zones, range }: { zones: readonly Zone[]; range: Range }) {
  const { t, i18n } = useTranslation();
  const number = (n: number) => formatCount(n, i18n.language);
  if (zones.length === 0) return <p className="muted panel-empty">{t('places.noZones')}</p>;
  const sorted = [...zones].sort((a, b) => zoneTotal(b) - zoneTotal(a));
  const max = Math.max(1, ...zones.map(zoneTotal));
  return (
    <ul className="zones" data-testid="zones">
      {sorted.map((zone) => (
        <li key={`${zone.asset}-${zone.name}`} className={`zone shade-${shade(zoneTotal(zone), max)}`}>
          {zone.asset ? <Link to={assetPath(zone.asset)}>{zone.name}</Link> : <span>{zone.name}</span>}
          <span className="mono muted">{zone.networks.slice(0, 2).join(' ')}</span>
          <span className="zone-counts">
            <Link to={eventsPath({ ...range, q: queryOf(zone, 'source.ip') })}>
              {t('places.out', { number: number(zone.sources) })}
            </Link>
            <Link to={eventsPath({ ...range, q: queryOf(zone, 'destination.ip') })}>
              {t('places.in', { number: number(zone.destinations) })}
            </Link>
          </span>
        </li>
      ))}
    </ul>
  );
}
