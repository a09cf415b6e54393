// SPDX-License-Identifier: Apache-2.0
// The first step: which table it is, and the file.
import { DownloadOutlined, UploadOutlined } from '@ant-design/icons';
import { Button, Radio } from 'antd';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TABLE_KINDS, type TableKind, tablePath } from '../../api/import-queries';
import { formatBytes } from '../../lib/format';
import { Panel } from '../../components/panel';

/** As many bytes as the server takes by the API (doc/formats/register-tables.md). */
const FILE_MAX = 16 * 1024 * 1024;

interface Props {
  onChoose: (kind: TableKind, file: File) => void;
}

function Downloads({ kind }: { kind: TableKind }) {
  const { t } = useTranslation();
  return (
    <p className="import-downloads">
      <DownloadOutlined aria-hidden />
      <a href={tablePath('template', kind, 'xlsx')} download data-testid="template">
        {t('imports.template')} XLSX
      </a>
      <a href={tablePath('template', kind, 'csv')} download>
        CSV
      </a>
      <span className="muted">{t('imports.templateHint')}</span>
      <a href={tablePath('export', kind, 'xlsx')} download>
        {t('imports.export')} XLSX
      </a>
      <a href={tablePath('export', kind, 'csv')} download>
        CSV
      </a>
      <span className="muted">{t('imports.exportHint')}</span>
    </p>
  );
}

export function Choose({ onChoose }: Props) {
  const { t, i18n } = useTranslation();
  const [kind, setKind] = useState<TableKind>('assets');
  const [mistake, setMistake] = useState('');
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => {
    if (!file) return;
    if (!/\.(csv|xlsx)$/i.test(file.name)) return setMistake(t('imports.wrongType', { name: file.name }));
    if (file.size > FILE_MAX)
      return setMistake(t('imports.tooLarge', { size: formatBytes(file.size, i18n.language) }));
    setMistake('');
    onChoose(kind, file);
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <Panel title={t('imports.choose')}>
      <Radio.Group
        value={kind}
        onChange={({ target }) => setKind(target.value)}
        options={TABLE_KINDS.map((value) => ({ value, label: t(`imports.kind.${value}`) }))}
        optionType="button"
        aria-label={t('imports.kindLabel')}
      />
      <p className="muted import-order">{t('imports.order')}</p>
      <Downloads kind={kind} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button within does the same by keyboard */}
      <div
        className={over ? 'import-drop import-drop-over' : 'import-drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        <input
          ref={input}
          type="file"
          accept=".csv,.xlsx"
          className="import-input"
          tabIndex={-1}
          aria-label={t('imports.file')}
          onChange={({ target }) => {
            take(target.files?.[0]);
            target.value = '';
          }}
          data-testid="import-file"
        />
        <Button icon={<UploadOutlined />} onClick={() => input.current?.click()}>
          {t('imports.chooseFile')}
        </Button>
        <p className="muted">{t('imports.dropHint')}</p>
        <p className="import-mistake" aria-live="polite">
          {mistake}
        </p>
      </div>
    </Panel>
  );
}
