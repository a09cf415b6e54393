// SPDX-License-Identifier: Apache-2.0
// The pages about assets, beside one another.
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { useMay } from '../../api/queries';

export function AssetTabs() {
  const { t } = useTranslation();
  const sees = useMay('event.read');
  const may = useMay('register.change');
  return (
    <nav className="subnav" aria-label={t('assets.pages')}>
      <NavLink to="/assets" end>
        {t('assets.register')}
      </NavLink>
      {sees && <NavLink to="/assets/unregistered">{t('unregistered.title')}</NavLink>}
      {sees && <NavLink to="/assets/zombies">{t('zombies.title')}</NavLink>}
      {may && <NavLink to="/assets/import">{t('imports.title')}</NavLink>}
    </nav>
  );
}
