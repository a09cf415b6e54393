// SPDX-License-Identifier: Apache-2.0
// Where messages to people go: each channel's state and a test with a real answer, the outbox, how to set one up.
import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Channel, useChannels } from '../../api/admin-queries';
import { useMay } from '../../api/queries';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { Panel } from '../../components/panel';
import { Snippet } from '../../components/snippet';
import { Time } from '../../components/time';
import { CHANNEL_TYPES, type ChannelType, healthOfChannel, SETTINGS, SNIPPETS } from '../../lib/channels';
import { formatCount } from '../../lib/format';
import { text, useUrlState } from '../../lib/url-state';
import '../../styles/parts.css';
import '../../styles/system.css';
import { OutboxPart } from './outbox';
import { ChannelTest } from './test';
import { WhyNot } from './why-not';

const STATE = { state: text(), channel: text(), kind: text() };
const DOT = { untried: 'unknown', good: 'good', bad: 'bad', waiting: 'behind' } as const;

function State({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const health = healthOfChannel(channel);
  return (
    <>
      <span className={`dot dot-${DOT[health]}`} />
      {t(`channels.health.${health}`)}
      {health === 'bad' && <WhyNot error={channel.error} />}
    </>
  );
}

interface RowProps {
  channel: Channel;
  onWaiting: () => void;
  onUndelivered: () => void;
}

function Row({ channel, onWaiting, onUndelivered }: RowProps) {
  const { t, i18n } = useTranslation();
  const may = useMay('setting.change');
  const kindName = (kind: string) =>
    i18n.exists(`channels.kind.${kind}`) ? t(`channels.kind.${kind}` as 'channels.kind.duty') : kind;
  return (
    <tr data-testid={`channel-${channel.name}`}>
      <td className="mono nowrap">{channel.name}</td>
      <td className="nowrap">{t(`channels.type.${channel.type}`)}</td>
      <td>{channel.kinds.length > 0 ? channel.kinds.map(kindName).join(t('common.comma')) : t('channels.byName')}</td>
      <td>
        <State channel={channel} />
      </td>
      <td className="nowrap">{channel.sent ? <Time value={channel.sent} /> : '–'}</td>
      <td className="nowrap">
        {channel.failed ? (
          <button type="button" className="value" onClick={onUndelivered}>
            <Time value={channel.failed} />
          </button>
        ) : (
          '–'
        )}
      </td>
      <td className="number end">
        {channel.waiting ? (
          <button type="button" className="value" onClick={onWaiting}>
            {formatCount(channel.waiting, i18n.language)}
          </button>
        ) : (
          0
        )}
      </td>
      <td>{may && <ChannelTest channel={channel} />}</td>
    </tr>
  );
}

interface TableProps {
  channels: readonly Channel[];
  /** Shows what of it is in the outbox. */
  onLook: (channel: string, state: 'waiting' | 'undelivered') => void;
}

function ChannelTable({ channels, onLook }: TableProps) {
  const { t } = useTranslation();
  return (
    <div className="table-box scroll-x">
      <table className="plain plain-lined plain-wide" data-testid="channels">
        <thead>
          <tr>
            <th>{t('channels.name')}</th>
            <th>{t('channels.typeLabel')}</th>
            <th>{t('channels.kinds')}</th>
            <th>{t('channels.state')}</th>
            <th>{t('channels.lastSent')}</th>
            <th>{t('channels.lastFailed')}</th>
            <th className="end">{t('channels.waiting')}</th>
            <th>{t('channels.test')}</th>
          </tr>
        </thead>
        <tbody>
          {channels.map((channel) => (
            <Row
              key={channel.name}
              channel={channel}
              onWaiting={() => onLook(channel.name, 'waiting')}
              onUndelivered={() => onLook(channel.name, 'undelivered')}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HowPanel() {
  const { t } = useTranslation();
  const [type, setType] = useState<ChannelType>('wecom');
  const options = CHANNEL_TYPES.map((value) => ({ value, label: t(`channels.type.${value}`) }));
  return (
    <Panel
      title={t('channels.how')}
      extra={
        <Select<ChannelType>
          value={type}
          options={options}
          onChange={setType}
          aria-label={t('channels.typeLabel')}
          className="filter-trail"
        />
      }
    >
      <ol className="how">
        {type !== 'mail' && (
          <li>
            {t('channels.howFile')}
            <Snippet text={SETTINGS} />
          </li>
        )}
        <li>
          {t(type === 'mail' ? 'channels.howMail' : 'channels.howEntry')}
          <Snippet text={SNIPPETS[type]} />
        </li>
        <li>{t('channels.howSecret')}</li>
        <li>{t(type === 'mail' ? 'channels.howRestart' : 'channels.howReload')}</li>
      </ol>
    </Panel>
  );
}

export function Component() {
  const { t } = useTranslation();
  const query = useChannels();
  const [state, change] = useUrlState(STATE);
  return (
    <>
      <PageHead title={t('nav.channels')} hint={t('channels.hint')} help="administration#channels" />
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('channels.none')} hint={t('channels.noneHint')} />}
      >
        {({ items }) => (
          <ChannelTable channels={items} onLook={(channel, wanted) => change({ channel, state: wanted, kind: '' })} />
        )}
      </Loaded>
      <OutboxPart state={state} onChange={change} channels={query.data?.items ?? []} />
      <div className="admin-grid">
        <HowPanel />
      </div>
    </>
  );
}
