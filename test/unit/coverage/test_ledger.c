/* SPDX-License-Identifier: Apache-2.0 */
/* Messages into the database, each range once, and what is read back: hours, gaps, a verdict. */
#include "coverage/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "coverage/text.h"
#include "event/listener.h"

#define DAY (INT64_C(1772409600) * CLOCK_SECOND) /* 2026-03-02T00:00:00Z */
#define NODE STR("0123456789abcdef")

enum { ONE = 1, TWO, OTHERS, ALL };

static struct db *db;
static char path[] = "/tmp/test_ledger.XXXXXX";
static struct buf message;

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
	return db_open(path, schemas, 1, &db, &err);
}

static int tear_down(void **state)
{
	(void)state;
	db_close(db);
	buf_done(&message);
	return unlink(path);
}

static void begin(uint64_t first, uint64_t end, int64_t time)
{
	buf_clear(&message);
	coverage_put_batch(&message, &(struct coverage_batch){NODE, first, end, time});
}

static void put(struct coverage_change change)
{
	coverage_put(&message, &change);
}

static void put_talker(uint64_t id, enum talker_kind kind, uint8_t peer)
{
	struct talker_key key = {.listener = LISTENER_SYSLOG_UDP, .source = peer ? STR("openssh") : STR("")};

	if (peer)
		memcpy(key.peer, (const uint8_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, peer},
		       16);
	put((struct coverage_change){
		.type = CHANGE_TALKER, .talker = id, .kind = kind, .key = key, .first = DAY});
}

static void put_heard(uint64_t id, int64_t hour, uint64_t received, uint64_t unparsed)
{
	put((struct coverage_change){.type = CHANGE_HEARD,
				     .talker = id,
				     .hour = DAY + hour * CLOCK_HOUR,
				     .received = received,
				     .unparsed = unparsed,
				     .bytes = received * 10,
				     .last = DAY + hour * CLOCK_HOUR});
}

static void put_span(uint64_t id, enum span_kind kind, int64_t from, int64_t to, uint64_t count,
		     bool learning)
{
	put((struct coverage_change){.type = CHANGE_SPAN,
				     .talker = id,
				     .span = kind,
				     .from = DAY + from * CLOCK_MINUTE,
				     .to = to ? DAY + to * CLOCK_MINUTE : 0,
				     .count = count,
				     .learning = learning});
}

static uint64_t apply(void)
{
	uint64_t value = 99;

	assert_int_equal(ledger_apply(db, buf_str(&message), &value), 0);
	return value;
}

static int collect_hour(void *context, const struct ledger_hour *hour)
{
	coverage_hour_json(context, hour);
	buf_add_char(context, '\n');
	return 0;
}

static const char *hours(struct buf *out)
{
	buf_clear(out);
	assert_int_equal(ledger_hours(db, DAY, DAY + CLOCK_DAY, (struct str){0}, collect_hour, out), 0);
	return buf_cstr(out);
}

static int collect_gap(void *context, const struct gap *gap)
{
	struct buf who = {0};

	coverage_talker_text(&who, &gap->talker);
	buf_printf(context, "%s %ld-%ld%s%s %ld %.*s\n", gap_reason_name(gap->reason),
		   (long)((gap->from - DAY) / CLOCK_MINUTE), (long)((gap->to - DAY) / CLOCK_MINUTE),
		   gap->lasts ? " lasts" : "", gap->learning ? " learning" : "", (long)gap->count,
		   STR_FMT(gap->talker.id ? buf_str(&who) : STR("-")));
	buf_done(&who);
	return 0;
}

static struct statement state_of(int64_t from, int64_t to, int64_t now, struct buf *out)
{
	struct statement statement;

	buf_clear(out);
	assert_int_equal(statement_make(db, DAY + from * CLOCK_MINUTE, DAY + to * CLOCK_MINUTE,
					DAY + now * CLOCK_MINUTE, collect_gap, out, &statement),
			 0);
	buf_cstr(out);
	return statement;
}

static void test_a_range_is_taken_once(void **state)
{
	struct buf out = {0};

	(void)state;
	begin(1, 100, DAY + CLOCK_MINUTE);
	put_talker(ONE, TALKER_LEARNT, 1);
	put_heard(ONE, 0, 10, 1);
	assert_int_equal(apply(), 1);
	assert_int_equal(apply(), 0);
	begin(1, 120, DAY + CLOCK_MINUTE); /* read anew with other borders */
	put_heard(ONE, 0, 12, 1);
	assert_int_equal(apply(), 0);
	assert_non_null(strstr(hours(&out), "\"received\":10,"));
	begin(100, 200, DAY + 2 * CLOCK_MINUTE);
	put_heard(ONE, 0, 5, 0);
	assert_int_equal(apply(), 1);
	assert_non_null(strstr(hours(&out), "\"received\":15,\"expected\":null"));
	assert_non_null(strstr(out.ptr, "\"bytes\":150"));
	begin(0, 0, 0);
	assert_int_equal(apply(), DAY + 2 * CLOCK_MINUTE); /* what is known */
	buf_done(&out);
}

static void test_what_is_malformed_changes_nothing(void **state)
{
	struct buf out = {0}, whole = {0};
	uint64_t value;

	(void)state;
	begin(1, 100, DAY);
	put_talker(ONE, TALKER_LEARNT, 1);
	put_heard(ONE, 0, 10, 1);
	put((struct coverage_change){.type = CHANGE_HOUR, .talker = ONE, .hour = DAY, .expected = 9});
	put_span(ONE, SPAN_SILENT, 1, 0, 0, false);
	buf_add(&whole, message.ptr, message.len);
	for (size_t len = 0; len < whole.len; len++) {
		int r = ledger_apply(db, str_of(whole.ptr, len), &value);

		/* where it ends behind a change it is whole, and shorter */
		assert_true(r == ERR_PROTOCOL || (r == 0 && value == 1));
		if (r == 0)
			break;
	}
	buf_done(&whole);
	buf_done(&out);
}

static void test_a_day_of_gaps(void **state)
{
	struct buf out = {0};
	struct statement statement;

	(void)state;
	begin(1, 100, DAY + 10 * CLOCK_MINUTE);
	put_talker(ONE, TALKER_LEARNT, 1);
	put_talker(TWO, TALKER_LEARNT, 2);
	put_talker(OTHERS, TALKER_OTHER, 0);
	put_talker(ALL, TALKER_PLATFORM, 0);
	put_span(ALL, SPAN_DOWN, 130, 220, 0, false);
	put_span(ONE, SPAN_SILENT, 300, 0, 0, false);
	put_span(TWO, SPAN_SILENT, 400, 420, 0, true);
	put_span(OTHERS, SPAN_LOST, 500, 501, 77, false);
	put_heard(ONE, 2, 100, 10);
	put_heard(TWO, 2, 100, 11);
	put_heard(OTHERS, 2, 100, 100);
	apply();
	begin(100, 101, DAY + 600 * CLOCK_MINUTE);
	apply();
	statement = state_of(0, 1440, 602, &out);
	assert_string_equal(out.ptr, "unknown 0-10 0 -\n"
				     "down 130-220 0 syslog-udp\n"
				     "silent 300-600 lasts 0 10.0.0.1 openssh\n"
				     "silent 400-420 learning 0 10.0.0.2 openssh\n"
				     "lost 500-501 77 syslog-udp (others)\n"
				     "unparsed 0-600 11 10.0.0.2 (unparsed)\n");
	assert_true(statement.blind);
	assert_int_equal(statement.gaps, 6);
	assert_int_equal(statement.talkers, 2);
	assert_int_equal(statement.until, DAY + 600 * CLOCK_MINUTE);
	/* What begins and ends elsewhere is cut, or not there. */
	state_of(200, 210, 602, &out);
	assert_string_equal(out.ptr, "down 200-210 0 syslog-udp\n");
	assert_false(state_of(20, 60, 602, &out).blind);
	assert_int_equal(out.len, 0);
	/* A new one's silence is told and makes nobody blind. */
	begin(101, 102, DAY + 601 * CLOCK_MINUTE);
	put_span(ONE, SPAN_SILENT, 300, 310, 0, false);
	apply();
	assert_false(state_of(390, 430, 602, &out).blind);
	assert_string_equal(out.ptr, "silent 400-420 learning 0 10.0.0.2 openssh\n");
	buf_done(&out);
}

static void test_what_is_not_analysed_is_unknown(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_true(state_of(0, 60, 100, &out).blind);
	assert_string_equal(out.ptr, "unknown 0-60 0 -\n");
	begin(1, 2, DAY + CLOCK_MINUTE);
	apply();
	begin(2, 3, DAY + 30 * CLOCK_MINUTE);
	apply();
	assert_false(state_of(10, 60, 32, &out).blind); /* what is to come is not missed */
	assert_true(state_of(10, 60, 45, &out).blind);
	assert_string_equal(out.ptr, "unknown 30-45 lasts 0 -\n");
	assert_false(state_of(10, 25, 1000, &out).blind);
	buf_done(&out);
}

static void test_silence_in_hours(void **state)
{
	struct buf out = {0};

	(void)state;
	begin(1, 100, DAY + 600 * CLOCK_MINUTE);
	put_talker(ONE, TALKER_LEARNT, 1);
	put_heard(ONE, 2, 7, 0);
	put((struct coverage_change){.type = CHANGE_HOUR,
				     .talker = ONE,
				     .hour = DAY + 2 * CLOCK_HOUR,
				     .expected = 60,
				     .delay = 1500000,
				     .clock_error = -28800000000});
	put((struct coverage_change){
		.type = CHANGE_HOUR, .talker = ONE, .hour = DAY + 3 * CLOCK_HOUR, .expected = 60});
	put_span(ONE, SPAN_SILENT, 130, 190, 0, false);
	apply();
	hours(&out);
	assert_non_null(strstr(out.ptr,
			       "\"hour\":\"2026-03-02T02:00:00.000000Z\",\"received\":7,\"expected\":60,"
			       "\"silent_seconds\":3000,"));
	assert_non_null(strstr(out.ptr,
			       "\"hour\":\"2026-03-02T03:00:00.000000Z\",\"received\":0,\"expected\":60,"
			       "\"silent_seconds\":600,"));
	assert_non_null(strstr(out.ptr, "\"delay_seconds\":1.500,\"delay_max_seconds\":0.000,"
					"\"clock_error_seconds\":-28800.000}"));
	buf_done(&out);
}

static void test_a_state_that_was_lost_ends_all_silences(void **state)
{
	struct buf out = {0};

	(void)state;
	begin(1, 100, DAY + 600 * CLOCK_MINUTE);
	put_talker(ONE, TALKER_LEARNT, 1);
	put_span(ONE, SPAN_SILENT, 300, 0, 0, false);
	apply();
	begin(100, 101, DAY + 610 * CLOCK_MINUTE);
	put((struct coverage_change){.type = CHANGE_RETIRED, .from = DAY + 605 * CLOCK_MINUTE});
	apply();
	state_of(601, 610, 611, &out);
	assert_string_equal(out.ptr, "silent 601-605 0 10.0.0.1 openssh\n");
	buf_done(&out);
}

static void test_what_is_old_goes(void **state)
{
	struct buf out = {0};

	(void)state;
	begin(1, 100, DAY + 600 * CLOCK_MINUTE);
	put_talker(ONE, TALKER_LEARNT, 1);
	put_heard(ONE, 1, 5, 0);
	put_heard(ONE, 8, 6, 0);
	put_span(ONE, SPAN_SILENT, 10, 20, 0, false);
	put_span(ONE, SPAN_SILENT, 30, 0, 0, false);
	apply();
	assert_int_equal(ledger_retain(db, DAY + 2 * CLOCK_HOUR), 1);
	assert_null(strstr(hours(&out), "\"received\":5,"));
	assert_non_null(strstr(out.ptr, "\"received\":6,"));
	state_of(0, 600, 601, &out);
	assert_non_null(strstr(out.ptr, "silent 30-600 lasts"));
	assert_null(strstr(out.ptr, "silent 10-20"));
	buf_done(&out);
}

static void test_days(void **state)
{
	int64_t day = 0;

	(void)state;
	assert_int_equal(ledger_last_day(db, &day), 0);
	assert_int_equal(day, -1);
	assert_int_equal(ledger_add_day(db, 20514, true, DAY), 0);
	assert_int_equal(ledger_add_day(db, 20514, true, DAY), 0);
	assert_int_equal(ledger_last_day(db, &day), 0);
	assert_int_equal(day, 20514);
}

static struct coverage_counts count_at(int64_t now)
{
	struct coverage_counts counts;

	assert_int_equal(coverage_count(db, DAY + now * CLOCK_MINUTE, &counts), 0);
	return counts;
}

static void is_counted(struct coverage_counts counts, int64_t sources, int64_t silent, int64_t blind)
{
	assert_int_equal(counts.sources, sources);
	assert_int_equal(counts.silent, silent);
	assert_int_equal(counts.blind, blind);
	assert_false(counts.down);
}

static void test_sources_are_counted_once(void **state)
{
	(void)state;
	assert_true(count_at(100).down); /* nothing was ever heard */
	begin(1, 10, DAY + 100 * CLOCK_MINUTE);
	for (uint8_t id = 1; id <= 5; id++) {
		put_talker(id, TALKER_LEARNT, id);
		put_heard(id, 1, 100, id == 5 ? 50 : 0);
	}
	put_talker(6, TALKER_OTHER, 0);
	put_span(1, SPAN_SILENT, 70, 0, 0, false); /* silent, and messages were lost before */
	put_span(1, SPAN_LOST, 61, 62, 9, false);
	put_span(2, SPAN_SILENT, 65, 70, 0, false); /* it talks again */
	put_span(3, SPAN_SILENT, 70, 0, 0, true);   /* it was new */
	put_span(4, SPAN_LOST, 61, 62, 9, false);
	put_span(6, SPAN_LOST, 61, 62, 9, false); /* nobody in particular */
	assert_int_equal(apply(), 1);
	is_counted(count_at(100), 5, 1, 2); /* 4 lost, 5 is not understood */
	assert_true(count_at(200).down);    /* analyze is far behind */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_range_is_taken_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sources_are_counted_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_malformed_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_day_of_gaps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_not_analysed_is_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silence_in_hours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_state_that_was_lost_ends_all_silences, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_old_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_days, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
