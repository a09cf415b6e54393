// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button';

/** Lines to copy: a command, or a piece of a file. */
export function Snippet({ title, text }: { title?: ReactNode; text: string }) {
  return (
    <div className="snippet">
      <div className="snippet-head">
        <span className="muted">{title}</span>
        <CopyButton text={text} />
      </div>
      <pre className="raw">{text}</pre>
    </div>
  );
}
