/* SPDX-License-Identifier: Apache-2.0 */
/* A silence that somebody announced: its alarm is held until then, and it is as blind as any other. */
#include "coverage/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "coverage/text.h"
#include "event/listener.h"

#define DAY (INT64_C(1772409600) * CLOCK_SECOND) /* 2026-03-02T00:00:00Z */
#define AT(minutes) (DAY + (minutes)*CLOCK_MINUTE)
#define GATE 1 /* a talker */

static struct db *db;
static char path[] = "/tmp/test_acknowledgement.XXXXXX";
static uint64_t batch;

static void say_span(int64_t from, int64_t to, bool learning, int64_t now)
{
	struct talker_key key = {.listener = LISTENER_SYSLOG_UDP, .source = STR("openssh")};
	struct buf message = {0};
	uint64_t value = 0;

	memcpy(key.peer, (const uint8_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1}, 16);
	batch++;
	coverage_put_batch(&message,
			   &(struct coverage_batch){STR("0123456789abcdef"), batch, batch + 1, AT(now)});
	coverage_put(&message, &(struct coverage_change){
				       .type = CHANGE_TALKER, .talker = GATE, .key = key, .first = DAY});
	coverage_put(&message, &(struct coverage_change){.type = CHANGE_SPAN,
							 .talker = GATE,
							 .span = SPAN_SILENT,
							 .from = AT(from),
							 .to = to ? AT(to) : 0,
							 .learning = learning});
	assert_int_equal(ledger_apply(db, buf_str(&message), &value), 0);
	assert_int_equal(value, 1);
	buf_done(&message);
}

static int set_up(void **state)
{
	static const struct db_schema *const schemas[] = {&coverage_schema};
	struct err err = {0};
	int fd;

	(void)state;
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return -1;
	close(fd);
	batch = 0;
	return db_open(path, schemas, 1, &db, &err);
}

static int tear_down(void **state)
{
	(void)state;
	db_close(db);
	return unlink(path);
}

static int acknowledge(uint64_t talker, int64_t said, int64_t until, const char *reason)
{
	const struct acknowledgement acknowledgement = {talker, AT(said), AT(until), STR("li"),
							str_from(reason)};
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return db_end(tx, acknowledgement_add(tx, &acknowledgement));
}

static int take_back(int64_t now)
{
	struct db_tx *tx;

	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	return db_end(tx, acknowledgement_end(tx, GATE, AT(now)));
}

static uint64_t is_held(int64_t now)
{
	struct buf question = {0};
	uint64_t held = 9;

	message_put_u64(&question, GATE);
	assert_int_equal(acknowledgement_ask(db, buf_str(&question), AT(now), &held), 0);
	buf_done(&question);
	return held;
}

static int raised, answer;

static int raise_alarm(void *context, const struct ledger_talker *talker, int64_t silent_since)
{
	(void)context;
	assert_int_equal(talker->id, GATE);
	assert_int_equal(silent_since, AT(10));
	raised++;
	return answer;
}

static int alarms(int64_t now)
{
	raised = 0;
	assert_int_equal(acknowledgement_over(db, AT(now), raise_alarm, NULL), 0);
	return raised;
}

static int write_gap(void *context, const struct gap *gap)
{
	coverage_gap_json(context, gap);
	return 0;
}

static const char *statement_of(int64_t from, int64_t to, struct buf *out, bool *ret_blind)
{
	struct statement statement;

	buf_clear(out);
	assert_int_equal(statement_make(db, AT(from), AT(to), AT(to), write_gap, out, &statement), 0);
	*ret_blind = statement.blind;
	return buf_cstr(out);
}

static void test_the_alarm_is_held_and_comes_when_it_is_over(void **state)
{
	(void)state;
	assert_int_equal(acknowledge(GATE, 5, 60, "work"), ERR_END); /* nobody */
	say_span(10, 0, false, 12);
	assert_int_equal(is_held(12), 0);
	assert_int_equal(acknowledge(GATE, 13, 60, "work"), 0);
	assert_int_equal(is_held(14), 1);
	assert_int_equal(alarms(59), 0);
	answer = -1;
	assert_int_equal(alarms(60), 1); /* it could not be said, */
	answer = 0;
	assert_int_equal(alarms(61), 1); /* comes again, */
	assert_int_equal(alarms(62), 0); /* and once */
	assert_int_equal(is_held(62), 0);
}

static void test_who_talked_again_is_not_told_of(void **state)
{
	(void)state;
	say_span(10, 0, false, 12);
	assert_int_equal(acknowledge(GATE, 13, 60, "work"), 0);
	say_span(10, 30, false, 31);
	assert_int_equal(is_held(40), 1); /* it may fall silent again until then */
	assert_int_equal(alarms(60), 0);
	say_span(70, 0, false, 71);
	assert_int_equal(alarms(72), 0); /* whose alarm was raised by itself */
}

static void test_what_is_taken_back(void **state)
{
	(void)state;
	say_span(10, 0, false, 12);
	assert_int_equal(take_back(12), ERR_END);
	assert_int_equal(acknowledge(GATE, 13, 60, "a mistake"), 0);
	assert_int_equal(take_back(14), 0);
	assert_int_equal(alarms(15), 0); /* it had been raised before */
	assert_int_equal(acknowledge(GATE, 20, 60, "work"), 0);
	assert_int_equal(is_held(21), 1);
	assert_int_equal(acknowledge(GATE, 22, 90, "more work"), 0); /* said again */
	assert_int_equal(alarms(60), 0);
	assert_int_equal(take_back(61), 0);
	assert_int_equal(alarms(61), 1);
}

static void test_it_is_blind_all_the_same(void **state)
{
	struct coverage_counts counts = {0};
	struct buf out = {0};
	bool blind = false;

	(void)state;
	say_span(10, 0, false, 12);
	assert_int_equal(acknowledge(GATE, 13, 60, "down for \"work\""), 0);
	assert_null(strstr(statement_of(10, 13, &out, &blind), "acknowledged")); /* not yet */
	assert_true(blind);
	assert_non_null(
		strstr(statement_of(10, 20, &out, &blind), "\"reason\":\"silent\"")); /* and what was said */
	assert_non_null(strstr(out.ptr,
			       "\"acknowledged\":{\"by\":\"li\",\"reason\":\"down for \\\"work\\\"\","
			       "\"said\":\"2026-03-02T00:13:00.000000Z\","
			       "\"until\":\"2026-03-02T01:00:00.000000Z\"}"));
	assert_true(blind);
	say_span(10, 0, false, 20);
	assert_int_equal(coverage_count(db, AT(20), &counts), 0);
	assert_int_equal(counts.silent, 1);
	assert_int_equal(counts.acknowledged, 1);
	assert_int_equal(take_back(20), 0);
	assert_int_equal(coverage_count(db, AT(20), &counts), 0);
	assert_int_equal(counts.silent, 1);
	assert_int_equal(counts.acknowledged, 0);
	buf_done(&out);
}

static void test_what_is_old_goes(void **state)
{
	int64_t count = 9;
	struct db_tx *tx;

	(void)state;
	say_span(10, 20, false, 21);
	assert_int_equal(acknowledge(GATE, 5, 30, "work"), 0);
	assert_true(ledger_retain(db, AT(31)) > 0);
	assert_int_equal(db_begin(db, DB_READ, &tx), 0);
	assert_true(db_get_integer(tx, "SELECT count(*) FROM coverage_acknowledgements", DB_NONE, &count) >=
		    0);
	assert_int_equal(db_end(tx, 0), 0);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_alarm_is_held_and_comes_when_it_is_over, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_who_talked_again_is_not_told_of, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_taken_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_it_is_blind_all_the_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_old_goes, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
