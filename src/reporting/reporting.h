/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTING_REPORTING_H
#define REPORTING_REPORTING_H
/*
 * The statutory clock: what has to be reported of each incident, to whom, by when, and the proof that it was.
 * The tables (deadlines.h) make duties of an incident's level, category and asset; a duty keeps the text it
 * was made by, so that a changed table changes only what is made later. What was done stays when the incident
 * is graded anew: duties that no longer apply are lifted, those that apply again go on with the clock they
 * had.
 *
 * reporting_tick() makes and warns; it alone reads the tables. All else may be called by any thread.
 */
#include "cases/incident.h"
#include "reporting/deadlines.h"

extern const struct db_schema reporting_schema;

#define REPORTING_CHANNEL_MAX 200 /* characters */
#define REPORTING_RECEIPT_MAX 200
#define REPORTING_REASON_MAX 2000
#define REPORTING_FILE_NAME_MAX 200

/* Numbered as stored. DUTY_STATE(NAME, number, "name", open?) */
#define REPORTING_STATES(STATE)                                                        \
	STATE(WAITING, 0, "waiting", true)      /* what it counts from has not come */ \
	STATE(PENDING, 1, "pending", true)      /* the clock runs */                   \
	STATE(SUBMITTED, 2, "submitted", false) /* reported, in time or late */        \
	STATE(WAIVED, 3, "waived", false)       /* a person said why it need not be */ \
	STATE(LIFTED, 4, "lifted", false)       /* does not apply as the incident stands now */

enum reporting_state {
#define STATE(id, n, name, open) REPORTING_##id = (n),
	REPORTING_STATES(STATE)
#undef STATE
};
const char *reporting_state_name(enum reporting_state state);

struct reporting_duty {
	int64_t id, incident, version;
	struct str rule; /* the id in the tables */
	enum reporting_stage stage;
	enum reporting_state state;
	struct str recipient, source, clause, note, tables; /* tables: their version and hash */
	bool general;                                       /* the limit is general knowledge */
	bool proposed; /* counts on a level that nobody has decided yet */
	bool assumed;  /* counted through days that are not settled */
	bool drill;
	struct limit limit;
	enum reporting_since since;
	int64_t made, start, due; /* µs; start, due 0: waiting */
	int64_t submitted;        /* µs, the first time; 0: not */
	struct str waived_by, reason;
	int64_t waived;
	/* Of its incident. */
	struct str number, title, title_en, assignee;
	unsigned level;
	int64_t unit;
};

/* submitted after due. */
static inline bool reporting_was_late(const struct reporting_duty *duty)
{
	return duty->submitted && duty->due && duty->submitted > duty->due;
}

typedef int reporting_visit(void *context, const struct reporting_duty *duty);

/* Of one incident, in the order of stages and deadlines; lifted ones last. */
int reporting_list(struct db_tx *tx, int64_t incident, reporting_visit *visit, void *context);

/* All whose clock runs, the most urgent first. unit: of incidents of this unit and those below, 0: all. */
int reporting_list_due(struct db_tx *tx, int64_t unit, int64_t now, unsigned limit, reporting_visit *visit,
		       void *context);

/* ERR_END where the incident has no such duty. */
int reporting_get(struct db_tx *tx, int64_t incident, int64_t duty, reporting_visit *visit, void *context);

/* What a person says was sent. A duty that is reported already takes further ones as supplements. */
struct reporting_submission {
	int64_t submitted, recorded; /* µs; submitted is said by the person, recorded is when they said it */
	struct str by, channel, receipt, sha256, file_name, note; /* sha256: 64 hex digits or empty */
};
typedef int reporting_submission_visit(void *context, const struct reporting_submission *submission);
int reporting_submissions(struct db_tx *tx, int64_t duty, reporting_submission_visit *visit, void *context);

/* Both write the incident's timeline. version: what the caller saw, 0: any; ERR_BUSY where it is another.
   ERR_END, ERR_DENIED where the state has no room for it, ERR_RANGE for a time before the incident or in the
   future. */
int reporting_submit(struct db_tx *tx, int64_t incident, int64_t duty, int64_t version,
		     const struct reporting_submission *submission);
int reporting_waive(struct db_tx *tx, int64_t incident, int64_t duty, int64_t version, struct str by,
		    struct str reason, int64_t now);

/* --- by the clock -------------------------------------------------------------------------------------- */

typedef int reporting_receiver(void *context, struct str mail);

struct reporting {
	const char *folder, *own; /* of the tables; own may be NULL */
	int64_t zone;             /* µs east of UTC, of times in messages */
	/* Calls add with the address of each who is meant by the bits WARN_… for the incident; may be NULL.
	 */
	int (*receivers)(void *context, struct db_tx *tx, const struct reporting_duty *duty, unsigned to,
			 int64_t now, reporting_receiver *add, void *add_context);
	void *context;
};

/* Makes the duties of incidents that changed, and warns of those whose time runs out. 0, or what went wrong
 *with ret_err filled; what could not be done is tried again at the next call. */
int reporting_tick(struct db *db, const struct reporting *reporting, int64_t now, struct err *ret_err);

#endif
