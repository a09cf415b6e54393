// SPDX-License-Identifier: Apache-2.0
// Messages to people and what became of them, newest first.
import { App, Button, Select, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import {
  type Channel,
  OUTBOX_STATES,
  type OutboxFilter,
  type OutboxMessage,
  type OutboxState,
  useDropMessage,
  useOutbox,
  useResendMessage,
  useResendMessages,
} from '../../api/admin-queries';
import { useMay } from '../../api/queries';
import { Loaded } from '../../components/loaded';
import { Time } from '../../components/time';
import { useDone } from '../../components/use-done';
import { WhyNot } from './why-not';

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
      {state !== 'sent' && <WhyNot error={error} />}
    </>
  );
}

/** What failed, or was tried in vain so far. */
const isUndelivered = ({ state, tries }: OutboxMessage) => state === 'failed' || (state === 'waiting' && tries > 0);

/** Send it again, or give it up. */
function Actions({ message }: { message: OutboxMessage }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { done, failed } = useDone();
  const resend = useResendMessage();
  const drop = useDropMessage();
  const { id, whole, subject } = message;
  const again = () => resend.mutate(id, { onSuccess: () => done(t('channels.resent')), onError: failed });
  const giveUp = () =>
    modal.confirm({
      title: t('channels.dropTitle'),
      content: t('channels.dropHint', { subject }),
      okText: t('channels.drop'),
      okButtonProps: { danger: true },
      onOk: () => drop.mutateAsync(id).then(() => done(t('channels.dropped')), failed),
    });
  return (
    <span className="outbox-actions">
      <Tooltip title={whole ? undefined : t('channels.forgotten')}>
        <Button size="small" disabled={!whole} loading={resend.isPending} onClick={again} data-testid={`resend-${id}`}>
          {t('channels.resend')}
        </Button>
      </Tooltip>
      <Button size="small" loading={drop.isPending} onClick={giveUp} data-testid={`drop-${id}`}>
        {t('channels.drop')}
      </Button>
    </span>
  );
}

/** Everything of the channel chosen, or of all. */
function ResendAll({ channel }: { channel: string }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { done, failed } = useDone();
  const resend = useResendMessages();
  const ask = () =>
    modal.confirm({
      title: channel ? t('channels.resendOf', { name: channel }) : t('channels.resendEvery'),
      content: t('channels.resendHint'),
      okText: t('channels.resend'),
      onOk: () =>
        resend
          .mutateAsync(channel || undefined)
          .then(({ changed }) => done(t('channels.resentAll', { count: changed })), failed),
    });
  return (
    <Button onClick={ask} loading={resend.isPending} data-testid="resend-all">
      {t('channels.resendAll')}
    </Button>
  );
}

function Rows({ messages }: { messages: readonly OutboxMessage[] }) {
  const { t, i18n } = useTranslation();
  const may = useMay('setting.change');
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
            {may && <th aria-label={t('channels.act')} />}
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
              {may && <td>{isUndelivered(message) && <Actions message={message} />}</td>}
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
  const may = useMay('setting.change');
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
        <span className="grow" />
        {may && messages.some(isUndelivered) && <ResendAll channel={state.channel} />}
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
