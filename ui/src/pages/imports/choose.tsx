// SPDX-License-Identifier: Apache-2.0
// The first step: which table it is, and the file.
import { DownloadOutlined } from '@ant-design/icons';
import { Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TABLE_KINDS, type TableKind, tablePath } from '../../api/import-queries';
import { FileDrop } from '../../components/file-drop';
import { Panel } from '../../components/panel';
import { formatBytes } from '../../lib/format';

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
  const take = (file: File) => {
    if (!/\.(csv|xlsx)$/i.test(file.name)) return setMistake(t('imports.wrongType', { name: file.name }));
    if (file.size > FILE_MAX)
      return setMistake(t('imports.tooLarge', { size: formatBytes(file.size, i18n.language) }));
    setMistake('');
    onChoose(kind, file);
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
      <FileDrop
        accept=".csv,.xlsx"
        label={t('imports.file')}
        button={t('imports.chooseFile')}
        hint={t('imports.dropHint')}
        mistake={mistake}
        onFile={take}
        testId="import-file"
      />
    </Panel>
  );
}
