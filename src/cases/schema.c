/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/private.h"

/*
 * key is milliseconds << 20 | number in the millisecond (alert_key.h). Times are µs.
 * Level, status: the numbers of alert.h. tactics, techniques, tags: JSON arrays.
 */
static const char alerts[] =
	"CREATE TABLE rules ("
	"  hash TEXT PRIMARY KEY,"
	"  id TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,"
	"  level INTEGER NOT NULL, tags TEXT NOT NULL, yaml TEXT NOT NULL,"
	"  first_seen INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX rules_by_id ON rules (id, first_seen);"
	"CREATE TABLE alerts ("
	"  key INTEGER PRIMARY KEY,"
	"  id BLOB NOT NULL UNIQUE,"
	"  time INTEGER NOT NULL, detected INTEGER NOT NULL,"
	"  level INTEGER NOT NULL, status INTEGER NOT NULL DEFAULT 0, drill INTEGER NOT NULL,"
	"  rule_id TEXT NOT NULL, title TEXT NOT NULL, rule_hash TEXT NOT NULL,"
	"  event_seq INTEGER NOT NULL, source TEXT NOT NULL,"
	"  host TEXT NOT NULL, user TEXT NOT NULL,"
	"  source_ip TEXT NOT NULL, destination_ip TEXT NOT NULL,"
	"  tactics TEXT NOT NULL, techniques TEXT NOT NULL,"
	"  note TEXT NOT NULL DEFAULT ''"
	") STRICT;"
	"CREATE INDEX alerts_by_state ON alerts (level, status, drill);"
	"CREATE INDEX alerts_by_rule ON alerts (rule_id, level, status, drill);"
	/* The large texts lie apart, so that pages of the list stay dense. */
	"CREATE TABLE alert_details ("
	"  key INTEGER PRIMARY KEY REFERENCES alerts (key) ON DELETE CASCADE,"
	"  why TEXT NOT NULL, event TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE alert_history ("
	"  number INTEGER PRIMARY KEY,"
	"  alert INTEGER NOT NULL REFERENCES alerts (key) ON DELETE CASCADE,"
	"  time INTEGER NOT NULL, by_user TEXT NOT NULL,"
	"  status_from INTEGER NOT NULL, status_to INTEGER NOT NULL,"
	"  note TEXT" /* NULL: unchanged */
	") STRICT;"
	"CREATE INDEX alert_history_by_alert ON alert_history (alert);"
	/* Only the index; the text is made by alert_words.c from titles, host, user and addresses. */
	"CREATE VIRTUAL TABLE alert_words USING fts5 (words, content = '', columnsize = 0);"
	/* Kept in step by alerts_add() and alert_update(). minute, hour: of the alert's time, counted from
	   1970. */
	"CREATE TABLE alert_minutes ("
	"  minute INTEGER NOT NULL, level INTEGER NOT NULL, status INTEGER NOT NULL, drill INTEGER NOT NULL,"
	"  count INTEGER NOT NULL,"
	"  PRIMARY KEY (minute, level, status, drill)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE alert_hours ("
	"  kind INTEGER NOT NULL, hour INTEGER NOT NULL, value TEXT NOT NULL,"
	"  count INTEGER NOT NULL,"
	"  PRIMARY KEY (kind, hour, value)"
	") STRICT, WITHOUT ROWID;";

static const char chinese_titles[] = "ALTER TABLE rules ADD COLUMN title_zh TEXT NOT NULL DEFAULT ''";

/* An index of alerts.tactics. It has no REFERENCES: keys are in order of time, so what retires old alerts
   takes a range of each tactic, where a cascade would search them all. */
static const char tactics[] = "CREATE TABLE alert_tactics ("
			      "  tactic TEXT NOT NULL, key INTEGER NOT NULL,"
			      "  PRIMARY KEY (tactic, key)"
			      ") STRICT, WITHOUT ROWID;"
			      "INSERT OR IGNORE INTO alert_tactics SELECT tactic.value, alerts.key"
			      " FROM alerts, json_each(alerts.tactics) AS tactic ORDER BY 1, 2";

/* last: µs of the newest match counted on the alert; 0: none. */
static const char repeats[] = "ALTER TABLE alerts ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0;"
			      "ALTER TABLE alerts ADD COLUMN last INTEGER NOT NULL DEFAULT 0;";

static const char rule_texts[] = "ALTER TABLE rules ADD COLUMN author TEXT NOT NULL DEFAULT '';"
				 "ALTER TABLE rules ADD COLUMN license TEXT NOT NULL DEFAULT '';"
				 "ALTER TABLE rules ADD COLUMN next_steps TEXT NOT NULL DEFAULT '';"
				 "ALTER TABLE rules ADD COLUMN next_steps_zh TEXT NOT NULL DEFAULT ''";

/* Kept in step by alerts_add(), alerts_repeat() and alert_update(); 2 is closed, 3 false_positive. */
static const char rule_counts_step[] =
	"CREATE TABLE rule_counts ("
	"  rule_id TEXT NOT NULL, drill INTEGER NOT NULL,"
	"  alerts INTEGER NOT NULL, repeats INTEGER NOT NULL,"
	"  confirmed INTEGER NOT NULL, false_positive INTEGER NOT NULL,"
	"  PRIMARY KEY (rule_id, drill)"
	") STRICT, WITHOUT ROWID;"
	"INSERT INTO rule_counts SELECT rule_id, drill, count(*), 0, sum(status = 2), sum(status = 3)"
	" FROM alerts GROUP BY rule_id, drill";

/* The counts by country of alerts that were there before them: 4, 5 and 6 are the kinds of alert_count.h. */
#define COUNT_COUNTRIES(kind, field)                                                       \
	"INSERT INTO alert_hours SELECT " kind ", time / 3600000000, value, count(*) FROM" \
	" (SELECT time, " ALERT_EVENT_TEXT(                                                \
		"event", field) " AS value FROM alerts JOIN"                               \
				" alert_details USING (key)) WHERE value <> '' GROUP BY 2, 3;"
static const char countries[] = COUNT_COUNTRIES("4", "source.geo.country_iso_code")
	COUNT_COUNTRIES("5", "destination.geo.country_iso_code")
		COUNT_COUNTRIES("6", "source.geo.region_iso_code");

/* Alerts are looked for by an address, or by what is known of their incidents, without reading the rest. */
static const char found_by[] =
	"CREATE INDEX alerts_by_source_ip ON alerts (source_ip) WHERE source_ip <> '';"
	"CREATE INDEX incidents_by_assignee ON incidents (assignee) WHERE assignee <> '';"
	"CREATE INDEX incidents_by_asset ON incidents (asset) WHERE asset > 0;"
	"CREATE INDEX incidents_by_unit ON incidents (unit) WHERE unit > 0;"
	"CREATE INDEX incident_assets_by_asset ON incident_assets (asset);"
	"CREATE INDEX incident_assets_by_unit ON incident_assets (unit);";

/* Incidents are named after a rule in Chinese; its other title is looked up by that. */
static const char by_chinese_title[] = "CREATE INDEX rules_by_chinese_title ON rules (title_zh)";

/* From began to recent an alert's entity was last seen, without a break, by one clock. */
static const char clocks[] = "ALTER TABLE incident_entities ADD COLUMN began INTEGER NOT NULL DEFAULT 0;"
			     "UPDATE incident_entities SET began = recent;";

/* TASK_ORDER of task.c. */
static const char task_places[] = "ALTER TABLE incident_tasks ADD COLUMN place INTEGER NOT NULL DEFAULT 0";

static const char rule_words[] = "ALTER TABLE rules ADD COLUMN description_zh TEXT NOT NULL DEFAULT '';"
				 "ALTER TABLE rules ADD COLUMN false_positives TEXT NOT NULL DEFAULT '';"
				 "ALTER TABLE rules ADD COLUMN false_positives_zh TEXT NOT NULL DEFAULT ''";

static const char *const steps[] = {alerts,           chinese_titles,   tactics,        repeats,
				    rule_texts,       rule_counts_step, case_incidents, case_backfill,
				    case_work,        countries,        case_deadlines, found_by,
				    by_chinese_title, clocks,           task_places,    rule_words};

const struct db_schema cases_schema = {"cases", steps, sizeof(steps) / sizeof(steps[0])};
