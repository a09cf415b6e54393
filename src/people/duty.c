/* SPDX-License-Identifier: Apache-2.0 */
#include "people/duty.h"

#include <inttypes.h>
#include <string.h>

#include "base/vec.h"
#include "people/private.h"

enum { PERSON, UNIT, ASSET, DUTY_OF, COLUMNS };

static const struct {
	enum duty duty;
	const char *name, *chinese;
} duties[] = {
#define DUTY(id, n, name, chinese) {DUTY_##id, name, chinese},
	DUTIES(DUTY)
#undef DUTY
};

const char *duty_name(enum duty duty)
{
	for (size_t i = 0; i < sizeof(duties) / sizeof(duties[0]); i++)
		if (duties[i].duty == duty)
			return duties[i].name;
	return "";
}

int duty_parse(struct str name, enum duty *ret_duty)
{
	for (size_t i = 0; i < sizeof(duties) / sizeof(duties[0]); i++)
		if (str_eq(name, str_from(duties[i].name)) || str_eq(name, str_from(duties[i].chinese))) {
			*ret_duty = duties[i].duty;
			return 0;
		}
	return ERR_UNKNOWN;
}

static bool is_for_several(int64_t duty)
{
	return duty == DUTY_OPERATOR || duty == DUTY_DUTY_OFFICER;
}

/* --- what may be said of a duty
 * ----------------------------------------------------------------------------- */

struct holder {
	int64_t duty, person;
};

struct holders {
	VEC_OF(struct holder)
};

/* Who has the same duty at some time of [from, to). */
static int find_holders(struct db_tx *tx, int64_t thing, const struct db_value *values,
			const struct statement *statement, struct holders *holders)
{
	struct db_rows *rows =
		db_query(tx,
			 "SELECT DISTINCT r.thing, c.person FROM register_duties c CROSS JOIN register_rows "
			 "r ON r.kind = 3 "
			 "AND r.content = c.content AND r.superseded = " LIVE
			 " WHERE c.unit = ?1 AND c.asset = ?2 AND "
			 "c.duty = ?3 AND r.thing <> ?4 AND r.valid_from < ?6 AND r.valid_to > ?5",
			 DB_ARGS(values[UNIT], values[ASSET], values[DUTY_OF], db_integer(thing),
				 db_integer(statement->from), db_integer(statement->to)));
	int r;

	while ((r = db_next(rows)) > 0)
		vec_push(holders, ((struct holder){db_column_integer(rows, 0), db_column_integer(rows, 1)}));
	return r;
}

static int check_holders(struct db_tx *tx, int64_t thing, const struct db_value *values,
			 const struct statement *statement, struct err *ret_err)
{
	struct holders holders = {0};
	int r = find_holders(tx, thing, values, statement, &holders);

	for (size_t i = 0; i < holders.len && r == 0; i++) {
		const struct holder *holder = &holders.items[i];

		if (holder->person == values[PERSON].integer)
			r = err_set(ret_err, ERR_DUPLICATE, 0, 0,
				    "this person has it at that time already: duty %" PRId64, holder->duty);
		else if (!is_for_several(values[DUTY_OF].integer) && !statement->also)
			r = err_set(ret_err, ERR_DUPLICATE, 0, 0,
				    "the person %" PRId64 " has it at that time already (duty %" PRId64
				    "): say instead, or also",
				    holder->person, holder->duty);
	}
	vec_done(&holders);
	return r;
}

static int check(struct db_tx *tx, int64_t thing, const struct db_value *values,
		 const struct statement *statement, struct err *ret_err)
{
	int64_t unit = values[UNIT].integer, asset = values[ASSET].integer;
	int r = 0;

	if (!duty_name((enum duty)values[DUTY_OF].integer)[0])
		return err_set(ret_err, ERR_RANGE, 0, 0, "duty: it is none");
	if (!unit == !asset)
		return err_set(ret_err, ERR_RANGE, 0, 0, "give a unit or an asset");
	r = check_reference(tx, REGISTER_PERSON, values[PERSON].integer, statement, ret_err);
	if (r == 0 && unit)
		r = check_reference(tx, REGISTER_UNIT, unit, statement, ret_err);
	if (r == 0 && asset)
		r = check_reference(tx, REGISTER_ASSET, asset, statement, ret_err);
	return r == 0 ? check_holders(tx, thing, values, statement, ret_err) : r;
}

const struct content_def duty_def = {
	.kind = REGISTER_DUTY,
	.noun = WORDS("duty"),
	.columns = COLUMNS,
	.insert = "INSERT INTO register_duties (person, unit, asset, duty) VALUES (?1, ?2, ?3, ?4)",
	.select = "SELECT person, unit, asset, duty FROM register_duties WHERE content = ?1",
	.check = check,
};

/* Those who had it before have it no more from there on. */
static int relieve(struct db_tx *tx, const struct db_value *values, const struct statement *statement,
		   struct err *ret_err)
{
	struct statement complete, closing;
	struct holders holders = {0};
	int r = statement_complete(tx, statement, &complete);

	closing = complete;
	closing.version = 0;
	if (r == 0)
		r = find_holders(tx, 0, values, &complete, &holders);
	for (size_t i = 0; i < holders.len && r == 0; i++)
		if (holders.items[i].person != values[PERSON].integer)
			r = record_close(tx, &duty_def, holders.items[i].duty, &closing, ret_err);
	vec_done(&holders);
	return r;
}

int duty_add(struct db_tx *tx, const struct held_duty *duty, const struct statement *statement,
	     int64_t *ret_id, struct err *ret_err)
{
	const struct db_value values[COLUMNS_MAX] = {
		[PERSON] = db_integer(duty->person),
		[UNIT] = db_integer(duty->unit),
		[ASSET] = db_integer(duty->asset),
		[DUTY_OF] = db_integer(duty->duty),
	};
	int r = statement->instead ? relieve(tx, values, statement, ret_err) : 0;

	return r == 0 ? record_add(tx, &duty_def, values, statement, ret_id, ret_err) : r;
}

int duty_span(struct db_tx *tx, int64_t id, const struct register_span *span,
	      const struct statement *statement, struct err *ret_err)
{
	return record_span(tx, &duty_def, id, span, statement, ret_err);
}

int duty_close(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err)
{
	return record_close(tx, &duty_def, id, statement, ret_err);
}

#define NAMING(column)                                                                                 \
	"SELECT DISTINCT r.thing FROM register_duties c CROSS JOIN register_rows r ON r.kind = 3 AND " \
	"r.content = c.content AND r.superseded = " LIVE " WHERE c." column " = ?1 AND r.valid_to > ?2"

int duties_end(struct db_tx *tx, const char *member, int64_t id, const struct statement *statement,
	       struct err *ret_err)
{
	struct statement closing = *statement;
	struct {
		VEC_OF(int64_t)
	} found = {0};
	struct db_rows *rows = db_query(tx,
					strcmp(member, "person") == 0 ? NAMING("person")
					: strcmp(member, "unit") == 0 ? NAMING("unit")
								      : NAMING("asset"),
					DB_ARGS(db_integer(id), db_integer(statement->from)));
	int r;

	while ((r = db_next(rows)) > 0)
		vec_push(&found, db_column_integer(rows, 0));
	closing.version = 0;
	for (size_t i = 0; i < found.len && r == 0; i++)
		r = record_close(tx, &duty_def, found.items[i], &closing, ret_err);
	if (r == 0 && found.len)
		statement_warn(statement, "%zu duties ended with it", found.len);
	vec_done(&found);
	return r;
}

/* --- reading
 * ------------------------------------------------------------------------------------------------ */

/* How the others were called at the time asked for, or, where it is outside, when the duty began. */
#define AT "max(r.valid_from, min(?1, r.valid_to - 1))"
#define NAME_OF(table, column, thing)                                          \
	"coalesce((SELECT x." column " FROM register_rows y CROSS JOIN " table \
	" x ON x.content = y.content "                                         \
	"WHERE y.thing = " thing " AND " HOLDS("y", AT, "?2") "), '')"

#define NAMES                                                                                                \
	NAME_OF("register_persons", "name", "c.person")                                                      \
	", " NAME_OF("register_persons", "phone", "c.person") ", " NAME_OF(                                  \
		"register_persons", "mail",                                                                  \
		"c.person") ", " NAME_OF("register_units", "name", "c.unit") ", " NAME_OF("register_assets", \
											  "name", "c.asset")
#define SELECT \
	"SELECT r.thing, t.version, c.person, c.unit, c.asset, c.duty, r.valid_from, r.valid_to, " NAMES
#define FROM                                                                           \
	" FROM register_rows r CROSS JOIN register_duties c ON c.content = r.content " \
	"CROSS JOIN register_things t ON t.id = r.thing "
#define FROM_BY(column)                                                                                     \
	" FROM register_duties c CROSS JOIN register_rows r ON r.kind = 3 AND r.content = c.content CROSS " \
	"JOIN register_things t ON t.id = r.thing "

/* 0 or NULL: any. */
#define WHERE                                                                                             \
	"WHERE r.kind = 3 AND " IS_KNOWN("r", "?2") " AND (?3 OR (" IS_VALID(                             \
		"r", "?1") ")) AND (?4 = 0 OR "                                                           \
			   "r.thing = ?4) AND (?5 = 0 OR c.person = ?5) AND (?6 = 0 OR c.unit = ?6) AND " \
			   "(?7 = 0 OR c.asset = ?7) "                                                    \
			   "AND (?8 = 0 OR c.duty = ?8) AND r.thing > ?9 "
#define SCOPED                                                                                              \
	"AND (?11 = 0 OR c.unit IN (" WITH_BELOW(                                                           \
		"?11", "?12",                                                                               \
		"?2") "SELECT id FROM below) OR "                                                           \
		      "(c.asset <> 0 AND (SELECT x.unit FROM register_rows y CROSS JOIN register_assets x " \
		      "ON x.content "                                                                       \
		      "= y.content WHERE y.thing = c.asset AND " HOLDS("y", AT, "?2") ") IN (" WITH_BELOW(  \
			      "?11", "?12", "?2") "SELECT id FROM below))) "
#define ORDER "ORDER BY r.thing, r.valid_from LIMIT ?10"

static const char *statement_of(const struct duty_filter *filter)
{
	if (filter->id)
		return SELECT FROM "WHERE r.thing = ?4 AND " IS_KNOWN("r", "?2") " AND (?3 OR (" IS_VALID(
			"r", "?1") ")) AND c.person + ?5 + ?6 + ?7 + ?8 + ?9 "
				   "IS NOT NULL " SCOPED ORDER;
	if (filter->asset)
		return SELECT FROM_BY(asset) WHERE "AND c.asset = ?7 " SCOPED ORDER;
	if (filter->unit)
		return SELECT FROM_BY(unit) WHERE "AND c.unit = ?6 " SCOPED ORDER;
	if (filter->person)
		return SELECT FROM_BY(person) WHERE "AND c.person = ?5 " SCOPED ORDER;
	return SELECT FROM WHERE SCOPED ORDER;
}

static void read_duty(struct db_rows *rows, struct held_duty *duty)
{
	*duty = (struct held_duty){
		.id = db_column_integer(rows, 0),
		.version = db_column_integer(rows, 1),
		.person = db_column_integer(rows, 2),
		.unit = db_column_integer(rows, 3),
		.asset = db_column_integer(rows, 4),
		.duty = (enum duty)db_column_integer(rows, 5),
		.from = db_column_integer(rows, 6),
		.to = db_column_integer(rows, 7),
		.person_name = db_column_text(rows, 8),
		.phone = db_column_text(rows, 9),
		.mail = db_column_text(rows, 10),
		.unit_name = db_column_text(rows, 11),
		.asset_name = db_column_text(rows, 12),
	};
}

int duty_list(struct db_tx *tx, const struct duty_filter *filter, duty_visit *visit, void *context,
	      int64_t *ret_next)
{
	unsigned limit =
		filter->limit && filter->limit < REGISTER_PAGE_MAX ? filter->limit : REGISTER_PAGE_MAX;
	int64_t time = view_time(&filter->view), last = 0;
	struct db_rows *rows = db_query(
		tx, statement_of(filter),
		DB_ARGS(db_integer(time), db_integer(view_known(&filter->view)), db_integer(filter->any_time),
			db_integer(filter->id), db_integer(filter->person), db_integer(filter->unit),
			db_integer(filter->asset), db_integer(filter->duty), db_integer(filter->cursor),
			db_integer((int64_t)limit + 1), db_integer(filter->view.scope), db_integer(time)));
	size_t count = 0;
	int r;

	while ((r = db_next(rows)) > 0) {
		struct held_duty duty;

		if (++count > limit) {
			*ret_next = last;
			return 0;
		}
		read_duty(rows, &duty);
		last = duty.id;
		if ((r = visit(context, &duty)) != 0)
			return r;
	}
	if (r == 0)
		*ret_next = 0;
	return r;
}
