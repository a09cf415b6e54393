// SPDX-License-Identifier: Apache-2.0
// Switching rules on and off. Off asks why; both can be taken back.
import { App, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSwitchRules } from '../../api/rules-queries';
import { useDone } from '../../components/use-done';
import { useRuleError } from './use-rule-error';

const REASON_MAX = 1000;

interface Asked {
  title: string;
  hint: string;
  ok: string;
}

/** Asks for a reason, then acts. */
export function useAskReason() {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const [form] = Form.useForm<{ reason: string }>();
  return ({ title, hint, ok }: Asked, act: (reason: string) => Promise<unknown>) => {
    form.resetFields();
    modal.confirm({
      title,
      icon: null,
      okText: ok,
      okButtonProps: { danger: true },
      content: (
        <Form form={form} layout="vertical" requiredMark={false}>
          <p className="muted">{hint}</p>
          <Form.Item
            name="reason"
            label={t('rules.reason')}
            rules={[{ required: true, whitespace: true, message: t('rules.reasonNeeded') }]}
          >
            <Input.TextArea rows={2} maxLength={REASON_MAX} autoFocus data-testid="reason" />
          </Form.Item>
        </Form>
      ),
      // Stays open until there is a reason; what is missing is said at the field.
      onOk: (close) => {
        form.validateFields().then(
          ({ reason }) => act(reason.trim()).then(close),
          () => {},
        );
      },
    });
  };
}

export function useSwitch() {
  const { t } = useTranslation();
  const { done } = useDone();
  const { message } = App.useApp();
  const change = useSwitchRules();
  const ask = useAskReason();
  const errorText = useRuleError();
  const failed = (error: unknown) => {
    message.error(errorText(error));
  };
  const on = (ids: string[]) =>
    change.mutateAsync({ ids, enabled: true }).then(
      () =>
        done(t('rules.enabledDone', { count: ids.length }), () =>
          change.mutateAsync({ ids, enabled: false, reason: t('common.undo') }),
        ),
      failed,
    );
  const off = (ids: string[]) =>
    ask(
      {
        title: t('rules.disableTitle', { count: ids.length }),
        hint: t('rules.disableHint'),
        ok: t('rules.disable'),
      },
      (reason) =>
        change.mutateAsync({ ids, enabled: false, reason }).then(
          () =>
            done(t('rules.disabledDone', { count: ids.length }), () =>
              change.mutateAsync({ ids, enabled: true }),
            ),
          failed,
        ),
    );
  return { on, off, pending: change.isPending };
}
