// SPDX-License-Identifier: Apache-2.0
// A value one can go on from: search for it, add it to the search, leave it out.
import { Dropdown, type MenuProps } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { valueText } from '../lib/format';
import { kqlTerm } from '../lib/kql';

export interface ValueActions {
  /** Address of the search for this term alone. */
  search: (term: string) => string;
  /** Present where there is a search to narrow. */
  include?: (term: string) => void;
  exclude?: (term: string) => void;
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
  const { include, exclude, search } = actions;
  return [
    ...(include ? [{ key: 'include', label: t('value.include'), onClick: () => include(term) }] : []),
    ...(exclude ? [{ key: 'exclude', label: t('value.exclude'), onClick: () => exclude(term) }] : []),
    { key: 'search', label: <Link to={search(term)}>{t('value.search')}</Link> },
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
    <Dropdown menu={{ items }} trigger={['click']}>
      {/* The row around it opens on a click, too. */}
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
