// SPDX-License-Identifier: Apache-2.0
import { DownloadOutlined } from '@ant-design/icons';
import { App, Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { adviceFor } from '../../api/errors';
import { useExportTrail } from '../../api/queries';
import { download } from '../../lib/csv';
import type { TrailState } from '../../lib/url-state';

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** What the filters find, as a file the server makes; that it was taken is in the trail too. */
export function TrailExport({ state }: { state: TrailState }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const made = useExportTrail();
  const take = (format: keyof typeof TYPES) =>
    made.mutate(
      { state, format },
      {
        onSuccess: ({ text, more }) => {
          const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '');
          download(`wanglou-trail-${stamp}.${format}`, TYPES[format], text);
          if (more) message.warning(t('trail.exportedPart'));
        },
        onError: (error) => message.error(t(`error.${adviceFor(error)}`)),
      },
    );
  const items = [
    { key: 'csv', label: 'CSV', onClick: () => take('csv') },
    { key: 'ndjson', label: 'NDJSON', onClick: () => take('ndjson') },
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button icon={<DownloadOutlined />} loading={made.isPending} data-testid="export">
        {t('events.export')}
      </Button>
    </Dropdown>
  );
}
