/* SPDX-License-Identifier: Apache-2.0 */
/* Loading from the cache: the same rules, and nothing from a file that could be another's. */
#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "detect/rule_cache.h"

#define RULE(id, value)                                                                                  \
	"title: t\nid: 5b0c2f5e-7a58-4b0e-9d3f-0c5a0a1b2c3" id "\nlogsource: {product: p}\ndetection:\n" \
	"  s: {F: " value "}\n  condition: s\n"

struct lab {
	char folder[64], path[80];
};

static int set_up(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	snprintf(lab->folder, sizeof(lab->folder), "/tmp/rule_cache.XXXXXX");
	assert_non_null(mkdtemp(lab->folder));
	snprintf(lab->path, sizeof(lab->path), "%s/rules.cache", lab->folder);
	*state = lab;
	return 0;
}

static int tear_down(void **state)
{
	struct lab *lab = *state;

	chmod(lab->folder, 0700);
	unlink(lab->path);
	rmdir(lab->folder);
	free(lab);
	return 0;
}

static void ignore(void *context, const struct err *err)
{
	(void)err;
	++*(size_t *)context;
}

/* Loads two rules, and one file that is no YAML; returns how many files came from the cache. */
static size_t load(const struct lab *lab, int *ret_code)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	size_t refused = 0, hits;
	struct err err = {0};
	struct ruleset *set;

	*ret_code = ruleset_cache(builder, lab->path, &err);
	assert_true(*ret_code == 0 || (strstr(err.message, lab->path) && err.code == *ret_code));
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

static void assert_load(const struct lab *lab, int code, size_t hits)
{
	int got_code;
	size_t got = load(lab, &got_code);

	if (got_code != code || got != hits)
		fail_msg("code %d, %zu hits; expected %d, %zu", got_code, got, code, hits);
}

static void read_cache(const struct lab *lab, struct buf *bytes)
{
	buf_clear(bytes);
	assert_int_equal(io_read_file(lab->path, 1 << 20, bytes), 0);
}

static void write_cache(const struct lab *lab, const struct buf *bytes, size_t len)
{
	FILE *file = fopen(lab->path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes->ptr, 1, len, file), len);
	fclose(file);
}

static void test_kept(void **state)
{
	const struct lab *lab = *state;
	struct stat first, second;

	assert_load(lab, 0, 0);
	assert_int_equal(stat(lab->path, &first), 0);
	assert_int_equal(first.st_mode & 0777, 0600);
	assert_load(lab, 0, 2);
	assert_int_equal(stat(lab->path, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino); /* nothing new, nothing written */
}

/* Any byte of the header and some of the others, some lengths: either not used at all, or used right; made
 * anew where not. */
static void test_damage(void **state)
{
	const struct lab *lab = *state;
	struct buf bytes = {0};
	int code;

	assert_load(lab, 0, 0);
	read_cache(lab, &bytes);
	for (size_t i = 0; i < bytes.len; i += i < 24 ? 3 : 11) {
		bytes.ptr[i] ^= 0x10;
		write_cache(lab, &bytes, bytes.len);
		bytes.ptr[i] ^= 0x10;
		assert_int_equal(load(lab, &code), 0);
		assert_int_equal(code, i < 16 ? ERR_VERSION : ERR_CORRUPT);
	}
	for (size_t len = 1; len < bytes.len; len += 13) {
		write_cache(lab, &bytes, len);
		assert_int_equal(load(lab, &code), 0);
		assert_true(code == ERR_VERSION || code == ERR_CORRUPT);
	}
	assert_load(lab, 0, 2);
	buf_done(&bytes);
}

/* An entry whose tree belongs to no text is not used, though sums and lengths are right. */
static void test_wrong_tree(void **state)
{
	const struct lab *lab = *state;
	struct buf bytes = {0};
	uint64_t sum;

	assert_load(lab, 0, 0);
	read_cache(lab, &bytes);
	bytes.ptr[bytes.len - 1] = (char)0xff;
	sum = hash_bytes(bytes.ptr + 24, bytes.len - 24);
	memcpy(bytes.ptr + 16, &sum, sizeof(sum));
	write_cache(lab, &bytes, bytes.len);
	assert_load(lab, 0, 1);
	assert_load(lab, 0, 2);
	buf_done(&bytes);
}

static void test_owner(void **state)
{
	const struct lab *lab = *state;
	char other[128];
	int code;

	assert_load(lab, 0, 0);
	chmod(lab->path, 0620);
	assert_load(lab, ERR_DENIED, 0);
	assert_load(lab, 0, 2); /* made anew, as the folder is ours alone */
	chmod(lab->folder, 0770);
	assert_load(lab, ERR_DENIED, 0);
	chmod(lab->folder, 0707);
	assert_load(lab, ERR_DENIED, 0);
	chmod(lab->folder, 0755);
	assert_load(lab, 0, 2);
	snprintf(other, sizeof(other), "%s/other", lab->folder);
	assert_int_equal(rename(lab->path, other), 0);
	assert_int_equal(symlink("other", lab->path), 0);
	assert_int_equal(load(lab, &code), 0);
	assert_true(code < 0);
	unlink(other);
	if (geteuid() == 0) { /* another's file in a folder of ours, and the other way round */
		assert_load(lab, 0, 2);
		assert_int_equal(chown(lab->path, 65534, 65534), 0);
		assert_load(lab, ERR_DENIED, 0);
		assert_int_equal(chown(lab->folder, 65534, 65534), 0);
		assert_load(lab, ERR_DENIED, 0);
		assert_int_equal(chown(lab->folder, 0, 0), 0);
	}
}

static void test_no_folder(void **state)
{
	struct lab lab = **(struct lab **)state;

	snprintf(lab.path, sizeof(lab.path), "%.60s/no/where", lab.folder);
	assert_load(&lab, -ENOENT, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damage, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrong_tree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_owner, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_folder, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
