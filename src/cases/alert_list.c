/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/alert_list.h"

#include <inttypes.h>

#include "base/clock.h"
#include "cases/private.h"
#include "people/owner.h"

#define ALL_LEVELS ((1u << ALERT_LEVEL_COUNT) - 1)
#define ALL_STATUSES ((1u << ALERT_STATUS_COUNT) - 1)

/*
 * The parameters of every statement here, by number:
 *   ?1 low key   ?2 high key   ?3 from   ?4 to   ?5 limit   ?6 rule id   ?7 words for FTS5
 *   ?8 source address   ?9 assignee   ?10 asset   ?11 … tactics
 * Levels, statuses and drill are small numbers of our own and stand in the text.
 */
#define FIRST_TACTIC 11
#define IN_SPAN "alerts.key >= ?1 AND alerts.key < ?2 AND time >= ?3 AND time < ?4"

struct list {
	struct alert_filter filter; /* with "any" spelled out */
	struct key_range keys;
	struct buf match, sql;
	struct buf units; /* "3,7": the unit asked for and those below it */
	struct db_value args[FIRST_TACTIC - 1 + ALERT_TACTICS_MAX];
	size_t arg_count;
};

/* The last parameter that the text names: as many are bound. */
static size_t count_args(const struct list *list)
{
	const struct alert_filter *f = &list->filter;

	return f->tactic_count    ? FIRST_TACTIC - 1 + f->tactic_count
	       : f->asset         ? 10
	       : f->assignee.len  ? 9
	       : f->source_ip.len ? 8
	       : list->match.len  ? 7
	       : f->rule.len      ? 6
				  : 5;
}

static void list_init(struct list *list, const struct alert_filter *filter, unsigned limit)
{
	struct alert_filter *f = &list->filter;

	must(filter->tactic_count <= ALERT_TACTICS_MAX);
	*list = (struct list){.filter = *filter, .keys = alert_keys(filter->from, filter->to)};
	f->levels = f->levels & ALL_LEVELS ? f->levels & ALL_LEVELS : ALL_LEVELS;
	f->statuses = f->statuses & ALL_STATUSES ? f->statuses & ALL_STATUSES : ALL_STATUSES;
	alert_match_text(f->words, ALERT_WORDS_MAX, &list->match);
	if (f->cursor > 0 && f->cursor < list->keys.high)
		list->keys.high = f->cursor;
	list->args[0] = db_integer(list->keys.low);
	list->args[1] = db_integer(list->keys.high);
	list->args[2] = db_integer(f->from);
	list->args[3] = db_integer(f->to);
	list->args[4] = db_integer(limit);
	list->args[5] = db_text(f->rule);
	list->args[6] = db_text(buf_str(&list->match));
	for (size_t i = 0; i < f->tactic_count; i++)
		list->args[FIRST_TACTIC - 1 + i] = db_text(f->tactics[i]);
	list->args[7] = db_text(f->source_ip);
	list->args[8] = db_text(f->assignee);
	list->args[9] = db_integer(f->asset);
	list->arg_count = count_args(list);
}

/* Units of incidents that lie within the one asked for, as it is now. */
static int find_units(struct db_tx *tx, struct list *list)
{
	static const char sql[] = "SELECT unit FROM incidents WHERE unit > 0"
				  " UNION SELECT unit FROM incident_assets WHERE unit > 0";
	int64_t top = list->filter.unit, units[ALERT_UNITS_MAX];
	struct db_rows *rows;
	size_t count = 0;
	int r;

	if (!top)
		return 0;
	rows = db_query(tx, sql, DB_NONE);
	while ((r = db_next(rows)) > 0 && count < ALERT_UNITS_MAX)
		units[count++] = db_column_integer(rows, 0);
	buf_printf(&list->units, "%" PRId64, top);
	for (size_t i = 0; i < count && r >= 0; i++)
		if (unit_within(tx, units[i], top, clock_now()))
			buf_printf(&list->units, ",%" PRId64, units[i]);
	return r < 0 ? r : 0;
}

static void list_done(struct list *list)
{
	buf_done(&list->match);
	buf_done(&list->sql);
	buf_done(&list->units);
}

static bool wants_drill(const struct list *list, int drill)
{
	return list->filter.drill == ALERT_ANY || (list->filter.drill == ALERT_DRILL) == (drill == 1);
}

/* " AND column IN (0,2)" for the bits set. */
static void add_set(struct buf *sql, const char *column, unsigned bits, int count)
{
	const char *comma = "";

	buf_printf(sql, " AND %s IN (", column);
	for (int i = 0; i < count; i++)
		if (bits & 1u << i) {
			buf_printf(sql, "%s%d", comma, i);
			comma = ",";
		}
	buf_add_char(sql, ')');
}

static bool asks_incidents(const struct alert_filter *filter)
{
	return filter->assignee.len || filter->asset || filter->unit;
}

static void add_incidents(struct list *list)
{
	struct buf *sql = &list->sql;

	buf_printf(sql, " AND incident IN (SELECT id FROM incidents WHERE 1");
	if (list->filter.assignee.len)
		buf_printf(sql, " AND assignee = ?9");
	if (list->filter.asset)
		buf_printf(sql, " AND (asset = ?10 OR EXISTS (SELECT 1 FROM incident_assets AS a"
				" WHERE a.incident = incidents.id AND a.asset = ?10))");
	if (list->filter.unit)
		buf_printf(sql,
			   " AND (unit IN (%s) OR EXISTS (SELECT 1 FROM incident_assets AS a"
			   " WHERE a.incident = incidents.id AND a.unit IN (%s)))",
			   buf_cstr(&list->units), buf_cstr(&list->units));
	buf_add_char(sql, ')');
}

static void add_state(struct list *list)
{
	struct buf *sql = &list->sql;

	add_set(sql, "level", list->filter.levels, ALERT_LEVEL_COUNT);
	add_set(sql, "status", list->filter.statuses, ALERT_STATUS_COUNT);
	add_set(sql, "drill", (unsigned)wants_drill(list, 0) | (unsigned)wants_drill(list, 1) << 1, 2);
	if (list->filter.rule.len)
		buf_printf(sql, " AND rule_id = ?6");
	if (list->filter.source_ip.len)
		buf_printf(sql, " AND source_ip = ?8 AND source_ip <> ''"); /* as the index has it */
	if (asks_incidents(&list->filter))
		add_incidents(list);
}

/* "tactic IN (?8, ?9)" */
static void add_tactics(struct list *list)
{
	buf_printf(&list->sql, "tactic IN (");
	for (size_t i = 0; i < list->filter.tactic_count; i++)
		buf_printf(&list->sql, "%s?%zu", i ? ", " : "", FIRST_TACTIC + i);
	buf_add_char(&list->sql, ')');
}

/* Where an index narrows more than the span: SQLite cannot know how many alerts an address has. */
static const char *leading_index(const struct alert_filter *filter)
{
	if (filter->source_ip.len)
		return " INDEXED BY alerts_by_source_ip";
	return asks_incidents(filter) ? " INDEXED BY alerts_by_incident" : "";
}

/* From FROM to the end of WHERE, led by what narrows most: words, tactics, the span. With tactics alone a row
   comes once for each that it has. */
static void add_rows(struct list *list)
{
	struct buf *sql = &list->sql;

	if (list->match.len) {
		buf_printf(sql, " FROM alert_words CROSS JOIN alerts ON alerts.key = alert_words.rowid WHERE"
				" alert_words MATCH ?7 AND alert_words.rowid >= ?1"
				" AND alert_words.rowid < ?2 AND ");
	} else if (list->filter.tactic_count) {
		buf_printf(sql,
			   " FROM alert_tactics CROSS JOIN alerts ON alerts.key = alert_tactics.key WHERE ");
		add_tactics(list);
		buf_printf(sql, " AND alert_tactics.key >= ?1 AND alert_tactics.key < ?2 AND ");
	} else {
		buf_printf(sql, " FROM alerts%s WHERE ", leading_index(&list->filter));
	}
	buf_printf(sql, IN_SPAN);
	add_state(list);
	if (list->match.len && list->filter.tactic_count) {
		buf_printf(sql, " AND EXISTS (SELECT 1 FROM alert_tactics WHERE ");
		add_tactics(list);
		buf_printf(sql, " AND alert_tactics.key = alerts.key)");
	}
}

static bool is_unfiltered(const struct list *list)
{
	return list->filter.levels == ALL_LEVELS && list->filter.statuses == ALL_STATUSES &&
	       list->filter.drill == ALERT_ANY && !list->filter.rule.len;
}

static void add_arm(struct list *list, int level, int status, int drill, bool *first)
{
	buf_printf(
		&list->sql,
		"%s SELECT key FROM (SELECT key FROM alerts WHERE level = %d AND status = %d AND drill = %d%s"
		" AND " IN_SPAN " ORDER BY key DESC LIMIT ?5)",
		*first ? "" : " UNION ALL", level, status, drill,
		list->filter.rule.len ? " AND rule_id = ?6" : "");
	*first = false;
}

/* One index range for every combination wanted, each already in order: the newest of all of them are among
   the newest of each. */
static void add_arms(struct list *list)
{
	bool first = true;

	for (int level = 0; level < ALERT_LEVEL_COUNT; level++)
		for (int status = 0; status < ALERT_STATUS_COUNT; status++)
			for (int drill = 0; drill < 2; drill++)
				if (list->filter.levels & 1u << level &&
				    list->filter.statuses & 1u << status && wants_drill(list, drill))
					add_arm(list, level, status, drill, &first);
}

/* The same with a range for each tactic. */
static void add_tactic_arms(struct list *list)
{
	for (size_t i = 0; i < list->filter.tactic_count; i++) {
		buf_printf(
			&list->sql,
			"%s SELECT key FROM (SELECT alerts.key AS key FROM alert_tactics CROSS JOIN alerts"
			" ON alerts.key = alert_tactics.key WHERE tactic = ?%zu AND alert_tactics.key >= ?1"
			" AND alert_tactics.key < ?2 AND " IN_SPAN,
			i ? " UNION ALL" : "", FIRST_TACTIC + i);
		add_state(list);
		buf_printf(&list->sql, " ORDER BY alert_tactics.key DESC LIMIT ?5)");
	}
}

/* The newest that match; with ?5 of them at most. */
static void write_list(struct list *list, const char *columns)
{
	struct buf *sql = &list->sql;

	buf_printf(sql, "SELECT %s", columns);
	if (list->match.len) {
		add_rows(list);
		buf_printf(sql, " ORDER BY alert_words.rowid DESC LIMIT ?5");
		return;
	}
	if (!list->filter.tactic_count && *leading_index(&list->filter)) {
		add_rows(list);
		buf_printf(sql, " ORDER BY alerts.key DESC LIMIT ?5");
		return;
	}
	buf_printf(sql, " FROM alerts WHERE " IN_SPAN);
	if (list->filter.tactic_count || !is_unfiltered(list)) {
		buf_printf(sql, " AND key IN (");
		if (list->filter.tactic_count)
			add_tactic_arms(list);
		else
			add_arms(list);
		buf_add_char(sql, ')');
	}
	buf_printf(sql, " ORDER BY key DESC LIMIT ?5");
}

/* One row more than the page says whether there is a next one. */
static int read_page(struct db_rows *rows, unsigned limit, alert_visit *visit, void *context,
		     int64_t *ret_cursor)
{
	char hex[2 * ALERT_ID_SIZE + 1];
	struct alert alert;
	int64_t last = 0;
	int r = 0;

	*ret_cursor = 0;
	for (unsigned i = 0; (r = db_next(rows)) > 0; i++) {
		if (i == limit) {
			*ret_cursor = last;
			return 0;
		}
		last = db_column_integer(rows, 0);
		alert_read(rows, hex, &alert);
		r = visit(context, &alert);
		if (r)
			return r;
	}
	return r;
}

int alerts_list(struct db *db, const struct alert_filter *filter, alert_visit *visit, void *context,
		int64_t *ret_cursor)
{
	struct list list;
	struct db_tx *tx;
	int64_t cursor = 0;
	int r;

	must(filter->limit >= 1 && filter->limit <= ALERT_PAGE_MAX);
	r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	list_init(&list, filter, filter->limit + 1);
	r = find_units(tx, &list);
	write_list(&list, ALERT_COLUMNS);
	if (r == 0)
		r = read_page(db_query(tx, buf_cstr(&list.sql), list.args, list.arg_count), filter->limit,
			      visit, context, &cursor);
	r = db_end(tx, r);
	list_done(&list);
	if (r == 0)
		*ret_cursor = cursor;
	return r;
}

static bool is_narrowed(const struct alert_filter *filter)
{
	return filter->rule.len || filter->words.len || filter->tactic_count || filter->source_ip.len ||
	       asks_incidents(filter);
}

/* Row by row; where narrowed up to ALERT_COUNT_MAX. */
static int count_rows(struct db_tx *tx, const struct alert_filter *filter, int64_t *ret_count)
{
	struct list list;
	int r;

	list_init(&list, filter, is_narrowed(filter) ? ALERT_COUNT_MAX + 1 : -1u >> 1);
	r = find_units(tx, &list);
	buf_printf(&list.sql, "SELECT count(*) FROM (SELECT DISTINCT alerts.key");
	add_rows(&list);
	buf_printf(&list.sql, " LIMIT ?5)");
	if (r == 0)
		r = db_get_integer(tx, buf_cstr(&list.sql), list.args, list.arg_count, ret_count);
	list_done(&list);
	return r < 0 ? r : 0;
}

static int count_span(struct db_tx *tx, const struct alert_filter *filter, int64_t from, int64_t to,
		      int64_t *total)
{
	struct alert_filter part = *filter;
	int64_t count = 0;
	int r;

	if (from >= to)
		return 0;
	part.from = from;
	part.to = to;
	r = count_rows(tx, &part, &count);
	*total += count;
	return r;
}

static int count_minutes(struct db_tx *tx, const struct alert_filter *filter, int64_t from, int64_t to,
			 int64_t *total)
{
	struct list list;
	int64_t count = 0;
	int r;

	list_init(&list, filter, 0);
	buf_printf(&list.sql,
		   "SELECT coalesce(sum(count), 0) FROM alert_minutes WHERE minute >= ?1 AND minute < ?2");
	add_state(&list);
	r = db_get_integer(tx, buf_cstr(&list.sql),
			   DB_ARGS(db_integer(from / MINUTE), db_integer(to / MINUTE)), &count);
	list_done(&list);
	*total += count;
	return r < 0 ? r : 0;
}

/* Not narrowed: whole minutes from their counts, what is left at both ends row by row. */
static int count_by_minutes(struct db_tx *tx, const struct alert_filter *filter, int64_t *total)
{
	int64_t first = floor_to(filter->from + MINUTE - 1, MINUTE), last = floor_to(filter->to, MINUTE);
	int r;

	if (first >= last)
		return count_span(tx, filter, filter->from, filter->to, total);
	r = count_span(tx, filter, filter->from, first, total);
	if (r == 0)
		r = count_minutes(tx, filter, first, last, total);
	return r < 0 ? r : count_span(tx, filter, last, filter->to, total);
}

int alerts_count(struct db *db, const struct alert_filter *filter, int64_t *ret_count, bool *ret_exact)
{
	struct alert_filter whole = *filter;
	struct db_tx *tx;
	int64_t count = 0;
	bool narrowed;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	whole.cursor = 0;
	whole.words = str_trim(filter->words);
	narrowed = is_narrowed(&whole);
	r = db_end(tx, narrowed ? count_rows(tx, &whole, &count) : count_by_minutes(tx, &whole, &count));
	if (r < 0)
		return r;
	*ret_exact = !narrowed || count <= ALERT_COUNT_MAX;
	*ret_count = *ret_exact ? count : ALERT_COUNT_MAX;
	return 0;
}

static int read_rules(struct db_rows *rows, int (*visit)(void *context, const struct alert_top_row *row),
		      void *context)
{
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct alert_top_row row = {.key = db_column_text(rows, 0),
					    .count = db_column_integer(rows, 1),
					    .title = db_column_text(rows, 3),
					    .title_zh = db_column_text(rows, 4),
					    .level = (enum alert_level)db_column_integer(rows, 5)};

		stop = visit(context, &row);
	}
	return stop ? stop : r;
}

/* Beside max(), SQLite takes the other columns from the row that has it: titles and level are the newest. */
int alerts_rules(struct db *db, const struct alert_filter *filter, unsigned limit,
		 int (*visit)(void *context, const struct alert_top_row *row), void *context)
{
	struct alert_filter whole = *filter;
	struct list list;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	must(limit >= 1 && limit <= ALERT_TOP_MAX);
	if (r < 0)
		return r;
	whole.cursor = 0;
	whole.rule = (struct str){0};
	list_init(&list, &whole, ALERT_COUNT_MAX);
	r = find_units(tx, &list);
	buf_printf(&list.sql, "SELECT rule_id, count(*) AS total, max(key), title,"
			      " (SELECT title_zh FROM rules WHERE hash = rule_hash), level FROM (");
	write_list(&list, "alerts.key AS key, rule_id, title, rule_hash, level");
	buf_printf(&list.sql, ") GROUP BY rule_id ORDER BY level DESC, total DESC, rule_id LIMIT %u", limit);
	if (r == 0)
		r = read_rules(db_query(tx, buf_cstr(&list.sql), list.args, list.arg_count), visit, context);
	r = db_end(tx, r);
	list_done(&list);
	return r;
}
