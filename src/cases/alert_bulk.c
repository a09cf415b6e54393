/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/alert_bulk.h"

#include "base/arena.h"
#include "base/hash.h"
#include "cases/private.h"

/* An alert as it is before the change. */
struct before {
	int64_t key, incident;
	enum alert_status status;
	struct str note, assignee;
};

/* One call. An incident is assigned with the first of its alerts; the others are told of it as well. */
struct work {
	const struct alert_bulk *bulk;
	struct arena *arena;
	size_t count;
	struct {
		int64_t incident;
		struct str before;
	} assigned[ALERT_BULK_MAX];
};

static int find(struct db_tx *tx, struct str id, struct work *work, struct before *ret_before)
{
	struct arena *arena = work->arena;
	static const char sql[] =
		"SELECT key, incident, status, note, coalesce((SELECT assignee FROM incidents"
		" WHERE id = incident), '') FROM alerts WHERE id = ?1";
	uint8_t bytes[ALERT_ID_SIZE];
	struct db_rows *rows;
	int r;

	if (hex_decode(id, bytes, sizeof(bytes)) < 0)
		return 0;
	rows = db_query(tx, sql, DB_ARGS(db_blob(bytes, sizeof(bytes))));
	r = db_next(rows);
	if (r > 0)
		*ret_before = (struct before){
			.key = db_column_integer(rows, 0),
			.incident = db_column_integer(rows, 1),
			.status = (enum alert_status)db_column_integer(rows, 2),
			.note = arena_copy(arena, db_column_text(rows, 3)),
			.assignee = arena_copy(arena, db_column_text(rows, 4)),
		};
	return r;
}

static bool is_new(const struct before *before, const struct alert_change *change)
{
	return (change->status && *change->status != before->status) ||
	       (change->note && !str_eq(*change->note, before->note));
}

/* 1 where the incident was assigned, now or by an alert before; 0 where it was so already. */
static int assign(struct db_tx *tx, struct before *before, struct work *work)
{
	const struct alert_bulk *bulk = work->bulk;
	const struct incident_change change = {
		.assignee = bulk->assignee, .by = bulk->change.by, .at = bulk->change.at};
	int r;

	for (size_t i = 0; i < work->count; i++)
		if (work->assigned[i].incident == before->incident) {
			before->assignee = work->assigned[i].before;
			return 1;
		}
	if (str_eq(*bulk->assignee, before->assignee))
		return 0;
	r = incident_update(tx, before->incident, &change);
	if (r < 0)
		return r;
	work->assigned[work->count].incident = before->incident;
	work->assigned[work->count++].before = before->assignee;
	return 1;
}

static int change_one(struct db_tx *tx, struct work *work, struct alert_result *result)
{
	const struct alert_bulk *bulk = work->bulk;
	struct before before;
	int r = find(tx, result->id, work, &before), assigned = 0;

	if (r <= 0) {
		result->outcome = ALERT_NOT_FOUND;
		return r;
	}
	if (bulk->assignee)
		assigned = assign(tx, &before, work);
	result->status = before.status;
	result->note = before.note;
	result->assignee = before.assignee;
	if (assigned == ERR_END || assigned == ERR_DENIED) {
		result->outcome = ALERT_REFUSED;
		return 0;
	}
	if (assigned < 0)
		return assigned;
	result->outcome = assigned ? ALERT_CHANGED : ALERT_SAME;
	if (!is_new(&before, &bulk->change))
		return 0;
	result->outcome = ALERT_CHANGED;
	r = alert_change_in(tx, before.key, &bulk->change);
	return r < 0 ? r : 0;
}

static int change_chunk(struct db *db, const struct str *ids, size_t count, struct work *work,
			struct alert_result results[ALERT_BULK_CHUNK])
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count && r >= 0; i++) {
		results[i] = (struct alert_result){.id = ids[i]};
		r = change_one(tx, work, &results[i]);
	}
	return db_end(tx, r);
}

int alerts_change(struct db *db, const struct str *ids, size_t count, const struct alert_bulk *bulk,
		  int (*visit)(void *context, const struct alert_result *result), void *context)
{
	struct alert_result results[ALERT_BULK_CHUNK];
	struct arena *arena = arena_new(0);
	struct work *work = arena_struct(arena, struct work);
	int r = 0;

	must(count <= ALERT_BULK_MAX);
	work->bulk = bulk;
	work->arena = arena;
	for (size_t at = 0; at < count && r >= 0; at += ALERT_BULK_CHUNK) {
		size_t left = count - at < ALERT_BULK_CHUNK ? count - at : ALERT_BULK_CHUNK;

		r = change_chunk(db, ids + at, left, work, results);
		for (size_t i = 0; i < left && r >= 0; i++)
			r = visit(context, &results[i]);
	}
	arena_free(arena);
	return r < 0 ? r : 0;
}
