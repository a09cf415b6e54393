/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATE_FINDINGS_H
#define CORRELATE_FINDINGS_H
/*
 * Inside correlate/: what a worker notes, as the correlator reads it. Texts lie in one
 * buffer. A key is its values, each behind its length, and stands in state under the
 * hash of these bytes.
 */
#include "base/vec.h"
#include "correlate/correlate.h"

/* For one correlation that refers to the rule. */
struct note {
	struct hash128 key;
	uint32_t key_at, key_len;
	uint32_t correlation; /* the rule it is for */
	uint32_t position;    /* of the rule that matched in its list */
	uint64_t value;       /* hash of the value, or the number's bits */
};

struct finding {
	int64_t time, received;
	uint64_t seq;
	uint32_t rule; /* FINDING_TIME: only time has passed */
	uint32_t record;
	uint32_t first_note;
	uint32_t note_count;
	uint8_t lane;
	uint32_t key_at, key_len; /* of suppression, readable */
};
#define FINDING_TIME UINT32_MAX

struct findings {
	struct {
		VEC_OF(struct finding)
	} items;
	struct {
		VEC_OF(struct note)
	} notes;
	struct buf texts;
};

/* A correlation that refers to a rule. */
struct plan_use {
	const struct correlation *correlation;
	uint32_t rule, position; /* the correlation's own index; the other's place in its list */
	const uint32_t *group_slots, *value_slots;
};

struct plan_rule {
	uint32_t first_use, use_count;
	const uint32_t *suppress_slots;
	uint32_t suppress_count;
	bool silent;
};

struct finding_plan {
	struct plan_rule *rules;
	struct {
		VEC_OF(struct plan_use)
	} uses;
};

/* Where a key's values come from: a matcher's slot, or a value of another key. */
typedef bool value_source(const void *context, uint32_t place, struct str *ret_value);

/* Fills the note but for its texts' place and appends those; false where the match takes no part. */
bool note_make(const struct plan_use *use, value_source *source, const void *context, struct buf *texts,
	       struct note *ret_note);

/* The values of suppress.by, readable: "9:192.0.2.7,4:root", "-" for one that is missing. */
void suppress_key(const struct plan_rule *rule, value_source *source, const void *context, struct buf *texts);

/* Value number index of a key's bytes. */
bool key_value(struct str key, uint32_t index, struct str *ret_value);

#endif
