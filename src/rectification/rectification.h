/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_RECTIFICATION_H
#define RECTIFICATION_RECTIFICATION_H
/*
 * Notifications to units (通报) and what becomes of them (整改): an incident that concerns a unit is told to
 * its people with a number and a deadline; they confirm, report what they did with evidence, or ask for more
 * time; the centre accepts the report or returns it. centre.h has what the centre does, link.h what the
 * unit's people do, tick.h the reminders.
 *
 * What may be done in which state is the table of actions below. version rises with every change of state or
 * text; who changes names the version seen and gets ERR_BUSY where another came first. ERR_DENIED: not in
 * this state. ERR_END: there is no such notification. Views handed to a visitor live until it returns.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/db.h"
#include "rectification/policy.h"
#include "rectification/state.h"

extern const struct db_schema rectification_schema;

#define RECTIFICATION_TITLE_MAX 200 /* characters, as the rest */
#define RECTIFICATION_TEXT_MAX 8000
#define RECTIFICATION_REASON_MAX 1000
#define RECTIFICATION_ANY_VERSION (-1)

enum extension { EXTENSION_NONE, EXTENSION_ASKED, EXTENSION_GRANTED, EXTENSION_REFUSED };
const char *extension_name(enum extension extension);

struct rectification {
	int64_t id, version;
	struct str number; /* 网信通〔2026〕12号; empty: not sent yet */
	enum rectification_state state;
	int64_t incident, unit;
	struct str incident_number, unit_name; /* as they were when it was made */
	struct str title, facts, requirements, contact;
	int64_t deadline, created, sent, confirmed, reported, closed; /* µs; 0: not yet */
	struct str created_by, confirmed_by, reported_by;
	struct str cause, measures, result; /* the unit's report, or its draft */
	int64_t saved;                      /* µs, when the report was changed last */
	struct str answer, answered_by;     /* of the centre to the newest report */
	enum extension extension;
	int64_t extension_until;
	struct str extension_reason, extension_answer;
};

typedef int rectification_visit(void *context, const struct rectification *rectification);

bool rectification_overdue(const struct rectification *rectification, int64_t now);
void rectification_copy(struct arena *arena, const struct rectification *from, struct rectification *ret_to);

int rectification_get(struct db_tx *tx, int64_t id, rectification_visit *visit, void *context);

struct rectification_filter {
	unsigned states;        /* bits; 0: all */
	bool overdue;           /* only those */
	int64_t incident, unit; /* 0: all; unit: and those below it */
	int64_t scope;          /* the same, of who asks */
	struct str words;       /* in number, title or unit */
	int64_t before;         /* id of the last of the page before; 0: the first page */
	unsigned limit;
};

/* Newest first; one more than limit may be visited by asking for it. */
int rectification_list(struct db_tx *tx, const struct rectification_filter *filter, int64_t now,
		       rectification_visit *visit, void *context);

#endif
