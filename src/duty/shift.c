/* SPDX-License-Identifier: Apache-2.0 */
#include "duty/private.h"

#define SHIFT_COLUMNS "id, version, place, starts, ends, note, " PERSON_COLUMNS
#define PERSON_AT 6

static int check(const struct shift *shift, struct err *ret_err)
{
	int r = duty_check_person(&shift->who, ret_err);

	if (r == 0)
		r = duty_check_text(shift->note, "note", false, DUTY_NOTE_MAX, ret_err);
	if (r == 0 && (shift->to <= shift->from || shift->to - shift->from > SHIFT_SPAN_MAX))
		r = err_set(ret_err, ERR_RANGE, 0, 0, "a shift ends after it begins, and within a week");
	return r;
}

/* Whether another shift of the place touches the span. */
static int check_free(struct db_tx *tx, const struct shift *shift, struct err *ret_err)
{
	static const char sql[] = "SELECT id FROM duty_shifts WHERE place = ?1 AND starts > ?2 - ?5"
				  " AND starts < ?3 AND ends > ?2 AND id <> ?4 LIMIT 1";
	int64_t other;
	int r = db_get_integer(tx, sql,
			       DB_ARGS(db_integer(shift->place), db_integer(shift->from),
				       db_integer(shift->to), db_integer(shift->id),
				       db_integer(SHIFT_SPAN_MAX)),
			       &other);

	if (r > 0)
		return err_set(ret_err, ERR_DUPLICATE, 0, 0,
			       "shift %lld has that place in a part of that time already", (long long)other);
	return r;
}

static int insert(struct db_tx *tx, const struct shift *shift, int64_t *ret_id)
{
	static const char sql[] = "INSERT INTO duty_shifts (place, starts, ends, note, " PERSON_COLUMNS ")"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(shift->place), db_integer(shift->from), db_integer(shift->to),
			       db_text(shift->note), db_integer(shift->who.person), db_text(shift->who.user),
			       db_text(shift->who.name), db_text(shift->who.phone),
			       db_text(shift->who.mail)));

	if (r > 0)
		r = db_get_integer(tx, "SELECT last_insert_rowid()", DB_NONE, ret_id);
	return r < 0 ? r : 0;
}

int shift_add(struct db_tx *tx, const struct shift *shift, int64_t *ret_id, struct err *ret_err)
{
	struct shift fresh = *shift;
	int r = check(shift, ret_err);

	fresh.id = 0;
	if (r == 0)
		r = check_free(tx, &fresh, ret_err);
	return r < 0 ? r : insert(tx, &fresh, ret_id);
}

int shift_update(struct db_tx *tx, const struct shift *shift, struct err *ret_err)
{
	static const char sql[] =
		"UPDATE duty_shifts SET version = version + 1, place = ?2, starts = ?3, ends = ?4, note = ?5,"
		" person = ?6, user = ?7, name = ?8, phone = ?9, mail = ?10 WHERE id = ?1";
	int r = check(shift, ret_err);

	if (r == 0)
		r = duty_check_version(tx, "SELECT version FROM duty_shifts WHERE id = ?1", shift->id,
				       shift->version);
	if (r == 0)
		r = check_free(tx, shift, ret_err);
	if (r < 0)
		return r;
	r = db_run(tx, sql,
		   DB_ARGS(db_integer(shift->id), db_integer(shift->place), db_integer(shift->from),
			   db_integer(shift->to), db_text(shift->note), db_integer(shift->who.person),
			   db_text(shift->who.user), db_text(shift->who.name), db_text(shift->who.phone),
			   db_text(shift->who.mail)));
	return r < 0 ? r : 0;
}

int shift_delete(struct db_tx *tx, int64_t id, int64_t version)
{
	int r = duty_check_version(tx, "SELECT version FROM duty_shifts WHERE id = ?1", id, version);

	if (r == 0)
		r = db_run(tx, "DELETE FROM duty_shifts WHERE id = ?1", DB_ARGS(db_integer(id)));
	return r < 0 ? r : 0;
}

static int visit_rows(struct db_rows *rows, shift_visit *visit, void *context)
{
	int r;

	while ((r = db_next(rows)) == 1) {
		struct shift shift = {
			.id = db_column_integer(rows, 0),
			.version = db_column_integer(rows, 1),
			.place = (enum duty_place)db_column_integer(rows, 2),
			.from = db_column_integer(rows, 3),
			.to = db_column_integer(rows, 4),
			.note = db_column_text(rows, 5),
		};

		duty_read_person(rows, PERSON_AT, &shift.who);
		r = visit(context, &shift);
		if (r != 0)
			break;
	}
	return r;
}

struct once {
	shift_visit *visit;
	void *context;
	bool found;
};

static int visit_once(void *context, const struct shift *shift)
{
	struct once *once = context;

	once->found = true;
	return once->visit(once->context, shift);
}

int shift_get(struct db_tx *tx, int64_t id, shift_visit *visit, void *context)
{
	struct once once = {visit, context, false};
	int r = visit_rows(db_query(tx, "SELECT " SHIFT_COLUMNS " FROM duty_shifts WHERE id = ?1",
				    DB_ARGS(db_integer(id))),
			   visit_once, &once);

	return r < 0 || once.found ? r : ERR_END;
}

int shift_list(struct db_tx *tx, int64_t from, int64_t to, shift_visit *visit, void *context)
{
	static const char sql[] = "SELECT " SHIFT_COLUMNS " FROM duty_shifts"
				  " WHERE starts > ?1 - ?4 AND starts < ?2 AND ends > ?1"
				  " ORDER BY starts, place LIMIT ?3";

	return visit_rows(db_query(tx, sql,
				   DB_ARGS(db_integer(from), db_integer(to), db_integer(SHIFTS_LISTED_MAX),
					   db_integer(SHIFT_SPAN_MAX))),
			  visit, context);
}

int shift_holes(struct db_tx *tx, enum duty_place place, int64_t from, int64_t to,
		int (*visit)(void *context, int64_t from, int64_t to), void *context)
{
	static const char sql[] = "SELECT starts, ends FROM duty_shifts WHERE place = ?1"
				  " AND starts > ?2 - ?4 AND starts < ?3 AND ends > ?2 ORDER BY starts";
	struct db_rows *rows = db_query(
		tx, sql,
		DB_ARGS(db_integer(place), db_integer(from), db_integer(to), db_integer(SHIFT_SPAN_MAX)));
	int r, stop = 0;

	while ((r = db_next(rows)) == 1 && !stop) {
		const int64_t starts = db_column_integer(rows, 0), ends = db_column_integer(rows, 1);

		if (starts > from)
			stop = visit(context, from, starts);
		from = ends > from ? ends : from;
	}
	if (r == 0 && !stop && from < to)
		stop = visit(context, from, to);
	return r < 0 ? r : stop;
}

int shift_rotate(struct db_tx *tx, const struct rotation *rotation, size_t *ret_left_out, struct err *ret_err)
{
	const int64_t turns = rotation->span > 0
				      ? (rotation->to - rotation->from + rotation->span - 1) / rotation->span
				      : 0;
	size_t left_out = 0;
	int made = 0;

	if (!rotation->count || turns < 1 || turns > ROTATION_SHIFTS_MAX)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "a rotation has people, and 1 to %d turns between from and to",
			       ROTATION_SHIFTS_MAX);
	for (int64_t turn = 0; turn < turns; turn++) {
		const size_t who = (rotation->first + (size_t)turn) % rotation->count;
		struct shift shift = {.place = rotation->place, .who = rotation->people[who]};
		int64_t id;
		int r;

		shift.from = rotation->from + turn * rotation->span;
		shift.to = shift.from + rotation->span < rotation->to ? shift.from + rotation->span
								      : rotation->to;
		r = shift_add(tx, &shift, &id, ret_err);
		if (r < 0 && r != ERR_DUPLICATE)
			return r;
		made += r == 0;
		left_out += r == ERR_DUPLICATE;
	}
	*ret_left_out = left_out;
	return made;
}
