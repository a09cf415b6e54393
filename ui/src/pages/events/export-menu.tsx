// SPDX-License-Identifier: Apache-2.0
import { DownloadOutlined } from '@ant-design/icons';
import { App, Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { adviceFor } from '../../api/errors';
import { type EventSearch, useNoteExport } from '../../api/queries';
import type { Event } from '../../api/types';
import { download, toCsv, toNdjson } from '../../lib/csv';

interface Props {
  rows: readonly Event[];
  columns: readonly string[];
  search: EventSearch;
}

/** Takes away what has been loaded, once the audit trail says so. */
export function ExportMenu({ rows, columns, search }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const note = useNoteExport();
  const take = (format: 'csv' | 'ndjson', save: () => void) =>
    note.mutate(
      { query: search.q, from: search.from, to: search.to, format, rows: rows.length },
      { onSuccess: save, onError: (error) => message.error(t(`error.${adviceFor(error)}`)) },
    );
  const name = () => `wanglou-events-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
  const items = [
    {
      key: 'csv',
      label: t('events.csv', { count: rows.length }),
      onClick: () =>
        take('csv', () =>
          download(`${name()}.csv`, 'text/csv', toCsv(['seq', 'time', ...columns], rows)),
        ),
    },
    {
      key: 'ndjson',
      label: t('events.ndjson', { count: rows.length }),
      onClick: () =>
        take('ndjson', () => download(`${name()}.ndjson`, 'application/x-ndjson', toNdjson(rows))),
    },
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']} disabled={rows.length === 0}>
      <Button icon={<DownloadOutlined />} data-testid="export">
        {t('events.export')}
      </Button>
    </Dropdown>
  );
}
