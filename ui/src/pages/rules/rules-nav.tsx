// SPDX-License-Identifier: Apache-2.0
// The parts of the rules' area, as links: each has its own address.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { rulesPath } from './state';

const PARTS = [
  { key: 'rules', to: rulesPath({}) },
  { key: 'coverage', to: '/rules/coverage' },
  { key: 'packs', to: rulesPath({ view: 'packs' }) },
  { key: 'exceptions', to: rulesPath({ view: 'exceptions' }) },
] as const;

export function RulesNav({ current }: { current: string }) {
  const { t } = useTranslation();
  return (
    <nav className="rules-nav" aria-label={t('rules.parts')}>
      {PARTS.map(({ key, to }) => (
        <Link key={key} to={to} aria-current={key === current ? 'page' : undefined}>
          {t(`rules.part.${key}`)}
        </Link>
      ))}
    </nav>
  );
}
