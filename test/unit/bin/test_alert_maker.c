/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the findings amount to does not depend on where batches are cut, nor on crashes: after each the state
 * is taken up and the records behind it are matched again. Nothing is lost, nothing told twice under another
 * id.
 */
#include "bin/alert_maker.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/map.h"
#include "bin/alert_link.h"
#include "event/listener.h"
#include "ipc/message.h"

#define RECORDS 600
#define BATCH 32
#define T0 (INT64_C(1795000000) * CLOCK_SECOND)

static const char rules_text[] = "title: Failed\n"
				 "id: 11111111-1111-4111-8111-111111111101\n"
				 "name: failed\n"
				 "logsource: {product: test}\n"
				 "detection: {s: {act: fail}, condition: s}\n"
				 "---\n"
				 "title: Guessing\n"
				 "id: 11111111-1111-4111-8111-111111111102\n"
				 "level: high\n"
				 "correlation:\n"
				 "  type: event_count\n"
				 "  rules: [failed]\n"
				 "  group-by: [who]\n"
				 "  timespan: 1m\n"
				 "  condition: {gte: 5}\n"
				 "---\n"
				 "title: Probe\n"
				 "id: 11111111-1111-4111-8111-111111111103\n"
				 "logsource: {product: test}\n"
				 "detection: {s: {act: probe}, condition: s}\n"
				 "suppress: {by: [who], for: 1m}\n"
				 "---\n"
				 "title: Plain\n"
				 "id: 11111111-1111-4111-8111-111111111104\n"
				 "logsource: {product: test}\n"
				 "detection: {s: {act: odd}, condition: s}\n";

static char folder[64], state_file[96];
static struct source_set *sources;
static struct rulebook *rules;

static void report(void *context, const struct err *err)
{
	(void)context;
	fail_msg("%s:%u: %s", err->file, err->line, err->message);
}

static struct rulebook *book_of(const char *text)
{
	struct ruleset_builder *builder = ruleset_builder_new();

	ruleset_add_text(builder, "test.yml", str_from(text), report, NULL);
	return rulebook_new(ruleset_build(builder, false));
}

static int set_up(void **state)
{
	char path[PATH_MAX];

	(void)state;
	strcpy(folder, "/tmp/wl-maker-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(state_file, sizeof(state_file), "%s/correlate", folder);
	snprintf(path, sizeof(path), "%s/content/sources", getenv("WANGLOU_SOURCE_ROOT"));
	assert_int_equal(source_set_load(path, report, NULL, &sources), 0);
	rules = book_of(rules_text);
	return 0;
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	rulebook_release(rules);
	source_set_free(sources);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static struct alert_maker *make(void)
{
	const struct alert_maker_options options = {
		.state = state_file, .journal = folder, .sources = sources, .zone = 0};

	return alert_maker_new(&options, rules);
}

/* Record number seq of the one history that all tests tell: three seconds apart, eight people. */
static void put(struct batch *batch, uint64_t seq)
{
	static const char *const acts[] = {"fail", "fail", "probe", "ok", "fail", "odd", "probe", "fail"};
	unsigned hash = (unsigned)(seq * 2654435761u);
	char text[200], when[CLOCK_TEXT_SIZE];
	struct journal_record record = {.seq = seq,
					.received = T0 + (int64_t)seq * 3 * CLOCK_SECOND,
					.listener = LISTENER_HTTP_INGEST};

	clock_format(record.received, when);
	snprintf(text, sizeof(text),
		 "{\"@timestamp\":\"%s\",\"product\":\"test\",\"act\":\"%s\",\"who\":\"p%u\"}", when,
		 acts[hash >> 29], hash >> 20 & 7);
	record.bytes = str_from(text);
	batch_add(batch, &record);
}

struct told {
	struct map *alerts;  /* id → how often sent */
	struct map *repeats; /* id → highest count */
};

static void told_init(struct told *told)
{
	*told = (struct told){map_new(), map_new()};
}

static void told_done(struct told *told)
{
	map_free(told->alerts);
	map_free(told->repeats);
}

static struct str next_item(struct str *rest)
{
	struct str item;
	uint32_t len;

	memcpy(&len, rest->ptr, sizeof(len));
	item = str_head(*rest, sizeof(len) + len);
	*rest = str_from_offset(*rest, item.len);
	return item;
}

static void hear(struct told *told, const struct alert_maker *maker)
{
	struct str rest = buf_str(alert_maker_alerts(maker));

	while (rest.len) {
		struct message_reader reader = {next_item(&rest), false};

		message_get_u32(&reader);
		++*map_put(told->alerts, message_get_str(&reader), NULL);
	}
	rest = buf_str(alert_maker_repeats(maker));
	while (rest.len) {
		struct message_reader reader = {next_item(&rest), false};
		uint64_t *highest, count;

		message_get_u32(&reader);
		highest = map_put(told->repeats, message_get_str(&reader), NULL);
		count = message_get_u64(&reader);
		*highest = count > *highest ? count : *highest;
	}
}

static void work(struct worker *worker, struct batch *batch, uint64_t first, uint64_t end, bool replay)
{
	batch_reset(batch);
	batch->rules = rulebook_use(rules);
	batch->replay = replay;
	for (uint64_t seq = first; seq < end; seq++)
		put(batch, seq);
	worker_run(worker, batch);
}

/* Undisturbed, in batches of one length. */
static void tell(uint64_t length, struct told *told)
{
	struct worker *worker = worker_new(sources, NULL, 0, NULL);
	struct alert_maker *maker;
	struct batch batch;

	unlink(state_file);
	maker = make();
	batch_init(&batch, RECORDS);
	assert_int_equal(alert_maker_restore(maker, 1), 1);
	for (uint64_t next = 1; next <= RECORDS; next += length) {
		work(worker, &batch, next, next + length <= RECORDS ? next + length : RECORDS + 1, false);
		alert_maker_run(maker, &batch);
		hear(told, maker);
		alert_maker_committed(maker, batch.end, false);
	}
	batch_done(&batch);
	alert_maker_free(maker);
	worker_free(worker);
}

/* With a crash after every few batches, at one of three moments. */
static unsigned tell_with_crashes(unsigned seed, struct told *told)
{
	struct worker *worker = worker_new(sources, NULL, 0, NULL);
	struct alert_maker *maker = NULL;
	struct batch batch;
	uint64_t next = 1, intent = 0;
	unsigned crashes = 0;

	unlink(state_file);
	batch_init(&batch, RECORDS);
	srand(seed);
	while (next <= RECORDS) {
		uint64_t end = next + 1 + (unsigned)rand() % BATCH;

		if (!maker) {
			uint64_t from;

			maker = make();
			from = alert_maker_restore(maker, next);
			assert_in_range(from, 1, next);
			for (; from < next; from = batch.end) {
				uint64_t until = from + 1 + (unsigned)rand() % BATCH;

				work(worker, &batch, from, until < next ? until : next, true);
				alert_maker_run(maker, &batch);
				assert_int_equal(alert_maker_alerts(maker)->len, 0);
				assert_int_equal(alert_maker_repeats(maker)->len, 0);
				alert_maker_committed(maker, batch.end, rand() % 8 == 0);
			}
		}
		if (intent > next)
			end = intent;
		end = end > RECORDS ? RECORDS + 1 : end;
		intent = end;
		work(worker, &batch, next, end, false);
		alert_maker_run(maker, &batch);
		if (rand() % 3) {
			hear(told, maker);
			if (rand() % 4) {
				next = end;
				alert_maker_committed(maker, next, rand() % 5 == 0);
			}
		}
		if (next != end || rand() % 6 == 0) {
			alert_maker_free(maker);
			maker = NULL;
			crashes++;
		}
	}
	batch_done(&batch);
	alert_maker_free(maker);
	worker_free(worker);
	return crashes;
}

static void assert_same(const struct map *a, const struct map *b, bool values)
{
	struct str key;
	uint64_t value;

	assert_int_equal(map_len(a), map_len(b));
	for (size_t cursor = 0; map_next(a, &cursor, &key, &value);) {
		const uint64_t *other = map_get(b, key);

		assert_non_null(other);
		if (values)
			assert_int_equal(*other, value);
	}
}

static void test_batches_do_not_matter(void **state)
{
	struct told one, other;

	(void)state;
	told_init(&one);
	told_init(&other);
	tell(RECORDS, &one);
	tell(7, &other);
	assert_in_range(map_len(one.alerts), 50, RECORDS);
	assert_in_range(map_len(one.repeats), 10, RECORDS);
	assert_same(one.alerts, other.alerts, true);
	assert_same(one.repeats, other.repeats, true);
	told_done(&one);
	told_done(&other);
}

static void test_crashes_do_not_matter(void **state)
{
	struct told wanted, got;
	unsigned crashes = 0;

	(void)state;
	told_init(&wanted);
	tell(RECORDS, &wanted);
	for (unsigned seed = 1; seed <= 20; seed++) {
		told_init(&got);
		crashes += tell_with_crashes(seed, &got);
		assert_same(wanted.alerts, got.alerts, false); /* sent again is fine: under the same id */
		assert_same(wanted.repeats, got.repeats, true);
		told_done(&got);
	}
	assert_true(crashes > 100);
	told_done(&wanted);
}

static void expect_restore(uint64_t next, uint64_t wanted)
{
	struct alert_maker *maker = make();

	assert_int_equal(alert_maker_restore(maker, next), wanted);
	alert_maker_free(maker);
}

/* A state that cannot be used is replaced by an empty one at the cursor, so that the next crash leads back
 * there. */
static void test_states_that_cannot_be_used(void **state)
{
	struct worker *worker = worker_new(sources, NULL, 0, NULL);
	struct alert_maker *maker = make();
	struct buf bytes = {0};
	struct batch batch;

	(void)state;
	unlink(state_file);
	batch_init(&batch, RECORDS);
	assert_int_equal(alert_maker_restore(maker, 1), 1);
	work(worker, &batch, 1, 101, false);
	alert_maker_run(maker, &batch);
	alert_maker_committed(maker, 90, true); /* half handed over: is not saved */
	expect_restore(300, 1);
	alert_maker_committed(maker, 101, true);
	expect_restore(300, 101);
	expect_restore(101, 101);
	assert_int_equal(io_read_file(state_file, 1 << 20, &bytes), 0);
	expect_restore(50, 50); /* it is ahead: somebody wound the cursor back */
	expect_restore(300, 50);
	bytes.ptr[bytes.len / 2] ^= 1;
	assert_int_equal(io_replace_file(state_file, bytes.ptr, bytes.len, 0600), 0);
	expect_restore(300, 300);
	expect_restore(310, 300);
	assert_int_equal(io_replace_file(state_file, "x", 1, 0600), 0);
	expect_restore(320, 320);
	unlink(state_file);
	expect_restore(330, 330);
	expect_restore(340, 330);
	batch_done(&batch);
	buf_done(&bytes);
	alert_maker_free(maker);
	worker_free(worker);
}

/* Other rules from the next batch on: those that stay keep what they counted. */
static void test_reload_keeps_state(void **state)
{
	struct rulebook *first = rules;
	struct worker *worker = worker_new(sources, NULL, 0, NULL);
	struct alert_maker *maker = make();
	struct told wanted, got;
	struct batch batch;

	(void)state;
	told_init(&wanted);
	tell(RECORDS, &wanted);
	told_init(&got);
	unlink(state_file);
	batch_init(&batch, RECORDS);
	alert_maker_restore(maker, 1);
	for (uint64_t next = 1; next <= RECORDS; next += 30) {
		struct rulebook *old = rules;

		rules = book_of(rules_text);
		if (old != first)
			rulebook_release(old);
		work(worker, &batch, next, next + 30, false);
		alert_maker_run(maker, &batch);
		hear(&got, maker);
	}
	assert_same(wanted.alerts, got.alerts, true);
	assert_same(wanted.repeats, got.repeats, true);
	rulebook_release(rules);
	rules = first;
	batch_done(&batch);
	alert_maker_free(maker);
	worker_free(worker);
	told_done(&wanted);
	told_done(&got);
}

/* Without correlations there is no state, and none that is old is kept for the day there are some. */
static void test_stateless_rules(void **state)
{
	struct rulebook *first = rules;
	struct alert_maker *maker;

	(void)state;
	assert_int_equal(io_replace_file(state_file, "old", 3, 0600), 0);
	rules = book_of(
		"title: Plain\nlogsource: {product: test}\ndetection: {s: {act: odd}, condition: s}\n");
	assert_false(rules->stateful);
	maker = make();
	assert_int_equal(alert_maker_restore(maker, 77), 77);
	{
		struct worker *worker = worker_new(sources, NULL, 0, NULL);
		struct batch batch;

		batch_init(&batch, RECORDS);
		work(worker, &batch, 77, 99, false);
		alert_maker_run(maker, &batch);
		alert_maker_committed(maker, 99, true);
		batch_done(&batch);
		worker_free(worker);
	}
	assert_int_equal(access(state_file, F_OK), -1);
	alert_maker_free(maker);
	rulebook_release(rules);
	rules = first;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_batches_do_not_matter),
		CASE(test_crashes_do_not_matter),
		CASE(test_states_that_cannot_be_used),
		CASE(test_reload_keeps_state),
		CASE(test_stateless_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
