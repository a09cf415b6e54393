// SPDX-License-Identifier: Apache-2.0
// What was found as a file. The server makes and sends it; the browser shows how far it is, as with any download.
import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exportUrl, type Format } from '../../api/hunt-queries';
import type { EventSearch } from '../../api/queries';
import { formatCount } from '../../lib/format';
import { rangeOf, resolveTime } from '../../lib/time';

/** What the server sends at most (doc/formats/api.yaml). */
const ROWS_MAX = 1_048_575;
const FORMATS: readonly Format[] = ['csv', 'xlsx', 'ndjson'];

interface Props {
  search: EventSearch;
  columns: readonly string[];
  total: number | undefined;
}

/** The span is that of now, so that the file is of what is on the screen. */
function save({ search, columns }: Props, format: Format): void {
  const now = Date.now();
  const range = rangeOf(resolveTime(search.from, now), resolveTime(search.to, now));
  const link = document.createElement('a');
  link.href = exportUrl({ ...range, q: search.q }, columns, format);
  link.download = '';
  link.click();
}

export function ExportDialog(props: Props) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const [format, setFormat] = useState<Format>('csv');
  const { total = 0, columns } = props;
  const count = (n: number) => formatCount(n, i18n.language);
  const finish = () => {
    save(props, format);
    setOpen(false);
  };
  return (
    <>
      <Button icon={<DownloadOutlined />} onClick={() => setOpen(true)} data-testid="export">
        {t('events.export')}
      </Button>
      <Modal
        title={t('events.exportTitle')}
        open={open}
        onCancel={() => setOpen(false)}
        onOk={finish}
        okText={t('events.exportSave')}
        okButtonProps={{ disabled: total === 0 }}
        width={520}
      >
        <p>{t('events.exportRows', { value: count(Math.min(total, ROWS_MAX)), columns: columns.length + 2 })}</p>
        {total > ROWS_MAX && (
          <Alert type="warning" showIcon title={t('events.exportCut', { limit: count(ROWS_MAX), total: count(total) })} />
        )}
        <Form layout="vertical">
          <Form.Item label={t('events.exportFormat')}>
            <Radio.Group
              value={format}
              onChange={({ target }) => setFormat(target.value as Format)}
              className="export-formats"
              options={FORMATS.map((name) => ({
                value: name,
                label: (
                  <>
                    <b>{name.toUpperCase()}</b> <span className="muted">{t(`events.format.${name}`)}</span>
                  </>
                ),
              }))}
            />
          </Form.Item>
        </Form>
        <p className="muted">{t('events.exportNote')}</p>
      </Modal>
    </>
  );
}
