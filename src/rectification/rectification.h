/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_RECTIFICATION_H
#define RECTIFICATION_RECTIFICATION_H
/*
 * Notifications to units (通报) and what becomes of them (整改): an incident that concerns a unit is told to
 * its people with a number and a deadline; they confirm, report what they did with evidence, or ask for more
 * time; the centre accepts the report or returns it. link.h has what the unit's people do, tick.h the
 * reminders.
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

/* --- the centre ----------------------------------------------------------------------------------------- */

/* What all of it rests on; lives as long as the program. */
struct rectification_office {
	const struct policy *policy;
	int64_t zone;       /* µs east of UTC */
	const char *url;    /* https://host of the console for units; empty: no links are sent */
	const char *folder; /* of evidence files */
};

struct rectification_texts {
	const struct str *title, *facts, *requirements, *contact; /* NULL: stays; of a new one: the default */
	int64_t deadline;                                         /* 0: stays; of a new one: the default */
};

/* A draft for an incident and a unit (0: the incident's). ERR_END where there is no such incident,
   ERR_UNKNOWN where it has no unit. */
int rectification_make(struct db_tx *tx, const struct rectification_office *office, int64_t incident,
		       int64_t unit, const struct rectification_texts *texts, struct str by, int64_t now,
		       int64_t *ret_id);
int rectification_edit(struct db_tx *tx, int64_t id, int64_t version, const struct rectification_texts *texts,
		       struct str by, int64_t now);

/* Numbers it, draws the PDF and hands it to the outbox for the people of the unit; two transactions, so that
   nobody waits for the drawing. paper: also where nobody can be reached by mail. ERR_UNKNOWN: nobody can. */
int rectification_send(struct db *db, const struct rectification_office *office, int64_t id, int64_t version,
		       bool paper, struct str by, int64_t now);

/* The centre's answers; comment is told to the unit. until 0: by the policy; of return: stays, but never
   sooner than the policy's days for it. */
struct rectification_answer {
	int64_t id, version;
	enum rectification_action action; /* RETURN, ACCEPT, EXTEND, REFUSE, WITHDRAW, REMIND */
	struct str comment, by;
	int64_t until, now;
};
int rectification_answer(struct db_tx *tx, const struct rectification_office *office,
			 const struct rectification_answer *answer);

/* --- who was told, and what happened -------------------------------------------------------------------- */

struct rectification_person {
	int64_t person;
	struct str name, phone, mail, unit_name, duty; /* duty: its name, owner.h */
	unsigned distance;                             /* 0: of the unit itself */
	int64_t told, used;                            /* µs: the newest message; the newest use of a link */
	unsigned links;                                /* that work */
};
int rectification_people(struct db_tx *tx, int64_t id, int64_t now,
			 int (*visit)(void *context, const struct rectification_person *person),
			 void *context);

/* Ends the links of a person, 0: of all. */
int rectification_revoke(struct db_tx *tx, int64_t id, int64_t person, struct str by, int64_t now);

struct rectification_step {
	int64_t time;
	enum rectification_action action;
	struct str by, text;
	bool unit; /* by the unit's people */
};
int rectification_history(struct db_tx *tx, int64_t id,
			  int (*visit)(void *context, const struct rectification_step *step), void *context);

#endif
