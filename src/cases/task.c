/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/task.h"

#include "cases/private.h"

static const char *const names[TASK_STATUS_COUNT] = {
#define X(id, n, name) [n] = name,
	TASK_STATUSES(X)
#undef X
};

const char *task_status_name(enum task_status status)
{
	return names[(unsigned)status < TASK_STATUS_COUNT ? status : 0];
}

int task_status_parse(struct str name, enum task_status *ret_status)
{
	for (int i = 0; i < TASK_STATUS_COUNT; i++)
		if (str_eq(name, str_from(names[i]))) {
			*ret_status = (enum task_status)i;
			return 0;
		}
	return ERR_UNKNOWN;
}

#define TASK_COLUMNS \
	"id, incident, version, title, text, assignee, status, due, created, done, created_by, done_by"

/* place is 0 until somebody moves one of the incident's tasks; new ones then come last. */
#define TASK_ORDER "place, due = 0, due, id"

static int visit_rows(struct db_rows *rows, task_visit *visit, void *context)
{
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct task task = {
			.id = db_column_integer(rows, 0),
			.incident = db_column_integer(rows, 1),
			.version = db_column_integer(rows, 2),
			.title = db_column_text(rows, 3),
			.text = db_column_text(rows, 4),
			.assignee = db_column_text(rows, 5),
			.status = (enum task_status)db_column_integer(rows, 6),
			.due = db_column_integer(rows, 7),
			.created = db_column_integer(rows, 8),
			.done = db_column_integer(rows, 9),
			.created_by = db_column_text(rows, 10),
			.done_by = db_column_text(rows, 11),
		};

		stop = visit(context, &task);
	}
	return stop ? stop : r;
}

int task_list(struct db_tx *tx, int64_t incident, task_visit *visit, void *context)
{
	return visit_rows(db_query(tx,
				   "SELECT " TASK_COLUMNS " FROM incident_tasks WHERE incident = ?1"
				   " ORDER BY status, " TASK_ORDER,
				   DB_ARGS(db_integer(incident))),
			  visit, context);
}

int task_due(struct db_tx *tx, int64_t before, struct str assignee, unsigned limit, task_visit *visit,
	     void *context)
{
	return visit_rows(db_query(tx,
				   "SELECT " TASK_COLUMNS " FROM incident_tasks WHERE status = 0 AND due > 0"
				   " AND due < ?1 AND (?2 = '' OR assignee = ?2) ORDER BY due, id LIMIT ?3",
				   DB_ARGS(db_integer(before), db_text(assignee), db_integer(limit))),
			  visit, context);
}

struct one {
	task_visit *visit;
	void *context;
	bool found;
};

static int visit_one(void *context, const struct task *task)
{
	struct one *one = context;

	one->found = true;
	return one->visit(one->context, task);
}

int task_get(struct db_tx *tx, int64_t id, task_visit *visit, void *context)
{
	struct one one = {visit, context, false};
	int r = visit_rows(db_query(tx, "SELECT " TASK_COLUMNS " FROM incident_tasks WHERE id = ?1",
				    DB_ARGS(db_integer(id))),
			   visit_one, &one);

	return r == 0 && !one.found ? ERR_END : r;
}

/* A line of the incident's timeline: {"task":3,"status":"done","title":"…"}. */
static int tell(struct db_tx *tx, int64_t incident, int64_t id, const char *what, struct str title,
		struct str by, int64_t at)
{
	struct buf data = {0};
	int r;

	buf_printf(&data, "{\"task\":%lld,\"what\":\"%s\",\"title\":", (long long)id, what);
	buf_add_json_string(&data, title);
	buf_add_char(&data, '}');
	r = incident_note(tx, incident, "task", by, (struct str){0}, buf_str(&data), at);
	buf_done(&data);
	return r;
}

int task_add(struct db_tx *tx, int64_t incident, const struct task *task, struct str by, int64_t at,
	     int64_t *ret_id)
{
	static const char sql[] =
		"INSERT INTO incident_tasks (incident, title, text, assignee, due, created, created_by, "
		"place)"
		" SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(max(place) + (max(place) > 0), 0)"
		" FROM incident_tasks WHERE incident = ?1";
	int64_t status = 0, count = 0;
	int r = db_get_integer(tx, "SELECT status FROM incidents WHERE id = ?1",
			       DB_ARGS(db_integer(incident)), &status);

	if (r <= 0)
		return r == 0 ? ERR_END : r;
	if (!incident_is_open((enum incident_status)status))
		return ERR_DENIED;
	r = db_get_integer(tx, "SELECT count(*) FROM incident_tasks WHERE incident = ?1",
			   DB_ARGS(db_integer(incident)), &count);
	if (r >= 0 && count >= TASKS_MAX)
		r = ERR_LIMIT;
	if (r >= 0)
		r = db_run(tx, sql,
			   DB_ARGS(db_integer(incident), db_text(task->title), db_text(task->text),
				   db_text(task->assignee), db_integer(task->due), db_integer(at),
				   db_text(by)));
	if (r >= 0)
		r = db_get_integer(tx, "SELECT max(id) FROM incident_tasks", DB_NONE, ret_id);
	return r < 0 ? r : tell(tx, incident, *ret_id, "added", task->title, by, at);
}

struct before {
	int64_t incident, version;
	enum task_status status;
};

static int keep_before(void *context, const struct task *task)
{
	*(struct before *)context = (struct before){task->incident, task->version, task->status};
	return 0;
}

static struct db_value optional(const struct str *text)
{
	return text ? db_text(*text) : (struct db_value){0};
}

/* All open ones get even numbers in their order; the one that moves gets the odd one at its new place. */
static int move_to(struct db_tx *tx, int64_t incident, int64_t id, unsigned place)
{
	static const char number[] =
		"UPDATE incident_tasks SET place = 2 * ranked.rank FROM"
		" (SELECT id, row_number() OVER (ORDER BY " TASK_ORDER ") AS rank FROM incident_tasks"
		" WHERE incident = ?1 AND status = 0) AS ranked WHERE incident_tasks.id = ranked.id";
	static const char move[] =
		"UPDATE incident_tasks SET place = 2 * ?2 + iif(place < 2 * ?2, 1, -1) WHERE id = ?1";
	int r = db_run(tx, number, DB_ARGS(db_integer(incident)));

	if (r >= 0)
		r = db_run(tx, move, DB_ARGS(db_integer(id), db_integer(place)));
	return r < 0 ? r : 0;
}

/* Its order alone is no news of the incident. */
static bool is_only_moved(const struct task_change *change)
{
	return change->place && !change->title && !change->text && !change->assignee && !change->status &&
	       !change->due;
}

int task_update(struct db_tx *tx, int64_t id, const struct task_change *change)
{
	static const char sql[] =
		"UPDATE incident_tasks SET version = version + 1, title = coalesce(?2, title),"
		" text = coalesce(?3, text), assignee = coalesce(?4, assignee), due = coalesce(?5, due),"
		" status = ?6, done = CASE WHEN ?6 = 0 THEN 0 WHEN status = ?6 THEN done ELSE ?7 END,"
		" done_by = CASE WHEN ?6 = 0 THEN '' WHEN status = ?6 THEN done_by ELSE ?8 END WHERE id = ?1";
	struct before before;
	enum task_status status;
	int r = task_get(tx, id, keep_before, &before);

	if (r < 0)
		return r;
	if (change->version && change->version != before.version)
		return ERR_BUSY;
	status = change->status ? *change->status : before.status;
	if (change->place && status != TASK_OPEN)
		return ERR_DENIED;
	r = db_run(tx, sql,
		   DB_ARGS(db_integer(id), optional(change->title), optional(change->text),
			   optional(change->assignee),
			   change->due ? db_integer(*change->due) : (struct db_value){0}, db_integer(status),
			   db_integer(change->at), db_text(change->by)));
	if (r >= 0 && change->place)
		r = move_to(tx, before.incident, id, change->place);
	if (r < 0 || is_only_moved(change))
		return r < 0 ? r : 0;
	return tell(tx, before.incident, id, status == before.status ? "changed" : task_status_name(status),
		    change->title ? *change->title : (struct str){0}, change->by, change->at);
}
