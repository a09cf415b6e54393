// SPDX-License-Identifier: Apache-2.0
// One event whole: its fields, the names outside the field table, the line as it came.
import { useTranslation } from 'react-i18next';
import type { EventDetail } from '../api/types';
import { valueText } from '../lib/format';
import { CopyButton } from './copy-button';
import { Marked } from './marked';
import { Proof } from './proof';
import { TechniqueName } from './technique';
import { Time } from './time';
import { type ValueActions, ValueLink } from './value-link';

interface Pair {
  name: string;
  value: unknown;
}

interface PairsProps {
  title: string;
  pairs: readonly Pair[];
  words: readonly string[];
  actions: ValueActions;
}

function Pairs({ title, pairs, words, actions }: PairsProps) {
  if (pairs.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl className="pairs pairs-mono">
        {pairs.map(({ name, value }) => (
          <div key={`${name}=${valueText(value)}`}>
            <dt>{name}</dt>
            <dd>
              <ValueLink name={name} value={value} actions={actions}>
                <Marked text={valueText(value)} words={words} />
              </ValueLink>
              {name === 'threat.technique.id' && (
                <span className="muted">
                  {' '}
                  <TechniqueName id={valueText(value)} />
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function RawLine({ event, words }: { event: EventDetail; words: readonly string[] }) {
  const { t } = useTranslation();
  if (event.raw === undefined) return <p className="muted">{t('event.rawMissing')}</p>;
  return (
    <section>
      <div className="section-head">
        <h3>{t('event.raw')}</h3>
        <CopyButton text={event.raw} />
      </div>
      <pre className="raw" data-testid="raw">
        <Marked text={event.raw} words={words} />
      </pre>
    </section>
  );
}

interface Props {
  event: EventDetail;
  actions: ValueActions;
  /** What made a rule match. */
  words?: readonly string[];
}

export function EventView({ event, actions, words = [] }: Props) {
  const { t } = useTranslation();
  const fields = Object.entries(event.fields).map(([name, value]) => ({ name, value }));
  return (
    <div className="event-view">
      <RawLine event={event} words={words} />
      <p className="muted facts">
        {event.received && (
          <span>
            {t('event.received')} <Time value={event.received} />
          </span>
        )}
        {event.peer && (
          <span>
            {t('event.peer')} {event.peer}
          </span>
        )}
        <span>
          {t('event.seq')} {event.seq}
        </span>
      </p>
      <Proof seq={event.seq} key={event.seq} />
      <Pairs title={t('event.fields')} pairs={fields} words={words} actions={actions} />
      <Pairs title={t('event.attributes')} pairs={event.attributes} words={words} actions={actions} />
    </div>
  );
}
