/* SPDX-License-Identifier: Apache-2.0 */
/* The values of an event for keywords, which look at all of them. */
#include "detect/fold.h"
#include "detect/view.h"

#define LEARN_EACH 64 /* events: then it is looked anew which attribute is the longest */

static inline bool is_asked_for(const struct view *view, const struct value *value)
{
	return value->len >= view->keyword_min && value->type != VALUE_NULL;
}

/* The record where it is text. Of a JSON record the values are attributes, and the keys are no text. */
static struct value record_of(const struct event *event)
{
	const struct str raw = event->raw;
	size_t at = 0;

	while (at < raw.len && char_is_space(raw.ptr[at]))
		at++;
	return at < raw.len && (raw.ptr[at] == '{' || raw.ptr[at] == '[') ? (struct value){0}
									  : value_string(raw);
}

/* -- one by one ---------------------------------------------------------------------------------------- */

static void list_value(struct view *view, const struct value *value)
{
	if (is_asked_for(view, value))
		view->listed[view->listed_count++] =
			(struct view_value){.text = value_str(*value), .next = VIEW_END};
}

void view_list(struct view *view)
{
	const struct event *event = view->event;
	const struct value record = record_of(event);

	if (view->listed_count)
		return;
	for (uint32_t i = 0; i < event->attr_count; i++)
		list_value(view, &event->attrs[i].value);
	for (uint32_t i = 0; i < event->field_count; i++)
		list_value(view, &event->fields[i].value);
	if (record.len)
		list_value(view, &record);
}

/* -- constants ----------------------------------------------------------------------------------------- */

/* False where they are too long to be put together. */
static bool put_together(struct view_constants *constants, const struct event *event)
{
	char *out = constants->lower;

	for (uint32_t i = 0; i < event->field_count; i++) {
		const struct field *field = &event->fields[i];

		if (field->origin != FIELD_CONSTANT)
			continue;
		if (field->value.len >= VIEW_CONSTANTS_SIZE - (size_t)(out - constants->lower))
			return false;
		fold_copy(out, field->value.text, field->value.len);
		out += field->value.len;
		*out++ = 0;
	}
	constants->len = (uint32_t)(out - constants->lower);
	return true;
}

/* sum: of the hashes of the event's constants. False where they are too long. */
static bool find_constants(struct view *view, struct hash128 sum)
{
	struct view_constants *known = &view->known[sum.low % VIEW_CONSTANTS];
	bool found = true;

	if (known->sum.low != sum.low || known->sum.high != sum.high) {
		*known = (struct view_constants){.len = 0};
		found = put_together(known, view->event);
		if (found)
			known->sum = sum;
	}
	view->constants = (struct view_value){
		.text = str_of(known->lower, known->len), .lower = known->lower, .next = VIEW_END};
	view->constants_hash = sum.low;
	return found;
}

/* -- all as one text ----------------------------------------------------------------------------------- */

/* What goes into the text: view->taken. */
struct taking {
	struct value main; /* a long value, taken first, in which others lie; or empty */
	uint32_t count;
	size_t size; /* bytes of them */
};

static __attribute__((noinline)) uint16_t find_longest(const struct event *event)
{
	uint32_t longest = 0;

	for (uint32_t i = 1; i < event->attr_count; i++)
		if (event->attrs[i].value.len > event->attrs[longest].value.len)
			longest = i;
	return (uint16_t)longest;
}

/* The record, else the attribute that was the longest in an event with as many. */
static struct value find_main(struct view *view)
{
	const struct event *event = view->event;
	const struct value record = record_of(event);
	uint16_t *longest = &view->longest[event->attr_count % VIEW_SHAPES];

	if (record.len || !event->attr_count)
		return record;
	if (view->stamp % LEARN_EACH == 0 || *longest >= event->attr_count)
		*longest = find_longest(event);
	return event->attrs[*longest].value;
}

static inline void take(struct view *view, struct taking *taking, const struct value *value)
{
	const size_t before = (uintptr_t)value->text - (uintptr_t)taking->main.text;

	if (!is_asked_for(view, value) ||
	    (before < taking->main.len && value->len <= taking->main.len - before))
		return;
	view->taken[taking->count++] = value_str(*value);
	taking->size += value->len;
}

static void take_attrs(struct view *view, struct taking *taking)
{
	const struct event *event = view->event;

	for (uint32_t i = 0; i < event->attr_count; i++)
		take(view, taking, &event->attrs[i].value);
}

/* Constants add to the sum only. Where attributes were dropped, a copy may be all there is. */
static struct hash128 take_fields(struct view *view, struct taking *taking)
{
	const struct event *event = view->event;
	const bool copies = event->attrs_dropped > 0;
	struct hash128 sum = {0};

	for (uint32_t i = 0; i < event->field_count; i++) {
		const struct field *field = &event->fields[i];

		if (field->origin == FIELD_CONSTANT) {
			sum.low += field->hash.low;
			sum.high += field->hash.high;
		} else if (field->origin != FIELD_COPY || copies) {
			take(view, taking, &field->value);
		}
	}
	return sum;
}

static void take_constants(struct view *view, struct taking *taking)
{
	const struct event *event = view->event;

	for (uint32_t i = 0; i < event->field_count; i++)
		if (event->fields[i].origin == FIELD_CONSTANT)
			take(view, taking, &event->fields[i].value);
}

static void take_all(struct view *view, struct taking *taking)
{
	const struct value main = find_main(view);

	if (is_asked_for(view, &main)) {
		take(view, taking, &main);
		taking->main = main;
	}
	take_attrs(view, taking);
	if (!find_constants(view, take_fields(view, taking)))
		take_constants(view, taking);
}

/* out has room for FINDER_PADDING bytes more: quicker than memcpy() for what mostly is short. */
static inline void copy_text(char *out, const char *in, size_t len)
{
	if (len >= 32) {
		for (size_t i = 0; i + 32 < len; i += 32)
			memcpy(out + i, in + i, 32);
		memcpy(out + len - 32, in + len - 32, 32);
	} else if (len >= 16) {
		memcpy(out, in, 16);
		memcpy(out + len - 16, in + len - 16, 16);
	} else if (len >= 8) {
		memcpy(out, in, 8);
		memcpy(out + len - 8, in + len - 8, 8);
	} else {
		uint64_t word = fold_load(in, len);

		memcpy(out, &word, sizeof(word));
	}
}

static struct str join_taken(struct view *view, const struct taking *taking)
{
	char *all = arena_alloc(view->arena, taking->size + taking->count + FINDER_PADDING), *out = all;

	for (uint32_t i = 0; i < taking->count; i++) {
		copy_text(out, view->taken[i].ptr, view->taken[i].len);
		out += view->taken[i].len;
		*out++ = 0;
	}
	fold_in_place(all, (size_t)(out - all));
	return str_of(all, (size_t)(out - all));
}

struct str view_all(struct view *view)
{
	struct taking taking = {.count = 0};

	if (!view->all.ptr) {
		take_all(view, &taking);
		view->all = join_taken(view, &taking);
	}
	return view->all;
}
