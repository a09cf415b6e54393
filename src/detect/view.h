/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_VIEW_H
#define DETECT_VIEW_H
/*
 * An event as rules see it: its values listed under the slots of a rule set, and, for
 * keywords, all of them as one text. Made anew for each event without allocating;
 * what is noted about a slot counts only while its stamp is the current event's. It
 * reads the event as long as that is the one at hand.
 */
#include "detect/program.h"

#define VIEW_VALUES_MAX (EVENT_ATTRS_MAX + FIELD_COUNT + 1)
#define VIEW_END UINT32_MAX

#define VIEW_SHAPES 16          /* of events, by the number of attributes; a power of two */
#define VIEW_CONSTANTS 64       /* sets of constants that are remembered; a power of two */
#define VIEW_CONSTANTS_SIZE 224 /* bytes of those of one event, in all */

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

/* The constants that a source states come in few sets. Which set it is, is known by the sum of their hashes:
   where the texts lie says nothing, as another source set may lie there later. */
struct view_constants {
	struct hash128 sum;
	uint32_t len; /* 0: none */
	char lower[VIEW_CONSTANTS_SIZE + FINDER_PADDING];
};

struct view_slot {
	uint32_t stamp, first, last;
};

struct view {
	const struct ruleset *set;
	const struct event *event;
	struct arena *arena; /* lower-case texts of this event */
	struct view_slot *slots;
	struct view_value values[VIEW_VALUES_MAX]; /* of slots */
	uint32_t value_count, stamp, keyword_min;
	/* For keywords: */
	struct view_value listed[VIEW_VALUES_MAX];
	uint32_t listed_count; /* 0: not listed yet */
	struct str taken[VIEW_VALUES_MAX];
	struct str all; /* ptr NULL: not made yet */
	struct view_value constants;
	uint64_t constants_hash;
	uint16_t longest[VIEW_SHAPES]; /* attribute, when that was looked at last */
	struct view_constants known[VIEW_CONSTANTS];
};

void view_init(struct view *view, const struct ruleset *set);
void view_done(struct view *view);

/* stamp differs from those of all earlier events since the slots were last cleared. Keywords ask for values
   of at least keyword_min bytes; UINT32_MAX: for none. */
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

/* -- keywords: view_all.c -------------------------------------------------------------------------------- */

/* Each value that keywords ask for by itself: view->listed. */
void view_list(struct view *view);

/* The same in lower case as one text, each followed by NUL. Those that are part of another are found in that,
   and constants are apart, also in lower case and as one text: view->constants, by constants_hash. */
struct str view_all(struct view *view);

#endif
