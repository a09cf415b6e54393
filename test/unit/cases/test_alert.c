/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/alert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cases/alert_count.h"
#include "cases/alert_list.h"
#include "access/user.h"

#define MINUTE INT64_C(60000000)
#define HOUR (60 * MINUTE)
#define T0 (INT64_C(1795000000) * 1000000 / HOUR * HOUR) /* on the hour */

static char folder[64];
static struct db *db;

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&access_schema, &cases_schema};
	char path[80];

	(void)state;
	strcpy(folder, "/tmp/wl-alert-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	return db_open(path, schemas, 2, &db, NULL);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static const struct str tags[] = {STR("attack.credential_access"),
				  STR("attack.t1110.001"),
				  STR("car.2016-04-005"),
				  STR("attack.g0007"),
				  STR("attack.T1021"),
				  STR("attack.s0002"),
				  STR("attack.initial-access"),
				  STR("attack.")};

/* A made-up alert whose id is its number. */
static struct alert make(unsigned number, int64_t time, char id[33])
{
	snprintf(id, 33, "%032x", number);
	return (struct alert){
		.id = str_of(id, 32),
		.time = time,
		.detected = time + 1,
		.level = ALERT_HIGH,
		.rule_id = STR("rule-1"),
		.rule_title = STR("SSH password guessing"),
		.rule_title_zh = STR("SSH 口令猜测"),
		.rule_hash = STR("hash-1"),
		.tags = tags,
		.tag_count = sizeof(tags) / sizeof(tags[0]),
		.event_seq = 1000 + number,
		.source = STR("openssh"),
		.host = STR("gw1.example"),
		.user = STR("root"),
		.source_ip = STR("203.0.113.7"),
		.destination_ip = STR("10.1.2.3"),
		.why = STR("{\"a\":1}"),
		.event = STR("{\"seq\":\"1\"}"),
	};
}

static int add(unsigned number, int64_t time)
{
	char id[33];
	struct alert alert = make(number, time, id);

	return alerts_add(db, &alert, 1);
}

struct seen {
	char ids[600][33];
	size_t count;
	struct alert last;
};

static int see(void *context, const struct alert *alert)
{
	struct seen *seen = context;

	assert_true(seen->count < 600);
	snprintf(seen->ids[seen->count++], 33, "%.*s", STR_FMT(alert->id));
	return 0;
}

static struct alert_filter all(void)
{
	return (struct alert_filter){.from = T0 - 1000 * HOUR, .to = T0 + 1000 * HOUR, .limit = 100};
}

/* How many a filter lists, which must be how many it counts. */
static size_t list(struct alert_filter filter)
{
	static struct seen seen;
	int64_t cursor, count;
	bool exact;

	seen.count = 0;
	assert_int_equal(alerts_list(db, &filter, see, &seen, &cursor), 0);
	assert_int_equal(alerts_count(db, &filter, &count, &exact), 0);
	assert_true(exact);
	if (!cursor)
		assert_int_equal(count, seen.count);
	return seen.count;
}

static void test_repeat_is_recognised(void **state)
{
	char id[33];
	struct alert twice[2];

	(void)state;
	twice[0] = make(1, T0, id);
	twice[1] = twice[0];
	assert_int_equal(alerts_add(db, twice, 2), 1);
	assert_int_equal(alerts_add(db, twice, 1), 0);
	assert_int_equal(list(all()), 1);
	twice[1].id = STR("no hex");
	twice[0].id = STR("00000000000000000000000000000009");
	assert_int_equal(alerts_add(db, twice, 2), ERR_SYNTAX);
	assert_int_equal(list(all()), 1); /* all or nothing */
}

struct detail {
	char text[512];
};

static int see_detail(void *context, const struct alert *alert, const struct alert_rule *rule)
{
	struct detail *detail = context;

	snprintf(detail->text, sizeof(detail->text), "%.*s|%.*s|%.*s|%.*s|%.*s|%s|%.*s|%.*s",
		 STR_FMT(alert->tactics), STR_FMT(alert->techniques), STR_FMT(alert->why),
		 STR_FMT(alert->event), STR_FMT(alert->note), alert_status_name(alert->status),
		 STR_FMT(rule->yaml), STR_FMT(rule->description));
	return 7;
}

static void test_detail(void **state)
{
	struct alert_rule rule = {.hash = STR("hash-1"),
				  .id = STR("rule-1"),
				  .title = STR("T"),
				  .description = STR("D"),
				  .yaml = STR("title: T"),
				  .level = ALERT_HIGH,
				  .tags = tags,
				  .tag_count = 2};
	struct detail detail;

	(void)state;
	add(1, T0);
	assert_int_equal(alert_get(db, STR("00000000000000000000000000000001"), see_detail, &detail), 7);
	assert_string_equal(detail.text,
			    "[\"credential-access\",\"initial-access\"]|[\"T1110.001\",\"T1021\"]|"
			    "{\"a\":1}|{\"seq\":\"1\"}||new||");
	assert_int_equal(alerts_add_rules(db, &rule, 1, T0), 0);
	assert_int_equal(alerts_add_rules(db, &rule, 1, T0), 0);
	assert_int_equal(alert_get(db, STR("00000000000000000000000000000001"), see_detail, &detail), 7);
	assert_non_null(strstr(detail.text, "|title: T|D"));
	assert_int_equal(alert_get(db, STR("00000000000000000000000000000002"), see_detail, &detail),
			 ERR_END);
	assert_int_equal(alert_get(db, STR("' OR 1=1 --"), see_detail, &detail), ERR_END);
	assert_int_equal(alert_get(db, STR(""), see_detail, &detail), ERR_END);
}

static int see_title(void *context, const struct alert *alert)
{
	snprintf(context, 64, "%.*s", STR_FMT(alert->rule_title_zh));
	return 0;
}

static int see_top_title(void *context, const struct alert_top_row *row)
{
	snprintf(context, 64, "%.*s", STR_FMT(row->title_zh));
	return 0;
}

/* A database of version 1 goes on: its rules get their Chinese titles when they come again, and its alerts
   are found by their tactics. */
static void test_old_database(void **state)
{
	static const char old_rule[] =
		"INSERT INTO rules VALUES ('hash-1', 'rule-1', 'T', '', 3, '[]', '', 1)";
	static const char old_alert[] =
		"INSERT INTO alerts VALUES (?1, x'00000000000000000000000000000000', ?2, ?2, 3, 0, 0, "
		"'rule-1', 'T', 'hash-1', 1, '', '', '', '', '', '[\"impact\",\"impact\"]', '[]', '')";
	struct str impact = STR("impact");
	struct db_schema first = {cases_schema.name, cases_schema.steps, 1};
	const struct db_schema *old[] = {&access_schema, &first}, *new[] = {&access_schema, &cases_schema};
	struct alert_rule rule = {.hash = STR("hash-1"), .id = STR("rule-1"), .title_zh = STR("口令猜测")};
	struct alert_filter filter = all();
	char title[64] = "-", path[80];
	struct db_tx *tx;
	int64_t cursor;

	(void)state;
	db_close(db);
	snprintf(path, sizeof(path), "%s/old.db", folder);
	assert_int_equal(db_open(path, old, 2, &db, NULL), 0);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_run(tx, old_rule, DB_NONE), 1);
	assert_int_equal(
		db_end(tx, db_run(tx, old_alert, DB_ARGS(db_integer(T0 / 1000 << 20), db_integer(T0)))), 1);
	db_close(db);
	assert_int_equal(db_open(path, new, 2, &db, NULL), 0);
	add(1, T0);
	assert_int_equal(alerts_list(db, &filter, see_title, title, &cursor), 0);
	assert_string_equal(title, "");
	assert_int_equal(alerts_add_rules(db, &rule, 1, T0), 0);
	assert_int_equal(alerts_list(db, &filter, see_title, title, &cursor), 0);
	assert_string_equal(title, "口令猜测");
	title[0] = 0;
	assert_int_equal(alerts_top(db, ALERT_TOP_RULE, T0, T0 + HOUR, 10, see_top_title, title), 0);
	assert_string_equal(title, "口令猜测");
	filter.tactics = &impact;
	filter.tactic_count = 1;
	assert_int_equal(list(filter), 1);
}

static void test_pages_over_equal_times(void **state)
{
	static struct seen seen;
	struct alert_filter filter = all();
	size_t pages = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		add(i, T0 + i / 40); /* three times, all within one millisecond */
	filter.limit = 7;
	seen.count = 0;
	do {
		assert_int_equal(alerts_list(db, &filter, see, &seen, &filter.cursor), 0);
		pages++;
		add(1000 + (unsigned)pages, T0 + MINUTE); /* newer ones arriving do not disturb */
	} while (filter.cursor);
	assert_int_equal(pages, 15);
	assert_int_equal(seen.count, 100);
	for (size_t i = 0; i < 100; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(seen.ids[i], seen.ids[j]);
}

static void test_order_and_span(void **state)
{
	static struct seen seen;
	struct alert_filter filter = all();
	int64_t cursor;

	(void)state;
	add(2, T0 + 2 * HOUR);
	add(3, T0 + 3 * HOUR);
	add(1, T0 + HOUR); /* late */
	add(4, INT64_MAX - 1);
	add(5, INT64_MIN);
	seen.count = 0;
	assert_int_equal(alerts_list(db, &filter, see, &seen, &cursor), 0);
	assert_int_equal(seen.count, 3);
	assert_string_equal(seen.ids[0], "00000000000000000000000000000003");
	assert_string_equal(seen.ids[2], "00000000000000000000000000000001");
	filter.from = T0 + HOUR;
	filter.to = T0 + 2 * HOUR; /* [from, to) */
	assert_int_equal(list(filter), 1);
	filter.to++;
	assert_int_equal(list(filter), 2);
	filter.from++;
	assert_int_equal(list(filter), 1);
}

static void test_filters(void **state)
{
	struct alert_filter filter;
	char id[33];

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		struct alert alert = make(i, T0 + i * MINUTE, id);

		alert.level = i % ALERT_LEVEL_COUNT;
		alert.drill = i % 2;
		alert.rule_id = i < 10 ? STR("rule-a") : STR("rule-b");
		assert_int_equal(alerts_add(db, &alert, 1), 1);
	}
	assert_int_equal(list(all()), 40);
	filter = all();
	filter.levels = 1u << ALERT_HIGH | 1u << ALERT_CRITICAL;
	assert_int_equal(list(filter), 16);
	filter.drill = ALERT_DRILL;
	assert_int_equal(list(filter), 8);
	filter.drill = ALERT_REAL;
	filter.rule = STR("rule-a");
	assert_int_equal(list(filter), 2);
	filter.rule = STR("x' OR '1'='1");
	assert_int_equal(list(filter), 0);
	filter = all();
	filter.statuses = 1u << ALERT_CLOSED;
	assert_int_equal(list(filter), 0);
	filter = all();
	filter.from = T0 + 30 * 1000000; /* starts and ends within a minute */
	filter.to = T0 + 10 * MINUTE + 1;
	assert_int_equal(list(filter), 10);
	filter.to = filter.from + 1;
	assert_int_equal(list(filter), 0);
}

static void test_words(void **state)
{
	static const struct {
		const char *words;
		size_t found;
	} cases[] = {
		{"ssh", 2},         {"SSH guess", 2},   {"203.0.113", 2},
		{"203.0.113.7", 1}, {"异常", 1},        {"登录", 1},
		{"常登", 1},        {"录登", 0},        {"ssh nothing", 0},
		{"gw1", 3},         {"\"", 3},          {"--", 3},
		{"   ", 3},         {"NOT ssh", 0},     {"ssh\" OR \"x", 0},
		{"* ( ) : ^ -", 3}, {"title:ssh", 0},   {"a b c d e f g h i j k l m n", 0},
		{"\xff\xfe", 3},    {"gw1.example", 3}, {"NEAR(ssh x)", 0},
		{"口令猜", 2},
	};
	struct alert_filter filter = all();
	struct alert alert;
	char id[33];

	(void)state;
	add(1, T0);
	alert = make(2, T0, id);
	alert.source_ip = STR("203.0.113.99");
	alerts_add(db, &alert, 1);
	alert = make(3, T0, id);
	alert.rule_title = STR("教务系统异常登录");
	alert.rule_title_zh = STR("");
	alert.source_ip = STR("192.0.2.1");
	alerts_add(db, &alert, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		filter.words = str_from(cases[i].words);
		if (list(filter) != cases[i].found)
			fail_msg("'%s' finds %zu, not %zu", cases[i].words, list(filter), cases[i].found);
	}
	filter.words = STR("ssh");
	filter.levels = 1u << ALERT_LOW;
	assert_int_equal(list(filter), 0);
}

/* Some of the alerts have two tactics: they come once, in order, and a page ends where it should. */
static void test_tactics(void **state)
{
	static const struct str both[] = {STR("initial-access"), STR("credential-access")};
	static const struct str other[] = {STR("impact"), STR("' OR 1=1 --")};
	struct alert_filter filter = all();
	static struct seen seen;
	struct alert alert;
	char id[33];

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		alert = make(i, T0 + i * MINUTE, id);
		alert.tag_count = i % 2 ? 1 : sizeof(tags) / sizeof(tags[0]); /* one tactic or both */
		alert.level = i < 5 ? ALERT_LOW : ALERT_HIGH;
		alert.user = i < 10 ? STR("alice") : STR("root");
		alerts_add(db, &alert, 1);
	}
	filter.tactics = both;
	filter.tactic_count = 1;
	assert_int_equal(list(filter), 10);
	filter.tactic_count = 2;
	assert_int_equal(list(filter), 20);
	filter.words = STR("alice");
	assert_int_equal(list(filter), 10);
	filter.tactic_count = 1;
	assert_int_equal(list(filter), 5);
	filter.levels = 1u << ALERT_LOW;
	assert_int_equal(list(filter), 3);
	filter.words = (struct str){0};
	assert_int_equal(list(filter), 3);
	filter.rule = STR("rule-2");
	assert_int_equal(list(filter), 0);
	filter = all();
	filter.tactics = both;
	filter.tactic_count = 2;
	filter.limit = 7;
	seen.count = 0;
	do
		assert_int_equal(alerts_list(db, &filter, see, &seen, &filter.cursor), 0);
	while (filter.cursor);
	assert_int_equal(seen.count, 20);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(id, sizeof(id), "%032x", 19 - i);
		assert_string_equal(seen.ids[i], id);
	}
	filter = all();
	filter.tactics = other;
	filter.tactic_count = 2;
	assert_int_equal(list(filter), 0);
}

static int see_rule(void *context, const struct alert_top_row *row)
{
	char line[80];

	snprintf(line, sizeof(line), "%.*s:%d=%.*s/%.*s/%s ", STR_FMT(row->key), (int)row->count,
		 STR_FMT(row->title), STR_FMT(row->title_zh), alert_level_name(row->level));
	strcat(context, line);
	return 0;
}

static void rules_are(struct alert_filter filter, unsigned limit, const char *want)
{
	char text[512] = "";

	assert_int_equal(alerts_rules(db, &filter, limit, see_rule, text), 0);
	assert_string_equal(text, want);
}

static void test_rules_of_a_list(void **state)
{
	struct alert_rule rule = {.hash = STR("hash-1"), .id = STR("rule-1"), .title_zh = STR("猜测")};
	struct alert_filter filter = all();
	struct alert alert;
	char id[33];

	(void)state;
	rules_are(filter, 10, "");
	alerts_add_rules(db, &rule, 1, T0);
	for (unsigned i = 0; i < 5; i++) {
		alert = make(i, T0 + i, id);
		if (i % 2) {
			alert.rule_id = STR("rule-2");
			alert.rule_hash = STR("hash-2");
			alert.level = ALERT_LOW;
		}
		alert.rule_title = i < 4 ? STR("old") : STR("new"); /* the title it has now */
		alerts_add(db, &alert, 1);
	}
	rules_are(filter, 10, "rule-1:3=new/猜测/high rule-2:2=old//low ");
	rules_are(filter, 1, "rule-1:3=new/猜测/high ");
	filter.rule = STR("rule-2"); /* the others stay to be chosen */
	filter.limit = 1;
	filter.cursor = 1;
	rules_are(filter, 10, "rule-1:3=new/猜测/high rule-2:2=old//low ");
	filter.levels = 1u << ALERT_LOW;
	rules_are(filter, 10, "rule-2:2=old//low ");
	filter = all();
	alert = make(9, T0, id);
	alert.level = ALERT_CRITICAL;
	alert.rule_id = alert.rule_hash = STR("rare");
	alerts_add(db, &alert, 1); /* the worst is not lost among the frequent */
	rules_are(filter, 1, "rare:1=SSH password guessing//critical ");
	filter.words = STR("new");
	rules_are(filter, 10, "rule-1:1=new/猜测/high ");
}

static int see_event(void *context, const struct alert_event *event)
{
	char line[128];

	snprintf(line, sizeof(line), "%.*s %s>%s %.*s;", STR_FMT(event->by), alert_status_name(event->from),
		 alert_status_name(event->to), STR_FMT(event->note));
	strcat(context, line);
	return 0;
}

static void test_update(void **state)
{
	enum alert_status status = ALERT_ACKNOWLEDGED;
	struct str id = STR("00000000000000000000000000000001"), note = STR("'); DROP TABLE alerts; --");
	struct alert_change change = {.status = &status, .by = STR("eve"), .at = T0 + 5};
	struct alert_totals totals;
	struct alert_filter filter = all();
	struct detail detail;
	char history[512] = "";

	(void)state;
	add(1, T0);
	add(2, T0);
	assert_int_equal(alert_update(db, id, &change), 0);
	change.note = &note;
	change.status = NULL;
	assert_int_equal(alert_update(db, id, &change), 0);
	status = ALERT_FALSE_POSITIVE;
	change.note = NULL;
	change.status = &status;
	assert_int_equal(alert_update(db, id, &change), 0);
	assert_int_equal(alert_history(db, id, see_event, history), 0);
	assert_string_equal(history,
			    "eve new>acknowledged ;eve acknowledged>acknowledged '); DROP TABLE alerts; --;"
			    "eve acknowledged>false_positive ;");
	alert_get(db, id, see_detail, &detail);
	assert_non_null(strstr(detail.text, "DROP TABLE alerts; --|false_positive|"));
	assert_int_equal(alerts_totals(db, T0, T0 + MINUTE, &totals), 0);
	assert_int_equal(totals.total, 2);
	assert_int_equal(totals.open, 1);
	filter.statuses = 1u << ALERT_FALSE_POSITIVE;
	assert_int_equal(list(filter), 1);
	filter.statuses = 1u << ALERT_ACKNOWLEDGED;
	assert_int_equal(list(filter), 0);
	assert_int_equal(alert_update(db, STR("00000000000000000000000000000003"), &change), ERR_END);
	assert_int_equal(alert_update(db, STR("zz"), &change), ERR_END);
}

static int see_point(void *context, int64_t time, enum alert_level level, int64_t count)
{
	char line[64];

	snprintf(line, sizeof(line), "%d:%s:%d ", (int)((time - T0) / MINUTE), alert_level_name(level),
		 (int)count);
	strcat(context, line);
	return 0;
}

static int see_top(void *context, const struct alert_top_row *row)
{
	char line[128];

	snprintf(line, sizeof(line), "%.*s:%d%.*s ", STR_FMT(row->key), (int)row->count, STR_FMT(row->title));
	strcat(context, line);
	return 0;
}

static void top(enum alert_top kind, int64_t from, int64_t to, const char *want)
{
	char text[512] = "";

	assert_int_equal(alerts_top(db, kind, from, to, 10, see_top, text), 0);
	assert_string_equal(text, want);
}

static void test_counts(void **state)
{
	struct alert_rule rule = {
		.hash = STR("hash-1"), .id = STR("rule-1"), .title = STR("=T"), .level = ALERT_HIGH};
	struct alert alert;
	char series[512] = "", id[33];

	(void)state;
	alerts_add_rules(db, &rule, 1, T0);
	add(1, T0);
	add(2, T0 + MINUTE);
	add(3, T0 + 90 * MINUTE);
	alert = make(4, T0 + 3 * HOUR, id);
	alert.source_ip = STR("192.0.2.9");
	alert.level = ALERT_LOW;
	alert.tag_count = 1;
	alert.destination_ip = STR("");
	alerts_add(db, &alert, 1);
	assert_int_equal(alerts_series(db, T0, T0 + 4 * HOUR, HOUR, see_point, series), 0);
	assert_string_equal(series, "0:high:2 60:high:1 180:low:1 ");
	series[0] = 0; /* a span that moved on: the buckets are the same, the first has less in it */
	assert_int_equal(alerts_series(db, T0 + MINUTE, T0 + 3 * HOUR, HOUR, see_point, series), 0);
	assert_string_equal(series, "0:high:1 60:high:1 ");
	top(ALERT_TOP_SOURCE, T0, T0 + 4 * HOUR, "203.0.113.7:3 192.0.2.9:1 ");
	top(ALERT_TOP_SOURCE, T0 + 1, T0 + 4 * HOUR, "203.0.113.7:2 192.0.2.9:1 "); /* a head */
	top(ALERT_TOP_SOURCE, T0, T0 + 3 * HOUR + 1, "203.0.113.7:3 192.0.2.9:1 "); /* a tail */
	top(ALERT_TOP_SOURCE, T0 + 10 * MINUTE, T0 + 100 * MINUTE,
	    "203.0.113.7:1 ");                                                     /* both, no whole hour */
	top(ALERT_TOP_SOURCE, T0 + MINUTE / 2, T0 + MINUTE * 2, "203.0.113.7:1 "); /* within an hour */
	top(ALERT_TOP_DESTINATION, T0, T0 + 4 * HOUR, "10.1.2.3:3 ");
	top(ALERT_TOP_RULE, T0, T0 + 4 * HOUR, "rule-1:4=T ");
	top(ALERT_TOP_TACTIC, T0, T0 + 4 * HOUR, "credential-access:4 initial-access:3 ");
	top(ALERT_TOP_TACTIC, T0 + 1, T0 + 4 * HOUR - 1, "credential-access:3 initial-access:2 ");
}

static void test_hostile_values_stay_values(void **state)
{
	struct alert alert;
	struct alert_filter filter = all();
	char id[33];

	(void)state;
	alert = make(1, T0, id);
	alert.host = STR("x'); DELETE FROM alerts; --");
	alert.user = STR("a\0b\xff\"\\");
	alert.rule_id = STR("\"]},");
	alert.source_ip = STR("not an address");
	assert_int_equal(alerts_add(db, &alert, 1), 1);
	assert_int_equal(list(filter), 1);
	filter.rule = STR("\"]},");
	assert_int_equal(list(filter), 1);
}

static void test_names(void **state)
{
	enum alert_level level;
	enum alert_status status;

	(void)state;
	assert_int_equal(alert_level_parse(STR("critical"), &level), 0);
	assert_int_equal(level, ALERT_CRITICAL);
	assert_int_equal(alert_level_parse(STR("Critical"), &level), ERR_UNKNOWN);
	assert_int_equal(alert_status_parse(STR("false_positive"), &status), 0);
	assert_int_equal(alert_status_parse(STR(""), &status), ERR_UNKNOWN);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_repeat_is_recognised),
		CASE(test_detail),
		CASE(test_old_database),
		CASE(test_pages_over_equal_times),
		CASE(test_order_and_span),
		CASE(test_filters),
		CASE(test_words),
		CASE(test_tactics),
		CASE(test_rules_of_a_list),
		CASE(test_update),
		CASE(test_counts),
		CASE(test_hostile_values_stay_values),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
