/* SPDX-License-Identifier: Apache-2.0 */
#include "people/unit.h"

#include <inttypes.h>
#include <string.h>

#include "people/private.h"

enum { CODE, NAME, KIND_OF, PARENT, NOTE, COLUMNS };

const char *unit_kind_name(enum unit_kind kind)
{
	static const char *const names[] = {
#define KIND(id, n, name, chinese) [n] = (name),
		UNIT_KINDS(KIND)
#undef KIND
	};

	return (size_t)kind < sizeof(names) / sizeof(names[0]) && names[kind] ? names[kind] : "";
}

int unit_kind_parse(struct str name, enum unit_kind *ret_kind)
{
	static const struct {
		enum unit_kind kind;
		const char *name, *chinese;
	} kinds[] = {
#define KIND(id, n, name, chinese) {UNIT_##id, name, chinese},
		UNIT_KINDS(KIND)
#undef KIND
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eq(name, str_from(kinds[i].name)) || str_eq(name, str_from(kinds[i].chinese))) {
			*ret_kind = kinds[i].kind;
			return 0;
		}
	return ERR_UNKNOWN;
}

static void put_values(const struct unit *unit, struct db_value values[COLUMNS_MAX])
{
	values[CODE] = db_text(unit->code);
	values[NAME] = db_text(unit->name);
	values[KIND_OF] = db_integer(unit->kind);
	values[PARENT] = db_integer(unit->parent);
	values[NOTE] = db_text(unit->note);
}

/* --- what may be said of a unit ------------------------------------------------------------------------- */

static int check_code(struct db_tx *tx, int64_t thing, struct str code, const struct statement *statement,
		      struct err *ret_err)
{
	int64_t other;
	int r = 0;

	if (code.len)
		r = db_get_integer(
			tx,
			"SELECT r.thing FROM register_units c CROSS JOIN register_rows r ON r.kind = 1 "
			"AND r.content = c.content AND r.superseded = " LIVE
			" WHERE c.code = ?1 AND r.thing <> ?2 AND r.valid_from < ?4 AND r.valid_to > ?3",
			DB_ARGS(db_text(code), db_integer(thing), db_integer(statement->from),
				db_integer(statement->to)),
			&other);
	if (r > 0)
		return err_set(ret_err, ERR_DUPLICATE, 0, 0, "code: the unit %" PRId64 " has it at that time",
			       other);
	return r;
}

/* Goes up from the new parent as long as the span that is asked about holds. */
static int check_tree(struct db_tx *tx, int64_t thing, int64_t parent, const struct statement *statement,
		      struct err *ret_err)
{
	struct db_rows *rows =
		db_query(tx,
			 "WITH RECURSIVE up(id, a, b, depth) AS (SELECT ?2, ?3, ?4, 1 UNION "
			 "SELECT c.parent, max(up.a, r.valid_from), min(up.b, r.valid_to), depth + 1 FROM up "
			 "JOIN register_rows r ON r.thing = up.id AND r.superseded = " LIVE
			 " AND r.valid_from < up.b AND r.valid_to > up.a "
			 "JOIN register_units c ON c.content = r.content WHERE c.parent <> 0 AND up.id <> ?1 "
			 "AND depth <= ?5) SELECT max(id = ?1), max(depth) FROM up",
			 DB_ARGS(db_integer(thing), db_integer(parent), db_integer(statement->from),
				 db_integer(statement->to), db_integer(UNIT_DEPTH_MAX)));
	bool cycle = false;
	int64_t depth = 0;
	int r;

	while ((r = db_next(rows)) > 0) {
		cycle = db_column_integer(rows, 0) != 0;
		depth = db_column_integer(rows, 1);
	}
	if (r == 0 && cycle)
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "parent: the unit %" PRId64 " lies below this one",
			    parent);
	else if (r == 0 && depth >= UNIT_DEPTH_MAX)
		r = err_set(ret_err, ERR_LIMIT, 0, 0, "parent: the tree is deeper than %d", UNIT_DEPTH_MAX);
	return r;
}

static int check_count(struct db_tx *tx, struct err *ret_err)
{
	int64_t count = 0;
	int r = db_get_integer(tx, "SELECT count(*) FROM register_things WHERE kind = 1", DB_NONE, &count);

	if (r >= 0 && count >= UNITS_MAX)
		r = err_set(ret_err, ERR_LIMIT, 0, 0, "there are %d units already", UNITS_MAX);
	return r < 0 ? r : 0;
}

static int check(struct db_tx *tx, int64_t thing, const struct db_value *values,
		 const struct statement *statement, struct err *ret_err)
{
	int64_t parent = values[PARENT].integer;
	int r = check_text("code", values[CODE].text, REGISTER_TEXT_MAX, true, ret_err);

	if (r == 0)
		r = check_text("name", values[NAME].text, REGISTER_TEXT_MAX, true, ret_err);
	if (r == 0)
		r = check_text("note", values[NOTE].text, REGISTER_NOTE_MAX, false, ret_err);
	if (r == 0 && !str_trim(values[NAME].text).len)
		r = err_set(ret_err, ERR_RANGE, 0, 0, "name: it is empty");
	if (r == 0 && !unit_kind_name((enum unit_kind)values[KIND_OF].integer)[0])
		r = err_set(ret_err, ERR_RANGE, 0, 0, "kind: faculty, department, office or other");
	if (r == 0 && parent && parent == thing)
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "parent: it is the unit itself");
	if (r == 0 && !thing)
		r = check_count(tx, ret_err);
	if (r == 0)
		r = check_code(tx, thing, values[CODE].text, statement, ret_err);
	if (r == 0 && parent)
		r = check_reference(tx, REGISTER_UNIT, parent, statement, ret_err);
	if (r == 0 && parent)
		r = check_tree(tx, thing, parent, statement, ret_err);
	return r;
}

/* Units below it and assets stay, without a unit above them: somebody has to say where they went. */
static int warn_of(struct db_tx *tx, int64_t thing, const struct statement *statement, const char *sql,
		   const char *what)
{
	int64_t count = 0;
	int r = db_get_integer(tx, sql, DB_ARGS(db_integer(thing), db_integer(statement->from)), &count);

	if (r > 0 && count)
		statement_warn(statement, "%" PRId64 " %s still belong to the unit", count, words_of(what));
	return r < 0 ? r : 0;
}

#define STILL(table, column, kind)                                                                     \
	"SELECT count(DISTINCT r.thing) FROM " table " c CROSS JOIN register_rows r ON r.kind = " kind \
	" AND r.content = c.content AND r.superseded = " LIVE " AND r.valid_to > ?2 WHERE c." column " = ?1"

static int end_of(struct db_tx *tx, int64_t thing, const struct statement *statement, struct err *ret_err)
{
	int r = duties_end(tx, "unit", thing, statement, ret_err);

	if (r == 0)
		r = warn_of(tx, thing, statement, STILL("register_units", "parent", "1"), "units");
	if (r == 0)
		r = warn_of(tx, thing, statement, STILL("register_persons", "unit", "2"), "people");
	if (r == 0)
		r = warn_of(tx, thing, statement, STILL("register_assets", "unit", "4"), "assets");
	return r;
}

const struct content_def unit_def = {
	.kind = REGISTER_UNIT,
	.noun = WORDS("unit"),
	.columns = COLUMNS,
	.is_text = 1u << CODE | 1u << NAME | 1u << NOTE,
	.insert = "INSERT INTO register_units (code, name, kind, parent, note) VALUES (?1, ?2, ?3, ?4, ?5)",
	.select = "SELECT code, name, kind, parent, note FROM register_units WHERE content = ?1",
	.check = check,
	.end = end_of,
};

int unit_add(struct db_tx *tx, const struct unit *unit, const struct statement *statement, int64_t *ret_id,
	     struct err *ret_err)
{
	struct db_value values[COLUMNS_MAX];

	put_values(unit, values);
	return record_add(tx, &unit_def, values, statement, ret_id, ret_err);
}

int unit_update(struct db_tx *tx, int64_t id, const struct unit *unit, unsigned members,
		const struct statement *statement, struct err *ret_err)
{
	struct db_value values[COLUMNS_MAX];

	put_values(unit, values);
	return record_update(tx, &unit_def, id, values, members, statement, ret_err);
}

int unit_span(struct db_tx *tx, int64_t id, const struct register_span *span,
	      const struct statement *statement, struct err *ret_err)
{
	return record_span(tx, &unit_def, id, span, statement, ret_err);
}

int unit_close(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err)
{
	return record_close(tx, &unit_def, id, statement, ret_err);
}

/* --- reading -------------------------------------------------------------------------------------------- */

#define SELECT                                                                                           \
	"SELECT r.thing, t.version, c.code, c.name, c.kind, c.parent, c.note, r.valid_from, r.valid_to " \
	"FROM register_rows r CROSS JOIN register_units c ON c.content = r.content "                     \
	"CROSS JOIN register_things t ON t.id = r.thing "

static void read_unit(struct db_rows *rows, struct unit *unit)
{
	*unit = (struct unit){
		.id = db_column_integer(rows, 0),
		.version = db_column_integer(rows, 1),
		.code = db_column_text(rows, 2),
		.name = db_column_text(rows, 3),
		.kind = (enum unit_kind)db_column_integer(rows, 4),
		.parent = db_column_integer(rows, 5),
		.note = db_column_text(rows, 6),
		.from = db_column_integer(rows, 7),
		.to = db_column_integer(rows, 8),
	};
}

static int visit_all(struct db_rows *rows, unit_visit *visit, void *context, bool *ret_any)
{
	int r;

	*ret_any = false;
	while ((r = db_next(rows)) > 0) {
		struct unit unit;

		read_unit(rows, &unit);
		*ret_any = true;
		if ((r = visit(context, &unit)) != 0)
			return r;
	}
	return r;
}

int unit_get(struct db_tx *tx, int64_t id, const struct register_view *view, unit_visit *visit, void *context)
{
	int64_t time = view_time(view), known = view_known(view);
	bool any;
	int r;

	if (view->scope && !unit_within(tx, id, view->scope, time))
		return ERR_END;
	r = visit_all(db_query(tx, SELECT "WHERE r.thing = ?1 AND r.kind = 1 AND " HOLDS("r", "?2", "?3"),
			       DB_ARGS(db_integer(id), db_integer(time), db_integer(known))),
		      visit, context, &any);
	return r == 0 && !any ? ERR_END : r;
}

int unit_states(struct db_tx *tx, int64_t id, unit_visit *visit, void *context)
{
	bool any;

	return visit_all(db_query(tx,
				  SELECT "WHERE r.thing = ?1 AND r.kind = 1 AND r.superseded = " LIVE
					 " ORDER BY r.valid_from",
				  DB_ARGS(db_integer(id))),
			 visit, context, &any);
}

static int find_by(struct db_tx *tx, const char *sql, struct str text, int64_t time, int64_t known,
		   int64_t *ret_id)
{
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_text(text), db_integer(time), db_integer(known)));
	int64_t id = 0, count = 0;
	int r;

	while ((r = db_next(rows)) > 0) {
		id = db_column_integer(rows, 0);
		count++;
	}
	if (r == 0)
		r = count == 0 ? ERR_END : count > 1 ? ERR_DUPLICATE : 0;
	if (r == 0)
		*ret_id = id;
	return r;
}

#define FIND(column)                                                                                     \
	"SELECT r.thing FROM register_units c CROSS JOIN register_rows r ON r.kind = 1 AND r.content = " \
	"c.content AND " HOLDS("r", "?2", "?3") " WHERE c." column " = ?1 LIMIT 2"

int unit_find(struct db_tx *tx, struct str code_or_name, const struct register_view *view, int64_t *ret_id)
{
	int64_t time = view_time(view), known = view_known(view);
	int r = code_or_name.len ? find_by(tx, FIND("code"), code_or_name, time, known, ret_id) : ERR_END;

	return r == ERR_END && code_or_name.len ? find_by(tx, FIND("name"), code_or_name, time, known, ret_id)
						: r;
}

/* --- the tree ------------------------------------------------------------------------------------------- */

/* Depth first: a stack of what is still to be visited, in SQLite. Tops are units whose parent is none, is not
   valid then, or lies outside the scope. */
int unit_list(struct db_tx *tx, const struct register_view *view, unit_visit *visit, void *context)
{
	int64_t time = view_time(view), known = view_known(view);
	struct db_rows *rows = db_query(
		tx,
		"WITH RECURSIVE now AS MATERIALIZED (SELECT r.thing, t.version, c.code, c.name, c.kind, "
		"c.parent, "
		"c.note, r.valid_from, r.valid_to FROM register_rows r CROSS JOIN register_units c ON "
		"c.content = "
		"r.content CROSS JOIN register_things t ON t.id = r.thing WHERE r.kind = 1 AND " HOLDS(
			"r", "?1", "?2") "), "
					 "tree AS (SELECT now.*, 0 AS depth FROM now WHERE CASE WHEN ?3 THEN "
					 "thing = ?3 ELSE parent NOT IN "
					 "(SELECT thing FROM now) END "
					 "UNION ALL SELECT now.*, depth + 1 FROM tree JOIN now ON now.parent "
					 "= tree.thing WHERE depth < ?4 "
					 "ORDER BY depth DESC, code, name, thing) SELECT * FROM tree",
		DB_ARGS(db_integer(time), db_integer(known), db_integer(view->scope),
			db_integer(UNIT_DEPTH_MAX + 1)));
	int r;

	while ((r = db_next(rows)) > 0) {
		struct unit unit;

		read_unit(rows, &unit);
		unit.depth = (unsigned)db_column_integer(rows, 9);
		if ((r = visit(context, &unit)) != 0)
			return r;
	}
	return r;
}

bool unit_within(struct db_tx *tx, int64_t unit, int64_t top, int64_t time)
{
	int64_t at = time ? time : view_time(&(struct register_view){0});

	for (unsigned i = 0; i <= UNIT_DEPTH_MAX && unit && unit != top; i++) {
		int64_t parent = 0;
		int r = db_get_integer(
			tx,
			"SELECT c.parent FROM register_rows r CROSS JOIN register_units c ON "
			"c.content = r.content WHERE r.thing = ?1 AND r.kind = 1 AND " HOLDS("r", "?2", "?3"),
			DB_ARGS(db_integer(unit), db_integer(at), db_integer(KNOWN_NOW)), &parent);

		unit = r > 0 ? parent : 0;
	}
	return unit && unit == top;
}
