/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and an incident's facts → duties. */
#include "base/vec.h"
#include "reporting/duties.h"

struct maker {
	struct db_tx *tx;
	const struct deadlines *deadlines;
	const struct subject *subject;
	int64_t now;
};

struct duty_row {
	int64_t id, start, due;
	struct limit limit;
	enum reporting_since since;
	enum reporting_state state;
	struct duty_schedule schedule;
	bool known; /* the tables have its rule */
};

/* --- what there is ------------------------------------------------------------------------------------- */

#define DUTY_COLUMNS "id, state, start, due, limit_amount, limit_unit, since, steps, again, again_most, rule"

static void read_row(struct db_rows *rows, struct duty_row *row)
{
	*row = (struct duty_row){
		.id = db_column_integer(rows, 0),
		.state = (enum reporting_state)db_column_integer(rows, 1),
		.start = db_column_integer(rows, 2),
		.due = db_column_integer(rows, 3),
		.limit = {db_column_integer(rows, 4), (enum limit_unit)db_column_integer(rows, 5)},
		.since = (enum reporting_since)db_column_integer(rows, 6),
		.schedule = {.again = db_column_integer(rows, 8),
			     .again_most = (unsigned)db_column_integer(rows, 9)},
	};
	schedule_parse(db_column_text(rows, 7), &row->schedule);
}

enum change { REQUIRED, REQUIRED_AGAIN, NEEDLESS };

/* The record is in Chinese; its data says the same to who reads another language. */
static int note(const struct maker *maker, enum change what, const struct deadline_rule *rule)
{
	static const struct {
		const char *name, *chinese;
	} changes[] = {
		[REQUIRED] = {"required", "报告要求"},
		[REQUIRED_AGAIN] = {"required_again", "重新需要"},
		[NEEDLESS] = {"needless", "不再需要"},
	};
	struct buf text = {0}, data = {0};
	char limit[LIMIT_TEXT_SIZE];
	int r;

	limit_format(&rule->limit, limit);
	buf_printf(&text, "%s：%s，%s内报%.*s（%.*s）", changes[what].chinese,
		   reporting_stage_chinese(rule->stage), limit, STR_FMT(rule->recipient),
		   STR_FMT(rule->source->title));
	data_open(&data, changes[what].name, rule->stage, rule->recipient);
	buf_printf(&data, ",\"amount\":%lld,\"unit\":\"%s\"", (long long)rule->limit.amount,
		   limit_unit_name(rule->limit.unit));
	data_add(&data, "source", rule->source->title);
	buf_add_char(&data, '}');
	r = incident_note(maker->tx, maker->subject->incident, "deadline", STR("wanglou"), buf_str(&text),
			  buf_str(&data), maker->now);
	buf_done(&text);
	buf_done(&data);
	return r;
}

/* --- the clock of one duty ----------------------------------------------------------------------------- */

/* The first warning that is still ahead, but where all are behind the last: what came true before we could
   see it is said once. */
static unsigned first_step(const struct duty_schedule *schedule, int64_t start, int64_t due, int64_t now)
{
	unsigned step = 0;

	while (step + 1 < schedule->count && schedule_next(schedule, start, due, step + 1) <= now)
		step++;
	return step;
}

static int set_clock(const struct maker *maker, const struct duty_row *row, int64_t start)
{
	bool assumed = false;
	const int64_t due =
		start ? calendar_due(maker->deadlines->calendar, start, &row->limit, &assumed) : 0;
	const unsigned step = start ? first_step(&row->schedule, start, due, maker->now) : 0;
	const int64_t next = start ? schedule_next(&row->schedule, start, due, step) : 0;

	return db_run(maker->tx,
		      "UPDATE reporting_duties SET version = version + 1, state = ?2, start = ?3, due = ?4,"
		      " assumed = ?5, step = ?6, next = ?7 WHERE id = ?1",
		      DB_ARGS(db_integer(row->id), db_integer(start ? REPORTING_PENDING : REPORTING_WAITING),
			      db_integer(start), db_integer(due), db_integer(assumed), db_integer(step),
			      db_integer(next)));
}

/* A clock that ran keeps running from where it began; only what counts from the end of handling begins anew
   where the incident was opened again. */
static int move_clock(const struct maker *maker, const struct duty_row *row)
{
	const int64_t start = reporting_start(row->since, &maker->subject->facts);

	if (row->since == SINCE_HANDLED)
		return row->start == start && row->state != REPORTING_LIFTED ? 0
									     : set_clock(maker, row, start);
	if (row->start && row->state == REPORTING_PENDING)
		return 0;
	return set_clock(maker, row, row->start ? row->start : start);
}

/* --- one rule ------------------------------------------------------------------------------------------ */

static int add_duty(const struct maker *maker, const struct deadline_rule *rule)
{
	const struct deadlines *deadlines = maker->deadlines;
	char steps[STEPS_TEXT_MAX], tables[128];

	schedule_format(deadlines, steps);
	snprintf(tables, sizeof(tables), "%.64s (%s)", deadlines->version.ptr, deadlines->hash);
	return db_run(
		maker->tx,
		"INSERT INTO reporting_duties (incident, rule, stage, state, recipient, source, clause, note,"
		" tables, general, proposed, limit_amount, limit_unit, since, made, steps, again, again_most)"
		" VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		DB_ARGS(db_integer(maker->subject->incident), db_text(rule->id), db_integer(rule->stage),
			db_text(rule->recipient), db_text(rule->source->title), db_text(rule->clause),
			db_text(rule->note), db_text(str_from(tables)), db_integer(rule->general),
			db_integer(maker->subject->facts.proposed), db_integer(rule->limit.amount),
			db_integer(rule->limit.unit), db_integer(rule->since), db_integer(maker->now),
			db_text(str_from(steps)), db_integer(deadlines->again),
			db_integer(deadlines->again_most)));
}

static int find_duty(const struct maker *maker, struct str rule, struct duty_row *row)
{
	struct db_rows *rows = db_query(
		maker->tx, "SELECT " DUTY_COLUMNS " FROM reporting_duties WHERE incident = ? AND rule = ?",
		DB_ARGS(db_integer(maker->subject->incident), db_text(rule)));
	const int r = db_next(rows);

	if (r > 0)
		read_row(rows, row);
	return r;
}

static int lift(const struct maker *maker, int64_t id)
{
	return db_run(maker->tx,
		      "UPDATE reporting_duties SET version = version + 1, state = 4, next = 0 WHERE id = ?",
		      DB_ARGS(db_integer(id)));
}

static bool is_open(enum reporting_state state)
{
	return state == REPORTING_WAITING || state == REPORTING_PENDING;
}

static int apply(const struct maker *maker, const struct deadline_rule *rule, bool applies)
{
	struct duty_row row = {0};
	int r = find_duty(maker, rule->id, &row);

	if (r < 0 || (r == 0 && !applies))
		return r;
	if (r > 0 && !applies) {
		if (!is_open(row.state))
			return 0;
		r = lift(maker, row.id);
		return r < 0 ? r : note(maker, NEEDLESS, rule);
	}
	if (r == 0) {
		r = add_duty(maker, rule);
		if (r >= 0)
			r = note(maker, REQUIRED, rule);
		if (r >= 0)
			r = find_duty(maker, rule->id, &row);
		return r < 0 ? r : move_clock(maker, &row);
	}
	if (row.state == REPORTING_LIFTED) {
		r = note(maker, REQUIRED_AGAIN, rule);
		return r < 0 ? r : move_clock(maker, &row);
	}
	return is_open(row.state) ? move_clock(maker, &row) : 0;
}

/* --- all of them --------------------------------------------------------------------------------------- */

/* Duties whose rule the tables do not have any more: they stand as they were made, but an incident that was
   none has none. */
static int orphans(const struct maker *maker, bool none)
{
	struct {
		VEC_OF(struct duty_row)
	} found = {0};
	struct db_rows *rows = db_query(maker->tx,
					"SELECT " DUTY_COLUMNS " FROM reporting_duties"
					" WHERE incident = ? AND state IN (0, 1)",
					DB_ARGS(db_integer(maker->subject->incident)));
	int r;

	while ((r = db_next(rows)) > 0) {
		struct duty_row *row = vec_add_zero(&found);

		read_row(rows, row);
		for (size_t i = 0; i < maker->deadlines->rule_count && !row->known; i++)
			row->known = str_eq(maker->deadlines->rules[i].id, db_column_text(rows, 10));
	}
	for (size_t i = 0; i < found.len && r >= 0; i++)
		if (!found.items[i].known)
			r = none ? lift(maker, found.items[i].id) : move_clock(maker, &found.items[i]);
	vec_done(&found);
	return r;
}

int duties_make(struct db_tx *tx, const struct deadlines *deadlines, struct subject *subject, int64_t now)
{
	const struct maker maker = {tx, deadlines, subject, now};
	const bool none = subject->status == INCIDENT_FALSE || subject->status == INCIDENT_MERGED;
	int r = 0;

	for (size_t i = 0; i < deadlines->rule_count && r >= 0; i++)
		r = apply(&maker, &deadlines->rules[i],
			  !none && deadline_applies(deadlines, &deadlines->rules[i], &subject->facts));
	if (r >= 0)
		r = orphans(&maker, none);
	if (r >= 0)
		r = db_run(tx,
			   "UPDATE reporting_duties SET proposed = ?2, version = version + 1"
			   " WHERE incident = ?1 AND state IN (0, 1) AND proposed <> ?2",
			   DB_ARGS(db_integer(subject->incident), db_integer(subject->facts.proposed)));
	return r < 0 ? r : 0;
}
