/* SPDX-License-Identifier: Apache-2.0 */
/* Reminders over simulated weeks: each step once, by whom and when, quiet at night, no storm after a stop. */
#include "helper.h"

/* Every ten minutes from … to: "day hour subject: receivers" of what went out. */
static const char *run(int64_t from, int64_t to, int64_t every)
{
	static char text[8000];

	text[0] = 0;
	for (int64_t now = from; now < to; now += every) {
		struct mails sent;
		struct clock_civil civil;
		size_t len = strlen(text);

		assert_true(rectification_tick(db, &office, now) >= 0);
		sent = mails(now);
		clock_to_civil(now + ZONE, &civil);
		if (sent.count)
			snprintf(text + len, sizeof(text) - len, "%d.%d %02d:%02d\n%s", civil.month,
				 civil.day, civil.hour, civil.minute, sent.text);
	}
	return text;
}

static int lines(const char *text, const char *what)
{
	int count = 0;

	while ((text = strstr(text, what)) != NULL) {
		count++;
		text++;
	}
	return count;
}

static void test_chain(void **state)
{
	const char *text;

	(void)state;
	make_sent(MONDAY); /* due Monday 11.30 17:30 */
	mails(MONDAY);
	text = run(MONDAY, MONDAY + 20 * CLOCK_DAY, 10 * CLOCK_MINUTE);
	assert_string_equal(text, "11.24 09:00\n"
				  "mail:head@example.org 【请确认接收】网信通〔2026〕1号 Web shell\n"
				  "mail:liaison@example.org 【请确认接收】网信通〔2026〕1号 Web shell\n"
				  "11.28 17:30\n"
				  "mail:liaison@example.org 【即将到期】网信通〔2026〕1号 Web shell\n"
				  "11.30 09:30\n"
				  "mail:head@example.org 【今日到期】网信通〔2026〕1号 Web shell\n"
				  "mail:liaison@example.org 【今日到期】网信通〔2026〕1号 Web shell\n"
				  "11.30 18:30\n"
				  "mail:head@example.org 【已逾期】网信通〔2026〕1号 Web shell\n"
				  "mail:liaison@example.org 【已逾期】网信通〔2026〕1号 Web shell\n"
				  ": 【已逾期】网信通〔2026〕1号 Web shell\n"
				  "12.1 17:30\n"
				  "mail:deputy@example.org 【逾期1天】网信通〔2026〕1号 Web shell\n"
				  "mail:head@example.org 【逾期1天】网信通〔2026〕1号 Web shell\n"
				  "12.3 17:30\n"
				  "mail:deputy@example.org 【逾期3天】网信通〔2026〕1号 Web shell\n"
				  "12.5 17:30\n"
				  "mail:president@example.org 【逾期5天】文学院 网信通〔2026〕1号\n"
				  ": 【逾期5天】文学院 网信通〔2026〕1号\n");
}

/* The whole time stopped: one message, the last step's. */
static void test_stop_makes_no_storm(void **state)
{
	const char *text;

	(void)state;
	make_sent(MONDAY);
	mails(MONDAY);
	text = run(MONDAY + 18 * CLOCK_DAY, MONDAY + 20 * CLOCK_DAY, CLOCK_HOUR);
	assert_int_equal(lines(text, "mail:"), 1);
	assert_int_equal(lines(text, "president@example.org 【逾期10天】"), 1);
}

static void test_quiet_hours(void **state)
{
	const int64_t night = MONDAY + CLOCK_DAY - 9 * CLOCK_HOUR; /* Tuesday, midnight */
	const char *text;

	(void)state;
	make_sent(night - CLOCK_DAY + 10 * CLOCK_MINUTE); /* unconfirmed a day later, at ten past midnight */
	mails(night);
	text = run(night, night + 12 * CLOCK_HOUR, 10 * CLOCK_MINUTE);
	assert_int_equal(lines(text, "\nmail:"), 2);
	assert_memory_equal(text, "11.24 07:30", 11);
}

static void test_confirmed_is_left_in_peace(void **state)
{
	int64_t id = make_sent(MONDAY), person;
	char token[LINK_TOKEN_SIZE];
	struct link link;
	struct db_tx *tx = begin();
	const char *text;

	(void)state;
	assert_int_equal(db_get_integer(tx, "SELECT min(person) FROM rectification_people", DB_NONE, &person),
			 1);
	assert_int_equal(link_make(tx, id, person, MONDAY + CLOCK_DAY, MONDAY, token), 0);
	assert_int_equal(link_find(tx, str_from(token), MONDAY, &link), 0);
	assert_int_equal(link_confirm(tx, &link, RECTIFICATION_ANY_VERSION, MONDAY), 0);
	assert_int_equal(db_end(tx, 0), 0);
	mails(MONDAY);
	text = run(MONDAY, MONDAY + 3 * CLOCK_DAY, CLOCK_HOUR);
	assert_string_equal(text, "");
}

/* A new deadline begins anew; what was said about the old one is over. */
static void test_extension(void **state)
{
	int64_t id = make_sent(MONDAY), deadline = get(id).deadline;
	const struct rectification_answer more = {id,
						  RECTIFICATION_ANY_VERSION,
						  RECTIFICATION_DOES_EXTEND,
						  STR(""),
						  STR("li"),
						  deadline + 7 * CLOCK_DAY,
						  deadline};
	struct db_tx *tx;
	const char *text;

	(void)state;
	mails(MONDAY);
	run(MONDAY, deadline, CLOCK_HOUR);
	tx = begin();
	assert_int_equal(db_end(tx, rectification_answer(tx, &office, &more)), 0);
	mails(deadline);
	text = run(deadline, deadline + 8 * CLOCK_DAY, CLOCK_HOUR);
	assert_int_equal(lines(text, "【即将到期】"), 1);
	assert_int_equal(lines(text, "【已逾期】"), 3);
}

static void test_many_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < RECTIFICATION_TICK_MAX + 5; i++)
		make_sent(MONDAY);
	assert_int_equal(rectification_tick(db, &office, MONDAY + CLOCK_DAY), RECTIFICATION_TICK_MAX);
	assert_int_equal(rectification_tick(db, &office, MONDAY + CLOCK_DAY), 5);
	assert_int_equal(rectification_tick(db, &office, MONDAY + CLOCK_DAY), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_chain),       CASE(test_stop_makes_no_storm),
		CASE(test_quiet_hours), CASE(test_confirmed_is_left_in_peace),
		CASE(test_extension),   CASE(test_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
