// SPDX-License-Identifier: Apache-2.0
// Where a file is chosen, or dropped.
import { UploadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { type DragEvent, useRef, useState } from 'react';
import '../styles/file-drop.css';

interface Props {
  accept: string;
  /** What the field is called. */
  label: string;
  button: string;
  hint: string;
  /** What is wrong with the file chosen; empty: nothing. */
  mistake: string;
  onFile: (file: File) => void;
  testId: string;
}

export function FileDrop({ accept, label, button, hint, mistake, onFile, testId }: Props) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => file && onFile(file);
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button within does the same by keyboard
    <div
      className={over ? 'file-drop file-drop-over' : 'file-drop'}
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
        accept={accept}
        className="file-drop-input"
        tabIndex={-1}
        aria-label={label}
        onChange={({ target }) => {
          take(target.files?.[0]);
          target.value = '';
        }}
        data-testid={testId}
      />
      <Button icon={<UploadOutlined />} onClick={() => input.current?.click()}>
        {button}
      </Button>
      <p className="muted">{hint}</p>
      <p className="file-drop-mistake" aria-live="polite">
        {mistake}
      </p>
    </div>
  );
}
