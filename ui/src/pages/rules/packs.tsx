// SPDX-License-Identifier: Apache-2.0
// Packs: the shipped rules, the campus's own, and what was imported.
import { App, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../api/queries';
import { type RulePack, useRulePacks, useSwitchPack } from '../../api/rules-queries';
import { Loaded } from '../../components/loaded';
import { useDone } from '../../components/use-done';
import { formatCount } from '../../lib/format';
import { packPath } from '../../lib/links';
import { rulesPath } from './state';
import { useRuleError } from './use-rule-error';
import { useAskReason } from './use-switch';

/** The shipped rules and the campus's own are called by words, others by their names. */
export function usePackName(): (name: string) => string {
  const { t } = useTranslation();
  return (name) => (name === 'own' || name === 'local' ? t(`rules.packName.${name}`) : name);
}

function PackSwitch({ pack }: { pack: RulePack }) {
  const { t } = useTranslation();
  const { done } = useDone();
  const { message } = App.useApp();
  const errorText = useRuleError();
  const change = useSwitchPack();
  const ask = useAskReason();
  const may = useMay('rule.change');
  const { name } = pack;
  const set = (enabled: boolean, reason?: string) =>
    change.mutateAsync({ name, enabled, reason }).then(
      () =>
        done(t(enabled ? 'rules.packOn' : 'rules.packOff', { name }), () =>
          change.mutateAsync({ name, enabled: !enabled, reason: t('common.undo') }),
        ),
      (error) => {
        message.error(errorText(error));
      },
    );
  const off = () =>
    ask(
      {
        title: t('rules.packOffTitle', { name }),
        hint: t('rules.packOffHint', { value: pack.rules_enabled }),
        ok: t('rules.disable'),
      },
      (reason) => set(false, reason),
    );
  return (
    <Switch
      size="small"
      checked={pack.enabled}
      disabled={!may || change.isPending}
      onChange={(wanted) => (wanted ? set(true) : off())}
      aria-label={t('rules.switchLabel', { title: name })}
    />
  );
}

function Row({ pack }: { pack: RulePack }) {
  const { t, i18n } = useTranslation();
  const packName = usePackName();
  const version = pack.previous
    ? t('rules.packVersion', { version: pack.version, previous: pack.previous })
    : pack.version;
  return (
    <tr>
      <td>{pack.imported ? <PackSwitch pack={pack} /> : t('rules.always')}</td>
      <th scope="row">
        <Link to={pack.imported ? packPath(pack.name) : rulesPath({ pack: pack.name })}>{packName(pack.name)}</Link>
      </th>
      <td className="number">
        <Link to={rulesPath({ pack: pack.name })}>
          {formatCount(pack.rules_enabled, i18n.language)} / {formatCount(pack.rules, i18n.language)}
        </Link>
      </td>
      <td className="mono">{version ?? (pack.name === 'local' ? '' : t('rules.packShipped'))}</td>
      <td>{pack.refused ? t('rules.packRefused', { value: pack.refused }) : ''}</td>
      <td className="wrap">{pack.origin}</td>
      <td className="wrap">{pack.licence}</td>
      <td>
        {pack.imported_by} <span className="muted">{pack.imported_at?.slice(0, 10)}</span>
      </td>
    </tr>
  );
}

export function Packs() {
  const { t } = useTranslation();
  const query = useRulePacks();
  return (
    <Loaded query={query}>
      {({ items }) => (
        <>
          <div className="table-box scroll-x">
            <table className="plain-table" data-testid="packs">
              <thead>
                <tr>
                  <th>{t('rules.enabled')}</th>
                  <th>{t('rules.pack')}</th>
                  <th>{t('rules.packRules')}</th>
                  <th>{t('rules.version')}</th>
                  <th>{t('rules.broken')}</th>
                  <th>{t('rules.origin')}</th>
                  <th>{t('rules.licence')}</th>
                  <th>{t('rules.importedBy')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((pack) => (
                  <Row key={pack.name} pack={pack} />
                ))}
              </tbody>
            </table>
          </div>
          <p className="muted rules-note">{t('rules.packHint')}</p>
        </>
      )}
    </Loaded>
  );
}
