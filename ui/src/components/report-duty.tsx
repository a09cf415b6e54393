// SPDX-License-Identifier: Apache-2.0
// One report that an authority expects: until when, by which regulation, its form, that it was sent or need not be.
import { Button, DatePicker, Form, Input, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ReportDuty, reportHref, useSubmitReport, useWaiveReport } from '../api/incidents-queries';
import { useMay } from '../api/queries';
import { localTime } from '../lib/time';
import { Countdown } from './countdown';
import { Time } from './time';
import { useRefused } from './use-conflict';
import { useDone } from './use-done';

interface Values {
  channel: string;
  submitted: Dayjs;
  receipt?: string;
  note?: string;
}

function SubmitForm({ report, onClose }: { report: ReportDuty; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const submit = useSubmitReport();
  const { done } = useDone();
  const refused = useRefused();
  const save = ({ channel, submitted, receipt, note }: Values) =>
    submit.mutate(
      {
        report,
        body: {
          channel: channel.trim(),
          // The field knows whole seconds; what is said to be now must not lie before the incident's beginning.
          submitted: submitted.isAfter(dayjs().subtract(1, 'minute')) ? undefined : submitted.toISOString(),
          receipt: receipt?.trim() || undefined,
          note: note?.trim() || undefined,
        },
      },
      {
        onSuccess: () => {
          done(t('reporting.done'));
          onClose();
        },
        onError: refused,
      },
    );
  return (
    <Modal
      open
      title={t('reporting.submitTitle', { stage: t(`incident.stage.${report.stage}`), recipient: report.recipient })}
      okText={t('reporting.submitSure')}
      okButtonProps={{ loading: submit.isPending, 'data-testid': 'submit-sure' }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="muted">{t('reporting.submitHint')}</p>
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={{ submitted: dayjs() }} onFinish={save}>
        <Form.Item name="channel" label={t('reporting.channel')} extra={t('reporting.channelHint')} rules={[{ required: true, whitespace: true, message: t('reporting.needChannel') }]}>
          <Input maxLength={200} autoFocus />
        </Form.Item>
        <Form.Item name="submitted" label={t('reporting.when')} rules={[{ required: true, message: t('reporting.needWhen') }]}>
          <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" className="fill" disabledDate={(day) => day.isAfter(dayjs())} />
        </Form.Item>
        <Form.Item name="receipt" label={t('reporting.receipt')} extra={t('reporting.receiptHint')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="note" label={t('reporting.note')}>
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Asks why it need not be sent. */
function WaiveForm({ report, onClose }: { report: ReportDuty; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ reason: string }>();
  const waive = useWaiveReport();
  const { done } = useDone();
  const refused = useRefused();
  const save = ({ reason }: { reason: string }) =>
    waive.mutate(
      { report, reason: reason.trim() },
      {
        onSuccess: () => {
          done(t('reporting.waived'));
          onClose();
        },
        onError: refused,
      },
    );
  return (
    <Modal
      open
      title={t('reporting.waiveTitle')}
      okText={t('reporting.waive')}
      okButtonProps={{ loading: waive.isPending, 'data-testid': 'waive-sure' }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p>
        {t(`incident.stage.${report.stage}`)} → {report.recipient}
      </p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save}>
        <Form.Item
          name="reason"
          label={t('reporting.waiveReason')}
          rules={[{ required: true, whitespace: true, message: t('reporting.needReason') }]}
        >
          <Input.TextArea rows={3} maxLength={2000} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function ReportState({ report }: { report: ReportDuty }) {
  const { t, i18n } = useTranslation();
  if (report.state === 'pending' && report.due) return <Countdown due={report.due} />;
  const sentence = i18n.language === 'zh-CN' ? report.sentence_zh : report.sentence;
  return (
    <span className={report.late ? 'bad' : 'muted'} title={t(`reporting.since.${report.since}`)}>
      {sentence}
    </span>
  );
}

function Submissions({ report }: { report: ReportDuty }) {
  const { t } = useTranslation();
  if (!report.submissions?.length) return null;
  return (
    <ul className="submissions">
      {report.submissions.map(({ submitted, recorded, by, channel, receipt, note }) => (
        <li key={recorded}>
          <Time value={submitted} /> {channel}
          {receipt && ` · ${t('reporting.receiptIs', { receipt })}`}
          <span className="muted" title={localTime(recorded)}>
            {' '}
            {t('reporting.recordedBy', { by })}
          </span>
          {note && <p className="muted">{note}</p>}
        </li>
      ))}
    </ul>
  );
}

export function ReportCard({ report, head }: { report: ReportDuty; head?: ReactNode }) {
  const { t } = useTranslation();
  const may = useMay('reporting.change');
  const [asking, setAsking] = useState<'submit' | 'waive'>();
  const close = () => setAsking(undefined);
  const pending = report.state === 'pending';
  return (
    <li className={`panel report report-${report.state}`} data-testid={`report-${report.id}`}>
      {head}
      <div className="report-head">
        <h3>{t(`incident.stage.${report.stage}`)}</h3>
        <span>→ {report.recipient}</span>
        <span className="grow" />
        <ReportState report={report} />
      </div>
      <p className="muted">
        {report.source}
        {report.clause && ` ${report.clause}`} · {t('reporting.within', { limit: report.limit })} · {t(`reporting.since.${report.since}`)}
        {report.due && (
          <>
            {' · '}
            {t('reporting.until')} <Time value={report.due} />
            {report.due_assumed && ` ${t('reporting.assumed')}`}
          </>
        )}
        {report.basis === 'general' && ` · ${t('reporting.general')}`}
      </p>
      {report.note && <p className="muted">{report.note}</p>}
      {report.reason && (
        <p>
          {t('reporting.waivedBecause')} {report.reason} <span className="muted">{report.waived_by}</span>
        </p>
      )}
      <Submissions report={report} />
      <div className="report-actions">
        <a href={reportHref(report, 'pdf')} download>
          {t('reporting.pdf')}
        </a>
        <a href={reportHref(report, 'docx')} download>
          {t('reporting.docx')}
        </a>
        <span className="grow" />
        {may && (pending || report.state === 'submitted') && (
          <Button size="small" type={pending ? 'primary' : 'default'} onClick={() => setAsking('submit')} data-testid={`submit-${report.id}`}>
            {t(pending ? 'reporting.submit' : 'reporting.supplement')}
          </Button>
        )}
        {may && pending && (
          <Button size="small" onClick={() => setAsking('waive')} data-testid={`waive-${report.id}`}>
            {t('reporting.waive')}
          </Button>
        )}
      </div>
      {asking === 'submit' && <SubmitForm report={report} onClose={close} />}
      {asking === 'waive' && <WaiveForm report={report} onClose={close} />}
    </li>
  );
}
