// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { askExtension } from './api';
import type { Work } from './page';
import { useSpeech } from './words';

/** The day after the deadline, as a date input wants it: local. */
function dayAfter(time: string): string {
  const day = new Date(time);
  day.setDate(day.getDate() + 1);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
}

function Answer({ work }: { work: Work }) {
  const { say, time } = useSpeech();
  const { extension, office, deadline } = work.reply;
  if (extension.state === 'none') return null;
  const text = {
    asked: say('extensionAsked', { time: time(extension.until), office }),
    granted: say('extensionGranted', { time: time(deadline) }),
    refused: say('extensionRefused'),
  }[extension.state];
  return (
    <div className="notice" data-testid="extension-state">
      <p>{text}</p>
      {extension.answer && <p className="text">{extension.answer}</p>}
    </div>
  );
}

export function Extension({ work }: { work: Work }) {
  const { say } = useSpeech();
  const { token, reply, act, busy } = work;
  const least = dayAfter(reply.deadline);
  const [until, setUntil] = useState(least);
  const [reason, setReason] = useState('');
  const may = reply.actions.includes('ask') && reply.extension.state !== 'asked';
  if (!may && reply.extension.state === 'none') return null;
  return (
    <section className="card">
      <h2>{say('extension')}</h2>
      <Answer work={work} />
      {may && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void act(() => askExtension(token, new Date(`${until}T17:30:00`).toISOString(), reason));
          }}
        >
          <p className="muted">{say('extensionHint')}</p>
          <label className="field">
            <span>{say('until')}</span>
            <input
              type="date"
              required
              min={least}
              value={until}
              onChange={(event) => setUntil(event.target.value)}
              data-testid="until"
            />
          </label>
          <label className="field">
            <span>{say('reason')}</span>
            <textarea
              rows={2}
              required
              maxLength={reply.limits.reason}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              data-testid="reason"
            />
          </label>
          <button type="submit" disabled={busy} data-testid="ask">
            {say('ask')}
          </button>
        </form>
      )}
    </section>
  );
}
