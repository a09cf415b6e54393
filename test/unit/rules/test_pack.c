/* SPDX-License-Identifier: Apache-2.0 */
/* Packs out of folders and archives: what is taken, what ends the import, and that nothing is left then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "rules/pack.h"

#define RULE                                                                                               \
	"title: r\nid: 11111111-1111-4111-8111-111111111111\nlogsource: {product: p}\ndetection: {s: {A: " \
	"1}, condition: s}\n"

struct lab {
	char root[64], zip[96], own[96], folder[96];
	struct rules_paths paths;
	struct arena *arena;
};

struct entry {
	const char *name, *content;
	unsigned type;    /* AE_IF…; 0: a file */
	const char *link; /* of a link */
};

static int set_up(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	snprintf(lab->root, sizeof(lab->root), "/tmp/pack-XXXXXX");
	assert_non_null(mkdtemp(lab->root));
	snprintf(lab->zip, sizeof(lab->zip), "%s/p.zip", lab->root);
	snprintf(lab->own, sizeof(lab->own), "%s/own", lab->root);
	snprintf(lab->folder, sizeof(lab->folder), "%s/data", lab->root);
	lab->paths = (struct rules_paths){lab->own, lab->folder};
	lab->arena = arena_new(0);
	*state = lab;
	return 0;
}

static int tear_down(void **state)
{
	struct lab *lab = *state;
	char line[128];

	snprintf(line, sizeof(line), "rm -r %s", lab->root);
	assert_int_equal(system(line), 0);
	arena_free(lab->arena);
	free(lab);
	return 0;
}

static void make_archive(const struct lab *lab, const struct entry *entries, size_t count)
{
	struct archive *archive = archive_write_new();

	assert_int_equal(archive_write_set_format_pax_restricted(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(archive, lab->zip), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		struct archive_entry *entry = archive_entry_new();
		const char *content = entries[i].content ? entries[i].content : "";

		archive_entry_set_pathname(entry, entries[i].name);
		archive_entry_set_filetype(entry, entries[i].type ? entries[i].type : AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, entries[i].type ? 0 : (int64_t)strlen(content));
		if (entries[i].link)
			archive_entry_set_symlink(entry, entries[i].link);
		assert_true(archive_write_header(archive, entry) >= ARCHIVE_WARN);
		if (!entries[i].type)
			archive_write_data(archive, content, strlen(content));
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
}

static int stage(struct lab *lab, struct pack_manifest *manifest, struct err *err)
{
	struct pack_import import = {.source = lab->zip,
				     .name = STR("p"),
				     .version = STR("1"),
				     .origin = STR("o"),
				     .author = STR("a")};

	return pack_stage(&lab->paths, &import, lab->arena, manifest, err);
}

static void test_names(void **state)
{
	static const struct {
		const char *path;
		bool good;
	} cases[] = {
		{"a.yml", true},
		{"a/b/c.yml", true},
		{"规则/甲.yml", true},
		{"a b/c.yml", true},
		{"", false},
		{"/a.yml", false},
		{"../a.yml", false},
		{"a/../b.yml", false},
		{"a/..", false},
		{"a//b.yml", false},
		{"./a.yml", false},
		{"a\\b.yml", false},
		{"a\nb.yml", false},
		{"a/", false},
		{"\xff.yml", false},
		{"a/b/..c.yml", true},
		{"..a/b.yml", true},
		{"a/.", false},
		{"1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", false},
	};
	char many[PACK_PATH_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (pack_path_is_good(str_from(cases[i].path)) != cases[i].good)
			fail_msg("%s", cases[i].path);
	memset(many, 'a', sizeof(many));
	assert_false(pack_path_is_good(str_of(many, 256)));
	assert_false(pack_path_is_good(str_of(many, PACK_PATH_MAX + 1)));
}

static void test_hostile(void **state)
{
	static const struct {
		struct entry entry;
		const char *reason;
	} cases[] = {
		{{"../out.yml", RULE, 0, NULL}, "such a name is not taken"},
		{{"a/../../out.yml", RULE, 0, NULL}, "such a name is not taken"},
		{{"/tmp/pack-out.yml", RULE, 0, NULL}, "such a name is not taken"},
		{{"../out.txt", RULE, 0, NULL}, "such a name is not taken"}, /* whatever it is */
		{{"link.yml", NULL, AE_IFLNK, "/etc/passwd"}, "links and devices"},
		{{"folder", NULL, AE_IFLNK, "/tmp"}, "links and devices"},
		{{"pipe.yml", NULL, AE_IFIFO, NULL}, "links and devices"},
		{{"a/good.yml", RULE, 0, NULL}, "the name is there twice"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct entry entries[] = {{"a/good.yml", RULE, 0, NULL}, cases[i].entry};
		struct lab *lab = *state;
		struct pack_manifest manifest;
		struct err err = {0};
		char path[128];

		make_archive(lab, entries, 2);
		assert_true(stage(lab, &manifest, &err) < 0);
		if (!strstr(err.message, cases[i].reason))
			fail_msg("%s: %s", cases[i].entry.name, err.message);
		snprintf(path, sizeof(path), "%s/packs/.new", lab->folder);
		assert_int_not_equal(access(path, F_OK), 0);
		snprintf(path, sizeof(path), "%s/out.yml", lab->folder);
		assert_int_not_equal(access(path, F_OK), 0);
	}
	assert_int_not_equal(access("/tmp/pack-out.yml", F_OK), 0);
}

static bool is_there(const struct lab *lab, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/packs/p/1/%s", lab->folder, name);
	return access(path, F_OK) == 0;
}

static void test_taken(void **state)
{
	static const struct entry entries[] = {
		{"pack/rules/good.yml", RULE, 0, NULL},
		{"pack/rules/bad.yml", "title: no\n", 0, NULL},
		{"pack/deep/LICENSE", "deep\n", 0, NULL},
		{"pack/LICENSE.md", "\n# The Licence of Rules\nmore\n", 0, NULL},
		{"pack/.github/workflow.yml", "on: push\n", 0, NULL},
		{"pack/readme.txt", "x", 0, NULL},
		{"pack/tool.sh", "x", 0, NULL},
	};
	struct lab *lab = *state;
	struct pack_manifest manifest, read;
	struct err err = {0};

	make_archive(lab, entries, sizeof(entries) / sizeof(entries[0]));
	assert_int_equal(stage(lab, &manifest, &err), 0);
	assert_int_equal(manifest.files, 2);
	assert_int_equal(manifest.loaded, 1);
	assert_int_equal(manifest.refused, 1);
	assert_true(str_eq(manifest.licence, STR("The Licence of Rules")));
	assert_int_equal(pack_place(&lab->paths, &manifest, &err), 0);
	assert_true(is_there(lab, "rules/pack/rules/good.yml") && is_there(lab, "LICENSE"));
	assert_false(is_there(lab, "rules/pack/readme.txt") || is_there(lab, "rules/pack/.github"));
	assert_int_equal(pack_manifest_read(&lab->paths, STR("p"), STR("1"), lab->arena, &read, &err), 0);
	assert_true(str_eq(read.sha256, manifest.sha256) && read.sha256.len == 64);
	assert_int_equal(read.refused, 1);
	/* The same again is fine, other content under the same version is not. */
	assert_int_equal(stage(lab, &manifest, &err), 0);
	assert_int_equal(pack_place(&lab->paths, &manifest, &err), 0);
	make_archive(lab, entries, 1);
	assert_int_equal(stage(lab, &manifest, &err), 0);
	assert_int_equal(pack_place(&lab->paths, &manifest, &err), ERR_DUPLICATE);
	assert_true(is_there(lab, "rules/pack/rules/bad.yml"));
	assert_int_equal(pack_delete(&lab->paths, STR("p"), (struct str){0}), 0);
	assert_false(is_there(lab, "rules"));
}

static void test_nothing(void **state)
{
	static const struct entry none[] = {{"readme.txt", "x", 0, NULL}},
				  bad[] = {{"a.yml", "a: [", 0, NULL}};
	struct lab *lab = *state;
	struct pack_manifest manifest;
	struct err err = {0};

	make_archive(lab, none, 1);
	assert_int_equal(stage(lab, &manifest, &err), ERR_END);
	make_archive(lab, bad, 1);
	assert_int_equal(stage(lab, &manifest, &err), ERR_SYNTAX);
	assert_int_equal(io_replace_file(lab->zip, "PK\3\4 no archive", 15, 0644), 0);
	assert_true(stage(lab, &manifest, &err) < 0);
}

/* Links in a folder are not followed. */
static void test_folder(void **state)
{
	struct lab *lab = *state;
	struct pack_manifest manifest;
	struct pack_import import = {.source = lab->own, .name = STR("p"), .version = STR("1")};
	struct err err = {0};
	char path[256];

	assert_int_equal(io_make_folder(lab->own, 0755), 0);
	snprintf(path, sizeof(path), "%s/a.yml", lab->own);
	assert_int_equal(io_replace_file(path, RULE, strlen(RULE), 0644), 0);
	snprintf(path, sizeof(path), "%s/b.yml", lab->own);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/c", lab->own);
	assert_int_equal(symlink("/", path), 0);
	snprintf(path, sizeof(path), "%s/LICENSE", lab->root);
	assert_int_equal(io_replace_file(path, "Beside\n", 7, 0644), 0);
	assert_int_equal(pack_stage(&lab->paths, &import, lab->arena, &manifest, &err), 0);
	assert_int_equal(manifest.files, 1);
	assert_true(str_eq(manifest.licence, STR("Beside")));
	pack_unstage(&lab->paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(test_names), TEST(test_hostile), TEST(test_taken), TEST(test_nothing), TEST(test_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
