/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/incident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cases/alert_list.h"
#include "cases/rule_count.h"
#include "cases/task.h"

#define MINUTE INT64_C(60000000)
#define HOUR_US (60 * MINUTE)
#define T0 (INT64_C(1795000000) * 1000000)

static char folder[64];
static struct db *db;

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&cases_schema};
	char path[80];

	(void)state;
	strcpy(folder, "/tmp/wl-incident-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	return db_open(path, schemas, 1, &db, NULL);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void add_titled(unsigned number, const char *host, struct str title_zh)
{
	static const struct str tags[] = {STR("attack.execution"), STR("attack.t1059.001")};
	char id[33] = "";
	struct alert alert = {
		.id = str_of(id, 32),
		.time = T0 + number * MINUTE,
		.detected = T0 + number * MINUTE,
		.level = ALERT_HIGH,
		.rule_id = STR("rule-1"),
		.rule_title = STR("Encoded command"),
		.rule_title_zh = title_zh,
		.rule_hash = STR("hash-1"),
		.tags = tags,
		.tag_count = 2,
		.host = str_from(host),
	};

	snprintf(id, sizeof(id), "%032x", number);
	assert_int_equal(alerts_add(db, &alert, 1), 1);
}

static void add(unsigned number, const char *host)
{
	add_titled(number, host, STR(""));
}

struct seen {
	size_t count;
	int64_t ids[16], version, closed, due;
	enum incident_status status;
	char number[32], title[64], title_en[64];
};

static int see(void *context, const struct incident *incident)
{
	struct seen *seen = context;

	seen->ids[seen->count++ % 16] = incident->id;
	seen->version = incident->version;
	seen->status = incident->status;
	seen->closed = incident->closed;
	seen->due = incident->due;
	snprintf(seen->number, sizeof(seen->number), "%.*s", STR_FMT(incident->number));
	snprintf(seen->title, sizeof(seen->title), "%.*s", STR_FMT(incident->title));
	snprintf(seen->title_en, sizeof(seen->title_en), "%.*s", STR_FMT(incident->title_en));
	return 0;
}

static struct seen get(int64_t id)
{
	struct seen seen = {0};
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_end(tx, incident_get(tx, id, see, &seen)), 0);
	return seen;
}

static struct seen list_urgent(struct incident_filter filter, int64_t *next, char *urgency)
{
	struct seen seen = {0};
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_end(tx, incident_list(tx, &filter, see, &seen, next, urgency)), 0);
	return seen;
}

static struct seen list(struct incident_filter filter, int64_t *next)
{
	struct seen seen = {0};
	struct db_tx *tx;

	filter.limit = filter.limit ? filter.limit : 10;
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_end(tx, incident_list(tx, &filter, see, &seen, next, NULL)), 0);
	return seen;
}

static int change(int64_t id, struct incident_change change)
{
	struct db_tx *tx;

	change.at = T0 + 1000 * MINUTE;
	if (!change.by.len)
		change.by = STR("li");
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return db_end(tx, incident_update(tx, id, &change));
}

static void test_numbers_and_pages(void **state)
{
	int64_t next = 0;
	struct seen seen;

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		add(i, "a");
	seen = list((struct incident_filter){.limit = 2}, &next);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.ids[0], 5);
	assert_int_equal(next, 4);
	seen = list((struct incident_filter){.cursor = 2}, &next);
	assert_int_equal(seen.count, 1);
	assert_int_equal(next, 0);
	assert_string_equal(seen.number, "2026-0001");
	assert_string_equal(seen.title, "Encoded command");
	assert_int_equal(list((struct incident_filter){.words = STR("ENCODED")}, &next).count, 5);
	assert_int_equal(list((struct incident_filter){.words = STR("2026-0003")}, &next).count, 1);
	assert_int_equal(list((struct incident_filter){.words = STR("%")}, &next).count, 0);
	assert_int_equal(list((struct incident_filter){.statuses = 1u << INCIDENT_CLOSED}, &next).count, 0);
	assert_int_equal(
		list((struct incident_filter){.from = T0 + 2 * MINUTE, .to = T0 + 4 * MINUTE}, &next).count,
		2);
	assert_int_equal(list((struct incident_filter){.assignee = STR("li")}, &next).count, 0);
}

/* An incident is named after its rule in Chinese; while it is, the rule's other title is known and found,
 * too. */
static void test_two_titles(void **state)
{
	const struct alert_rule rule = {.hash = STR("hash-1"),
					.id = STR("rule-1"),
					.title = STR("Encoded command"),
					.title_zh = STR("编码命令")};
	const struct str own = STR("财务处的电脑");
	int64_t next = 0;

	(void)state;
	assert_int_equal(alerts_add_rules(db, &rule, 1, T0), 0);
	add_titled(1, "a", rule.title_zh);
	assert_string_equal(get(1).title, "编码命令");
	assert_string_equal(get(1).title_en, "Encoded command");
	assert_int_equal(list((struct incident_filter){.words = STR("encoded")}, &next).count, 1);
	assert_int_equal(list((struct incident_filter){.words = STR("编码")}, &next).count, 1);
	assert_int_equal(change(1, (struct incident_change){.version = 1, .title = &own}), 0);
	assert_string_equal(get(1).title_en, "");
	assert_int_equal(list((struct incident_filter){.words = STR("encoded")}, &next).count, 0);
}

/* Who saw an old version changes nothing; who may not go there does not. */
static void test_versions_and_ways(void **state)
{
	const enum incident_status triage = INCIDENT_TRIAGE, merged = INCIDENT_MERGED,
				   closed = INCIDENT_CLOSED;
	const struct str assignee = STR("wang");
	const unsigned level = 3, wrong = 5;
	struct seen seen;

	(void)state;
	add(1, "a");
	assert_int_equal(change(1, (struct incident_change){.status = &triage, .version = 1}), 0);
	assert_int_equal(change(1, (struct incident_change){.assignee = &assignee, .version = 1}), ERR_BUSY);
	assert_int_equal(change(1, (struct incident_change){.assignee = &assignee, .version = 2}), 0);
	assert_int_equal(change(1, (struct incident_change){.status = &merged}), ERR_DENIED);
	assert_int_equal(change(1, (struct incident_change){.status = &closed, .by = STR("wanglou")}),
			 ERR_DENIED);
	assert_int_equal(change(1, (struct incident_change){.level = &wrong}), ERR_RANGE);
	assert_int_equal(change(1, (struct incident_change){.level = &level}), 0);
	assert_int_equal(change(2, (struct incident_change){.level = &level}), ERR_END);
	seen = get(1);
	assert_int_equal(seen.version, 4);
	assert_int_equal(seen.status, INCIDENT_TRIAGE);
}

static int count_rule(void *context, const struct rule_count *count)
{
	*(struct rule_count *)context = *count;
	return 0;
}

static struct rule_count rule(void)
{
	struct rule_count count = {0};

	assert_int_equal(rule_counts(db, count_rule, &count), 0);
	return count;
}

/* What an incident was says what its alerts were, and reopening it takes that back. */
static void test_verdict(void **state)
{
	const enum incident_status no = INCIDENT_FALSE, closed = INCIDENT_CLOSED, triage = INCIDENT_TRIAGE;

	(void)state;
	add(1, "a");
	assert_int_equal(change(1, (struct incident_change){.status = &no}), 0);
	assert_int_equal(rule().false_positive, 1);
	assert_true(get(1).closed > 0);
	assert_int_equal(change(1, (struct incident_change){.status = &closed}), 0);
	assert_int_equal(rule().false_positive, 0);
	assert_int_equal(rule().confirmed, 1);
	assert_int_equal(change(1, (struct incident_change){.status = &triage}), 0);
	assert_int_equal(rule().confirmed, 0);
	assert_int_equal(get(1).closed, 0);
}

/* --- deadlines, urgency --------------------------------------------------------------------------------- */

static void run(const char *sql)
{
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_true(db_end(tx, db_run(tx, sql, DB_NONE)) >= 0);
}

static int64_t add_due_task(int64_t incident, int64_t due)
{
	const struct task task = {.title = STR("unplug it"), .due = due};
	struct db_tx *tx;
	int64_t id = 0;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_end(tx, task_add(tx, incident, &task, STR("li"), T0, &id)), 0);
	return id;
}

static void change_task(int64_t id, const struct task_change *change)
{
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_end(tx, task_update(tx, id, change)), 0);
}

static int64_t deadlines(void)
{
	int64_t count = -1;
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	db_get_integer(tx, "SELECT count(*) FROM incident_deadlines", DB_NONE, &count);
	db_end(tx, 0);
	return count;
}

static void test_deadlines_follow_tasks(void **state)
{
	const enum task_status done = TASK_DONE, open = TASK_OPEN;
	const int64_t never = 0, later = T0 + HOUR_US;
	int64_t id;

	(void)state;
	add(1, "a");
	id = add_due_task(1, T0);
	assert_int_equal(deadlines(), 1);
	change_task(id, &(struct task_change){.status = &done, .by = STR("li"), .at = T0});
	assert_int_equal(deadlines(), 0);
	change_task(id, &(struct task_change){.status = &open, .by = STR("li"), .at = T0});
	assert_int_equal(deadlines(), 1);
	change_task(id, &(struct task_change){.due = &never, .by = STR("li"), .at = T0});
	assert_int_equal(deadlines(), 0);
	change_task(id, &(struct task_change){.due = &later, .by = STR("li"), .at = T0});
	assert_int_equal(get(1).due, later);
}

static int add_id(void *context, const struct task *task)
{
	char *text = context;

	if (task->status == TASK_OPEN)
		sprintf(text + strlen(text), "%lld", (long long)task->id);
	return 0;
}

/* The open tasks of incident 1 as their ids: "213". */
static const char *order(void)
{
	static char text[64];
	struct db_tx *tx;

	*text = 0;
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_end(tx, task_list(tx, 1, add_id, text)), 0);
	return text;
}

static void move_task(int64_t id, unsigned place)
{
	change_task(id, &(struct task_change){.place = place, .by = STR("li"), .at = T0});
}

/* By due date until somebody moves one; then as people put them, and new ones last. */
static void test_tasks_are_put_in_order(void **state)
{
	const enum task_status done = TASK_DONE, open = TASK_OPEN;
	struct task_change late = {.place = 1, .version = 1, .by = STR("li"), .at = T0};
	struct db_tx *tx;
	int64_t lines = 0, lines_then = 0;

	(void)state;
	add(1, "a");
	add_due_task(1, 0);
	add_due_task(1, T0 + HOUR_US);
	add_due_task(1, T0);
	assert_string_equal(order(), "321");
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	db_get_integer(tx, "SELECT count(*) FROM incident_timeline", DB_NONE, &lines);
	db_end(tx, 0);
	move_task(1, 1);
	assert_string_equal(order(), "132");
	move_task(1, 2);
	assert_string_equal(order(), "312");
	move_task(3, 99);
	assert_string_equal(order(), "123");
	move_task(3, 3);
	assert_string_equal(order(), "123");
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	db_get_integer(tx, "SELECT count(*) FROM incident_timeline", DB_NONE, &lines_then);
	db_end(tx, 0);
	assert_int_equal(lines, lines_then); /* is no news */
	add_due_task(1, T0 - HOUR_US);
	assert_string_equal(order(), "1234");
	change_task(2, &(struct task_change){.status = &done, .by = STR("li"), .at = T0});
	assert_string_equal(order(), "134");
	move_task(4, 1);
	assert_string_equal(order(), "413");
	change_task(2, &(struct task_change){.status = &open, .by = STR("li"), .at = T0});
	assert_int_equal(strlen(order()), 4);

	/* A version that is no longer so, and one that is done. */
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_end(tx, task_update(tx, 3, &late)), ERR_BUSY);
	late = (struct task_change){.place = 1, .status = &done, .by = STR("li"), .at = T0};
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_end(tx, task_update(tx, 3, &late)), ERR_DENIED);
}

static void test_order_of_urgency(void **state)
{
	static const int64_t wanted[] = {2, 4, 3, 5, 1};
	struct incident_filter filter = {.urgent = "", .limit = 2};
	char urgency[INCIDENT_URGENCY_SIZE];
	int64_t next = 0;
	size_t at = 0;

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		add(i, "a");
	add_due_task(4, T0 + HOUR_US);
	add_due_task(2, T0);
	run("UPDATE incidents SET level_proposed = 3 WHERE id IN (1, 3, 5)");
	run("UPDATE incidents SET level = 2, score = 0 WHERE id = 3");
	run("UPDATE incidents SET score = 900 WHERE id = 5");
	do {
		struct seen seen = list_urgent(filter, &next, urgency);

		for (size_t i = 0; i < seen.count; i++)
			assert_int_equal(seen.ids[i], wanted[at++]);
		filter.cursor = next;
		filter.urgent = urgency;
	} while (next);
	assert_int_equal(at, 5);
	assert_int_equal(list((struct incident_filter){.due_before = T0 + 1}, &next).count, 1);
	assert_int_equal(list((struct incident_filter){.due_before = T0 + 2 * HOUR_US}, &next).count, 2);
}

static void test_filters_of_work(void **state)
{
	int64_t next;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		add(i, "a");
	run("UPDATE incidents SET assignee = 'li', category_proposed = '0218' WHERE id = 1");
	run("UPDATE incidents SET category = '0101', category_proposed = '0218' WHERE id = 2");
	assert_int_equal(list((struct incident_filter){.unassigned = true}, &next).count, 2);
	assert_int_equal(list((struct incident_filter){.category = STR("02")}, &next).ids[0], 1);
	assert_int_equal(list((struct incident_filter){.category = STR("02")}, &next).count, 1);
	assert_int_equal(list((struct incident_filter){.category = STR("0101")}, &next).count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_numbers_and_pages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_two_titles, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_versions_and_ways, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_verdict, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deadlines_follow_tasks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tasks_are_put_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_order_of_urgency, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_filters_of_work, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
