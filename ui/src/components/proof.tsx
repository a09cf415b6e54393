// SPDX-License-Identifier: Apache-2.0
// That a line is the one that was received: its place in the tree of all records, and the signature over that. Made when
// it is asked for; the proof can be taken away and checked by other tools.
import { CheckCircleOutlined, DownloadOutlined, WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useProof } from '../api/alert-queries';
import { ApiError } from '../api/errors';
import type { EventProof } from '../api/types';
import { download } from '../lib/csv';
import { formatCount } from '../lib/format';
import { CopyButton } from './copy-button';
import { ErrorNotice } from './error-notice';
import { Time } from './time';
import '../styles/proof.css';

const pathOf = ({ proof }: EventProof) => (Array.isArray(proof.path) ? proof.path.map(String) : []);
const save = (seq: string, { proof }: EventProof) =>
  download(`wanglou-proof-${seq}.json`, 'application/json', `${JSON.stringify(proof, null, 2)}\n`);

function Command({ text }: { text: string }) {
  return (
    <span className="proof-command">
      <code>{text}</code>
      <CopyButton text={text} />
    </span>
  );
}

function Facts({ seq, made }: { seq: string; made: EventProof }) {
  const { t, i18n } = useTranslation();
  const count = (value: number) => formatCount(value, i18n.language);
  const path = pathOf(made);
  return (
    <>
      <p className="proof-fine">
        <CheckCircleOutlined aria-hidden /> {t('proof.fine')}
      </p>
      <dl className="pairs">
        <div>
          <dt>{t('proof.signed')}</dt>
          <dd>
            <Time value={made.signed} /> <span className="muted">{t('proof.covers', { value: count(made.tree_size) })}</span>
          </dd>
        </div>
        <div>
          <dt>{t('proof.leaf')}</dt>
          <dd>{t('proof.leafAt', { value: count(made.leaf_index) })}</dd>
        </div>
        <div>
          <dt>{t('proof.hash')}</dt>
          <dd className="mono">{String(made.proof.leaf_hash)}</dd>
        </div>
        <div>
          <dt>{t('proof.path')}</dt>
          <dd>
            <details>
              <summary>{t('proof.hashes', { value: count(path.length) })}</summary>
              <ol className="mono proof-path">
                {path.map((hash) => (
                  <li key={hash}>{hash}</li>
                ))}
              </ol>
            </details>
          </dd>
        </div>
        <div>
          <dt>{t('proof.verify')}</dt>
          <dd>
            <Command text={`wanglou audit prove ${seq}`} />
            <Command text={`node tools/verify-proof.mjs wanglou-proof-${seq}.json`} />
          </dd>
        </div>
      </dl>
      <Button size="small" icon={<DownloadOutlined />} onClick={() => save(seq, made)} data-testid="proof-save">
        {t('proof.save')}
      </Button>
    </>
  );
}

export function Proof({ seq }: { seq: string }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const { data, error, refetch, isFetching } = useProof(seq, asked);
  const code = error instanceof ApiError ? error.code : '';
  return (
    <section data-testid="proof">
      <div className="section-head">
        <h3>{t('proof.title')}</h3>
        {!data && (
          <Button
            size="small"
            loading={isFetching}
            onClick={() => (asked ? refetch() : setAsked(true))}
            data-testid="prove"
          >
            {t(asked && error ? 'common.retry' : 'proof.make')}
          </Button>
        )}
      </div>
      {!data && !error && <p className="muted">{t('proof.hint')}</p>}
      {code === 'not_signed' && <p className="muted">{t('proof.notSigned')}</p>}
      {code === 'altered' && (
        <p className="proof-altered" role="alert">
          <WarningOutlined aria-hidden /> {t('proof.altered')}
        </p>
      )}
      {error && code !== 'not_signed' && code !== 'altered' && <ErrorNotice error={error} onRetry={refetch} />}
      {data && <Facts seq={seq} made={data} />}
    </section>
  );
}
