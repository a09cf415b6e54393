// SPDX-License-Identifier: Apache-2.0
// What an uploaded pack is, and what it would change: first what people would lose, then what does not load, then the
// rest.
import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { PackImport, PackLoss, PackNews } from '../../../api/pack-queries';
import { LEVELS } from '../../../api/types';
import { useRuleTitle } from '../../../components/rule-title';
import { LevelTag } from '../../../components/tags';
import { formatCount } from '../../../lib/format';
import { rulePath } from '../../../lib/links';

const NEWS: readonly PackNews[] = ['gone', 'changed', 'added', 'same_id', 'same_title'];

interface Named {
  id: string;
  title: string;
  title_zh?: string;
  level: string;
}

function Rule({ rule, isThere }: { rule: Named; isThere: boolean }) {
  const title = useRuleTitle();
  const level = LEVELS.find((known) => known === rule.level);
  const text = title(rule.title, rule.title_zh);
  return (
    <>
      <td className="nowrap">{level && <LevelTag level={level} />}</td>
      <td>{isThere && rule.id ? <Link to={rulePath(rule.id)}>{text}</Link> : text}</td>
      <td className="mono muted nowrap">{rule.id}</td>
    </>
  );
}

function Table({ heads, rows, shown, all }: { heads: readonly string[]; rows: ReactNode; shown: number; all: number }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <div className="table-box scroll-x">
        <table className="plain-table">
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head}>{head}</th>
              ))}
            </tr>
          </thead>
          <tbody>{rows}</tbody>
        </table>
      </div>
      {all > shown && <p className="muted rules-note">{t('packs.more', { value: formatCount(all - shown, i18n.language) })}</p>}
    </>
  );
}

function Losses({ items, all }: { items: readonly PackLoss[]; all: number }) {
  const { t } = useTranslation();
  const heads = [t('packs.level'), t('packs.rule'), t('packs.id'), t('packs.loses'), t('packs.heir')];
  const rows = items.map((loss) => (
    <tr key={loss.id}>
      <Rule rule={loss} isThere />
      <td className="nowrap">
        {[loss.setting && t('packs.setting'), loss.exception && t('packs.exception')].filter(Boolean).join(t('common.comma'))}
      </td>
      <td className="mono nowrap">{loss.heir ?? <span className="muted">–</span>}</td>
    </tr>
  ));
  return (
    <>
      <p className="muted rules-note">{t('packs.lostHint')}</p>
      <Table heads={heads} rows={rows} shown={items.length} all={all} />
    </>
  );
}

function Reasons({ report }: { report: PackImport }) {
  const { t } = useTranslation();
  const items = report.reasons ?? [];
  const rows = items.map(({ file, line, reason }) => (
    <tr key={`${file}:${line}:${reason}`}>
      <td className="mono nowrap">{line > 0 ? `${file}:${line}` : file}</td>
      <td className="wrap">{reason}</td>
    </tr>
  ));
  return <Table heads={[t('packs.place'), t('packs.reason')]} rows={rows} shown={items.length} all={report.refused ?? 0} />;
}

function News({ report, news }: { report: PackImport; news: PackNews }) {
  const { t } = useTranslation();
  const items = report.items?.filter((item) => item.news === news) ?? [];
  const rows = items.map((item) => (
    <tr key={item.id || item.title}>
      <Rule rule={item} isThere={news !== 'added'} />
    </tr>
  ));
  const heads = [t('packs.level'), t('packs.rule'), t('packs.id')];
  return (
    <>
      <p className="muted rules-note">{t(`packs.newsHint.${news}`)}</p>
      <Table heads={heads} rows={rows} shown={items.length} all={report.counts?.[news] ?? 0} />
    </>
  );
}

/** The differences, each kind that there is under a tab with its number. */
export function Differences({ report }: { report: PackImport }) {
  const { t, i18n } = useTranslation();
  const count = (n: number) => formatCount(n, i18n.language);
  const tabs = [
    { key: 'lost', all: report.losses ?? 0, label: t('packs.lost'), children: <Losses items={report.lost ?? []} all={report.losses ?? 0} /> },
    { key: 'refused', all: report.refused ?? 0, label: t('packs.refused'), children: <Reasons report={report} /> },
    ...NEWS.map((news) => ({
      key: news as string,
      all: report.counts?.[news] ?? 0,
      label: t(`packs.news.${news}`),
      children: <News report={report} news={news} />,
    })),
  ].filter(({ all }) => all > 0);
  if (tabs.length === 0) return <p className="muted">{t('packs.noDifference')}</p>;
  return (
    <Tabs
      size="small"
      items={tabs.map(({ key, all, label, children }) => ({
        key,
        label: (
          <span data-testid={`pack-${key}`}>
            {label} <span className="number">{count(all)}</span>
          </span>
        ),
        children,
      }))}
    />
  );
}
