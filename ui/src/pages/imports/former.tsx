// SPDX-License-Identifier: Apache-2.0
// What was imported, and how to take it back.
import { App, Button, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { type DoneImport, useImports, useUndoImport } from '../../api/import-queries';
import { useMay } from '../../api/queries';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { useDone } from '../../components/use-done';

function useUndo() {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const undo = useUndoImport();
  const { done, failed } = useDone();
  return ({ id, file, added, changed }: DoneImport) =>
    modal.confirm({
      title: t('imports.undoAsk', { file }),
      content: t('imports.undoMeans', { added, changed }),
      okText: t('imports.undo'),
      okButtonProps: { danger: true },
      onOk: () => undo.mutateAsync(id).then(() => done(t('imports.undone', { file })), failed),
    });
}

export function Former() {
  const { t } = useTranslation();
  const query = useImports();
  const may = useMay('register.change');
  const undo = useUndo();
  const columns: TableColumnsType<DoneImport> = [
    { key: 'at', title: t('common.time'), render: (_, { at }) => <Time value={at} /> },
    { key: 'kind', title: t('imports.kindLabel'), render: (_, { kind }) => t(`imports.kind.${kind}`) },
    { key: 'file', title: t('imports.file'), className: 'mono', dataIndex: 'file' },
    { key: 'by', title: t('imports.by'), dataIndex: 'by' },
    { key: 'added', title: t('imports.verdict.new'), align: 'end', className: 'number', dataIndex: 'added' },
    { key: 'changed', title: t('imports.verdict.changed'), align: 'end', className: 'number', dataIndex: 'changed' },
    {
      key: 'undo',
      title: '',
      align: 'end',
      render: (_, done) =>
        done.undone_at ? (
          <span className="muted">
            {t('imports.undoneBy', { by: done.undone_by ?? '' })} <Time value={done.undone_at} />
          </span>
        ) : (
          may && (
            <Button size="small" onClick={() => undo(done)} data-testid={`undo-${done.id}`}>
              {t('imports.undo')}
            </Button>
          )
        ),
    },
  ];
  return (
    <Panel title={t('imports.former')}>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<p className="muted panel-empty">{t('imports.noFormer')}</p>}
      >
        {({ pages }) => (
          <Table<DoneImport>
            size="small"
            rowKey="id"
            columns={columns}
            dataSource={pages.flatMap((page) => page.items)}
            pagination={false}
            scroll={{ x: 'max-content' }}
          />
        )}
      </Loaded>
      {query.hasNextPage && (
        <Button type="text" block onClick={() => query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </Panel>
  );
}
