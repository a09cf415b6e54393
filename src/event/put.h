/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_PUT_H
#define EVENT_PUT_H
/*
 * Putting a text into a field without asking for its type: for the event path,
 * which has asked before.
 */
#include "event/event.h"

/* Inside: room for one more, in a larger copy of the array. */
void event_grow_fields(struct event *event);

/* The field, made where it is not there; its value is the caller's to set. */
static inline struct field *event_put(struct event *event, enum field_id id)
{
	struct field *field;

	if (!event->field_at[id]) {
		if (event->field_count == event->field_capacity)
			event_grow_fields(event);
		event->field_at[id] = (uint8_t)++event->field_count;
	}
	if (!event->fields)
		__builtin_unreachable(); /* room was made when the first was put */
	field = &event->fields[event->field_at[id] - 1];
	field->id = id;
	field->origin = FIELD_OWN;
	return field;
}

/* Sets a field to what event_make_constant() made. */
static inline void event_set_constant(struct event *event, const struct field *constant)
{
	*event_put(event, constant->id) = *constant;
}

/* Sets a field of type KEYWORD or TEXT, or the text alone of one of another type, whose value the caller then
   sets in what is returned. */
static inline struct field *event_set_keyword(struct event *event, enum field_id id,
					      const struct value *value)
{
	struct field *field = event_put(event, id);

	value_copy(&field->value, value);
	return field;
}

/* The texts of the numbers that most are: severities and the like; two digits each. */
#define SMALL_NUMBERS 100
extern const char event_small_numbers[];

static inline struct value event_small_value(unsigned number)
{
	return (struct value){event_small_numbers + 2 * number + (number < 10), 1 + (number >= 10),
			      VALUE_NUMBER};
}

/* Sets a field of type LONG to a number below SMALL_NUMBERS. */
static inline void event_set_small(struct event *event, enum field_id id, unsigned number)
{
	const struct value value = event_small_value(number);

	event_set_keyword(event, id, &value)->integer = number;
}

#endif
