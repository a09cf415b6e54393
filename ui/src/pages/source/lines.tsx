// SPDX-License-Identifier: Apache-2.0
// A sender's lines as they came. Looking at them is recorded, so one asks for it.
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type LinesWanted, type SourceLine, useSourceLines } from '../../api/sources-queries';
import { CopyButton } from '../../components/copy-button';
import { Loaded } from '../../components/loaded';
import { Panel } from '../../components/panel';
import { Time } from '../../components/time';
import { kqlTerm } from '../../lib/kql';
import { eventsPath } from '../../lib/url-state';

function Line({ line }: { line: SourceLine }) {
  const { t } = useTranslation();
  const { seq, received, raw, source, error } = line;
  return (
    <li>
      <div className="source-line-head">
        <Link to={eventsPath({ q: kqlTerm('seq', Number(seq)), from: '-7d' })}>
          <Time value={received} />
        </Link>
        <span className={source ? 'mono' : 'source-poor'}>{source ?? t('sources.noFormat')}</span>
        {error && <span className="source-poor">{error}</span>}
        <span className="grow" />
        {raw !== undefined && <CopyButton text={raw} />}
      </div>
      <pre className="raw" data-testid="raw-line">
        {raw ?? t('event.rawMissing')}
      </pre>
    </li>
  );
}

export function LineList({ wanted, enabled }: { wanted: LinesWanted; enabled: boolean }) {
  const { t } = useTranslation();
  const query = useSourceLines(wanted, enabled);
  if (!enabled) return null;
  return (
    <Loaded
      query={query}
      rows={3}
      isEmpty={({ items }) => items.length === 0}
      empty={<p className="muted">{t('sources.one.noLines')}</p>}
    >
      {({ items }) => (
        <ul className="source-lines">
          {items.map((line) => (
            <Line key={line.seq} line={line} />
          ))}
        </ul>
      )}
    </Loaded>
  );
}

const KINDS = ['latest', 'failed'] as const;
type Kind = (typeof KINDS)[number];

interface Props {
  talker: string;
  kind: Kind;
  onKind: (kind: Kind) => void;
}

export function Lines({ talker, kind, onKind }: Props) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <Panel
      title={t('sources.one.lines')}
      className="source-wide"
      extra={
        <Segmented
          size="small"
          aria-label={t('sources.one.lines')}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`sources.one.${value}`) }))}
          onChange={onKind}
        />
      }
    >
      {!shown && (
        <p>
          <Button size="small" onClick={() => setShown(true)} data-testid="show-lines">
            {t('sources.one.show')}
          </Button>{' '}
          <span className="muted">{t('sources.one.showHint')}</span>
        </p>
      )}
      <LineList wanted={{ talker, from: '-24h', failed: kind === 'failed', limit: 10 }} enabled={shown} />
    </Panel>
  );
}
