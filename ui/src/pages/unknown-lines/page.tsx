// SPDX-License-Identifier: Apache-2.0
// Lines that no format knows, as templates; a draft of a format for each.
import { Button, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type LineTemplate, useTemplates } from '../../api/sources-queries';
import { CopyButton } from '../../components/copy-button';
import { Crumbs } from '../../components/crumbs';
import { Empty } from '../../components/empty';
import { Loaded } from '../../components/loaded';
import { PageHead } from '../../components/page-head';
import { Time } from '../../components/time';
import { formatCount } from '../../lib/format';
import { kqlAnd, kqlTerm } from '../../lib/kql';
import { assetPath } from '../../lib/links';
import { templateParts } from '../../lib/sources';
import { eventsPath } from '../../lib/url-state';
import { Draft } from './draft';
import '../../styles/sources.css';

const UNPARSED = kqlTerm('event.kind', 'unparsed');

function Template({ item }: { item: LineTemplate }) {
  const { t } = useTranslation();
  return (
    <div className="mono template-text">
      {item.form === 'json' && <span className="muted">{t('sources.lines.json')} </span>}
      {templateParts(item.tokens).map(({ at, text, varies }) =>
        varies ? (
          <span key={at} className="template-token">
            {text}
          </span>
        ) : (
          <span key={at}>{text}</span>
        ),
      )}
    </div>
  );
}

function Samples({ item }: { item: LineTemplate }) {
  const { t } = useTranslation();
  return (
    <section>
      <h3>{t('sources.lines.samples')}</h3>
      {item.samples.map(({ seq, raw }) => (
        <div key={seq}>
          <div className="source-line-head">
            <Link className="number" to={eventsPath({ q: kqlTerm('seq', Number(seq)), from: '-30d' })}>
              {seq}
            </Link>
            <span className="grow" />
            <CopyButton text={raw} />
          </div>
          <pre className="raw">{raw}</pre>
        </div>
      ))}
    </section>
  );
}

function Sender({ item }: { item: LineTemplate }) {
  const { asset, peer, listener } = item;
  return (
    <div className="source-name">
      {asset ? <Link to={assetPath(asset.id)}>{asset.name}</Link> : null}
      {peer ? (
        <Link className="mono" to={eventsPath({ q: kqlAnd(kqlTerm('peer', peer), UNPARSED), from: '-7d' })}>
          {peer}
        </Link>
      ) : (
        <span className="mono">{listener}</span>
      )}
    </div>
  );
}

function useColumns(onDraft: (id: string) => void): TableColumnsType<LineTemplate> {
  const { t, i18n } = useTranslation();
  return [
    {
      key: 'count',
      title: t('sources.lines.count'),
      width: 90,
      align: 'right',
      render: (_, { count }) => <span className="number">{formatCount(count, i18n.language)}</span>,
    },
    { key: 'who', title: t('sources.lines.who'), width: 170, render: (_, item) => <Sender item={item} /> },
    {
      key: 'program',
      title: t('sources.lines.program'),
      width: 130,
      ellipsis: true,
      render: (_, { program }) => <span className="mono">{program}</span>,
    },
    { key: 'template', title: t('sources.lines.template'), render: (_, item) => <Template item={item} /> },
    { key: 'first', title: t('sources.lines.first'), width: 160, render: (_, { first }) => <Time value={first} /> },
    { key: 'last', title: t('sources.lines.last'), width: 160, render: (_, { last }) => <Time value={last} /> },
    {
      key: 'draft',
      width: 140,
      render: (_, { id }) => (
        <Button size="small" onClick={() => onDraft(id)} data-testid="to-draft">
          {t('sources.lines.draft')}
        </Button>
      ),
    },
  ];
}

export function Component() {
  const { t } = useTranslation();
  const query = useTemplates();
  const [draft, setDraft] = useState<string>();
  const columns = useColumns(setDraft);
  const { data } = query;
  return (
    <>
      <Crumbs above={[['/sources', t('sources.title')]]} />
      <PageHead title={t('sources.lines.title')} hint={t('sources.lines.hint')} help="connect-devices">
        {data && data.total > data.items.length && (
          <span className="muted">{t('sources.lines.total', { shown: data.items.length, all: data.total })}</span>
        )}
      </PageHead>
      <Loaded
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<Empty title={t('sources.lines.none')} hint={t('sources.lines.noneHint')} />}
      >
        {({ items }) => (
          <div className="table-box" data-testid="templates">
            <Table<LineTemplate>
              size="small"
              rowKey="id"
              columns={columns}
              dataSource={items}
              tableLayout="fixed"
              scroll={{ x: 1080 }}
              pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false, size: 'small' }}
              expandable={{ expandedRowRender: (item) => <Samples item={item} /> }}
            />
          </div>
        )}
      </Loaded>
      <Draft id={draft} onClose={() => setDraft(undefined)} />
    </>
  );
}
