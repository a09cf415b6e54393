/* SPDX-License-Identifier: Apache-2.0 */
#include "duty/period.h"
#include "duty/private.h"

#define PERIOD_SPAN_MAX (400 * CLOCK_DAY)

static int check(const struct period *period, struct err *ret_err)
{
	int r = duty_check_text(period->name, "name", true, DUTY_NAME_MAX, ret_err);

	if (r == 0)
		r = duty_check_text(period->requirements, "requirements", false, DUTY_NOTE_MAX, ret_err);
	if (r == 0 && (period->to <= period->from || period->to - period->from > PERIOD_SPAN_MAX))
		r = err_set(ret_err, ERR_RANGE, 0, 0, "a period ends after it begins, within 400 days");
	if (r == 0 && (period->report_every < 0 || period->report_every > 24))
		r = err_set(ret_err, ERR_RANGE, 0, 0, "report_every is 0 to 24 hours");
	return r;
}

int period_add(struct db_tx *tx, const struct period *period, int64_t *ret_id, struct err *ret_err)
{
	int64_t count = 0;
	int r = check(period, ret_err);

	if (r == 0)
		r = db_get_integer(tx, "SELECT count(*) FROM duty_periods", DB_NONE, &count);
	if (r > 0 && count >= PERIODS_MAX)
		r = err_set(ret_err, ERR_LIMIT, 0, 0, "there are %d periods; delete old ones", PERIODS_MAX);
	if (r >= 0)
		r = db_run(tx,
			   "INSERT INTO duty_periods (kind, starts, ends, name, requirements, report_every)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
			   DB_ARGS(db_integer(period->kind), db_integer(period->from), db_integer(period->to),
				   db_text(period->name), db_text(period->requirements),
				   db_integer(period->report_every)));
	if (r > 0)
		r = db_get_integer(tx, "SELECT last_insert_rowid()", DB_NONE, ret_id);
	return r < 0 ? r : 0;
}

int period_update(struct db_tx *tx, const struct period *period, struct err *ret_err)
{
	int r = check(period, ret_err);

	if (r == 0)
		r = duty_check_version(tx, "SELECT version FROM duty_periods WHERE id = ?1", period->id,
				       period->version);
	if (r == 0)
		r = db_run(tx,
			   "UPDATE duty_periods SET version = version + 1, kind = ?2, starts = ?3, ends = ?4,"
			   " name = ?5, requirements = ?6, report_every = ?7 WHERE id = ?1",
			   DB_ARGS(db_integer(period->id), db_integer(period->kind), db_integer(period->from),
				   db_integer(period->to), db_text(period->name),
				   db_text(period->requirements), db_integer(period->report_every)));
	return r < 0 ? r : 0;
}

int period_delete(struct db_tx *tx, int64_t id, int64_t version)
{
	int r = duty_check_version(tx, "SELECT version FROM duty_periods WHERE id = ?1", id, version);

	if (r == 0)
		r = db_run(tx, "DELETE FROM duty_periods WHERE id = ?1", DB_ARGS(db_integer(id)));
	return r < 0 ? r : 0;
}

int period_list(struct db_tx *tx, int64_t from, int64_t to,
		int (*visit)(void *context, const struct period *period), void *context)
{
	static const char sql[] = "SELECT id, version, kind, starts, ends, name, requirements, report_every"
				  " FROM duty_periods WHERE starts < ?2 AND ends > ?1 ORDER BY starts, id";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(from), db_integer(to)));
	int r;

	while ((r = db_next(rows)) == 1) {
		const struct period period = {
			.id = db_column_integer(rows, 0),
			.version = db_column_integer(rows, 1),
			.kind = (enum period_kind)db_column_integer(rows, 2),
			.from = db_column_integer(rows, 3),
			.to = db_column_integer(rows, 4),
			.name = db_column_text(rows, 5),
			.requirements = db_column_text(rows, 6),
			.report_every = db_column_integer(rows, 7),
		};

		r = visit(context, &period);
		if (r != 0)
			break;
	}
	return r;
}

static int note_state(void *context, const struct period *period)
{
	struct period_state *state = context;

	state->key |= period->kind == PERIOD_KEY;
	state->holiday |= period->kind == PERIOD_HOLIDAY;
	state->workday |= period->kind == PERIOD_WORKDAY;
	if (period->report_every && (!state->report_every || period->report_every < state->report_every))
		state->report_every = period->report_every;
	return 0;
}

int period_at(struct db_tx *tx, int64_t time, struct period_state *ret_state)
{
	struct period_state state = {0};
	int r = period_list(tx, time, time + 1, note_state, &state);

	if (r == 0)
		*ret_state = state;
	return r;
}
