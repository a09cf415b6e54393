// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { addFile, download, removeFile } from './api';
import type { Work } from './page';
import { useSpeech } from './words';

const ACCEPT = '.pdf,.docx,.xlsx,.pptx,.doc,.xls,.png,.jpg,.jpeg,.txt,.log,.csv,.zip';

const sizeOf = (bytes: number) =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;

export function Files({ work }: { work: Work }) {
  const { say } = useSpeech();
  const { token, reply, act, busy } = work;
  const [uploading, setUploading] = useState('');
  const may = reply.actions.includes('attach');
  const upload = async (files: FileList | null) => {
    for (const file of files ?? []) {
      setUploading(file.name);
      if (!(await act(() => addFile(token, file)))) break;
    }
    setUploading('');
  };
  if (!may && !reply.files.length) return null;
  return (
    <section className="card">
      <h2>{say('files')}</h2>
      {may && (
        <p className="muted">
          {say('filesHint', { size: sizeOf(reply.limits.file_bytes), count: reply.limits.files })}
        </p>
      )}
      <ul className="files">
        {reply.files.map((file) => (
          <li key={file.id}>
            <button
              type="button"
              className="plain name"
              onClick={() => download(token, `/files/${file.id}`, file.name)}
            >
              {file.name}
            </button>
            <span className="muted">{sizeOf(file.size)}</span>
            {may && (
              <button
                type="button"
                className="plain"
                disabled={busy}
                onClick={() => act(() => removeFile(token, file.id))}
              >
                {say('removeFile')}
              </button>
            )}
          </li>
        ))}
        {!reply.files.length && <li className="muted">{say('noFiles')}</li>}
      </ul>
      {may && (
        <label className="button">
          {uploading ? say('uploading', { name: uploading }) : say('addFile')}
          <input
            type="file"
            multiple
            accept={ACCEPT}
            disabled={busy}
            data-testid="file"
            onChange={(event) => {
              const { files } = event.target;
              void upload(files).then(() => {
                event.target.value = '';
              });
            }}
          />
        </label>
      )}
    </section>
  );
}
