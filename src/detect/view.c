/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/view.h"

#include "detect/fold.h"

#define LEARN_EACH 64 /* events: then it is looked anew which values hold which */

_Static_assert(VIEW_HELD_MAX <= UINT8_MAX, "holders are numbered from 1");

void view_init(struct view *view, const struct ruleset *set)
{
	view->set = set;
	view->arena = arena_new(0);
	view->slots = calloc(set->slots.len + 1, sizeof(*view->slots));
	must(view->arena && view->slots);
}

void view_done(struct view *view)
{
	arena_free(view->arena);
	free(view->slots);
}

/* Attributes, fields and the record never are too many. */
static inline uint32_t add_value(struct view *view, struct value value)
{
	struct view_value *added = &view->values[view->value_count];

	*added = (struct view_value){
		.text = value_str(value), .next = VIEW_END, .null = value.type == VALUE_NULL};
	view->size += value.len;
	return view->value_count++;
}

static inline void append(struct view *view, uint32_t slot, uint32_t value)
{
	struct view_slot *at = &view->slots[slot];

	if (at->stamp == view->stamp)
		view->values[at->last].next = value;
	else
		at->first = value;
	at->last = value;
	at->stamp = view->stamp;
}

/* The slot by its name's hash alone. Who finds another name with that hash can as well write the name. */
static inline uint32_t slot_of(const struct ruleset *set, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & set->slot_mask;

	while (set->slot_table[at].hash != hash && set->slot_table[at].slot != SLOT_NONE)
		at = (at + 1) & set->slot_mask;
	return set->slot_table[at].slot;
}

/* Values nobody asks for are left out, unless there are keywords, which ask for all. */
static void add_attrs(struct view *view, const struct event *event)
{
	for (uint32_t i = 0; i < event->attr_count; i++) {
		const struct attr *attr = &event->attrs[i];
		uint32_t slot = slot_of(view->set, attr->hash);

		if (slot != SLOT_NONE)
			append(view, slot, add_value(view, attr->value));
		else if (attr->value.len >= view->keyword_min)
			add_value(view, attr->value);
	}
}

/* An attribute goes before the field of the same name. */
static void add_fields(struct view *view, const struct event *event)
{
	for (uint32_t i = 0; i < event->field_count; i++) {
		const struct field *field = &event->fields[i];
		uint32_t slot = view->set->slot_of_field[field->id];

		if (slot != SLOT_NONE && view->slots[slot].stamp != view->stamp)
			append(view, slot, add_value(view, field->value));
		else if (field->value.len >= view->keyword_min)
			add_value(view, field->value);
	}
}

/* The text of a JSON record: its values are attributes, its keys are no text. */
static bool is_json(struct str raw)
{
	size_t at = 0;

	while (at < raw.len && char_is_space(raw.ptr[at]))
		at++;
	return at < raw.len && (raw.ptr[at] == '{' || raw.ptr[at] == '[');
}

void view_make(struct view *view, const struct event *event, uint32_t stamp, uint32_t keyword_min)
{
	must(event->attr_count <= EVENT_ATTRS_MAX && event->field_count <= FIELD_COUNT);
	arena_reset(view->arena);
	view->value_count = 0;
	view->size = 0;
	view->stamp = stamp;
	view->all = (struct str){0};
	view->keyword_min = keyword_min;
	add_attrs(view, event);
	add_fields(view, event);
	if (keyword_min < UINT32_MAX && event->raw.len && !is_json(event->raw))
		add_value(view, value_string(event->raw));
}

void view_fold(struct view *view, struct view_value *value)
{
	char *lower = arena_alloc(view->arena, value->text.len + FINDER_PADDING);

	fold_copy(lower, value->text.ptr, value->text.len);
	value->lower = lower;
}

/* -- all values as one text ---------------------------------------------------------------------------- */

/* Of two that are the same the first holds the second. */
static inline bool holds(const struct view *view, uint32_t holder, uint32_t held)
{
	const struct view_value *a = &view->values[holder], *b = &view->values[held];
	uintptr_t start = (uintptr_t)a->text.ptr, part = (uintptr_t)b->text.ptr;

	return part >= start && part + b->text.len <= start + a->text.len && !a->null &&
	       (a->text.len > b->text.len || holder < held);
}

static uint8_t find_holder(const struct view *view, uint32_t held)
{
	for (uint32_t i = 0; i < view->value_count && i < VIEW_HELD_MAX; i++)
		if (holds(view, i, held))
			return (uint8_t)(i + 1);
	return 0;
}

/* True where another value, which is not left out for being short, has the same bytes. */
static inline bool is_held(const struct view *view, struct view_shape *shape, uint32_t at, bool learn)
{
	if (at >= VIEW_HELD_MAX)
		return false;
	if (learn)
		shape->holder[at] = find_holder(view, at);
	return shape->holder[at] && shape->holder[at] <= view->value_count &&
	       holds(view, shape->holder[at] - 1u, at);
}

struct str view_all(struct view *view)
{
	struct view_shape *shape = &view->shapes[view->value_count % VIEW_SHAPES];
	bool learn = !shape->known || view->stamp % LEARN_EACH == 0;
	char *out;

	if (view->all.ptr)
		return view->all;
	view->all.ptr = out = arena_alloc(view->arena, view->size + view->value_count + FINDER_PADDING);
	for (uint32_t i = 0; i < view->value_count; i++) {
		struct view_value *value = &view->values[i];

		if (value->null || value->text.len < view->keyword_min || is_held(view, shape, i, learn))
			continue;
		fold_copy(out, value->text.ptr, value->text.len);
		value->lower = out;
		out += value->text.len;
		*out++ = 0;
	}
	shape->known = true;
	view->all.len = (size_t)(out - view->all.ptr);
	return view->all;
}
