// SPDX-License-Identifier: Apache-2.0
// What is around every page: the way to the others, the pipeline's health, the person.
import { MenuFoldOutlined, MenuUnfoldOutlined, UserOutlined } from '@ant-design/icons';
import { Alert, App, Button, Dropdown, Modal } from 'antd';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, matchPath, Navigate, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { useSignOut } from '../api/queries';
import type { Session } from '../api/types';
import { Brand } from '../components/brand';
import { Health } from '../components/health';
import { LiveProvider } from '../components/live';
import { PasswordForm } from '../components/password-form';
import { StaleBanner } from '../components/stale-banner';
import { LanguageSwitch, ThemeSwitch } from '../components/switches';
import { recall, remember } from '../lib/storage';
import { localTime } from '../lib/time';
import { Forbidden } from './fault';
import { GROUPS, linkOf, type Page, PAGES } from './pages';

const visible = (pages: readonly Page[], permissions: string[]) =>
  pages.filter(({ icon, permission }) => icon && permissions.includes(permission));

/** Only what one may see; the server says so too. */
export function Navigation({ permissions }: Pick<Session, 'permissions'>) {
  const { t } = useTranslation();
  const [narrow, setNarrow] = useState(recall('navigation') === 'narrow');
  const groups = GROUPS.map(({ label, pages }) => ({ label, pages: visible(pages, permissions) }));
  const toggle = () => {
    remember('navigation', narrow ? 'wide' : 'narrow');
    setNarrow(!narrow);
  };
  return (
    <nav className={narrow ? 'nav nav-narrow' : 'nav'} aria-label={t('nav.label')}>
      {groups
        .filter(({ pages }) => pages.length > 0)
        .map(({ label, pages }) => (
          <section key={label}>
            <h2 className="nav-group">{t(label)}</h2>
            {pages.map((page) => (
              <NavLink key={page.path} to={linkOf(page)} end={page.path === '/'} title={t(page.label)}>
                {page.icon && <page.icon aria-hidden />}
                <span className="nav-label">{t(page.label)}</span>
              </NavLink>
            ))}
          </section>
        ))}
      <span className="grow" />
      <Button
        type="text"
        icon={narrow ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
        aria-label={t(narrow ? 'nav.widen' : 'nav.narrow')}
        onClick={toggle}
      />
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
  const pages = visible(PAGES, session.permissions);
  const here = PAGES.find(({ path }) => matchPath(path, pathname));
  const sees = session.permissions.includes('situation.read');
  const title = here ? `${t(here.label)} · ${t('app.name')}` : t('app.title');
  useEffect(() => {
    document.title = title;
  }, [title]);
  if (pathname === '/' && pages[0]?.path !== '/')
    return <Navigate to={pages[0] ? linkOf(pages[0]) : '/account'} replace />;
  const page = (
    <div className="shell">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className="header">
        <Brand />
        <span className="grow" />
        {sees && <Health />}
        <LanguageSwitch />
        <ThemeSwitch />
        <UserMenu session={session} />
      </header>
      {session.second_factor_due && <FactorBanner due={session.second_factor_due} />}
      {sees && <StaleBanner />}
      <div className="body">
        <Navigation permissions={session.permissions} />
        <main id="main" className="main" tabIndex={-1}>
          <Suspense>
            {here && !session.permissions.includes(here.permission) ? <Forbidden /> : <Outlet />}
          </Suspense>
        </main>
      </div>
    </div>
  );
  return sees ? <LiveProvider>{page}</LiveProvider> : page;
}
