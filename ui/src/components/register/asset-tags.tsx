// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { Asset } from '../../lib/register';

/** Where it stands in its life; what asks for somebody's attention is marked. */
export function LifeTag({ life }: { life: Asset['life'] }) {
  const { t } = useTranslation();
  return <span className={`life life-${life}`}>{t(`register.life.${life}`)}</span>;
}

/** What it is, how much hangs on it, who can reach it. */
export function AssetTags({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const { kind, criticality, exposure, mlps_level, life } = asset;
  return (
    <span className="asset-tags">
      <LifeTag life={life} />
      <span>{t(`register.kind.${kind}`)}</span>
      {criticality && <span className={`criticality-${criticality}`}>{t('asset.criticality', { level: t(`register.criticality.${criticality}`) })}</span>}
      {mlps_level > 0 && <span>{t('asset.mlps', { level: t(`register.mlps.${mlps_level}` as 'register.mlps.1') })}</span>}
      {exposure && <span>{t(`register.exposure.${exposure}`)}</span>}
    </span>
  );
}
