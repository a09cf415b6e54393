// SPDX-License-Identifier: Apache-2.0
// The page that the link of a notification opens: what happened, what to do, until when, whom to ask; confirm,
// report, attach, ask for more time. For people who never saw the console, on a telephone as well.
import { useCallback, useEffect, useMemo, useState } from 'react';
import { recall, remember } from '../lib/storage';
import { confirm, download, load, type Reply, ReplyError, tokenOf } from './api';
import { Extension } from './extension';
import { Files } from './files';
import { ReportForm } from './report-form';
import { type Language, SpeechContext, speechOf, standing, useSpeech, type Word } from './words';

const STATE_WORDS: Record<Reply['state'], Word> = {
  draft: 'stateSent',
  sent: 'stateSent',
  confirmed: 'stateConfirmed',
  reported: 'stateReported',
  returned: 'stateReturned',
  accepted: 'stateAccepted',
  withdrawn: 'stateWithdrawn',
};

const DONE: Partial<Record<Reply['history'][number]['action'], Word>> = {
  send: 'doneSend',
  confirm: 'doneConfirm',
  report: 'doneReport',
  return: 'doneReturn',
  accept: 'doneAccept',
  ask: 'doneAsk',
  extend: 'doneExtend',
  refuse: 'doneRefuse',
  attach: 'doneAttach',
  detach: 'doneDetach',
  withdraw: 'doneWithdraw',
};

const PROBLEMS: Record<string, Word> = {
  bad_file_type: 'badFileType',
  too_many_files: 'tooManyFiles',
  body_too_large: 'tooManyFiles',
  wrong_state: 'wrongState',
  too_many: 'tooOften',
  bad_body: 'badInput',
  bad_time: 'badInput',
};

/** What every part of the page works with. */
export interface Work {
  token: string;
  reply: Reply;
  /** Does something that answers with the notification as it is then; says what went wrong. */
  act: (what: () => Promise<Reply>) => Promise<Reply | undefined>;
  busy: boolean;
}

function useReply(token: string) {
  const [reply, setReply] = useState<Reply>();
  const [error, setError] = useState<ReplyError>();
  const [busy, setBusy] = useState(false);
  const act = useCallback(async (what: () => Promise<Reply>) => {
    setBusy(true);
    setError(undefined);
    try {
      const answer = await what();
      setReply(answer);
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof ReplyError)) throw thrown;
      if (thrown.status !== 412) setError(thrown);
      else throw thrown;
    } finally {
      setBusy(false);
    }
  }, []);
  const open = useCallback(() => void act(() => load(token)), [act, token]);
  useEffect(open, [open]);
  return { reply, error, busy, act, open };
}

function ErrorText({ error, onRetry }: { error: ReplyError; onRetry?: () => void }) {
  const { say } = useSpeech();
  const known = PROBLEMS[error.code];
  const why = known ? say(known) : error.message;
  const text =
    error.status === 0
      ? say('offline')
      : error.code === 'too_many_attempts'
        ? say('tooMany')
        : say('failed', { why });
  return (
    <div className="notice bad floating" role="alert">
      <p>{text}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {say('retry')}
        </button>
      )}
    </div>
  );
}

function BadLink() {
  const { say } = useSpeech();
  return (
    <section className="card" data-testid="bad-link">
      <h1>{say('badLink')}</h1>
      <p>{say('badLinkWhy')}</p>
      <p>{say('badLinkDo')}</p>
    </section>
  );
}

function Steps({ reply }: { reply: Reply }) {
  const { say } = useSpeech();
  const words: Word[] = ['stepConfirm', 'stepRectify', 'stepReview'];
  const at = { draft: 0, sent: 0, confirmed: 1, returned: 1, reported: 2, accepted: 3, withdrawn: 3 }[
    reply.state
  ];
  return (
    <ol className="steps">
      {words.map((word, i) => (
        <li key={word} className={i < at ? 'done' : i === at ? 'now' : ''} aria-current={i === at && 'step'}>
          <span className="dot">{i < at ? '✓' : i + 1}</span>
          {say(word)}
        </li>
      ))}
    </ol>
  );
}

function Head({ work }: { work: Work }) {
  const { say, time } = useSpeech();
  const { reply, token, act, busy } = work;
  const { office } = reply;
  const open = ['sent', 'confirmed', 'returned'].includes(reply.state);
  const left = standing(reply.now, reply.deadline);
  return (
    <section className="card">
      <p className="muted">{say('hello', { unit: reply.unit_name, name: reply.name })}</p>
      <h1>{reply.title}</h1>
      <dl className="facts">
        <dt>{say('number')}</dt>
        <dd>{reply.number}</dd>
        <dt>{say('deadline')}</dt>
        <dd>
          <strong>{time(reply.deadline)}</strong>
          {open && <span className={reply.overdue ? 'tag bad' : 'tag'}>{say(left.word, left.values)}</span>}
        </dd>
      </dl>
      {reply.state !== 'withdrawn' && <Steps reply={reply} />}
      <p className={`notice ${reply.state}`} data-testid="state">
        {say(STATE_WORDS[reply.state], { office })}
      </p>
      {reply.answer && (
        <div className="answer">
          <h2>{say('answer', { office })}</h2>
          <p className="text">{reply.answer}</p>
        </div>
      )}
      {reply.actions.includes('confirm') && (
        <button
          type="button"
          className="primary"
          disabled={busy}
          onClick={() => act(() => confirm(token))}
          data-testid="confirm"
        >
          {say('confirm')}
        </button>
      )}
      {reply.confirmed && (
        <p className="muted">
          {say('confirmedBy', { name: reply.confirmed_by ?? '', time: time(reply.confirmed) })}
        </p>
      )}
    </section>
  );
}

function Notice({ work }: { work: Work }) {
  const { say } = useSpeech();
  const { reply, token } = work;
  return (
    <section className="card">
      <h2>{say('what')}</h2>
      <p className="text">{reply.facts}</p>
      <h2>{say('todo')}</h2>
      <p className="text">{reply.requirements}</p>
      <h2>{say('contact')}</h2>
      <p>{say('contactHint')}</p>
      <p className="text">
        <strong>
          {reply.office} · {reply.contact}
        </strong>
      </p>
      <button type="button" onClick={() => download(token, '/document', `${reply.number}.pdf`)}>
        {say('notice')}
      </button>
    </section>
  );
}

function History({ reply }: { reply: Reply }) {
  const { say, time } = useSpeech();
  return (
    <section className="card">
      <h2>{say('history')}</h2>
      <ol className="history">
        {reply.history.map((step) => {
          const word = DONE[step.action];
          return (
            word && (
              <li key={step.time + step.action}>
                <time>{time(step.time)}</time>
                <span>{say(word)}</span>
                <span className="muted">{step.by}</span>
              </li>
            )
          );
        })}
      </ol>
    </section>
  );
}

function Content({ token }: { token: string }) {
  const { say } = useSpeech();
  const { reply, error, busy, act, open } = useReply(token);
  if (!token || error?.status === 401) return <BadLink />;
  if (!reply && error) return <ErrorText error={error} onRetry={open} />;
  if (!reply) return <p className="muted">{say('loading')}</p>;
  const work: Work = { token, reply, act, busy };
  return (
    <>
      <Head work={work} />
      <Notice work={work} />
      <ReportForm work={work} />
      <Files work={work} />
      <Extension work={work} />
      <History reply={reply} />
      {error && <ErrorText error={error} />}
      <p className="muted foot">{say('private')}</p>
    </>
  );
}

export function ReplyPage() {
  const [language, setLanguage] = useState<Language>(recall('language') === 'en' ? 'en' : 'zh-CN');
  const [token, setToken] = useState(tokenOf(location.hash));
  const speech = useMemo(() => speechOf(language), [language]);
  useEffect(() => {
    const follow = () => setToken(tokenOf(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${speech.say('title')} · 望楼`;
  }, [language, speech]);
  const other = language === 'en' ? 'zh-CN' : 'en';
  const choose = () => {
    remember('language', other);
    setLanguage(other);
  };
  return (
    <SpeechContext value={speech}>
      <header className="bar">
        <img src="/favicon.svg" alt="" width={28} height={28} />
        <span className="grow">{speech.say('title')}</span>
        <button type="button" className="plain" onClick={choose}>
          {speech.say('language')}
        </button>
      </header>
      <main className="reply">
        <Content key={token} token={token} />
      </main>
    </SpeechContext>
  );
}
