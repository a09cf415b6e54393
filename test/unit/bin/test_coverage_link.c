/* SPDX-License-Identifier: Apache-2.0 */
/* What analyze hears gets into core's tables once, whoever is killed when; notices of it into the journal. */
#include "bin/coverage_link.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "bin/coverage_daily.h"
#include "bin/record_link.h"
#include "coverage/acknowledgement.h"
#include "event/listener.h"
#include "http/server.h"
#include "ipc/server.h"
#include "journal/journal.h"

#define START (INT64_C(1772409600) * CLOCK_SECOND) /* 2026-03-02T00:00:00Z */
#define STEP (30 * CLOCK_SECOND)                   /* a batch: a message of each peer */

struct fixture {
	char folder[64], journal[PATH_MAX], core[PATH_MAX], collect[PATH_MAX], snapshot[PATH_MAX];
	struct db *db;
	struct journal *writer;
	struct record_sink sink;
	struct ipc_server *core_server, *collect_server;
	struct registry *registry;
	struct coverage_link *link;
	struct tally *tally;
	struct arena *arena;
	int lose; /* answers of core to lose */
};

static int receive(void *context, uid_t user, enum ipc_type type, struct str payload, uint64_t *ret_value,
		   struct err *ret_err)
{
	struct fixture *fixture = context;
	int r;

	(void)user, (void)ret_err;
	if (type == IPC_SILENCE)
		return acknowledgement_ask(fixture->db, payload, clock_now(), ret_value);
	assert_int_equal(type, IPC_COVERAGE);
	r = ledger_apply(fixture->db, payload, ret_value);
	return r == 0 && fixture->lose-- > 0 ? ERR_PROTOCOL : r;
}

static struct coverage_link *new_link(const struct fixture *fixture)
{
	const struct coverage_link_options options = {
		.core_socket = fixture->core,
		.collect_socket = fixture->collect,
		.journal = fixture->journal,
		.snapshot = fixture->snapshot,
		.registry = fixture->registry,
		.admit = CLOCK_MINUTE,
	};

	return coverage_link_new(&options);
}

static int listen_on(const char *path)
{
	char address[PATH_MAX + 8];
	struct err err = {0};

	snprintf(address, sizeof(address), "unix:%s", path);
	return http_listen(address, &err);
}

static int set_up(void **state)
{
	static const struct db_schema *const schemas[] = {&coverage_schema};
	static struct fixture fixture;
	char db[PATH_MAX];
	struct err err = {0};

	memset(&fixture, 0, sizeof(fixture));
	strcpy(fixture.folder, "/tmp/test_coverage.XXXXXX");
	if (!mkdtemp(fixture.folder))
		return -1;
	snprintf(fixture.journal, sizeof(fixture.journal), "%s", fixture.folder);
	snprintf(fixture.core, sizeof(fixture.core), "%s/core.sock", fixture.folder);
	snprintf(fixture.collect, sizeof(fixture.collect), "%s/collect.sock", fixture.folder);
	snprintf(fixture.snapshot, sizeof(fixture.snapshot), "%s/coverage", fixture.folder);
	snprintf(db, sizeof(db), "%s/core.db", fixture.folder);
	fixture.arena = arena_new(0);
	if (journal_open(fixture.journal, &(struct journal_options){.commit_delay = 1}, NULL, NULL,
			 &fixture.writer, &err) < 0 ||
	    db_open(db, schemas, 1, &fixture.db, &err) < 0 ||
	    registry_parse((struct str){0}, &fixture.registry, &err) < 0)
		return -1;
	fixture.sink = (struct record_sink){.folder = fixture.journal, .journal = fixture.writer};
	if (ipc_server_start(listen_on(fixture.core), receive, &fixture, &fixture.core_server) < 0 ||
	    ipc_server_start(listen_on(fixture.collect), record_link_receive, &fixture.sink,
			     &fixture.collect_server) < 0)
		return -1;
	fixture.link = new_link(&fixture);
	fixture.tally = coverage_link_tally(fixture.link);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	char command[128];

	coverage_link_tally_free(fixture->tally);
	coverage_link_free(fixture->link);
	ipc_server_stop(fixture->core_server);
	ipc_server_stop(fixture->collect_server);
	db_close(fixture->db);
	journal_close(fixture->writer);
	registry_free(fixture->registry);
	arena_free(fixture->arena);
	snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
	return system(command);
}

static void hear(struct fixture *fixture, uint8_t peer, int64_t time)
{
	struct event event;

	event_init(&event, fixture->arena);
	event.received = time;
	event.listener = peer ? LISTENER_SYSLOG_UDP : LISTENER_PLATFORM;
	event.raw = peer ? STR("text") : STR("{\"event\":\"collect.alive\"}");
	event.source = peer ? STR("openssh") : STR("wanglou-platform");
	if (peer)
		memcpy(event.peer, (const uint8_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, peer},
		       16);
	coverage_tally_add(fixture->tally, &event, false);
}

/* Batch number (from 1): the heartbeat and a message of each of peers. */
static int send_batch(struct fixture *fixture, uint64_t number, uint8_t peers)
{
	coverage_tally_clear(fixture->tally);
	for (uint8_t peer = 0; peer <= peers; peer++)
		hear(fixture, peer, START + (int64_t)number * STEP + peer);
	return coverage_link_send(fixture->link, fixture->tally, number * 10, number * 10 + 10);
}

static void run_batches(struct fixture *fixture, uint64_t first, uint64_t last, uint8_t peers)
{
	for (uint64_t number = first; number <= last; number++) {
		assert_int_equal(send_batch(fixture, number, peers), 0);
		coverage_link_moved(fixture->link);
	}
}

static int add_received(void *context, const struct ledger_hour *hour)
{
	*(int64_t *)context += hour->received;
	return 0;
}

static int64_t received(struct fixture *fixture)
{
	int64_t sum = 0;

	assert_int_equal(
		ledger_hours(fixture->db, START, START + CLOCK_DAY, (struct str){0}, add_received, &sum), 0);
	return sum;
}

/* How many notices in the journal hold text. */
static int noticed(const struct fixture *fixture, const char *text)
{
	struct journal_reader *reader;
	struct journal_record record;
	struct err err = {0};
	int count = 0;

	assert_int_equal(journal_reader_open(fixture->journal, NULL, 1, &reader, &err), 0);
	while (journal_reader_next(reader, &record, &err) == 0)
		count += record.listener == LISTENER_PLATFORM &&
			 str_find(record.bytes, str_from(text)) != STR_NOT_FOUND;
	journal_reader_close(reader);
	return count;
}

/* Another process in its place, as after a kill: what was saved since keep is gone. */
static void kill_and_start(struct fixture *fixture, const struct buf *keep)
{
	coverage_link_free(fixture->link);
	if (keep)
		assert_int_equal(io_replace_file(fixture->snapshot, keep->ptr, keep->len, 0600), 0);
	else
		unlink(fixture->snapshot);
	fixture->link = new_link(fixture);
	coverage_link_tally_free(fixture->tally);
	fixture->tally = coverage_link_tally(fixture->link);
}

static void test_who_falls_silent_is_in_the_journal(void **state)
{
	struct fixture *fixture = *state;

	run_batches(fixture, 1, 40, 2);
	assert_int_equal(received(fixture), 80);
	assert_int_equal(noticed(fixture, "coverage."), 0);
	run_batches(fixture, 41, 60, 1);
	assert_int_equal(noticed(fixture, "\"event\":\"coverage.silent\""), 1);
	assert_int_equal(noticed(fixture, "\"peer\":\"10.0.0.2\""), 1);
	run_batches(fixture, 61, 62, 2);
	assert_int_equal(noticed(fixture, "\"event\":\"coverage.resumed\""), 1);
	assert_int_equal(received(fixture), 80 + 20 + 4);
}

static int take_id(void *context, const struct ledger_hour *hour)
{
	if (str_eq(hour->talker.peer, STR("10.0.0.2")))
		*(uint64_t *)context = hour->talker.id;
	return 0;
}

/* It is written down, and is of no weight. */
static void test_a_silence_that_was_announced(void **state)
{
	struct fixture *fixture = *state;
	struct acknowledgement said = {.until = INT64_MAX, .by = STR("li"), .reason = STR("work")};
	struct db_tx *tx;

	run_batches(fixture, 1, 40, 2);
	assert_int_equal(
		ledger_hours(fixture->db, START, START + CLOCK_DAY, (struct str){0}, take_id, &said.talker),
		0);
	assert_int_equal(db_begin(fixture->db, DB_WRITE, &tx), 0);
	assert_int_equal(db_end(tx, acknowledgement_add(tx, &said)), 0);
	run_batches(fixture, 41, 60, 1);
	assert_int_equal(noticed(fixture, "\"event\":\"coverage.silent\",\"level\":\"info\""), 1);
	assert_int_equal(noticed(fixture, "\"acknowledged\":true"), 1);
}

static void test_an_answer_that_gets_lost(void **state)
{
	struct fixture *fixture = *state;

	run_batches(fixture, 1, 40, 2);
	for (uint64_t number = 41; number <= 60; number++) {
		fixture->lose = 1;
		assert_true(send_batch(fixture, number, 1) < 0);
		assert_int_equal(
			coverage_link_send(fixture->link, fixture->tally, number * 10, number * 10 + 10), 0);
		coverage_link_moved(fixture->link);
	}
	assert_int_equal(received(fixture), 80 + 20);
	assert_int_equal(noticed(fixture, "\"event\":\"coverage.silent\""), 1);
}

static void test_a_kill_before_the_cursor_moved(void **state)
{
	struct fixture *fixture = *state;
	struct buf saved = {0};

	run_batches(fixture, 1, 40, 2);
	kill_and_start(fixture, NULL); /* saves at its end */
	run_batches(fixture, 41, 42, 2);
	coverage_link_free(fixture->link);
	assert_int_equal(io_read_file(fixture->snapshot, 1 << 20, &saved), 0);
	fixture->link = new_link(fixture);
	assert_int_equal(send_batch(fixture, 43, 2), 0);
	kill_and_start(fixture, &saved);
	run_batches(fixture, 43, 60, 2);
	assert_int_equal(received(fixture), 120);
	assert_int_equal(noticed(fixture, "coverage."), 0);
	buf_done(&saved);
}

static void test_a_state_older_than_the_cursor_raises_no_alarm(void **state)
{
	struct fixture *fixture = *state;
	struct buf saved = {0};

	run_batches(fixture, 1, 100, 2);
	coverage_link_free(fixture->link);
	assert_int_equal(io_read_file(fixture->snapshot, 1 << 20, &saved), 0);
	fixture->link = new_link(fixture);
	run_batches(fixture, 101, 110, 2);
	kill_and_start(fixture, &saved);
	run_batches(fixture, 111, 130, 2);
	assert_int_equal(noticed(fixture, "coverage."), 0);
	assert_int_equal(received(fixture), 260);
	/* A hole while it was away is one, though the state is older. */
	kill_and_start(fixture, &saved);
	run_batches(fixture, 150, 151, 2);
	assert_int_equal(noticed(fixture, "\"event\":\"coverage.down\""), 1);
	assert_int_equal(noticed(fixture, "\"seconds\":600,"), 0);
	assert_int_equal(noticed(fixture, "\"seconds\":599,"), 1);
	buf_done(&saved);
}

static void test_a_journal_read_anew_raises_nothing(void **state)
{
	struct fixture *fixture = *state;

	run_batches(fixture, 1, 40, 2);
	run_batches(fixture, 41, 60, 1);
	assert_int_equal(noticed(fixture, "coverage.silent"), 1);
	kill_and_start(fixture, NULL);
	run_batches(fixture, 1, 40, 2);
	run_batches(fixture, 41, 60, 1);
	assert_int_equal(noticed(fixture, "coverage.silent"), 1);
	assert_int_equal(received(fixture), 100);
}

/* Nothing but time: what core knows up to then. */
static void know(struct fixture *fixture, uint64_t first, int64_t time)
{
	const struct coverage_batch batch = {STR("0123456789abcdef"), first, first + 1, time};
	struct buf message = {0};
	uint64_t applied = 0;

	coverage_put_batch(&message, &batch);
	assert_int_equal(ledger_apply(fixture->db, buf_str(&message), &applied), 0);
	assert_int_equal(applied, 1);
	buf_done(&message);
}

static void test_each_day_is_said_once_when_it_is_over(void **state)
{
	const int64_t zone = 8 * CLOCK_HOUR, midnight = START + CLOCK_DAY - zone; /* START is 08:00 there */
	struct fixture *fixture = *state;

	coverage_daily(fixture->db, fixture->collect, zone, midnight);
	know(fixture, 1, START);
	know(fixture, 2, midnight + 9 * CLOCK_MINUTE);
	coverage_daily(fixture->db, fixture->collect, zone, midnight + 9 * CLOCK_MINUTE);
	assert_int_equal(noticed(fixture, "coverage.daily"), 0);
	know(fixture, 3, midnight + 11 * CLOCK_MINUTE);
	coverage_daily(fixture->db, "/nonexistent/socket", zone, midnight + 11 * CLOCK_MINUTE);
	for (int i = 0; i < 2; i++)
		coverage_daily(fixture->db, fixture->collect, zone, midnight + 11 * CLOCK_MINUTE);
	assert_int_equal(noticed(fixture, "coverage.daily"), 1);
	/* Before START nothing was known. */
	assert_int_equal(noticed(fixture, "\"day\":\"2026-03-02\",\"verdict\":\"blind\",\"sources\":0,"
					  "\"gap_count\":1,\"gaps\":[{\"reason\":\"unknown\","
					  "\"from\":\"2026-03-01T16:00:00.000000Z\","
					  "\"to\":\"2026-03-02T00:00:00.000000Z\""),
			 1);
	know(fixture, 4, midnight + 2 * CLOCK_DAY + CLOCK_HOUR);
	coverage_daily(fixture->db, fixture->collect, zone, midnight + 2 * CLOCK_DAY + CLOCK_HOUR);
	assert_int_equal(noticed(fixture, "\"verdict\":\"complete\""), 2);
}

static void test_what_collect_says_of_loss(void **state)
{
	static const struct {
		const char *text;
		int result;
	} cases[] = {
		{TALLY_LOSS ",\"listener\":\"syslog-udp\",\"dropped\":12,\"seconds\":60}", 0},
		{TALLY_LOSS ",\"listener\":\"syslog-udp\",\"dropped\":-1,\"seconds\":60}", ERR_RANGE},
		{TALLY_LOSS ",\"listener\":\"nobody\",\"dropped\":1,\"seconds\":60}", ERR_RANGE},
		{TALLY_LOSS ",\"listener\":\"syslog-udp\",\"dropped\":1,\"seconds\":99999999}", ERR_RANGE},
		{TALLY_LOSS ",\"listener\":\"syslog-udp\",\"dropped\":\"1\",\"seconds\":1}", ERR_RANGE},
		{TALLY_LOSS "}", ERR_RANGE},
		{TALLY_LOSS, ERR_SYNTAX},
	};
	struct json_parser *parser = json_parser_new();
	struct dropped dropped = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(dropped_read(parser, str_from(cases[i].text), &dropped), cases[i].result);
	assert_int_equal(dropped.listener, LISTENER_SYSLOG_UDP);
	assert_int_equal(dropped.count, 12);
	assert_int_equal(dropped.seconds, 60);
	json_parser_free(parser);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_who_falls_silent_is_in_the_journal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_silence_that_was_announced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_answer_that_gets_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_kill_before_the_cursor_moved, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_state_older_than_the_cursor_raises_no_alarm, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_a_journal_read_anew_raises_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_each_day_is_said_once_when_it_is_over, set_up,
						tear_down),
		cmocka_unit_test(test_what_collect_says_of_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
