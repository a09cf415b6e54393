/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_CENTRE_H
#define RECTIFICATION_CENTRE_H
/* What the network centre does with a notification: makes it, sends it, answers what the unit reports; and
   who was told, and what happened. Errors as in rectification.h. */
#include "rectification/rectification.h"

/* --- the centre ----------------------------------------------------------------------------------------- */

/* What all of it rests on; lives as long as the program. */
struct rectification_office {
	const struct policy *policy;
	const struct calendar *calendar; /* NULL: Monday to Friday */
	int64_t zone;                    /* µs east of UTC */
	const char *url;                 /* https://host of the console for units; empty: no links are sent */
	const char *folder;              /* of evidence files */
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
