/* SPDX-License-Identifier: Apache-2.0 */
/* One row of a table: what it says, against what is so now and what it was based on. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "people/import_private.h"

struct merging {
	struct importing *importing;
	const struct import_def *def;
	struct import_row *row;
	int64_t thing, version; /* now; 0: new */
	int64_t from, to;       /* of all that is said of it */
	bool base_known;
	struct import_cell said[IMPORT_COLUMNS_MAX], now[IMPORT_COLUMNS_MAX], base[IMPORT_COLUMNS_MAX];
	unsigned changed;   /* bits of the columns that the row changes */
	unsigned conflicts; /* and of those where somebody else did, too */
	struct import_remark remarks[IMPORT_REMARKS_MAX];
};

/* Where every table has its times. */
static size_t to_at(const struct import_def *def)
{
	must(def->count > 2 && def->count <= IMPORT_COLUMNS_MAX);
	return def->count - 1;
}

static size_t from_at(const struct import_def *def)
{
	return to_at(def) - 1;
}

/* --- remarks -------------------------------------------------------------------------------------------- */

static const char *code_of(int error)
{
	switch (error) {
	case ERR_UNKNOWN:
		return "unknown";
	case ERR_DUPLICATE:
		return "ambiguous";
	case ERR_LIMIT:
		return "too_large";
	case ERR_DENIED:
		return "denied";
	case ERR_BUSY:
		return "changed_meanwhile";
	case ERR_END:
		return "not_valid_then";
	default:
		return "bad_value";
	}
}

static struct import_remark *add_remark(struct merging *merging, enum import_remark_kind kind,
					const struct import_column *column)
{
	struct import_row *row = merging->row;
	struct import_remark *remark =
		&merging->remarks[row->count < IMPORT_REMARKS_MAX ? row->count : IMPORT_REMARKS_MAX - 1];

	*remark = (struct import_remark){.kind = kind,
					 .column = column ? column->name : NULL,
					 .heading = column ? column->heading : NULL};
	row->count += row->count < IMPORT_REMARKS_MAX;
	return remark;
}

static void remark_error(struct merging *merging, const struct import_column *column, const struct err *err)
{
	struct import_remark *remark = add_remark(merging, REMARK_ERROR, column);

	remark->code = code_of(err->code);
	remark->message = arena_copy(merging->importing->arena, str_from(err->message));
	merging->row->verdict = IMPORT_ERROR;
}

__attribute__((format(printf, 4, 5))) static void
remark_wrong(struct merging *merging, const struct import_column *column, int code, const char *fmt, ...)
{
	struct err err = {.code = code};
	va_list args;

	va_start(args, fmt);
	words_print(err.message, sizeof(err.message), fmt, args);
	va_end(args);
	remark_error(merging, column, &err);
}

static void remark_change(struct merging *merging, size_t i, struct str message)
{
	bool conflict = merging->conflicts & 1u << i;
	struct import_remark *remark =
		add_remark(merging, conflict ? REMARK_CONFLICT : REMARK_CHANGE, &merging->def->columns[i]);

	remark->from = merging->now[i].text;
	remark->to = merging->said[i].text;
	remark->message = message;
	remark->code = conflict ? "conflict" : NULL;
}

static void take_warnings(struct merging *merging)
{
	struct register_warnings *warnings = &merging->importing->warnings;

	for (size_t i = 0; i < warnings->count && i < REGISTER_WARNINGS_MAX; i++)
		add_remark(merging, REMARK_WARNING, NULL)->message =
			arena_copy(merging->importing->arena, str_from(warnings->text[i]));
	warnings->count = 0;
}

/* --- what the row says ---------------------------------------------------------------------------------- */

static void read_cells(struct merging *merging, const struct str *texts, const int *columns, size_t count)
{
	struct importing *importing = merging->importing;

	for (size_t i = 0; i < count; i++) {
		const struct import_column *column;
		struct err err = {0};

		if (columns[i] < 0)
			continue;
		column = &merging->def->columns[columns[i]];
		if (import_cell_read(importing, column, texts[i], &merging->said[columns[i]], &err) == 0)
			continue;
		remark_error(merging, column, &err);
		importing->waits |= merging->def->kind == REGISTER_UNIT && column->type == COLUMN_UNIT &&
				    err.code == ERR_UNKNOWN;
	}
}

static struct str label_of(const struct merging *merging)
{
	const struct import_cell *said = merging->said;

	switch (merging->def->kind) {
	case REGISTER_UNIT:
		return said[U_NAME].text;
	case REGISTER_PERSON:
		return said[P_NAME].text;
	case REGISTER_ASSET:
		return said[A_NAME].text;
	case REGISTER_DUTY:
		break;
	}
	return arena_printf(merging->importing->arena, "%.*s %.*s", STR_FMT(said[D_PERSON].text),
			    STR_FMT(said[D_DUTY].text));
}

/* --- the thing it is about ------------------------------------------------------------------------------ */

static int find_thing(struct merging *merging)
{
	struct importing *importing = merging->importing;
	const struct import_def *def = merging->def;
	int64_t id = merging->said[C_ID].number;
	int r = 0;

	if (id) {
		r = db_get_integer(importing->tx, "SELECT 1 FROM register_things WHERE id = ?1 AND kind = ?2",
				   DB_ARGS(db_integer(id), db_integer(def->kind)), &(int64_t){0});
		if (r == 0)
			remark_wrong(merging, &def->columns[C_ID], ERR_UNKNOWN,
				     "the register has nothing of this number and kind: leave it empty for a "
				     "new row");
		merging->thing = id;
		return r < 0 ? r : 0;
	}
	r = def->find(importing, merging->said, &merging->thing);
	if (r == ERR_END) {
		merging->thing = 0;
		return 0;
	}
	if (r == ERR_DUPLICATE) {
		remark_wrong(
			merging, NULL, r,
			"more than one is called so: fill in the column %s (export the register to see it)",
			def->columns[C_ID].heading);
		return 0;
	}
	return r;
}

/* Once a file: two rows about one thing would undo one another. */
static void check_seen(struct merging *merging)
{
	char key[24];
	int len = snprintf(key, sizeof(key), "%" PRId64, merging->thing);
	bool is_new;
	uint64_t *line = map_put(merging->importing->seen, str_of(key, (size_t)len), &is_new);

	if (!is_new && *line != merging->row->line)
		remark_wrong(merging, NULL, ERR_DUPLICATE, "line %u is about the same", (unsigned)*line);
	else
		*line = merging->row->line;
}

/* As it is, at the time of the import or, where it is not valid then, at its end or beginning. */
static int read_now(struct merging *merging)
{
	struct importing *importing = merging->importing;
	struct register_view view = {.time = importing->view_time};
	int r = thing_version(importing->tx, merging->thing, &merging->version);

	if (r >= 0)
		r = thing_span(importing->tx, merging->thing, 0, &merging->from, &merging->to);
	if (r == ERR_END) {
		remark_wrong(merging, &merging->def->columns[C_ID], r,
			     "this was taken back and is no more: leave the column empty for a new row");
		return 0;
	}
	if (r < 0)
		return r;
	if (view.time < merging->from)
		view.time = merging->from;
	if (view.time >= merging->to)
		view.time = merging->to - 1;
	r = merging->def->get(importing, merging->thing, &view, merging->now);
	merging->now[from_at(merging->def)] = cell_time(importing, merging->from, false);
	merging->now[to_at(merging->def)] = cell_time(importing, merging->to, true);
	return r;
}

/* As it was when the row was written: by the row's version, or what the last import left. */
static int read_base(struct merging *merging)
{
	struct importing *importing = merging->importing;
	struct register_view view = {.time = importing->view_time};
	int64_t version = merging->said[C_VERSION].number, from, to;
	int r = 1;

	if (version > merging->version) {
		remark_wrong(merging, &merging->def->columns[C_VERSION], ERR_RANGE,
			     "the register has version %" PRId64
			     " only: is this the export of another register?",
			     merging->version);
		return 0;
	}
	if (!version && importing->base)
		return importing->base(importing, merging->thing, merging->base, &merging->base_known);
	if (!version)
		r = last_import(importing->tx, merging->thing, &version);
	if (r > 0)
		r = version_time(importing->tx, merging->thing, version, &view.known);
	if (r > 0)
		r = thing_span(importing->tx, merging->thing, view.known, &from, &to) == 0;
	if (r <= 0)
		return r;
	if (view.time < from)
		view.time = from;
	if (view.time >= to)
		view.time = to - 1;
	r = merging->def->get(importing, merging->thing, &view, merging->base);
	if (r == ERR_END)
		return 0;
	merging->base[from_at(merging->def)] = cell_time(importing, from, false);
	merging->base[to_at(merging->def)] = cell_time(importing, to, true);
	merging->base_known = r >= 0;
	return r;
}

/* --- comparing ------------------------------------------------------------------------------------------ */

static void compare_cell(struct merging *merging, size_t i)
{
	const struct import_cell *said = &merging->said[i], *now = &merging->now[i];
	bool same_as_base =
		merging->base_known && merging->base[i].given && str_eq(said->key, merging->base[i].key);
	bool base_knows = merging->base_known && merging->base[i].given;

	if (!said->given || i == C_ID || i == C_VERSION || str_eq(said->key, now->key) || same_as_base)
		return;
	if (!said->key.len &&
	    (!base_knows || !(merging->said[C_VERSION].number || merging->importing->base) ||
	     merging->def->columns[i].type == COLUMN_FROM))
		return; /* empty says nothing, but in a row that came out of the register with something there
			 */
	if (!said->key.len && merging->def->columns[i].required) {
		remark_wrong(merging, &merging->def->columns[i], ERR_RANGE, "this must be filled in");
		return;
	}
	merging->changed |= 1u << i;
	if (base_knows ? !str_eq(now->key, merging->base[i].key) : now->key.len > 0)
		merging->conflicts |= 1u << i;
}

/* Who changed it last, and when. */
static int last_change(struct merging *merging, struct str *ret_message)
{
	struct importing *importing = merging->importing;
	struct db_rows *rows = db_query(importing->tx,
					"SELECT by_user, at FROM register_changes WHERE thing = ?1 ORDER BY "
					"number DESC LIMIT 1",
					DB_ARGS(db_integer(merging->thing)));
	char at[CLOCK_TEXT_SIZE];
	int r = db_next(rows);

	if (r > 0) {
		struct str by = db_column_text(rows, 0);

		clock_format(db_column_integer(rows, 1) + importing->options->zone, at);
		at[16] = 0;
		at[10] = ' ';
		*ret_message =
			arena_printf(importing->arena,
				     merging->base_known ? "changed since by %.*s (%s)"
							 : "it is otherwise in the register, by %.*s (%s)",
				     STR_FMT(by), at);
		r = db_next(rows);
	}
	return r;
}

static enum import_choice choice_of(const struct importing *importing, unsigned line)
{
	const struct import_options *options = importing->options;

	for (size_t i = 0; i < options->take_count; i++)
		if (options->take[i] == line)
			return IMPORT_TAKE;
	for (size_t i = 0; i < options->keep_count; i++)
		if (options->keep[i] == line)
			return IMPORT_KEEP;
	return options->on_conflict;
}

/* What a table says otherwise than the directory would be said again by it: that is for a person to decide.
 */
static int check_directory(struct merging *merging, struct str *ret_message)
{
	struct import_cell said[IMPORT_COLUMNS_MAX] = {0};
	unsigned theirs = 0;
	bool known = false;
	int r;

	if (merging->importing->base || merging->def->kind != REGISTER_PERSON || !merging->changed)
		return 0;
	r = directory_said(merging->importing, merging->thing, said, &known);
	for (size_t i = 0; known && i < merging->def->count; i++)
		if (merging->changed & 1u << i && said[i].given && str_eq(said[i].key, merging->now[i].key))
			theirs |= 1u << i;
	if (theirs & ~merging->conflicts && !merging->conflicts)
		*ret_message = str_from(words_of("this comes from the directory (LDAP): change it there"));
	merging->conflicts |= theirs;
	return r;
}

static int compare(struct merging *merging)
{
	struct import_row *row = merging->row;
	struct str message = {0};
	int r;

	for (size_t i = 0; i < merging->def->count; i++)
		compare_cell(merging, i);
	r = check_directory(merging, &message);
	if (r >= 0 && merging->conflicts && !message.len)
		r = last_change(merging, &message);
	for (size_t i = 0; i < merging->def->count; i++)
		if (merging->changed & 1u << i)
			remark_change(merging, i, merging->conflicts & 1u << i ? message : (struct str){0});
	if (row->verdict == IMPORT_ERROR)
		return r;
	row->verdict = merging->conflicts ? IMPORT_CONFLICT
		       : merging->changed ? IMPORT_CHANGED
					  : IMPORT_UNCHANGED;
	row->choice = merging->conflicts ? choice_of(merging->importing, row->line) : IMPORT_UNDECIDED;
	if (row->choice == IMPORT_KEEP)
		merging->changed &= ~merging->conflicts;
	return r;
}

/* --- doing it ------------------------------------------------------------------------------------------- */

static struct statement statement_of(struct merging *merging)
{
	struct importing *importing = merging->importing;
	struct statement statement = importing->statement;

	statement.warnings = &importing->warnings;
	return statement;
}

struct other {
	struct importing *importing;
	const struct statement *statement;
	int64_t person;
	struct {
		VEC_OF(int64_t)
	} duties;
};

static int take_other(void *context, const struct held_duty *duty)
{
	struct other *other = context;

	if (duty->person != other->person)
		vec_push(&other->duties, duty->id);
	return 0;
}

static int end_duty(struct merging *merging, int64_t duty, const struct statement *statement)
{
	struct importing *importing = merging->importing;
	struct statement closing = *statement;
	int64_t version = 0;
	int r = thing_version(importing->tx, duty, &version);

	closing.to = closing.version = 0;
	if (r > 0)
		r = duty_close(importing->tx, duty, &closing, NULL);
	return r < 0 ? r
		     : import_note(importing, import_def_of(REGISTER_DUTY), duty, IMPORT_UPDATED, version,
				   1u << D_TO);
}

/* What others hold, which stands against it, ends where this begins. */
static int end_others(struct merging *merging, const struct statement *statement, int64_t person,
		      int64_t unit, int64_t asset, enum duty duty)
{
	struct importing *importing = merging->importing;
	struct other other = {.person = person};
	const struct duty_filter filter = {.view.time = importing->view_time,
					   .unit = unit,
					   .asset = asset,
					   .duty = duty,
					   .limit = REGISTER_PAGE_MAX};
	int64_t next;
	int r = duty_list(importing->tx, &filter, take_other, &other, &next);

	for (size_t i = 0; r >= 0 && i < other.duties.len; i++)
		r = end_duty(merging, other.duties.items[i], statement);
	vec_done(&other.duties);
	return r;
}

static bool has_id(struct str list, int64_t id)
{
	struct str part;
	int64_t number;

	while (str_split(&list, ',', &part))
		if (str_to_i64(part, &number) == 0 && number == id)
			return true;
	return false;
}

static int end_holder(struct merging *merging, int64_t asset, int64_t person, enum duty duty,
		      const struct statement *statement)
{
	int64_t id;
	int r = db_get_integer(
		merging->importing->tx,
		"SELECT r.thing FROM register_duties d JOIN register_rows r ON r.kind = 3 AND "
		"r.content = d.content AND r.superseded = " LIVE
		" WHERE d.person = ?1 AND d.asset = ?2 AND d.duty = ?3 AND r.valid_to > ?4 LIMIT 1",
		DB_ARGS(db_integer(person), db_integer(asset), db_integer(duty),
			db_integer(merging->importing->view_time)),
		&id);

	return r > 0 ? end_duty(merging, id, statement) : r;
}

/* The people who have a duty for an asset: who is no more named has it no more, who is new gets it. */
static int set_holders(struct merging *merging, int column, const struct statement *statement,
		       struct err *ret_err)
{
	struct importing *importing = merging->importing;
	struct str now = merging->now[column].key, said = merging->said[column].key, rest, part;
	enum duty duty = (enum duty)merging->def->columns[column].detail;
	struct held_duty held = {.asset = merging->thing, .duty = duty};
	struct statement adding = *statement;
	int64_t id;
	int r = 0;

	adding.also = true;
	adding.version = 0;
	for (rest = now; r >= 0 && str_split(&rest, ',', &part);)
		if (str_to_i64(part, &id) == 0 && !has_id(said, id))
			r = end_holder(merging, merging->thing, id, duty, statement);
	for (rest = said; r >= 0 && str_split(&rest, ',', &part);) {
		if (str_to_i64(part, &held.person) < 0 || has_id(now, held.person))
			continue;
		r = duty_add(importing->tx, &held, &adding, &id, ret_err);
		if (r == 0)
			r = import_note(importing, import_def_of(REGISTER_DUTY), id, IMPORT_ADDED, 0, 0);
	}
	return r;
}

static int set_all_holders(struct merging *merging, const struct statement *statement, struct err *ret_err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < merging->def->count; i++)
		if (merging->changed & 1u << i && merging->def->columns[i].type == COLUMN_HOLDERS)
			r = set_holders(merging, (int)i, statement, ret_err);
	return r;
}

static int set_span(struct merging *merging, const struct statement *statement, struct err *ret_err)
{
	struct importing *importing = merging->importing;
	size_t first = from_at(merging->def), last = to_at(merging->def);
	int64_t from = merging->said[first].number, to = merging->said[last].number;
	bool from_changed = merging->changed & 1u << first, to_changed = merging->changed & 1u << last;
	struct register_span span = {0};
	struct statement closing = *statement;
	int r = 0;

	to = to ? to : REGISTER_OPEN;
	closing.from = to;
	if (to_changed && to < merging->to)
		r = merging->def->close(importing->tx, merging->thing, &closing, ret_err);
	else if (to_changed)
		span.to = &to;
	if (from_changed)
		span.from = &from;
	return r == 0 && (span.from || span.to)
		       ? merging->def->span(importing->tx, merging->thing, &span, statement, ret_err)
		       : r;
}

static int change_thing(struct merging *merging, struct err *ret_err)
{
	struct importing *importing = merging->importing;
	const struct import_def *def = merging->def;
	struct import_cell cells[IMPORT_COLUMNS_MAX];
	struct statement statement = statement_of(merging);
	unsigned members = 0, spans = 1u << from_at(def) | 1u << to_at(def);
	int r = 0;

	for (size_t i = 0; i < def->count; i++) {
		cells[i] = merging->changed & 1u << i ? merging->said[i] : merging->now[i];
		members |= merging->changed & 1u << i ? def->columns[i].member : 0;
	}
	if (merging->changed & spans)
		r = set_span(merging, &statement, ret_err);
	if (importing->view_time < merging->from)
		statement.from = merging->from;
	if (r == 0 && (members || (def->kind == REGISTER_DUTY && merging->changed & ~spans)))
		r = def->update(importing, merging->thing, cells, members, &statement, ret_err);
	if (r == 0)
		r = set_all_holders(merging, &statement, ret_err);
	return r < 0 ? r
		     : import_note(importing, def, merging->thing, IMPORT_UPDATED, merging->version,
				   merging->changed);
}

/* A duty that only one can have, and another has: that is a contradiction, which a person decides. */
static int add_duty(struct merging *merging, struct statement *statement, struct err *ret_err)
{
	struct importing *importing = merging->importing;
	const struct import_cell *said = merging->said;
	int r = merging->def->add(importing, said, statement, &merging->thing, ret_err);

	if (r != ERR_DUPLICATE)
		return r;
	merging->row->verdict = IMPORT_CONFLICT;
	merging->row->choice = choice_of(importing, merging->row->line);
	merging->conflicts = 1u << D_PERSON;
	remark_change(merging, D_PERSON, arena_copy(importing->arena, str_from(ret_err->message)));
	if (merging->row->choice != IMPORT_TAKE)
		return 0;
	r = end_others(merging, statement, said[D_PERSON].number, said[D_UNIT].number, said[D_ASSET].number,
		       (enum duty)said[D_DUTY].number);
	statement->instead = true;
	return r < 0 ? r : merging->def->add(importing, said, statement, &merging->thing, ret_err);
}

static int add_thing(struct merging *merging, struct err *ret_err)
{
	struct importing *importing = merging->importing;
	const struct import_def *def = merging->def;
	struct statement statement = statement_of(merging);
	int r;

	merging->row->verdict = IMPORT_NEW;
	if (merging->said[from_at(def)].number)
		statement.from = merging->said[from_at(def)].number;
	statement.to = merging->said[to_at(def)].number;
	if (def->kind == REGISTER_DUTY)
		r = add_duty(merging, &statement, ret_err);
	else
		r = def->add(importing, merging->said, &statement, &merging->thing, ret_err);
	if (r < 0 || !merging->thing)
		return r;
	merging->changed = ~0u;
	r = set_all_holders(merging, &statement, ret_err);
	return r < 0 ? r : import_note(importing, def, merging->thing, IMPORT_ADDED, 0, 0);
}

static void check_required(struct merging *merging)
{
	for (size_t i = 0; i < merging->def->count; i++)
		if (merging->def->columns[i].required && !merging->said[i].key.len)
			remark_wrong(merging, &merging->def->columns[i], ERR_RANGE, "this must be filled in");
}

/* Nobody has it for nothing, and what is wrong with the database itself ends the import. */
static bool is_of_the_row(int r)
{
	return r == ERR_RANGE || r == ERR_DUPLICATE || r == ERR_UNKNOWN || r == ERR_SYNTAX ||
	       r == ERR_DENIED || r == ERR_BUSY || r == ERR_END || r == ERR_LIMIT;
}

static int apply(struct merging *merging)
{
	struct importing *importing = merging->importing;
	struct err err = {0};
	int r = db_run(importing->tx, "SAVEPOINT import_row", DB_NONE), back;

	if (r < 0)
		return r;
	r = merging->thing ? change_thing(merging, &err) : add_thing(merging, &err);
	if (is_of_the_row(r)) {
		back = db_run(importing->tx, "ROLLBACK TO import_row", DB_NONE);
		err.code = r;
		if (!err.message[0])
			snprintf(err.message, sizeof(err.message), "%s", err_text(r));
		remark_error(merging, NULL, &err);
		if (!merging->version)
			merging->thing = 0;
		r = back < 0 ? back : 0;
	}
	take_warnings(merging);
	back = r >= 0 ? db_run(importing->tx, "RELEASE import_row", DB_NONE) : 0;
	return r < 0 ? r : back < 0 ? back : 0;
}

static int merge(struct merging *merging)
{
	int r = find_thing(merging);

	if (r < 0 || merging->row->verdict == IMPORT_ERROR)
		return r;
	if (merging->thing) {
		check_seen(merging);
		r = read_now(merging);
		if (r == 0 && merging->row->verdict != IMPORT_ERROR)
			r = read_base(merging);
		if (r == 0 && merging->row->verdict != IMPORT_ERROR)
			r = compare(merging);
	} else {
		check_required(merging);
	}
	if (r < 0 || merging->row->verdict == IMPORT_ERROR)
		return r;
	if (merging->thing && (!merging->changed || (merging->row->verdict == IMPORT_CONFLICT &&
						     merging->row->choice == IMPORT_UNDECIDED)))
		return 0;
	r = apply(merging);
	if (r == 0 && merging->thing && !merging->version)
		check_seen(merging);
	return r;
}

int import_row(struct importing *importing, const struct str *texts, const int *columns, size_t count,
	       struct import_row *row)
{
	struct merging merging = {.importing = importing, .def = importing->def, .row = row};
	int r = 0;

	row->count = 0;
	row->verdict = IMPORT_UNCHANGED;
	importing->waits = false;
	read_cells(&merging, texts, columns, count);
	row->label = label_of(&merging);
	if (row->verdict != IMPORT_ERROR)
		r = merge(&merging);
	row->thing = merging.thing;
	row->remarks = arena_array(importing->arena, struct import_remark, row->count);
	memcpy((void *)row->remarks, merging.remarks, sizeof(merging.remarks[0]) * row->count);
	return r;
}
