/* SPDX-License-Identifier: Apache-2.0 */
/* Talkers as the console lists them: their state, their hours, the grid, the spans. */
#include "coverage/ledger_sources.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "event/listener.h"

#define DAY (INT64_C(1772409600) * CLOCK_SECOND) /* 2026-03-02T00:00:00Z */
#define NODE STR("0123456789abcdef")

enum { TALKS = 1, SILENT, NEW, LATE, GONE, ALL };

static struct db *db;
static char path[] = "/tmp/test_ledger_sources.XXXXXX";

static void put_talker(struct buf *message, uint64_t id, enum talker_kind kind)
{
	struct coverage_change change = {.type = CHANGE_TALKER, .talker = id, .kind = kind, .first = DAY};

	change.key = (struct talker_key){.listener = LISTENER_SYSLOG_UDP, .source = STR("openssh")};
	memcpy(change.key.peer,
	       (const uint8_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, (uint8_t)id}, 16);
	coverage_put(message, &change);
}

static void put_hour(struct buf *message, uint64_t id, int64_t hour, uint64_t received, int64_t delay)
{
	coverage_put(message, &(struct coverage_change){.type = CHANGE_HEARD,
							.talker = id,
							.hour = DAY + hour * CLOCK_HOUR,
							.received = received,
							.bytes = received * 10,
							.unparsed = received / 10,
							.last = DAY + hour * CLOCK_HOUR});
	coverage_put(message, &(struct coverage_change){.type = CHANGE_HOUR,
							.talker = id,
							.hour = DAY + hour * CLOCK_HOUR,
							.expected = 100 + hour,
							.delay = delay,
							.delay_max = 2 * delay});
}

static void put_span(struct buf *message, uint64_t id, enum span_kind kind, int64_t from, int64_t to,
		     bool learning)
{
	coverage_put(message, &(struct coverage_change){.type = CHANGE_SPAN,
							.talker = id,
							.span = kind,
							.from = DAY + from * CLOCK_HOUR,
							.to = to ? DAY + to * CLOCK_HOUR : 0,
							.learning = learning});
}

static void fill(struct buf *message)
{
	for (uint64_t id = TALKS; id <= GONE; id++)
		put_talker(message, id, TALKER_LEARNT);
	put_talker(message, ALL, TALKER_PLATFORM);
	for (int64_t hour = 0; hour < 3; hour++)
		put_hour(message, TALKS, hour, 100, CLOCK_SECOND);
	put_hour(message, SILENT, 0, 50, 0);
	put_hour(message, LATE, 1, 10, 10 * CLOCK_MINUTE);
	put_span(message, SILENT, SPAN_SILENT, 1, 0, false);
	put_span(message, NEW, SPAN_SILENT, 1, 0, true);
	put_span(message, TALKS, SPAN_SILENT, -5, -4, false);
	put_span(message, ALL, SPAN_DOWN, 2, 3, false);
	coverage_put(message, &(struct coverage_change){.type = CHANGE_RETIRED, .talker = GONE, .from = DAY});
}

static int set_up(void **state)
{
	static const struct db_schema *const schemas[] = {&coverage_schema};
	struct buf message = {0};
	struct err err = {0};
	uint64_t value;
	int fd = mkstemp(path), r;

	(void)state;
	if (fd < 0)
		return -1;
	close(fd);
	r = db_open(path, schemas, 1, &db, &err);
	coverage_put_batch(&message, &(struct coverage_batch){NODE, 1, 10, DAY + 3 * CLOCK_HOUR});
	fill(&message);
	if (r == 0)
		r = ledger_apply(db, buf_str(&message), &value);
	buf_done(&message);
	return r;
}

static int tear_down(void **state)
{
	(void)state;
	db_close(db);
	return unlink(path);
}

struct seen {
	struct ledger_source sources[ALL + 1];
	int64_t second_hour[ALL + 1];
	size_t count;
};

static int see(void *context, const struct ledger_source *source)
{
	struct seen *seen = context;

	seen->sources[source->talker.id] = *source;
	seen->second_hour[source->talker.id] = source->hours[1];
	seen->count++;
	return 0;
}

static const struct ledger_span span = {DAY, DAY + 24 * CLOCK_HOUR};

static void test_states(void **state)
{
	struct seen seen = {0};
	bool more;

	(void)state;
	assert_int_equal(ledger_sources(db, 0, &span, 100, see, &seen, &more), 0);
	assert_int_equal(seen.count, 4);
	assert_false(more);
	assert_int_equal(seen.sources[TALKS].state, SOURCE_TALKING);
	assert_int_equal(seen.sources[SILENT].state, SOURCE_SILENT);
	assert_int_equal(seen.sources[SILENT].silent_since, DAY + CLOCK_HOUR);
	assert_int_equal(seen.sources[NEW].state, SOURCE_LEARNING);
	assert_int_equal(seen.sources[LATE].state, SOURCE_LATE);
	assert_int_equal(seen.sources[LATE].delay_max, 20 * CLOCK_MINUTE);
	assert_int_equal(seen.sources[TALKS].received, 300);
	assert_int_equal(seen.sources[TALKS].bytes, 3000);
	assert_int_equal(seen.sources[TALKS].unparsed, 30);
	assert_int_equal(seen.sources[TALKS].expected, 102);
	assert_int_equal(seen.sources[NEW].expected, EXPECTED_UNKNOWN);
	assert_int_equal(seen.second_hour[TALKS], 100);
	assert_int_equal(seen.second_hour[SILENT], 0);
	assert_int_equal(seen.sources[TALKS].hour_count, 24);
}

/* Silent ones are not cut off; one is found whatever it is. */
static void test_limit(void **state)
{
	struct seen seen = {0};
	bool more;

	(void)state;
	assert_int_equal(ledger_sources(db, 0, &span, 2, see, &seen, &more), 0);
	assert_int_equal(seen.count, 2);
	assert_true(more);
	assert_int_equal(seen.sources[SILENT].talker.id, SILENT);
	seen = (struct seen){0};
	assert_int_equal(ledger_sources(db, GONE, &span, 1, see, &seen, &more), 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.sources[GONE].state, SOURCE_RETIRED);
	seen = (struct seen){0};
	assert_int_equal(ledger_sources(db, 99, &span, 1, see, &seen, &more), 0);
	assert_int_equal(seen.count, 0);
}

static int print_cell(void *context, const struct ledger_cell *cell)
{
	buf_printf(context, "%d/%d:%d-%d ", (int)cell->talker, (int)cell->cell, (int)cell->received,
		   (int)cell->unparsed);
	return 0;
}

static void test_cells(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_int_equal(ledger_cells(db, 0, &span, 2 * CLOCK_HOUR, print_cell, &out), 0);
	assert_string_equal(buf_cstr(&out), "1/0:200-20 1/1:100-10 2/0:50-5 4/0:10-1 ");
	buf_clear(&out);
	assert_int_equal(ledger_cells(db, SILENT, &span, CLOCK_HOUR, print_cell, &out), 0);
	assert_string_equal(buf_cstr(&out), "2/0:50-5 ");
	buf_done(&out);
}

static int print_gap(void *context, const struct ledger_gap *gap)
{
	buf_printf(context, "%d:%d%s%s ", (int)gap->talker, gap->kind, gap->to ? "" : "…",
		   gap->learning ? "?" : "");
	return 0;
}

static void test_gaps(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_int_equal(ledger_gaps(db, 0, &span, 100, print_gap, &out), 0);
	assert_string_equal(buf_cstr(&out), "2:0… 3:0…? 6:2 ");
	buf_clear(&out);
	assert_int_equal(ledger_gaps(db, SILENT, &span, 100, print_gap, &out), 0); /* and who was down */
	assert_string_equal(buf_cstr(&out), "2:0… 6:2 ");
	buf_clear(&out);
	assert_int_equal(ledger_gaps(db, 0, &span, 1, print_gap, &out), 0);
	assert_string_equal(buf_cstr(&out), "2:0… ");
	buf_done(&out);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_gaps),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
