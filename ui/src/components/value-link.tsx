// SPDX-License-Identifier: Apache-2.0
// A value one can go on from: search for it, add it to the search, leave it out.
import { Dropdown, type MenuProps } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { valueText } from '../lib/format';
import { kindOf } from '../lib/entity';
import { kqlName, kqlTerm } from '../lib/kql';
import { entityPath } from '../lib/links';

export interface ValueActions {
  /** Address of the search for this term alone. */
  search: (term: string) => string;
  /** Present where there is a search to narrow. */
  include?: (term: string) => void;
  exclude?: (term: string) => void;
  /** Present where there is a table: the field becomes one of its columns. */
  column?: (name: string) => void;
}

interface Props {
  name: string;
  value: unknown;
  actions: ValueActions;
  children?: ReactNode;
}

function useMenu({ name, value, actions }: Props): MenuProps['items'] {
  const { t } = useTranslation();
  const term = kqlTerm(name, value);
  const { include, exclude, search, column } = actions;
  const kind = kindOf(name);
  const about = kind && <Link to={entityPath(kind, valueText(value))}>{t('value.about')}</Link>;
  return [
    ...(about ? [{ key: 'about', label: about }, { type: 'divider' as const }] : []),
    ...(include ? [{ key: 'include', label: t('value.include'), onClick: () => include(term) }] : []),
    ...(exclude ? [{ key: 'exclude', label: t('value.exclude'), onClick: () => exclude(term) }] : []),
    { key: 'search', label: <Link to={search(term)}>{t('value.search')}</Link> },
    ...(include
      ? [{ key: 'exists', label: t('value.exists'), onClick: () => include(`${kqlName(name)}: *`) }]
      : []),
    ...(column ? [{ key: 'column', label: t('value.column'), onClick: () => column(name) }] : []),
    { type: 'divider' },
    {
      key: 'copy',
      label: t('common.copy'),
      onClick: () => navigator.clipboard.writeText(valueText(value)),
    },
  ];
}

function MenuLink(props: Props) {
  const items = useMenu(props);
  return (
    <Dropdown menu={{ items, onClick: ({ domEvent }) => domEvent.stopPropagation() }} trigger={['click']}>
      {/* The row around it opens on a click, too; of its menu as well. */}
      <button type="button" className="value" onClick={(event) => event.stopPropagation()}>
        {props.children ?? valueText(props.value)}
      </button>
    </Dropdown>
  );
}

/** Where nothing but searching can be done, a plain link; else a menu. */
export function ValueLink(props: Props) {
  const { name, value, actions, children } = props;
  if (actions.include) return <MenuLink {...props} />;
  return (
    <Link className="value" to={actions.search(kqlTerm(name, value))}>
      {children ?? valueText(value)}
    </Link>
  );
}
