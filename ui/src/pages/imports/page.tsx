// SPDX-License-Identifier: Apache-2.0
// A table into the register in three steps: the file, what it would do, done. What is shown is what is done: the
// server refuses where the register has become another since.
import { Alert, Button, Checkbox, Input, Progress, Steps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '../../api/errors';
import { type ImportAnswer, type ImportWish, useDryRun, useImport } from '../../api/import-queries';
import { describe } from '../../components/describe';
import { ErrorNotice } from '../../components/error-notice';
import { PageHead } from '../../components/page-head';
import { Panel } from '../../components/panel';
import { formatCount } from '../../lib/format';
import { AssetTabs } from '../assets/tabs';
import { Choose } from './choose';
import { Former } from './former';
import { ImportRows } from './rows';
import '../../styles/assets.css';

const LISTS = { units: '/units', people: '/people', assets: '/assets', duties: '/units' } as const;

/** How many rows would change something. */
const work = ({ counts }: ImportAnswer) => counts.new + counts.changed;

interface CheckProps {
  wish: ImportWish;
  onChange: (part: Partial<ImportWish>) => void;
  onBack: () => void;
  onDone: (answer: ImportAnswer) => void;
}

function Verdict({ answer }: { answer: ImportAnswer }) {
  const { t } = useTranslation();
  const { error, conflict, new: added, changed, unchanged } = answer.counts;
  if (answer.refused)
    return <Alert type="warning" showIcon title={t('imports.refused', { error, conflict })} data-testid="import-refused" />;
  if (work(answer) === 0) return <Alert type="info" showIcon title={t('imports.nothingToDo', { unchanged })} />;
  return <Alert type="success" showIcon title={t('imports.ready', { added, changed, unchanged })} data-testid="import-ready" />;
}

function Check({ wish, onChange, onBack, onDone }: CheckProps) {
  const { t } = useTranslation();
  const dry = useDryRun(wish);
  const run = useImport();
  const answer = dry.data ?? undefined;
  const stale = run.error instanceof ApiError && run.error.status === 412;
  const again = () => {
    run.reset();
    dry.refetch();
  };
  const confirm = () => answer && run.mutate({ wish, token: answer.token }, { onSuccess: onDone });
  return (
    <Panel
      title={t('imports.checkOf', { kind: t(`imports.kind.${wish.kind}`), file: wish.file.name })}
      className="import-check"
      extra={
        <Button size="small" onClick={onBack}>
          {t('imports.another')}
        </Button>
      }
    >
      {(dry.isFetching || run.isPending) && (
        <Progress percent={100} status="active" showInfo={false} size="small" aria-label={t('imports.working')} />
      )}
      {dry.error && <ErrorNotice error={dry.error} onRetry={again} />}
      {run.error && (
        <Alert
          type="error"
          showIcon
          title={stale ? t('imports.stale') : describe(t, run.error)}
          action={
            <Button size="small" onClick={again}>
              {t('imports.checkAgain')}
            </Button>
          }
        />
      )}
      {answer && (
        <>
          <Verdict answer={answer} />
          <div className="import-options">
            {(answer.counts.error > 0 || wish.skipErrors) && (
              <Checkbox checked={wish.skipErrors} onChange={({ target }) => onChange({ skipErrors: target.checked })} data-testid="skip-errors">
                {t('imports.skipErrors')}
              </Checkbox>
            )}
            <Input
              className="import-reason"
              maxLength={1000}
              defaultValue={wish.reason}
              placeholder={t('imports.reason')}
              aria-label={t('imports.reason')}
              onBlur={({ target }) => target.value.trim() !== wish.reason && onChange({ reason: target.value.trim() })}
            />
            <span className="grow" />
            <Button
              type="primary"
              disabled={answer.refused || work(answer) === 0 || dry.isFetching}
              loading={run.isPending}
              onClick={confirm}
              data-testid="import-confirm"
            >
              {t('imports.confirm', { count: work(answer) })}
            </Button>
          </div>
          <ImportRows answer={answer} wish={wish} onDecide={onChange} />
        </>
      )}
    </Panel>
  );
}

function Done({ answer, wish, onAgain }: { answer: ImportAnswer; wish: ImportWish; onAgain: () => void }) {
  const { t, i18n } = useTranslation();
  const count = (n: number) => formatCount(n, i18n.language);
  return (
    <Panel title={t('imports.done')}>
      <Alert
        type="success"
        showIcon
        title={t('imports.doneOf', { file: wish.file.name, added: count(answer.counts.new), changed: count(answer.counts.changed) })}
        description={t('imports.canUndo')}
        action={
          <span className="register-actions">
            <Link to={LISTS[wish.kind]}>{t('imports.look')}</Link>
            <Button size="small" onClick={onAgain}>
              {t('imports.another')}
            </Button>
          </span>
        }
        data-testid="import-done"
      />
    </Panel>
  );
}

export function Component() {
  const { t } = useTranslation();
  const [wish, setWish] = useState<ImportWish>();
  const [done, setDone] = useState<ImportAnswer>();
  const again = () => {
    setWish(undefined);
    setDone(undefined);
  };
  const step = done ? 2 : wish ? 1 : 0;
  return (
    <div className="assets">
      <PageHead title={t('assets.title')} hint={t('imports.hint')} help="first-day#register" />
      <AssetTabs />
      <Steps
        className="import-steps"
        size="small"
        current={step}
        items={[{ title: t('imports.choose') }, { title: t('imports.check') }, { title: t('imports.done') }]}
      />
      {!wish && <Choose onChoose={(kind, file) => setWish({ kind, file, skipErrors: false, choices: {}, reason: '' })} />}
      {wish && !done && (
        <Check wish={wish} onChange={(part) => setWish({ ...wish, ...part })} onBack={again} onDone={setDone} />
      )}
      {wish && done && <Done answer={done} wish={wish} onAgain={again} />}
      {step !== 1 && <Former />}
    </div>
  );
}
