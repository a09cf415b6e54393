/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTING_DUTIES_H
#define REPORTING_DUTIES_H
/* Inside reporting/: how duties are made, and when their warnings come. */
#include "base/buf.h"
#include "reporting/reporting.h"

/* One warning schedule as kept with a duty: "25:3 10:7 0:15", and how often it is said again. */
#define STEPS_TEXT_MAX 128
struct duty_schedule {
	struct warn_step steps[DEADLINES_STEPS_MAX];
	size_t count;
	int64_t again;
	unsigned again_most;
};
void schedule_format(const struct deadlines *deadlines, char out[STEPS_TEXT_MAX]);
void schedule_parse(struct str text, struct duty_schedule *ret_schedule);

/* When the warning after so many is due; 0: there is none. */
int64_t schedule_next(const struct duty_schedule *schedule, int64_t start, int64_t due, unsigned step);

/* The data of a line of an incident's timeline, from which the line can be said in any language (the text is
   Chinese): {"what":…,"stage":…,"recipient":… and what is added; the caller adds the last bracket. Empty
   values are left out. */
void data_open(struct buf *out, const char *what, enum reporting_stage stage, struct str recipient);
void data_add(struct buf *out, const char *key, struct str value);

/* How an incident stands. */
struct subject {
	int64_t incident, version, moment; /* moment: of its last change, not after now */
	enum incident_status status;
	struct reporting_facts facts;
	struct buf text; /* facts as they are compared; facts points into it, too */
	struct buf category, assets;
};
void subject_done(struct subject *subject);

/* 0, ERR_END where there is no such incident. */
int subject_read(struct db_tx *tx, int64_t incident, int64_t now, struct subject *subject);

/* Whether duties depend on what changed since they were made. */
int subject_changed(struct db_tx *tx, const struct subject *subject, bool *ret_changed);

/* Makes, lifts, starts. */
int duties_make(struct db_tx *tx, const struct deadlines *deadlines, struct subject *subject, int64_t now);

/* Notes that this version of the incident was seen; level and moments as they are now. */
int duties_seen(struct db_tx *tx, const struct subject *subject);

/* Warns of what is due to be warned of, so much at a time. */
int duties_warn(struct db_tx *tx, const struct reporting *reporting, int64_t now);

#endif
