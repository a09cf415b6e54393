// SPDX-License-Identifier: Apache-2.0
// Sends a test through a channel and says what the other side answered.
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Channel, isAnswered, useTestChannel, useTestMessage } from '../../api/admin-queries';
import { useDone } from '../../components/use-done';
import { WhyNot } from './why-not';

function Answer({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data } = useTestMessage(id);
  if (!data || !isAnswered(data)) return <span className="muted">{t('channels.testing')}</span>;
  if (data.state === 'sent') return <span className="sent-sent">{t('channels.tested')}</span>;
  return (
    <>
      <span className="sent-failed">{t('channels.testFailed')}</span>
      <WhyNot error={data.error} />
    </>
  );
}

export function ChannelTest({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const { failed } = useDone();
  const test = useTestChannel();
  const [to, setTo] = useState('');
  const send = () =>
    test.mutate({ name: channel.name, to: to.trim() || undefined }, { onError: failed });
  return (
    <div className="channel-test">
      {channel.needs_receiver && (
        <Input
          size="small"
          type="email"
          value={to}
          maxLength={254}
          aria-label={t('channels.receiver')}
          placeholder={t('channels.receiver')}
          onChange={(event) => setTo(event.target.value)}
        />
      )}
      <Button
        size="small"
        onClick={send}
        loading={test.isPending}
        disabled={channel.needs_receiver && !to.trim()}
        data-testid={`test-${channel.name}`}
      >
        {t('channels.sendTest')}
      </Button>
      <span aria-live="polite" data-testid={`answer-${channel.name}`}>
        {test.data && <Answer key={test.data.id} id={test.data.id} />}
      </span>
    </div>
  );
}
