/* SPDX-License-Identifier: Apache-2.0 */
/* How often an alert repeated, and what is counted of each rule, in step with the alerts whatever is sent
 * twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cases/alert_list.h"
#include "cases/rule_count.h"
#include "access/user.h"

#define T0 INT64_C(1795000000000000)

static char folder[64], path[80];
static struct db *db;

static void open_with(size_t steps)
{
	struct db_schema cases = {cases_schema.name, cases_schema.steps, steps};
	const struct db_schema *schemas[] = {&access_schema, &cases};

	assert_int_equal(db_open(path, schemas, 2, &db, NULL), 0);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/wl-repeat-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	open_with(cases_schema.count);
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

static struct str id_of(unsigned number)
{
	static char ids[16][33];

	snprintf(ids[number], 33, "%032x", number);
	return str_from(ids[number]);
}

static void add(unsigned number, const char *rule, bool drill)
{
	struct alert alert = {.id = id_of(number),
			      .time = T0,
			      .level = ALERT_HIGH,
			      .rule_id = str_from(rule),
			      .rule_title = STR("T"),
			      .rule_hash = str_from(rule),
			      .drill = drill,
			      .why = STR("{}"),
			      .event = STR("{}")};

	assert_true(alerts_add(db, &alert, 1) >= 0);
}

static void repeat(unsigned number, uint64_t count, int64_t last)
{
	struct alert_repeat repeat = {id_of(number), count, last};

	assert_int_equal(alerts_repeat(db, &repeat, 1), 0);
}

static void judge(unsigned number, enum alert_status status)
{
	struct alert_change change = {.status = &status, .by = STR("li"), .at = T0};

	assert_int_equal(alert_update(db, id_of(number), &change), 0);
}

static int see_count(void *context, const struct rule_count *count)
{
	char line[120];

	snprintf(line, sizeof(line), "%.*s %d+%d %d/%d ", STR_FMT(count->rule_id), (int)count->alerts,
		 (int)count->repeats, (int)count->confirmed, (int)count->false_positive);
	strcat(context, line);
	return 0;
}

static const char *counts(void)
{
	static char text[400];

	text[0] = 0;
	assert_int_equal(rule_counts(db, see_count, text), 0);
	return text;
}

static int see_repeats(void *context, const struct alert *alert)
{
	char line[80];

	snprintf(line, sizeof(line), "%d@%d ", (int)alert->repeats,
		 alert->last ? (int)(alert->last - T0) : -1);
	strcat(context, line);
	return 0;
}

static const char *listed(void)
{
	static char text[400];
	struct alert_filter filter = {.from = 0, .to = INT64_MAX / 2, .limit = 10};
	int64_t cursor;

	text[0] = 0;
	assert_int_equal(alerts_list(db, &filter, see_repeats, text, &cursor), 0);
	return text;
}

static void test_repeats_are_absolute(void **state)
{
	struct alert_repeat bad = {STR("zz"), 1, 1};

	(void)state;
	add(1, "r", false);
	assert_string_equal(listed(), "0@-1 ");
	repeat(1, 5, T0 + 50);
	repeat(1, 5, T0 + 50);
	assert_string_equal(listed(), "5@50 ");
	repeat(1, 3, T0 + 30); /* late, of a batch that is handed over again */
	repeat(2, 9, T0);      /* of an alert that is not there */
	assert_string_equal(listed(), "5@50 ");
	repeat(1, 8, T0 + 40); /* its event is older: the newest time stays */
	assert_string_equal(listed(), "8@50 ");
	assert_string_equal(counts(), "r 1+8 0/0 ");
	assert_int_equal(alerts_repeat(db, &bad, 1), ERR_SYNTAX);
}

static void test_rules_are_counted(void **state)
{
	(void)state;
	add(1, "a", false);
	add(2, "a", false);
	add(2, "a", false); /* again: no alert of its own */
	add(3, "b", false);
	add(4, "a", true); /* a drill says nothing of a rule */
	assert_string_equal(counts(), "a 2+0 0/0 b 1+0 0/0 ");
	judge(1, ALERT_ACKNOWLEDGED);
	assert_string_equal(counts(), "a 2+0 0/0 b 1+0 0/0 ");
	judge(1, ALERT_CLOSED);
	judge(2, ALERT_FALSE_POSITIVE);
	judge(4, ALERT_FALSE_POSITIVE);
	assert_string_equal(counts(), "a 2+0 1/1 b 1+0 0/0 ");
	judge(1, ALERT_FALSE_POSITIVE); /* somebody thought better of it */
	judge(2, ALERT_FALSE_POSITIVE);
	judge(2, ALERT_NEW);
	assert_string_equal(counts(), "a 2+0 0/1 b 1+0 0/0 ");
}

/* Counters of alerts that were there before there were counters. */
static void test_upgrade_counts(void **state)
{
	static const char old[] =
		"INSERT INTO alerts (key, id, time, detected, level, status, drill, rule_id, title, "
		"rule_hash,"
		" event_seq, source, host, user, source_ip, destination_ip, tactics, techniques)"
		" VALUES (?1, ?2, 1, 1, 3, ?3, ?4, ?5, 'T', 'h', 1, '', '', '', '', '', '[]', '[]')";
	static const struct {
		int status, drill;
		const char *rule;
	} rows[] = {{0, 0, "a"}, {2, 0, "a"}, {3, 0, "a"}, {2, 0, "b"}, {3, 1, "b"}};
	struct db_tx *tx;

	(void)state;
	db_close(db);
	snprintf(path, sizeof(path), "%s/old.db", folder);
	open_with(3);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	for (unsigned i = 0; i < 5; i++) {
		char id[17];

		snprintf(id, sizeof(id), "%016u", i);
		assert_int_equal(
			db_run(tx, old,
			       DB_ARGS(db_integer(i + 1), db_blob(id, 16), db_integer(rows[i].status),
				       db_integer(rows[i].drill), db_text(str_from(rows[i].rule)))),
			1);
	}
	assert_int_equal(db_end(tx, 0), 0);
	db_close(db);
	open_with(cases_schema.count);
	assert_string_equal(counts(), "a 3+0 1/1 b 1+0 1/0 ");
	assert_string_equal(listed(), "0@-1 0@-1 0@-1 0@-1 0@-1 ");
}

static int see_texts(void *context, const struct alert *alert, const struct alert_rule *rule)
{
	(void)alert;
	snprintf(context, 400, "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s", STR_FMT(rule->author),
		 STR_FMT(rule->license), STR_FMT(rule->next_steps), STR_FMT(rule->next_steps_zh),
		 STR_FMT(rule->description_zh), STR_FMT(rule->false_positives),
		 STR_FMT(rule->false_positives_zh));
	return 0;
}

/* A rule kept before there were these texts gets them when it comes again. */
static void test_rule_texts(void **state)
{
	struct alert_rule rule = {.hash = STR("r"), .id = STR("r"), .title = STR("T")};
	char text[400];

	(void)state;
	add(1, "r", false);
	assert_int_equal(alert_get(db, id_of(1), see_texts, text), 0);
	assert_string_equal(text, "||||||");
	assert_int_equal(alerts_add_rules(db, &rule, 1, T0), 0);
	rule.author = STR("Li");
	rule.license = STR("DRL-1.1");
	rule.next_steps = STR("Look.");
	rule.next_steps_zh = STR("查看。");
	rule.description_zh = STR("说明");
	rule.false_positives = STR("a\nb");
	rule.false_positives_zh = STR("甲\n乙");
	assert_int_equal(alerts_add_rules(db, &rule, 1, T0), 0);
	assert_int_equal(alert_get(db, id_of(1), see_texts, text), 0);
	assert_string_equal(text, "Li|DRL-1.1|Look.|查看。|说明|a\nb|甲\n乙");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_repeats_are_absolute),
		CASE(test_rules_are_counted),
		CASE(test_upgrade_counts),
		CASE(test_rule_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
