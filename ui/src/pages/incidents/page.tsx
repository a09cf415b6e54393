// SPDX-License-Identifier: Apache-2.0
// The incidents that wait, the most urgent first: what to take up next is the first line.
import { QuestionCircleOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { type Incident, type IncidentQuery, useIncidentSummary, useIncidents } from '../../api/incidents-queries';
import { useMay, useSession } from '../../api/queries';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { KeyHelp, type Keys } from '../../components/key-help';
import { PageHead } from '../../components/page-head';
import { SavedViews } from '../../components/saved-views';
import { formatCount } from '../../lib/format';
import { useHotkeys } from '../../lib/hotkeys';
import { INCIDENTS_STATE, type IncidentsState } from '../../lib/incident-state';
import { incidentPath } from '../../lib/links';
import { useUrlState } from '../../lib/url-state';
import '../../styles/incidents.css';
import { Bulk } from './bulk';
import { IncidentFilters } from './filters';
import { IncidentTable } from './table';

const NONE: readonly Incident[] = [];

function toQuery({ q, status, level, assignee, unit, category, overdue, drill, sort }: IncidentsState): IncidentQuery {
  return {
    q: q || undefined,
    status: status.join(',') || undefined,
    open: status.length === 0 ? true : undefined,
    level: level.join(',') || undefined,
    assignee: assignee || undefined,
    unit: Number(unit) || undefined,
    category: category || undefined,
    overdue,
    drill,
    sort: sort === 'newest' ? 'newest' : 'urgent',
  };
}

/** How many wait, each a filter. */
function Counts({ state, onChange }: { state: IncidentsState; onChange: (part: Partial<IncidentsState>) => void }) {
  const { t, i18n } = useTranslation();
  const { data } = useIncidentSummary(state.drill);
  const { data: session } = useSession();
  const me = session?.username ?? '';
  if (!data) return null;
  const blank = { status: [], assignee: '', overdue: undefined };
  const counts = [
    { key: 'open', count: data.open, part: blank, on: !state.assignee && !state.overdue && state.status.length === 0 },
    { key: 'overdue', count: data.overdue, part: { ...blank, overdue: true }, on: state.overdue === true },
    { key: 'unassigned', count: data.unassigned, part: { ...blank, assignee: '-' }, on: state.assignee === '-' },
    { key: 'mine', count: data.mine, part: { ...blank, assignee: me }, on: state.assignee === me },
  ] as const;
  return (
    <fieldset className="counts" aria-label={t('incidents.counts')}>
      {counts.map(({ key, count, part, on }) => (
        <button
          key={key}
          type="button"
          className={key === 'overdue' && count > 0 ? 'count count-bad' : 'count'}
          aria-pressed={on}
          onClick={() => onChange(part)}
          data-testid={`count-${key}`}
        >
          <b className="number">{formatCount(count, i18n.language)}</b> {t(`incidents.count.${key}`)}
        </button>
      ))}
    </fieldset>
  );
}

const KEYS: Keys = [
  ['j', 'keys.next'],
  ['k', 'keys.previous'],
  ['Enter', 'keys.open'],
  ['x', 'incidents.chooseKey'],
  ['?', 'keys.title'],
];

const isBare = ({ q, status, level, assignee, unit, category, overdue }: IncidentsState) =>
  !(q || status.length || level.length || assignee || unit || category || overdue);

export function Component() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [state, change] = useUrlState(INCIDENTS_STATE);
  const query = useIncidents(toQuery(state));
  const incidents = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? NONE, [query.data]);
  const may = useMay('incident.change');
  const [marked, setMarked] = useState<number>();
  const [chosen, setChosen] = useState<number[]>([]);
  const [helping, setHelping] = useState(false);
  const open = (id: number | undefined) => id !== undefined && navigate(incidentPath(id));
  const step = (by: number) => () => {
    const at = incidents.findIndex(({ id }) => id === marked);
    const next = incidents[Math.min(Math.max(at + by, 0), incidents.length - 1)];
    setMarked(next?.id);
    document.querySelector<HTMLElement>(`[data-row-key="${next?.id}"]`)?.focus();
  };
  const toggle = () => {
    if (!may || marked === undefined) return;
    setChosen(chosen.includes(marked) ? chosen.filter((id) => id !== marked) : [...chosen, marked]);
  };
  useHotkeys({ j: step(1), k: step(-1), x: toggle, '?': () => setHelping(true) });
  const picked = incidents.filter(({ id }) => chosen.includes(id));
  const bare = isBare(state);
  return (
    <>
      <PageHead title={t('incidents.title')} hint={t('incidents.hint')} help="daily-work#incidents">
        <SavedViews page="incidents" />
        <Button
          type="text"
          size="small"
          icon={<QuestionCircleOutlined />}
          onClick={() => setHelping(true)}
          aria-label={t('keys.title')}
        />
      </PageHead>
      <Counts state={state} onChange={change} />
      <IncidentFilters state={state} onChange={change} />
      {query.error && <ErrorNotice error={query.error} onRetry={query.refetch} />}
      {may && picked.length === 0 && incidents.length > 1 && (
        <p className="choose-all">
          <Button size="small" type="link" onClick={() => setChosen(incidents.map(({ id }) => id))}>
            {t('incidents.chooseAll')}
          </Button>
        </p>
      )}
      {may && <Bulk incidents={picked} onDone={() => setChosen([])} />}
      <IncidentTable
        incidents={incidents}
        loading={query.isPending}
        marked={marked}
        chosen={may ? chosen : undefined}
        onChoose={setChosen}
        onOpen={open}
        onMore={query.hasNextPage ? () => query.fetchNextPage() : undefined}
        loadingMore={query.isFetchingNextPage}
        empty={
          <Empty
            title={t(bare ? 'incidents.noneOpen' : 'incidents.noneFound')}
            hint={t(bare ? 'incidents.noneOpenHint' : 'incidents.noneFoundHint')}
          />
        }
      />
      <KeyHelp keys={KEYS} open={helping} onClose={() => setHelping(false)} />
    </>
  );
}
