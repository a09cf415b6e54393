// SPDX-License-Identifier: Apache-2.0
// What is around every page: the way to the others, the pipeline's health, the person.
import { UserOutlined } from '@ant-design/icons';
import { Alert, App, Button, Dropdown, Modal } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { useSignOut } from '../api/queries';
import type { Session } from '../api/types';
import { Brand } from '../components/brand';
import { Health } from '../components/health';
import { PasswordForm } from '../components/password-form';
import { StaleBanner } from '../components/stale-banner';
import { LanguageSwitch, ThemeSwitch } from '../components/switches';
import { localTime } from '../lib/time';

const PAGES = [
  { path: '/', label: 'nav.overview', permission: 'situation.read' },
  { path: '/alerts', label: 'nav.alerts', permission: 'alert.read' },
  { path: '/events', label: 'nav.events', permission: 'event.read' },
  { path: '/trail', label: 'nav.trail', permission: 'trail.read' },
  { path: '/accounts', label: 'accounts.title', permission: 'account.manage' },
] as const;

const pagesOf = (permissions: string[]) => PAGES.filter(({ permission }) => permissions.includes(permission));

/** Only what one may see; the server says so too. */
export function Navigation({ permissions }: Pick<Session, 'permissions'>) {
  const { t } = useTranslation();
  const pages = pagesOf(permissions);
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      {pages.map(({ path, label }) => (
        <NavLink key={path} to={path} end={path === '/'}>
          {t(label)}
        </NavLink>
      ))}
    </nav>
  );
}

function UserMenu({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const [changing, setChanging] = useState(false);
  const close = () => setChanging(false);
  const items = [
    { key: 'role', label: t(`role.${session.role}`), disabled: true },
    { key: 'account', label: t('account.title'), onClick: () => navigate('/account') },
    { key: 'password', label: t('password.title'), onClick: () => setChanging(true) },
    { key: 'out', label: t('signIn.out'), onClick: () => signOut.mutate() },
  ];
  const done = () => {
    close();
    message.success(t('password.done'));
  };
  return (
    <>
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button type="text" size="small" icon={<UserOutlined />} data-testid="user">
          {session.username}
        </Button>
      </Dropdown>
      <Modal title={t('password.title')} open={changing} onCancel={close} footer={null} destroyOnHidden>
        <PasswordForm onDone={done} />
      </Modal>
    </>
  );
}

/** Until a second factor must be set up. */
function FactorBanner({ due }: { due: string }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  if (pathname === '/account') return null;
  return (
    <Alert
      banner
      type="warning"
      title={t('factor.dueBanner', { date: localTime(due).slice(0, 10) })}
      action={
        <Link to="/account" data-testid="to-factor">
          {t('factor.setUp')}
        </Link>
      }
    />
  );
}

export default function Shell({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const pages = pagesOf(session.permissions);
  const sees = session.permissions.includes('situation.read');
  if (pathname === '/' && pages[0]?.path !== '/') return <Navigate to={pages[0]?.path ?? '/account'} replace />;
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className="header">
        <Brand />
        <Navigation permissions={session.permissions} />
        <span className="grow" />
        {sees && <Health />}
        <LanguageSwitch />
        <ThemeSwitch />
        <UserMenu session={session} />
      </header>
      {session.second_factor_due && <FactorBanner due={session.second_factor_due} />}
      {sees && <StaleBanner />}
      <main id="main" className="main" tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}
