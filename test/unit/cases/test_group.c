/* SPDX-License-Identifier: Apache-2.0 */
/* How alerts become incidents, with the tables that ship. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cases/alert_group.h"
#include "cases/entity.h"
#include "cases/incident_facts.h"
#include "cases/incident_move.h"
#include "cases/rule_count.h"
#include "people/register.h"

#define MINUTE INT64_C(60000000)
#define HOUR (60 * MINUTE)
#define T0 (INT64_C(1795000000) * 1000000)
#define IDS 4096

static char folder[64];
static struct db *db;
static struct case_rules *rules;

static void open_file(const char *name, const struct db_schema *cases)
{
	const struct db_schema *schemas[] = {&register_schema, cases};
	char path[100];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(db_open(path, schemas, 2, &db, NULL), 0);
}

static int set_up(void **state)
{
	struct err err = {0};

	(void)state;
	strcpy(folder, "/tmp/wl-group-XXXXXX");
	assert_non_null(mkdtemp(folder));
	if (case_rules_load(CONTENT, 8 * HOUR, &rules, &err) < 0)
		fail_msg("%s:%u: %s", err.file, err.line, err.message);
	open_file("core.db", &cases_schema);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	case_rules_free(rules);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* One alert in a few words; what is NULL is empty. */
struct said {
	int64_t minute;
	const char *host, *user, *source, *destination, *rule, *tactic;
	enum alert_level level;
	bool drill;
};

static char ids[IDS][33];
static struct str tag_lists[IDS][1];
static char tag_texts[IDS][64];

static struct alert make(unsigned number, const struct said *said)
{
	snprintf(ids[number], sizeof(ids[number]), "%032x", number);
	snprintf(tag_texts[number], sizeof(tag_texts[number]), "attack.%s",
		 said->tactic ? said->tactic : "execution");
	tag_lists[number][0] = str_from(tag_texts[number]);
	return (struct alert){
		.id = str_from(ids[number]),
		.time = T0 + said->minute * MINUTE,
		.detected = T0 + said->minute * MINUTE,
		.level = said->level,
		.rule_id = str_from(said->rule ? said->rule : "rule-1"),
		.rule_title = str_from(said->rule ? said->rule : "rule-1"),
		.rule_hash = STR("h"),
		.tags = tag_lists[number],
		.tag_count = 1,
		.drill = said->drill,
		.event_seq = number + 1,
		.host = str_from(said->host),
		.user = str_from(said->user),
		.source_ip = str_from(said->source),
		.destination_ip = str_from(said->destination),
	};
}

static void add(unsigned first, const struct said *said, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct alert alert = make(first + (unsigned)i, &said[i]);

		assert_int_equal(alerts_add_grouped(db, rules, &alert, 1), 1);
	}
}

static int64_t integer(const char *sql)
{
	struct db_tx *tx;
	int64_t value = -1;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_true(db_end(tx, db_get_integer(tx, sql, DB_NONE, &value)) >= 0);
	return value;
}

static int64_t incident_of(unsigned number)
{
	char sql[120];

	snprintf(sql, sizeof(sql), "SELECT incident FROM alerts WHERE id = x'%032x'", number);
	return integer(sql);
}

static int keep_words(void *context, int64_t score, struct str why)
{
	struct buf *words = context;

	(void)score;
	case_rules_words(rules, why, false, words);
	buf_add_char(words, '|');
	case_rules_words(rules, why, true, words);
	return 0;
}

static void test_an_attack_is_one_and_says_why(void **state)
{
	static const struct said said[] = {
		{0, "WKS-1", "li", NULL, NULL, "macro", "execution", ALERT_MEDIUM, false},
		{4, "wks-1", NULL, NULL, NULL, "dump", "credential-access", ALERT_HIGH, false},
		{9, "SRV-2", "CORP\\li", NULL, NULL, "smb", "lateral-movement", ALERT_HIGH, false},
		{5, "other", "wang", NULL, NULL, "macro", "execution", ALERT_MEDIUM, false},
		{4000, "wks-1", "li", NULL, NULL, "macro", "execution", ALERT_MEDIUM, false},
	};
	struct buf words = {0};

	(void)state;
	add(1, said, 5);
	assert_int_equal(incident_of(1), incident_of(2));
	assert_int_equal(incident_of(1), incident_of(3));
	assert_int_not_equal(incident_of(1), incident_of(4));
	assert_int_not_equal(incident_of(1), incident_of(5)); /* days later */
	assert_int_equal(alert_reason(db, str_from(ids[2]), keep_words, &words), 0);
	assert_string_equal(
		buf_cstr(&words),
		"same host wks-1 (rare), 4 minutes later, next stage: credential access after execution|"
		"同一主机 wks-1（少见），4 分钟之后，下一阶段：执行之后凭据访问");
	buf_done(&words);
	assert_int_equal(integer("SELECT level_proposed FROM incidents WHERE id = 1"), 4);
	assert_int_equal(integer("SELECT category_proposed = '0218' FROM incidents WHERE id = 1"), 1);
	assert_int_equal(
		integer("SELECT tactics = '[\"execution\",\"credential-access\",\"lateral-movement\"]'"
			" FROM incidents WHERE id = 1"),
		1);
}

static void test_an_asset_is_called_by_its_name(void **state)
{
	struct buf words = {0};

	(void)state;
	case_rules_words(rules,
			 STR("{\"shared\":[{\"as\":\"asset\",\"value\":\"229\",\"name\":\"电子邮件系统\"},"
			     "{\"as\":\"asset\",\"value\":\"7\"}]}"),
			 true, &words);
	assert_string_equal(buf_cstr(&words), "同一资产 电子邮件系统（常见），同一资产 7（常见）");
	buf_done(&words);
}

static void test_a_drill_stays_among_itself(void **state)
{
	static const struct said said[] = {
		{0, "wks-1", "li", NULL, NULL, "a", NULL, ALERT_HIGH, false},
		{1, "wks-1", "li", NULL, NULL, "a", NULL, ALERT_HIGH, true},
		{2, "wks-1", "li", NULL, NULL, "a", NULL, ALERT_HIGH, true},
	};

	(void)state;
	add(1, said, 3);
	assert_int_not_equal(incident_of(1), incident_of(2));
	assert_int_equal(incident_of(2), incident_of(3));
	assert_int_equal(integer("SELECT drill FROM incidents WHERE id = 2"), 1);
}

/* A proxy that a hundred hosts share says little; a rare address says much. */
static void test_what_all_share_counts_little(void **state)
{
	char hosts[120][16], rule[120][16];

	(void)state;
	for (unsigned i = 0; i < 120; i++) {
		struct said said = {i * 10,  hosts[i], NULL,      "10.0.0.8", NULL,
				    rule[i], NULL,     ALERT_LOW, false};

		snprintf(hosts[i], sizeof(hosts[i]), "pc-%u", i);
		snprintf(rule[i], sizeof(rule[i]), "rule-%u", i);
		add(i, &said, 1);
	}
	assert_int_not_equal(incident_of(118), incident_of(119));
	assert_true(integer("SELECT max(alerts) FROM incidents") < 60);
}

/* Who tries the same at one address after the other does one thing, however many those are. */
static void test_a_sweep_is_one(void **state)
{
	char targets[200][16];

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		struct said said = {
			i, NULL, NULL, "203.0.113.9", targets[i], "scan", "reconnaissance", ALERT_LOW, false};

		snprintf(targets[i], sizeof(targets[i]), "10.2.0.%u", i);
		add(i, &said, 1);
	}
	assert_int_equal(integer("SELECT count(*) FROM incidents"), 1);
}

/* Whoever uses whichever machine at random: no incident gathers the campus. */
static void test_nothing_swallows_all(void **state)
{
	uint32_t seed = 3;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		char host[16], user[16];
		struct said said = {i / 4, host, user, NULL, NULL, "rule-1", NULL, ALERT_MEDIUM, false};

		seed = seed * 1664525 + 1013904223;
		snprintf(host, sizeof(host), "pc-%u", (seed >> 8) % 300);
		snprintf(user, sizeof(user), "u-%u", (seed >> 20) % 100);
		add(i, &said, 1);
	}
	assert_true(integer("SELECT max(n) FROM (SELECT count(*) AS n FROM incident_entities WHERE kind = 1"
			    " GROUP BY incident)") <= 20);
	assert_true(integer("SELECT count(*) FROM incidents WHERE status < 6") >= 15);
}

/* --- what devices write wrongly, or shorter ------------------------------------------------------------- */

static int count_incident(void *context, const struct incident *incident)
{
	(void)incident;
	++*(int *)context;
	return 0;
}

/* How many incidents are found by the word. */
static int found(const char *word)
{
	const struct incident_filter filter = {.words = str_from(word), .drill = ALERT_ANY, .limit = 10};
	struct db_tx *tx;
	int64_t next;
	int count = 0;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_end(tx, incident_list(tx, &filter, count_incident, &count, &next, NULL)), 0);
	return count;
}

/* Some logs of a machine give its short name, others the full one: they are one machine. */
static void test_a_short_name_is_the_full_one(void **state)
{
	static const struct said said[] = {
		{0, "ws6.campus.example", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, false},
		{1, "WS6", NULL, NULL, NULL, "b", "discovery", ALERT_MEDIUM, false},
		{0, "PC9", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, false},
		{1, "pc9.campus.example", NULL, NULL, NULL, "b", "discovery", ALERT_MEDIUM, false},
		{2, "pc9", NULL, NULL, NULL, "c", "discovery", ALERT_MEDIUM, false},
	};
	struct buf words = {0};

	(void)state;
	add(1, said, 5);
	assert_int_equal(incident_of(1), incident_of(2));
	assert_int_equal(incident_of(3), incident_of(4));
	assert_int_equal(incident_of(3), incident_of(5));
	assert_int_not_equal(incident_of(1), incident_of(3));
	assert_int_equal(alert_reason(db, str_from(ids[2]), keep_words, &words), 0);
	assert_non_null(strstr(buf_cstr(&words), "same host ws6.campus.example (rare), 1 minutes later"));
	buf_done(&words);
	/* It counts less than the same name would, which is 615. */
	assert_in_range(
		integer("SELECT json_extract(why, '$.shared[0].points') FROM alert_reasons JOIN alerts"
			" USING (key) WHERE id = x'00000000000000000000000000000002'"),
		480, 500);
	/* It is found by either name, but not by half of one. */
	assert_int_equal(found("WS6.campus.example"), 1);
	assert_int_equal(found("WS6"), 1);
	assert_int_equal(found("WS"), 0);
	/* The risk is the machine's, not that of a name. */
	assert_int_equal(integer("SELECT alerts FROM entities WHERE value = 'ws6.campus.example'"), 2);
	assert_int_equal(integer("SELECT count(*) FROM entities WHERE value = 'ws6'"), 0);
}

/* A name that two machines begin with says nothing, nor do numbers. */
static void test_a_short_name_of_two_is_neither(void **state)
{
	static const struct said said[] = {
		{0, "www.physics.example", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, false},
		{0, "www.law.example", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, false},
		{1, "www", NULL, NULL, NULL, "b", "discovery", ALERT_HIGH, false},
		{2, "www.law.example", NULL, NULL, NULL, "b", "discovery", ALERT_HIGH, false},
		{0, "192.0.2.7", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, false},
		{1, "192", NULL, NULL, NULL, "b", "discovery", ALERT_HIGH, false},
		{1, "192.0.2.8", NULL, NULL, NULL, "b", "discovery", ALERT_HIGH, false},
	};

	(void)state;
	add(1, said, 7);
	assert_int_not_equal(incident_of(1), incident_of(2));
	assert_int_not_equal(incident_of(1), incident_of(3));
	assert_int_not_equal(incident_of(2), incident_of(3));
	assert_int_equal(incident_of(2), incident_of(4));
	assert_int_not_equal(incident_of(5), incident_of(6));
	assert_int_not_equal(incident_of(5), incident_of(7));
	assert_int_not_equal(incident_of(6), incident_of(7));
}

/* Nor does it matter what a machine was called weeks ago, or in a drill. */
static void test_a_name_of_weeks_ago_confuses_nobody(void **state)
{
	static const struct said said[] = {
		{-30000, "ws7.old.example", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, false},
		{0, "ws7.drill.example", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, true},
		{0, "ws7.new.example", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, false},
		{1, "ws7", NULL, NULL, NULL, "b", "discovery", ALERT_HIGH, false},
	};

	(void)state;
	add(1, said, 4);
	assert_int_equal(incident_of(3), incident_of(4));
	assert_int_not_equal(incident_of(1), incident_of(4));
	assert_int_not_equal(incident_of(2), incident_of(4));
}

/* Alerts of one machine, all received in the same second. */
static void add_received(unsigned first, const int64_t *minutes, size_t count)
{
	static const char event[] = "{\"received\":\"2026-11-23T06:00:00Z\",\"fields\":{}}";

	for (size_t i = 0; i < count; i++) {
		struct said said = {minutes[i], "ws6", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, false};
		struct alert alert = make(first + (unsigned)i, &said);

		alert.event = str_from(event);
		assert_int_equal(alerts_add_grouped(db, rules, &alert, 1), 1);
	}
}

/* A machine sends one of its logs, then another that is hours off: they are held against each other as
 * wholes. */
static void test_a_log_in_another_zone_is_the_same_attack(void **state)
{
	static const int64_t minutes[] = {0, 2, 4, 6, /* and by the other clock: */ 7 * 60 - 1, 7 * 60 + 3};

	(void)state;
	add_received(1, minutes, 6);
	assert_int_equal(incident_of(1), incident_of(4));
	assert_int_equal(incident_of(1), incident_of(5));
	assert_int_equal(incident_of(1), incident_of(6));
}

static void test_hours_away_is_not_always_a_zone(void **state)
{
	static const int64_t half[] = {0, 2, 4, 6, 7 * 60 + 30}, before[] = {3000, 3002, 3004, 3006, 2576};

	(void)state;
	add_received(1, half, 5);
	assert_int_equal(incident_of(1), incident_of(4));
	assert_int_not_equal(incident_of(1), incident_of(5)); /* half an hour: no whole step */
	add_received(11, before, 5);
	assert_int_not_equal(incident_of(11), incident_of(15)); /* ten minutes before the log began */
}

/* What goes on for an hour would fit any clock: its last minutes are what counts. */
static void test_a_long_log_does_not_fit_every_clock(void **state)
{
	static const int64_t minutes[] = {0, 8, 16, 24, 32, 40, 48, 56, 7 * 60 + 30, 9 * 60 + 51};

	(void)state;
	add_received(1, minutes, 10);
	assert_int_equal(incident_of(1), incident_of(8));
	assert_int_not_equal(incident_of(1), incident_of(9));
	assert_int_equal(incident_of(1), incident_of(10));
}

/* A file from before there was short_host goes on with its default. */
static void test_an_older_file_goes_on(void **state)
{
	static const struct said said[] = {
		{0, "ws6.campus.example", NULL, NULL, NULL, "a", NULL, ALERT_HIGH, false},
		{1, "ws6", NULL, NULL, NULL, "b", "discovery", ALERT_MEDIUM, false},
	};
	struct err err = {0};
	char command[300];

	(void)state;
	snprintf(command, sizeof(command),
		 "cp -r %s/compliance %s/ && grep -v '^short_host:' %s/grouping.yaml >%s/grouping.yaml",
		 CONTENT, folder, CONTENT, folder);
	assert_int_equal(system(command), 0);
	case_rules_free(rules);
	rules = NULL;
	if (case_rules_load(folder, 0, &rules, &err) < 0)
		fail_msg("%s:%u: %s", err.file, err.line, err.message);
	add(1, said, 2);
	assert_int_equal(incident_of(1), incident_of(2));
}

/* Hundreds of alerts over hosts, users and addresses that overlap, some drills, from a fixed generator. */
static size_t make_many(struct alert *alerts, size_t count)
{
	static const char *const hosts[] = {"h1", "h2", "h3", "h4", "h5", "h1.example", NULL};
	static const char *const users[] = {"u1", "u2", "u3", NULL, NULL};
	static const char *const ips[] = {"192.0.2.1", "192.0.2.2", NULL, NULL};
	static const char *const tactics[] = {"execution", "persistence", "discovery", "lateral-movement"};
	uint32_t seed = 7;
	int64_t minute = 0;

	for (size_t i = 0; i < count; i++) {
		struct said said = {.level = (enum alert_level)(seed >> 7) % ALERT_LEVEL_COUNT};

		seed = seed * 1664525 + 1013904223;
		minute += seed >> 27;
		said.minute = minute;
		said.host = hosts[(seed >> 8) % 7];
		said.user = users[(seed >> 12) % 5];
		said.source = ips[(seed >> 16) % 4];
		said.tactic = tactics[(seed >> 20) % 4];
		said.drill = (seed >> 24) % 16 == 0;
		alerts[i] = make((unsigned)i, &said);
	}
	return count;
}

static void add_in_batches(const struct alert *alerts, size_t count, size_t batch)
{
	for (size_t i = 0; i < count; i += batch) {
		size_t some = count - i < batch ? count - i : batch;

		assert_int_equal(alerts_add_grouped(db, rules, alerts + i, some), some);
	}
}

static void read_incidents(int64_t *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = incident_of((unsigned)i);
}

static void test_where_batches_are_cut_changes_nothing(void **state)
{
	enum { COUNT = 400 };
	static struct alert alerts[COUNT];
	static int64_t whole[COUNT], parts[COUNT];
	static const size_t batches[] = {1, 7, 64};
	char name[16];

	(void)state;
	make_many(alerts, COUNT);
	add_in_batches(alerts, COUNT, COUNT);
	read_incidents(whole, COUNT);
	assert_true(integer("SELECT count(*) FROM incidents WHERE status < 6") > 5);
	for (size_t i = 0; i < 3; i++) {
		db_close(db);
		snprintf(name, sizeof(name), "%zu.db", i);
		open_file(name, &cases_schema);
		add_in_batches(alerts, COUNT, batches[i]);
		read_incidents(parts, COUNT);
		assert_memory_equal(whole, parts, sizeof(whole));
	}
	assert_int_equal(integer("SELECT count(*) FROM alerts WHERE incident NOT IN"
				 " (SELECT id FROM incidents WHERE status < 6)"),
			 0);
	assert_int_equal(
		integer("SELECT count(*) FROM incidents AS i WHERE alerts <> (SELECT count(*) FROM alerts"
			" WHERE incident = i.id)"),
		0);
	assert_int_equal(integer("SELECT count(*) FROM alerts AS a JOIN incidents AS i ON i.id = a.incident"
				 " WHERE a.drill <> i.drill"),
			 0);
}

/* --- moved by people ------------------------------------------------------------------------------------ */

static int merge(int64_t id, int64_t into)
{
	struct incident_move move = {.by = STR("li"), .reason = STR("same"), .at = T0 + HOUR};
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return db_end(tx, incident_merge(tx, rules, id, into, &move));
}

static int reopen(int64_t id)
{
	struct incident_move move = {.by = STR("li"), .at = T0 + 2 * HOUR};
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return db_end(tx, incident_reopen(tx, rules, id, &move));
}

static int split(int64_t id, const unsigned *numbers, size_t count, int64_t *ret_id)
{
	struct incident_move move = {.by = STR("li"), .at = T0 + 3 * HOUR};
	struct str alerts[8];
	struct db_tx *tx;

	for (size_t i = 0; i < count; i++)
		alerts[i] = str_from(ids[numbers[i]]);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return db_end(tx, incident_split(tx, rules, id, alerts, count, &move, ret_id));
}

static const struct said two_attacks[] = {
	{0, "a1", "li", NULL, NULL, "x", NULL, ALERT_HIGH, false},
	{1, "a1", "li", NULL, NULL, "y", NULL, ALERT_LOW, false},
	{2, "b1", "wang", NULL, NULL, "z", NULL, ALERT_MEDIUM, false},
	{3, "b1", "wang", NULL, NULL, "z", NULL, ALERT_MEDIUM, false},
	{4, "c1", "zhao", NULL, NULL, "z", NULL, ALERT_MEDIUM, true},
};

static void test_merge_and_back(void **state)
{
	static const struct said later = {6, "b1", NULL, NULL, NULL, "w", NULL, ALERT_LOW, false};

	(void)state;
	add(1, two_attacks, 5);
	assert_int_equal(incident_of(3), 2);
	assert_int_equal(merge(2, 2), ERR_DENIED);
	assert_int_equal(merge(2, 3), ERR_DENIED); /* a drill */
	assert_int_equal(merge(2, 9), ERR_END);
	assert_int_equal(merge(2, 1), 0);
	assert_int_equal(incident_of(3), 1);
	assert_int_equal(integer("SELECT alerts FROM incidents WHERE id = 1"), 4);
	assert_int_equal(integer("SELECT status * 10 + merged_into FROM incidents WHERE id = 2"), 61);
	assert_int_equal(merge(2, 1), ERR_DENIED);
	add(6, &later, 1); /* what comes later joins what is there now, and stays there */
	assert_int_equal(incident_of(6), 1);
	assert_int_equal(reopen(2), 0);
	assert_int_equal(reopen(2), ERR_DENIED);
	assert_int_equal(incident_of(3), 2);
	assert_int_equal(incident_of(1), 1);
	assert_int_equal(incident_of(6), 1);
	assert_int_equal(integer("SELECT alerts FROM incidents WHERE id = 2"), 2);
	assert_int_equal(integer("SELECT severity FROM incidents WHERE id = 2"), ALERT_MEDIUM);
	assert_int_equal(
		integer("SELECT count(*) FROM incident_entities WHERE incident = 2 AND value = 'a1'"), 0);
}

static void test_split_and_back(void **state)
{
	static const unsigned some[] = {1}, all[] = {1, 2}, foreign[] = {3}, twice[] = {2, 2};
	int64_t id = 0;

	(void)state;
	add(1, two_attacks, 5);
	assert_int_equal(split(1, all, 2, &id), ERR_RANGE);
	assert_int_equal(split(1, foreign, 1, &id), ERR_END);
	assert_int_equal(split(1, twice, 2, &id), ERR_RANGE);
	assert_int_equal(split(1, some, 1, &id), 0);
	assert_int_equal(incident_of(1), id);
	assert_int_equal(integer("SELECT severity FROM incidents WHERE id = 1"), ALERT_LOW);
	assert_int_equal(integer("SELECT severity FROM incidents WHERE id = 4"), ALERT_HIGH);
	assert_int_equal(integer("SELECT title = 'x' FROM incidents WHERE id = 4"), 1);
	assert_int_equal(merge(id, 1), 0);
	assert_int_equal(incident_of(1), 1);
	assert_int_equal(integer("SELECT severity FROM incidents WHERE id = 1"), ALERT_HIGH);
}

/* --- risk ----------------------------------------------------------------------------------------------- */

struct top {
	size_t count;
	char first[32];
	double risk;
};

static int see_risk(void *context, const struct risk_row *row)
{
	struct top *top = context;

	if (!top->count++) {
		snprintf(top->first, sizeof(top->first), "%.*s", STR_FMT(row->value));
		top->risk = row->risk;
	}
	return 0;
}

static struct top top_hosts(int64_t now)
{
	struct top top = {0};
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(db_end(tx, risk_top(tx, rules, ENTITY_HOST, false, now, 10, see_risk, &top)), 0);
	return top;
}

static void test_risk_halves(void **state)
{
	struct top now, later;

	(void)state;
	add(1, two_attacks, 5);
	now = top_hosts(T0 + 3 * MINUTE);
	later = top_hosts(T0 + 3 * MINUTE + 72 * HOUR);
	assert_int_equal(now.count, 2);
	assert_string_equal(now.first, "a1");
	assert_true(now.risk > 64 && now.risk < 66); /* 60 and 5 */
	assert_true(later.risk > now.risk * 0.49 && later.risk < now.risk * 0.51);
	assert_int_equal(top_hosts(T0 + 5000 * HOUR).count, 0);
}

/* --- what an incident consists of ----------------------------------------------------------------------- */

struct told {
	size_t count;
	char parts[4][200];
};

static int tell_subject(void *context, const struct incident_subject *subject)
{
	struct told *told = context;
	char *out = told->parts[told->count++ % 4];

	*out = 0;
	for (size_t i = 0; i < subject->count; i++)
		sprintf(out + strlen(out), "%.*s=%.*s ", STR_FMT(subject->parts[i].part),
			STR_FMT(subject->parts[i].value));
	return 0;
}

static int tell_rule(void *context, const struct incident_rule *rule)
{
	struct told *told = context;

	snprintf(told->parts[told->count++ % 4], sizeof(told->parts[0]), "%.*s %lld %s", STR_FMT(rule->id),
		 (long long)rule->alerts, alert_level_name(rule->level));
	return 0;
}

static void test_what_it_consists_of(void **state)
{
	static const struct said said[] = {
		{0, "web-01", "CORP\\li", "203.0.113.9", "10.0.0.5", "rule-1", NULL, ALERT_LOW, false},
		{1, "web-01", "root", "203.0.113.9", "127.0.0.1", "rule-2", NULL, ALERT_CRITICAL, false},
		{2, "web-01", NULL, "203.0.113.9", NULL, "rule-1", NULL, ALERT_MEDIUM, false},
	};
	struct told subjects = {0}, told_rules = {0};
	struct db_tx *tx;

	(void)state;
	add(0, said, 3);
	assert_int_equal(integer("SELECT count(*) FROM incidents WHERE alerts = 3"), 1);
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_int_equal(incident_subjects(tx, rules, 1, 2, tell_subject, &subjects), 0);
	assert_int_equal(db_end(tx, incident_rules_of(tx, 1, tell_rule, &told_rules)), 0);
	/* The gravest first; the loopback address says nothing. */
	assert_int_equal(subjects.count, 2);
	assert_string_equal(subjects.parts[0], "host=web-01 user=root source_address=203.0.113.9 ");
	assert_string_equal(told_rules.parts[0], "rule-2 1 critical");
	assert_string_equal(told_rules.parts[1], "rule-1 2 medium");
}

/* --- from before there were incidents ------------------------------------------------------------------- */

static void test_old_alerts_get_a_case(void **state)
{
	static const char insert[] =
		"INSERT INTO alerts (key, id, time, detected, level, status, drill, rule_id, title, "
		"rule_hash,"
		" event_seq, source, host, user, source_ip, destination_ip, tactics, techniques)"
		" SELECT 1 + value, randomblob(16), 1795000000000000 + value * 3600000000, 0, value % 5, ?1, "
		"0, 'r', 'T',"
		" 'h', 1, '', CASE value % 3 WHEN 0 THEN 'a' ELSE '' END, '', CASE value % 3 WHEN 1 THEN "
		"'192.0.2.1'"
		" ELSE '' END, '', '[]', '[]' FROM json_each(?2)";
	struct db_schema before = {cases_schema.name, cases_schema.steps, 6};
	static const struct said later = {0, "a", NULL, NULL, NULL, "w", NULL, ALERT_LOW, false};
	struct db_tx *tx;

	(void)state;
	db_close(db);
	open_file("old.db", &before);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(db_run(tx, insert, DB_ARGS(db_integer(0), db_text(STR("[0,1,2,3,4,5,6,7,8,40]")))),
			 10);
	assert_true(db_end(tx, db_run(tx, insert, DB_ARGS(db_integer(3), db_text(STR("[99]"))))) >= 0);
	db_close(db);
	open_file("old.db", &cases_schema);
	assert_int_equal(
		integer("SELECT count(*) FROM alerts WHERE incident NOT IN (SELECT id FROM incidents)"), 0);
	assert_int_equal(integer("SELECT sum(alerts) FROM incidents"), 11);
	assert_true(integer("SELECT count(*) FROM incidents") < 8);
	assert_int_equal(integer("SELECT status FROM incidents ORDER BY id DESC LIMIT 1"), INCIDENT_FALSE);
	add(1, &later, 1); /* and numbers go on */
	assert_int_equal(integer("SELECT count(DISTINCT number) = count(*) FROM incidents"), 1);
}

static void test_incidents_from_before_clocks_go_on(void **state)
{
	static const char insert[] =
		"INSERT INTO incident_entities VALUES (1, 1, 'a', 5, 9, 2, 1000, 0, 3, 7, 8)";
	struct db_schema before = {cases_schema.name, cases_schema.steps, 13};
	struct db_tx *tx;

	(void)state;
	db_close(db);
	open_file("old.db", &before);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_true(db_end(tx, db_run(tx, insert, DB_NONE)) >= 0);
	db_close(db);
	open_file("old.db", &cases_schema);
	assert_int_equal(integer("SELECT began FROM incident_entities"), 8);
}

/* --- texts ---------------------------------------------------------------------------------------------- */

static void test_refang(void **state)
{
	static const char *const pairs[][2] = {
		{"hxxps://evil[.]example[:]8080/a", "https://evil.example:8080/a"},
		{"hXXp[://]a(dot)b", "http://a.b"},
		{" 192[.]0[.]2[.]1 ", "192.0.2.1"},
		{"li[at]example[.]edu", "li@example.edu"},
		{"https://shxxp.example/", "https://shxxp.example/"},
		{"", ""},
		{"[", "["},
	};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		buf_clear(&out);
		entity_refang(str_from(pairs[i][0]), &out);
		assert_string_equal(buf_cstr(&out), pairs[i][1]);
	}
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_attack_is_one_and_says_why, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_asset_is_called_by_its_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_drill_stays_among_itself, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_all_share_counts_little, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_sweep_is_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_swallows_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_short_name_is_the_full_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_short_name_of_two_is_neither, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_name_of_weeks_ago_confuses_nobody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_log_in_another_zone_is_the_same_attack, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_hours_away_is_not_always_a_zone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_long_log_does_not_fit_every_clock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_older_file_goes_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_where_batches_are_cut_changes_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_merge_and_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_split_and_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_risk_halves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_old_alerts_get_a_case, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_incidents_from_before_clocks_go_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_it_consists_of, set_up, tear_down),
		cmocka_unit_test(test_refang),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
