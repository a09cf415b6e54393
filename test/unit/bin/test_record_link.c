/* SPDX-License-Identifier: Apache-2.0 */
/* Records over the local socket into a journal on disk, with acknowledgements that get lost. */
#include "bin/record_link.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "event/listener.h"
#include "http/server.h"
#include "ipc/server.h"

struct fixture {
	char folder[64], socket[PATH_MAX];
	struct record_sink sink;
	struct ipc_server *server;
	struct record_link *link;
	int lose;       /* acknowledgements to lose from now on */
	unsigned calls; /* the server got */
};

/* What the sender sees of a far side that is killed after the records are durable: the connection ends. */
static int receive(void *context, enum ipc_type type, struct str payload, uint64_t *ret_value,
		   struct err *ret_err)
{
	struct fixture *fixture = context;
	int r = record_link_receive(&fixture->sink, type, payload, ret_value, ret_err);

	fixture->calls++;
	return r == 0 && fixture->lose-- > 0 ? ERR_PROTOCOL : r;
}

static int set_up(void **state)
{
	static struct fixture fixture;
	char address[PATH_MAX + 8];
	struct err err = {0};

	memset(&fixture, 0, sizeof(fixture));
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

	assert_int_equal(record_link_receive(&fixture->sink, IPC_RECORDS, half, &value, &err), 0);
	assert_int_equal(value, 1);
	assert_int_equal(record_link_receive(&fixture->sink, IPC_RECORDS, whole, &value, &err), 0);
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
			record_link_receive(&fixture->sink, IPC_RECORDS, cases[i].payload, &value, &err),
			ERR_PROTOCOL);
	assert_int_equal(
		record_link_receive(&fixture->sink, IPC_ALERTS, STR("\0\0\0\0\0\0\0\0\0"), &value, &err),
		ERR_PROTOCOL);
	expect(fixture, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_durable_when_flushed),
		TEST(test_a_lost_acknowledgement_repeats_nothing),
		TEST(test_only_what_is_missing_is_appended),
		TEST(test_nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
