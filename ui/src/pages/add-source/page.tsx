// SPDX-License-Identifier: Apache-2.0
// Connecting a source: choose the device, paste what is shown, and see it heard.
import { Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOnboarding, useOnboardingList } from '../../api/sources-queries';
import { Crumbs } from '../../components/crumbs';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { PageHead } from '../../components/page-head';
import { type Filling, listenerOf } from '../../lib/sources';
import { text, useUrlState } from '../../lib/url-state';
import { Devices } from './devices';
import { Guide } from './guide';
import { Listen } from './listen';
import '../../styles/sources.css';

const STATE = { device: text() };

export function Component() {
  const { t } = useTranslation();
  const [state, change] = useUrlState(STATE);
  const list = useOnboardingList();
  const { data: device, error, refetch } = useOnboarding(state.device);
  const [typed, setTyped] = useState<Partial<Filling>>({});
  const address = list.data?.listeners.find(({ name }) => name === device?.transport)?.address;
  const port = address === undefined ? '' : listenerOf(address).port;
  const filling: Filling = { host: window.location.hostname, port, token: '', ...typed };
  const choose = (id: string) => {
    setTyped(({ port: _, ...kept }) => kept);
    change({ device: id });
  };
  return (
    <>
      <Crumbs above={[['/sources', t('sources.title')]]} />
      <PageHead title={t('sources.add')} hint={t('sources.wizard.hint')} help="connect-devices" />
      {list.error && <ErrorNotice error={list.error} onRetry={list.refetch} />}
      <div className="wizard">
        <Devices devices={list.data?.items} chosen={state.device} onChoose={choose} />
        {error && <ErrorNotice error={error} onRetry={refetch} />}
        {state.device === '' && <Empty title={t('sources.wizard.choose')} hint={t('sources.wizard.chooseHint')} />}
        {state.device !== '' && !device && !error && <Skeleton active />}
        {device && list.data && (
          <Guide
            key={device.id}
            device={device}
            address={address}
            filling={filling}
            onFill={(part) => setTyped((before) => ({ ...before, ...part }))}
          />
        )}
        <Listen device={device} />
      </div>
    </>
  );
}
