/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told of what nobody takes up: the table that is shipped, wrong tables, and the tick over simulated
 * hours. */
#include "duty_db.h"

#include "duty/escalation.h"

static struct escalation_rules rules;

static int load(void **state)
{
	char path[4096];
	struct err err = {0};

	snprintf(path, sizeof(path), "%s/content/duty/escalation.yaml", getenv("WANGLOU_SOURCE_ROOT"));
	if (escalation_load(path, &rules, &err) < 0)
		fail_msg("%s:%u: %s", err.file, err.line, err.message);
	return set_up(state);
}

static void test_wrong_tables_are_refused(void **state)
{
	static const char head[] = "working_hours: {from: \"08:00\", to: \"18:00\"}\n";
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"steps: [{severity: [loud], after: 1, tell: [officer]}]", "no such value as 'loud'"},
		{"steps: [{severity: [high], after: -1, tell: [officer]}]", "after is minutes"},
		{"steps: [{severity: [high], after: 1, tell: [janitor]}]", "no such value as 'janitor'"},
		{"steps: [{severity: [high], hours: noon, after: 1, tell: [officer]}]", "hours is any"},
		{"steps: 3", "steps is a list"},
		{"steps: []\ntests: [{severity: high, at: \"2026-11-23T10:00:00\", minutes: 1, expect: [\"1 "
		 "officer\"]}]",
		 "this test gives: nothing"},
		{"steps: []\ntests: [{severity: high}]", "a test has"},
	};
	struct escalation_rules ignored;
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {0};

		snprintf(text, sizeof(text), "%s%s\n", head, cases[i].text);
		assert_int_equal(escalation_parse(str_from(text), &ignored, &err), ERR_SYNTAX);
		if (!strstr(err.message, cases[i].reason))
			fail_msg("'%s' does not say '%s'", err.message, cases[i].reason);
	}
}

/* An alert of its own kind, so that it opens an incident of its own. */
static void raise(unsigned number, enum alert_level level, int64_t time)
{
	char id[33], rule[33], host[33];
	struct alert alert = {
		.time = time, .detected = time, .level = level, .why = STR("{}"), .event = STR("{}")};

	snprintf(id, sizeof(id), "%032x", number);
	snprintf(rule, sizeof(rule), "rule-%u", number);
	snprintf(host, sizeof(host), "host-%u", number);
	alert.id = str_from(id);
	alert.rule_id = alert.rule_title = alert.rule_hash = str_from(rule);
	alert.host = str_from(host);
	assert_int_equal(alerts_add(db, &alert, 1), 1);
}

static int tick(const char *time)
{
	const struct duty_tick tick = {
		.now = at(time), .zone = ZONE, .rules = &rules, .console = "https://wl"};

	return escalation_tick(db, &tick);
}

static void test_the_night_of_a_critical_incident(void **state)
{
	(void)state;
	add_shift(PLACE_OFFICER, "li", "2026-11-22T08:00", "2026-11-23T08:00");
	add_shift(PLACE_LEADER, "wang", "2026-11-22T08:00", "2026-11-23T08:00");
	raise(1, ALERT_CRITICAL, at("2026-11-22T23:00"));
	raise(2, ALERT_LOW, at("2026-11-22T23:00"));
	/* There is no deputy, so the leader is told in their stead. Each by mail, and on the channels. */
	assert_int_equal(tick("2026-11-22T23:00"), 4);
	assert_int_equal(count("SELECT count(*) FROM outbox WHERE receiver = 'li@example.edu.cn'"), 1);
	assert_int_equal(count("SELECT count(*) FROM outbox WHERE receiver = 'wang@example.edu.cn'"), 1);
	assert_int_equal(tick("2026-11-22T23:00"), 0);
	assert_int_equal(tick("2026-11-22T23:14"), 0);
	assert_int_equal(tick("2026-11-22T23:15"), 4);
	assert_int_equal(tick("2026-11-22T23:59"), 0);
	assert_int_equal(count("SELECT count(*) FROM duty_log WHERE kind = 6"), 4);
}

static void test_what_was_taken_up_wakes_nobody(void **state)
{
	struct incident_change change = {.at = at("2026-11-22T23:04"), .by = STR("li")};
	const enum incident_status triage = INCIDENT_TRIAGE;
	struct db_tx *tx;

	(void)state;
	change.status = &triage;
	add_shift(PLACE_OFFICER, "li", "2026-11-22T08:00", "2026-11-23T08:00");
	raise(1, ALERT_HIGH, at("2026-11-22T23:00"));
	assert_int_equal(tick("2026-11-22T23:04"), 0);
	tx = begin();
	assert_int_equal(db_end(tx, incident_update(tx, 1, &change)), 0);
	assert_int_equal(tick("2026-11-23T07:00"), 0);
}

static void test_a_flood_is_one_message(void **state)
{
	(void)state;
	add_shift(PLACE_OFFICER, "li", "2026-11-22T08:00", "2026-11-23T08:00");
	for (unsigned i = 0; i < 60; i++)
		raise(i, ALERT_HIGH, at("2026-11-22T23:00"));
	assert_int_equal(tick("2026-11-22T23:30"), 2);
	assert_non_null(strstr(text_of("SELECT subject FROM outbox"), "60 起事件"));
	assert_non_null(strstr(text_of("SELECT text FROM outbox"), "另有 40 起"));
}

static void test_an_empty_roster_is_said(void **state)
{
	(void)state;
	raise(1, ALERT_CRITICAL, at("2026-11-22T23:00"));
	assert_int_equal(tick("2026-11-22T23:01"), 2); /* the channels alone, for officer and deputy */
	assert_non_null(strstr(text_of("SELECT text FROM outbox"), "值班表此刻无人"));
	assert_non_null(strstr(text_of("SELECT text FROM duty_log"), "无人值班"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_wrong_tables_are_refused, load, tear_down),
		cmocka_unit_test_setup_teardown(test_the_night_of_a_critical_incident, load, tear_down),
		cmocka_unit_test_setup_teardown(test_what_was_taken_up_wakes_nobody, load, tear_down),
		cmocka_unit_test_setup_teardown(test_a_flood_is_one_message, load, tear_down),
		cmocka_unit_test_setup_teardown(test_an_empty_roster_is_said, load, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
