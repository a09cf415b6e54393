/* SPDX-License-Identifier: Apache-2.0 */
/* Many alerts at once: decided, taken back, and found by what is known of their incidents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "cases/alert_bulk.h"
#include "cases/alert_list.h"
#include "cases/incident.h"
#include "people/register.h"

#define MINUTE INT64_C(60000000)
#define T0 (INT64_C(1795000000) * 1000000)
#define MANY 250

static char folder[64], ids[MANY + 1][33];
static struct db *db;
static struct buf seen;

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&register_schema, &cases_schema};
	char path[80];

	(void)state;
	strcpy(folder, "/tmp/wl-bulk-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	return db_open(path, schemas, 2, &db, NULL);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	buf_done(&seen);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* Each with an incident of its own, as nothing is grouped here. */
static void add(unsigned number, const char *source_ip)
{
	struct alert alert = {
		.time = T0 + number * MINUTE,
		.detected = T0,
		.level = ALERT_HIGH,
		.rule_id = STR("rule-1"),
		.rule_title = STR("SSH password guessing"),
		.rule_hash = STR("hash-1"),
		.event_seq = 1 + number,
		.source_ip = str_from(source_ip),
		.why = STR("{}"),
		.event = STR("{}"),
	};

	snprintf(ids[number], sizeof(ids[number]), "%032x", number);
	alert.id = str_from(ids[number]);
	assert_int_equal(alerts_add(db, &alert, 1), 1);
}

static void run(const char *sql)
{
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_true(db_end(tx, db_run(tx, sql, DB_NONE)) >= 0);
}

static int64_t ask(const char *sql)
{
	int64_t value = -1;
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_get_integer(tx, sql, DB_NONE, &value), 1);
	assert_int_equal(db_end(tx, 0), 0);
	return value;
}

static int note(void *context, const struct alert_result *result)
{
	static const char outcomes[] = {
		[ALERT_CHANGED] = '+', [ALERT_SAME] = '=', [ALERT_NOT_FOUND] = '?', [ALERT_REFUSED] = '!'};

	(void)context;
	buf_printf(&seen, "%c%s %.*s;", outcomes[result->outcome], alert_status_name(result->status),
		   STR_FMT(result->assignee));
	return 0;
}

static const char *change(const char *const *texts, size_t count, const struct alert_bulk *bulk)
{
	struct str list[10];

	buf_clear(&seen);
	for (size_t i = 0; i < count; i++)
		list[i] = str_from(texts[i]);
	assert_int_equal(alerts_change(db, list, count, bulk, note, NULL), 0);
	return buf_cstr(&seen);
}

static void test_each_says_what_became_of_it(void **state)
{
	const enum alert_status closed = ALERT_CLOSED, fresh = ALERT_NEW;
	struct alert_bulk bulk = {.change = {.status = &closed, .by = STR("li"), .at = T0}};
	const char *some[] = {ids[0], ids[1], "00000000000000000000000000000077", "nonsense", ids[0]};

	(void)state;
	add(0, "203.0.113.7");
	add(1, "203.0.113.7");
	assert_string_equal(change(some, 5, &bulk), "+new ;+new ;?new ;?new ;=closed ;");
	assert_int_equal(ask("SELECT sum(count) FROM alert_minutes WHERE status = 2"), 2);
	assert_int_equal(ask("SELECT confirmed FROM rule_counts"), 2);
	bulk.change.status = &fresh;
	assert_string_equal(change(some, 2, &bulk), "+closed ;+closed ;");
	assert_int_equal(ask("SELECT sum(count) FROM alert_minutes WHERE status = 2"), 0);
	assert_int_equal(ask("SELECT count(*) FROM alert_history WHERE by_user = 'li'"), 4);
}

static void test_an_incident_is_assigned_once(void **state)
{
	const struct str wang = STR("wang"), nobody = STR("");
	struct alert_bulk bulk = {.change = {.by = STR("li"), .at = T0}, .assignee = &wang};
	const char *all[] = {ids[0], ids[1], ids[2]};

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		add(i, "");
	run("UPDATE alerts SET incident = (SELECT incident FROM alerts WHERE event_seq = 1) WHERE event_seq "
	    "= 2");
	assert_string_equal(change(all, 3, &bulk), "+new ;+new ;+new ;");
	assert_int_equal(ask("SELECT count(*) FROM incidents WHERE assignee = 'wang'"), 2);
	assert_int_equal(ask("SELECT max(version) FROM incidents"), 2);
	assert_string_equal(change(all, 3, &bulk), "=new wang;=new wang;=new wang;");
	bulk.assignee = &nobody;
	assert_string_equal(change(all, 1, &bulk), "+new wang;");
	assert_int_equal(ask("SELECT count(*) FROM incidents WHERE assignee = 'wang'"), 1);
}

static void test_many_are_done_in_parts(void **state)
{
	const enum alert_status closed = ALERT_FALSE_POSITIVE;
	struct alert_bulk bulk = {.change = {.status = &closed, .by = STR("li"), .at = T0}};
	struct str list[MANY];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		add(i, "");
		list[i] = str_from(ids[i]);
	}
	buf_clear(&seen);
	assert_int_equal(alerts_change(db, list, MANY, &bulk, note, NULL), 0);
	assert_int_equal(seen.len, MANY * strlen("+new ;"));
	assert_int_equal(ask("SELECT count(*) FROM alerts WHERE status = 3"), MANY);
}

static int count(void *context, const struct alert *alert)
{
	(void)context;
	buf_printf(&seen, "%d", (int)alert->event_seq - 1);
	return 0;
}

static const char *list(struct alert_filter filter)
{
	int64_t cursor, total;
	bool exact;

	filter.from = T0 - MINUTE;
	filter.to = T0 + 1000 * MINUTE;
	filter.limit = 10;
	buf_clear(&seen);
	assert_int_equal(alerts_list(db, &filter, count, NULL, &cursor), 0);
	assert_int_equal(alerts_count(db, &filter, &total, &exact), 0);
	assert_int_equal((size_t)total, seen.len);
	return buf_cstr(&seen);
}

static void test_found_by_what_is_known_of_the_incident(void **state)
{
	const unsigned high = 1u << ALERT_HIGH, low = 1u << ALERT_LOW;

	(void)state;
	add(0, "203.0.113.7");
	add(1, "203.0.113.8");
	add(2, "203.0.113.7");
	add(3, "");
	run("UPDATE incidents SET assignee = 'wang' WHERE id IN (SELECT incident FROM alerts WHERE event_seq "
	    "< 3)");
	run("UPDATE incidents SET asset = 7, unit = 3 WHERE id IN (SELECT incident FROM alerts WHERE "
	    "event_seq = 2)");
	run("INSERT INTO incident_assets SELECT incident, 7, 4, 0, '', '', '', '', '', '', 0, '' FROM alerts"
	    " WHERE event_seq = 4");
	assert_string_equal(list((struct alert_filter){0}), "3210");
	assert_string_equal(list((struct alert_filter){.source_ip = STR("203.0.113.7")}), "20");
	assert_string_equal(list((struct alert_filter){.source_ip = STR("203.0.113.9")}), "");
	assert_string_equal(list((struct alert_filter){.assignee = STR("wang")}), "10");
	assert_string_equal(list((struct alert_filter){.asset = 7}), "31");
	assert_string_equal(list((struct alert_filter){.unit = 3}), "1");
	assert_string_equal(list((struct alert_filter){.unit = 4}), "3");
	assert_string_equal(list((struct alert_filter){.unit = 5}), "");
	assert_string_equal(
		list((struct alert_filter){.source_ip = STR("203.0.113.7"), .assignee = STR("wang")}), "0");
	assert_string_equal(list((struct alert_filter){.assignee = STR("wang"), .levels = high}), "10");
	assert_string_equal(list((struct alert_filter){.assignee = STR("wang"), .levels = low}), "");
	assert_string_equal(
		list((struct alert_filter){.source_ip = STR("203.0.113.7"), .words = STR("guess")}), "20");
	assert_string_equal(list((struct alert_filter){.asset = 7, .rule = STR("rule-1")}), "31");
	assert_string_equal(list((struct alert_filter){.asset = 7, .rule = STR("rule-2")}), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_says_what_became_of_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_incident_is_assigned_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_are_done_in_parts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_found_by_what_is_known_of_the_incident, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
