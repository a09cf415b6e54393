/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_POLICY_H
#define RECTIFICATION_POLICY_H
/*
 * How the centre deals with units: content/compliance/rectification.yaml. The pattern of numbers, deadlines,
 * the texts of messages, and the table of reminders and escalation. Immutable once read; lives in its arena.
 */
#include <stdbool.h>
#include <stdint.h>

#include "calendar/calendar.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define POLICY_FILE "compliance/rectification.yaml" /* in the content folder */
#define POLICY_STEPS_MAX 32
#define POLICY_TEXT_MAX 4000 /* bytes of a text */

/* {name} in a text. FIELD(NAME, "name") */
#define POLICY_FIELDS(FIELD)        \
	FIELD(NUMBER, "number")     \
	FIELD(TITLE, "title")       \
	FIELD(UNIT, "unit")         \
	FIELD(NAME, "name")         \
	FIELD(DEADLINE, "deadline") \
	FIELD(DAYS, "days")         \
	FIELD(OFFICE, "office")     \
	FIELD(CONTACT, "contact")   \
	FIELD(COMMENT, "comment")   \
	FIELD(INCIDENT, "incident") \
	FIELD(YEAR, "year")         \
	FIELD(SERIAL, "serial")

enum policy_field {
#define FIELD(id, name) POLICY_##id,
	POLICY_FIELDS(FIELD)
#undef FIELD
		POLICY_FIELD_COUNT
};

struct policy_message {
	struct str subject, text;
};

/* MESSAGE(member): what is written to the unit. */
#define POLICY_MESSAGES(MESSAGE) \
	MESSAGE(send)            \
	MESSAGE(returned)        \
	MESSAGE(accepted)        \
	MESSAGE(extended)        \
	MESSAGE(refused)         \
	MESSAGE(withdrawn)       \
	MESSAGE(remind)

struct policy_step {
	struct str id, name;
	unsigned states;    /* bits of enum rectification_state in which it is due */
	bool from_deadline; /* else from when it was sent */
	int64_t offset;     /* µs behind that; negative: before */
	unsigned duties;    /* bits of enum duty: who is told */
	unsigned above;     /* how many units up the chain; 0: the unit itself */
	bool channels;      /* also to the channels of kind "rectification" */
	struct policy_message message;
};

struct policy {
	struct str number; /* {year}, {serial} */
	struct str office, contact, requirements;
	unsigned working_days, return_days; /* of a deadline; of one after a return */
	int64_t due;                        /* µs from midnight, local: the hour of a deadline */
	int64_t link_kept;                  /* µs that links work beyond the deadline */
	int64_t quiet_from, quiet_to;       /* µs from midnight, local; equal: never quiet */
	unsigned recipients;                /* bits of enum duty */
#define MESSAGE(member) struct policy_message member;
	POLICY_MESSAGES(MESSAGE)
#undef MESSAGE
	size_t step_count;
	struct policy_step steps[POLICY_STEPS_MAX];
};

int policy_parse(struct str text, struct arena *arena, const struct policy **ret_policy, struct err *ret_err);
int policy_load(const char *file, struct arena *arena, const struct policy **ret_policy, struct err *ret_err);

/* Whether nothing is sent at that time. */
bool policy_is_quiet(const struct policy *policy, int64_t zone, int64_t time);

/* So many working days after a time, at the policy's hour. */
int64_t policy_deadline(const struct policy *policy, const struct calendar *calendar, int64_t zone,
			int64_t from, unsigned days);

/* A text with its fields filled in. */
void policy_fill(struct str text, const struct str values[POLICY_FIELD_COUNT], struct buf *out);

#endif
