// SPDX-License-Identifier: Apache-2.0
// Where alerts come from and go to: the world by country, China by province, the campus by zone.
import { Segmented } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { type Places as Found, usePlaces } from '../../api/situation-queries';
import type { Count } from '../../api/types';
import { BarList } from '../../components/bar-list';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { formatCount } from '../../lib/format';
import { kqlTerm } from '../../lib/kql';
import { type LoadedMap, MAPS, type MapName, useMap } from '../../lib/maps';
import { byCountry, byProvince, countryName, provinceName } from '../../lib/places';
import type { Range } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';
import { SIDES, type Side } from './state';
import { Zones, zoneTotal } from './zones';

const MapView = lazy(() => import('../../charts/map'));
const HEIGHT = 360;
const LISTED = 10;

const FIELDS: Record<Side, string> = {
  sources: 'source.geo.country_iso_code',
  destinations: 'destination.geo.country_iso_code',
  events: 'source.geo.country_iso_code',
};

interface Shown {
  counts: Count[];
  list: Count[];
  nameOf: (id: string) => string;
  query: (id: string) => string;
  /** Counted, and in no place of the map. */
  note: string;
}

export function useShown(map: MapName, side: Side, found: Found): Shown {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  const byCode = found[side];
  const query = (id: string) => kqlTerm(FIELDS[side], id);
  if (map === 'world') {
    const nameOf = (id: string) => countryName(id, language);
    return { counts: byCountry(byCode), list: byCode, nameOf, query, note: '' };
  }
  if (map === 'china') {
    const { provinces, elsewhere } = byProvince(byCode, side === 'sources' ? found.regions : []);
    const note = elsewhere > 0 ? t('places.noProvince', { number: formatCount(elsewhere, language) }) : '';
    const nameOf = (id: string) => provinceName(id, language);
    return { counts: provinces, list: provinces, nameOf, query: () => query('CN'), note };
  }
  const counts = found.zones.map((zone) => ({ key: zone.name, count: zoneTotal(zone) }));
  return { counts, list: [], nameOf: (id) => id, query: () => '', note: '' };
}

/** Whose map it is, and that a sketch is one. */
export function MapNote({ map }: { map: LoadedMap }) {
  const { t } = useTranslation();
  const words = map.own ? (map.file.attribution ?? t('places.own')) : t('places.sketch');
  return <p className="map-note muted">{words}</p>;
}

interface Props {
  map: MapName;
  side: Side;
  found: Found;
  range: Range;
}

function Drawn({ map, side, found, range }: Props) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const asked = useMap(map);
  const shown = useShown(map, side, found);
  const number = (n: number) => formatCount(n, i18n.language);
  const items = shown.list.slice(0, LISTED).map(({ key, count }) => ({
    key,
    label: shown.nameOf(key),
    count,
    to: eventsPath({ ...range, q: shown.query(key) }),
  }));
  if (map === 'campus' && !asked.data) return <Zones zones={found.zones} range={range} />;
  return (
    <div className="places">
      <div className="places-map">
        <Suspense fallback={<div style={{ height: HEIGHT }} />}>
          {asked.data ? (
            <MapView
              map={asked.data}
              counts={shown.counts}
              nameOf={shown.nameOf}
              valueOf={(count) => t(`places.${side}Count`, { number: number(count) })}
              height={HEIGHT}
              label={t('places.label')}
              onPick={(id) => id && map !== 'campus' && navigate(eventsPath({ ...range, q: shown.query(id) }))}
            />
          ) : (
            <div style={{ height: HEIGHT }}>{asked.error ? t('places.noMap') : ''}</div>
          )}
        </Suspense>
        {asked.data && <MapNote map={asked.data} />}
      </div>
      {map === 'campus' ? (
        <Zones zones={found.zones} range={range} />
      ) : (
        <div className="places-list">
          <BarList items={items} empty={t('places.none')} />
          {shown.note && <p className="muted">{shown.note}</p>}
        </div>
      )}
    </div>
  );
}

interface PanelProps {
  map: MapName;
  side: Side;
  range: Range;
  onChange: (part: { map?: MapName; side?: Side }) => void;
}

export function Places({ map, side, range, onChange }: PanelProps) {
  const { t } = useTranslation();
  const query = usePlaces(range);
  const maps = useMemo(() => MAPS.map((value) => ({ value, label: t(`places.${value}`) })), [t]);
  const sides = useMemo(() => SIDES.map((value) => ({ value, label: t(`places.${value}`) })), [t]);
  const switches = (
    <span className="panel-switches">
      {map !== 'campus' && (
        <Segmented size="small" options={sides} value={side} onChange={(value) => onChange({ side: value })} />
      )}
      <Segmented size="small" options={maps} value={map} onChange={(value) => onChange({ map: value })} />
    </span>
  );
  return (
    <Panel title={t('places.title')} extra={switches} className="places-panel">
      <Loaded query={query}>
        {(found) => <Drawn map={map} side={side} found={found} range={range} />}
      </Loaded>
    </Panel>
  );
}
