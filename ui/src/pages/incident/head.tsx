// SPDX-License-Identifier: Apache-2.0
// What it is, how it stands, how long there is, and what can be done about it now.
import { DownOutlined } from '@ant-design/icons';
import { Alert, Button, Dropdown } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import {
  type IncidentDetail,
  type IncidentStatus,
  OPEN_INCIDENT,
} from '../../api/incidents-queries';
import { useMay, useSession } from '../../api/queries';
import { AssigneeSelect } from '../../components/assignee-select';
import { Age } from '../../components/countdown';
import { Crumbs } from '../../components/crumbs';
import { GradeTag, IncidentStatusTag } from '../../components/incident-tags';
import { useIncidentTitle } from '../../components/rule-title';
import { DrillTag } from '../../components/tags';
import { incidentsPath } from '../../lib/incident-state';
import { incidentPath } from '../../lib/links';
import { useCategoryName } from '../incidents/filters';
import { Clock } from './clock';
import { CloseForm } from './close-form';
import { GradeForm } from './grade-form';
import { MergeForm, ReopenForm } from './move-forms';
import { NotifyForm } from './notify-form';
import { useChange } from './use-change';

type Dialog = 'grade' | 'close' | 'merge' | 'reopen' | 'notify';

interface Props {
  incident: IncidentDetail;
}

/** Whose it is, and giving it to somebody else. */
function Assignee({ incident }: Props) {
  const { t } = useTranslation();
  const may = useMay('incident.change');
  const { change, isPending } = useChange(incident);
  const { assignee = '' } = incident;
  if (!may || incident.status === 'merged') return <>{assignee || t('incidents.nobody')}</>;
  return (
    <AssigneeSelect
      also={assignee}
      size="small"
      className="head-assignee"
      value={assignee || undefined}
      placeholder={t('incidents.nobody')}
      disabled={isPending}
      allowClear
      onChange={(name) => change({ assignee: name ?? '' }, { assignee })}
      data-testid="assignee"
    />
  );
}

/** Where it may go next, but closing, which asks for more. */
function Status({ incident }: Props) {
  const { t } = useTranslation();
  const { change, isPending } = useChange(incident);
  const ways = incident.next.filter((status) => OPEN_INCIDENT.includes(status));
  const order: readonly IncidentStatus[] = OPEN_INCIDENT;
  const onward = ways.find((status) => order.indexOf(status) > order.indexOf(incident.status));
  const go = (status: IncidentStatus) => {
    // Only from 研判 is there a way back to new.
    const before = incident.status === 'new' && status !== 'triage' ? ('triage' as const) : incident.status;
    change({ status }, { status: before });
  };
  const others = ways.filter((status) => status !== onward);
  const items = others.map((status) => ({
    key: status,
    label: t(`incident.goTo.${status as 'triage'}`),
    onClick: () => go(status),
  }));
  return (
    <>
      {onward && (
        <Button disabled={isPending} onClick={() => go(onward)} data-testid="onward">
          {t(`incident.goTo.${onward as 'triage'}`)}
        </Button>
      )}
      {items.length > 0 && (
        <Dropdown menu={{ items }} trigger={['click']}>
          <Button icon={<DownOutlined />} aria-label={t('incident.otherStatus')} disabled={isPending} />
        </Dropdown>
      )}
    </>
  );
}

function Take({ incident }: Props) {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const { change, isPending } = useChange(incident);
  const me = session?.username ?? '';
  const { assignee = '', status } = incident;
  if (assignee === me) return null;
  const begin = status === 'new' ? ({ status: 'triage' } as const) : {};
  return (
    <Button
      type="primary"
      disabled={isPending}
      onClick={() => change({ assignee: me, ...begin }, { assignee, status })}
      data-testid="take"
    >
      {t('incident.take')}
    </Button>
  );
}

function Actions({ incident, onDialog }: Props & { onDialog: (dialog: Dialog) => void }) {
  const { t } = useTranslation();
  const works = useMay('incident.change');
  const notifies = useMay('rectification.change');
  const open = OPEN_INCIDENT.includes(incident.status);
  const closed = !open && works;
  return (
    <div className="actions">
      {open && works && <Take incident={incident} />}
      {open && works && <Status incident={incident} />}
      {open && notifies && (
        <Button onClick={() => onDialog('notify')} data-testid="notify">
          {t('incident.notify')}
        </Button>
      )}
      {works && incident.status !== 'merged' && (
        <Button onClick={() => onDialog('grade')} data-testid="grade">
          {t('incident.gradeTitle')}
        </Button>
      )}
      {open && works && (
        <Button onClick={() => onDialog('merge')} data-testid="merge">
          {t('incident.merge')}
        </Button>
      )}
      {open && works && (
        <Button onClick={() => onDialog('close')} data-testid="close">
          {t('incident.close')}
        </Button>
      )}
      {closed && (
        <Button type="primary" onClick={() => onDialog('reopen')} data-testid="reopen">
          {t('incident.reopen')}
        </Button>
      )}
    </div>
  );
}

function Facts({ incident }: Props) {
  const { t } = useTranslation();
  const nameOf = useCategoryName();
  const code = incident.category ?? incident.category_proposed;
  return (
    <div className="incident-facts">
      {incident.drill && <DrillTag />}
      <GradeTag {...incident} />
      <span data-testid="incident-status">
        <IncidentStatusTag status={incident.status} />
      </span>
      {code && (
        <Link to={incidentsPath({ category: code })}>
          {nameOf(code)}
          {!incident.category && <span className="muted"> {t('incident.proposed')}</span>}
        </Link>
      )}
      <span>
        <span className="muted">{t('incidents.assignee')} </span>
        <Assignee incident={incident} />
      </span>
      <span>
        <span className="muted">{t('incidents.age')} </span>
        <Age since={incident.created} />
      </span>
    </div>
  );
}

export function Head({ incident }: Props) {
  const { t } = useTranslation();
  const titleOf = useIncidentTitle();
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const over = incident.merged_into !== undefined && incident.status === 'merged';
  return (
    <header className="incident-head">
      <Crumbs above={[['/incidents', t('incidents.title')]]}>
        <span className="mono">{incident.number}</span>
      </Crumbs>
      <div className="incident-title">
        <h1>{titleOf(incident)}</h1>
        <span className="grow" />
        <Actions incident={incident} onDialog={setDialog} />
      </div>
      <Facts incident={incident} />
      {over && incident.merged_into && (
        <Alert
          type="info"
          showIcon
          className="form-notice"
          title={t('incident.wentInto')}
          action={<Link to={incidentPath(incident.merged_into)}>{t('incident.goThere')}</Link>}
        />
      )}
      {OPEN_INCIDENT.includes(incident.status) && <Clock incident={incident} />}
      <GradeForm incident={incident} open={dialog === 'grade'} onClose={close} />
      <CloseForm incident={incident} open={dialog === 'close'} onClose={close} />
      <MergeForm incident={incident} open={dialog === 'merge'} onClose={close} />
      <ReopenForm incident={incident} open={dialog === 'reopen'} onClose={close} />
      <NotifyForm incident={incident} open={dialog === 'notify'} onClose={close} />
    </header>
  );
}
