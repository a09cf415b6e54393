/* SPDX-License-Identifier: Apache-2.0 */
/* Records over the local socket into a journal on disk, with acknowledgements that get lost. */
#include "bin/record_link.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "bin/notice_pool.h"
#include "event/listener.h"
#include "http/server.h"
#include "ipc/server.h"

struct fixture {
	char folder[64], socket[PATH_MAX];
	struct record_sink sink;
	struct ipc_server *server;
	struct record_link *link;
	atomic_int lose;   /* acknowledgements to lose from now on */
	atomic_uint calls; /* the server got */
};

/* What the sender sees of a far side that is killed after the records are durable: the connection ends. */
static int receive(void *context, uid_t user, enum ipc_type type, struct str payload, uint64_t *ret_value,
		   struct err *ret_err)
{
	struct fixture *fixture = context;
	int r = record_link_receive(&fixture->sink, user, type, payload, ret_value, ret_err);

	fixture->calls++;
	return r == 0 && fixture->lose > 0 && fixture->lose-- > 0 ? ERR_PROTOCOL : r;
}

static int set_up(void **state)
{
	static struct fixture fixture;
	char address[PATH_MAX + 8];
	struct err err = {0};

	fixture = (struct fixture){0};
	strcpy(fixture.folder, "/tmp/test_record_link.XXXXXX");
	if (!mkdtemp(fixture.folder))
		return -1;
	snprintf(fixture.socket, sizeof(fixture.socket), "%s/socket", fixture.folder);
	snprintf(address, sizeof(address), "unix:%s", fixture.socket);
	fixture.sink.folder = fixture.folder;
	if (journal_open(fixture.folder, &(struct journal_options){.commit_delay = 1}, NULL, NULL,
			 &fixture.sink.journal, &err) < 0 ||
	    ipc_server_start(http_listen(address, &err), receive, &fixture, &fixture.server) < 0 ||
	    record_link_open(fixture.socket, &fixture.link) < 0)
		return -1;
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	char command[128];

	record_link_close(fixture->link);
	ipc_server_stop(fixture->server);
	journal_close(fixture->sink.journal);
	snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
	return system(command);
}

static void add(struct fixture *fixture, const char *text)
{
	assert_int_equal(record_link_add(fixture->link, STR("hint"), JOURNAL_DRILL, str_from(text)), 0);
}

static void expect(const struct fixture *fixture, const char *expected)
{
	struct journal_reader *reader = NULL;
	struct journal_record record;
	struct buf out = {0};
	struct err err = {0};

	assert_int_equal(journal_reader_open(fixture->folder, NULL, 1, &reader, &err), 0);
	while (journal_reader_next(reader, &record, &err) == 0) {
		assert_int_equal(record.listener, LISTENER_LOCAL);
		assert_int_equal(record.flags, JOURNAL_DRILL);
		assert_true(str_eq(record.hint, STR("hint")));
		buf_printf(&out, "[%.*s]", STR_FMT(record.bytes));
	}
	assert_string_equal(buf_cstr(&out), expected);
	journal_reader_close(reader);
	buf_done(&out);
}

static void test_durable_when_flushed(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, "a");
	expect(fixture, "");
	add(fixture, "");
	assert_int_equal(record_link_flush(fixture->link), 0);
	expect(fixture, "[a][]");
	add(fixture, "b");
	assert_int_equal(record_link_flush(fixture->link), 0);
	expect(fixture, "[a][][b]");
	assert_int_equal(fixture->calls, 3); /* the first asked what is durable */
	assert_int_equal(record_link_flush(fixture->link), 0);
	assert_int_equal(fixture->calls, 3);
}

static void test_a_lost_acknowledgement_repeats_nothing(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, "a");
	assert_int_equal(record_link_flush(fixture->link), 0);
	add(fixture, "a");
	add(fixture, "b");
	fixture->lose = 2;
	assert_int_equal(record_link_flush(fixture->link), 0);
	expect(fixture, "[a][a][b]");
	assert_int_equal(fixture->calls, 5);
	/* And the next message is new, though it says the same. */
	add(fixture, "a");
	add(fixture, "b");
	assert_int_equal(record_link_flush(fixture->link), 0);
	expect(fixture, "[a][a][b][a][b]");
}

/* The crash took the end of the message: only that is appended when it comes again. */
static void test_only_what_is_missing_is_appended(void **state)
{
	static const struct str whole = STR("\1\0\0\0\0\0\0\0\0"
					    "\1\0\0\0\4\0\0\0hint\1\0\0\0a"
					    "\1\0\0\0\4\0\0\0hint\1\0\0\0b");
	struct fixture *fixture = *state;
	struct str half = str_head(whole, whole.len - 17);
	struct err err = {0};
	uint64_t value = 0;

	assert_int_equal(record_link_receive(&fixture->sink, 1, IPC_RECORDS, half, &value, &err), 0);
	assert_int_equal(value, 1);
	assert_int_equal(record_link_receive(&fixture->sink, 1, IPC_RECORDS, whole, &value, &err), 0);
	expect(fixture, "[a][b]");
	assert_int_equal(value, 2);
}

static void test_nonsense_is_refused(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		struct str payload;
	} cases[] = {
		{STR("")},
		{STR("\1")},
		{STR("\0\0\0\0\0\0\0\0")},
		{STR("\0\0\0\0\0\0\0\0\0\1")},
		{STR("\1\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff")},
		{STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0four")},
	};
	uint64_t value;
	struct err err = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			record_link_receive(&fixture->sink, 1, IPC_RECORDS, cases[i].payload, &value, &err),
			ERR_PROTOCOL);
	assert_int_equal(
		record_link_receive(&fixture->sink, 1, IPC_ALERTS, STR("\0\0\0\0\0\0\0\0\0"), &value, &err),
		ERR_PROTOCOL);
	expect(fixture, "");
}

static uint16_t last_listener(const struct fixture *fixture, struct str hint, char text[256])
{
	struct journal_reader *reader = NULL;
	struct journal_record record;
	struct err err = {0};
	uint16_t listener = LISTENER_COUNT;

	assert_int_equal(journal_reader_open(fixture->folder, NULL, 1, &reader, &err), 0);
	while (journal_reader_next(reader, &record, &err) == 0) {
		assert_true(str_eq(record.hint, hint));
		snprintf(text, 256, "%.*s", STR_FMT(record.bytes));
		listener = record.listener;
	}
	journal_reader_close(reader);
	return listener;
}

static void test_platform_notice(void **state)
{
	struct fixture *fixture = *state;
	char text[256];

	assert_int_equal(notice_platform(fixture->socket, "disk.high", "warning", "it is \"full\"",
					 STR("\"percent\":91"), CLOCK_MINUTE),
			 0);
	assert_int_equal(last_listener(fixture, STR("wanglou-platform"), text), LISTENER_PLATFORM);
	assert_string_equal(text, "{\"event\":\"disk.high\",\"level\":\"warning\","
				  "\"message\":\"it is \\\"full\\\"\",\"percent\":91}");
}

static const struct notice_audit login = {
	.action = {"login", 5},
	.user = {"li\"na", 5},
	.via = "console",
	.outcome = "refused",
	.detail = {"{\"n\":1}", 7},
};

/* The user of the sink's table is this one; the acknowledgement that gets lost must not make two of it. */
static void test_audit_notice_once(void **state)
{
	struct fixture *fixture = *state;
	char text[256];

	fixture->sink.speakers[0] = (struct record_speaker){LISTENER_AUDIT, getuid()};
	fixture->sink.speaker_count = 1;
	fixture->lose = 2; /* of the question what is durable, and of the notice */
	assert_int_equal(notice_audit(fixture->socket, &login, CLOCK_MINUTE), 0);
	assert_int_equal(last_listener(fixture, STR("wanglou-audit"), text), LISTENER_AUDIT);
	assert_string_equal(text, "{\"action\":\"login\",\"user\":\"li\\\"na\",\"role\":\"\","
				  "\"address\":\"\",\"via\":\"console\",\"object\":\"\","
				  "\"outcome\":\"refused\",\"detail\":{\"n\":1}}");
	assert_int_equal(journal_durable(fixture->sink.journal), 1);
}

#define TALKERS 12 /* more than links are kept */
#define NOTICES 20

static void *talk(void *pool)
{
	intptr_t failures = 0;

	for (int i = 0; i < NOTICES; i++)
		failures += notice_pool_audit(pool, &login, CLOCK_MINUTE) != 0;
	return (void *)failures;
}

/* The same words from many at once, and then an acknowledgement that gets lost: one record each. */
static void test_pool(void **state)
{
	struct fixture *fixture = *state;
	struct notice_pool *pool = notice_pool_new(fixture->socket);
	pthread_t threads[TALKERS];
	void *failures;

	fixture->sink.speakers[0] = (struct record_speaker){LISTENER_AUDIT, getuid()};
	fixture->sink.speaker_count = 1;
	for (int i = 0; i < TALKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, talk, pool), 0);
	for (int i = 0; i < TALKERS; i++) {
		pthread_join(threads[i], &failures);
		assert_int_equal((intptr_t)failures, 0);
	}
	assert_int_equal(journal_durable(fixture->sink.journal), TALKERS * NOTICES);
	fixture->lose = 3; /* of the links that lie idle, the next new one's question, and the notice */
	assert_int_equal(notice_pool_audit(pool, &login, CLOCK_MINUTE), 0);
	assert_int_equal(journal_durable(fixture->sink.journal), TALKERS * NOTICES + 1);
	notice_pool_free(pool);
}

static void test_notice_where_nothing_runs(void **state)
{
	struct fixture *fixture = *state;
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s-not", fixture->socket);
	assert_int_equal(notice_audit(path, &login, CLOCK_MINUTE), -ENOENT);
}

/* Somebody listens and never answers. */
static void test_notice_does_not_wait_for_ever(void **state)
{
	struct fixture *fixture = *state;
	char address[PATH_MAX + 16];
	struct err err = {0};
	int fd;

	snprintf(address, sizeof(address), "unix:%s-deaf", fixture->socket);
	fd = http_listen(address, &err);
	assert_true(fd >= 0);
	assert_int_equal(notice_audit(address + 5, &login, 50 * CLOCK_MILLISECOND), -ETIMEDOUT);
	close(fd);
}

/* Who may say what: the listener is in the upper half of a record's first word. */
static void test_who_may_say_what(void **state)
{
	static const struct {
		uid_t user;
		uint16_t listener;
		int result;
	} cases[] = {
		{1, LISTENER_LOCAL, 0},
		{1, LISTENER_PLATFORM, 0},
		{1, LISTENER_AUDIT, ERR_PROTOCOL},
		{7, LISTENER_AUDIT, 0},
		{0, LISTENER_AUDIT, 0},
		{(uid_t)-1, LISTENER_AUDIT, ERR_PROTOCOL},
		{0, LISTENER_SYSLOG_UDP, ERR_PROTOCOL},
		{0, LISTENER_COUNT, ERR_PROTOCOL},
		{0, 0xffff, ERR_PROTOCOL},
	};
	struct fixture *fixture = *state;
	char message[] = "\0\0\0\0\0\0\0\0\0\0\0.\0\0\0\0\0\1\0\0\0x";
	struct err err = {0};
	uint64_t value;

	fixture->sink.speakers[0] = (struct record_speaker){LISTENER_AUDIT, 7};
	fixture->sink.speaker_count = 1;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		message[11] = (char)cases[i].listener;
		message[12] = (char)(cases[i].listener >> 8);
		assert_int_equal(record_link_receive(&fixture->sink, cases[i].user, IPC_RECORDS,
						     str_of(message, sizeof(message) - 1), &value, &err),
				 cases[i].result);
	}
	assert_int_equal(journal_durable(fixture->sink.journal), 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_durable_when_flushed),
		TEST(test_a_lost_acknowledgement_repeats_nothing),
		TEST(test_only_what_is_missing_is_appended),
		TEST(test_nonsense_is_refused),
		TEST(test_platform_notice),
		TEST(test_audit_notice_once),
		TEST(test_pool),
		TEST(test_notice_where_nothing_runs),
		TEST(test_notice_does_not_wait_for_ever),
		TEST(test_who_may_say_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
