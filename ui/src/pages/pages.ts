// SPDX-License-Identifier: Apache-2.0
// Every page: where it is, what it is called, who may see it, where it stands in the navigation. Each is a chunk of
// its own, loaded when it is first visited. A page without an icon is reached from others and not from the navigation.
import {
  AlertOutlined,
  AuditOutlined,
  DashboardOutlined,
  FileProtectOutlined,
  NotificationOutlined,
  SearchOutlined,
  SendOutlined,
  TeamOutlined,
} from '@ant-design/icons';
import type { ParseKeys } from 'i18next';
import type { ComponentType } from 'react';

type Module = { Component: ComponentType };

export interface Page {
  path: string;
  label: ParseKeys;
  /** The server says so too. */
  permission: string;
  icon?: ComponentType<{ 'aria-hidden': true }>;
  load: () => Promise<Module>;
}

export interface PageGroup {
  label: `nav.${'watch' | 'respond' | 'detect' | 'own' | 'run' | 'manage'}`;
  pages: readonly Page[];
}

export const GROUPS: readonly PageGroup[] = [
  {
    label: 'nav.watch',
    pages: [
      {
        path: '/',
        label: 'nav.overview',
        permission: 'situation.read',
        icon: DashboardOutlined,
        load: () => import('./overview/page'),
      },
    ],
  },
  {
    label: 'nav.respond',
    pages: [
      {
        path: '/alerts/:id?',
        label: 'nav.alerts',
        permission: 'alert.read',
        icon: AlertOutlined,
        load: () => import('./alerts/page'),
      },
      {
        path: '/incidents',
        label: 'incidents.title',
        permission: 'incident.read',
        icon: FileProtectOutlined,
        load: () => import('./incidents/page'),
      },
      {
        path: '/incidents/:id/:tab?',
        label: 'incident.title',
        permission: 'incident.read',
        load: () => import('./incident/page'),
      },
      {
        path: '/rectifications',
        label: 'rectification.title',
        permission: 'incident.read',
        icon: NotificationOutlined,
        load: () => import('./rectifications/page'),
      },
      {
        path: '/rectifications/:id',
        label: 'rectification.title',
        permission: 'incident.read',
        load: () => import('./rectification/page'),
      },
      {
        path: '/reports',
        label: 'reporting.title',
        permission: 'incident.read',
        icon: SendOutlined,
        load: () => import('./reports/page'),
      },
      {
        path: '/events',
        label: 'nav.events',
        permission: 'event.read',
        icon: SearchOutlined,
        load: () => import('./events/page'),
      },
    ],
  },
  { label: 'nav.own', pages: [] },
  { label: 'nav.detect', pages: [] },
  { label: 'nav.run', pages: [] },
  {
    label: 'nav.manage',
    pages: [
      {
        path: '/accounts',
        label: 'accounts.title',
        permission: 'account.manage',
        icon: TeamOutlined,
        load: () => import('./accounts/page'),
      },
      {
        path: '/trail',
        label: 'nav.trail',
        permission: 'trail.read',
        icon: AuditOutlined,
        load: () => import('./trail/page'),
      },
      {
        path: '/account',
        label: 'account.title',
        permission: 'self',
        load: () => import('./account/page'),
      },
    ],
  },
];

export const PAGES: readonly Page[] = GROUPS.flatMap(({ pages }) => pages);

/** Where the navigation leads: the path without its parameters. */
export const linkOf = ({ path }: Page) => path.replace(/\/:.*$/, '') || '/';
