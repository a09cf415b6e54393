// SPDX-License-Identifier: Apache-2.0
// A line of the timeline in words. What a line means is in its data; texts come from people, or from modules that
// write sentences themselves.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { IncidentStatus, TimelineLine } from '../../api/incidents-queries';
import { isGrade } from '../../components/incident-tags';
import { incidentPath, rectificationPath } from '../../lib/links';
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
  return (
    <span className="line-text">
      <Body line={line} />
      {line.text && <span className="line-said">{line.text}</span>}
    </span>
  );
}

/** "wanglou" is the program itself. */
export function By({ name }: { name: string }) {
  const { t } = useTranslation();
  return <span className="line-by">{name === 'wanglou' ? t('incident.program') : name}</span>;
}
