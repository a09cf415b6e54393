/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of a systemd journal as records, and the place in it over stops and crashes. */
#include "collect/systemd.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "event/listener.h"
#include "memory_sink.h"

#define REMOTE "/lib/systemd/systemd-journal-remote" /* makes journal files of text */
#define BOOT "11111111111111111111111111111111"

static void format(const struct str *fields, size_t count, bool cut, const char *expected)
{
	const struct systemd_entry entry = {STR("s=1;i=2"), 7, 8, fields, count};
	struct buf out = {0};

	assert_int_equal(systemd_format(&entry, &out), cut);
	if (expected)
		assert_string_equal(buf_cstr(&out), expected);
	assert_in_range(out.len, 1, COLLECT_RECORD_MAX);
	assert_true(str_eq(systemd_cursor_of(buf_str(&out)), entry.cursor));
	buf_done(&out);
}

#define BEGIN "{\"__CURSOR\":\"s=1;i=2\",\"__REALTIME_TIMESTAMP\":\"7\",\"__MONOTONIC_TIMESTAMP\":\"8\""

static void test_format(void **state)
{
	const struct str fields[] = {
		STR("_PID=7"),    STR("MESSAGE=a \"b\"\n望楼"),
		STR("X=1"),       STR("X=2"),
		STR("BIN=a\xFF"), STR("__CURSOR=mine"),
		STR("lower=1"),   STR("=1"),
		STR("WITHOUT"),   STR("EMPTY="),
	};

	(void)state;
	format(fields, sizeof(fields) / sizeof(fields[0]), false,
	       BEGIN
	       ",\"MESSAGE\":\"a \\\"b\\\"\\n望楼\",\"_PID\":\"7\",\"X\":[\"1\",\"2\"],\"BIN\":[97,255],"
	       "\"EMPTY\":\"\"}");
	format(NULL, 0, false, BEGIN "}");
}

static void test_format_limits(void **state)
{
	static char big[SYSTEMD_VALUE_MAX + 100];
	struct str fields[64];

	(void)state;
	memset(big, 'x', sizeof(big));
	memcpy(big, "MESSAGE=", 8);
	fields[0] = str_of(big, sizeof(big));
	format(fields, 1, true, NULL);
	/* More bytes than a record has: the same name, as numbers. */
	memset(big, 0xFF, sizeof(big));
	memcpy(big, "X=", 2);
	for (size_t i = 0; i < 64; i++)
		fields[i] = str_of(big, sizeof(big) - 200);
	format(fields, 64, true, BEGIN "}");
	assert_true(str_eq(systemd_cursor_of(STR("{\"__CURSOR\":\"abc")), STR("")));
	assert_true(str_eq(systemd_cursor_of(STR("plain")), STR("")));
}

/* --- a journal ------------------------------------------------------------------------------------------ */

struct fixture {
	char folder[64], state[96];
	struct memory_sink sink;
	struct systemd *systemd;
	size_t checked;
	unsigned lines, notices;
	unsigned file; /* that entries are added to */
};

static int since(void *context, uint64_t seq, systemd_visit *visit, void *visit_context)
{
	struct fixture *fixture = context;

	for (size_t i = 0; i < fixture->sink.records.len; i++)
		if (fixture->sink.records.items[i].seq > seq)
			visit(visit_context, fixture->sink.records.items[i].bytes);
	return 0;
}

static void notice(void *context, const char *path, int code)
{
	(void)path;
	(void)code;
	((struct fixture *)context)->notices++;
}

static void start(struct fixture *fixture)
{
	const struct systemd_options options = {fixture->folder, fixture->state, since, notice, fixture};
	struct collect_sink sink = memory_sink_interface(&fixture->sink);

	assert_int_equal(systemd_new(&options, &sink, &fixture->systemd), 0);
}

static void pass(struct fixture *fixture)
{
	while (systemd_pass(fixture->systemd))
		;
}

static void durable(struct fixture *fixture)
{
	memory_sink_set_durable(&fixture->sink, fixture->sink.seq);
}

static void crash(struct fixture *fixture)
{
	fixture->sink.status = -EIO;
	systemd_free(fixture->systemd);
	fixture->sink.status = 0;
	fixture->systemd = NULL;
}

/* Adds entries, numbered on, of now. */
static void add(struct fixture *fixture, unsigned count)
{
	char command[256];
	FILE *pipe;

	snprintf(command, sizeof(command), REMOTE " -o %s/remote-%u.journal - 2>/dev/null", fixture->folder,
		 fixture->file);
	pipe = popen(command, "w");
	assert_non_null(pipe);
	for (unsigned i = 0; i < count; i++, fixture->lines++)
		fprintf(pipe,
			"__REALTIME_TIMESTAMP=%lld\n__MONOTONIC_TIMESTAMP=%u\n_BOOT_ID=" BOOT
			"\nMESSAGE=%u\nSYSLOG_IDENTIFIER=app\n\n",
			(long long)time(NULL) * 1000000 - 60000000 + fixture->lines, fixture->lines + 1,
			fixture->lines);
	assert_int_equal(pclose(pipe), 0);
}

/* Every entry up to this came, once, in order. */
static void expect(struct fixture *fixture, unsigned up_to)
{
	char message[64];

	assert_int_equal(fixture->sink.records.len, up_to);
	for (; fixture->checked < up_to; fixture->checked++) {
		const struct collect_record *record = &fixture->sink.records.items[fixture->checked];

		assert_int_equal(record->listener, LISTENER_JOURNALD);
		snprintf(message, sizeof(message), "\"MESSAGE\":\"%zu\"", fixture->checked);
		assert_true(str_find(record->bytes, str_from(message)) != STR_NOT_FOUND);
	}
}

static int set_up(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	strcpy(fixture.folder, "/tmp/test_systemd.XXXXXX");
	if (!mkdtemp(fixture.folder))
		return -1;
	snprintf(fixture.state, sizeof(fixture.state), "%s/state", fixture.folder);
	memory_sink_init(&fixture.sink);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	char command[96];

	systemd_free(fixture->systemd);
	memory_sink_done(&fixture->sink);
	snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
	return system(command);
}

static void needs_remote(void)
{
	if (access(REMOTE, X_OK) != 0)
		skip();
}

static void test_entries_as_they_come(void **state)
{
	needs_remote();
	add(*state, 3);
	start(*state);
	pass(*state);
	expect(*state, 3);
	add(*state, 5000);
	pass(*state);
	expect(*state, 5003);
}

static void test_stops_and_crashes(void **state)
{
	struct fixture *fixture = *state;

	needs_remote();
	add(fixture, 10);
	start(fixture);
	pass(fixture);
	crash(fixture); /* before the first place of it was saved, its records durable */
	add(fixture, 10);
	start(fixture);
	pass(fixture);
	expect(fixture, 20);
	durable(fixture);
	pass(fixture);
	add(fixture, 300);
	pass(fixture);
	expect(fixture, 320);
	crash(fixture);
	fixture->sink.records.len = fixture->checked = 150; /* the rest was not durable */
	start(fixture);
	pass(fixture);
	expect(fixture, 320);
	durable(fixture);
	systemd_free(fixture->systemd);
	add(fixture, 1);
	start(fixture);
	pass(fixture);
	expect(fixture, 321);
	assert_int_equal(fixture->notices, 0);
}

/* Files come and go, as journald rotates and vacuums. */
static void test_rotation(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	needs_remote();
	add(fixture, 10);
	start(fixture);
	pass(fixture);
	expect(fixture, 10);
	fixture->file++;
	add(fixture, 10);
	pass(fixture);
	expect(fixture, 20);
	durable(fixture);
	systemd_free(fixture->systemd);
	fixture->systemd = NULL;
	snprintf(path, sizeof(path), "%s/remote-1.journal", fixture->folder);
	assert_int_equal(unlink(path), 0); /* with the entry of the place */
	fixture->file++;
	add(fixture, 10);
	start(fixture);
	pass(fixture);
	expect(fixture, 30);
}

static void test_a_sink_that_refuses(void **state)
{
	struct fixture *fixture = *state;

	needs_remote();
	add(fixture, 600);
	start(fixture);
	memory_sink_refuse(&fixture->sink, -EAGAIN);
	pass(fixture);
	pass(fixture);
	expect(fixture, 0);
	memory_sink_refuse(&fixture->sink, 0);
	pass(fixture);
	expect(fixture, 600);
}

static void test_a_damaged_state(void **state)
{
	struct fixture *fixture = *state;
	FILE *file;

	needs_remote();
	add(fixture, 3);
	start(fixture);
	pass(fixture);
	crash(fixture);
	file = fopen(fixture->state, "w");
	fputs("wanglou systemd 1\nseq 9\ncursor s=1\nsum 0123456789abcdef\n", file);
	fclose(file);
	start(fixture);
	assert_int_equal(fixture->notices, 1);
	pass(fixture);
	expect(fixture, 3);
}

static void test_the_thread(void **state)
{
	struct fixture *fixture = *state;

	needs_remote();
	add(fixture, 2);
	start(fixture);
	assert_int_equal(systemd_start(fixture->systemd), 0);
	assert_true(memory_sink_wait(&fixture->sink, 2));
	add(fixture, 1);
	assert_true(memory_sink_wait(&fixture->sink, 3));
	expect(fixture, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_limits),
		TEST(test_entries_as_they_come),
		TEST(test_stops_and_crashes),
		TEST(test_rotation),
		TEST(test_a_sink_that_refuses),
		TEST(test_a_damaged_state),
		TEST(test_the_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
