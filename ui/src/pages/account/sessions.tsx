// SPDX-License-Identifier: Apache-2.0
import { App, Button, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useEndOtherSessions, useEndSession, useSessions } from '../../api/access-queries';
import type { OwnSession } from '../../api/types';
import { describe } from '../../components/describe';
import { ErrorNotice } from '../../components/error-notice';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';

export function SessionsPanel() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { data, error, refetch, isPending } = useSessions();
  const end = useEndSession();
  const endOthers = useEndOtherSessions();
  const onError = (failed: unknown) => message.error(describe(t, failed));
  const sessions = data?.items ?? [];
  const columns = [
    {
      title: t('session.since'),
      render: (_: unknown, row: OwnSession) => <Time value={row.created} />,
    },
    {
      title: t('session.lastSeen'),
      render: (_: unknown, row: OwnSession) => <Time value={row.last_seen} />,
    },
    { title: t('session.address'), dataIndex: 'address', className: 'mono' },
    {
      title: t('session.agent'),
      dataIndex: 'agent',
      ellipsis: true,
    },
    {
      title: '',
      align: 'end' as const,
      render: (_: unknown, row: OwnSession) =>
        row.current ? (
          <span className="muted">{t('session.current')}</span>
        ) : (
          <Button size="small" onClick={() => end.mutate(row.id, { onError })}>
            {t('session.end')}
          </Button>
        ),
    },
  ];
  const others = sessions.some((session) => !session.current) && (
    <Button size="small" onClick={() => endOthers.mutate(undefined, { onError })} data-testid="end-others">
      {t('session.endOthers')}
    </Button>
  );
  return (
    <Panel title={t('session.title')} extra={others}>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      <Table<OwnSession>
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={sessions}
        loading={isPending}
        pagination={false}
      />
    </Panel>
  );
}
