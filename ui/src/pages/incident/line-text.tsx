// SPDX-License-Identifier: Apache-2.0
// A line of the timeline in words. What a line means is in its data; texts come from people, or from modules that
// write sentences themselves.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { IncidentStatus, TimelineLine } from '../../api/incidents-queries';
import { isGrade } from '../../components/incident-tags';
import { incidentPath, rectificationPath } from '../../lib/links';
import { localTime } from '../../lib/time';
import { useCategoryName } from '../incidents/filters';

type Data = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const number = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** What a change of the incident itself was, a part each. */
function useChanges(): (data: Data) => string[] {
  const { t } = useTranslation();
  const nameOf = useCategoryName();
  return (data) => {
    const parts: string[] = [];
    if (Array.isArray(data.status)) {
      const [from, to] = data.status as IncidentStatus[];
      if (from && to)
        parts.push(t('incident.line.status', { from: t(`incident.status.${from}`), to: t(`incident.status.${to}`) }));
    }
    if (typeof data.assignee === 'string')
      parts.push(data.assignee ? t('incident.line.assigned', { name: data.assignee }) : t('incident.line.unassigned'));
    const level = number(data.level);
    if (isGrade(level)) parts.push(t('incident.line.level', { level: t(`incident.grade.${level}`) }));
    if (text(data.category)) parts.push(t('incident.line.category', { name: nameOf(text(data.category)) }));
    if (text(data.title)) parts.push(t('incident.line.title', { title: text(data.title) }));
    return parts;
  };
}

const TASK_DOES = ['added', 'changed', 'done', 'dropped', 'open'] as const;

function Moved({ line, data }: { line: TimelineLine; data: Data }) {
  const { t } = useTranslation();
  const into = number(data.into);
  const from = number(data.from);
  const other = into ?? from;
  const kind = line.kind === 'merge' ? 'merge' : 'split';
  const words = t(`incident.line.${into !== undefined ? `${kind}Into` : `${kind}From`}` as 'incident.line.mergeInto');
  return (
    <>
      {words} {other !== undefined && <Link to={incidentPath(other)}>{text(data.number) || `#${other}`}</Link>}
    </>
  );
}

const DEADLINES = ['required', 'required_again', 'needless', 'soon', 'late'] as const;
const REPORTS = ['submitted', 'supplemented', 'waived'] as const;
const STAGES = ['initial', 'progress', 'final'] as const;
const UNITS = ['minutes', 'hours', 'days', 'working_days'] as const;

const STEPS = [
  'create',
  'edit',
  'send',
  'confirm',
  'save',
  'attach',
  'detach',
  'report',
  'ask',
  'extend',
  'refuse',
  'return',
  'accept',
  'withdraw',
  'remind',
  'revoke',
] as const;

/** What a module's line says, put together from its data; undefined where only its Chinese text is there. */
export function useLineWords(): (line: TimelineLine) => string | undefined {
  const { t } = useTranslation();
  const ofNotice = (data: Data) => {
    const step = STEPS.find((name) => name === data.action);
    if (!step || typeof data.said !== 'string') return undefined;
    return [t(`rectification.step.${step}`), text(data.number), data.said].filter(Boolean).join(' ');
  };
  const ofReport = (data: Data) => {
    const stage = STAGES.find((name) => name === data.stage);
    if (!stage) return undefined;
    const about = { stage: t(`incident.stage.${stage}`), recipient: text(data.recipient) };
    const did = REPORTS.find((name) => name === data.what);
    const late = data.late === true ? t('incident.line.late') : '';
    if (did) return t(`incident.line.report.${did}`, { ...about, late, reason: text(data.reason) });
    const what = DEADLINES.find((name) => name === data.what);
    const unit = UNITS.find((name) => name === data.unit);
    const limit = unit ? t(`incident.line.limit.${unit}`, { count: number(data.amount) ?? 0 }) : '';
    const due = text(data.due) && localTime(text(data.due));
    return what && t(`incident.line.deadline.${what}`, { ...about, limit, due, source: text(data.source) });
  };
  return ({ kind, data = {} }) => {
    if (kind === 'notification') return ofNotice(data);
    return kind === 'report' || kind === 'deadline' ? ofReport(data) : undefined;
  };
}

function Body({ line }: { line: TimelineLine }) {
  const { t } = useTranslation();
  const changes = useChanges();
  const data: Data = line.data ?? {};
  switch (line.kind) {
    case 'status':
      return <>{changes(data).join(t('common.comma'))}</>;
    case 'task': {
      const what = TASK_DOES.find((name) => name === data.what) ?? 'changed';
      return (
        <>
          {t(`incident.line.task.${what}`)} {text(data.title)}
        </>
      );
    }
    case 'file':
      return (
        <>
          {t('incident.line.file')} <span className="mono">{text(data.name)}</span>
        </>
      );
    case 'merge':
    case 'split':
      return <Moved line={line} data={data} />;
    case 'notification': {
      const id = number(data.rectification);
      return id === undefined ? null : <Link to={rectificationPath(id)}>{t('incident.line.notice')}</Link>;
    }
    default:
      return null;
  }
}

export function LineText({ line }: { line: TimelineLine }) {
  const said = useLineWords()(line) ?? line.text;
  return (
    <span className="line-text">
      <Body line={line} />
      {said && <span className="line-said">{said}</span>}
    </span>
  );
}

/** "wanglou" is the program itself. */
export function By({ name }: { name: string }) {
  const { t } = useTranslation();
  return <span className="line-by">{name === 'wanglou' ? t('incident.program') : name}</span>;
}
