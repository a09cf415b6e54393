/* SPDX-License-Identifier: Apache-2.0 */
#include "people/owner.h"
#include "rectification/private.h"

static const struct {
	const char *name;
	bool with_unit;
} states[] = {
#define STATE(id, n, name, with_unit) [n] = {name, with_unit},
	RECTIFICATION_STATES(STATE)
#undef STATE
};

const char *rectification_state_name(enum rectification_state state)
{
	return states[(unsigned)state < RECTIFICATION_STATE_COUNT ? state : 0].name;
}

int rectification_state_parse(struct str name, enum rectification_state *ret_state)
{
	for (int i = 0; i < RECTIFICATION_STATE_COUNT; i++) {
		if (!str_eq(name, str_from(states[i].name)))
			continue;
		*ret_state = (enum rectification_state)i;
		return 0;
	}
	return ERR_UNKNOWN;
}

const char *extension_name(enum extension extension)
{
	static const char *const names[] = {"none", "asked", "granted", "refused"};

	return names[(unsigned)extension < 4 ? extension : 0];
}

bool rectification_overdue(const struct rectification *rectification, int64_t now)
{
	return states[rectification->state].with_unit && now > rectification->deadline;
}

/* --- rows ----------------------------------------------------------------------------------------------- */

#define COLUMNS                                                                                 \
	"id, version, state, number, incident, incident_number, unit, unit_name, title, facts," \
	" requirements, contact, deadline, created, created_by, sent, confirmed, confirmed_by," \
	" reported, reported_by, closed, cause, measures, result, saved, answer, answered_by,"  \
	" extension, extension_until, extension_reason, extension_answer"

static void read_row(struct db_rows *rows, struct rectification *ret)
{
	int64_t state = db_column_integer(rows, 2);

	*ret = (struct rectification){
		.id = db_column_integer(rows, 0),
		.version = db_column_integer(rows, 1),
		.state = state >= 0 && state < RECTIFICATION_STATE_COUNT ? (enum rectification_state)state
									 : RECTIFICATION_DRAFT,
		.number = db_column_text(rows, 3),
		.incident = db_column_integer(rows, 4),
		.incident_number = db_column_text(rows, 5),
		.unit = db_column_integer(rows, 6),
		.unit_name = db_column_text(rows, 7),
		.title = db_column_text(rows, 8),
		.facts = db_column_text(rows, 9),
		.requirements = db_column_text(rows, 10),
		.contact = db_column_text(rows, 11),
		.deadline = db_column_integer(rows, 12),
		.created = db_column_integer(rows, 13),
		.created_by = db_column_text(rows, 14),
		.sent = db_column_integer(rows, 15),
		.confirmed = db_column_integer(rows, 16),
		.confirmed_by = db_column_text(rows, 17),
		.reported = db_column_integer(rows, 18),
		.reported_by = db_column_text(rows, 19),
		.closed = db_column_integer(rows, 20),
		.cause = db_column_text(rows, 21),
		.measures = db_column_text(rows, 22),
		.result = db_column_text(rows, 23),
		.saved = db_column_integer(rows, 24),
		.answer = db_column_text(rows, 25),
		.answered_by = db_column_text(rows, 26),
		.extension = (enum extension)db_column_integer(rows, 27),
		.extension_until = db_column_integer(rows, 28),
		.extension_reason = db_column_text(rows, 29),
		.extension_answer = db_column_text(rows, 30),
	};
}

void rectification_copy(struct arena *arena, const struct rectification *from, struct rectification *ret_to)
{
	struct rectification copy = *from;
	struct str *const texts[] = {
		&copy.number,
		&copy.incident_number,
		&copy.unit_name,
		&copy.title,
		&copy.facts,
		&copy.requirements,
		&copy.contact,
		&copy.created_by,
		&copy.confirmed_by,
		&copy.reported_by,
		&copy.cause,
		&copy.measures,
		&copy.result,
		&copy.answer,
		&copy.answered_by,
		&copy.extension_reason,
		&copy.extension_answer,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = arena_copy(arena, *texts[i]);
	*ret_to = copy;
}

int rectification_get(struct db_tx *tx, int64_t id, rectification_visit *visit, void *context)
{
	struct db_rows *rows =
		db_query(tx, "SELECT " COLUMNS " FROM rectifications WHERE id = ?1", DB_ARGS(db_integer(id)));
	struct rectification row;
	int r = db_next(rows);

	if (r <= 0)
		return r < 0 ? r : ERR_END;
	read_row(rows, &row);
	return visit(context, &row);
}

/* The words as they stand: LIKE would give % and _ a meaning. */
int rectification_list(struct db_tx *tx, const struct rectification_filter *filter, int64_t now,
		       rectification_visit *visit, void *context)
{
	static const char sql[] =
		"SELECT " COLUMNS " FROM rectifications WHERE (?1 = 0 OR ?1 >> state & 1)"
		" AND (?2 = 0 OR incident = ?2) AND (?3 = 0 OR id < ?3)"
		" AND (?4 = '' OR instr(number, ?4) OR instr(title, ?4) OR instr(unit_name, ?4))"
		" AND (?5 = 0 OR (state IN (1, 2, 4) AND deadline < ?5)) ORDER BY id DESC";
	struct db_rows *rows = db_query(tx, sql,
					DB_ARGS(db_integer(filter->states), db_integer(filter->incident),
						db_integer(filter->before), db_text(filter->words),
						db_integer(filter->overdue ? now : 0)));
	unsigned count = 0;
	int r = 0;

	while (count < filter->limit && (r = db_next(rows)) > 0) {
		struct rectification row;

		read_row(rows, &row);
		if ((filter->unit && !unit_within(tx, row.unit, filter->unit, now)) ||
		    (filter->scope && !unit_within(tx, row.unit, filter->scope, now)))
			continue;
		count++;
		r = visit(context, &row);
		if (r != 0)
			return r;
	}
	return r < 0 ? r : 0;
}

/* --- people and history --------------------------------------------------------------------------------- */

int rectification_people(struct db_tx *tx, int64_t id, int64_t now,
			 int (*visit)(void *context, const struct rectification_person *person),
			 void *context)
{
	static const char sql[] =
		"SELECT person, name, phone, mail, unit_name, duty, distance, told,"
		" (SELECT coalesce(max(used), 0) FROM rectification_links AS l"
		"  WHERE l.rectification = p.rectification AND l.person = p.person),"
		" (SELECT count(*) FROM rectification_links AS l WHERE l.rectification = p.rectification"
		"  AND l.person = p.person AND revoked = 0 AND expires > ?2)"
		" FROM rectification_people AS p WHERE rectification = ?1 ORDER BY distance, duty DESC, "
		"person";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(id), db_integer(now)));
	int r;

	while ((r = db_next(rows)) > 0) {
		const struct rectification_person person = {
			.person = db_column_integer(rows, 0),
			.name = db_column_text(rows, 1),
			.phone = db_column_text(rows, 2),
			.mail = db_column_text(rows, 3),
			.unit_name = db_column_text(rows, 4),
			.duty = str_from(duty_name((enum duty)db_column_integer(rows, 5))),
			.distance = (unsigned)db_column_integer(rows, 6),
			.told = db_column_integer(rows, 7),
			.used = db_column_integer(rows, 8),
			.links = (unsigned)db_column_integer(rows, 9),
		};

		r = visit(context, &person);
		if (r != 0)
			return r;
	}
	return r;
}

int rectification_history(struct db_tx *tx, int64_t id,
			  int (*visit)(void *context, const struct rectification_step *step), void *context)
{
	struct db_rows *rows = db_query(tx,
					"SELECT time, action, by_name, text, of_unit FROM"
					" rectification_history WHERE rectification = ?1 ORDER BY id",
					DB_ARGS(db_integer(id)));
	int r;

	while ((r = db_next(rows)) > 0) {
		const struct rectification_step step = {
			.time = db_column_integer(rows, 0),
			.action = (enum rectification_action)db_column_integer(rows, 1),
			.by = db_column_text(rows, 2),
			.text = db_column_text(rows, 3),
			.unit = db_column_integer(rows, 4) != 0,
		};

		r = visit(context, &step);
		if (r != 0)
			return r;
	}
	return r;
}
