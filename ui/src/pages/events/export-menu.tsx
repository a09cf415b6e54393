// SPDX-License-Identifier: Apache-2.0
import { DownloadOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Event } from '../../api/types';
import { download, toCsv, toNdjson } from '../../lib/csv';

interface Props {
  rows: readonly Event[];
  columns: readonly string[];
}

/** Takes away what has been loaded. */
export function ExportMenu({ rows, columns }: Props) {
  const { t } = useTranslation();
  const name = () => `wanglou-events-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
  const items = [
    {
      key: 'csv',
      label: t('events.csv', { count: rows.length }),
      onClick: () => download(`${name()}.csv`, 'text/csv', toCsv(['seq', 'time', ...columns], rows)),
    },
    {
      key: 'ndjson',
      label: t('events.ndjson', { count: rows.length }),
      onClick: () => download(`${name()}.ndjson`, 'application/x-ndjson', toNdjson(rows)),
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
