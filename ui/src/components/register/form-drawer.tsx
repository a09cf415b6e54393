// SPDX-License-Identifier: Apache-2.0
// A form about one thing of the register, at the right. What the server refuses stands at the field it is about.
import { Alert, App, Button, Drawer, Form, type FormInstance } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import { fieldOf } from '../../lib/register';
import { describe } from '../describe';

const WIDTH = 560;

interface Props<V extends object> {
  title: ReactNode;
  initial: V;
  fields: readonly (keyof V & string)[];
  /** What was saved, with what the server thinks is probably wrong. */
  onSubmit: (values: V) => Promise<{ warnings?: string[] } | undefined>;
  onClose: () => void;
  form?: FormInstance<V>;
  submit?: string;
  children: ReactNode;
}

function useRefusal<V extends object>(form: FormInstance<V>, fields: readonly (keyof V & string)[]) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const show = (error: unknown) => {
    setText('');
    if (!(error instanceof ApiError)) return setText(describe(t, error));
    if (error.status === 412) return setText(t('register.stale'));
    const name = error.code === 'reason_required' ? 'reason' : fieldOf(error.message, fields);
    if (!name) return setText(error.code === 'duplicate' ? `${t('register.duplicate')} ${error.message}` : describe(t, error));
    form.setFields([{ name: name as never, errors: [error.message] }]);
    form.scrollToField(name as never);
  };
  return [text, show] as const;
}

export function FormDrawer<V extends object>({ title, initial, fields, onSubmit, onClose, form: given, submit, children }: Props<V>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [own] = Form.useForm<V>();
  const form = given ?? own;
  const [busy, setBusy] = useState(false);
  const [refusal, refuse] = useRefusal(form, fields);
  const save = async (values: V) => {
    setBusy(true);
    try {
      const saved = await onSubmit(values);
      message.success(t('register.saved'));
      for (const warning of saved?.warnings ?? []) message.warning(warning, 8);
      onClose();
    } catch (error) {
      refuse(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Drawer
      open
      size={WIDTH}
      rootClassName="drawer"
      onClose={onClose}
      title={title}
      footer={
        <div className="register-foot">
          <Button onClick={onClose}>{t('register.cancel')}</Button>
          <Button type="primary" loading={busy} onClick={form.submit} data-testid="save">
            {submit ?? t('common.save')}
          </Button>
        </div>
      }
    >
      <Form<V> form={form} layout="vertical" initialValues={initial} onFinish={save} className="register-form">
        <div aria-live="polite">{refusal && <Alert type="error" showIcon title={refusal} className="register-note" />}</div>
        {children}
      </Form>
    </Drawer>
  );
}
