// SPDX-License-Identifier: Apache-2.0
// Every page: where it is, what it is called, who may see it, where it stands in the navigation. Each is a chunk of
// its own, loaded when it is first visited. A page without an icon is reached from others and not from the navigation.
import {
  AlertOutlined,
  ApartmentOutlined,
  ApiOutlined,
  AuditOutlined,
  ConsoleSqlOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  ControlOutlined,
  IdcardOutlined,
  InboxOutlined,
  MailOutlined,
  QuestionCircleOutlined,
  SafetyCertificateOutlined,
  ScheduleOutlined,
  FileProtectOutlined,
  NotificationOutlined,
  SearchOutlined,
  SendOutlined,
  SettingOutlined,
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
      {
        path: '/sql',
        label: 'nav.sql',
        permission: 'event.sql',
        icon: ConsoleSqlOutlined,
        load: () => import('./sql/page'),
      },
      {
        path: '/entity/:kind/:value',
        label: 'entity.title',
        permission: 'event.read',
        load: () => import('./entity/page'),
      },
    ],
  },
  {
    label: 'nav.own',
    pages: [
      {
        path: '/assets/unregistered',
        label: 'unregistered.title',
        permission: 'event.read',
        load: () => import('./unregistered/page'),
      },
      {
        path: '/assets/zombies',
        label: 'zombies.title',
        permission: 'event.read',
        load: () => import('./zombies/page'),
      },
      {
        path: '/assets/import',
        label: 'imports.title',
        permission: 'register.change',
        load: () => import('./imports/page'),
      },
      {
        path: '/assets',
        label: 'assets.title',
        permission: 'register.read',
        icon: DatabaseOutlined,
        load: () => import('./assets/page'),
      },
      {
        path: '/assets/:id',
        label: 'assets.title',
        permission: 'register.read',
        load: () => import('./asset/page'),
      },
      {
        path: '/units',
        label: 'units.title',
        permission: 'register.read',
        icon: ApartmentOutlined,
        load: () => import('./units/page'),
      },
      {
        path: '/units/:id',
        label: 'units.title',
        permission: 'register.read',
        load: () => import('./unit/page'),
      },
      {
        path: '/people',
        label: 'people.title',
        permission: 'register.read',
        icon: IdcardOutlined,
        load: () => import('./people/page'),
      },
      {
        path: '/people/:id',
        label: 'people.title',
        permission: 'register.read',
        load: () => import('./person/page'),
      },
    ],
  },
  {
    label: 'nav.detect',
    pages: [
      {
        path: '/sources',
        label: 'sources.title',
        permission: 'situation.read',
        icon: ApiOutlined,
        load: () => import('./sources/page'),
      },
      {
        path: '/sources/add',
        label: 'sources.add',
        permission: 'situation.read',
        load: () => import('./add-source/page'),
      },
      {
        path: '/sources/unknown',
        label: 'sources.unknown',
        permission: 'event.read',
        load: () => import('./unknown-lines/page'),
      },
      {
        path: '/sources/:id',
        label: 'sources.title',
        permission: 'situation.read',
        load: () => import('./source/page'),
      },
      {
        path: '/rules',
        label: 'nav.rules',
        permission: 'rule.read',
        icon: SafetyCertificateOutlined,
        load: () => import('./rules/page'),
      },
      {
        path: '/rules/coverage',
        label: 'coverage.title',
        permission: 'rule.read',
        load: () => import('./rules/coverage/page'),
      },
      {
        path: '/rules/new',
        label: 'rules.new',
        permission: 'rule.change',
        load: () => import('./rules/new/page'),
      },
      {
        path: '/rules/import',
        label: 'packs.import',
        permission: 'rule.change',
        load: () => import('./rules/import/page'),
      },
      {
        path: '/rules/packs/:name',
        label: 'rules.pack',
        permission: 'rule.read',
        load: () => import('./rules/pack/page'),
      },
      {
        path: '/rules/:id',
        label: 'nav.rules',
        permission: 'rule.read',
        load: () => import('./rules/rule/page'),
      },
    ],
  },
  {
    label: 'nav.run',
    pages: [
      {
        path: '/duty/:part?/:id?',
        label: 'nav.duty',
        permission: 'duty.read',
        icon: ScheduleOutlined,
        load: () => import('./duty/page'),
      },
    ],
  },
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
        path: '/channels',
        label: 'nav.channels',
        permission: 'situation.read',
        icon: MailOutlined,
        load: () => import('./channels/page'),
      },
      {
        path: '/retention',
        label: 'nav.retention',
        permission: 'situation.read',
        icon: InboxOutlined,
        load: () => import('./retention/page'),
      },
      {
        path: '/system',
        label: 'nav.system',
        permission: 'situation.read',
        icon: ControlOutlined,
        load: () => import('./system/page'),
      },
      {
        path: '/settings',
        label: 'nav.settings',
        permission: 'setting.change',
        icon: SettingOutlined,
        load: () => import('./settings/page'),
      },
      {
        path: '/trail',
        label: 'nav.trail',
        permission: 'trail.read',
        icon: AuditOutlined,
        load: () => import('./trail/page'),
      },
      {
        path: '/help/:chapter?',
        label: 'help.title',
        permission: 'self',
        icon: QuestionCircleOutlined,
        load: () => import('./help/page'),
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
