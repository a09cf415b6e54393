// SPDX-License-Identifier: Apache-2.0
// Above the name of a page about one thing: the list it is in, and what lies between.
import { type ReactNode, Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

interface Props {
  /** Path and name of each, from the top. */
  above: readonly (readonly [path: string, name: string])[];
  /** What the thing itself is called here; the title below says it where there is nothing shorter. */
  children?: ReactNode;
}

export function Crumbs({ above, children }: Props) {
  const { t } = useTranslation();
  return (
    <nav className="crumbs" aria-label={t('common.crumbs')}>
      {above.map(([path, name], i) => (
        <Fragment key={path}>
          {i > 0 && ' / '}
          <Link to={path}>{name}</Link>
        </Fragment>
      ))}
      {children && <> / {children}</>}
    </nav>
  );
}
