// SPDX-License-Identifier: Apache-2.0
// The pages for addresses that lead nowhere and for our own failures.
import { Button, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useRouteError } from 'react-router';

function HomeLink() {
  const { t } = useTranslation();
  return (
    <Link to="/">
      <Button type="primary">{t('fault.home')}</Button>
    </Link>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Result
      status="404"
      title={t('fault.notFound')}
      subTitle={t('fault.notFoundHint')}
      extra={<HomeLink />}
    />
  );
}

export function PageError() {
  const { t } = useTranslation();
  const error = useRouteError();
  const detail = error instanceof Error ? error.message : String(error);
  return (
    <Result
      status="error"
      title={t('fault.title')}
      subTitle={t('fault.hint')}
      extra={[
        <Button key="reload" onClick={() => location.reload()}>
          {t('fault.reload')}
        </Button>,
        <HomeLink key="home" />,
      ]}
    >
      <pre className="raw">{detail}</pre>
    </Result>
  );
}
