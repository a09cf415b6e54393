// SPDX-License-Identifier: Apache-2.0
// The report: three texts that are kept as drafts while they are written, then submitted. Where a colleague was
// faster, the person decides whose words stay; nothing written is ever thrown away unasked.
import { useEffect, useRef, useState } from 'react';
import { download, load, putReport, type Reply, ReplyError, type Report } from './api';
import type { Work } from './page';
import { useSpeech, type Word } from './words';

const PARTS: { name: keyof Report; hint: Word }[] = [
  { name: 'cause', hint: 'causeHint' },
  { name: 'measures', hint: 'measuresHint' },
  { name: 'result', hint: 'resultHint' },
];
const SAVE_AFTER_MS = 4000;

const textsOf = ({ report }: Reply): Report => ({
  cause: report.cause,
  measures: report.measures,
  result: report.result,
});
const same = (a: Report, b: Report) => PARTS.every(({ name }) => a[name] === b[name]);

function useDraft({ token, reply, act }: Work) {
  const [draft, setDraft] = useState(() => textsOf(reply));
  const [theirs, setTheirs] = useState<Reply>();
  const [saving, setSaving] = useState(false);
  const dirty = !same(draft, textsOf(reply));
  const save = async (submit: boolean, version = reply.version) => {
    setSaving(true);
    try {
      await act(() => putReport(token, version, draft, submit));
    } catch (thrown) {
      if (!(thrown instanceof ReplyError) || thrown.status !== 412) throw thrown;
      const newest = await load(token);
      // Another file or a confirmation changes the version, too: then there is nothing to decide.
      if (same(textsOf(newest), textsOf(reply))) await act(() => putReport(token, newest.version, draft, submit));
      else setTheirs(newest);
    } finally {
      setSaving(false);
    }
  };
  const resolve = async (mine: boolean) => {
    const newest = theirs;
    setTheirs(undefined);
    if (!newest) return;
    if (!mine) setDraft(textsOf(newest));
    await act(async () => newest);
    if (mine) await save(false, newest.version);
  };
  return { draft, setDraft, dirty, saving, save, theirs, resolve };
}

function ReadOnly({ work }: { work: Work }) {
  const { say } = useSpeech();
  const { reply, token } = work;
  if (!reply.report.reported) return null;
  return (
    <section className="card">
      <h2>{say('report')}</h2>
      {PARTS.map(({ name }) => (
        <div key={name}>
          <h3>{say(name)}</h3>
          <p className="text">{reply.report[name]}</p>
        </div>
      ))}
      <button type="button" onClick={() => download(token, '/document?form=report', `${reply.number}.pdf`)}>
        {say('reportPdf')}
      </button>
    </section>
  );
}

function SubmitDialog({ open, onYes, onNo, text }: { open: boolean; onYes: () => void; onNo: () => void; text: string }) {
  const { say } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} onClose={onNo}>
      <p>{text}</p>
      <div className="row">
        <button type="button" className="primary" onClick={onYes} data-testid="submit-yes">
          {say('yes')}
        </button>
        <button type="button" onClick={onNo}>
          {say('no')}
        </button>
      </div>
    </dialog>
  );
}

function Editor({ work }: { work: Work }) {
  const { say, time } = useSpeech();
  const { reply } = work;
  const { draft, setDraft, dirty, saving, save, theirs, resolve } = useDraft(work);
  const [asking, setAsking] = useState(false);
  const [missing, setMissing] = useState('');
  const saveRef = useRef(save);
  saveRef.current = save;
  // biome-ignore lint: every key starts the wait anew
  useEffect(() => {
    if (!dirty || theirs) return;
    const timer = setTimeout(() => void saveRef.current(false), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft, dirty, theirs]);
  useEffect(() => {
    if (!dirty) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [dirty]);
  const check = () => {
    const empty = PARTS.filter(({ name }) => !draft[name].trim()).map(({ name }) => say(name));
    setMissing(empty.length ? say('missing', { parts: empty.join(' · ') }) : '');
    setAsking(!empty.length);
  };
  const state = saving
    ? say('saving')
    : dirty
      ? say('unsaved')
      : reply.report.saved
        ? say('saved', { time: time(reply.report.saved) })
        : '';
  return (
    <section className="card">
      <h2>{say('report')}</h2>
      <p className="muted">{say('reportHint')}</p>
      {PARTS.map(({ name, hint }) => (
        <label key={name} className="field">
          <span>{say(name)}</span>
          <small className="muted">{say(hint)}</small>
          <textarea
            rows={5}
            maxLength={reply.limits.text}
            value={draft[name]}
            onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
            data-testid={name}
          />
        </label>
      ))}
      {theirs && (
        <div className="notice bad" role="alert">
          <p>{say('conflict')}</p>
          <div className="row">
            <button type="button" onClick={() => resolve(false)}>
              {say('takeTheirs')}
            </button>
            <button type="button" onClick={() => resolve(true)}>
              {say('keepMine')}
            </button>
          </div>
        </div>
      )}
      {missing && (
        <p className="notice bad" role="alert">
          {missing}
        </p>
      )}
      <div className="row">
        <button type="button" className="primary" disabled={saving} onClick={check} data-testid="submit">
          {say('submit')}
        </button>
        <button type="button" disabled={saving || !dirty} onClick={() => save(false)} data-testid="save">
          {say('saveNow')}
        </button>
        <span className="muted" aria-live="polite" data-testid="draft-state">
          {state}
        </span>
      </div>
      <SubmitDialog
        open={asking}
        text={say('submitAsk', { office: reply.office })}
        onNo={() => setAsking(false)}
        onYes={() => {
          setAsking(false);
          void save(true);
        }}
      />
    </section>
  );
}

export function ReportForm({ work }: { work: Work }) {
  return work.reply.actions.includes('report') ? <Editor work={work} /> : <ReadOnly work={work} />;
}
