/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTING_VALUES_H
#define REPORTING_VALUES_H
/*
 * What a report's template may say {{name}} of: taken from the incident as it is in the transaction. Times
 * are the zone's, written as Chinese offices write them. All texts live in the arena.
 */
#include "base/arena.h"
#include "cases/case_rules.h"
#include "reporting/reporting.h"

/* VALUE(NAME, "name", "what it is") */
#define REPORTING_VALUES(VALUE)                                                     \
	VALUE(NUMBER, "number", "the incident's number")                            \
	VALUE(TITLE, "title", "its title")                                          \
	VALUE(STATUS, "status", "its status, in Chinese")                           \
	VALUE(CATEGORY, "category", "its category's name")                          \
	VALUE(LEVEL, "level", "its level's name; 建议 where nobody has decided it") \
	VALUE(DRILL, "drill", "（演练） where it is one, else nothing")             \
	VALUE(DISCOVERED, "discovered", "when it was opened")                       \
	VALUE(FIRST, "first", "the first thing that happened")                      \
	VALUE(LAST, "last", "the last")                                             \
	VALUE(CLOSED, "closed", "when it was closed, or nothing")                   \
	VALUE(ALERT_COUNT, "alert_count", "how many alerts it has")                 \
	VALUE(ASSET, "asset", "the assets it concerns")                             \
	VALUE(MLPS, "mlps", "the highest level of protection among them: 第三级")   \
	VALUE(UNIT, "unit", "the unit")                                             \
	VALUE(RESPONSIBLE, "responsible", "who answered for the asset then")        \
	VALUE(ASSIGNEE, "assignee", "who works on it")                              \
	VALUE(SOURCES, "sources", "addresses the attacks came from")                \
	VALUE(TARGETS, "targets", "hosts and addresses they were aimed at")         \
	VALUE(HAPPENED, "happened", "its alerts, a line each, as people read them") \
	VALUE(MEASURES, "measures", "notes and tasks done, a line each")            \
	VALUE(OPEN_TASKS, "open_tasks", "tasks that are not done, a line each")     \
	VALUE(RECIPIENT, "recipient", "whom this report goes to")                   \
	VALUE(BASIS, "basis", "the regulation and limit it follows")                \
	VALUE(DUE, "due", "by when it has to be there")                             \
	VALUE(ORGANIZATION, "organization", "deadlines.yaml's organization.name")   \
	VALUE(REPORTER, "reporter", "who asked for the document")                   \
	VALUE(TODAY, "today", "the day the document is made")                       \
	VALUE(NOW, "now", "and the time")

enum reporting_value {
#define VALUE(id, name, doc) REPORTING_VALUE_##id,
	REPORTING_VALUES(VALUE)
#undef VALUE
		REPORTING_VALUE_COUNT
};
const char *reporting_value_name(enum reporting_value value);
int reporting_value_parse(struct str name, enum reporting_value *ret_value); /* 0 or ERR_UNKNOWN */

/* Rows that a template makes a table of, with the names of their cells. ROWS(NAME, "name", cell names …) */
#define REPORTING_CELLS_MAX 6
#define REPORTING_ROWS_MAX 200 /* of each; the last says how many more there are */
#define REPORTING_TABLES(TABLE)                                                      \
	TABLE(ALERTS, "alerts", "time", "title", "level", "host", "source", "count") \
	TABLE(TIMELINE, "timeline", "time", "text", "by")                            \
	TABLE(TASKS, "tasks", "title", "assignee", "status", "due")                  \
	TABLE(ASSETS, "assets", "name", "kind", "unit", "responsible", "mlps")

enum reporting_table {
#define TABLE(id, ...) REPORTING_TABLE_##id,
	REPORTING_TABLES(TABLE)
#undef TABLE
		REPORTING_TABLE_COUNT
};
int reporting_table_parse(struct str name, enum reporting_table *ret_table);
int reporting_cell_parse(enum reporting_table table, struct str name, size_t *ret_cell);

struct reporting_row {
	struct str cells[REPORTING_CELLS_MAX];
};

struct reporting_values {
	struct str values[REPORTING_VALUE_COUNT];
	struct reporting_row *rows[REPORTING_TABLE_COUNT];
	size_t row_counts[REPORTING_TABLE_COUNT];
};

/* rules: for names of categories and levels; NULL: codes and numbers. deadlines: for the organization; may be
   NULL. ERR_END where there is no such duty. */
int reporting_gather(struct db_tx *tx, int64_t incident, int64_t duty, const struct case_rules *rules,
		     const struct deadlines *deadlines, struct str reporter, int64_t zone, int64_t now,
		     struct arena *arena, struct reporting_values *ret_values,
		     enum reporting_stage *ret_stage);

#endif
