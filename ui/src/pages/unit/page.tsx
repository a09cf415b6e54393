// SPDX-License-Identifier: Apache-2.0
// One unit: where it stands, who answers for it, what it has, what happened there.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { ALL_ASSETS, type UnitDetail, useAssetCounts, usePeople, useUnit, useUnits } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { Crumbs } from '../../components/crumbs';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { Pair } from '../../components/pair';
import { Panel } from '../../components/panel';
import { AsOf, AsOfNotice } from '../../components/register/as-of';
import { CloseDrawer, EndedNotice, IfValid, isEnded } from '../../components/register/close-drawer';
import { Duties } from '../../components/register/duties';
import { History } from '../../components/register/history';
import { IncidentsPanel } from '../../components/register/incidents-panel';
import { UnitForm } from '../../components/register/unit-form';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { unitPath } from '../../lib/links';
import { isNow, type UnitNode, unitPathOf, unitTree, type View } from '../../lib/register';
import { printState, useUrlState } from '../../lib/url-state';
import { ASSETS_STATE, VIEW_STATE } from '../assets/state';
import { NotFound } from '../fault';
import '../../styles/assets.css';

const find = (nodes: readonly UnitNode[], id: number): UnitNode | undefined => {
  for (const node of nodes) {
    const found = node.unit.id === id ? node : find(node.children, id);
    if (found) return found;
  }
  return undefined;
};

function useNode(id: number, view: View) {
  const units = useUnits(view);
  const counts = useAssetCounts(ALL_ASSETS, view);
  const items = units.data?.items ?? [];
  const byUnit = new Map((counts.data?.items ?? []).map(({ unit, count }) => [unit ?? 0, count]));
  return { node: find(unitTree(items, byUnit), id), path: unitPathOf(items, id) };
}

const assetsOf = (id: number) => `/assets?${printState(ASSETS_STATE, { unit: String(id) })}`;

function Facts({ unit, node, view }: { unit: UnitDetail; node: UnitNode | undefined; view: View }) {
  const { t, i18n } = useTranslation();
  const people = usePeople('', String(unit.id), view);
  const count = (n: number) => formatCount(n, i18n.language);
  const some = people.data?.pages[0];
  return (
    <Panel title={t('asset.facts')}>
      <dl className="pairs">
        <Pair name={t('register.member.code')}>
          <span className="mono">{unit.code || t('register.nothing')}</span>
        </Pair>
        <Pair name={t('units.assets')}>
          <Link className="number" to={assetsOf(unit.id)}>
            {count(node?.total ?? 0)}
          </Link>
        </Pair>
        <Pair name={t('units.people')}>
          <Link className="number" to={`/people?unit=${unit.id}`}>
            {some ? count(some.items.length) + (some.next_cursor ? '+' : '') : ''}
          </Link>
        </Pair>
        <Pair name={t('asset.validSince')}>
          <Time value={unit.valid_from} /> {t('register.to')}{' '}
          {unit.valid_to ? <Time value={unit.valid_to} /> : t('register.open')}
        </Pair>
        {unit.note && <Pair name={t('register.member.note')}>{unit.note}</Pair>}
      </dl>
    </Panel>
  );
}

function Below({ node }: { node: UnitNode | undefined }) {
  const { t, i18n } = useTranslation();
  return (
    <Panel title={t('units.below')}>
      {!node?.children.length && <p className="muted panel-empty">{t('units.noneBelow')}</p>}
      <ul className="asset-lines">
        {node?.children.map(({ unit, total }) => (
          <li key={unit.id}>
            <Link to={unitPath(unit.id)}>{unit.name}</Link>
            <span className="grow" />
            <Link className="number" to={assetsOf(unit.id)}>
              {t('units.assetCount', { count: total, shown: formatCount(total, i18n.language) })}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Page({ unit }: { unit: UnitDetail }) {
  const { t } = useTranslation();
  const [state, change] = useUrlState(VIEW_STATE);
  const may = useMay('register.change') && isNow(state);
  const [doing, setDoing] = useState<'edit' | 'close' | 'add'>();
  const { node, path } = useNode(unit.id, state);
  const stop = () => setDoing(undefined);
  return (
    <>
      <Crumbs
        above={[['/units', t('units.title')], ...path.slice(0, -1).map(({ id, name }) => [unitPath(id), name] as const)]}
      />
      <PageHead title={unit.name} hint={t(`units.kind.${unit.kind}`)} help="daily-work#assets">
        <AsOf view={state} onChange={change} />
        <IfValid kind="units" thing={unit} may={may}>
          <Button onClick={() => setDoing('add')} data-testid="add-below">{t('units.addBelow')}</Button>
          <Button onClick={() => setDoing('close')} data-testid="close">
            {t('units.close')}
          </Button>
          <Button type="primary" onClick={() => setDoing('edit')} data-testid="edit">
            {t('register.edit')}
          </Button>
        </IfValid>
      </PageHead>
      <AsOfNotice view={state} onChange={change} />
      <EndedNotice thing={unit} />
      <div className="asset-body">
        <div className="asset-two">
          <Facts unit={unit} node={node} view={state} />
          <Below node={node} />
        </div>
        <Duties duties={unit.duties} holder={{ unit: unit.id }} fixed={!isNow(state) || isEnded(unit)} />
        <IncidentsPanel of={{ unit: unit.id }} />
        <History kind="units" id={unit.id} changes={unit.history} />
      </div>
      {doing === 'edit' && <UnitForm unit={unit} onClose={stop} />}
      {doing === 'add' && <UnitForm parent={unit.id} onClose={stop} />}
      {doing === 'close' && (
        <CloseDrawer kind="units" id={unit.id} version={unit.version} title={t('units.closeOf', { name: unit.name })} onClose={stop} />
      )}
    </>
  );
}

export function Component() {
  const id = Number(useParams().id);
  const [state, change] = useUrlState(VIEW_STATE);
  const query = useUnit(id, state);
  if (!Number.isInteger(id) || id <= 0) return <NotFound />;
  return (
    <>
      {query.error && <AsOfNotice view={state} onChange={change} />}
      <Loaded query={query}>{(unit) => <Page key={unit.id} unit={unit} />}</Loaded>
    </>
  );
}
