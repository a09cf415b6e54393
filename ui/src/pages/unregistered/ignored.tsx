// SPDX-License-Identifier: Apache-2.0
// What was seen and need not be registered for now: until when, why, who said so; and the way back.
import { Button, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Ignored, type UnregisteredKind, useEndIgnored, useIgnore, useIgnored } from '../../api/assets-queries';
import { useMay } from '../../api/queries';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { Time } from '../../components/time';
import { type Until, UntilForm } from '../../components/until-form';
import { useDone } from '../../components/use-done';
import { entityPath } from '../../lib/links';

export const ENTITY = { addresses: 'ip', hosts: 'host', names: 'domain' } as const;

/** Asks until when and why, and says it with a way back. */
export function IgnoreForm({ kind, value, onClose }: { kind: UnregisteredKind; value: string; onClose: () => void }) {
  const { t } = useTranslation();
  const ignore = useIgnore();
  const end = useEndIgnored();
  const { done } = useDone();
  const save = async (until: Until) => {
    const { id } = await ignore.mutateAsync({ kind, value, ...until });
    done(t('unregistered.ignoredNow', { value }), () => end.mutateAsync(id));
  };
  return (
    <UntilForm
      title={t('unregistered.ignoreOf', { value })}
      hint={t('unregistered.ignoreHint')}
      example={t('unregistered.ignoreExample')}
      onSave={save}
      onClose={onClose}
    />
  );
}

function useShowAgain(kind: UnregisteredKind) {
  const { t } = useTranslation();
  const ignore = useIgnore();
  const end = useEndIgnored();
  const { done, failed } = useDone();
  return ({ id, value, until, reason }: Ignored) => {
    const back = () => ignore.mutateAsync({ kind, value, until, reason });
    end.mutate(id, { onSuccess: () => done(t('unregistered.shownAgain', { value }), back), onError: failed });
  };
}

export function IgnoredTable({ kind }: { kind: UnregisteredKind }) {
  const { t } = useTranslation();
  const query = useIgnored(kind);
  const may = useMay('register.change');
  const show = useShowAgain(kind);
  const columns: TableColumnsType<Ignored> = [
    {
      key: 'value',
      title: t(`unregistered.kind.${kind}`),
      render: (_, { value }) => (
        <Link className="mono" to={entityPath(ENTITY[kind], value)}>
          {value}
        </Link>
      ),
    },
    { key: 'until', title: t('until.until'), width: 166, render: (_, { until }) => <Time value={until} /> },
    { key: 'reason', title: t('until.reason'), dataIndex: 'reason' },
    { key: 'by', title: t('until.by'), width: 140, dataIndex: 'by' },
    { key: 'said', title: t('until.said'), width: 166, render: (_, { said }) => <Time value={said} /> },
    {
      key: 'show',
      title: '',
      width: 110,
      align: 'end',
      render: (_, thing) =>
        may && (
          <Button size="small" onClick={() => show(thing)} data-testid={`show-${thing.value}`}>
            {t('unregistered.show')}
          </Button>
        ),
    },
  ];
  return (
    <Loaded
      query={query}
      isEmpty={({ items }) => items.length === 0}
      empty={<Empty title={t('unregistered.noneIgnored')} hint={t('unregistered.noneIgnoredHint')} />}
    >
      {({ items }) => (
        <div className="table-box" data-testid="ignored">
          <Table<Ignored>
            size="small"
            rowKey="id"
            columns={columns}
            dataSource={items}
            pagination={items.length > 50 ? { pageSize: 50, size: 'small' } : false}
            scroll={{ x: 'max-content' }}
          />
        </div>
      )}
    </Loaded>
  );
}
