/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

static char root[] = "/tmp/wanglou-test-io-XXXXXX";

static const char *at(const char *name)
{
	static char path[4][512];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", root, name);
	return path[turn];
}

static int make_root(void **state)
{
	(void)state;
	return !mkdtemp(root);
}

static int remove_root(void **state)
{
	char command[600];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", root);
	return system(command);
}

static void test_replace_and_read(void **state)
{
	struct buf buf = {0};
	struct stat status;

	(void)state;
	assert_int_equal(io_replace_file(at("file"), "one", 3, 0640), 0);
	assert_int_equal(io_replace_file(at("file"), "second", 6, 0640), 0);
	buf_add_str(&buf, STR("> "));
	assert_int_equal(io_read_file(at("file"), 6, &buf), 0);
	assert_string_equal(buf_cstr(&buf), "> second");
	assert_int_equal(io_read_file(at("file"), 5, &buf), ERR_LIMIT);
	assert_int_equal(buf.len, 8); /* as before */
	assert_int_equal(io_read_file(at("none"), 5, &buf), -ENOENT);
	assert_int_equal(io_read_file(root, 5, &buf), -EISDIR);
	buf_clear(&buf);
	assert_int_equal(io_read_strange_file(at("file"), 6, &buf), 0);
	assert_int_equal(buf.len, 6);
	assert_int_equal(symlink("file", at("link")), 0);
	assert_int_equal(io_read_strange_file(at("link"), 6, &buf), -ELOOP);
	assert_int_equal(mkfifo(at("pipe"), 0600), 0);
	assert_int_equal(io_read_strange_file(at("pipe"), 6, &buf), -EINVAL);
	assert_int_equal(io_read_strange_file(root, 6, &buf), -EINVAL);
	assert_int_equal(buf.len, 6);
	assert_int_equal(stat(at("file.new"), &status), -1); /* nothing left behind */
	assert_int_equal(io_replace_file(at("no/such"), "x", 1, 0600), -ENOENT);
	buf_done(&buf);
}

static void test_large_file(void **state)
{
	struct buf out = {0}, in = {0};

	(void)state;
	for (uint32_t i = 0; i < 70000; i++)
		buf_add_u32(&out, i);
	assert_int_equal(io_replace_file(at("large"), out.ptr, out.len, 0600), 0);
	assert_int_equal(io_read_file(at("large"), out.len, &in), 0);
	assert_int_equal(in.len, out.len);
	assert_memory_equal(in.ptr, out.ptr, in.len);
	buf_clear(&in);
	assert_int_equal(io_read_file(at("large"), out.len - 1, &in), ERR_LIMIT);
	buf_done(&out);
	buf_done(&in);
}

static void test_pipe(void **state)
{
	char bytes[8] = "";
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(io_write(fds[1], "abc", 3), 0);
	close(fds[1]);
	assert_int_equal(io_read(fds[0], bytes, sizeof(bytes)), 3);
	assert_int_equal(io_read(fds[0], bytes, sizeof(bytes)), 0);
	assert_int_equal(io_write(fds[0], "abc", 3), -EBADF);
	close(fds[0]);
	assert_int_equal(io_read(-1, bytes, 1), -EBADF);
}

static void test_make_folder(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(io_make_folder(at("a/b/c"), 0700), 0);
	assert_int_equal(io_make_folder(at("a/b/c/"), 0700), 0);
	assert_int_equal(stat(at("a/b/c"), &status), 0);
	assert_true(S_ISDIR(status.st_mode));
	assert_int_equal(io_sync_folder(at("a")), 0);
	assert_int_equal(io_replace_file(at("a/file"), "", 0, 0600), 0);
	assert_int_equal(io_make_folder(at("a/file"), 0700), -ENOTDIR);
	assert_int_equal(io_make_folder(at("a/file/b"), 0700), -ENOTDIR);
	assert_int_equal(io_make_folder("", 0700), -ENOENT);
}

static int visit(const char *file, void *context)
{
	buf_printf(context, "%s ", file + strlen(root) + 1);
	return 0;
}

static int visit_once(const char *file, void *context)
{
	visit(file, context);
	return 7;
}

static void test_walk(void **state)
{
	static const char *const files[] = {"walk/z.yml",       "walk/b/x.yml",    "walk/a.yml",
					    "walk/.hidden.yml", "walk/.git/c.yml", "walk/b.txt"};
	struct buf seen = {0};

	(void)state;
	io_make_folder(at("walk/b"), 0700);
	io_make_folder(at("walk/.git"), 0700);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_int_equal(io_replace_file(at(files[i]), "x", 1, 0600), 0);
	assert_int_equal(symlink("nowhere", at("walk/dangling.yml")), 0); /* one bad link must not end it */
	assert_int_equal(io_walk(at("walk"), ".yml", visit, &seen), 0);
	assert_string_equal(buf_cstr(&seen), "walk/a.yml walk/b/x.yml walk/z.yml ");
	buf_clear(&seen);
	assert_int_equal(io_walk(at("walk"), "", visit_once, &seen), 7);
	assert_string_equal(buf_cstr(&seen), "walk/a.yml ");
	buf_clear(&seen);
	assert_int_equal(io_walk(at("walk/b.txt"), ".yml", visit, &seen), 0);
	assert_string_equal(buf_cstr(&seen), "walk/b.txt ");
	assert_int_equal(io_walk(at("none"), "", visit, &seen), -ENOENT);
	assert_int_equal(symlink(".", at("walk/b/loop")), 0);
	assert_int_equal(io_walk(at("walk"), ".none", visit, &seen), -ELOOP);
	buf_done(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replace_and_read),
		cmocka_unit_test(test_large_file),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_make_folder),
		cmocka_unit_test(test_walk),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
