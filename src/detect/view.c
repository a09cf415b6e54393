/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/view.h"

#include "detect/fold.h"

void view_init(struct view *view, const struct ruleset *set)
{
	view->set = set;
	view->arena = arena_new(0);
	view->slots = calloc(set->slots.len + 1, sizeof(*view->slots));
	memset(view->longest, 0xff, sizeof(view->longest)); /* not known */
	must(view->arena && view->slots);
}

void view_done(struct view *view)
{
	arena_free(view->arena);
	free(view->slots);
}

/* Attributes and fields never are too many. */
static inline void add_value(struct view *view, uint32_t slot, const struct value *value)
{
	struct view_slot *at = &view->slots[slot];
	const uint32_t number = view->value_count++;

	view->values[number] = (struct view_value){
		.text = value_str(*value), .next = VIEW_END, .null = value->type == VALUE_NULL};
	if (at->stamp == view->stamp)
		view->values[at->last].next = number;
	else
		at->first = number;
	at->last = number;
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

static void add_attrs(struct view *view, const struct event *event)
{
	for (uint32_t i = 0; i < event->attr_count; i++) {
		const struct attr *attr = &event->attrs[i];
		uint32_t slot = slot_of(view->set, attr->hash);

		if (slot != SLOT_NONE)
			add_value(view, slot, &attr->value);
	}
}

/* An attribute goes before the field of the same name. */
static void add_fields(struct view *view, const struct event *event)
{
	for (uint32_t i = 0; i < event->field_count; i++) {
		const struct field *field = &event->fields[i];
		uint32_t slot = view->set->slot_of_field[field->id];

		if (slot != SLOT_NONE && view->slots[slot].stamp != view->stamp)
			add_value(view, slot, &field->value);
	}
}

void view_make(struct view *view, const struct event *event, uint32_t stamp, uint32_t keyword_min)
{
	must(event->attr_count <= EVENT_ATTRS_MAX && event->field_count <= FIELD_COUNT);
	arena_reset(view->arena);
	view->event = event;
	view->value_count = 0;
	view->stamp = stamp;
	view->keyword_min = keyword_min;
	view->listed_count = 0;
	view->all = (struct str){0};
	add_attrs(view, event);
	add_fields(view, event);
}

void view_fold(struct view *view, struct view_value *value)
{
	char *lower = arena_alloc(view->arena, value->text.len + FINDER_PADDING);

	fold_copy(lower, value->text.ptr, value->text.len);
	value->lower = lower;
}
