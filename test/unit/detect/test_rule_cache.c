/* SPDX-License-Identifier: Apache-2.0 */
/* Loading from the cache: the same rules, and nothing from a file that could be another's. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "detect/rule_cache.h"

#define RULE(id, value)                                                                                  \
	"title: t\nid: 5b0c2f5e-7a58-4b0e-9d3f-0c5a0a1b2c3" id "\nlogsource: {product: p}\ndetection:\n" \
	"  s: {F: " value "}\n  condition: s\n"

struct place {
	char folder[64], path[80];
	char files[2][80];
};

/* How long ago, by the clock of the cache, files were changed that are changed now. */
static int64_t passed;

int64_t __real_clock_now(void);
int64_t __wrap_clock_now(void);
int64_t __wrap_clock_now(void)
{
	return __real_clock_now() + passed;
}

/* Whether the file system keeps the time of change by seconds. */
static bool whole_seconds;

int __real_io_read_file_status(const char *path, size_t max, struct buf *buf, struct stat *ret_status);
int __wrap_io_read_file_status(const char *path, size_t max, struct buf *buf, struct stat *ret_status);
int __wrap_io_read_file_status(const char *path, size_t max, struct buf *buf, struct stat *ret_status)
{
	int r = __real_io_read_file_status(path, max, buf, ret_status);

	if (whole_seconds)
		ret_status->st_ctim.tv_nsec = 0;
	return r;
}

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	snprintf(place->folder, sizeof(place->folder), "/tmp/rule_cache.XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->path, sizeof(place->path), "%s/rules.cache", place->folder);
	for (size_t i = 0; i < 2; i++)
		snprintf(place->files[i], sizeof(place->files[i]), "%s/%c.yml", place->folder,
			 (char)('a' + i));
	passed = CLOCK_MINUTE;
	whole_seconds = false;
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	chmod(place->folder, 0700);
	unlink(place->path);
	unlink(place->files[0]);
	unlink(place->files[1]);
	rmdir(place->folder);
	free(place);
	return 0;
}

static void ignore(void *context, const struct err *err)
{
	(void)err;
	++*(size_t *)context;
}

/* Loads two rules, and one file that is no YAML; returns how many files came from the cache. */
static size_t load(const struct place *place, int *ret_code)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	size_t refused = 0, hits;
	struct err err = {0};
	struct ruleset *set;

	*ret_code = ruleset_cache(builder, place->path, &err);
	assert_true(*ret_code == 0 || (strstr(err.message, place->path) && err.code == *ret_code));
	ruleset_add_text(builder, "a.yml", STR(RULE("1", "one")), ignore, &refused);
	ruleset_add_text(builder, "b.yml", STR(RULE("2", "two")), ignore, &refused);
	ruleset_add_text(builder, "c.yml", STR("{"), ignore, &refused);
	assert_int_equal(refused, 1);
	set = ruleset_build(builder, false);
	assert_int_equal(ruleset_count(set), 2);
	assert_true(str_eq(ruleset_info(set, 1)->file, STR("b.yml")));
	hits = ruleset_cached_files(set);
	ruleset_free(set);
	return hits;
}

static void assert_load(const struct place *place, int code, size_t hits)
{
	int got_code;
	size_t got = load(place, &got_code);

	if (got_code != code || got != hits)
		fail_msg("code %d, %zu hits; expected %d, %zu", got_code, got, code, hits);
}

static void read_cache(const struct place *place, struct buf *bytes)
{
	buf_clear(bytes);
	assert_int_equal(io_read_file(place->path, 1 << 20, bytes), 0);
}

static void write_cache(const struct place *place, const struct buf *bytes, size_t len)
{
	FILE *file = fopen(place->path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes->ptr, 1, len, file), len);
	fclose(file);
}

static void test_kept(void **state)
{
	const struct place *place = *state;
	struct stat first, second;

	assert_load(place, 0, 0);
	assert_int_equal(stat(place->path, &first), 0);
	assert_int_equal(first.st_mode & 0777, 0600);
	assert_load(place, 0, 2);
	assert_int_equal(stat(place->path, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino); /* nothing new, nothing written */
}

/* Any byte of the header and some of the others, some lengths: either not used at all, or used right; made
 * anew where not. */
static void test_damage(void **state)
{
	const struct place *place = *state;
	struct buf bytes = {0};
	int code;

	assert_load(place, 0, 0);
	read_cache(place, &bytes);
	for (size_t i = 0; i < bytes.len; i += i < 24 ? 3 : 11) {
		bytes.ptr[i] ^= 0x10;
		write_cache(place, &bytes, bytes.len);
		bytes.ptr[i] ^= 0x10;
		assert_int_equal(load(place, &code), 0);
		assert_int_equal(code, i < 16 ? ERR_VERSION : ERR_CORRUPT);
	}
	for (size_t len = 1; len < bytes.len; len += 13) {
		write_cache(place, &bytes, len);
		assert_int_equal(load(place, &code), 0);
		assert_true(code == ERR_VERSION || code == ERR_CORRUPT);
	}
	assert_load(place, 0, 2);
	buf_done(&bytes);
}

/* An entry whose tree belongs to no text is not used, though sums and lengths are right. */
static void test_wrong_tree(void **state)
{
	const struct place *place = *state;
	struct buf bytes = {0};
	uint64_t sum;

	assert_load(place, 0, 0);
	read_cache(place, &bytes);
	bytes.ptr[bytes.len - 1] = (char)0xff;
	sum = hash_bytes(bytes.ptr + 24, bytes.len - 24);
	memcpy(bytes.ptr + 16, &sum, sizeof(sum));
	write_cache(place, &bytes, bytes.len);
	assert_load(place, 0, 1);
	assert_load(place, 0, 2);
	buf_done(&bytes);
}

static void test_owner(void **state)
{
	const struct place *place = *state;
	char other[128];
	int code;

	assert_load(place, 0, 0);
	chmod(place->path, 0620);
	assert_load(place, ERR_DENIED, 0);
	assert_load(place, 0, 2); /* made anew, as the folder is ours alone */
	chmod(place->folder, 0770);
	assert_load(place, ERR_DENIED, 0);
	chmod(place->folder, 0707);
	assert_load(place, ERR_DENIED, 0);
	chmod(place->folder, 0755);
	assert_load(place, 0, 2);
	snprintf(other, sizeof(other), "%s/other", place->folder);
	assert_int_equal(rename(place->path, other), 0);
	assert_int_equal(symlink("other", place->path), 0);
	assert_int_equal(load(place, &code), 0);
	assert_true(code < 0);
	unlink(other);
	if (geteuid() == 0) { /* another's file in a folder of ours, and the other way round */
		assert_load(place, 0, 2);
		assert_int_equal(chown(place->path, 65534, 65534), 0);
		assert_load(place, ERR_DENIED, 0);
		assert_int_equal(chown(place->folder, 65534, 65534), 0);
		assert_load(place, ERR_DENIED, 0);
		assert_int_equal(chown(place->folder, 0, 0), 0);
	}
}

static void test_no_folder(void **state)
{
	struct place place = **(struct place **)state;

	snprintf(place.path, sizeof(place.path), "%.60s/no/where", place.folder);
	assert_load(&place, -ENOENT, 0);
}

#define FILE_SIZE 44 /* of what the cache keeps of a file: device, inode, size, times, entry */

/* -- files that need not be read ----------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void assert_one_read(struct rule_cache *cache, const char *path, const char *text)
{
	struct arena *arena = arena_new(0);
	struct rule_yaml yaml = {0};
	struct err err = {0};

	assert_int_equal(rule_cache_read(cache, path, arena, &yaml, &err), 0);
	assert_true(str_eq(yaml.text, str_from(text)));
	assert_int_equal(yaml.count, 1);
	assert_true(
		str_eq(yaml_text(yaml_get(yaml.docs[0], "k"), STR("")), str_of(text + 3, strlen(text) - 4)));
	arena_free(arena);
}

/* Loads the files, NULL for those that are not there, which must hold "k: …\n" as given; so many must come
   without being read. */
static void assert_files(const struct place *place, const char *first, const char *second, size_t unread)
{
	struct rule_cache *cache;
	struct err err = {0};

	assert_int_equal(rule_cache_open(place->path, &cache, &err), 0);
	if (first)
		assert_one_read(cache, place->files[0], first);
	if (second)
		assert_one_read(cache, place->files[1], second);
	assert_int_equal(rule_cache_unread(cache), unread);
	assert_int_equal(rule_cache_save(cache), 0);
	rule_cache_free(cache);
}

static ino_t cache_inode(const struct place *place)
{
	struct stat status;

	assert_int_equal(stat(place->path, &status), 0);
	return status.st_ino;
}

static void set_modified(const char *path, struct timespec modified)
{
	const struct timespec times[2] = {modified, modified};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_unread(void **state)
{
	const struct place *place = *state;
	ino_t inode;

	write_file(place->files[0], "k: one\n");
	write_file(place->files[1], "k: two\n");
	assert_files(place, "k: one\n", "k: two\n", 0);
	inode = cache_inode(place);
	assert_files(place, "k: one\n", "k: two\n", 2);
	assert_int_equal(cache_inode(place), inode); /* nothing new, nothing written */
	assert_int_equal(chmod(place->files[0], 0600), 0);
	assert_files(place, "k: one\n", "k: two\n", 1);
	assert_files(place, "k: one\n", "k: two\n", 2);
}

/* As an archive's or a copy's that keeps times: only the time of change says that it is another text. */
static void test_same_size_and_time(void **state)
{
	const struct place *place = *state;
	struct stat status;

	write_file(place->files[0], "k: one\n");
	assert_files(place, "k: one\n", NULL, 0);
	assert_files(place, "k: one\n", NULL, 1);
	assert_int_equal(stat(place->files[0], &status), 0);
	write_file(place->files[0], "k: two\n");
	set_modified(place->files[0], status.st_mtim);
	assert_files(place, "k: two\n", NULL, 0);
	write_file(place->files[1], "k: six\n");
	set_modified(place->files[1], status.st_mtim);
	assert_int_equal(rename(place->files[1], place->files[0]), 0);
	assert_files(place, "k: six\n", NULL, 0);
	assert_files(place, "k: six\n", NULL, 1);
}

/* What was changed while the clock may not have ticked since, or is ahead of it, is read again. */
static void test_not_at_rest(void **state)
{
	const struct place *place = *state;

	write_file(place->files[0], "k: one\n");
	passed = 0;
	assert_files(place, "k: one\n", NULL, 0);
	assert_files(place, "k: one\n", NULL, 0);
	set_modified(place->files[0], (struct timespec){0}); /* that much anybody can say */
	assert_files(place, "k: one\n", NULL, 0);
	assert_files(place, "k: one\n", NULL, 0);
	passed = -CLOCK_DAY; /* set back */
	assert_files(place, "k: one\n", NULL, 0);
	assert_files(place, "k: one\n", NULL, 0);
	passed = CLOCK_MINUTE;
	assert_files(place, "k: one\n", NULL, 0);
	assert_files(place, "k: one\n", NULL, 1);
	set_modified(place->files[0],
		     (struct timespec){(time_t)((clock_now() + CLOCK_DAY) / CLOCK_SECOND), 0});
	assert_files(place, "k: one\n", NULL, 0);
	assert_files(place, "k: one\n", NULL, 0);
}

/* Where the time of change is that of an image, or known by seconds only, a file is not remembered. */
static void test_whole_seconds(void **state)
{
	const struct place *place = *state;
	struct arena *arena = arena_new(0);
	struct rule_cache *cache;
	struct rule_yaml yaml;
	struct stat status;
	struct err err = {0};

	write_file(place->files[0], "k: one\n");
	assert_int_equal(stat(place->files[0], &status), 0);
	status.st_ctim.tv_nsec = 0;
	whole_seconds = true;
	assert_int_equal(rule_cache_open(place->path, &cache, &err), 0);
	assert_one_read(cache, place->files[0], "k: one\n");
	assert_false(rule_cache_knows(cache, &status, arena, &yaml));
	whole_seconds = false;
	assert_one_read(cache, place->files[0], "k: one\n");
	assert_int_equal(stat(place->files[0], &status), 0);
	assert_true(rule_cache_knows(cache, &status, arena, &yaml));
	rule_cache_free(cache);
	arena_free(arena);
}

static void test_added_and_removed(void **state)
{
	const struct place *place = *state;
	struct rule_cache *cache;
	struct rule_yaml yaml;
	struct err err = {0};
	struct buf bytes = {0};
	size_t len;

	write_file(place->files[0], "k: one\n");
	assert_files(place, "k: one\n", NULL, 0);
	read_cache(place, &bytes);
	len = bytes.len;
	write_file(place->files[1], "k: two\n");
	assert_files(place, "k: one\n", "k: two\n", 1);
	assert_files(place, "k: one\n", "k: two\n", 2);
	unlink(place->files[1]);
	assert_int_equal(rule_cache_open(place->path, &cache, &err), 0);
	assert_int_equal(rule_cache_read(cache, place->files[1], NULL, &yaml, &err), -ENOENT);
	rule_cache_free(cache);
	assert_files(place, "k: one\n", NULL, 1);
	read_cache(place, &bytes);
	assert_int_equal(bytes.len, len); /* what is gone is not kept */
	buf_done(&bytes);
}

/* Two files of one text, and one under two names. */
static void test_same_text(void **state)
{
	const struct place *place = *state;
	struct buf bytes = {0};
	ino_t inode;
	size_t len;

	write_file(place->files[0], "k: one\n");
	write_file(place->files[1], "k: one\n");
	assert_files(place, "k: one\n", "k: one\n", 0);
	assert_files(place, "k: one\n", "k: one\n", 2);
	read_cache(place, &bytes);
	len = bytes.len;
	unlink(place->files[1]);
	assert_files(place, "k: one\n", NULL, 1);
	read_cache(place, &bytes);
	assert_int_equal(bytes.len, len - FILE_SIZE);
	buf_done(&bytes);
	assert_int_equal(link(place->files[0], place->files[1]), 0);
	assert_files(place, "k: one\n", "k: one\n", 1); /* a link changes a file, so it is read once */
	inode = cache_inode(place);
	assert_files(place, "k: one\n", "k: one\n", 2);
	assert_int_equal(cache_inode(place), inode);
}

/* Damage to what is kept of a file, though the checksum is right: refused where it cannot be, else the file
   is read. */
static void test_wrong_facts(void **state)
{
	const struct place *place = *state;
	struct buf bytes = {0};

	write_file(place->files[0], "k: one\n");
	assert_files(place, "k: one\n", NULL, 0);
	read_cache(place, &bytes);
	for (size_t i = 0; i < FILE_SIZE; i++) {
		bool refused = (i >= 16 && i < 24) || i >= 40; /* size, entry */
		struct rule_cache *cache;
		uint64_t sum;

		bytes.ptr[bytes.len - FILE_SIZE + i] ^= 0x10;
		sum = hash_bytes(bytes.ptr + 24, bytes.len - 24);
		memcpy(bytes.ptr + 16, &sum, sizeof(sum));
		assert_int_equal(rule_cache_from(buf_str(&bytes), &cache), refused ? ERR_CORRUPT : 0);
		assert_one_read(cache, place->files[0], "k: one\n");
		assert_int_equal(rule_cache_unread(cache), 0);
		rule_cache_free(cache);
		bytes.ptr[bytes.len - FILE_SIZE + i] ^= 0x10;
	}
	for (size_t len = 24; len < bytes.len; len++) {
		bool whole = len == bytes.len - FILE_SIZE; /* no file at all */
		struct rule_cache *cache;
		uint64_t sum = hash_bytes(bytes.ptr + 24, len - 24);

		memcpy(bytes.ptr + 16, &sum, sizeof(sum));
		assert_int_equal(rule_cache_from(str_of(bytes.ptr, len), &cache), whole ? 0 : ERR_CORRUPT);
		rule_cache_free(cache);
	}
	buf_done(&bytes);
}

/* Where the tree does not belong to the text, the file is read and parsed. */
static void test_wrong_tree_of_file(void **state)
{
	const struct place *place = *state;
	struct buf bytes = {0};
	uint64_t sum;

	write_file(place->files[0], "k: one\n");
	assert_files(place, "k: one\n", NULL, 0);
	read_cache(place, &bytes);
	bytes.ptr[bytes.len - FILE_SIZE - 1] = (char)0xff;
	sum = hash_bytes(bytes.ptr + 24, bytes.len - 24);
	memcpy(bytes.ptr + 16, &sum, sizeof(sum));
	write_cache(place, &bytes, bytes.len);
	assert_files(place, "k: one\n", NULL, 0);
	assert_files(place, "k: one\n", NULL, 1);
	buf_done(&bytes);
}

/* A set made of files that were not read is as one of files that were, their texts included. */
static void test_rules_of_files(void **state)
{
	const struct place *place = *state;

	write_file(place->files[0], RULE("1", "one"));
	write_file(place->files[1], RULE("2", "two"));
	for (size_t i = 0; i < 3; i++) {
		struct ruleset_builder *builder = ruleset_builder_new();
		size_t refused = 0;
		struct ruleset *set;

		assert_int_equal(ruleset_cache(builder, place->path, NULL), 0);
		assert_int_equal(ruleset_add(builder, place->folder, ignore, &refused), 0);
		set = ruleset_build(builder, false);
		assert_int_equal(refused, 0);
		assert_int_equal(ruleset_count(set), 2);
		assert_int_equal(ruleset_cached_files(set), i ? 2 : 0);
		assert_true(str_eq(ruleset_info(set, 1)->yaml, STR(RULE("2", "two"))));
		assert_true(str_eq(ruleset_info(set, 1)->file, str_from(place->files[1])));
		ruleset_free(set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damage, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrong_tree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_owner, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_folder, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_same_size_and_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_at_rest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whole_seconds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_added_and_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_same_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrong_facts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrong_tree_of_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rules_of_files, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
