// SPDX-License-Identifier: Apache-2.0
// Files kept as evidence: what they are by their SHA-256, who had them in hand, and adding one.
import { PrinterOutlined, UploadOutlined } from '@ant-design/icons';
import { Button, Input, Modal } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  custodyHref,
  fileHref,
  type IncidentDetail,
  type IncidentFile,
  OPEN_INCIDENT,
  useAddFile,
  useCustody,
} from '../../api/incidents-queries';
import { useMay } from '../../api/queries';
import { CopyButton } from '../../components/copy-button';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { Time } from '../../components/time';
import { useRefused } from '../../components/use-conflict';
import { useDone } from '../../components/use-done';
import { formatBytes } from '../../lib/format';

const FILE_MAX = 16 * 1024 * 1024;

const hex = (bytes: ArrayBuffer) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

interface Chosen {
  file: File;
  sha256: string;
}

/** The file before it goes: its hash as this machine has it, to be compared with what the server keeps. */
function AddFile({ incident, chosen, onClose }: { incident: IncidentDetail; chosen: Chosen; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const [note, setNote] = useState('');
  const add = useAddFile(incident.id);
  const { done } = useDone();
  const refused = useRefused();
  const { file, sha256 } = chosen;
  const tooLarge = file.size > FILE_MAX;
  const save = () =>
    add.mutate(
      { file, note: note.trim() || undefined },
      {
        onSuccess: () => {
          done(t('incident.fileAdded'));
          onClose();
        },
        onError: refused,
      },
    );
  return (
    <Modal
      open
      title={t('incident.addFile')}
      okText={t('incident.addFile')}
      okButtonProps={{ loading: add.isPending, disabled: tooLarge, 'data-testid': 'file-sure' }}
      onOk={save}
      onCancel={onClose}
    >
      <dl className="pairs pairs-short">
        <div>
          <dt>{t('incident.fileName')}</dt>
          <dd className="mono">{file.name}</dd>
        </div>
        <div>
          <dt>{t('incident.fileSize')}</dt>
          <dd>{formatBytes(file.size, i18n.language)}</dd>
        </div>
        <div>
          <dt>SHA-256</dt>
          <dd className="mono wrap" data-testid="file-hash">
            {sha256}
          </dd>
        </div>
      </dl>
      {tooLarge && <p className="bad">{t('incident.fileTooLarge', { size: formatBytes(FILE_MAX, i18n.language) })}</p>}
      <Input.TextArea
        rows={2}
        maxLength={1000}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        placeholder={t('incident.fileNote')}
        aria-label={t('incident.fileNote')}
      />
      <p className="muted">{t('incident.fileHint')}</p>
    </Modal>
  );
}

function Custody({ incident, file }: { incident: number; file: number }) {
  const { t } = useTranslation();
  const query = useCustody(incident, file, true);
  return (
    <Loaded query={query} rows={2}>
      {({ items }) => (
        <ol className="history" data-testid="custody">
          {items.map(({ time, by, action, address }) => (
            <li key={`${time} ${action} ${by}`}>
              <Time value={time} />
              <span>{t(`incident.custody.${action}`)}</span>
              <span>{by}</span>
              {address && <span className="mono muted">{address}</span>}
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}

function FileRow({ incident, file }: { incident: IncidentDetail; file: IncidentFile }) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <li className="panel file">
      <div className="file-head">
        <b className="mono wrap">{file.name}</b>
        <span className="muted number">{formatBytes(file.size, i18n.language)}</span>
        <span className="muted">
          {file.added_by} <Time value={file.added} />
        </span>
        <span className="grow" />
        <Button size="small" onClick={() => setOpen(!open)} aria-expanded={open} data-testid={`custody-${file.id}`}>
          {t('incident.chain')}
        </Button>
        <a href={fileHref(incident.id, file.id)} download={file.name} data-testid={`download-${file.id}`}>
          {t('incident.download')}
        </a>
      </div>
      {file.note && <p>{file.note}</p>}
      <p className="file-hash">
        <span className="muted">SHA-256</span> <span className="mono wrap">{file.sha256}</span>{' '}
        <CopyButton text={file.sha256} />
      </p>
      {open && <Custody incident={incident.id} file={file.id} />}
    </li>
  );
}

export function Evidence({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const may = useMay('incident.change') && OPEN_INCIDENT.includes(incident.status);
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<Chosen>();
  const choose = async (file: File | undefined) => {
    if (input.current) input.current.value = '';
    if (!file) return;
    const bytes = file.size > FILE_MAX ? new ArrayBuffer(0) : await file.arrayBuffer();
    setChosen({ file, sha256: hex(await crypto.subtle.digest('SHA-256', bytes)) });
  };
  return (
    <section data-testid="evidence">
      <div className="filters">
        {may && (
          <>
            <input
              ref={input}
              type="file"
              hidden
              aria-label={t('incident.addFile')}
              onChange={(event) => choose(event.target.files?.[0])}
              data-testid="file-input"
            />
            <Button icon={<UploadOutlined />} onClick={() => input.current?.click()}>
              {t('incident.addFile')}
            </Button>
            <span className="muted">{t('incident.evidenceHint')}</span>
          </>
        )}
        <span className="grow" />
        <Button
          icon={<PrinterOutlined />}
          href={custodyHref(incident.id, 'pdf')}
          download
          title={t('incident.printHint')}
          data-testid="custody-pdf"
        >
          {t('incident.printChain')}
        </Button>
        <a href={custodyHref(incident.id, 'docx')} download data-testid="custody-docx">
          DOCX
        </a>
      </div>
      {incident.files.length === 0 ? (
        <Empty title={t('incident.noFiles')} hint={t('incident.noFilesHint')} />
      ) : (
        <ul className="stack">
          {incident.files.map((file) => (
            <FileRow key={file.id} incident={incident} file={file} />
          ))}
        </ul>
      )}
      {chosen && <AddFile incident={incident} chosen={chosen} onClose={() => setChosen(undefined)} />}
    </section>
  );
}
