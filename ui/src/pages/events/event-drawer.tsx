// SPDX-License-Identifier: Apache-2.0
// One event beside the list: all of it, what else happened there, and whose the addresses were at that time.
import { DownOutlined, UpOutlined } from '@ant-design/icons';
import { Button, Drawer, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useEvent, useMay } from '../../api/queries';
import type { EventDetail } from '../../api/types';
import { ErrorNotice } from '../../components/error-notice';
import { EventView } from '../../components/event-view';
import { Time } from '../../components/time';
import type { ValueActions } from '../../components/value-link';
import { WhoThen } from '../../components/who-then';
import { kqlTerm } from '../../lib/kql';
import { rangeOf } from '../../lib/time';
import { eventsPath } from '../../lib/url-state';

const WIDTH = 760;
const AROUND_MS = 5 * 60_000;
const ADDRESSES = ['source.ip', 'destination.ip'] as const;

/** Where else to look: the same host, the same source, five minutes before and after. */
function Around({ event }: { event: EventDetail }) {
  const { t } = useTranslation();
  const time = event.fields['@timestamp'] ?? event.received;
  if (typeof time !== 'string') return null;
  const at = Date.parse(time);
  const range = rangeOf(at - AROUND_MS, at + AROUND_MS);
  const places = (['host.name', 'source.ip', 'user.name', 'session.id'] as const).filter((name) => event.fields[name]);
  if (places.length === 0) return null;
  return (
    <section>
      <h3>{t('events.around')}</h3>
      <p className="facts">
        {places.map((name) => (
          <Link key={name} to={eventsPath({ ...range, q: kqlTerm(name, event.fields[name]) })} data-testid={`around-${name}`}>
            <span className="mono">
              {name}: {String(event.fields[name])}
            </span>
          </Link>
        ))}
        <Link to={eventsPath(range)}>{t('events.aroundAll')}</Link>
      </p>
    </section>
  );
}

function Owners({ event }: { event: EventDetail }) {
  const { t } = useTranslation();
  const mayRegister = useMay('register.read');
  const time = event.fields['@timestamp'] ?? event.received;
  const present = ADDRESSES.filter((name) => typeof event.fields[name] === 'string');
  if (present.length === 0 || typeof time !== 'string') return null;
  return (
    <section>
      <h3>{t('events.whoThen')}</h3>
      <dl className="pairs">
        {present.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <WhoThen address={String(event.fields[name])} at={time} withOwner={mayRegister} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface Props {
  seq: string;
  actions: ValueActions;
  words: readonly string[];
  onClose: () => void;
  onStep: (by: number) => void;
}

function Title({ seq, onStep }: Pick<Props, 'seq' | 'onStep'>) {
  const { t } = useTranslation();
  return (
    <span className="drawer-title">
      {t('events.event', { seq })}
      <Button size="small" type="text" icon={<UpOutlined />} aria-label={t('keys.previous')} onClick={() => onStep(-1)} />
      <Button size="small" type="text" icon={<DownOutlined />} aria-label={t('keys.next')} onClick={() => onStep(1)} />
    </span>
  );
}

export function EventDrawer({ seq, actions, words, onClose, onStep }: Props) {
  const { data: event, error, refetch } = useEvent(seq);
  const time = event?.fields['@timestamp'];
  return (
    <Drawer
      open
      size={WIDTH}
      mask={false}
      keyboard={false}
      rootClassName="drawer"
      onClose={onClose}
      title={<Title seq={seq} onStep={onStep} />}
    >
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {!event && !error && <Skeleton active paragraph={{ rows: 10 }} />}
      {event && (
        <div className="event-detail" data-testid="event-detail">
          {typeof time === 'string' && <Time value={time} />}
          <Around event={event} />
          <Owners event={event} />
          <EventView event={event} actions={actions} words={words} />
        </div>
      )}
    </Drawer>
  );
}
