/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of incidents: four steps of cases_schema. Times are µs; status, level: the numbers of
 * incident.h. */
#include "cases/private.h"

/*
 * touched: a person has changed it, so that nothing but a person merges it. graded: the severity its
 * proposals rest on, plus 1. alerts.incident is 0 only inside
 * the transaction that adds the alert.
 */
const char case_incidents[] =
	"CREATE TABLE incidents ("
	"  id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, version INTEGER NOT NULL DEFAULT 1,"
	"  title TEXT NOT NULL, status INTEGER NOT NULL DEFAULT 0, drill INTEGER NOT NULL,"
	"  category TEXT NOT NULL DEFAULT '', category_proposed TEXT NOT NULL DEFAULT '',"
	"  level INTEGER NOT NULL DEFAULT 0, level_proposed INTEGER NOT NULL DEFAULT 0,"
	"  why_proposed TEXT NOT NULL DEFAULT '',"
	"  severity INTEGER NOT NULL, score INTEGER NOT NULL DEFAULT 0,"
	"  first INTEGER NOT NULL, last INTEGER NOT NULL,"
	"  created INTEGER NOT NULL, updated INTEGER NOT NULL, closed INTEGER NOT NULL DEFAULT 0,"
	"  alerts INTEGER NOT NULL, assignee TEXT NOT NULL DEFAULT '',"
	"  asset INTEGER NOT NULL DEFAULT 0, unit INTEGER NOT NULL DEFAULT 0,"
	"  asset_name TEXT NOT NULL DEFAULT '', unit_name TEXT NOT NULL DEFAULT '',"
	"  responsible TEXT NOT NULL DEFAULT '', tactics TEXT NOT NULL DEFAULT '[]',"
	"  merged_into INTEGER NOT NULL DEFAULT 0, touched INTEGER NOT NULL DEFAULT 0,"
	"  graded INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE INDEX incidents_open ON incidents (id) WHERE status < 4;"
	"CREATE INDEX incidents_by_last ON incidents (last);"
	"CREATE INDEX incidents_by_merge ON incidents (merged_into) WHERE merged_into > 0;"
	"CREATE TABLE incident_numbers (year INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;"
	/* What its alerts have in common with others (entity.h), and by what new ones find it. strength: 1000
	   where it is what the incident began with, less the longer the chain of links to it. stage: the
	   latest tactic there. seq, received, recent (its time): of the alert that came last. */
	"CREATE TABLE incident_entities ("
	"  incident INTEGER NOT NULL, kind INTEGER NOT NULL, value TEXT NOT NULL,"
	"  first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL, strength INTEGER NOT NULL,"
	"  stage INTEGER NOT NULL, seq INTEGER NOT NULL, received INTEGER NOT NULL,"
	"  recent INTEGER NOT NULL, PRIMARY KEY (incident, kind, value)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX incident_entities_by_value ON incident_entities (kind, value, last);"
	/* data: a JSON object or empty. */
	"CREATE TABLE incident_timeline ("
	"  number INTEGER PRIMARY KEY, incident INTEGER NOT NULL, time INTEGER NOT NULL,"
	"  kind TEXT NOT NULL, by_user TEXT NOT NULL, text TEXT NOT NULL, data TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX incident_timeline_by_incident ON incident_timeline (incident, number);"
	/* Why an alert is where it is: what joined it, as JSON. Nothing for the first of an incident. */
	"CREATE TABLE alert_reasons ("
	"  key INTEGER PRIMARY KEY REFERENCES alerts (key) ON DELETE CASCADE,"
	"  score INTEGER NOT NULL, why TEXT NOT NULL"
	") STRICT;"
	"ALTER TABLE alerts ADD COLUMN incident INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX alerts_by_incident ON alerts (incident);";

/*
 * Alerts from before there were incidents: those of a day that share a host, else a source address, else a
 * rule. Coarser than grouping, but in one pass; those whose alerts are all decided are closed. The year of a
 * number is that of the machine's zone.
 */
const char case_backfill[] =
	"CREATE TABLE incident_backfill AS SELECT row_number() OVER (ORDER BY min(time), drill, what, day) "
	"AS id,"
	" drill, what, day, min(time) AS first, max(time) AS last, count(*) AS alerts, max(level) AS "
	"severity,"
	" title, sum(status < 2) AS undecided, sum(status = 2) AS confirmed FROM (SELECT time, drill, level,"
	" title, status, time / 86400000000 AS day, CASE WHEN host <> '' THEN host WHEN source_ip <> ''"
	" THEN source_ip ELSE rule_id END AS what FROM alerts) GROUP BY drill, what, day;"
	"CREATE UNIQUE INDEX incident_backfill_by ON incident_backfill (drill, what, day);"
	"INSERT INTO incidents (id, number, title, status, drill, severity, first, last, created, updated, "
	"closed,"
	" alerts) SELECT id, year || '-' || printf('%04d', row_number() OVER (PARTITION BY year ORDER BY "
	"id)),"
	" title, CASE WHEN undecided > 0 THEN 0 WHEN confirmed > 0 THEN 4 ELSE 5 END, drill, severity, first,"
	" last, last, last, CASE WHEN undecided > 0 THEN 0 ELSE last END, alerts FROM (SELECT *,"
	" strftime('%Y', first / 1000000, 'unixepoch', 'localtime') AS year FROM incident_backfill);"
	"INSERT INTO incident_numbers SELECT CAST(substr(number, 1, instr(number, '-') - 1) AS INTEGER), "
	"count(*)"
	" FROM incidents GROUP BY 1;"
	"UPDATE alerts SET incident = (SELECT id FROM incident_backfill AS b WHERE b.drill = alerts.drill AND"
	" b.day = alerts.time / 86400000000 AND b.what = CASE WHEN alerts.host <> '' THEN alerts.host"
	" WHEN alerts.source_ip <> '' THEN alerts.source_ip ELSE alerts.rule_id END);"
	"DROP TABLE incident_backfill;";

/*
 * entities: everything alerts are about. degree: with how many others it was seen in this period of a week,
 * at most ENTITY_PARTNERS_MAX; degree_before: in the last. rank: the logarithm of risk moved to the year
 * 1970, so that order by it is order of what risk has decayed to at any time.
 */
const char case_work[] =
	"CREATE TABLE entities ("
	"  drill INTEGER NOT NULL, kind INTEGER NOT NULL, value TEXT NOT NULL, name TEXT NOT NULL DEFAULT '',"
	"  period INTEGER NOT NULL, degree INTEGER NOT NULL, degree_before INTEGER NOT NULL,"
	"  first INTEGER NOT NULL, last INTEGER NOT NULL, alerts INTEGER NOT NULL,"
	"  risk INTEGER NOT NULL DEFAULT 0, risk_at INTEGER NOT NULL DEFAULT 0, rank INTEGER NOT NULL "
	"DEFAULT 0,"
	"  PRIMARY KEY (drill, kind, value)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX entities_by_rank ON entities (drill, kind, rank);"
	"CREATE INDEX entities_by_last ON entities (last);"
	"CREATE TABLE entity_partners ("
	"  period INTEGER NOT NULL, drill INTEGER NOT NULL, kind INTEGER NOT NULL, value TEXT NOT NULL,"
	"  partner TEXT NOT NULL, PRIMARY KEY (period, drill, kind, value, partner)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE incident_assets ("
	"  incident INTEGER NOT NULL, asset INTEGER NOT NULL, unit INTEGER NOT NULL, at INTEGER NOT NULL,"
	"  what TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, unit_name TEXT NOT NULL,"
	"  responsible TEXT NOT NULL, criticality TEXT NOT NULL, mlps_level INTEGER NOT NULL,"
	"  people TEXT NOT NULL,"
	"  PRIMARY KEY (incident, asset)"
	") STRICT, WITHOUT ROWID;"
	/* kind: 'related'; a pair once, the older incident first. */
	"CREATE TABLE incident_links ("
	"  incident INTEGER NOT NULL, other INTEGER NOT NULL, at INTEGER NOT NULL, score INTEGER NOT NULL,"
	"  why TEXT NOT NULL, PRIMARY KEY (incident, other)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX incident_links_by_other ON incident_links (other);"
	/* A merge (of incident into other) or a split (of other from incident), with what moved, so that it
	   can be taken back. status: of the incident that went away. */
	"CREATE TABLE incident_moves ("
	"  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, incident INTEGER NOT NULL, other INTEGER NOT NULL,"
	"  at INTEGER NOT NULL, by_user TEXT NOT NULL, reason TEXT NOT NULL, status INTEGER NOT NULL,"
	"  undone INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE INDEX incident_moves_by_incident ON incident_moves (incident);"
	"CREATE TABLE incident_moved ("
	"  move INTEGER NOT NULL, what TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (move, what, id)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE incident_tasks ("
	"  id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1,"
	"  title TEXT NOT NULL, text TEXT NOT NULL, assignee TEXT NOT NULL, status INTEGER NOT NULL DEFAULT "
	"0,"
	"  due INTEGER NOT NULL, created INTEGER NOT NULL, created_by TEXT NOT NULL,"
	"  done INTEGER NOT NULL DEFAULT 0, done_by TEXT NOT NULL DEFAULT ''"
	") STRICT;"
	"CREATE INDEX incident_tasks_by_incident ON incident_tasks (incident);"
	"CREATE INDEX incident_tasks_open ON incident_tasks (due) WHERE status = 0;"
	"CREATE TABLE incident_files ("
	"  id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,"
	"  size INTEGER NOT NULL, sha256 TEXT NOT NULL, note TEXT NOT NULL,"
	"  added INTEGER NOT NULL, added_by TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX incident_files_by_incident ON incident_files (incident);"
	"CREATE INDEX incident_files_by_hash ON incident_files (sha256);"
	"CREATE TABLE file_custody ("
	"  number INTEGER PRIMARY KEY, file INTEGER NOT NULL, time INTEGER NOT NULL, by_user TEXT NOT NULL,"
	"  action TEXT NOT NULL, address TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX file_custody_by_file ON file_custody (file);";

/*
 * What has to be done about an incident by when, of every module that knows of such: each keeps its own rows
 * by triggers on its tables, so that none is forgotten. kind: "task", "report", "rectification"; id: there.
 */
const char case_deadlines[] =
	"CREATE TABLE incident_deadlines ("
	"  kind TEXT NOT NULL, id INTEGER NOT NULL, incident INTEGER NOT NULL, due INTEGER NOT NULL,"
	"  PRIMARY KEY (kind, id)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX incident_deadlines_of ON incident_deadlines (incident, due);"
	"INSERT INTO incident_deadlines SELECT 'task', id, incident, due FROM incident_tasks"
	" WHERE status = 0 AND due > 0;"
	"CREATE TRIGGER incident_tasks_added AFTER INSERT ON incident_tasks WHEN new.status = 0 AND new.due "
	"> 0"
	" BEGIN INSERT INTO incident_deadlines VALUES ('task', new.id, new.incident, new.due); END;"
	"CREATE TRIGGER incident_tasks_changed AFTER UPDATE OF incident, status, due ON incident_tasks BEGIN"
	" DELETE FROM incident_deadlines WHERE kind = 'task' AND id = new.id;"
	" INSERT INTO incident_deadlines SELECT 'task', new.id, new.incident, new.due"
	" WHERE new.status = 0 AND new.due > 0; END;";
