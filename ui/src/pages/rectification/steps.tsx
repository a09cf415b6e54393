// SPDX-License-Identifier: Apache-2.0
// What the centre may do now: the state says what, each asks for what it needs.
import { Button, DatePicker, Form, Input, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Rectification, type Step, useRectificationStep } from '../../api/rectifications-queries';
import { useRefused } from '../../components/use-conflict';
import { useDone } from '../../components/use-done';

const ASKED = ['accept', 'return', 'extend', 'refuse', 'remind', 'withdraw'] as const;
type Action = (typeof ASKED)[number];

interface Values {
  comment?: string;
  until?: Dayjs;
}

const NEEDS_COMMENT: readonly Action[] = ['return', 'refuse', 'withdraw'];
const HAS_TIME: readonly Action[] = ['return', 'extend'];

function toStep(action: Action, { comment, until }: Values): Step {
  const said = comment?.trim() || undefined;
  const time = until?.toISOString();
  switch (action) {
    case 'accept':
    case 'remind':
      return { action, body: { comment: said } };
    case 'return':
      return { action, body: { comment: said ?? '', until: time } };
    case 'extend':
      return { action, body: { granted: true, until: time, comment: said } };
    case 'refuse':
      return { action: 'extend', body: { granted: false, comment: said } };
    case 'withdraw':
      return { action, body: { comment: said ?? '' } };
  }
}

function StepForm({ notice, action, onClose }: { notice: Rectification; action: Action; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const step = useRectificationStep();
  const { done } = useDone();
  const refused = useRefused();
  const asked = notice.extension.until;
  const initial = action === 'extend' ? dayjs(asked ?? notice.deadline) : undefined;
  // Not by the callbacks of mutate(): where nothing more can be done, this form is gone by then.
  const save = (values: Values) =>
    step.mutateAsync({ notice, step: toStep(action, values) }).then(() => {
      done(discards ? t('rectification.discarded') : t(`rectification.did.${action}`));
      onClose();
    }, refused);
  const needed = NEEDS_COMMENT.includes(action);
  // Nobody has seen a draft, so there is nothing to take back.
  const discards = action === 'withdraw' && notice.state === 'draft';
  const title = discards ? t('rectification.discard') : t(`rectification.do.${action}`);
  return (
    <Modal
      open
      title={title}
      okText={title}
      okButtonProps={{ loading: step.isPending, danger: action === 'withdraw', 'data-testid': 'step-sure' }}
      onOk={form.submit}
      onCancel={onClose}
    >
      <p className="muted">{discards ? t('rectification.discardHint') : t(`rectification.stepHint.${action}`)}</p>
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={{ until: initial }} onFinish={save}>
        {HAS_TIME.includes(action) && (
          <Form.Item
            name="until"
            label={t('rectification.newDeadline')}
            extra={action === 'return' ? t('rectification.newDeadlineHint') : undefined}
            rules={action === 'extend' ? [{ required: true, message: t('rectification.needed') }] : []}
          >
            <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" className="fill" />
          </Form.Item>
        )}
        <Form.Item
          name="comment"
          label={t(needed ? 'rectification.reason' : 'rectification.comment')}
          rules={needed ? [{ required: true, whitespace: true, message: t('rectification.needed') }] : []}
        >
          <Input.TextArea rows={4} maxLength={1000} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function Steps({ notice }: { notice: Rectification }) {
  const { t } = useTranslation();
  const [action, setAction] = useState<Action>();
  const actions = ASKED.filter((each) => notice.actions.includes(each));
  if (actions.length === 0) return null;
  return (
    <div className="actions">
      {actions.map((each, i) => (
        <Button
          key={each}
          type={i === 0 && each !== 'withdraw' && each !== 'remind' ? 'primary' : 'default'}
          onClick={() => setAction(each)}
          data-testid={`do-${each}`}
        >
          {each === 'withdraw' && notice.state === 'draft' ? t('rectification.discard') : t(`rectification.do.${each}`)}
        </Button>
      ))}
      {action && <StepForm notice={notice} action={action} onClose={() => setAction(undefined)} />}
    </div>
  );
}
