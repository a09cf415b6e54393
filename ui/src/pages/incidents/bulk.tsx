// SPDX-License-Identifier: Apache-2.0
// The same for several incidents, one after the other: how far it is, and which refused and why.
import { Button, Input, Modal, Progress, Select, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import {
  changeIncident,
  type Incident,
  type IncidentChange,
  useWork,
} from '../../api/incidents-queries';
import { useSession } from '../../api/queries';
import { AssigneeSelect } from '../../components/assignee-select';
import { describe } from '../../components/describe';
import { useDone } from '../../components/use-done';
import { incidentPath } from '../../lib/links';

interface Refusal {
  incident: Incident;
  error: unknown;
}

interface Step {
  incident: Incident;
  body: IncidentChange;
}

interface Run {
  total: number;
  done: number;
  refused: Refusal[];
  /** What would take it back, of those that were changed. */
  back: Step[];
}

/** What an incident was before; from closed there is no way back to new. */
const before = ({ status, assignee }: Incident, body: IncidentChange): IncidentChange => ({
  ...(body.status && { status: status === 'new' ? 'triage' : status }),
  ...(body.assignee !== undefined && { assignee: assignee ?? '' }),
});

/** Runs a change over the incidents; each names the version that was seen. */
function useRun() {
  const [run, setRun] = useState<Run>();
  const work = useWork(async (steps: Step[]) => {
    const refused: Refusal[] = [];
    const back: Step[] = [];
    setRun({ total: steps.length, done: 0, refused, back });
    for (const [i, { incident, body }] of steps.entries()) {
      await changeIncident({ id: incident.id, version: incident.version, body }).then(
        (now) => back.push({ incident: { ...incident, version: now.version }, body: before(incident, body) }),
        (error) => refused.push({ incident, error }),
      );
      setRun({ total: steps.length, done: i + 1, refused: [...refused], back: [...back] });
    }
    return refused.length;
  });
  return { run, start: work.mutate, end: () => setRun(undefined) };
}

function Refused({ refused }: { refused: Refusal[] }) {
  const { t } = useTranslation();
  if (refused.length === 0) return null;
  return (
    <>
      <p>{t('incidents.bulkRefused', { value: refused.length })}</p>
      <ul className="bulk-refused">
        {refused.map(({ incident, error }) => (
          <li key={incident.id}>
            <Link to={incidentPath(incident.id)}>{incident.number}</Link> {describe(t, error)}
          </li>
        ))}
      </ul>
    </>
  );
}

type Verdict = 'closed' | 'false_positive';

function CloseMany({ open, onClose, onSure }: { open: boolean; onClose: () => void; onSure: (body: IncidentChange) => void }) {
  const { t } = useTranslation();
  const [status, setStatus] = useState<Verdict>('false_positive');
  const [note, setNote] = useState('');
  return (
    <Modal
      open={open}
      title={t('incidents.bulkClose')}
      okText={t('incidents.bulkClose')}
      okButtonProps={{ disabled: !note.trim(), 'data-testid': 'bulk-sure' }}
      onOk={() => onSure({ status, note: note.trim() })}
      onCancel={onClose}
      destroyOnHidden
    >
      <Space orientation="vertical" className="fill">
        <Select<Verdict>
          className="fill"
          value={status}
          onChange={setStatus}
          aria-label={t('incident.verdict')}
          options={(['false_positive', 'closed'] as const).map((value) => ({
            value,
            label: t(`incident.verdictOf.${value}`),
          }))}
        />
        <Input.TextArea
          rows={3}
          maxLength={8000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          placeholder={t('incident.closeNote')}
          aria-label={t('incident.closeNote')}
        />
      </Space>
    </Modal>
  );
}

interface Props {
  incidents: Incident[];
  onDone: () => void;
}

export function Bulk({ incidents, onDone }: Props) {
  const { t } = useTranslation();
  const { run, start, end } = useRun();
  const { data: session } = useSession();
  const [closing, setClosing] = useState(false);
  const { done } = useDone();
  const act = (body: IncidentChange) => start(incidents.map((incident) => ({ incident, body })));
  const assign = (assignee: string) => act({ assignee });
  const finished = run !== undefined && run.done === run.total;
  const leave = () => {
    end();
    if (finished) onDone();
  };
  const undo = () =>
    start(run?.back ?? [], {
      onSuccess: (refused) => {
        if (refused > 0) return;
        end();
        onDone();
        done(t('common.undone'));
      },
    });
  // What was closed leaves the list, and how it went is still to be read.
  if (incidents.length === 0 && !run) return null;
  return (
    <section className="bulk" aria-label={t('incidents.bulk')} data-testid="bulk">
      <b className="number">{t('incidents.chosen', { value: incidents.length })}</b>
      <Button size="small" onClick={() => assign(session?.username ?? '')} data-testid="bulk-take">
        {t('incident.take')}
      </Button>
      <AssigneeSelect
        size="small"
        className="bulk-assign"
        value={undefined}
        placeholder={t('incident.assign')}
        aria-label={t('incident.assign')}
        onChange={(name) => name && assign(name)}
        data-testid="bulk-assign"
      />
      <Button size="small" onClick={() => setClosing(true)} data-testid="bulk-close">
        {t('incidents.bulkClose')}
      </Button>
      <Button size="small" type="link" onClick={onDone}>
        {t('incidents.chooseNone')}
      </Button>
      <CloseMany
        open={closing}
        onClose={() => setClosing(false)}
        onSure={(body) => {
          setClosing(false);
          act(body);
        }}
      />
      <Modal
        open={run !== undefined}
        title={t('incidents.bulk')}
        onCancel={leave}
        closable={finished}
        footer={
          <>
            {run && run.back.length > 0 && (
              <Button disabled={!finished} onClick={undo} data-testid="bulk-undo">
                {t('common.undo')}
              </Button>
            )}
            <Button type="primary" disabled={!finished} onClick={leave} data-testid="bulk-done">
              {t('incidents.bulkDone')}
            </Button>
          </>
        }
      >
        {run && (
          <>
            <Progress
              percent={Math.round((100 * run.done) / run.total)}
              format={() => `${run.done}/${run.total}`}
              status={run.refused.length > 0 ? 'exception' : finished ? 'success' : 'active'}
            />
            <Refused refused={run.refused} />
          </>
        )}
      </Modal>
    </section>
  );
}
