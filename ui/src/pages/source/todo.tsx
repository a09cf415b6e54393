// SPDX-License-Identifier: Apache-2.0
// What to do when it is silent, from the device towards us.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Source, useOnboardingList } from '../../api/sources-queries';
import { CopyButton } from '../../components/copy-button';
import { Panel } from '../../components/panel';
import { assetPath } from '../../lib/links';
import { listenerOf } from '../../lib/sources';

/** The listener of a record (syslog-udp) under its name in the settings (syslog_udp). */
const settingOf = (listener: string | undefined) => {
  if (listener?.startsWith('http-')) return 'ingest';
  return listener?.replace('-', '_');
};

export function Todo({ source }: { source: Source }) {
  const { t } = useTranslation();
  const { data } = useOnboardingList();
  const { peer, asset, listener } = source;
  const setting = data?.listeners.find(({ name }) => name === settingOf(listener));
  const port = setting ? listenerOf(setting.address).port : '';
  const command = `tcpdump -ni any host ${peer} and port ${port}`;
  return (
    <Panel title={t('sources.one.what')}>
      <ol className="source-todo">
        <li>{peer ? t('sources.one.todo.reach', { peer }) : t('sources.one.todo.reachLocal')}</li>
        <li>
          {t('sources.one.todo.config')} <Link to="/sources/add">{t('sources.one.todo.guide')}</Link>
        </li>
        {peer && port !== '' && (
          <li>
            {t('sources.one.todo.network')}
            <div className="snippet-head">
              <code className="mono">{command}</code>
              <CopyButton text={command} />
            </div>
          </li>
        )}
        <li>{t('sources.one.todo.firewall')}</li>
        <li>
          {t('sources.one.todo.owner')} {asset && <Link to={assetPath(asset.id)}>{asset.name}</Link>}
        </li>
      </ol>
    </Panel>
  );
}
