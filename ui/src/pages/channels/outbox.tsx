// SPDX-License-Identifier: Apache-2.0
// Messages to people and what became of them, newest first.
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import {
  type Channel,
  OUTBOX_STATES,
  type OutboxFilter,
  type OutboxMessage,
  type OutboxState,
  useOutbox,
} from '../../api/admin-queries';
import { Loaded } from '../../components/loaded';
import { Time } from '../../components/time';

const KINDS = ['rectification', 'deadline', 'duty', 'alert', 'daily', 'test'] as const;

function StateCell({ message }: { message: OutboxMessage }) {
  const { t } = useTranslation();
  const { state, tries, next, error } = message;
  return (
    <>
      <span className={`sent-${state}`}>{t(`channels.sent.${state}`)}</span>
      {tries > 1 && <span className="muted"> {t('channels.tries', { count: tries })}</span>}
      {state === 'waiting' && tries > 0 && next && (
        <span className="muted">
          {' '}
          {t('channels.next')} <Time value={next} />
        </span>
      )}
      {error && state !== 'sent' && <div className="outbox-error muted">{error}</div>}
    </>
  );
}

function Rows({ messages }: { messages: readonly OutboxMessage[] }) {
  const { t, i18n } = useTranslation();
  const kindName = (kind: string) =>
    i18n.exists(`channels.kind.${kind}`) ? t(`channels.kind.${kind}` as 'channels.kind.duty') : kind;
  return (
    <div className="table-box scroll-x">
      <table className="plain plain-lined plain-wide" data-testid="outbox">
        <thead>
          <tr>
            <th>{t('channels.made')}</th>
            <th>{t('channels.kindLabel')}</th>
            <th>{t('channels.name')}</th>
            <th>{t('channels.to')}</th>
            <th>{t('channels.subject')}</th>
            <th>{t('channels.state')}</th>
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <tr key={message.id}>
              <td className="nowrap">
                <Time value={message.created} />
              </td>
              <td className="nowrap">{kindName(message.kind)}</td>
              <td className="mono nowrap">{message.channel || t('channels.all')}</td>
              <td className="mono">{message.to}</td>
              <td>{message.subject}</td>
              <td>
                <StateCell message={message} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Props {
  state: OutboxFilter;
  onChange: (part: Partial<OutboxFilter>) => void;
  channels: readonly Channel[];
}

export function OutboxPart({ state, onChange, channels }: Props) {
  const { t } = useTranslation();
  const query = useOutbox(state);
  const messages = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const choice = (
    name: keyof OutboxFilter,
    label: string,
    options: readonly { value: string; label: string }[],
  ) => (
    <Select
      className="filter-trail"
      value={state[name] || undefined}
      options={[...options]}
      placeholder={label}
      aria-label={label}
      allowClear
      onChange={(chosen: string | undefined) => onChange({ [name]: chosen ?? '' })}
    />
  );
  return (
    <section className="outbox">
      <h2>{t('channels.outbox')}</h2>
      <search className="filters">
        {choice(
          'state',
          t('channels.state'),
          OUTBOX_STATES.map((value: OutboxState) => ({ value, label: t(`channels.sent.${value}`) })),
        )}
        {choice(
          'channel',
          t('channels.name'),
          channels.map(({ name }) => ({ value: name, label: name })),
        )}
        {choice(
          'kind',
          t('channels.kindLabel'),
          KINDS.map((value) => ({ value, label: t(`channels.kind.${value}`) })),
        )}
      </search>
      <Loaded
        query={query}
        rows={3}
        isEmpty={() => messages.length === 0}
        empty={<p className="muted">{t('channels.outboxNone')}</p>}
      >
        {() => <Rows messages={messages} />}
      </Loaded>
      {query.hasNextPage && (
        <Button block type="text" onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </section>
  );
}
