// SPDX-License-Identifier: Apache-2.0
// A form about one thing of the register, at the right. What the server refuses stands at the field it is about.
import { useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { REGISTER } from '../../api/assets-queries';
import { ApiError } from '../../api/errors';
import { fieldOf, withoutField } from '../../lib/register';
import { describe } from '../describe';
import { useDone } from '../use-done';

const WIDTH = 560;
const WARNING_SECONDS = 10;

/** What became of it. */
export interface Saved {
  /** What the server thinks is probably wrong. */
  warnings?: string[];
  /** What was done, where "saved" does not say it. */
  text?: string;
  undo?: () => Promise<unknown>;
}

interface Props<V extends object> {
  title: ReactNode;
  initial: V;
  fields: readonly (keyof V & string)[];
  /** undefined: there was nothing to do. */
  onSubmit: (values: V) => Promise<Saved | undefined>;
  onClose: () => void;
  submit?: string;
  children: ReactNode;
}

function useRefusal<V extends object>(fields: readonly (keyof V & string)[]) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [form] = Form.useForm<V>();
  const [text, setText] = useState('');
  const show = (error: unknown) => {
    setText('');
    if (!(error instanceof ApiError)) return setText(describe(t, error));
    if (error.status === 412) {
      client.invalidateQueries({ queryKey: [REGISTER] });
      return setText(t('register.stale'));
    }
    const name = error.code === 'reason_required' ? 'reason' : fieldOf(error.message, fields);
    if (!name) return setText(describe(t, error));
    form.setFields([{ name: name as never, errors: [withoutField(error.message)] }]);
    form.scrollToField(name as never);
  };
  return { form, text, show };
}

function useSaid() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { done } = useDone();
  return (saved: Saved | undefined) => {
    if (!saved) message.info(t('register.unchanged'));
    else done(saved.text ?? t('register.saved'), saved.undo);
    for (const warning of saved?.warnings ?? []) message.warning(warning, WARNING_SECONDS);
  };
}

export function FormDrawer<V extends object>({ title, initial, fields, onSubmit, onClose, submit, children }: Props<V>) {
  const { t } = useTranslation();
  const { form, text, show } = useRefusal<V>(fields);
  const say = useSaid();
  const [busy, setBusy] = useState(false);
  const save = async (values: V) => {
    setBusy(true);
    try {
      say(await onSubmit(values));
      onClose();
    } catch (error) {
      show(error);
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
        <div aria-live="polite">{text && <Alert type="error" showIcon title={text} className="register-note" />}</div>
        {children}
      </Form>
    </Drawer>
  );
}
