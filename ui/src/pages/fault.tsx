// SPDX-License-Identifier: Apache-2.0
// The pages for addresses that lead nowhere and for our own failures.
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useRouteError } from 'react-router';

interface Props {
  title: string;
  hint: string;
  action?: ReactNode;
  children?: ReactNode;
  testId?: string;
}

function Fault({ title, hint, action, children, testId }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <div className="fault" data-testid={testId}>
      <h1>{title}</h1>
      <p className="muted">{hint}</p>
      <div className="fault-actions">
        {action}
        <Button type="primary" onClick={() => navigate('/')}>
          {t('fault.home')}
        </Button>
      </div>
      {children}
    </div>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return <Fault title={t('fault.notFound')} hint={t('fault.notFoundHint')} testId="not-found" />;
}

/** A page that is there, and not for this account. */
export function Forbidden() {
  const { t } = useTranslation();
  return <Fault title={t('fault.forbidden')} hint={t('fault.forbiddenHint')} testId="forbidden" />;
}

export function PageError() {
  const { t } = useTranslation();
  const error = useRouteError();
  const reload = <Button onClick={() => location.reload()}>{t('fault.reload')}</Button>;
  return (
    <Fault title={t('fault.title')} hint={t('fault.hint')} action={reload}>
      <pre className="raw">{error instanceof Error ? error.message : String(error)}</pre>
    </Fault>
  );
}
