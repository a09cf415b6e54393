// SPDX-License-Identifier: Apache-2.0
// Whom to call about it now: the nearest first.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Panel } from '../../components/panel';
import { Contact } from '../../components/register/contact';
import { unitPath } from '../../lib/links';
import type { Responsible } from '../../lib/register';

export function Responsibles({ people }: { people: readonly Responsible[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('asset.answering')} extra={<span className="muted">{t('asset.answeringHint')}</span>}>
      {people.length === 0 && <p className="muted panel-empty">{t('asset.nobody')}</p>}
      <ul className="asset-people">
        {people.map(({ person, name, phone, duty, unit, unit_name, of_asset, distance }) => (
          <li key={`${person}-${duty}-${unit}`} className={distance > 0 ? 'asset-far' : undefined}>
            <span className="asset-duty">{t(`register.duty.${duty}`)}</span>
            <Contact person={person} name={name} phone={phone} />
            <span className="muted">{of_asset ? t('asset.ofAsset') : unit ? <Link to={unitPath(unit)}>{unit_name}</Link> : unit_name}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
