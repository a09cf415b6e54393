// SPDX-License-Identifier: Apache-2.0
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { describe } from './describe';

const SECONDS = 8;

/** Says that something was done, with the way back where there is one; or why it was not. */
export function useDone() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const failed = (error: unknown) => {
    message.error(describe(t, error));
  };
  const done = (text: string, undo?: () => Promise<unknown>) => {
    const key = `done-${Date.now()}`;
    const back = () => {
      message.destroy(key);
      undo?.().then(() => message.success(t('common.undone')), failed);
    };
    const content = undo ? (
      <>
        {text}
        <Button type="link" size="small" onClick={back} data-testid="undo">
          {t('common.undo')}
        </Button>
      </>
    ) : (
      text
    );
    message.success({ key, content, duration: undo ? SECONDS : undefined });
  };
  return { done, failed };
}
