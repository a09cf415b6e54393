/* SPDX-License-Identifier: Apache-2.0 */
/* An incident's data as a report's values. The tables of cases are read, not changed. */
#include "base/clock.h"
#include "reporting/values.h"

#define LINES_MAX 30 /* of a value with a line each */
#define ADDRESSES_MAX 20
#define LINE_TEXT_MAX 400 /* bytes of one note in a line */

struct gathering {
	struct db_tx *tx;
	int64_t incident, zone, now;
	const struct case_rules *rules;
	struct arena *arena;
	struct reporting_values *out;
	enum reporting_stage stage;
};

static void set(struct gathering *gathering, enum reporting_value value, struct str text)
{
	gathering->out->values[value] = arena_copy(gathering->arena, text);
}

static struct str time_text(const struct gathering *gathering, int64_t time)
{
	struct clock_civil civil;

	if (!time)
		return STR("");
	clock_to_civil(time + gathering->zone, &civil);
	return arena_printf(gathering->arena, "%lld年%d月%d日%02d:%02d", (long long)civil.year, civil.month,
			    civil.day, civil.hour, civil.minute);
}

static struct str short_time(const struct gathering *gathering, int64_t time)
{
	struct clock_civil civil;

	if (!time)
		return STR("");
	clock_to_civil(time + gathering->zone, &civil);
	return arena_printf(gathering->arena, "%02d-%02d %02d:%02d", civil.month, civil.day, civil.hour,
			    civil.minute);
}

/* --- the incident -------------------------------------------------------------------------------------- */

static const char *const statuses[INCIDENT_STATUS_COUNT] = {
	[INCIDENT_NEW] = "新建",           [INCIDENT_TRIAGE] = "研判",   [INCIDENT_HANDLING] = "处置",
	[INCIDENT_RECTIFICATION] = "整改", [INCIDENT_CLOSED] = "已关闭", [INCIDENT_FALSE] = "误报",
	[INCIDENT_MERGED] = "已合并",
};
static const char *const levels[] = {"", "特别重大（Ⅰ级）", "重大（Ⅱ级）", "较大（Ⅲ级）", "一般（Ⅳ级）"};
static const char *const severities[] = {"提示", "低危", "中危", "高危", "严重"};
static const char *const mlps[] = {"", "第一级", "第二级", "第三级", "第四级", "第五级"};

static struct str name_of(const char *const *names, size_t count, int64_t number)
{
	return number >= 0 && (size_t)number < count ? str_from(names[number]) : STR("");
}
#define NAME_OF(names, number) name_of(names, sizeof(names) / sizeof(names[0]), number)

static struct str category_text(const struct gathering *gathering, const struct incident *incident)
{
	const struct str code = incident->category.len ? incident->category : incident->category_proposed;
	const struct incident_category *category =
		gathering->rules ? case_rules_find_category(gathering->rules, code) : NULL;

	return arena_printf(gathering->arena, "%.*s%s", STR_FMT(category ? category->name_zh : code),
			    code.len && !incident->category.len ? "（建议）" : "");
}

static int take_incident(void *context, const struct incident *incident)
{
	struct gathering *gathering = context;
	const unsigned level = incident->level ? incident->level : incident->level_proposed;

	set(gathering, REPORTING_VALUE_NUMBER, incident->number);
	set(gathering, REPORTING_VALUE_TITLE, incident->title);
	set(gathering, REPORTING_VALUE_STATUS, NAME_OF(statuses, incident->status));
	set(gathering, REPORTING_VALUE_CATEGORY, category_text(gathering, incident));
	set(gathering, REPORTING_VALUE_LEVEL,
	    arena_printf(gathering->arena, "%.*s%s", STR_FMT(NAME_OF(levels, level)),
			 level && !incident->level ? "（建议）" : ""));
	set(gathering, REPORTING_VALUE_DRILL, incident->drill ? STR("（演练）") : STR(""));
	set(gathering, REPORTING_VALUE_DISCOVERED, time_text(gathering, incident->created));
	set(gathering, REPORTING_VALUE_FIRST, time_text(gathering, incident->first));
	set(gathering, REPORTING_VALUE_LAST, time_text(gathering, incident->last));
	set(gathering, REPORTING_VALUE_CLOSED, time_text(gathering, incident->closed));
	set(gathering, REPORTING_VALUE_ALERT_COUNT,
	    arena_printf(gathering->arena, "%lld", (long long)incident->alerts));
	set(gathering, REPORTING_VALUE_ASSET, incident->asset_name);
	set(gathering, REPORTING_VALUE_UNIT, incident->unit_name);
	set(gathering, REPORTING_VALUE_RESPONSIBLE, incident->responsible);
	set(gathering, REPORTING_VALUE_ASSIGNEE, incident->assignee);
	return 0;
}

static int take_duty(void *context, const struct reporting_duty *duty)
{
	struct gathering *gathering = context;
	char limit[LIMIT_TEXT_SIZE];

	limit_format(&duty->limit, limit);
	gathering->stage = duty->stage;
	set(gathering, REPORTING_VALUE_RECIPIENT, duty->recipient);
	set(gathering, REPORTING_VALUE_BASIS,
	    arena_printf(gathering->arena, "《%.*s》%s%.*s，%s内", STR_FMT(duty->source),
			 duty->clause.len ? " " : "", STR_FMT(duty->clause), limit));
	set(gathering, REPORTING_VALUE_DUE, time_text(gathering, duty->due));
	return 0;
}

/* --- rows ---------------------------------------------------------------------------------------------- */

static struct reporting_row *add_row(struct gathering *gathering, enum reporting_table table)
{
	struct reporting_values *out = gathering->out;

	if (!out->rows[table])
		out->rows[table] =
			arena_zalloc(gathering->arena, sizeof(struct reporting_row) * REPORTING_ROWS_MAX);
	return &out->rows[table][out->row_counts[table]++];
}

static struct str cell(struct gathering *gathering, struct db_rows *rows, int column)
{
	return arena_copy(gathering->arena, db_column_text(rows, column));
}

static void take_alert(struct gathering *gathering, struct db_rows *rows)
{
	struct reporting_row *row = add_row(gathering, REPORTING_TABLE_ALERTS);

	row->cells[0] = short_time(gathering, db_column_integer(rows, 0));
	row->cells[1] = cell(gathering, rows, 1);
	row->cells[2] = NAME_OF(severities, db_column_integer(rows, 2));
	row->cells[3] = cell(gathering, rows, 3);
	row->cells[4] = cell(gathering, rows, 4);
	row->cells[5] = arena_printf(gathering->arena, "%lld", (long long)db_column_integer(rows, 5));
}

static void take_event(struct gathering *gathering, struct db_rows *rows)
{
	struct reporting_row *row = add_row(gathering, REPORTING_TABLE_TIMELINE);

	row->cells[0] = short_time(gathering, db_column_integer(rows, 0));
	row->cells[1] = cell(gathering, rows, 1);
	row->cells[2] = cell(gathering, rows, 2);
}

static void take_task(struct gathering *gathering, struct db_rows *rows)
{
	static const char *const done[] = {"未完成", "已完成"};
	struct reporting_row *row = add_row(gathering, REPORTING_TABLE_TASKS);

	row->cells[0] = cell(gathering, rows, 0);
	row->cells[1] = cell(gathering, rows, 1);
	row->cells[2] = str_from(done[db_column_integer(rows, 2) != 0]);
	row->cells[3] = short_time(gathering, db_column_integer(rows, 3));
}

static void take_asset(struct gathering *gathering, struct db_rows *rows)
{
	struct reporting_row *row = add_row(gathering, REPORTING_TABLE_ASSETS);

	for (int i = 0; i < 4; i++)
		row->cells[i] = cell(gathering, rows, i);
	row->cells[4] = NAME_OF(mlps, db_column_integer(rows, 4));
}

/* One line for alerts of one rule on one host from one address: people read what happened, not how often. */
static const struct {
	const char *sql;
	void (*take)(struct gathering *gathering, struct db_rows *rows);
} queries[] = {
	{"SELECT min(a.time), CASE WHEN r.title_zh <> '' THEN r.title_zh ELSE a.title END, a.level,"
	 " CASE WHEN a.host <> '' THEN a.host ELSE a.destination_ip END, a.source_ip, count(*)"
	 " FROM alerts AS a LEFT JOIN rules AS r ON r.hash = a.rule_hash WHERE a.incident = ?1 AND a.status "
	 "<> 3"
	 " GROUP BY a.rule_id, a.host, a.source_ip ORDER BY 1 LIMIT ?2",
	 take_alert},
	{"SELECT time, text, by_user FROM incident_timeline WHERE incident = ?1 AND kind <> 'alert'"
	 " ORDER BY number LIMIT ?2",
	 take_event},
	{"SELECT title, assignee, status, due FROM incident_tasks WHERE incident = ?1 ORDER BY id LIMIT ?2",
	 take_task},
	{"SELECT name, kind, unit_name, responsible, mlps_level FROM incident_assets WHERE incident = ?1"
	 " ORDER BY asset LIMIT ?2",
	 take_asset},
};

static int take_rows(struct gathering *gathering)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]) && r >= 0; i++) {
		struct db_rows *rows =
			db_query(gathering->tx, queries[i].sql,
				 DB_ARGS(db_integer(gathering->incident), db_integer(REPORTING_ROWS_MAX)));

		while ((r = db_next(rows)) > 0)
			queries[i].take(gathering, rows);
	}
	return r;
}

/* --- values with a line each --------------------------------------------------------------------------- */

static void set_happened(struct gathering *gathering)
{
	const struct reporting_values *out = gathering->out;
	const size_t count = out->row_counts[REPORTING_TABLE_ALERTS];
	struct buf text = {0};

	for (size_t i = 0; i < count && i < LINES_MAX; i++) {
		const struct str *cells = out->rows[REPORTING_TABLE_ALERTS][i].cells;

		buf_printf(&text, "%.*s　%.*s", STR_FMT(cells[0]), STR_FMT(cells[1]));
		if (cells[3].len)
			buf_printf(&text, "，%.*s", STR_FMT(cells[3]));
		if (cells[4].len)
			buf_printf(&text, "，来自%.*s", STR_FMT(cells[4]));
		if (!str_eq(cells[5], STR("1")))
			buf_printf(&text, "（%.*s次）", STR_FMT(cells[5]));
		buf_add_str(&text, STR("\n"));
	}
	if (count > LINES_MAX)
		buf_printf(&text, "……等共%zu项\n", count);
	set(gathering, REPORTING_VALUE_HAPPENED, buf_str(&text));
	buf_done(&text);
}

static int set_lines(struct gathering *gathering, enum reporting_value value, const char *sql)
{
	struct db_rows *rows =
		db_query(gathering->tx, sql, DB_ARGS(db_integer(gathering->incident), db_integer(LINES_MAX)));
	struct buf text = {0};
	int r;

	while ((r = db_next(rows)) > 0) {
		const struct str line = db_column_text(rows, 1), by = db_column_text(rows, 2);
		const size_t len =
			line.len > LINE_TEXT_MAX ? str_utf8_len(str_head(line, LINE_TEXT_MAX)) : line.len;

		buf_add_str(&text, short_time(gathering, db_column_integer(rows, 0)));
		buf_printf(&text, "　%.*s%s", (int)len, line.ptr, len < line.len ? "…" : "");
		if (by.len)
			buf_printf(&text, "（%.*s）", STR_FMT(by));
		buf_add_char(&text, '\n');
	}
	if (r == 0)
		set(gathering, value, buf_str(&text));
	buf_done(&text);
	return r;
}

static int set_addresses(struct gathering *gathering, enum reporting_value value, const char *sql)
{
	struct db_rows *rows = db_query(
		gathering->tx, sql, DB_ARGS(db_integer(gathering->incident), db_integer(ADDRESSES_MAX + 1)));
	struct buf text = {0};
	int r, count = 0;

	while ((r = db_next(rows)) > 0) {
		if (++count > ADDRESSES_MAX) {
			buf_add_str(&text, STR("等"));
			continue;
		}
		if (count > 1)
			buf_add_str(&text, STR("、"));
		buf_add_str(&text, db_column_text(rows, 0));
	}
	if (r == 0)
		set(gathering, value, buf_str(&text));
	buf_done(&text);
	return r;
}

static int take_texts(struct gathering *gathering)
{
	int r = set_lines(
		gathering, REPORTING_VALUE_MEASURES,
		"SELECT time, text, by_user FROM incident_timeline WHERE incident = ?1 AND kind = 'note'"
		" UNION ALL SELECT done, '完成：' || title, done_by FROM incident_tasks"
		" WHERE incident = ?1 AND status <> 0 ORDER BY 1 LIMIT ?2");
	if (r == 0)
		r = set_lines(
			gathering, REPORTING_VALUE_OPEN_TASKS,
			"SELECT due, title, assignee FROM incident_tasks WHERE incident = ?1 AND status = 0"
			" ORDER BY due, id LIMIT ?2");
	if (r == 0)
		r = set_addresses(gathering, REPORTING_VALUE_SOURCES,
				  "SELECT source_ip FROM alerts WHERE incident = ?1 AND source_ip <> ''"
				  " GROUP BY source_ip ORDER BY count(*) DESC, source_ip LIMIT ?2");
	if (r == 0)
		r = set_addresses(
			gathering, REPORTING_VALUE_TARGETS,
			"SELECT CASE WHEN host <> '' THEN host ELSE destination_ip END AS what FROM alerts"
			" WHERE incident = ?1 AND what <> '' GROUP BY what ORDER BY count(*) DESC, what"
			" LIMIT ?2");
	return r;
}

/* What several assets say together. */
static void join_assets(struct gathering *gathering)
{
	const struct reporting_values *out = gathering->out;
	const size_t count = out->row_counts[REPORTING_TABLE_ASSETS];
	struct buf names = {0};
	size_t highest = 0;

	for (size_t i = 0; i < count; i++) {
		const struct str *cells = out->rows[REPORTING_TABLE_ASSETS][i].cells;

		if (i && i < ADDRESSES_MAX)
			buf_add_str(&names, STR("、"));
		if (i < ADDRESSES_MAX)
			buf_add_str(&names, cells[0]);
		for (size_t n = highest + 1; n < sizeof(mlps) / sizeof(mlps[0]); n++)
			if (str_eq(cells[4], str_from(mlps[n])))
				highest = n;
	}
	if (count)
		set(gathering, REPORTING_VALUE_ASSET, buf_str(&names));
	set(gathering, REPORTING_VALUE_MLPS, str_from(mlps[highest]));
	buf_done(&names);
}

int reporting_gather(struct db_tx *tx, int64_t incident, int64_t duty, const struct case_rules *rules,
		     const struct deadlines *deadlines, struct str reporter, int64_t zone, int64_t now,
		     struct arena *arena, struct reporting_values *ret_values,
		     enum reporting_stage *ret_stage)
{
	struct gathering gathering = {tx, incident, zone, now, rules, arena, ret_values, REPORTING_INITIAL};
	struct clock_civil civil;
	int r;

	memset(ret_values, 0, sizeof(*ret_values));
	r = reporting_get(tx, incident, duty, take_duty, &gathering);
	if (r == 0)
		r = incident_get(tx, incident, take_incident, &gathering);
	if (r == 0)
		r = take_rows(&gathering);
	if (r == 0)
		r = take_texts(&gathering);
	if (r < 0)
		return r;
	join_assets(&gathering);
	set_happened(&gathering);
	clock_to_civil(now + zone, &civil);
	set(&gathering, REPORTING_VALUE_TODAY,
	    arena_printf(arena, "%lld年%d月%d日", (long long)civil.year, civil.month, civil.day));
	set(&gathering, REPORTING_VALUE_NOW, time_text(&gathering, now));
	set(&gathering, REPORTING_VALUE_REPORTER, reporter);
	if (deadlines)
		set(&gathering, REPORTING_VALUE_ORGANIZATION, deadlines->organization);
	*ret_stage = gathering.stage;
	return 0;
}
