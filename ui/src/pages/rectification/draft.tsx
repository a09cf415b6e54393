// SPDX-License-Identifier: Apache-2.0
// A draft is written here: what the unit is told and asked to do. It is saved before it is looked at or sent.
import { App, Button, DatePicker, Form, Input } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import {
  documentHref,
  type Rectification,
  type RectificationInput,
  useChangeRectification,
  useRectificationStep,
} from '../../api/rectifications-queries';
import { Panel } from '../../components/panel';
import { useRefused } from '../../components/use-conflict';
import { useDone } from '../../components/use-done';
import { useAsOpened } from '../../lib/as-opened';

interface Values {
  title: string;
  facts: string;
  requirements: string;
  contact: string;
  deadline: Dayjs;
}

const toBody = ({ deadline, ...texts }: Values): RectificationInput => ({ ...texts, deadline: deadline.toISOString() });

export function Draft({ notice }: { notice: Rectification }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const [form] = Form.useForm<Values>();
  const change = useChangeRectification();
  const step = useRectificationStep();
  const { done } = useDone();
  const refused = useRefused();
  const draft = useAsOpened(notice);
  const { title, facts, requirements, contact, deadline } = draft.opened;
  const save = async () => {
    const saved = await change.mutateAsync({ notice: draft.opened, body: toBody(await form.validateFields()) });
    draft.keep(saved);
    return saved;
  };
  /** A field that is missing says so itself; what somebody else wrote meanwhile is not overwritten. */
  const missed = (error: unknown) => {
    if (!(error instanceof ApiError)) return;
    if (error.status === 412) message.warning(t('rectification.draftStale'));
    else refused(error);
  };
  const keep = () => save().then(() => done(t('rectification.saved')), missed);
  const preview = () =>
    save().then(() => {
      const link = document.createElement('a');
      link.href = documentHref(notice.id, 'notice', 'pdf');
      link.download = '';
      link.click();
    }, missed);
  const go = async (version: number, paper: boolean) => {
    try {
      await step.mutateAsync({ notice: { id: notice.id, version }, step: { action: 'send', body: { paper } } });
      done(t('rectification.did.send'));
    } catch (error) {
      const unreachable = error instanceof ApiError && error.status === 409 && !paper;
      if (!unreachable) return refused(error);
      modal.confirm({
        title: t('rectification.onPaper'),
        content: error.message,
        okText: t('rectification.sendPaper'),
        onOk: () => go(version, true),
      });
    }
  };
  const ask = ({ version, unit }: Rectification) => {
    modal.confirm({
      title: t('rectification.sendTitle', { unit: unit.name }),
      content: t('rectification.sendHint'),
      okText: t('rectification.do.send'),
      okButtonProps: { 'data-testid': 'send-sure' },
      onOk: () => go(version, false),
    });
  };
  const send = () => save().then(ask, missed);
  const needed = [{ required: true, message: t('rectification.needed') }];
  const written = [{ required: true, whitespace: true, message: t('rectification.needed') }];
  return (
    <Panel title={t('rectification.draftTitle')} extra={<span className="muted">{t('rectification.draftHint')}</span>}>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ title, facts, requirements, contact, deadline: dayjs(deadline) }}
      >
        <Form.Item name="title" label={t('incidents.name')} rules={written}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="facts" label={t('rectification.facts')} rules={written}>
          <Input.TextArea rows={6} maxLength={8000} />
        </Form.Item>
        <Form.Item name="requirements" label={t('rectification.requirements')} rules={written}>
          <Input.TextArea rows={5} maxLength={8000} />
        </Form.Item>
        <div className="form-row">
          <Form.Item name="deadline" label={t('rectification.deadline')} rules={needed}>
            <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" />
          </Form.Item>
          <Form.Item name="contact" label={t('rectification.contact')} className="grow">
            <Input maxLength={200} />
          </Form.Item>
        </div>
      </Form>
      <div className="actions">
        <Button type="primary" onClick={send} loading={step.isPending} data-testid="send">
          {t('rectification.do.send')}
        </Button>
        <Button onClick={keep} loading={change.isPending} data-testid="save-draft">
          {t('common.save')}
        </Button>
        <Button onClick={preview} data-testid="preview">
          {t('rectification.preview')}
        </Button>
      </div>
    </Panel>
  );
}
