// SPDX-License-Identifier: Apache-2.0
// What is around every page: the way to the others, the pipeline's health, the person.
import { UserOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, Modal } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet } from 'react-router';
import { useSignOut } from '../api/queries';
import type { Session } from '../api/types';
import { Brand } from '../components/brand';
import { Health } from '../components/health';
import { PasswordForm } from '../components/password-form';
import { StaleBanner } from '../components/stale-banner';
import { LanguageSwitch, ThemeSwitch } from '../components/switches';

const PAGES = [
  { path: '/', label: 'nav.overview' },
  { path: '/alerts', label: 'nav.alerts' },
  { path: '/events', label: 'nav.events' },
  { path: '/trail', label: 'nav.trail', role: 'auditor' },
] as const;

/** A page with a role is for that role alone; the server says so too. */
export function Navigation({ role }: Pick<Session, 'role'>) {
  const { t } = useTranslation();
  const pages = PAGES.filter((page) => !('role' in page) || page.role === role);
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
  const [changing, setChanging] = useState(false);
  const close = () => setChanging(false);
  const items = [
    { key: 'role', label: t(`role.${session.role}`), disabled: true },
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

export default function Shell({ session }: { session: Session }) {
  const { t } = useTranslation();
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className="header">
        <Brand />
        <Navigation role={session.role} />
        <span className="grow" />
        <Health />
        <LanguageSwitch />
        <ThemeSwitch />
        <UserMenu session={session} />
      </header>
      <StaleBanner />
      <main id="main" className="main" tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}
