/* SPDX-License-Identifier: Apache-2.0 */
#include "people/person.h"

#include <inttypes.h>

#include "people/private.h"

enum { NAME, NUMBER, PHONE, MAIL, UNIT, NOTE, COLUMNS };

static void put_values(const struct person *person, struct db_value values[COLUMNS_MAX])
{
	values[NAME] = db_text(person->name);
	values[NUMBER] = db_text(person->number);
	values[PHONE] = db_text(person->phone);
	values[MAIL] = db_text(person->mail);
	values[UNIT] = db_integer(person->unit);
	values[NOTE] = db_text(person->note);
}

static int check_number(struct db_tx *tx, int64_t thing, struct str number, const struct statement *statement,
			struct err *ret_err)
{
	int64_t other;
	int r = 0;

	if (number.len)
		r = db_get_integer(
			tx,
			"SELECT r.thing FROM register_persons c CROSS JOIN register_rows r ON r.kind = 2 AND "
			"r.content = c.content AND r.superseded = " LIVE
			" WHERE c.number = ?1 AND r.thing <> ?2 AND r.valid_from < ?4 AND r.valid_to > ?3",
			DB_ARGS(db_text(number), db_integer(thing), db_integer(statement->from),
				db_integer(statement->to)),
			&other);
	if (r > 0)
		return err_set(ret_err, ERR_DUPLICATE, 0, 0,
			       "number: the person %" PRId64 " has it at that time", other);
	return r;
}

/* One mailbox as SMTP takes it (RFC 5321), not as a header may write it: it goes into commands. */
static bool is_mail(struct str mail)
{
	size_t at = str_find_char(mail, '@');

	if (at == 0 || at == STR_NOT_FOUND || at + 1 == mail.len ||
	    str_find_char(str_from_offset(mail, at + 1), '@') != STR_NOT_FOUND)
		return false;
	for (size_t i = 0; i < mail.len; i++) {
		unsigned char c = (unsigned char)mail.ptr[i];

		if (c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == ',' || c == ';' || c == '"' ||
		    c == '\\')
			return false;
	}
	return true;
}

static int check(struct db_tx *tx, int64_t thing, const struct db_value *values,
		 const struct statement *statement, struct err *ret_err)
{
	static const char *const members[] = {"name", "number", "phone", "mail"};
	int r = check_text("note", values[NOTE].text, REGISTER_NOTE_MAX, false, ret_err);

	for (int i = NAME; i <= MAIL && r == 0; i++)
		r = check_text(members[i], values[i].text, REGISTER_TEXT_MAX, true, ret_err);
	if (r == 0 && !str_trim(values[NAME].text).len)
		r = err_set(ret_err, ERR_RANGE, 0, 0, "name: it is empty");
	if (r == 0 && values[MAIL].text.len && !is_mail(values[MAIL].text))
		r = err_set(ret_err, ERR_RANGE, 0, 0, "mail: it is no address such as li.na@example.edu.cn");
	if (r == 0)
		r = check_number(tx, thing, values[NUMBER].text, statement, ret_err);
	if (r == 0 && values[UNIT].integer)
		r = check_reference(tx, REGISTER_UNIT, values[UNIT].integer, statement, ret_err);
	return r;
}

static int end_of(struct db_tx *tx, int64_t thing, const struct statement *statement, struct err *ret_err)
{
	return duties_end(tx, "person", thing, statement, ret_err);
}

const struct content_def person_def = {
	.kind = REGISTER_PERSON,
	.noun = WORDS("person"),
	.columns = COLUMNS,
	.is_text = 1u << NAME | 1u << NUMBER | 1u << PHONE | 1u << MAIL | 1u << NOTE,
	.insert = "INSERT INTO register_persons (name, number, phone, mail, unit, note) VALUES (?1, ?2, ?3, "
		  "?4, "
		  "?5, ?6)",
	.select = "SELECT name, number, phone, mail, unit, note FROM register_persons WHERE content = ?1",
	.check = check,
	.end = end_of,
};

int person_add(struct db_tx *tx, const struct person *person, const struct statement *statement,
	       int64_t *ret_id, struct err *ret_err)
{
	struct db_value values[COLUMNS_MAX];

	put_values(person, values);
	return record_add(tx, &person_def, values, statement, ret_id, ret_err);
}

int person_update(struct db_tx *tx, int64_t id, const struct person *person, unsigned members,
		  const struct statement *statement, struct err *ret_err)
{
	struct db_value values[COLUMNS_MAX];

	put_values(person, values);
	return record_update(tx, &person_def, id, values, members, statement, ret_err);
}

int person_span(struct db_tx *tx, int64_t id, const struct register_span *span,
		const struct statement *statement, struct err *ret_err)
{
	return record_span(tx, &person_def, id, span, statement, ret_err);
}

int person_close(struct db_tx *tx, int64_t id, const struct statement *statement, struct err *ret_err)
{
	return record_close(tx, &person_def, id, statement, ret_err);
}

/* --- reading -------------------------------------------------------------------------------------------- */

/* ?1 is the time and ?2 what is known, of the unit's name too. */
#define COLUMNS_OF_PERSON                                                                                   \
	"r.thing, t.version, c.name, c.number, c.phone, c.mail, c.unit, c.note, r.valid_from, r.valid_to, " \
	"coalesce((SELECT uc.name FROM register_rows ur CROSS JOIN register_units uc ON uc.content = "      \
	"ur.content WHERE ur.thing = c.unit AND " HOLDS("ur", "?1", "?2") "), '') "
#define TABLES                                                                         \
	"FROM register_rows r CROSS JOIN register_persons c ON c.content = r.content " \
	"CROSS JOIN register_things t ON t.id = r.thing "

static int visit_all(struct db_rows *rows, person_visit *visit, void *context, unsigned limit,
		     size_t *ret_count, int64_t *ret_last)
{
	int r;

	*ret_count = 0;
	while ((r = db_next(rows)) > 0) {
		struct person person = {
			.id = db_column_integer(rows, 0),
			.version = db_column_integer(rows, 1),
			.name = db_column_text(rows, 2),
			.number = db_column_text(rows, 3),
			.phone = db_column_text(rows, 4),
			.mail = db_column_text(rows, 5),
			.unit = db_column_integer(rows, 6),
			.note = db_column_text(rows, 7),
			.from = db_column_integer(rows, 8),
			.to = db_column_integer(rows, 9),
			.unit_name = db_column_text(rows, 10),
		};

		if (++*ret_count > limit)
			return 0;
		*ret_last = person.id;
		if ((r = visit(context, &person)) != 0)
			return r;
	}
	return r;
}

int person_get(struct db_tx *tx, int64_t id, const struct register_view *view, person_visit *visit,
	       void *context)
{
	int64_t time = view_time(view), known = view_known(view), unit = 0, last;
	size_t count;
	int r = 0;

	if (view->scope)
		r = db_get_integer(tx,
				   "SELECT c.unit " TABLES
				   "WHERE r.thing = ?1 AND r.kind = 2 AND " HOLDS("r", "?2", "?3"),
				   DB_ARGS(db_integer(id), db_integer(time), db_integer(known)), &unit);
	if (r < 0 || (view->scope && !unit_within(tx, unit, view->scope, time)))
		return r < 0 ? r : ERR_END;
	r = visit_all(db_query(tx,
			       "SELECT " COLUMNS_OF_PERSON TABLES
			       "WHERE r.thing = ?3 AND r.kind = 2 AND " HOLDS("r", "?1", "?2"),
			       DB_ARGS(db_integer(time), db_integer(known), db_integer(id))),
		      visit, context, 1, &count, &last);
	return r == 0 && !count ? ERR_END : r;
}

int person_states(struct db_tx *tx, int64_t id, person_visit *visit, void *context)
{
	int64_t last;
	size_t count;

	return visit_all(db_query(tx,
				  "SELECT " COLUMNS_OF_PERSON TABLES
				  "WHERE r.thing = ?3 AND r.kind = 2 AND r.superseded = " LIVE
				  " ORDER BY r.valid_from",
				  DB_ARGS(db_integer(view_time(&(struct register_view){0})),
					  db_integer(KNOWN_NOW), db_integer(id))),
			 visit, context, REGISTER_PAGE_MAX, &count, &last);
}

#define FIND(column)                                                                                       \
	"SELECT r.thing FROM register_persons c CROSS JOIN register_rows r ON r.kind = 2 AND r.content = " \
	"c.content AND " HOLDS("r", "?2", "?3") " WHERE c." column " LIMIT 2"

int person_find(struct db_tx *tx, struct str who, const struct register_view *view, int64_t *ret_id)
{
	static const char *const ways[] = {FIND("number = ?1"), FIND("mail = ?1 COLLATE NOCASE"),
					   FIND("name = ?1")};
	int r = ERR_END;

	for (size_t i = 0; who.len && r == ERR_END && i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct db_rows *rows = db_query(
			tx, ways[i],
			DB_ARGS(db_text(who), db_integer(view_time(view)), db_integer(view_known(view))));
		int64_t id = 0, count = 0;

		while ((r = db_next(rows)) > 0) {
			id = db_column_integer(rows, 0);
			count++;
		}
		if (r == 0)
			r = count == 0 ? ERR_END : count > 1 ? ERR_DUPLICATE : 0;
		if (r == 0)
			*ret_id = id;
	}
	return r;
}

#define LIST                                                                                              \
	"AND r.thing > ?3 AND (?4 = '' OR c.name LIKE ?4 ESCAPE '\\' OR c.number LIKE ?4 ESCAPE '\\' OR " \
	"c.phone LIKE ?4 ESCAPE '\\' OR c.mail LIKE ?4 ESCAPE '\\') "
#define SCOPED(U) "AND c.unit IN (" WITH_BELOW(U, "?1", "?2") "SELECT id FROM below) "

/* Both a unit that is asked for and the scope hold; 0 is all. */
int person_list(struct db_tx *tx, const struct person_filter *filter, person_visit *visit, void *context,
		int64_t *ret_next)
{
	static const char *const sql[2][2] = {
#define PAGE "SELECT " COLUMNS_OF_PERSON TABLES "WHERE r.kind = 2 AND " HOLDS("r", "?1", "?2") LIST
#define TAIL "AND ?6 IS NOT NULL AND ?7 IS NOT NULL ORDER BY r.thing LIMIT ?5"
		{PAGE TAIL, PAGE SCOPED("?7") TAIL},
		{PAGE SCOPED("?6") TAIL, PAGE SCOPED("?6") SCOPED("?7") TAIL},
#undef PAGE
#undef TAIL
	};
	unsigned limit =
		filter->limit && filter->limit < REGISTER_PAGE_MAX ? filter->limit : REGISTER_PAGE_MAX;
	struct buf like = {0};
	int64_t last = 0;
	size_t count;
	int r;

	like_pattern(filter->words, &like);
	r = visit_all(db_query(tx, sql[filter->unit != 0][filter->view.scope != 0],
			       DB_ARGS(db_integer(view_time(&filter->view)),
				       db_integer(view_known(&filter->view)), db_integer(filter->cursor),
				       db_text(buf_str(&like)), db_integer((int64_t)limit + 1),
				       db_integer(filter->unit), db_integer(filter->view.scope))),
		      visit, context, limit, &count, &last);
	buf_done(&like);
	if (r == 0)
		*ret_next = count > limit ? last : 0;
	return r;
}
