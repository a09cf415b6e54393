/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_VIEW_H
#define DETECT_VIEW_H
/*
 * An event as rules see it: its values listed under the slots of a rule set. Made
 * anew for each event without allocating; what is noted about a slot counts only
 * while its stamp is the current event's.
 */
#include "detect/program.h"

#define VIEW_VALUES_MAX (EVENT_ATTRS_MAX + FIELD_COUNT + 1)
#define VIEW_END UINT32_MAX

#define VIEW_SHAPES 16    /* a power of two */
#define VIEW_HELD_MAX 128 /* values of which it is known that others hold them */

/* Of slot_table. */
struct slot_entry {
	uint64_t hash;
	uint32_t slot; /* SLOT_NONE: empty */
};

struct view_value {
	struct str text;
	const char *lower; /* NULL: not made yet */
	uint32_t next;     /* value of the same slot, or VIEW_END */
	bool null;
};

/* Values of an event are often parts of others: a field of its attribute, an attribute of the message. Events
   with as many values mostly are of one kind, and the same values hold the same others. */
struct view_shape {
	bool known;
	uint8_t holder[VIEW_HELD_MAX]; /* 1 + the value that held it; 0: none did */
};

struct view_slot {
	uint32_t stamp, first, last;
};

struct view {
	const struct ruleset *set;
	struct arena *arena; /* lower-case texts of this event */
	struct view_slot *slots;
	struct view_value values[VIEW_VALUES_MAX];
	uint32_t value_count, stamp, keyword_min;
	size_t size;    /* bytes of all values */
	struct str all; /* ptr NULL: not made yet */
	struct view_shape shapes[VIEW_SHAPES];
};

void view_init(struct view *view, const struct ruleset *set);
void view_done(struct view *view);

/* stamp differs from those of all earlier events since the slots were last cleared. Of the values that no
   slot asks for those of at least keyword_min bytes are taken. */
void view_make(struct view *view, const struct event *event, uint32_t stamp, uint32_t keyword_min);

#define VIEW_ALIASES_MAX 4 /* followed one after the other */

/* The first value of a slot or, where it has none, of the slot it is an alias for; VIEW_END where there is
 * none. */
static inline uint32_t view_first(const struct view *view, uint32_t slot)
{
	for (unsigned i = 0; i < VIEW_ALIASES_MAX && slot != SLOT_NONE; i++) {
		if (view->slots[slot].stamp == view->stamp)
			return view->slots[slot].first;
		slot = view->set->slots.items[slot].alias;
	}
	return VIEW_END;
}

/* The text in lower case, made once; readable for FINDER_PADDING bytes behind its end. */
void view_fold(struct view *view, struct view_value *value);
static inline struct str view_lower(struct view *view, struct view_value *value)
{
	if (!value->lower)
		view_fold(view, value);
	return str_of(value->lower, value->text.len);
}

/* All values of at least keyword_min bytes in lower case as one text, each followed by NUL. Those that are
   part of another are found in that. */
struct str view_all(struct view *view);

#endif
