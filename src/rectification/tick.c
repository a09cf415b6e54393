/* SPDX-License-Identifier: Apache-2.0 */
#include "rectification/tick.h"

#include "base/clock.h"
#include "base/vec.h"
#include "rectification/private.h"

struct ticking {
	struct db *db;
	const struct rectification_office *office;
	int64_t now;
	struct arena *arena;
	struct rectification row;
	bool due[POLICY_STEPS_MAX];
};

static int64_t base_of(const struct policy_step *step, const struct rectification *row)
{
	return step->from_deadline ? row->deadline : row->sent;
}

static int copy_row(void *context, const struct rectification *row)
{
	struct ticking *ticking = context;

	rectification_copy(ticking->arena, row, &ticking->row);
	return 0;
}

/* Marks what is due and was not taken; the last one of them, by the time it was due, or -1. A step whose time
   was before the notification went out (a short deadline) is not due. */
static int find_due(struct db_tx *tx, struct ticking *ticking)
{
	static const char sql[] = "SELECT 1 FROM rectification_steps WHERE rectification = ?1 AND step = ?2"
				  " AND base = ?3";
	const struct policy *policy = ticking->office->policy;
	int64_t last_time = 0, one;
	int last = -1;

	for (size_t i = 0; i < policy->step_count; i++) {
		const struct policy_step *step = &policy->steps[i];
		int64_t base = base_of(step, &ticking->row), time = base + step->offset;
		int r;

		ticking->due[i] = false;
		if (!(step->states >> ticking->row.state & 1) || time > ticking->now ||
		    time <= ticking->row.sent)
			continue;
		r = db_get_integer(tx, sql,
				   DB_ARGS(db_integer(ticking->row.id), db_text(step->id), db_integer(base)),
				   &one);
		if (r < 0)
			return r;
		ticking->due[i] = r == 0;
		if (r == 0 && (last < 0 || time >= last_time)) {
			last = (int)i;
			last_time = time;
		}
	}
	return last;
}

static int note_step(struct db_tx *tx, const struct ticking *ticking, size_t index, bool taken)
{
	const struct policy_step *step = &ticking->office->policy->steps[index];

	return db_run(tx,
		      "INSERT INTO rectification_steps VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
		      DB_ARGS(db_integer(ticking->row.id), db_text(step->id),
			      db_integer(base_of(step, &ticking->row)), db_integer(ticking->now),
			      db_integer(taken)));
}

static void describe(const struct policy_step *step, const struct people *people, int sent, struct buf *out)
{
	buf_add_str(out, step->name);
	for (size_t i = 0; i < people->count; i++)
		buf_printf(out, "%s%.*s", i ? "、" : "：", STR_FMT(people->items[i].name));
	if (!people->count)
		buf_add_str(out, STR("：责任人未登记，请电话联系"));
	else if (!sent)
		buf_add_str(out, STR("（无邮箱，请电话联系）"));
}

static int take_step(struct db_tx *tx, struct ticking *ticking, size_t index)
{
	const struct policy_step *step = &ticking->office->policy->steps[index];
	struct people people = {.arena = ticking->arena};
	struct buf text = {0};
	struct sending sending = {
		.office = ticking->office,
		.rectification = &ticking->row,
		.message = &step->message,
		.key = arena_printf(ticking->arena, "step/%.*s/%lld", STR_FMT(step->id),
				    (long long)base_of(step, &ticking->row)),
		.links = true,
		.now = ticking->now,
	};
	struct change change = {
		RECTIFICATION_DOES_REMIND, ticking->row.id, 0, STR("wanglou"), {0}, false, ticking->now};
	int r = people_find(tx, ticking->row.unit, step->duties, step->above, ticking->now, &people);

	if (r == 0)
		r = message_send(tx, &sending, &people);
	describe(step, &people, r, &text);
	change.text = buf_str(&text);
	if (r >= 0 && step->channels)
		r = message_send_channels(tx, &sending);
	if (r >= 0)
		r = change_note(tx, &change);
	buf_done(&text);
	return r < 0 ? r : 0;
}

/* Looked at again with the database held: what was done meanwhile counts. 1 where a step was taken. */
static int work_on(struct db_tx *tx, struct ticking *ticking)
{
	int r = rectification_get(tx, ticking->row.id, copy_row, ticking), last;

	if (r < 0)
		return r == ERR_END ? 0 : r;
	last = find_due(tx, ticking);
	if (last < 0)
		return last == -1 ? 0 : last;
	for (size_t i = 0; i < ticking->office->policy->step_count && r >= 0; i++)
		if (ticking->due[i])
			r = note_step(tx, ticking, i, (int)i == last);
	if (r >= 0)
		r = take_step(tx, ticking, (size_t)last);
	return r < 0 ? r : 1;
}

/* --- all of them ---------------------------------------------------------------------------------------- */

struct ids {
	VEC_OF(int64_t)
};

/* Those open at all: few, and by their index. */
static int list_open(struct db *db, struct ids *ids)
{
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	rows = db_query(tx, "SELECT id FROM rectifications WHERE state IN (1, 2, 4) ORDER BY id", DB_NONE);
	while ((r = db_next(rows)) > 0)
		vec_push(ids, db_column_integer(rows, 0));
	return db_end(tx, r);
}

static int has_due(struct ticking *ticking)
{
	struct db_tx *tx;
	int r = db_begin(ticking->db, DB_READ, &tx), last = -1;

	if (r < 0)
		return r;
	r = rectification_get(tx, ticking->row.id, copy_row, ticking);
	if (r == 0)
		last = find_due(tx, ticking);
	db_end(tx, 0);
	return r < 0 ? (r == ERR_END ? 0 : r) : last < -1 ? last : last >= 0;
}

static int work_on_one(struct ticking *ticking, int64_t id)
{
	struct db_tx *tx;
	int r;

	arena_reset(ticking->arena);
	ticking->row = (struct rectification){.id = id};
	r = has_due(ticking);
	if (r <= 0)
		return r;
	r = db_begin(ticking->db, DB_WRITE, &tx);
	return r < 0 ? r : db_end(tx, work_on(tx, ticking));
}

int rectification_tick(struct db *db, const struct rectification_office *office, int64_t now)
{
	struct ticking ticking = {.db = db, .office = office, .now = now};
	struct ids ids = {0};
	int count = 0, r;

	if (policy_is_quiet(office->policy, office->zone, now))
		return 0;
	ticking.arena = arena_new(0);
	r = list_open(db, &ids);
	for (size_t i = 0; i < ids.len && r >= 0 && count < RECTIFICATION_TICK_MAX; i++) {
		r = work_on_one(&ticking, ids.items[i]);
		count += r > 0;
	}
	vec_done(&ids);
	arena_free(ticking.arena);
	return r < 0 ? r : count;
}
