// SPDX-License-Identifier: Apache-2.0
// Who did what when, the newest first, and what somebody wants to remember.
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type IncidentDetail, useAddNote, useIncidentTimeline } from '../../api/incidents-queries';
import { useMay } from '../../api/queries';
import { Loaded } from '../../components/loaded';
import { Time } from '../../components/time';
import { useRefused } from '../../components/use-conflict';
import { useDone } from '../../components/use-done';
import { By, LineText } from './line-text';

function NoteForm({ id }: { id: number }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const add = useAddNote(id);
  const { done } = useDone();
  const refused = useRefused();
  const save = () =>
    add.mutate(text.trim(), {
      onSuccess: () => {
        setText('');
        done(t('incident.noted'));
      },
      onError: refused,
    });
  return (
    <div className="note-form">
      <Input.TextArea
        rows={3}
        maxLength={8000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={t('incident.notePlace')}
        aria-label={t('incident.notePlace')}
        data-testid="note"
      />
      <Button type="primary" disabled={!text.trim()} loading={add.isPending} onClick={save} data-testid="note-save">
        {t('incident.addNote')}
      </Button>
    </div>
  );
}

export function History({ incident }: { incident: IncidentDetail }) {
  const query = useIncidentTimeline(incident.id);
  const may = useMay('incident.change');
  return (
    <section className="panel" data-testid="history">
      {may && incident.status !== 'merged' && <NoteForm id={incident.id} />}
      <Loaded query={query}>
        {({ items }) => (
          <ol className="lines">
            {[...items].reverse().map((line) => (
              <li key={line.number} className={`line line-${line.kind}`}>
                <Time value={line.time} />
                <By name={line.by} />
                <LineText line={line} />
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </section>
  );
}
