/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "collect/reader_format.h"

#define RECORD_MAX 64

static char root[] = "/tmp/wanglou-test-reader-XXXXXX";
static char path[512];

struct member {
	const char *name;
	struct str content;
};

static int make_root(void **state)
{
	(void)state;
	if (!mkdtemp(root))
		return -1;
	snprintf(path, sizeof(path), "%s/file", root);
	return 0;
}

static int remove_root(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(root);
}

static void write_file(struct str content)
{
	assert_int_equal(io_replace_file(path, content.ptr, content.len, 0600), 0);
}

/* An archive, or, with raw, one compressed file, behind what out holds already. */
static void pack(struct buf *out, int (*format)(struct archive *), int (*filter)(struct archive *),
		 const char *options, const struct member *members, size_t count)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	const size_t room = 1024 * 1024;
	size_t used = 0;

	assert_int_equal(format(archive), ARCHIVE_OK);
	assert_int_equal(filter(archive), ARCHIVE_OK);
	if (options) {
		assert_int_equal(archive_write_set_options(archive, options), ARCHIVE_OK);
		archive_write_set_passphrase(archive, "secret");
	}
	archive_write_set_bytes_in_last_block(archive, 1);
	assert_int_equal(archive_write_open_memory(archive, buf_reserve(out, room), room, &used), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		archive_entry_clear(entry);
		archive_entry_set_pathname(entry, members[i].name);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_size(entry, (int64_t)members[i].content.len);
		archive_entry_set_perm(entry, 0600);
		assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
		archive_write_data(archive, members[i].content.ptr, members[i].content.len);
	}
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
	archive_entry_free(entry);
	out->len += used;
}

/* A format whose file says what happens when it is read: behind "BIN " a letter for each record. */
struct fake {
	char text[64];
	size_t at, len;
};

static bool fake_test(struct str head)
{
	return str_starts(head, STR("BIN "));
}

static int fake_open(int fd, void **ret_state, struct err *ret_err)
{
	static struct fake fake;
	ssize_t n = read(fd, fake.text, sizeof(fake.text));

	/* Nothing of the machine is within reach. */
	must(open("/etc/passwd", O_RDONLY) < 0 && socket(AF_UNIX, SOCK_STREAM, 0) < 0);
	fake.at = 4;
	fake.len = n > 0 ? (size_t)n : 0;
	*ret_state = &fake;
	return fake.len > 4 && fake.text[4] == '!' ? err_set(ret_err, ERR_CORRUPT, 0, 0, "no") : 0;
}

static int fake_next(void *state, struct str *ret_record, struct err *ret_err)
{
	struct fake *fake = state;
	static char many[RECORD_MAX * 2];
	volatile int *nowhere = NULL;

	if (fake->at >= fake->len)
		return ERR_END;
	memset(many, 'x', sizeof(many));
	*ret_record = str_of(fake->text + fake->at, 1);
	switch (fake->text[fake->at++]) {
	case 'L': /* too long */
		*ret_record = str_of(many, sizeof(many));
		break;
	case 'D':
		return err_set(ret_err, ERR_CORRUPT, 0, 0, "damage");
	case 'C': /* crashes */
		signal(SIGSEGV, SIG_DFL);
		*nowhere = 1;
		break;
	case 'Q': /* leaves without a word */
		_exit(0);
	case 'E': /* empty */
		ret_record->len = 0;
		break;
	default:
		break;
	}
	return 0;
}

static void fake_close(void *state)
{
	(void)state;
}

static const struct reader_format fake_format = {"a fake", 200, fake_test, fake_open, fake_next, fake_close};
static const struct reader_format *const formats[] = {&fake_format, NULL};

/* What the reader makes of the file: "member:line:bytes~|" for each record, ~ where it was cut, "!code|" for
   each error. */
static const char *read_all(void)
{
	static struct buf seen;
	struct reader_record record;
	struct reader *reader;
	struct err err = {0};
	uint64_t done, total;
	int r = reader_open(path, RECORD_MAX, formats, &reader, &err);

	buf_clear(&seen);
	if (r < 0) {
		buf_printf(&seen, "!%d|", -r - ERR_BASE);
		return buf_cstr(&seen);
	}
	while ((r = reader_next(reader, &record, &err)) != ERR_END) {
		if (r == 0) {
			assert_in_range(record.bytes.len, 1, RECORD_MAX);
			buf_printf(&seen, "%s:%d:%.*s%s|", record.member, (int)record.line,
				   STR_FMT(record.bytes), record.truncated ? "~" : "");
		} else {
			assert_string_equal(err.file, path);
			assert_true(err.message[0]);
			buf_printf(&seen, "!%d|", err.code == r ? -r - ERR_BASE : 0);
		}
		reader_progress(reader, &done, &total);
		assert_true(done <= total);
	}
	assert_int_equal(reader_next(reader, &record, &err), ERR_END);
	reader_progress(reader, &done, &total);
	assert_int_equal(done, total);
	reader_close(reader);
	return buf_cstr(&seen);
}

static void check(struct str content, const char *expected)
{
	write_file(content);
	assert_string_equal(read_all(), expected);
}

#define A16 "aaaaaaaaaaaaaaaa"
#define A64 A16 A16 A16 A16
#define X16 "xxxxxxxxxxxxxxxx"
#define X64 X16 X16 X16 X16

static void test_lines(void **state)
{
	(void)state;
	check(STR(""), "");
	check(STR("\n\r\n\n"), "");
	check(STR("one"), ":1:one|");
	check(STR("one\ntwo\r\n\nthree"), ":1:one|:2:two|:4:three|");
	check(STR("one\r"), ":1:one|");
	check(STR("o\rne\n"), ":1:o\rne|");
	check(STR("\xEF\xBB\xBF"
		  "one\n"),
	      ":1:one|");
	check(STR("caf\xE9 \xFF\n"), ":1:caf\xE9 \xFF|");
	check(STR("  indented \n"), ":1:  indented |");
}

static void test_long_lines(void **state)
{
	(void)state;
	check(STR(A64 "\nb\n"), ":1:" A64 "|:2:b|");
	check(STR(A64 "\r\nb\n"), ":1:" A64 "|:2:b|");
	check(STR(A64 "x\nb\n"), ":1:" A64 "~|:2:b|");
	check(STR(A64 A64 A64 "\n" A64 A64 "\nb"), ":1:" A64 "~|:2:" A64 "~|:3:b|");
	check(STR(A64 A64 A64), ":1:" A64 "~|");
}

/* A line of megabytes goes past in pieces of the window. */
static void test_huge_line(void **state)
{
	struct buf text = {0};

	(void)state;
	memset(buf_reserve(&text, 3000000), 'a', 3000000);
	text.len = 3000000;
	buf_add_str(&text, STR("\nb\n"));
	write_file(buf_str(&text));
	assert_string_equal(read_all(), ":1:" A64 "~|:2:b|");
	text.ptr[0] = '{';
	text.ptr[1] = '"';
	write_file(buf_str(&text));
	assert_non_null(strstr(read_all(), "~|:2:b|"));
	buf_done(&text);
}

static void test_documents(void **state)
{
	(void)state;
	check(STR("{\"a\":1}\n{\"a\":2}\n"), ":1:{\"a\":1}|:2:{\"a\":2}|");
	check(STR("[1,2]\n[3]\n"), ":1:[1,2]|:2:[3]|");
	check(STR("{\n \"a\": 1\n}\n{\n \"a\": {}\n}\n"), ":1:{\n \"a\": 1\n}|:4:{\n \"a\": {}\n}|");
	check(STR("\n\n{\n}{\n}"), ":3:{\n}|:4:{\n}|");
	check(STR("{\n\"a\": \"}\\\"{\\\\\"\n} {}"), ":1:{\n\"a\": \"}\\\"{\\\\\"\n}|:3:{}|");
	check(STR("[\n {\"a\":1},\n {\"a\":[2]}\n]\n"), ":2:{\"a\":1}|:3:{\"a\":[2]}|");
	check(STR("[{\"a\":1}, {\"a\":\"]\"}, 3, \"x,y\", null ]"),
	      ":1:{\"a\":1}|:1:{\"a\":\"]\"}|:1:3|:1:\"x,y\"|:1:null |");
	check(STR("[]\n[]\n"), ":1:[]|:2:[]|");
	check(STR("{\n\"a\": 1"), ":1:{\n\"a\": 1~|");
	check(STR("{\n}\ngarbage }\n{\n}"), ":1:{\n}|:3:garbage }|:4:{\n}|");
}

/* Log lines that merely begin with a bracket are lines. */
static void test_not_documents(void **state)
{
	(void)state;
	check(STR("[12:00:01] started\n[12:00:02] {\n"), ":1:[12:00:01] started|:2:[12:00:02] {|");
	check(STR("[Sun Nov 22] x\ny\n"), ":1:[Sun Nov 22] x|:2:y|");
	check(STR("{main} thrown\nin a.php\n"), ":1:{main} thrown|:2:in a.php|");
	check(STR("{\"a\":1} x\n{\n"), ":1:{\"a\":1} x|:2:{|");
	/* a first line that was torn does not swallow those behind it */
	check(STR("{\"a\":\"x\"\n{\"b\":1}\n{\"c\":2}\n"), ":1:{\"a\":\"x\"|:2:{\"b\":1}|:3:{\"c\":2}|");
}

/* A document that is too long is cut; one that is never closed ends where the next begins a line. */
static void test_long_documents(void **state)
{
	(void)state;
	check(STR("{\n\"a\":\"" A64 A64 "\"}\n{\n}\n"), ":1:{\n\"a\":\"" A16 A16 A16 "aaaaaaaaa~|:3:{\n}|");
	check(STR("{\n}\n{\n\"a\": {\n" A64 A64 "\n{\n\"b\":2}\n"),
	      ":1:{\n}|:3:{\n\"a\": {\n" A16 A16 A16 "aaaaaaa~|:6:{\n\"b\":2}|");
	/* a line end inside a string: what follows is kept, line by line */
	check(STR("{\n}\n{\n\"a\": \"open\n" A64 A64 "\n{\n\"b\":2}\n"),
	      ":1:{\n}|:3:{\n\"a\": \"open|:5:" A64 "~|:6:{\n\"b\":2}|");
	check(STR("[{\"a\":\"" A64 "\"},{\"b\":2}]"), ":1:{\"a\":\"" A16 A16 A16 "aaaaaaaaaa~|:1:{\"b\":2}|");
}

static void test_compressed(void **state)
{
	static int (*const filters[])(struct archive *) = {
		archive_write_add_filter_gzip, archive_write_add_filter_zstd, archive_write_add_filter_bzip2,
		archive_write_add_filter_xz};
	static const struct member first = {"x", STR("one\ntw")}, second = {"x", STR("o\nthree\n")};

	(void)state;
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct buf file = {0};

		pack(&file, archive_write_set_format_raw, filters[i], NULL, &first, 1);
		write_file(buf_str(&file));
		assert_string_equal(read_all(), ":1:one|:2:tw|");
		pack(&file, archive_write_set_format_raw, filters[i], NULL, &second, 1);
		write_file(buf_str(&file)); /* two frames are one file */
		assert_string_equal(read_all(), ":1:one|:2:two|:3:three|");
		write_file(str_head(buf_str(&file), file.len - 12));
		assert_non_null(strstr(read_all(), "!5|")); /* cut off: ERR_CORRUPT */
		buf_done(&file);
	}
}

static const struct member members[] = {
	{"a.json", STR("{\"a\":1}\n{\"a\":2}")},
	{"__MACOSX/._a.json", STR("\0\5\x16\7\0\2\0\0Mac OS X")},
	{"dir/._b", STR("\0\5\x16\7")},
	{"dir/capture.pcap", STR("\xD4\xC3\xB2\xA1\2\0\4\0\0\0\0\0\0\0\0\0")},
	{"dir/b.log", STR("[1] one\n[2] two\n")},
	{"empty", STR("")},
	{"c", STR("three")},
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))
#define MEMBERS_READ \
	"a.json:1:{\"a\":1}|a.json:2:{\"a\":2}|!9|dir/b.log:1:[1] one|dir/b.log:2:[2] two|c:1:three|"

static void test_archives(void **state)
{
	struct buf file = {0};

	(void)state;
	pack(&file, archive_write_set_format_zip, archive_write_add_filter_none, NULL, members, MEMBERS);
	write_file(buf_str(&file));
	assert_string_equal(read_all(), MEMBERS_READ);
	buf_clear(&file);
	pack(&file, archive_write_set_format_ustar, archive_write_add_filter_gzip, NULL, members, MEMBERS);
	write_file(buf_str(&file));
	assert_string_equal(read_all(), MEMBERS_READ);
	buf_done(&file);
}

static void test_encrypted(void **state)
{
	struct buf file = {0};
	struct reader_record record;
	struct reader *reader;
	struct err err = {0};

	(void)state;
	pack(&file, archive_write_set_format_zip, archive_write_add_filter_none, "zip:encryption=traditional",
	     members, 1);
	write_file(buf_str(&file));
	assert_string_equal(read_all(), "!9|");
	assert_int_equal(reader_open(path, RECORD_MAX, formats, &reader, &err), 0);
	assert_int_equal(reader_next(reader, &record, &err), ERR_REFUSED);
	assert_string_equal(err.message, "a.json: encrypted: unpack it with its password first");
	reader_close(reader);
	buf_done(&file);
}

/* A damaged member costs no record that comes before the damage, and no other member. */
static void test_damaged_archive(void **state)
{
	static const struct member two[] = {{"a", STR("one\ntwo\n")}, {"b", STR("three\n")}};
	struct buf file = {0};
	char *content;

	(void)state;
	pack(&file, archive_write_set_format_zip, archive_write_add_filter_none, "zip:compression=store", two,
	     2);
	content = memmem(file.ptr, file.len, "two\n", 4);
	assert_non_null(content);
	content[0] = 'T'; /* the checksum does not fit any more */
	write_file(buf_str(&file));
	assert_string_equal(read_all(), "a:1:one|a:2:Two|!5|b:1:three|");
	write_file(str_head(buf_str(&file), 60));
	assert_non_null(strstr(read_all(), "!5|"));
	buf_done(&file);
}

static void test_refused(void **state)
{
	static const struct str contents[] = {
		STR("\xD4\xC3\xB2\xA1\2\0\4\0"), STR("\x0A\x0D\x0D\x0A\x1C\0\0\0\x4D\x3C\x2B\x1A"),
		STR("ElfFile\0\0\0\0\0"),        STR("\xFF\xFE{\0\"\0"),
		STR("7z\xBC\xAF\x27\x1C\0\4"),   STR("SQLite format 3\0"),
		STR("text with a \0 in it\n"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++)
		check(contents[i], "!9|");
}

static void test_open_fails(void **state)
{
	struct reader *reader = NULL;
	struct err err = {0};

	(void)state;
	assert_int_equal(reader_open("/nonexistent/file", RECORD_MAX, NULL, &reader, &err), -ENOENT);
	assert_string_equal(err.file, "/nonexistent/file");
	assert_int_equal(reader_open(root, RECORD_MAX, NULL, &reader, &err), -EISDIR);
	assert_null(reader);
	reader_close(NULL);
}

/* Lines that come through a pipe are given as they come, not when the pipe ends. */
static void test_pipe(void **state)
{
	struct reader_record record;
	struct reader *reader;
	struct err err = {0};
	char line[600];
	uint64_t done, total;
	int fds[2];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[59] = '\n';
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dup2(fds[0], 0), 0);
	close(fds[0]);
	assert_int_equal(io_write(fds[1], line, sizeof(line)), 0);
	assert_int_equal(reader_open("-", RECORD_MAX, NULL, &reader, &err), 0);
	assert_int_equal(reader_next(reader, &record, &err), 0); /* would hang */
	assert_int_equal(record.bytes.len, 59);
	close(fds[1]);
	assert_int_equal(reader_next(reader, &record, &err), 0);
	assert_true(record.truncated);
	assert_int_equal(reader_next(reader, &record, &err), ERR_END);
	reader_progress(reader, &done, &total);
	assert_int_equal(done, sizeof(line));
	assert_int_equal(total, 0);
	reader_close(reader);
}

/* A binary format: its records, its damage, and whatever happens to the process that reads it. */
static void test_binary(void **state)
{
	(void)state;
	check(STR("BIN abc"), ":1:a|:2:b|:3:c|");
	check(STR("BIN aDb"), ":1:a|!5|:2:b|");
	check(STR("BIN aEb"), ":1:a|:2:b|");
	check(STR("BIN aLb"), ":1:a|:2:" X64 "~|:3:b|");
	check(STR("BIN "), "");
	check(STR("BIN !a"), "!5|");
	check(STR("BIN abCd"), ":1:a|:2:b|!5|");
	check(STR("BIN abQd"), ":1:a|:2:b|!5|");
	check(STR("BINARY"), ":1:BINARY|");
}

static void test_binary_members(void **state)
{
	char long_one[400];
	const struct member mixed[] = {
		{"a.bin", STR("BIN ab")}, {"b.log", STR("one\ntwo\n")},
		{"c.bin", STR("BIN xC")}, {"d.bin", {long_one, sizeof(long_one)}},
		{"e.bin", STR("BIN z")},
	};
	struct buf file = {0};

	(void)state;
	memset(long_one, 'x', sizeof(long_one));
	memcpy(long_one, "BIN ", 4);
	pack(&file, archive_write_set_format_zip, archive_write_add_filter_none, NULL, mixed, 5);
	check(buf_str(&file), "a.bin:1:a|a.bin:2:b|b.log:1:one|b.log:2:two|c.bin:1:x|!5|!3|e.bin:1:z|");
	buf_clear(&file);
	pack(&file, archive_write_set_format_raw, archive_write_add_filter_gzip, NULL, mixed, 1);
	check(buf_str(&file), ":1:a|:2:b|");
	buf_done(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),          cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_huge_line),      cmocka_unit_test(test_documents),
		cmocka_unit_test(test_not_documents),  cmocka_unit_test(test_long_documents),
		cmocka_unit_test(test_compressed),     cmocka_unit_test(test_archives),
		cmocka_unit_test(test_encrypted),      cmocka_unit_test(test_damaged_archive),
		cmocka_unit_test(test_refused),        cmocka_unit_test(test_open_fails),
		cmocka_unit_test(test_pipe),           cmocka_unit_test(test_binary),
		cmocka_unit_test(test_binary_members),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
