/* SPDX-License-Identifier: Apache-2.0 */
/* When reports are due, what they claim, and who may sign them. */
#include "duty_db.h"

#include <jansson.h>

#include "duty/log.h"
#include "duty/report.h"

#define HOUR_OF_REPORT (8 * CLOCK_HOUR + 30 * CLOCK_MINUTE)

static int64_t due(const char *last, const char *now)
{
	struct db_tx *tx = begin();
	int64_t end = report_due(tx, last ? at(last) : 0, HOUR_OF_REPORT, ZONE, at(now));

	assert_int_equal(db_end(tx, 0), 0);
	return end;
}

static void test_when_a_report_is_due(void **state)
{
	struct period period = {.kind = PERIOD_KEY,
				.name = STR("重保"),
				.from = at("2026-12-01T00:00"),
				.to = at("2026-12-02T00:00"),
				.report_every = 8};
	struct err err = {0};
	struct db_tx *tx;
	int64_t id;

	(void)state;
	assert_int_equal(due(NULL, "2026-11-23T09:00"), 0);
	assert_int_equal(due("2026-11-22T08:30", "2026-11-23T08:34"), 0);
	assert_int_equal(due("2026-11-22T08:30", "2026-11-23T08:35"), at("2026-11-23T08:30"));
	assert_int_equal(due("2026-11-23T08:30", "2026-11-23T23:00"), 0);
	assert_int_equal(due("2026-11-22T15:17", "2026-11-24T09:00"), at("2026-11-23T08:30"));
	/* After a stop of two months, what is made does not begin there. */
	assert_int_equal(due("2026-09-22T08:30", "2026-11-23T09:00"), at("2026-11-10T08:30"));
	tx = begin();
	assert_int_equal(db_end(tx, period_add(tx, &period, &id, &err)), 0);
	assert_int_equal(due("2026-11-30T08:30", "2026-12-01T09:00"), at("2026-12-01T08:30"));
	assert_int_equal(due("2026-12-01T08:30", "2026-12-01T17:00"), at("2026-12-01T16:30"));
	assert_int_equal(due("2026-12-01T16:30", "2026-12-02T09:00"), at("2026-12-02T00:30"));
	assert_int_equal(due("2026-12-02T00:30", "2026-12-02T09:00"), at("2026-12-02T08:30"));
}

/* Coverage is known of the span, without a gap: as the ledger's tables would say. */
static void cover(const char *from, const char *to)
{
	struct db_tx *tx = begin();
	int r = db_run(tx,
		       "INSERT INTO coverage_state (node, applied, began, time) VALUES (x'01', 1, ?1, ?2)",
		       DB_ARGS(db_integer(at(from)), db_integer(at(to))));

	assert_int_equal(db_end(tx, r), r);
	assert_int_equal(r, 1);
}

static struct report found;
static char found_content[65536];

static int note(void *context, const struct report *report)
{
	(void)context;
	found = *report;
	snprintf(found_content, sizeof(found_content), "%.*s", STR_FMT(report->content));
	return 0;
}

static enum report_verdict make(const char *from, const char *to)
{
	struct db_tx *tx;
	int64_t id;

	assert_int_equal(report_make(db, at(from), at(to), ZONE, at(to) + REPORT_AFTER), 1);
	assert_int_equal(report_make(db, at(from), at(to), ZONE, at(to) + REPORT_AFTER), 0);
	id = count("SELECT max(id) FROM duty_reports");
	tx = begin();
	assert_int_equal(db_end(tx, report_get(tx, id, note, NULL)), 0);
	return found.verdict;
}

static int sign(const char *comment, int64_t version)
{
	struct err err = {0};
	struct db_tx *tx = begin();

	return db_end(tx, report_sign(tx, found.id, version, STR("li"), str_from(comment), 99, &err));
}

static void test_nothing_is_claimed_of_what_was_not_watched(void **state)
{
	(void)state;
	assert_int_equal(make("2026-11-21T08:30", "2026-11-22T08:30"), REPORT_WATCHED);
	assert_non_null(strstr(found_content, "\"reason\":\"unknown\""));
	assert_int_equal(sign("", 1), ERR_RANGE);
	assert_int_equal(sign("机房断电，已恢复", 2), ERR_BUSY);
	assert_int_equal(sign("机房断电，已恢复", 1), 0);
	assert_int_equal(sign("再来一次", 2), ERR_DUPLICATE);
}

static void test_a_quiet_watched_day_is_safe(void **state)
{
	(void)state;
	cover("2026-11-20T00:00", "2026-11-23T00:00");
	add_shift(PLACE_OFFICER, "li", "2026-11-21T08:30", "2026-11-22T00:30");
	assert_int_equal(make("2026-11-21T08:30", "2026-11-22T08:30"), REPORT_SAFE);
	assert_non_null(strstr(found_content, "\"holes\":[{\"from\":\"2026-11-21T16:30"));
	assert_int_equal(sign("", 1), 0);
}

static void test_incidents_are_told(void **state)
{
	struct alert alert = {.id = STR("0123456789abcdef0123456789abcdef"),
			      .time = at("2026-11-21T10:00"),
			      .detected = at("2026-11-21T10:00"),
			      .level = ALERT_HIGH,
			      .rule_id = STR("r"),
			      .rule_title = STR("弱口令爆破"),
			      .rule_hash = STR("h"),
			      .why = STR("{}"),
			      .event = STR("{}")};

	(void)state;
	cover("2026-11-20T00:00", "2026-11-23T00:00");
	assert_int_equal(alerts_add(db, &alert, 1), 1);
	assert_int_equal(make("2026-11-21T08:30", "2026-11-22T08:30"), REPORT_INCIDENTS);
	assert_non_null(strstr(found_content, "弱口令爆破"));
	assert_non_null(strstr(found_content, "\"opened\":1"));
	assert_int_equal(make("2026-11-22T08:30", "2026-11-22T20:30"),
			 REPORT_SAFE); /* open still, none is new */
	assert_non_null(strstr(found_content, "\"opened\":0,\"closed\":0,\"open\":1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_when_a_report_is_due, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_is_claimed_of_what_was_not_watched, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_a_quiet_watched_day_is_safe, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_incidents_are_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
