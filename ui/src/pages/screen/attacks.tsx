// SPDX-License-Identifier: Apache-2.0
// Who attacks what, from where, and how far they came.
import { useTranslation } from 'react-i18next';
import { useOverview } from '../../api/queries';
import { usePlaces } from '../../api/situation-queries';
import type { Overview } from '../../api/types';
import MapView from '../../charts/map';
import { useTacticName } from '../../components/tactic';
import { tacticCounts } from '../../lib/attack';
import { formatCount } from '../../lib/format';
import { useMap } from '../../lib/maps';
import { byCountry, countryName } from '../../lib/places';
import { DEFAULT_RANGE } from '../../lib/time';
import { MapNote } from '../overview/places';
import { Block, Rows, sharesOf } from './frame';

const SHOWN = 5;

function Addresses({ title, list }: { title: string; list: Overview['top_sources'] }) {
  const { t, i18n } = useTranslation();
  const shown = list.slice(0, SHOWN);
  const share = sharesOf(shown, ({ count }) => count);
  return (
    <Block title={title}>
      <Rows
        empty={t('screen.none')}
        rows={shown.map((row) => ({
          key: row.key,
          label: row.asset_name ?? row.unit_name ?? <span className="mono">{row.key}</span>,
          value: formatCount(row.count, i18n.language),
          share: share(row),
        }))}
      />
    </Block>
  );
}

function Tactics({ overview }: { overview: Overview }) {
  const { i18n } = useTranslation();
  const nameOf = useTacticName();
  return (
    <ol className="wall-tactics">
      {tacticCounts(overview.by_tactic).map(({ key, count }) => (
        <li key={key} className={count ? '' : 'wall-none'}>
          <b className="number">{formatCount(count, i18n.language)}</b>
          <span>{nameOf(key)}</span>
        </li>
      ))}
    </ol>
  );
}

export function Attacks() {
  const { t, i18n } = useTranslation();
  const { data: overview } = useOverview(DEFAULT_RANGE);
  const { data: places } = usePlaces(DEFAULT_RANGE);
  const { data: map } = useMap('world');
  const nameOf = (id: string) => countryName(id, i18n.language);
  return (
    <div className="wall-attacks">
      <div className="wall-map">
        {map && places && (
          <MapView
            map={map}
            counts={byCountry(places.sources)}
            nameOf={nameOf}
            valueOf={(count) => t('places.sourcesCount', { number: formatCount(count, i18n.language) })}
            height="100%"
            label={t('places.label')}
          />
        )}
        {map && <MapNote map={map} />}
      </div>
      <div className="wall-column">
        <Addresses title={t('screen.attackers')} list={overview?.top_sources ?? []} />
        <Addresses title={t('screen.targets')} list={overview?.top_destinations ?? []} />
      </div>
      {overview && <Tactics overview={overview} />}
    </div>
  );
}
