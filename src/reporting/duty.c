/* SPDX-License-Identifier: Apache-2.0 */
/* Duties as people see and settle them. */
#include "reporting/reporting.h"

#include <errno.h>

#include "base/buf.h"
#include "base/clock.h"
#include "people/owner.h"
#include "reporting/duties.h"

#define AHEAD (5 * CLOCK_MINUTE) /* a person's clock may be so much before ours */

const char *reporting_state_name(enum reporting_state state)
{
	static const char *const names[] = {
#define STATE(id, n, name, open) [n] = name,
		REPORTING_STATES(STATE)
#undef STATE
	};

	return names[state];
}

/* --- reading ------------------------------------------------------------------------------------------- */

#define COLUMNS                                                                                           \
	"d.id, d.incident, d.version, d.rule, d.stage, d.state, d.recipient, d.source, d.clause, d.note," \
	" d.tables, d.general, d.proposed, d.assumed, d.limit_amount, d.limit_unit, d.since, d.made,"     \
	" d.start, d.due, d.submitted, d.waived, d.waived_by, d.reason, i.number, i.title, i.assignee,"   \
	" CASE WHEN i.level > 0 THEN i.level ELSE i.level_proposed END, i.unit, "                         \
	"i.drill, " INCIDENT_TITLE_EN(                                                                    \
		"i.title") " FROM reporting_duties AS d JOIN incidents AS i ON i.id = d.incident "

static void read_duty(struct db_rows *rows, struct reporting_duty *duty)
{
	*duty = (struct reporting_duty){
		.id = db_column_integer(rows, 0),
		.incident = db_column_integer(rows, 1),
		.version = db_column_integer(rows, 2),
		.rule = db_column_text(rows, 3),
		.stage = (enum reporting_stage)db_column_integer(rows, 4),
		.state = (enum reporting_state)db_column_integer(rows, 5),
		.recipient = db_column_text(rows, 6),
		.source = db_column_text(rows, 7),
		.clause = db_column_text(rows, 8),
		.note = db_column_text(rows, 9),
		.tables = db_column_text(rows, 10),
		.general = db_column_integer(rows, 11),
		.proposed = db_column_integer(rows, 12),
		.assumed = db_column_integer(rows, 13),
		.limit = {db_column_integer(rows, 14), (enum limit_unit)db_column_integer(rows, 15)},
		.since = (enum reporting_since)db_column_integer(rows, 16),
		.made = db_column_integer(rows, 17),
		.start = db_column_integer(rows, 18),
		.due = db_column_integer(rows, 19),
		.submitted = db_column_integer(rows, 20),
		.waived = db_column_integer(rows, 21),
		.waived_by = db_column_text(rows, 22),
		.reason = db_column_text(rows, 23),
		.number = db_column_text(rows, 24),
		.title = db_column_text(rows, 25),
		.assignee = db_column_text(rows, 26),
		.level = (unsigned)db_column_integer(rows, 27),
		.unit = db_column_integer(rows, 28),
		.drill = db_column_integer(rows, 29),
		.title_en = db_column_text(rows, 30),
	};
}

static int visit_rows(struct db_rows *rows, reporting_visit *visit, void *context)
{
	struct reporting_duty duty;
	int r;

	while ((r = db_next(rows)) > 0) {
		read_duty(rows, &duty);
		r = visit(context, &duty);
		if (r != 0)
			return r;
	}
	return r;
}

int reporting_list(struct db_tx *tx, int64_t incident, reporting_visit *visit, void *context)
{
	return visit_rows(db_query(tx,
				   "SELECT " COLUMNS "WHERE d.incident = ? ORDER BY d.state = 4, d.stage,"
				   " d.due = 0, d.due, d.id",
				   DB_ARGS(db_integer(incident))),
			  visit, context);
}

struct due_list {
	struct db_tx *tx;
	int64_t unit, now;
	unsigned left;
	reporting_visit *visit;
	void *context;
};

static int visit_within(void *context, const struct reporting_duty *duty)
{
	struct due_list *list = context;

	if (list->unit && !(duty->unit && unit_within(list->tx, duty->unit, list->unit, list->now)))
		return 0;
	return list->left-- ? list->visit(list->context, duty) : 1;
}

int reporting_list_due(struct db_tx *tx, int64_t unit, int64_t now, unsigned limit, reporting_visit *visit,
		       void *context)
{
	struct due_list list = {tx, unit, now, limit, visit, context};
	const int r =
		visit_rows(db_query(tx, "SELECT " COLUMNS "WHERE d.state = 1 ORDER BY d.due, d.id", DB_NONE),
			   visit_within, &list);

	return r > 0 ? 0 : r;
}

int reporting_get(struct db_tx *tx, int64_t incident, int64_t duty, reporting_visit *visit, void *context)
{
	struct db_rows *rows = db_query(tx, "SELECT " COLUMNS "WHERE d.id = ? AND d.incident = ?",
					DB_ARGS(db_integer(duty), db_integer(incident)));
	struct reporting_duty found;
	int r = db_next(rows);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	read_duty(rows, &found);
	return visit(context, &found);
}

int reporting_submissions(struct db_tx *tx, int64_t duty, reporting_submission_visit *visit, void *context)
{
	struct db_rows *rows =
		db_query(tx,
			 "SELECT submitted, recorded, by_user, channel, receipt, sha256,"
			 " file_name, note FROM reporting_submissions WHERE duty = ? ORDER BY id",
			 DB_ARGS(db_integer(duty)));
	int r;

	while ((r = db_next(rows)) > 0) {
		const struct reporting_submission submission = {
			.submitted = db_column_integer(rows, 0),
			.recorded = db_column_integer(rows, 1),
			.by = db_column_text(rows, 2),
			.channel = db_column_text(rows, 3),
			.receipt = db_column_text(rows, 4),
			.sha256 = db_column_text(rows, 5),
			.file_name = db_column_text(rows, 6),
			.note = db_column_text(rows, 7),
		};

		r = visit(context, &submission);
		if (r != 0)
			return r;
	}
	return r;
}

/* --- settling ------------------------------------------------------------------------------------------ */

struct state {
	int64_t version, due, submitted, created;
	enum reporting_state state;
	enum reporting_stage stage;
	struct buf recipient;
};

static int find_state(struct db_tx *tx, int64_t incident, int64_t duty, int64_t version, struct state *state)
{
	struct db_rows *rows =
		db_query(tx,
			 "SELECT d.version, d.due, d.submitted, min(i.created, i.first), d.state,"
			 " d.stage, d.recipient FROM reporting_duties AS d JOIN incidents AS i"
			 " ON i.id = d.incident WHERE d.id = ? AND d.incident = ?",
			 DB_ARGS(db_integer(duty), db_integer(incident)));
	int r = db_next(rows);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	state->version = db_column_integer(rows, 0);
	state->due = db_column_integer(rows, 1);
	state->submitted = db_column_integer(rows, 2);
	state->created = db_column_integer(rows, 3);
	state->state = (enum reporting_state)db_column_integer(rows, 4);
	state->stage = (enum reporting_stage)db_column_integer(rows, 5);
	if (version && version != state->version)
		return ERR_BUSY;
	buf_add_str(&state->recipient, db_column_text(rows, 6));
	return 0;
}

void data_open(struct buf *out, const char *what, enum reporting_stage stage, struct str recipient)
{
	buf_printf(out, "{\"what\":\"%s\",\"stage\":\"%s\"", what, reporting_stage_name(stage));
	data_add(out, "recipient", recipient);
}

void data_add(struct buf *out, const char *key, struct str value)
{
	if (!value.len)
		return;
	buf_printf(out, ",\"%s\":", key);
	buf_add_json_string(out, value);
}

static int note_submission(struct db_tx *tx, int64_t incident, int64_t duty, const struct state *state,
			   const struct reporting_submission *submission)
{
	const bool late = state->due && submission->submitted > state->due;
	struct buf text = {0}, data = {0};
	char when[CLOCK_TEXT_SIZE];
	int r;

	buf_printf(&text, "%s%s已向%.*s报送", state->submitted ? "补充：" : "",
		   reporting_stage_chinese(state->stage), STR_FMT(buf_str(&state->recipient)));
	if (!state->submitted && state->due)
		buf_add_str(&text, late ? STR("（超过时限）") : STR("（时限内）"));
	clock_format(submission->submitted, when);
	data_open(&data, state->submitted ? "supplemented" : "submitted", state->stage,
		  buf_str(&state->recipient));
	buf_printf(&data, ",\"report\":%lld,\"submitted\":\"%s\",\"late\":%s", (long long)duty, when,
		   late ? "true" : "false");
	data_add(&data, "channel", submission->channel);
	data_add(&data, "receipt", submission->receipt);
	data_add(&data, "sha256", submission->sha256);
	data_add(&data, "file_name", submission->file_name);
	buf_add_char(&data, '}');
	r = incident_note(tx, incident, "report", submission->by, buf_str(&text), buf_str(&data),
			  submission->recorded);
	buf_done(&text);
	buf_done(&data);
	return r;
}

int reporting_submit(struct db_tx *tx, int64_t incident, int64_t duty, int64_t version,
		     const struct reporting_submission *submission)
{
	struct state state = {0};
	int r = find_state(tx, incident, duty, version, &state);

	if (r == 0 &&
	    (submission->submitted > submission->recorded + AHEAD || submission->submitted < state.created))
		r = ERR_RANGE;
	if (r == 0)
		r = db_run(tx,
			   "INSERT INTO reporting_submissions (duty, submitted, recorded, by_user, channel,"
			   " receipt, sha256, file_name, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			   DB_ARGS(db_integer(duty), db_integer(submission->submitted),
				   db_integer(submission->recorded), db_text(submission->by),
				   db_text(submission->channel), db_text(submission->receipt),
				   db_text(submission->sha256), db_text(submission->file_name),
				   db_text(submission->note)));
	if (r >= 0)
		r = db_run(tx,
			   "UPDATE reporting_duties SET version = version + 1, state = 2, next = 0,"
			   " submitted = CASE WHEN submitted > 0 THEN submitted ELSE ? END WHERE id = ?",
			   DB_ARGS(db_integer(submission->submitted), db_integer(duty)));
	if (r >= 0)
		r = note_submission(tx, incident, duty, &state, submission);
	buf_done(&state.recipient);
	return r < 0 ? r : 0;
}

int reporting_waive(struct db_tx *tx, int64_t incident, int64_t duty, int64_t version, struct str by,
		    struct str reason, int64_t now)
{
	struct state state = {0};
	struct buf text = {0}, data = {0};
	int r = find_state(tx, incident, duty, version, &state);

	if (r == 0 && state.state != REPORTING_WAITING && state.state != REPORTING_PENDING)
		r = ERR_DENIED;
	if (r == 0)
		r = db_run(
			tx,
			"UPDATE reporting_duties SET version = version + 1, state = 3, next = 0, waived = ?,"
			" waived_by = ?, reason = ? WHERE id = ?",
			DB_ARGS(db_integer(now), db_text(by), db_text(reason), db_integer(duty)));
	if (r >= 0) {
		buf_printf(&text, "不向%.*s报送%s：%.*s", STR_FMT(buf_str(&state.recipient)),
			   reporting_stage_chinese(state.stage), STR_FMT(reason));
		data_open(&data, "waived", state.stage, buf_str(&state.recipient));
		data_add(&data, "reason", reason);
		buf_add_char(&data, '}');
		r = incident_note(tx, incident, "report", by, buf_str(&text), buf_str(&data), now);
	}
	buf_done(&text);
	buf_done(&data);
	buf_done(&state.recipient);
	return r < 0 ? r : 0;
}
