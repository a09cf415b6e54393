/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/incident.h"

#include <stdio.h>
#include <string.h>

#include "cases/entity.h"
#include "cases/private.h"
#include "people/owner.h"

static const struct {
	const char *name;
	bool open;
} statuses[INCIDENT_STATUS_COUNT] = {
#define STATUS(id, n, name, open) [n] = {name, open},
	INCIDENT_STATUSES(STATUS)
#undef STATUS
};

const char *incident_status_name(enum incident_status status)
{
	return statuses[(unsigned)status < INCIDENT_STATUS_COUNT ? status : 0].name;
}

bool incident_is_open(enum incident_status status)
{
	return (unsigned)status < INCIDENT_STATUS_COUNT && statuses[status].open;
}

int incident_status_parse(struct str name, enum incident_status *ret_status)
{
	for (int i = 0; i < INCIDENT_STATUS_COUNT; i++)
		if (str_eq(name, str_from(statuses[i].name))) {
			*ret_status = (enum incident_status)i;
			return 0;
		}
	return ERR_UNKNOWN;
}

/* The nearest; what was to be done about one that is not open any more need not be, but to be reported. */
#define DEADLINE                                                                                             \
	" WHERE incident = incidents.id AND (incidents.status < 4 OR kind <> 'task') ORDER BY due, kind, id" \
	" LIMIT 1"
#define URGENCY                                                                         \
	"printf('%020d %d %04d', coalesce((SELECT due FROM incident_deadlines" DEADLINE \
	"), 9000000000000000000),"                                                      \
	" coalesce(nullif(level, 0), nullif(level_proposed, 0), 9), 1000 - score)"

#define INCIDENT_COLUMNS                                                                                  \
	"id, number, version, title, status, category, category_proposed, level, level_proposed, "        \
	"why_proposed, severity, score, first, last, created, updated, closed, alerts, drill, assignee, " \
	"asset, unit, asset_name, unit_name, responsible, tactics, merged_into, "                         \
	"(SELECT due FROM incident_deadlines" DEADLINE "), (SELECT kind FROM incident_deadlines" DEADLINE \
	"), " INCIDENT_TITLE_EN("incidents.title")

#define INCIDENT_COLUMN_COUNT 30

/* What is searched for words. */
#define WORDS                                                                                           \
	"number || ' ' || title || ' ' || asset_name || ' ' || unit_name || ' ' || " INCIDENT_TITLE_EN( \
		"incidents.title")

static void read_incident(struct db_rows *rows, struct incident *ret_incident)
{
	*ret_incident = (struct incident){
		.id = db_column_integer(rows, 0),
		.number = db_column_text(rows, 1),
		.version = db_column_integer(rows, 2),
		.title = db_column_text(rows, 3),
		.status = (enum incident_status)db_column_integer(rows, 4),
		.category = db_column_text(rows, 5),
		.category_proposed = db_column_text(rows, 6),
		.level = (unsigned)db_column_integer(rows, 7),
		.level_proposed = (unsigned)db_column_integer(rows, 8),
		.why_proposed = db_column_text(rows, 9),
		.severity = (enum alert_level)db_column_integer(rows, 10),
		.score = db_column_integer(rows, 11),
		.first = db_column_integer(rows, 12),
		.last = db_column_integer(rows, 13),
		.created = db_column_integer(rows, 14),
		.updated = db_column_integer(rows, 15),
		.closed = db_column_integer(rows, 16),
		.alerts = db_column_integer(rows, 17),
		.drill = db_column_integer(rows, 18) != 0,
		.assignee = db_column_text(rows, 19),
		.asset = db_column_integer(rows, 20),
		.unit = db_column_integer(rows, 21),
		.asset_name = db_column_text(rows, 22),
		.unit_name = db_column_text(rows, 23),
		.responsible = db_column_text(rows, 24),
		.tactics = db_column_text(rows, 25),
		.merged_into = db_column_integer(rows, 26),
		.due = db_column_integer(rows, 27),
		.due_kind = db_column_text(rows, 28),
		.title_en = db_column_text(rows, 29),
	};
}

int incident_get(struct db_tx *tx, int64_t id, incident_visit *visit, void *context)
{
	struct db_rows *rows = db_query(tx, "SELECT " INCIDENT_COLUMNS " FROM incidents WHERE id = ?1",
					DB_ARGS(db_integer(id)));
	struct incident incident;
	int r = db_next(rows);

	if (r <= 0)
		return r == 0 ? ERR_END : r;
	read_incident(rows, &incident);
	return visit(context, &incident);
}

int incident_find(struct db_tx *tx, struct str number, int64_t *ret_id)
{
	int r = db_get_integer(tx, "SELECT id FROM incidents WHERE number = ?1", DB_ARGS(db_text(number)),
			       ret_id);

	return r == 0 ? ERR_END : r < 0 ? r : 0;
}

/* Whether units that were asked about lie in the one that may be seen: a page has few of them. */
#define UNITS_REMEMBERED 64

struct scope {
	struct db_tx *tx;
	int64_t top;
	size_t count;
	struct {
		int64_t unit;
		bool within;
	} known[UNITS_REMEMBERED];
};

static bool in_scope(struct scope *scope, int64_t unit, int64_t time)
{
	bool within;

	if (!scope->top)
		return true;
	if (!unit)
		return false;
	for (size_t i = 0; i < scope->count; i++)
		if (scope->known[i].unit == unit)
			return scope->known[i].within;
	within = unit_within(scope->tx, unit, scope->top, time);
	if (scope->count < UNITS_REMEMBERED) {
		scope->known[scope->count].unit = unit;
		scope->known[scope->count++].within = within;
	}
	return within;
}

static void add_bits(struct buf *sql, const char *column, unsigned bits, int count)
{
	const char *comma = "";

	if (!bits)
		return;
	buf_printf(sql, " AND %s IN (", column);
	for (int i = 0; i < count; i++)
		if (bits & 1u << i) {
			buf_printf(sql, "%s%d", comma, i);
			comma = ",";
		}
	buf_add_str(sql, *comma ? STR(")") : STR("-1)"));
}

/*
 * ?1 cursor  ?2 from  ?3 to  ?4 assignee  ?5 words  ?6 category  ?7 due before  ?8 urgency  ?9 asset  ?10
 * person. Words are looked for in what an incident is called and in what it is about: an address, host or
 * user has to be named in full.
 */
static void write_list(struct buf *sql, const struct incident_filter *filter)
{
	buf_printf(sql, "SELECT " INCIDENT_COLUMNS ", %s AS urgency FROM incidents WHERE %s AND ?8 >= ''",
		   filter->urgent ? URGENCY : "''",
		   filter->urgent ? "(urgency > ?8 OR (urgency = ?8 AND id < ?1))" : "id < ?1");
	if (filter->open)
		buf_printf(sql, " AND status < 4");
	if (!filter->merged && !filter->statuses)
		buf_printf(sql, " AND status <> 6");
	add_bits(sql, "status", filter->statuses, INCIDENT_STATUS_COUNT);
	add_bits(sql, "coalesce(nullif(level, 0), level_proposed)", filter->levels, INCIDENT_LEVEL_MAX + 1);
	if (filter->drill != ALERT_ANY)
		buf_printf(sql, " AND drill = %d", filter->drill == ALERT_DRILL);
	buf_printf(sql, " AND last >= ?2 AND last < ?3 AND (?4 = '' OR assignee = ?4)");
	buf_printf(sql, " AND (?5 = '' OR instr(lower(" WORDS "), lower(?5)) > 0 OR EXISTS (SELECT 1"
			" FROM incident_entities WHERE incident = incidents.id AND (value = lower(?5) OR"
			" (kind = 1 AND value > lower(?5) || '.' AND value < lower(?5) || '/'))))");
	buf_printf(sql,
		   " AND (?9 = 0 OR EXISTS (SELECT 1 FROM incident_assets WHERE incident = incidents.id AND"
		   " asset = ?9)) AND (?10 = 0 OR EXISTS (SELECT 1 FROM incident_assets, json_each(people)"
		   " WHERE incident = incidents.id AND json_extract(value, '$.person') = ?10))");
	buf_printf(
		sql,
		" AND (?6 = '' OR substr(coalesce(nullif(category, ''), category_proposed), 1, length(?6)) ="
		" ?6) AND (?7 = 0 OR (SELECT due FROM incident_deadlines" DEADLINE
		") < ?7)%s ORDER BY %sid DESC",
		filter->unassigned ? " AND assignee = ''" : "", filter->urgent ? "urgency, " : "");
}

static int read_page(struct db_rows *rows, const struct incident_filter *filter, struct scope *scope,
		     incident_visit *visit, void *context, int64_t *ret_next, char *ret_urgent)
{
	char urgent[INCIDENT_URGENCY_SIZE] = "";
	struct incident incident;
	unsigned shown = 0, seen = 0;
	int64_t last = 0;
	int r;

	*ret_next = 0;
	while ((r = db_next(rows)) > 0) {
		read_incident(rows, &incident);
		if (shown == filter->limit || seen++ == INCIDENT_SCAN_MAX) {
			*ret_next = last;
			if (ret_urgent)
				memcpy(ret_urgent, urgent, sizeof(urgent));
			return 0;
		}
		last = incident.id;
		snprintf(urgent, sizeof(urgent), "%.*s",
			 STR_FMT(db_column_text(rows, INCIDENT_COLUMN_COUNT)));
		if (!in_scope(scope, incident.unit, incident.first))
			continue;
		shown++;
		r = visit(context, &incident);
		if (r)
			return r;
	}
	return r;
}

int incident_list(struct db_tx *tx, const struct incident_filter *filter, incident_visit *visit,
		  void *context, int64_t *ret_next, char *ret_urgent)
{
	struct scope scope = {.tx = tx, .top = filter->unit};
	const bool later = filter->urgent && *filter->urgent;
	const char *urgent = later ? filter->urgent : "";
	struct buf sql = {0}, words = {0};
	int64_t next = 0;
	int r;

	must(filter->limit >= 1);
	write_list(&sql, filter);
	entity_refang(str_trim(filter->words), &words);
	r = read_page(
		db_query(tx, buf_cstr(&sql),
			 DB_ARGS(db_integer(filter->cursor > 0 ? filter->cursor : INT64_MAX),
				 db_integer(filter->from), db_integer(filter->to ? filter->to : INT64_MAX),
				 db_text(filter->assignee), db_text(buf_str(&words)),
				 db_text(filter->category), db_integer(filter->due_before),
				 db_text(str_from(urgent)), db_integer(filter->asset),
				 db_integer(filter->person))),
		filter, &scope, visit, context, &next, ret_urgent);
	buf_done(&words);
	buf_done(&sql);
	if (r == 0)
		*ret_next = next;
	return r;
}
