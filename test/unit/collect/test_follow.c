/* SPDX-License-Identifier: Apache-2.0 */
/* Log files that grow, rotate, shrink and vanish; places that survive a stop and a crash. */
#include "collect/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "collect/follow_rules.h"
#include "event/listener.h"
#include "memory_sink.h"

#define GRACE_PASSES 12 /* more than a file that is gone is kept for */
#define NOBODY 65534

struct fixture {
	char folder[PATH_MAX - 64], patterns[PATH_MAX], state[PATH_MAX];
	struct memory_sink sink;
	struct follow_rules *rules; /* NULL: none */
	struct follow *follow;
	size_t checked; /* records the test has seen */
	unsigned notices;
	int notice;   /* the last one's code */
	bool replays; /* the sink's records are still there after a crash */
};

static const char *path_of(struct fixture *fixture, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
	return path;
}

static void put(struct fixture *fixture, const char *name, int flags, struct str text)
{
	int fd = open(path_of(fixture, name), O_WRONLY | O_CREAT | flags, 0644);

	assert_true(fd >= 0);
	assert_int_equal(io_write(fd, text.ptr, text.len), 0);
	close(fd);
}

static void add(struct fixture *fixture, const char *name, const char *text)
{
	put(fixture, name, O_APPEND, str_from(text));
}

static void move(struct fixture *fixture, const char *from, const char *to)
{
	char old[PATH_MAX];

	snprintf(old, sizeof(old), "%s", path_of(fixture, from));
	assert_int_equal(rename(old, path_of(fixture, to)), 0);
}

static int since(void *context, uint64_t seq, follow_visit *visit, void *visit_context)
{
	struct fixture *fixture = context;

	for (size_t i = 0; fixture->replays && i < fixture->sink.records.len; i++)
		if (fixture->sink.records.items[i].seq > seq)
			visit(visit_context, fixture->sink.records.items[i].bytes);
	return 0;
}

static void notice(void *context, const char *path, int code)
{
	struct fixture *fixture = context;

	(void)path;
	fixture->notices++;
	fixture->notice = code;
}

static void start(struct fixture *fixture)
{
	struct follow_options options = {
		fixture->patterns, fixture->state, fixture->rules, since, notice, fixture};
	struct collect_sink sink = memory_sink_interface(&fixture->sink);

	assert_int_equal(follow_new(&options, &sink, &fixture->follow), 0);
}

static void pass(struct fixture *fixture)
{
	while (follow_pass(fixture->follow))
		;
}

static void durable(struct fixture *fixture)
{
	memory_sink_set_durable(&fixture->sink, fixture->sink.seq);
}

static void stop(struct fixture *fixture)
{
	durable(fixture);
	follow_free(fixture->follow);
	fixture->follow = NULL;
}

/* Ends without saving: the sink says that nothing more becomes durable. */
static void crash(struct fixture *fixture)
{
	fixture->sink.status = -EIO;
	follow_free(fixture->follow);
	fixture->sink.status = 0;
	fixture->follow = NULL;
	fixture->replays = true;
}

/* What came in since the last check, each record in brackets. */
static void expect(struct fixture *fixture, const char *expected)
{
	struct buf out = {0};

	for (; fixture->checked < fixture->sink.records.len; fixture->checked++) {
		const struct collect_record *record = &fixture->sink.records.items[fixture->checked];

		assert_int_equal(record->listener, LISTENER_FILE);
		buf_printf(&out, "[%.*s]", STR_FMT(record->bytes));
	}
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&out);
}

static int set_up(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	strcpy(fixture.folder, "/tmp/test_follow.XXXXXX");
	if (!mkdtemp(fixture.folder))
		return -1;
	chmod(fixture.folder, 0755);
	snprintf(fixture.patterns, sizeof(fixture.patterns), "%s/one.log, %s/*.many,", fixture.folder,
		 fixture.folder);
	snprintf(fixture.state, sizeof(fixture.state), "%s/state", fixture.folder);
	memory_sink_init(&fixture.sink);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	char command[PATH_MAX + 16];

	follow_free(fixture->follow);
	follow_rules_free(fixture->rules);
	memory_sink_done(&fixture->sink);
	snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
	return system(command);
}

static void test_lines(void **state)
{
	add(*state, "one.log", "first\n\n\r\nsecond\r\n");
	start(*state);
	pass(*state);
	expect(*state, "[first][second]");
	pass(*state);
	expect(*state, "");
	add(*state, "one.log", "third\nfou");
	pass(*state);
	expect(*state, "[third]");
	add(*state, "one.log", "rth");
	pass(*state);
	expect(*state, "");
	add(*state, "one.log", "\n");
	pass(*state);
	expect(*state, "[fourth]");
}

static void test_a_file_that_comes_later_is_read_from_its_start(void **state)
{
	struct buf text = {0};

	start(*state);
	pass(*state);
	while (text.len < FOLLOW_FIRST_BYTES)
		buf_printf(&text, "line\n");
	put(*state, "late.many", O_APPEND, buf_str(&text));
	pass(*state);
	assert_int_equal(((struct fixture *)*state)->sink.records.len, text.len / 5);
	buf_done(&text);
}

static void test_the_first_start_reads_the_last_mib(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = {0};

	buf_printf(&text, "old\n");
	while (text.len < FOLLOW_FIRST_BYTES + 2)
		buf_printf(&text, "new\n");
	buf_printf(&text, "last\n");
	put(fixture, "one.log", O_APPEND, buf_str(&text));
	start(fixture);
	pass(fixture);
	/* A line is cut at the border and left out, one lies wholly before it. */
	assert_int_equal(fixture->sink.records.len, (FOLLOW_FIRST_BYTES - 5) / 4 + 1);
	assert_true(str_eq(memory_sink_record(&fixture->sink, 0).bytes, STR("new")));
	buf_done(&text);
}

static void test_rotation_by_rename(void **state)
{
	start(*state);
	add(*state, "one.log", "a\n");
	pass(*state);
	add(*state, "one.log", "b\n");
	move(*state, "one.log", "one.log.1");
	add(*state, "one.log", "A\n");
	pass(*state);
	expect(*state, "[a][b][A]");
	/* The writer has not heard of it yet; its very last line has no end. */
	add(*state, "one.log.1", "c\nd");
	pass(*state);
	expect(*state, "[c]");
	for (int i = 0; i < GRACE_PASSES; i++)
		pass(*state);
	expect(*state, "[d]");
	add(*state, "one.log.1", "too late\n");
	add(*state, "one.log", "B\n");
	pass(*state);
	expect(*state, "[B]");
}

static void test_truncation(void **state)
{
	start(*state);
	add(*state, "one.log", "first\nsecond\nhalf");
	pass(*state);
	expect(*state, "[first][second]");
	put(*state, "one.log", O_TRUNC, STR("x\n"));
	pass(*state);
	expect(*state, "[x]");
	/* Grown past the old place before we look: told by the first bytes. */
	put(*state, "one.log", O_TRUNC, STR("longer than all before it\n"));
	pass(*state);
	expect(*state, "[longer than all before it]");
}

static void test_deleted_and_made_again(void **state)
{
	start(*state);
	add(*state, "one.log", "a\n");
	pass(*state);
	unlink(path_of(*state, "one.log"));
	for (int i = 0; i < GRACE_PASSES; i++)
		pass(*state);
	add(*state, "one.log", "b\n");
	pass(*state);
	expect(*state, "[a][b]");
}

static void test_a_line_beyond_the_cap_is_cut(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = {0};

	start(fixture);
	memset(buf_reserve(&text, 6 * COLLECT_RECORD_MAX), 'x', 6 * COLLECT_RECORD_MAX);
	text.len = COLLECT_RECORD_MAX;
	put(fixture, "one.log", O_APPEND, buf_str(&text));
	pass(fixture);
	assert_int_equal(fixture->sink.records.len, 0); /* it may end just here */
	text.len = 5 * COLLECT_RECORD_MAX;
	put(fixture, "one.log", O_APPEND, buf_str(&text));
	pass(fixture);
	assert_int_equal(fixture->sink.records.len, 1);
	assert_int_equal(fixture->sink.records.items[0].bytes.len, COLLECT_RECORD_MAX);
	assert_int_equal(fixture->sink.records.items[0].flags, COLLECT_TRUNCATED);
	fixture->checked = 1;
	add(fixture, "one.log", "still the same line\nnext\n");
	pass(fixture);
	expect(fixture, "[next]");
	buf_done(&text);
}

static void test_a_sink_that_refuses_is_offered_the_same_again(void **state)
{
	struct fixture *fixture = *state;

	start(fixture);
	memory_sink_refuse(&fixture->sink, -EAGAIN);
	add(fixture, "one.log", "a\nb\n");
	pass(fixture);
	pass(fixture);
	assert_int_equal(fixture->sink.refused, 2);
	memory_sink_refuse(&fixture->sink, 0);
	pass(fixture);
	expect(fixture, "[a][b]");
}

static void test_a_restart_goes_on_where_it_was(void **state)
{
	start(*state);
	add(*state, "one.log", "a\nhalf");
	add(*state, "x.many", "x\n");
	pass(*state);
	stop(*state);
	expect(*state, "[a][x]");
	add(*state, "one.log", " and half\nb\n");
	start(*state);
	pass(*state);
	expect(*state, "[half and half][b]");
}

static void test_a_rotation_while_we_do_not_run(void **state)
{
	start(*state);
	add(*state, "one.log", "a\n");
	pass(*state);
	stop(*state);
	expect(*state, "[a]");
	add(*state, "one.log", "b\n");
	move(*state, "one.log", "one.log.1");
	add(*state, "one.log", "c\n");
	start(*state);
	pass(*state);
	expect(*state, "[c][b]");
}

static void test_another_file_at_the_same_inode(void **state)
{
	start(*state);
	add(*state, "one.log", "old content\n");
	pass(*state);
	stop(*state);
	expect(*state, "[old content]");
	put(*state, "one.log", O_TRUNC, STR("new content\nmore\n"));
	start(*state);
	pass(*state);
	expect(*state, "[new content][more]");
}

/* Durable, but not saved: the records are found again in the files. */
static void test_a_crash_repeats_nothing(void **state)
{
	struct fixture *fixture = *state;

	start(fixture);
	add(fixture, "one.log", "a\n");
	pass(fixture);
	durable(fixture);
	pass(fixture); /* saves */
	add(fixture, "one.log", "\nb\r\nc\n");
	add(fixture, "x.many", "x\ny\n");
	pass(fixture);
	crash(fixture);
	durable(fixture);
	expect(fixture, "[a][b][c][x][y]");
	add(fixture, "one.log", "d\n");
	add(fixture, "x.many", "z\n");
	start(fixture);
	pass(fixture);
	expect(fixture, "[d][z]");
}

/* What the sink lost in the crash is read again. */
static void test_a_crash_loses_nothing(void **state)
{
	struct fixture *fixture = *state;

	start(fixture);
	add(fixture, "one.log", "a\n");
	pass(fixture);
	durable(fixture);
	pass(fixture);
	add(fixture, "one.log", "b\nc\n");
	pass(fixture);
	expect(fixture, "[a][b][c]");
	crash(fixture);
	fixture->sink.records.len = fixture->checked = 2;
	start(fixture);
	pass(fixture);
	expect(fixture, "[c]");
}

static void test_a_damaged_state_begins_at_the_end(void **state)
{
	struct fixture *fixture = *state;

	start(fixture);
	add(fixture, "one.log", "a\n");
	pass(fixture);
	stop(fixture);
	expect(fixture, "[a]");
	put(fixture, "state", 0, STR("wanglou fellow"));
	add(fixture, "one.log", "b\n");
	start(fixture);
	assert_int_equal(fixture->notices, 1);
	assert_int_equal(fixture->notice, ERR_CORRUPT);
	add(fixture, "one.log", "c\n");
	pass(fixture);
	expect(fixture, "[c]");
	stop(fixture); /* and it is whole again */
	start(fixture);
	assert_int_equal(fixture->notices, 1);
}

static void test_what_cannot_be_read_is_told_once(void **state)
{
	struct fixture *fixture = *state;
	struct follow_stats stats;

	mkfifo(path_of(fixture, "pipe.many"), 0644);
	start(fixture);
	assert_int_equal(fixture->notice, ERR_REFUSED);
	add(fixture, "one.log", "a\n");
	chmod(path_of(fixture, "one.log"), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	pass(fixture);
	pass(fixture);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(fixture->notices, 2);
	assert_int_equal(fixture->notice, -EACCES);
	follow_stats(fixture->follow, &stats);
	assert_int_equal(stats.denied, 1);
	chmod(path_of(fixture, "one.log"), 0644);
	pass(fixture);
	expect(fixture, "[a]");
	follow_stats(fixture->follow, &stats);
	assert_int_equal(stats.files, 1);
	assert_int_equal(stats.records, 1);
}

/* --- rotation by copying -------------------------------------------------------------------------------- */

#define LONG_LINE                                                                                            \
	"a line long enough that some of them are more than what a file is told apart by, and a copy of it " \
	"can be known\n"

static void test_emptied_and_grown_past_the_place_with_the_same_head(void **state)
{
	start(*state);
	add(*state, "one.log", LONG_LINE LONG_LINE LONG_LINE "a\n");
	pass(*state);
	((struct fixture *)*state)->checked = 4;
	put(*state, "one.log", O_TRUNC, STR(LONG_LINE LONG_LINE LONG_LINE "b\nc\n"));
	pass(*state);
	((struct fixture *)*state)->checked += 3;
	expect(*state, "[b][c]");
}

static void test_emptied_and_as_long_as_before(void **state)
{
	start(*state);
	add(*state, "one.log", "aaa\n");
	pass(*state);
	expect(*state, "[aaa]");
	put(*state, "one.log", O_TRUNC, STR("bbb\n"));
	pass(*state);
	expect(*state, "[bbb]");
}

static void test_a_copy_by_rotation_is_read_where_the_original_was(void **state)
{
	start(*state);
	add(*state, "a.many", LONG_LINE LONG_LINE LONG_LINE "a\n");
	pass(*state);
	((struct fixture *)*state)->checked = 4;
	/* What came before the copy and was not read from the original. */
	put(*state, "a.1.many", O_APPEND, STR(LONG_LINE LONG_LINE LONG_LINE "a\nb\n"));
	put(*state, "a.many", O_TRUNC, STR("c\n"));
	pass(*state);
	expect(*state, "[c][b]");
}

static void test_a_copy_beside_its_original_is_not_read_again(void **state)
{
	start(*state);
	add(*state, "a.many", LONG_LINE LONG_LINE LONG_LINE "a\n");
	pass(*state);
	((struct fixture *)*state)->checked = 4;
	put(*state, "a.1.many", O_APPEND, STR(LONG_LINE LONG_LINE LONG_LINE "a\nb\n"));
	add(*state, "a.many", "b\n");
	pass(*state);
	put(*state, "a.many", O_TRUNC, STR("c\n"));
	pass(*state);
	expect(*state, "[b][c]");
}

/* --- records of several lines --------------------------------------------------------------------------- */

static void rules(struct fixture *fixture, const char *members)
{
	struct buf text = {0};
	struct err err = {0};

	buf_printf(&text, "- files: [%s/one.log]\n%s\n- {files: %s/*.many, source: lines}", fixture->folder,
		   members, fixture->folder);
	assert_int_equal(follow_rules_parse(buf_str(&text), &fixture->rules, &err), 0);
	buf_done(&text);
}

/* The file comes at once and is then quiet; what it gives, and the same where it comes byte by byte. */
static void joins(struct fixture *fixture, const char *members, const char *text, const char *expected)
{
	rules(fixture, members);
	start(fixture);
	add(fixture, "one.log", text);
	for (int i = 0; i < 6; i++)
		pass(fixture);
	expect(fixture, expected);
	unlink(path_of(fixture, "one.log"));
	for (int i = 0; i < GRACE_PASSES; i++)
		pass(fixture);
	for (const char *at = text; *at; at++) {
		put(fixture, "one.log", O_APPEND, str_of(at, 1));
		pass(fixture);
	}
	for (int i = 0; i < 6; i++)
		pass(fixture);
	expect(fixture, expected);
}

static void test_java_stack_traces(void **state)
{
	joins(*state, "  continue: '^\\s|^Caused by: |^\\.\\.\\. \\d+ more'\n  source: campus-card",
	      "2026-03-01 08:00:00 ERROR pay - cannot book\n"
	      "java.lang.IllegalStateException: closed\n\tat edu.example.Pay.book(Pay.java:7)\n"
	      "Caused by: java.io.IOException: reset\n\tat edu.example.Net.read(Net.java:9)\n\t... 3 more\n"
	      "2026-03-01 08:00:01 INFO pay - retried\n",
	      "[2026-03-01 08:00:00 ERROR pay - cannot book]"
	      "[java.lang.IllegalStateException: closed\n\tat edu.example.Pay.book(Pay.java:7)\n"
	      "Caused by: java.io.IOException: reset\n\tat edu.example.Net.read(Net.java:9)\n\t... 3 more]"
	      "[2026-03-01 08:00:01 INFO pay - retried]");
	assert_true(
		str_eq(memory_sink_record(&((struct fixture *)*state)->sink, 0).hint, STR("campus-card")));
}

static void test_tomcat(void **state)
{
	joins(*state, "  start: '^\\d\\d-[A-Z][a-z][a-z]-\\d{4} '",
	      "01-Mar-2026 08:00:00.123 SEVERE [main] org.example.Boot.run Failed\r\n"
	      "\tjava.lang.Error: no\r\n\r\n\t\tat org.example.Boot.run(Boot.java:1)\r\n\r\n"
	      "01-Mar-2026 08:00:01.000 INFO [main] org.example.Boot.run Started\r\n",
	      "[01-Mar-2026 08:00:00.123 SEVERE [main] org.example.Boot.run Failed\r\n"
	      "\tjava.lang.Error: no\r\n\r\n\t\tat org.example.Boot.run(Boot.java:1)]"
	      "[01-Mar-2026 08:00:01.000 INFO [main] org.example.Boot.run Started]");
}

static void test_postgresql(void **state)
{
	joins(*state, "  start: '^\\d{4}-\\d\\d-\\d\\d \\d\\d:'",
	      "2026-03-01 08:00:00.001 CST [77] app@grades LOG:  statement: SELECT 1\n\tFROM t\n\n\tWHERE x\n"
	      "2026-03-01 08:00:00.002 CST [77] app@grades ERROR:  no\n",
	      "[2026-03-01 08:00:00.001 CST [77] app@grades LOG:  statement: SELECT 1\n\tFROM t\n\n\tWHERE x]"
	      "[2026-03-01 08:00:00.002 CST [77] app@grades ERROR:  no]");
}

static void test_mysql_slow_log(void **state)
{
	joins(*state, "  start: '^# Time: '",
	      "# Time: 2026-03-01T00:00:00.000001Z\n# User@Host: app[app] @ db [10.0.0.9]  Id: 7\n"
	      "# Query_time: 12.5  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 9\n"
	      "SET timestamp=1772323200;\nSELECT *\nFROM t;\n"
	      "# Time: 2026-03-01T00:00:09.000001Z\nSELECT 2;\n",
	      "[# Time: 2026-03-01T00:00:00.000001Z\n# User@Host: app[app] @ db [10.0.0.9]  Id: 7\n"
	      "# Query_time: 12.5  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 9\n"
	      "SET timestamp=1772323200;\nSELECT *\nFROM t;]"
	      "[# Time: 2026-03-01T00:00:09.000001Z\nSELECT 2;]");
}

static void test_a_record_waits_for_its_end_or_for_quiet(void **state)
{
	rules(*state, "  start: '^[^ ]'\n  flush: 3");
	start(*state);
	add(*state, "one.log", "a\n 1\n");
	pass(*state);
	pass(*state);
	pass(*state);
	expect(*state, "");
	add(*state, "one.log", " 2\n");
	pass(*state);
	pass(*state);
	pass(*state);
	expect(*state, "");
	pass(*state);
	expect(*state, "[a\n 1\n 2]");
	add(*state, "one.log", " late\nb\n");
	pass(*state);
	expect(*state, "[ late]");
	move(*state, "one.log", "one.log.1");
	for (int i = 0; i < GRACE_PASSES; i++)
		pass(*state);
	expect(*state, "[b]");
}

static void test_the_limits_of_a_record(void **state)
{
	rules(*state, "  start: '^[^ ]'\n  max_lines: 3\n  max_bytes: 10");
	start(*state);
	add(*state, "one.log", "a\n 1\n 2\n 3\n 4\nb\n 1234567\n 89\nc 1234567890123\n 1\nd\n");
	pass(*state);
	expect(*state, "[a\n 1\n 2][ 3\n 4][b\n 1234567][ 89][c 1234567890123][ 1]");
}

/* A moment of quiet ended a record; it is durable, its place is not saved. */
static void test_a_crash_behind_a_record_that_quiet_ended(void **state)
{
	struct fixture *fixture = *state;

	rules(fixture, "  start: '^[^ ]'\n  flush: 2");
	start(fixture);
	add(fixture, "one.log", "first\na\n");
	pass(fixture);
	durable(fixture);
	pass(fixture); /* saves */
	add(fixture, "one.log", " 1\n");
	add(fixture, "x.many", "a\n");
	pass(fixture);
	pass(fixture);
	pass(fixture);
	expect(fixture, "[first][a][a\n 1]");
	crash(fixture);
	add(fixture, "one.log", " 2\nb\n");
	add(fixture, "x.many", "y\n");
	start(fixture);
	pass(fixture);
	pass(fixture);
	pass(fixture);
	expect(fixture, "[ 2][y][b]");
}

/* Whatever is written, read, made durable, lost and crashed: each line comes once, in order. */
static void test_any_crash(void **state)
{
	struct fixture *fixture = *state;
	unsigned seed = 1, line = 0;
	struct buf written = {0}, got = {0};

	rules(fixture, "  start: '^[^ ]'\n  flush: 2\n  max_lines: 4");
	start(fixture);
	for (int step = 0; step < 3000; step++) {
		struct memory_sink *sink = &fixture->sink;
		unsigned dice;

		seed = seed * 1103515245 + 12345;
		dice = seed >> 16;
		if (dice % 8 < 4) {
			size_t before = written.len;

			buf_printf(&written, "%s%u\n", dice & 64 ? " " : "", line++);
			put(fixture, "one.log", O_APPEND, str_from_offset(buf_str(&written), before));
		} else if (dice % 8 < 6) {
			follow_pass(fixture->follow);
		} else if (dice % 8 == 6) {
			durable(fixture);
		} else if (dice & 128) {
			crash(fixture);
			/* What is not durable may be gone. */
			while (sink->records.len && (dice & 256) &&
			       sink->records.items[sink->records.len - 1].seq > sink->durable)
				sink->records.len--;
			durable(fixture); /* what a recovery finds is */
			start(fixture);
		}
	}
	for (int i = 0; i < 6; i++)
		pass(fixture);
	for (size_t i = 0; i < fixture->sink.records.len; i++) {
		buf_add_str(&got, fixture->sink.records.items[i].bytes);
		buf_add_char(&got, '\n');
	}
	assert_string_equal(buf_cstr(&got), buf_cstr(&written));
	buf_done(&got);
	buf_done(&written);
}

static void refused(const char *text, unsigned line, const char *message)
{
	struct follow_rules *none;
	struct err err = {0};

	assert_true(follow_rules_parse(str_from(text), &none, &err) < 0);
	assert_int_equal(err.line, line);
	assert_non_null(strstr(err.message, message));
}

static void test_rules_that_are_wrong(void **state)
{
	(void)state;
	refused("files: /a", 1, "list of at most");
	refused("- start: x", 1, "needs 'files'");
	refused("- files: a.log", 1, "begins with '/'");
	refused("- files: /a\n  start: '('", 2, "");
	refused("- files: /a\n  start: a\n  continue: b", 1, "exclude");
	refused("- files: /a\n  max_lines: 0", 2, "from 1");
	refused("- files: /a\n  max_bytes: 9999999", 2, "to 1048576");
	refused("- files: /a\n  color: red", 2, "'color' is none of");
}

static void test_the_thread(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, "one.log", "a\n");
	start(fixture);
	assert_int_equal(follow_start(fixture->follow), 0);
	assert_true(memory_sink_wait(&fixture->sink, 1));
	add(fixture, "one.log", "b\n");
	assert_true(memory_sink_wait(&fixture->sink, 2));
	stop(fixture);
	expect(fixture, "[a][b]");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_a_file_that_comes_later_is_read_from_its_start),
		TEST(test_the_first_start_reads_the_last_mib),
		TEST(test_rotation_by_rename),
		TEST(test_truncation),
		TEST(test_deleted_and_made_again),
		TEST(test_a_line_beyond_the_cap_is_cut),
		TEST(test_a_sink_that_refuses_is_offered_the_same_again),
		TEST(test_a_restart_goes_on_where_it_was),
		TEST(test_a_rotation_while_we_do_not_run),
		TEST(test_another_file_at_the_same_inode),
		TEST(test_a_crash_repeats_nothing),
		TEST(test_a_crash_loses_nothing),
		TEST(test_a_damaged_state_begins_at_the_end),
		TEST(test_what_cannot_be_read_is_told_once),
		TEST(test_emptied_and_grown_past_the_place_with_the_same_head),
		TEST(test_emptied_and_as_long_as_before),
		TEST(test_a_copy_by_rotation_is_read_where_the_original_was),
		TEST(test_a_copy_beside_its_original_is_not_read_again),
		TEST(test_java_stack_traces),
		TEST(test_tomcat),
		TEST(test_postgresql),
		TEST(test_mysql_slow_log),
		TEST(test_a_record_waits_for_its_end_or_for_quiet),
		TEST(test_the_limits_of_a_record),
		TEST(test_a_crash_behind_a_record_that_quiet_ended),
		TEST(test_any_crash),
		TEST(test_rules_that_are_wrong),
		TEST(test_the_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
