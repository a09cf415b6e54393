// SPDX-License-Identifier: Apache-2.0
// Whether it is heard: asks every two seconds who talked since the page began to listen.
import { LoadingOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../api/queries';
import { type Heard, type Onboarding, useHeard, useSources } from '../../api/sources-queries';
import { ErrorNotice } from '../../components/error-notice';
import { Pair } from '../../components/pair';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { assetPath } from '../../lib/links';
import { isGeneric } from '../../lib/sources';
import { useDuration } from '../sources/duration';
import { LineList } from '../source/lines';

const CLOCK_FINE_SECONDS = 5;
const SHOWN = 8;
const LINES = 5;
const ADDRESS = /^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/;

interface HeardProps {
  heard: Heard;
  expected: readonly string[];
  known: boolean;
  from: string;
}

function Recognised({ heard, expected }: Pick<HeardProps, 'heard' | 'expected'>) {
  const { t } = useTranslation();
  const { source } = heard;
  if (source === undefined)
    return (
      <>
        <span className="source-poor">{t('sources.listen.asNothing')}</span>{' '}
        <Link to="/sources/unknown">{t('sources.listen.toUnknown')}</Link>
      </>
    );
  const fits = expected.includes(source);
  if (isGeneric(source) && !fits)
    return (
      <>
        <span className="mono">{source}</span> <span className="source-poor">{t('sources.generic')}</span>{' '}
        <Link to="/sources/unknown">{t('sources.listen.toUnknown')}</Link>
      </>
    );
  return (
    <>
      <span className="mono">{source}</span>{' '}
      <span className={fits ? 'heard-good' : 'muted'}>
        {t(fits || expected.length === 0 ? 'sources.listen.asExpected' : 'sources.listen.asOther')}
      </span>
    </>
  );
}

function Clock({ seconds }: { seconds: number }) {
  const { t } = useTranslation();
  const { lasting } = useDuration();
  const size = Math.abs(seconds);
  if (size < CLOCK_FINE_SECONDS)
    return <span className="heard-good">{t('sources.listen.clockFine', { value: lasting(Math.max(1, size)) })}</span>;
  return (
    <span className="source-poor">
      {t(seconds < 0 ? 'sources.listen.clockAhead' : 'sources.listen.clockBehind', { value: lasting(size) })}
    </span>
  );
}

function One({ heard, expected, known, from }: HeardProps) {
  const { t, i18n } = useTranslation();
  const mayRead = useMay('event.read');
  const [shown, setShown] = useState(false);
  const { peer, listener, events, failed, delay_seconds, asset, first, source } = heard;
  return (
    <article className={source ? 'heard' : 'heard heard-unparsed'} data-testid="heard">
      <b>
        {t('sources.listen.heard')} <span className="mono">{peer ?? t('sources.listen.local')}</span>{' '}
        {!known && peer && <span className="drill">{t('sources.listen.new')}</span>}
      </b>
      <dl className="pairs">
        <Pair name={t('sources.listen.as')}>
          <Recognised heard={heard} expected={expected} />
        </Pair>
        <Pair name={t('sources.listen.count')}>
          <span className="number">{formatCount(events, i18n.language)}</span>{' '}
          <span className="muted">{listener}</span>
        </Pair>
        <Pair name={t('sources.listen.quality')}>
          {failed === 0 ? (
            <span className="heard-good">{t('sources.listen.allParsed')}</span>
          ) : (
            <span className="source-poor">
              {t('sources.listen.someFailed', { value: formatCount(failed, i18n.language) })}
            </span>
          )}
        </Pair>
        <Pair name={t('sources.listen.clock')}>
          <Clock seconds={delay_seconds} />
        </Pair>
        <Pair name={t('sources.listen.owner')}>
          {asset ? (
            <Link to={assetPath(asset.id)}>
              {asset.name}
              {asset.unit_name && ` · ${asset.unit_name}`}
            </Link>
          ) : (
            <>
              {t('sources.unregistered')}{' '}
              {peer && <Link to={`/assets?new=${encodeURIComponent(peer)}`}>{t('sources.one.register')}</Link>}
            </>
          )}
        </Pair>
        <Pair name={t('sources.one.since')}>
          <Time value={first} />
        </Pair>
      </dl>
      {mayRead && peer && !shown && (
        <Button size="small" onClick={() => setShown(true)} data-testid="heard-lines">
          {t('sources.listen.showLines')}
        </Button>
      )}
      <LineList wanted={{ peer, from, limit: LINES }} enabled={shown} />
    </article>
  );
}

function Waiting({ peer, from }: { peer: string; from: string }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="listen-waiting" role="status" data-testid="listening">
        <LoadingOutlined aria-hidden />
        {t('sources.listen.waiting', { who: peer || t('sources.listen.anybody') })}
      </p>
      <p className="muted">{t('sources.listen.waitingHint', { since: new Date(from).toLocaleTimeString() })}</p>
    </>
  );
}

export function Listen({ device }: { device: Onboarding | undefined }) {
  const { t } = useTranslation();
  const [from, setFrom] = useState(() => new Date().toISOString());
  const [typed, setTyped] = useState('');
  const peer = ADDRESS.test(typed) ? typed : '';
  const { data, error, refetch } = useHeard(from, peer);
  const sources = useSources();
  const known = new Set(sources.data?.items.filter(({ first }) => first < from).map((source) => source.peer));
  const expected = device?.expect ?? [];
  // Without an address only those that nobody knew before; who is being connected anew is asked for by its own.
  const items = sources.data ? (data?.items ?? []).filter(({ peer: who }) => peer !== '' || !known.has(who)) : [];
  const wrong = typed !== '' && peer === '';
  return (
    <Panel
      title={t('sources.listen.title')}
      className="wizard-listen"
      extra={
        <Button size="small" type="text" onClick={() => setFrom(new Date().toISOString())}>
          {t('sources.listen.restart')}
        </Button>
      }
    >
      <Input
        className="listen-peer"
        allowClear
        value={typed}
        maxLength={45}
        status={wrong ? 'error' : ''}
        placeholder={t('sources.listen.peer')}
        aria-label={t('sources.listen.peer')}
        onChange={(event) => setTyped(event.target.value.trim())}
        data-testid="listen-peer"
      />
      {wrong && (
        <p className="source-poor" role="alert">
          {t('sources.listen.peerWrong')}
        </p>
      )}
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {items.length === 0 && !error && <Waiting peer={peer} from={from} />}
      {items.slice(0, SHOWN).map((heard) => (
        <One
          key={`${heard.peer} ${heard.listener} ${heard.source}`}
          heard={heard}
          expected={expected}
          known={known.has(heard.peer)}
          from={from}
        />
      ))}
    </Panel>
  );
}
