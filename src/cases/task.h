/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_TASK_H
#define CASES_TASK_H
/* What somebody is to do about an incident, by when. Versions as those of incidents. */
#include "cases/incident.h"

#define TASK_TITLE_MAX 200 /* characters */
#define TASK_TEXT_MAX 4000
#define TASKS_MAX 200 /* of an incident */

/* Numbered as stored: never renumber. */
#define TASK_STATUSES(X)        \
	X(TASK_OPEN, 0, "open") \
	X(TASK_DONE, 1, "done") \
	X(TASK_DROPPED, 2, "dropped")
enum task_status {
#define X(id, n, name) id = (n),
	TASK_STATUSES(X)
#undef X
		TASK_STATUS_COUNT
};

const char *task_status_name(enum task_status status);
int task_status_parse(struct str name, enum task_status *ret_status); /* 0 or ERR_UNKNOWN */

struct task {
	int64_t id, incident, version;
	struct str title, text, assignee; /* assignee: user name; may be empty */
	enum task_status status;
	int64_t due; /* µs; 0: none */
	int64_t created, done;
	struct str created_by, done_by;
};
typedef int task_visit(void *context, const struct task *task);

/* title, text, assignee and due are taken. ERR_END where there is no such incident, ERR_DENIED where it is
   not open, ERR_LIMIT. */
int task_add(struct db_tx *tx, int64_t incident, const struct task *task, struct str by, int64_t at,
	     int64_t *ret_id);

struct task_change {
	const struct str *title, *text, *assignee; /* NULL: stays */
	const enum task_status *status;
	const int64_t *due;
	unsigned place; /* among the open ones, from 1; past the last: the last; 0: stays */
	int64_t version, at;
	struct str by;
};
/* ERR_END, ERR_BUSY; ERR_DENIED where one gets a place that is not open. */
int task_update(struct db_tx *tx, int64_t id, const struct task_change *change);
int task_get(struct db_tx *tx, int64_t id, task_visit *visit, void *context);

/* Those of an incident, open ones first, in the order people gave them, else by when they are due. */
int task_list(struct db_tx *tx, int64_t incident, task_visit *visit, void *context);

/* Open ones of all incidents due before a time, the earliest first: for reminders and work lists. assignee:
   empty: everybody's. */
int task_due(struct db_tx *tx, int64_t before, struct str assignee, unsigned limit, task_visit *visit,
	     void *context);

#endif
