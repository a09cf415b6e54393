/* SPDX-License-Identifier: Apache-2.0 */
/* What is open now, what presses most, which units are concerned; the threat index and the countries of
 * alerts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "access/user.h"
#include "base/clock.h"
#include "cases/situation.h"
#include "cases/threat.h"

#define T0 INT64_C(1794996000000000) /* a whole hour */

static char folder[64], path[80];
static struct db *db;

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&access_schema, &cases_schema};

	(void)state;
	strcpy(folder, "/tmp/wl-situation-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 2, &db, NULL), 0);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* --- the index ----------------------------------------------------------------------------------------- */

static struct threat index_of(struct threat_facts facts)
{
	struct threat threat;
	int sum = 0;

	threat_index(&facts, &threat);
	for (int i = 0; i < THREAT_PART_COUNT; i++) {
		assert_in_range(threat.parts[i].points, 0, threat.parts[i].most);
		sum += threat.parts[i].points;
	}
	assert_int_equal(sum, threat.index);
	assert_in_range(threat.index, 0, 100);
	return threat;
}

static int points(struct threat_facts facts, enum threat_kind kind)
{
	return index_of(facts).parts[kind].points;
}

static void nothing_is_calm(void **state)
{
	struct threat threat = index_of((struct threat_facts){.sources = 10});

	(void)state;
	assert_int_equal(threat.index, 0);
	assert_string_equal(threat.band, "calm");
}

static void the_most_of_all_is_a_hundred(void **state)
{
	const struct threat_facts most = {.incidents = {INT64_MAX, INT64_MAX, 1, 1, 1},
					  .critical = INT64_MAX,
					  .high = INT64_MAX,
					  .alerts = INT64_MAX,
					  .alerts_before = 1,
					  .reports_overdue = INT64_MAX,
					  .sources = 4,
					  .silent = 4};
	struct threat threat = index_of(most);

	(void)state;
	assert_int_equal(threat.index, 100);
	assert_string_equal(threat.band, "critical");
	index_of((struct threat_facts){.incidents = {-1, -1, -1, -1, -1}, .alerts = -5, .sources = -1});
}

static void incidents_count_by_their_level(void **state)
{
	(void)state;
	assert_int_equal(points((struct threat_facts){.incidents = {1}}, THREAT_INCIDENTS), 2);
	assert_int_equal(points((struct threat_facts){.incidents = {0, 0, 0, 0, 2}}, THREAT_INCIDENTS), 10);
	assert_int_equal(points((struct threat_facts){.incidents = {0, 0, 0, 2, 0}}, THREAT_INCIDENTS), 30);
	assert_int_equal(points((struct threat_facts){.incidents = {0, 1, 0, 0, 0}}, THREAT_INCIDENTS), 45);
	assert_int_equal(points((struct threat_facts){.incidents = {0, 0, 2, 0, 0}}, THREAT_INCIDENTS), 45);
}

static void unseen_alerts_count_ever_less(void **state)
{
	(void)state;
	assert_int_equal(points((struct threat_facts){.high = 20}, THREAT_ALERTS), 10);
	assert_int_equal(points((struct threat_facts){.critical = 5}, THREAT_ALERTS), 10);
	assert_int_equal(points((struct threat_facts){.high = 1}, THREAT_ALERTS), 1);
	assert_int_equal(points((struct threat_facts){.high = 100000}, THREAT_ALERTS), 20);
}

static void a_rise_needs_a_week_before(void **state)
{
	(void)state;
	assert_int_equal(points((struct threat_facts){.alerts = 1000}, THREAT_RISE), 0);
	assert_int_equal(points((struct threat_facts){.alerts = 19, .alerts_before = 1}, THREAT_RISE), 0);
	assert_int_equal(points((struct threat_facts){.alerts = 100, .alerts_before = 100}, THREAT_RISE), 0);
	assert_int_equal(points((struct threat_facts){.alerts = 250, .alerts_before = 100}, THREAT_RISE), 5);
	assert_int_equal(points((struct threat_facts){.alerts = 400, .alerts_before = 100}, THREAT_RISE), 10);
	assert_int_equal(
		index_of((struct threat_facts){.alerts = 250, .alerts_before = 100}).parts[THREAT_RISE].value,
		250);
}

static void who_hears_nothing_knows_nothing(void **state)
{
	(void)state;
	assert_int_equal(points((struct threat_facts){0}, THREAT_BLIND), 10);
	assert_int_equal(points((struct threat_facts){.sources = 100, .silent = 1}, THREAT_BLIND), 1);
	assert_int_equal(points((struct threat_facts){.sources = 100, .silent = 50}, THREAT_BLIND), 5);
}

static void bands_are_of_twenty(void **state)
{
	(void)state;
	assert_string_equal(index_of((struct threat_facts){.sources = 1, .tasks_overdue = 15}).band, "calm");
	assert_string_equal(index_of((struct threat_facts){.sources = 1, .incidents = {10}}).band, "watch");
	assert_string_equal(index_of((struct threat_facts){.sources = 1, .incidents = {0, 1}}).band,
			    "guarded");
	assert_string_equal(
		index_of((struct threat_facts){.sources = 1, .incidents = {0, 1}, .reports_overdue = 2}).band,
		"grave");
}

/* --- what is open -------------------------------------------------------------------------------------- */

static void run(const char *sql)
{
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_true(db_run(tx, sql, DB_NONE) >= 0);
	assert_int_equal(db_end(tx, 0), 0);
}

/* level 0: not decided. */
static void add_incident(int id, int status, int level, int proposed, int score, int64_t first, int drill,
			 int unit)
{
	char sql[600];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO incidents (id, number, title, status, level, level_proposed, score, drill, "
		 "severity,"
		 " first, last, created, updated, alerts, unit, unit_name) VALUES (%d, '2026-%04d', 'T%d', "
		 "%d, %d,"
		 " %d, %d, %d, 3, %lld, %lld, 1, 1, 4, %d, 'U%d')",
		 id, id, id, status, level, proposed, score, drill, (long long)first, (long long)first + 60,
		 unit, unit);
	run(sql);
}

static struct situation read_now(int64_t now)
{
	struct situation situation;
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(situation_read(tx, now, &situation), 0);
	assert_int_equal(db_end(tx, 0), 0);
	return situation;
}

static int keep_id(void *context, const struct incident *incident)
{
	*(int64_t *)context = incident->id;
	return 0;
}

static int64_t most_urgent(void)
{
	struct db_tx *tx;
	int64_t id = 0;
	int r;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	r = situation_most_urgent(tx, keep_id, &id);
	assert_int_equal(db_end(tx, 0), 0);
	assert_true(r == 0 || (r == ERR_END && id == 0));
	return id;
}

static void open_incidents_are_told_by_level(void **state)
{
	struct situation situation;

	(void)state;
	add_incident(1, 0, 0, 3, 10, T0, 0, 5);
	add_incident(2, 2, 4, 2, 10, T0, 0, 5); /* as decided, not as proposed */
	add_incident(3, 0, 0, 0, 10, T0, 1, 0);
	add_incident(4, 4, 1, 1, 10, T0, 0, 5); /* closed */
	add_incident(5, 6, 1, 1, 10, T0, 0, 5); /* merged */
	situation = read_now(T0);
	assert_int_equal(situation.incidents.open, 3);
	assert_int_equal(situation.incidents.drill, 1);
	assert_int_equal(situation.incidents.untouched, 2);
	assert_int_equal(situation.incidents.unassigned, 3);
	assert_int_equal(situation.incidents.by_level[0], 1);
	assert_int_equal(situation.incidents.by_level[1], 0);
	assert_int_equal(situation.incidents.by_level[3], 1);
	assert_int_equal(situation.incidents.by_level[4], 1);
}

static void the_worst_and_oldest_presses_most(void **state)
{
	(void)state;
	assert_int_equal(most_urgent(), 0);
	add_incident(1, 0, 0, 1, 999, T0, 1, 0); /* a drill, while something real is open */
	assert_int_equal(most_urgent(), 1);
	add_incident(2, 0, 0, 0, 999, T0, 0, 0);
	assert_int_equal(most_urgent(), 2);
	add_incident(3, 0, 0, 4, 100, T0, 0, 0);
	assert_int_equal(most_urgent(), 3);
	add_incident(4, 0, 0, 4, 200, T0, 0, 0);
	add_incident(5, 0, 0, 4, 200, T0 - 1, 0, 0);
	assert_int_equal(most_urgent(), 5);
	add_incident(6, 0, 2, 4, 1, T0, 0, 0);
	assert_int_equal(most_urgent(), 6);
}

static void alerts_and_tasks_are_counted(void **state)
{
	char sql[400];
	struct situation situation;
	const int64_t minute = T0 / CLOCK_MINUTE, week = 7 * 24 * 60, day = 24 * 60;

	(void)state;
	/* level 3 new; level 3 acknowledged; level 1; a day and a bit ago; the week before; more than that
	 * ago */
	snprintf(
		sql, sizeof(sql),
		"INSERT INTO alert_minutes VALUES (%lld, 3, 0, 0, 7), (%lld, 3, 1, 0, 5), (%lld, 1, 0, 0, 2),"
		" (%lld, 4, 0, 0, 11), (%lld, 2, 3, 0, 13), (%lld, 2, 0, 0, 17)",
		(long long)minute, (long long)minute, (long long)minute, (long long)(minute - day - 1),
		(long long)(minute - week - 1), (long long)(minute - week - day - 1));
	run(sql);
	add_incident(1, 0, 0, 3, 10, T0, 0, 5);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO incident_tasks (incident, title, text, assignee, due, created, created_by) "
		 "VALUES"
		 " (1, 'a', '', '', 0, 1, 'x'), (1, 'b', '', '', %lld, 1, 'x'), (1, 'c', '', '', %lld, 1, "
		 "'x')",
		 (long long)T0 - 1, (long long)T0 + 1);
	run(sql);
	situation = read_now(T0);
	assert_int_equal(situation.alerts.unseen[ALERT_HIGH], 7);
	assert_int_equal(situation.alerts.unseen[ALERT_LOW], 2);
	assert_int_equal(situation.alerts.unseen[ALERT_CRITICAL], 0);
	assert_int_equal(situation.alerts.recent, 12);
	assert_int_equal(situation.alerts.before, 13);
	assert_int_equal(situation.tasks_open, 3);
	assert_int_equal(situation.tasks_overdue, 1);
}

static char seen[400];

static int see_bucket(void *context, int64_t time, int64_t count)
{
	(void)context;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%lld:%lld ",
		 (long long)(time - T0) / CLOCK_HOUR, (long long)count);
	return 0;
}

static int see_unit(void *context, const struct unit_row *row)
{
	(void)context;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%.*s %lld/%lld %lld ", STR_FMT(row->name),
		 (long long)row->open, (long long)row->incidents, (long long)row->alerts);
	return 0;
}

static void incidents_over_time_and_by_unit(void **state)
{
	struct db_tx *tx;

	(void)state;
	add_incident(1, 0, 0, 3, 10, T0, 0, 5);
	add_incident(2, 4, 0, 3, 10, T0 + 1, 0, 5);
	add_incident(3, 0, 0, 3, 10, T0 + 2 * CLOCK_HOUR, 0, 0);
	add_incident(4, 6, 0, 3, 10, T0 + 2 * CLOCK_HOUR, 0, 5); /* merged: told by the other */
	add_incident(5, 4, 0, 3, 10, T0 + 3 * CLOCK_HOUR - 1, 0, 6);
	add_incident(6, 0, 0, 3, 10, T0 + 3 * CLOCK_HOUR, 0, 7); /* later */
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	seen[0] = 0;
	assert_int_equal(incidents_series(tx, T0, T0 + 3 * CLOCK_HOUR, CLOCK_HOUR, see_bucket, NULL), 0);
	assert_string_equal(seen, "0:2 2:2 ");
	seen[0] = 0;
	assert_int_equal(incidents_by_unit(tx, T0, T0 + 3 * CLOCK_HOUR, 10, see_unit, NULL), 0);
	assert_string_equal(seen, "U5 1/2 8 U6 0/1 4 ");
	assert_int_equal(db_end(tx, 0), 0);
}

/* --- where alerts come from ---------------------------------------------------------------------------- */

static int see_top(void *context, const struct alert_top_row *row)
{
	(void)context;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%.*s:%lld ", STR_FMT(row->key),
		 (long long)row->count);
	return 0;
}

static void top(enum alert_top kind, int64_t from, int64_t to, const char *wanted)
{
	seen[0] = 0;
	assert_int_equal(alerts_top(db, kind, from, to, 10, see_top, NULL), 0);
	assert_string_equal(seen, wanted);
}

static void add_from(unsigned number, int64_t time, const char *event)
{
	char id[33];
	struct alert alert = {.time = time,
			      .detected = time,
			      .event = str_from(event),
			      .rule_id = STR("r"),
			      .rule_title = STR("R"),
			      .rule_hash = STR("h")};

	snprintf(id, sizeof(id), "%032x", number);
	alert.id = str_from(id);
	assert_int_equal(alerts_add(db, &alert, 1), 1);
}

static void alerts_are_counted_by_country(void **state)
{
	static const char russia
		[] = "{\"seq\":\"1\",\"fields\":{\"source.geo.country_iso_code\":\"RU\"},\"attributes\":[]}",
	  china[] = "{\"fields\":{\"message\":\"\\\"source.geo.country_iso_code\\\":\\\"US\\\"\","
		    "\"source.geo.country_iso_code\":\"CN\",\"source.geo.region_iso_code\":\"CN-33\","
		    "\"destination.geo.country_iso_code\":\"DE\"},\"attributes\":[]}";

	(void)state;
	add_from(1, T0, russia);
	add_from(2, T0 + CLOCK_MINUTE, china);
	add_from(3, T0 + CLOCK_HOUR, china);
	add_from(4, T0 + CLOCK_HOUR, "{\"fields\":{},\"attributes\":[]}");
	add_from(5, T0 + CLOCK_HOUR, "");
	top(ALERT_TOP_SOURCE_COUNTRY, T0, T0 + 2 * CLOCK_HOUR, "CN:2 RU:1 ");
	/* The ends of a span are counted from the alerts themselves. */
	top(ALERT_TOP_SOURCE_COUNTRY, T0 + 1, T0 + 2 * CLOCK_HOUR - 1, "CN:2 ");
	top(ALERT_TOP_DESTINATION_COUNTRY, T0, T0 + 2 * CLOCK_HOUR, "DE:2 ");
	top(ALERT_TOP_SOURCE_REGION, T0, T0 + 2 * CLOCK_HOUR, "CN-33:2 ");
	top(ALERT_TOP_SOURCE_REGION, T0, T0 + 2 * CLOCK_MINUTE, "CN-33:1 ");
}

/* A database from before there were counts by country has them after it is opened. */
#define STEPS_BEFORE_COUNTRIES 9 /* of cases_schema */

static void older_alerts_get_their_countries(void **state)
{
	struct db_schema old = {cases_schema.name, cases_schema.steps, STEPS_BEFORE_COUNTRIES};
	const struct db_schema *before[] = {&access_schema, &old}, *now[] = {&access_schema, &cases_schema};

	(void)state;
	db_close(db);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(db_open(path, before, 2, &db, NULL), 0);
	add_from(1, T0, "{\"fields\":{\"source.geo.country_iso_code\":\"BR\"},\"attributes\":[]}");
	add_from(2, T0, "");
	run("DELETE FROM alert_hours WHERE kind > 3");
	db_close(db);
	assert_int_equal(db_open(path, now, 2, &db, NULL), 0);
	top(ALERT_TOP_SOURCE_COUNTRY, T0, T0 + CLOCK_HOUR, "BR:1 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_calm),
		cmocka_unit_test(the_most_of_all_is_a_hundred),
		cmocka_unit_test(incidents_count_by_their_level),
		cmocka_unit_test(unseen_alerts_count_ever_less),
		cmocka_unit_test(a_rise_needs_a_week_before),
		cmocka_unit_test(who_hears_nothing_knows_nothing),
		cmocka_unit_test(bands_are_of_twenty),
		cmocka_unit_test_setup_teardown(open_incidents_are_told_by_level, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_worst_and_oldest_presses_most, set_up, tear_down),
		cmocka_unit_test_setup_teardown(alerts_and_tasks_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(incidents_over_time_and_by_unit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(alerts_are_counted_by_country, set_up, tear_down),
		cmocka_unit_test_setup_teardown(older_alerts_get_their_countries, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
