// SPDX-License-Identifier: Apache-2.0
// Today: who is there and how to reach them, what the last shift left, whom the platform calls.
import { Alert, Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import {
  type DutyPlace,
  type Handover,
  type Period,
  PLACES,
  type Shift,
  useDutyNow,
  useLeaveHandover,
  useTakeHandover,
} from '../../api/duty-queries';
import { useMay } from '../../api/queries';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { useDone } from '../../components/use-done';
import { EscalationPanel } from './escalation';
import { OnDuty, Phone, SpanTime } from './words';

const NOTE_MAX = 4000;

function Place({ place, shift }: { place: DutyPlace; shift: Shift | undefined }) {
  const { t } = useTranslation();
  const missing = place === 'officer' ? 'place place-missing' : 'place place-none';
  return (
    <li className={shift ? 'place' : missing} data-testid={`place-${place}`}>
      <span className="muted">{t(`duty.place.${place}`)}</span>
      <strong>{shift ? <OnDuty shift={shift} /> : t('duty.nobody')}</strong>
      {shift ? (
        <>
          <span className="place-phone">{shift.phone ? <Phone number={shift.phone} /> : t('duty.noPhone')}</span>
          <span className="muted">
            <SpanTime from={shift.from} to={shift.to} />
          </span>
          {shift.note && <span>{shift.note}</span>}
        </>
      ) : (
        <span>{t(place === 'officer' ? 'duty.nobodyHint' : 'duty.placeFree')}</span>
      )}
    </li>
  );
}

function NowPanel({ now, next }: { now: readonly Shift[]; next: readonly Shift[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('duty.onDuty')} extra={<Link to="/duty/roster">{t('duty.part.roster')}</Link>}>
      <ul className="places">
        {PLACES.map((place) => (
          <Place key={place} place={place} shift={now.find((shift) => shift.place === place)} />
        ))}
      </ul>
      <h3>{t('duty.next')}</h3>
      {next.length === 0 ? (
        <p className="muted">{t('duty.nextNone')}</p>
      ) : (
        <table className="plain">
          <tbody>
            {next.map((shift) => (
              <tr key={shift.id}>
                <td>
                  <SpanTime from={shift.from} to={shift.to} />
                </td>
                <td>{t(`duty.place.${shift.place}`)}</td>
                <td>
                  <OnDuty shift={shift} />
                </td>
                <td>
                  <Phone number={shift.phone} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Left({ handover }: { handover: Handover }) {
  const { t } = useTranslation();
  const { done, failed } = useDone();
  const take = useTakeHandover();
  const may = useMay('duty.change');
  const waits = handover.taken === undefined;
  const onTake = () =>
    take.mutate(undefined, { onSuccess: () => done(t('duty.handover.taken')), onError: failed });
  return (
    <div className={waits ? 'handover handover-waits' : 'handover'} data-testid="handover">
      <p className="muted">
        {t('duty.handover.by', { name: handover.by })} <Time value={handover.time} />
      </p>
      <p className="handover-note">{handover.note}</p>
      {waits ? (
        <div className="actions">
          <strong>{t('duty.handover.waits')}</strong>
          {may && (
            <Button type="primary" onClick={onTake} loading={take.isPending} data-testid="take-over">
              {t('duty.handover.take')}
            </Button>
          )}
        </div>
      ) : (
        <p className="muted">
          {t('duty.handover.takenBy', { name: handover.taken_by })}{' '}
          {handover.taken && <Time value={handover.taken} />}
        </p>
      )}
    </div>
  );
}

function HandoverPanel({ handover }: { handover: Handover | undefined }) {
  const { t } = useTranslation();
  const { done, failed } = useDone();
  const leave = useLeaveHandover();
  const may = useMay('duty.change');
  const [note, setNote] = useState('');
  const onLeave = () =>
    leave.mutate(note.trim(), {
      onSuccess: () => {
        setNote('');
        done(t('duty.handover.left'));
      },
      onError: failed,
    });
  return (
    <Panel title={t('duty.handover.title')} extra={<Link to="/duty/log">{t('duty.part.log')}</Link>}>
      {handover ? <Left handover={handover} /> : <p className="muted">{t('duty.handover.none')}</p>}
      {may && (
        <>
          <label className="block" htmlFor="handover-note">
            {t('duty.handover.write')}
          </label>
          <Input.TextArea
            id="handover-note"
            rows={4}
            maxLength={NOTE_MAX}
            value={note}
            placeholder={t('duty.handover.hint')}
            onChange={(event) => setNote(event.target.value)}
          />
          <div className="actions">
            <Button onClick={onLeave} disabled={!note.trim()} loading={leave.isPending} data-testid="hand-over">
              {t('duty.handover.leave')}
            </Button>
          </div>
        </>
      )}
    </Panel>
  );
}

function KeyPeriod({ period }: { period: Period }) {
  const { t } = useTranslation();
  const title = (
    <>
      {t(`duty.kind.${period.kind}`)}：<Link to="/duty/periods">{period.name}</Link>{' '}
      <SpanTime from={period.from} to={period.to} />
    </>
  );
  const every = period.report_every ? t('duty.reportEvery', { count: period.report_every }) : '';
  return (
    <Alert
      className="duty-alert"
      type={period.kind === 'key_period' ? 'warning' : 'info'}
      showIcon
      title={title}
      description={[period.requirements, every].filter(Boolean).join(' ') || undefined}
    />
  );
}

export function NowPart() {
  const query = useDutyNow();
  return (
    <Loaded query={query}>
      {({ now, next, periods, handover }) => (
        <>
          {periods.map((period) => (
            <KeyPeriod key={period.id} period={period} />
          ))}
          <div className="duty-now">
            <NowPanel now={now} next={next.filter(({ id }) => !now.some((shift) => shift.id === id))} />
            <HandoverPanel handover={handover} />
          </div>
          <EscalationPanel />
        </>
      )}
    </Loaded>
  );
}
