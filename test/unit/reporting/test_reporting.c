/* SPDX-License-Identifier: Apache-2.0 */
/* Duties over an incident's life: made, graded anew, reported, waived, warned of, and caught up after a stop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "access/user.h"
#include "base/clock.h"
#include "base/io.h"
#include "notify/outbox.h"
#include "document/document.h"
#include "reporting/template.h"

#define T0 INT64_C(1795132800000000) /* 2026-11-20T00:00:00Z, a Friday, eight in China */

static char folder[64], path[80];
static struct db *db;
static struct reporting reporting;
static unsigned asked; /* which receivers were wanted last */

static int receivers(void *context, struct db_tx *tx, const struct reporting_duty *duty, unsigned to,
		     int64_t now, reporting_receiver *add, void *add_context)
{
	(void)context;
	(void)tx;
	(void)duty;
	(void)now;
	asked = to;
	return add(add_context, STR("duty@example.edu.cn"));
}

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&access_schema, &notify_schema, &cases_schema,
					     &reporting_schema};

	(void)state;
	strcpy(folder, "/tmp/wl-reporting-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 4, &db, NULL), 0);
	reporting = (struct reporting){.folder = CONTENT "/compliance",
				       .own = folder,
				       .zone = 8 * CLOCK_HOUR,
				       .receivers = receivers};
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

static void run(const char *sql)
{
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_true(db_end(tx, db_run(tx, sql, DB_NONE)) >= 0);
}

static int64_t number(const char *sql)
{
	struct db_tx *tx;
	int64_t value = -1;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	db_get_integer(tx, sql, DB_NONE, &value);
	assert_int_equal(db_end(tx, 0), 0);
	return value;
}

static void add_incident(int id, int level, int proposed, int64_t created)
{
	char sql[500];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO incidents (id, number, title, drill, level, level_proposed, severity, first, "
		 "last,"
		 " created, updated, alerts) VALUES (%d, '2026-%04d', '选课平台入侵', 0, %d, %d, 3, %lld, "
		 "%lld,"
		 " %lld, %lld, 1)",
		 id, id, level, proposed, (long long)created, (long long)created, (long long)created,
		 (long long)created);
	run(sql);
}

static void change(int id, const char *what, int64_t at)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "UPDATE incidents SET version = version + 1, updated = %lld, %s WHERE id = %d",
		 (long long)at, what, id);
	run(sql);
}

static void tick(int64_t now)
{
	struct err err = {0};

	if (reporting_tick(db, &reporting, now, &err) < 0)
		fail_msg("%s: %s", err.file, err.message);
}

#define DUTY(what, rule) "SELECT " what " FROM reporting_duties WHERE incident = 1 AND rule = '" rule "'"
#define SENT "SELECT count(*) FROM outbox WHERE kind = 'deadline'"

static void test_life(void **state)
{
	(void)state;
	add_incident(1, 0, 0, T0);
	tick(T0);
	assert_int_equal(number("SELECT count(*) FROM reporting_duties"), 0);
	change(1, "level = 3", T0 + CLOCK_HOUR);
	tick(T0 + CLOCK_HOUR + CLOCK_SECOND);
	assert_int_equal(number("SELECT count(*) FROM reporting_duties"), 5);
	assert_int_equal(number(DUTY("due", "national-provincial-initial")), T0 + 5 * CLOCK_HOUR);
	assert_int_equal(number(DUTY("state", "education-final")), REPORTING_WAITING);
	assert_int_equal(number(SENT), 0);
	/* what changes nothing that counts makes no new version */
	change(1, "title = 'x'", T0 + 2 * CLOCK_HOUR);
	tick(T0 + 90 * CLOCK_MINUTE);
	assert_int_equal(number(DUTY("version", "national-provincial-initial")), 2);
	/* 5 working days from Friday 20:00 in China */
	change(1, "status = 3", T0 + 12 * CLOCK_HOUR);
	tick(T0 + 12 * CLOCK_HOUR);
	assert_int_equal(number(DUTY("due", "education-final")),
			 T0 + 7 * CLOCK_DAY + 9 * CLOCK_HOUR + 30 * CLOCK_MINUTE);
	/* opened again: it is not handled */
	change(1, "status = 2", T0 + 13 * CLOCK_HOUR);
	tick(T0 + 13 * CLOCK_HOUR);
	assert_int_equal(number(DUTY("state", "education-final")), REPORTING_WAITING);
	assert_int_equal(number(DUTY("due", "education-final")), 0);
	change(1, "status = 5", T0 + 14 * CLOCK_HOUR);
	tick(T0 + 14 * CLOCK_HOUR);
	assert_int_equal(number("SELECT count(*) FROM reporting_duties WHERE state <> 4"), 0);
}

static void test_proposed(void **state)
{
	(void)state;
	add_incident(1, 0, 3, T0);
	tick(T0 + CLOCK_MINUTE);
	assert_int_equal(number(DUTY("proposed", "education-initial")), 1);
	assert_int_equal(number(DUTY("due", "education-initial")), T0 + CLOCK_HOUR);
	/* confirming does not begin the clock anew */
	change(1, "level = 3", T0 + 2 * CLOCK_HOUR);
	tick(T0 + 2 * CLOCK_HOUR);
	assert_int_equal(number(DUTY("proposed", "education-initial")), 0);
	assert_int_equal(number(DUTY("due", "education-initial")), T0 + CLOCK_HOUR);
}

static int submit(const char *rule, int64_t submitted, int64_t recorded, int64_t version)
{
	const struct reporting_submission submission = {.submitted = submitted,
							.recorded = recorded,
							.by = STR("zhang"),
							.channel = STR("电话"),
							.receipt = STR("回执7"),
							.sha256 = STR("")};
	char sql[200];
	struct db_tx *tx;
	int64_t id;

	snprintf(sql, sizeof(sql), "SELECT id FROM reporting_duties WHERE incident = 1 AND rule = '%s'",
		 rule);
	id = number(sql);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return db_end(tx, reporting_submit(tx, 1, id, version, &submission));
}

static int waive(const char *rule, int64_t now)
{
	char sql[200];
	struct db_tx *tx;
	int64_t id;

	snprintf(sql, sizeof(sql), "SELECT id FROM reporting_duties WHERE incident = 1 AND rule = '%s'",
		 rule);
	id = number(sql);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return db_end(tx, reporting_waive(tx, 1, id, 0, STR("zhang"), STR("不构成案件"), now));
}

/* What was done stays, whatever the incident becomes. */
static void test_regrade(void **state)
{
	(void)state;
	add_incident(1, 3, 0, T0);
	tick(T0);
	assert_int_equal(submit("education-initial", T0 + 30 * CLOCK_MINUTE, T0 + CLOCK_HOUR, 0), 0);
	assert_int_equal(waive("education-progress", T0 + CLOCK_HOUR), 0);
	change(1, "level = 4", T0 + 2 * CLOCK_HOUR);
	tick(T0 + 2 * CLOCK_HOUR);
	assert_int_equal(number(DUTY("state", "education-initial")), REPORTING_SUBMITTED);
	assert_int_equal(number(DUTY("state", "education-progress")), REPORTING_WAIVED);
	assert_int_equal(number(DUTY("state", "national-provincial-initial")), REPORTING_LIFTED);
	assert_int_equal(number("SELECT count(*) FROM reporting_submissions"), 1);
	/* up again: the clock that ran goes on */
	change(1, "level = 2", T0 + 3 * CLOCK_HOUR);
	tick(T0 + 3 * CLOCK_HOUR);
	assert_int_equal(number(DUTY("state", "education-initial")), REPORTING_SUBMITTED);
	assert_int_equal(number(DUTY("state", "education-progress")), REPORTING_WAIVED);
	assert_int_equal(number(DUTY("state", "national-provincial-initial")), REPORTING_PENDING);
	assert_int_equal(number(DUTY("due", "national-provincial-initial")), T0 + 4 * CLOCK_HOUR);
}

static void test_settle(void **state)
{
	(void)state;
	add_incident(1, 3, 0, T0);
	tick(T0);
	assert_int_equal(submit("education-initial", T0 - CLOCK_HOUR, T0, 0), ERR_RANGE);
	assert_int_equal(submit("education-initial", T0 + CLOCK_HOUR, T0, 0), ERR_RANGE);
	assert_int_equal(submit("education-initial", T0, T0, 99), ERR_BUSY);
	assert_int_equal(submit("nothing", T0, T0, 0), ERR_END);
	assert_int_equal(submit("education-initial", T0 + 2 * CLOCK_HOUR, T0 + 2 * CLOCK_HOUR, 0), 0);
	/* a supplement does not make it in time */
	assert_int_equal(submit("education-initial", T0 + 10 * CLOCK_MINUTE, T0 + 3 * CLOCK_HOUR, 0), 0);
	assert_int_equal(number(DUTY("submitted > due", "education-initial")), 1);
	assert_int_equal(waive("education-initial", T0), ERR_DENIED);
	assert_int_equal(number("SELECT count(*) FROM incident_timeline WHERE kind = 'report' AND text LIKE"
				" '%（超过时限）%' AND data LIKE '%回执7%'"),
			 1);
	assert_int_equal(waive("education-progress", T0), 0);
	assert_int_equal(waive("education-progress", T0), ERR_DENIED);
	/* who finds out that it had to be reported after all does so */
	assert_int_equal(submit("education-progress", T0, T0, 0), 0);
	tick(T0 + 30 * CLOCK_DAY);
	assert_int_equal(number(DUTY("next", "education-initial")), 0);
	assert_int_equal(number("SELECT count(*) FROM outbox WHERE subject LIKE '%教育%'"), 0);
}

static void test_warnings(void **state)
{
	(void)state;
	add_incident(1, 3, 0, T0);
	tick(T0);
	assert_int_equal(waive("education-progress", T0), 0);
	assert_int_equal(waive("national-provincial-initial", T0), 0);
	tick(T0 + 44 * CLOCK_MINUTE);
	assert_int_equal(number(SENT), 0);
	tick(T0 + 45 * CLOCK_MINUTE);
	assert_int_equal(number(SENT), 2); /* a mail, and the channels */
	assert_int_equal(asked, WARN_ASSIGNEE | WARN_ON_DUTY);
	tick(T0 + 45 * CLOCK_MINUTE); /* nor when the clock is put back */
	tick(T0 + 10 * CLOCK_MINUTE);
	assert_int_equal(number(SENT), 2);
	tick(T0 + 54 * CLOCK_MINUTE);
	assert_int_equal(number(SENT), 4);
	assert_int_equal(asked, WARN_ASSIGNEE | WARN_ON_DUTY | WARN_CHAIN);
	tick(T0 + 60 * CLOCK_MINUTE);
	assert_int_equal(number(SENT), 6);
	assert_int_equal(asked, WARN_ASSIGNEE | WARN_ON_DUTY | WARN_CHAIN | WARN_LEADERS);
	assert_int_equal(number("SELECT count(*) FROM outbox WHERE subject LIKE "
				"'【已超时限】事件2026-0001的事发紧急报告"
				"应于11月20日09:00前报送%'"),
			 2);
	for (int i = 0; i < 10; i++)
		tick(T0 + CLOCK_HOUR + i * 24 * CLOCK_HOUR);
	assert_int_equal(number(SENT), 6 + 5 * 2);
}

/* After a week one message tells of everything, and each of it is said once. */
static void test_catch_up(void **state)
{
	(void)state;
	for (int i = 1; i <= 40; i++)
		add_incident(i, 3, 0, T0);
	tick(T0);
	tick(T0 + 7 * CLOCK_DAY);
	assert_int_equal(number(SENT), 2);
	assert_int_equal(number("SELECT count(*) FROM outbox WHERE subject LIKE '%120项%'"), 2);
	tick(T0 + 7 * CLOCK_DAY + CLOCK_MINUTE);
	assert_int_equal(number(SENT), 2);
	/* incidents that were opened while we were not there are overdue at once, and are told once */
	add_incident(41, 3, 0, T0);
	tick(T0 + 7 * CLOCK_DAY + 2 * CLOCK_MINUTE);
	assert_int_equal(number(SENT), 2 + 3 * 2);
}

static void write_tables(const char *text)
{
	char file[100];

	snprintf(file, sizeof(file), "%s/deadlines.yaml", folder);
	assert_int_equal(io_replace_file(file, text, strlen(text), 0600), 0);
}

/* Changed tables are for what comes; what was made stands as it was made. */
static void test_changed_tables(void **state)
{
	struct err err = {0};

	(void)state;
	add_incident(1, 3, 0, T0);
	tick(T0);
	write_tables(
		"version: mine\nsources: [{id: s, title: 新办法}]\nwarn: [{left: 0, to: [leaders]}]\nrules:\n"
		"  - {id: education-initial, source: s, basis: stated, report: initial, recipient: 省厅,"
		" within: 3 hours, since: known}\n");
	add_incident(2, 4, 0, T0);
	change(1, "level = 2", T0 + CLOCK_MINUTE);
	tick(T0 + CLOCK_MINUTE);
	assert_int_equal(number(DUTY("due", "education-initial")), T0 + CLOCK_HOUR);
	assert_int_equal(number(DUTY("state", "education-progress")), REPORTING_PENDING);
	assert_int_equal(number(DUTY("tables LIKE '2026-11-22 (%'", "education-initial")), 1);
	assert_int_equal(number("SELECT due FROM reporting_duties WHERE incident = 2"), T0 + 3 * CLOCK_HOUR);
	assert_int_equal(number("SELECT tables LIKE 'mine (%' FROM reporting_duties WHERE incident = 2"), 1);
	/* tables that cannot be read stop nothing that runs, and are tried again */
	write_tables("version: [");
	add_incident(3, 3, 0, T0);
	assert_true(reporting_tick(db, &reporting, T0 + 2 * CLOCK_HOUR, &err) < 0);
	assert_non_null(strstr(err.file, "deadlines.yaml"));
	assert_true(number(SENT) > 0);
	assert_int_equal(number("SELECT count(*) FROM reporting_duties WHERE incident = 3"), 0);
	write_tables("version: mine\nsources: []\nwarn: [{left: 0, to: []}]\nrules: []\n");
	tick(T0 + 2 * CLOCK_HOUR);
	change(1, "status = 5", T0 + 3 * CLOCK_HOUR);
	tick(T0 + 3 * CLOCK_HOUR);
	assert_int_equal(number("SELECT count(*) FROM reporting_duties WHERE incident = 1 AND state <> 4"),
			 0);
}

static void test_system(void **state)
{
	(void)state;
	add_incident(1, 3, 0, T0);
	run("INSERT INTO incident_assets VALUES (1, 9, 0, 0, 'x', '财务系统', 'host', '', '', '', 2, '[]')");
	tick(T0);
	assert_int_equal(number(DUTY("due", "police-initial")), T0 + CLOCK_DAY);
}

static int count_due(void *context, const struct reporting_duty *duty)
{
	int64_t *last = context;

	assert_true(duty->due >= last[0]);
	last[0] = duty->due;
	last[1]++;
	return 0;
}

static void test_lists(void **state)
{
	struct db_tx *tx;
	int64_t seen[2] = {0};

	(void)state;
	add_incident(1, 3, 0, T0);
	add_incident(2, 2, 0, T0 + CLOCK_MINUTE);
	tick(T0 + CLOCK_MINUTE);
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(reporting_list_due(tx, 0, T0, 100, count_due, seen), 0);
	assert_int_equal(seen[1], 6);
	seen[0] = seen[1] = 0;
	assert_int_equal(reporting_list_due(tx, 0, T0, 4, count_due, seen), 0);
	assert_int_equal(seen[1], 4);
	assert_int_equal(db_end(tx, 0), 0);
}

/* Every form of it in both formats; kept in $WL_KEEP, to be looked at. */
static void write_all(struct arena *arena, const struct reporting_values *values)
{
	for (int stage = REPORTING_INITIAL; stage <= REPORTING_FINAL; stage++) {
		struct document *document = document_new(STR("t"), STR("a"));
		struct template *template;
		struct buf pdf = {0}, docx = {0};
		char name[200];

		assert_int_equal(template_load(CONTENT "/compliance", NULL, (enum reporting_stage)stage,
					       arena, &template, NULL),
				 0);
		template_fill(template, values, document, NULL);
		assert_int_equal(document_write_pdf(document, &pdf), 0);
		assert_int_equal(document_write_docx(document, &docx), 0);
		snprintf(name, sizeof(name), "%s/report-%d.", getenv("WL_KEEP") ? getenv("WL_KEEP") : folder,
			 stage);
		assert_int_equal(io_replace_file(strcat(name, "pdf"), pdf.ptr, pdf.len, 0600), 0);
		memcpy(strrchr(name, '.') + 1, "docx", 5);
		assert_int_equal(io_replace_file(name, docx.ptr, docx.len, 0600), 0);
		buf_done(&pdf);
		buf_done(&docx);
		document_free(document);
	}
}

/* An incident as it is in the database, as a report. */
static void test_report(void **state)
{
	struct arena *arena = arena_new(0);
	struct template *template;
	struct reporting_values values;
	enum reporting_stage stage;
	struct document *document;
	struct buf text = {0};
	struct db_tx *tx;
	struct err err = {0};

	(void)state;
	add_incident(1, 0, 3, T0);
	run("UPDATE incidents SET unit_name = '教务处', responsible = '李四 13900000000', asset_name = "
	    "'选课平台',"
	    " category_proposed = '0203'");
	run("INSERT INTO incident_assets VALUES (1, 9, 0, 0, 'x', '选课平台', 'host', '教务处', '李四', '', "
	    "2, '[]')");
	run("INSERT INTO incident_assets VALUES (1, 8, 0, 0, 'x', '选课数据库', 'host', '教务处', '李四', "
	    "'', 3, '[]')");
	run("INSERT INTO rules (hash, id, title, description, level, tags, yaml, first_seen, title_zh) VALUES"
	    " ('h', 'r', 'SQL injection', '', 3, '[]', '', 0, 'SQL注入攻击')");
	run("INSERT INTO alerts (key, id, time, detected, level, drill, rule_id, title, rule_hash, "
	    "event_seq, source,"
	    " host, user, source_ip, destination_ip, tactics, techniques, incident) VALUES (1, x'01',"
	    " 1795132860000000, 0, 3, 0, 'r', 'SQL injection', 'h', 1, '', 'xk01', '', '203.0.113.9', '', "
	    "'[]', '[]',"
	    " 1), (2, x'02', 1795132920000000, 0, 3, 0, 'r', 'SQL injection', 'h', 2, '', 'xk01', '', "
	    "'203.0.113.9',"
	    " '', '[]', '[]', 1)");
	run("INSERT INTO incident_timeline (incident, time, kind, by_user, text, data) VALUES (1, "
	    "1795132980000000,"
	    " 'note', '张三', '断开服务器', '')");
	tick(T0);
	assert_int_equal(
		template_load(CONTENT "/compliance", NULL, REPORTING_INITIAL, arena, &template, &err), 0);
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(reporting_gather(tx, 1, 99, NULL, NULL, STR("王五"), 8 * CLOCK_HOUR, T0, arena,
					  &values, &stage),
			 ERR_END);
	assert_int_equal(reporting_gather(tx, 1, 1, NULL, NULL, STR("王五"), 8 * CLOCK_HOUR, T0, arena,
					  &values, &stage),
			 0);
	assert_int_equal(db_end(tx, 0), 0);
	document = document_new(template_name(template), STR("王五"));
	template_fill(template, &values, document, &text);
	buf_cstr(&text);
	assert_non_null(strstr(text.ptr, "11-20 08:01　SQL注入攻击，xk01，来自203.0.113.9（2次）"));
	assert_non_null(strstr(text.ptr, "11-20 08:03　断开服务器（张三）"));
	assert_non_null(strstr(text.ptr, "较大（Ⅲ级）（建议）"));
	assert_non_null(strstr(text.ptr, "第三级"));
	assert_non_null(strstr(text.ptr, "选课数据库、选课平台"));
	assert_non_null(strstr(text.ptr, "李四 13900000000"));
	buf_done(&text);
	document_free(document);
	write_all(arena, &values);
	arena_free(arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_life),     TEST(test_proposed), TEST(test_regrade),        TEST(test_settle),
		TEST(test_warnings), TEST(test_catch_up), TEST(test_changed_tables), TEST(test_system),
		TEST(test_lists),    TEST(test_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
