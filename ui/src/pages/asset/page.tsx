// SPDX-License-Identifier: Apache-2.0
// One asset: what it is and whose, what happened to it, what the network says of it, and how all that came to be.
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { type AssetDetail, useAsset } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { Crumbs } from '../../components/crumbs';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { AsOf, AsOfNotice } from '../../components/register/as-of';
import { AssetForm } from '../../components/register/asset-form';
import { AssetTags } from '../../components/register/asset-tags';
import { CloseDrawer, EndedNotice, IfValid, isEnded } from '../../components/register/close-drawer';
import { Duties } from '../../components/register/duties';
import { History } from '../../components/register/history';
import { TimeRange } from '../../components/time-range';
import { unitPath } from '../../lib/links';
import { isNow, type Lane } from '../../lib/register';
import { printState, useUrlState } from '../../lib/url-state';
import { NotFound } from '../fault';
import { Addresses } from './addresses';
import { Facts } from './facts';
import { Network } from './network';
import { Responsibles } from './responsibles';
import { ASSET_STATE, TABS } from './state';
import { Trouble } from './trouble';
import '../../styles/assets.css';

/** Which unit it belonged to, as a line above those of the duties. */
function useUnitLane({ states }: AssetDetail): Lane[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const segments = states.map((state) => ({
      key: state.valid_from,
      label: state.unit_name ?? t('assets.noUnit'),
      to: state.unit ? unitPath(state.unit) : undefined,
      from: Date.parse(state.valid_from),
      until: Date.parse(state.valid_to ?? ''),
      open: state.valid_to === undefined,
    }));
    return [{ key: 'unit', title: t('register.unit'), segments }];
  }, [states, t]);
}

function Overview({ asset, fixed }: { asset: AssetDetail; fixed: boolean }) {
  const lanes = useUnitLane(asset);
  return (
    <>
      <div className="asset-two">
        <Facts asset={asset} />
        <Responsibles people={asset.responsibles} />
      </div>
      <Duties duties={asset.duties} holder={{ asset: asset.id }} lanes={lanes} fixed={fixed} />
      <Trouble asset={asset} />
    </>
  );
}

function Actions({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<'edit' | 'close'>();
  const stop = () => setDoing(undefined);
  return (
    <>
      <Button onClick={() => setDoing('close')} data-testid="close">
        {t('asset.close')}
      </Button>
      <Button type="primary" onClick={() => setDoing('edit')} data-testid="edit">
        {t('register.edit')}
      </Button>
      {doing === 'edit' && <AssetForm asset={asset} onClose={stop} />}
      {doing === 'close' && (
        <CloseDrawer
          kind="assets"
          id={asset.id}
          version={asset.version}
          title={t('asset.closeOf', { name: asset.name })}
          onClose={stop}
        />
      )}
    </>
  );
}

function Page({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation();
  const [state, change] = useUrlState(ASSET_STATE);
  const sees = useMay('event.read');
  const may = useMay('register.change');
  const tabs = TABS.filter((tab) => sees || (tab !== 'network' && tab !== 'addresses'));
  const timed = state.tab === 'network' || state.tab === 'addresses';
  return (
    <>
      <PageHead title={asset.name} hint={<AssetTags asset={asset} />} help="daily-work#assets">
        <AsOf view={state} onChange={change} />
        <IfValid kind="assets" thing={asset} may={may && isNow(state)}>
          <Actions asset={asset} />
        </IfValid>
      </PageHead>
      <AsOfNotice view={state} onChange={change} />
      <EndedNotice thing={asset} />
      <nav className="subnav" aria-label={t('asset.parts')}>
        {tabs.map((tab) => (
          <Link
            key={tab}
            to={`?${printState(ASSET_STATE, { ...state, tab })}`}
            className={tab === state.tab ? 'active' : undefined}
            aria-current={tab === state.tab ? 'page' : undefined}
          >
            {t(`asset.tab.${tab}`)}
          </Link>
        ))}
        <span className="grow" />
        {timed && <TimeRange value={state} onChange={change} />}
      </nav>
      <div className="asset-body">
        {state.tab === 'overview' && <Overview asset={asset} fixed={!isNow(state) || isEnded(asset)} />}
        {state.tab === 'network' && <Network id={asset.id} range={{ from: state.from, to: state.to }} />}
        {state.tab === 'addresses' && (
          <Addresses
            asset={asset}
            chosen={state.of[0]}
            onChoose={(what) => change({ of: [what] })}
            range={{ from: state.from, to: state.to }}
          />
        )}
        {state.tab === 'history' && <History kind="assets" id={asset.id} changes={asset.history} />}
      </div>
    </>
  );
}

export function Component() {
  const { t } = useTranslation();
  const id = Number(useParams().id);
  const [state, change] = useUrlState(ASSET_STATE);
  const query = useAsset(id, state);
  if (!Number.isInteger(id) || id <= 0) return <NotFound />;
  return (
    <>
      <Crumbs above={[['/assets', t('assets.title')]]} />
      {query.error && <AsOfNotice view={state} onChange={change} />}
      <Loaded query={query}>{(asset) => <Page key={asset.id} asset={asset} />}</Loaded>
    </>
  );
}
