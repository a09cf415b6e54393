// SPDX-License-Identifier: Apache-2.0
import type { Field } from '../../api/types';
import { useFieldDoc } from '../../components/field-doc';

interface Props {
  id: string;
  fields: readonly Field[];
  active: number;
  onPick: (field: Field) => void;
}

/** The fields offered while a name is typed; the input keeps the focus. */
export function SuggestionList({ id, fields, active, onPick }: Props) {
  const docOf = useFieldDoc();
  return (
    <div className="suggestions" id={id} role="listbox">
      {fields.map((field, i) => (
        <div
          key={field.name}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === active}
          // The input must not lose the focus before the name is in it.
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(field);
          }}
        >
          <b>{field.name}</b> <span className="muted">{field.type}</span>{' '}
          <span className="muted">{docOf(field)}</span>
        </div>
      ))}
    </div>
  );
}
