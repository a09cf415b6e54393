// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { Choice } from '../../lib/completion';
import { formatCount } from '../../lib/format';

interface Props {
  id: string;
  title?: string;
  choices: readonly Choice[];
  active: number;
  onPick: (choice: Choice) => void;
}

/** What is offered while a query is typed; the input keeps the focus. */
export function SuggestionList({ id, title, choices, active, onPick }: Props) {
  const { i18n } = useTranslation();
  return (
    <div className="suggestions">
      {title && <p className="muted">{title}</p>}
      <div id={id} role="listbox" aria-label={title}>
        {choices.map((choice, i) => (
          <div
            key={choice.key}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            // The input must not lose the focus before the choice is in it.
            onMouseDown={(event) => {
              event.preventDefault();
              onPick(choice);
            }}
          >
            <b>{choice.label}</b>
            {choice.hint && <span className="muted">{choice.hint}</span>}
            {choice.detail && <span className="muted grow">{choice.detail}</span>}
            {choice.count !== undefined && (
              <span className="muted number">{formatCount(choice.count, i18n.language)}</span>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
