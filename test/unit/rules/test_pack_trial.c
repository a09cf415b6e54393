/* SPDX-License-Identifier: Apache-2.0 */
/* Packs that were uploaded: tried without being in force, put in force as they were shown, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "rules/edit.h"
#include "rules/pack.h"
#include "rules/pack_trial.h"

#define ID(n) n n n n n n n n "-1111-4111-8111-111111111111"
#define RULE(n, title) \
	"title: " title "\nid: " ID(n) "\nlogsource: {product: p}\ndetection: {s: {A: 1}, condition: s}\n"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct lab {
	char root[64], own[80], folder[80], unpacked[80];
	struct rules_paths paths;
	struct arena *arena;
	bool refuse; /* the audit trail is away */
	char recorded[64];
};

struct entry {
	const char *name, *text;
};

static int set_up(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	snprintf(lab->root, sizeof(lab->root), "/tmp/trial-XXXXXX");
	assert_non_null(mkdtemp(lab->root));
	snprintf(lab->own, sizeof(lab->own), "%s/own", lab->root);
	snprintf(lab->folder, sizeof(lab->folder), "%s/data", lab->root);
	snprintf(lab->unpacked, sizeof(lab->unpacked), "%s/unpacked", lab->root);
	assert_int_equal(io_make_folder(lab->own, 0755), 0);
	assert_int_equal(io_make_folder(lab->unpacked, 0755), 0);
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

static void upload(struct lab *lab, const char *version, const struct entry *entries, size_t count,
		   struct pack_trial *ret_trial)
{
	struct archive *archive = archive_write_new();
	static char bytes[65536];
	size_t used = 0;

	assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(archive, bytes, sizeof(bytes), &used), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, entries[i].name);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, (int64_t)strlen(entries[i].text));
		assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
		archive_write_data(archive, entries[i].text, strlen(entries[i].text));
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
	*ret_trial = (struct pack_trial){
		.name = STR("p"), .version = str_from(version), .origin = STR("规则.zip"), .by = STR("shen")};
	assert_int_equal(pack_trial_add(lab->folder, ret_trial, str_of(bytes, used)), 0);
}

/* The report as it is now; the caller's. */
static json_t *report_of(const struct lab *lab, const struct pack_trial *trial)
{
	struct buf text = {0};
	json_t *report;

	assert_int_equal(pack_trial_report_read(lab->unpacked, str_from(trial->id), &text), 0);
	report = json_loadb(text.ptr, text.len, 0, NULL);
	assert_non_null(report);
	buf_done(&text);
	return report;
}

static const char *text_in(const json_t *report, const char *key)
{
	const char *text = json_string_value(json_object_get(report, key));

	return text ? text : "";
}

static int record(void *context, const char *action, struct str object, struct str detail)
{
	struct lab *lab = context;

	(void)object, (void)detail;
	snprintf(lab->recorded, sizeof(lab->recorded), "%s", action);
	return lab->refuse ? ERR_DENIED : 0;
}

static void ignore(void *context, const struct err *err)
{
	(void)context, (void)err;
}

static void begin(struct lab *lab, struct rule_edit *edit)
{
	const struct rule_edit_options options = {.paths = &lab->paths,
						  .author = STR("shen"),
						  .record = record,
						  .context = lab,
						  .report = ignore};
	struct err err = {0};

	assert_int_equal(rule_edit_begin(edit, &options, &err), 0);
}

static int enforce(struct lab *lab, const struct pack_trial *trial, const char *version, const char *base,
		   const char *sha256)
{
	const struct pack_seen seen = {str_from(version), str_from(base), str_from(sha256)};
	struct pack_manifest manifest;
	struct rule_edit edit;
	struct err err = {0};
	int r;

	begin(lab, &edit);
	r = pack_trial_enforce(&edit, lab->unpacked, str_from(trial->id), &seen, STR("why"), &manifest, &err);
	rule_edit_done(&edit);
	return r;
}

/* The version in force, in the lab's arena. */
static struct str version_of(struct lab *lab)
{
	const struct pack_setting *pack;
	struct settings settings;
	struct str version = {0};

	assert_int_equal(settings_read(&settings, lab->arena, lab->folder, ignore, NULL), 0);
	pack = settings_pack(&settings, STR("p"));
	if (pack)
		version = pack->version;
	settings_done(&settings);
	return version;
}

static void put_in_force(struct lab *lab, const char *version, const struct entry *entries, size_t count)
{
	struct str before = version_of(lab);
	struct pack_trial trial;
	json_t *report;

	upload(lab, version, entries, count, &trial);
	assert_true(pack_trial_turn(&lab->paths, lab->unpacked));
	report = report_of(lab, &trial);
	assert_int_equal(
		enforce(lab, &trial, version, before.len ? before.ptr : "", text_in(report, "sha256")), 0);
	json_decref(report);
	assert_int_equal(pack_trial_remove(lab->folder, str_from(trial.id)), 0);
}

static const struct entry first[] = {{"r/a.yml", RULE("a", "A")},
				     {"r/b.yml", RULE("b", "B")},
				     {"r/bad.yml", "title: bad\n"},
				     {"LICENSE", "MIT License\n"}},
			  second[] = {{"r/a.yml", RULE("a", "A 2")}, {"r/c.yml", RULE("c", "B")}};

static void test_new(void **state)
{
	struct lab *lab = *state;
	struct pack_trial trial;
	struct buf text = {0};
	json_t *report;

	assert_false(pack_trial_turn(&lab->paths, lab->unpacked));
	upload(lab, "1", first, COUNT(first), &trial);
	assert_int_equal(pack_trial_report_read(lab->unpacked, str_from(trial.id), &text), ERR_END);
	assert_true(pack_trial_turn(&lab->paths, lab->unpacked));
	assert_false(pack_trial_turn(&lab->paths, lab->unpacked));
	report = report_of(lab, &trial);
	assert_string_equal(text_in(report, "state"), "done");
	assert_string_equal(text_in(report, "licence"), "MIT License");
	assert_string_equal(text_in(report, "base"), "");
	assert_int_equal(json_integer_value(json_object_get(report, "loaded")), 2);
	assert_int_equal(json_array_size(json_object_get(report, "reasons")), 1);
	assert_string_equal(text_in(json_array_get(json_object_get(report, "reasons"), 0), "file"),
			    "r/bad.yml");
	assert_int_equal(version_of(lab).len, 0); /* nothing is in force yet */
	/* What was not seen is not put in force, and not what nobody may. */
	assert_int_equal(enforce(lab, &trial, "1", "", "0000"), ERR_BUSY);
	assert_int_equal(enforce(lab, &trial, "1", "0", text_in(report, "sha256")), ERR_BUSY);
	lab->refuse = true;
	assert_int_equal(enforce(lab, &trial, "1", "", text_in(report, "sha256")), ERR_DENIED);
	assert_int_equal(version_of(lab).len, 0);
	lab->refuse = false;
	assert_int_equal(enforce(lab, &trial, "1", "", text_in(report, "sha256")), 0);
	assert_string_equal(lab->recorded, "rules.import");
	assert_true(str_eq(version_of(lab), STR("1")));
	json_decref(report);
	/* Dropped by core, deleted by the hunt process. */
	assert_int_equal(pack_trial_remove(lab->folder, str_from(trial.id)), 0);
	assert_false(pack_trial_turn(&lab->paths, lab->unpacked));
	assert_int_equal(pack_trial_report_read(lab->unpacked, str_from(trial.id), &text), ERR_END);
	assert_int_equal(access(pack_trial_stage(lab->unpacked, str_from(trial.id), lab->arena), F_OK), -1);
}

/* What comes, changes and goes; and whose settings lose their rule. */
static void test_upgrade(void **state)
{
	struct lab *lab = *state;
	struct pack_trial trial;
	struct rule_edit edit;
	struct err err = {0};
	json_t *report, *lost;

	put_in_force(lab, "1", first, COUNT(first));
	begin(lab, &edit);
	for (size_t i = 0; i < ruleset_count(edit.set); i++)
		if (str_eq(ruleset_info(edit.set, i)->title, STR("B")))
			assert_int_equal(
				rule_edit_switch(&edit, ruleset_info(edit.set, i), false, STR("x"), &err), 0);
	rule_edit_done(&edit);
	upload(lab, "2", second, COUNT(second), &trial);
	assert_true(pack_trial_turn(&lab->paths, lab->unpacked));
	report = report_of(lab, &trial);
	assert_string_equal(text_in(report, "base"), "1");
	assert_int_equal(json_array_size(json_object_get(report, "items")), 3);
	lost = json_array_get(json_object_get(report, "lost"), 0);
	assert_string_equal(text_in(lost, "id"), ID("b"));
	assert_string_equal(text_in(lost, "heir"), ID("c"));
	assert_true(json_is_true(json_object_get(lost, "setting")));
	assert_true(json_is_false(json_object_get(lost, "exception")));
	json_decref(report);
	/* The same once more, under another name: said. */
	upload(lab, "3", first, COUNT(first), &trial);
	assert_true(pack_trial_turn(&lab->paths, lab->unpacked));
	report = report_of(lab, &trial);
	assert_true(json_is_true(json_object_get(report, "same")));
	json_decref(report);
}

static void test_back(void **state)
{
	static const char *const versions[] = {"1", "2", "3", "4", "5", "6", "7"};
	struct lab *lab = *state;
	const struct pack_manifest *kept;
	struct rule_edit edit;
	struct err err = {0};
	size_t count = 0;

	for (size_t i = 0; i < COUNT(versions); i++)
		put_in_force(lab, versions[i], i % 2 ? second : first, i % 2 ? COUNT(second) : COUNT(first));
	assert_int_equal(pack_versions(&lab->paths, STR("p"), lab->arena, &kept, &count), 0);
	assert_int_equal(count, PACK_VERSIONS_KEPT);
	assert_true(str_eq(kept[0].version, STR("7")));
	begin(lab, &edit);
	assert_int_equal(rule_edit_roll_back(&edit, settings_pack(&edit.settings, STR("p")), STR("1"),
					     STR(""), NULL, &err),
			 ERR_END);
	assert_int_equal(rule_edit_roll_back(&edit, settings_pack(&edit.settings, STR("p")), STR("../.."),
					     STR(""), NULL, &err),
			 ERR_END);
	assert_int_equal(rule_edit_roll_back(&edit, settings_pack(&edit.settings, STR("p")), STR("3"),
					     STR(""), NULL, &err),
			 0);
	assert_string_equal(lab->recorded, "rules.rollback");
	rule_edit_done(&edit);
	assert_true(str_eq(version_of(lab), STR("3")));
	/* The version before is kept, old as it is. */
	put_in_force(lab, "8", second, COUNT(second));
	assert_int_equal(pack_versions(&lab->paths, STR("p"), lab->arena, &kept, &count), 0);
	assert_int_equal(count, PACK_VERSIONS_KEPT);
	assert_true(str_eq(kept[count - 1].version, STR("3")));
	begin(lab, &edit);
	assert_int_equal(rule_edit_remove_pack(&edit, settings_pack(&edit.settings, STR("p")), STR(""), &err),
			 0);
	rule_edit_done(&edit);
	assert_int_equal(version_of(lab).len, 0);
	assert_true(pack_versions(&lab->paths, STR("p"), lab->arena, &kept, &count) < 0);
}

/* What ends the process that unpacks is not tried for ever. */
static void test_ended(void **state)
{
	struct lab *lab = *state;
	struct pack_trial trial;
	char path[160];
	json_t *report;

	upload(lab, "1", first, COUNT(first), &trial);
	snprintf(path, sizeof(path), "%s/%s.json", lab->unpacked, trial.id);
	assert_int_equal(io_replace_file(path, "{\"state\":\"running\"}", 19, 0640), 0);
	assert_false(pack_trial_turn(&lab->paths, lab->unpacked));
	pack_trial_start(lab->unpacked);
	report = report_of(lab, &trial);
	assert_string_equal(text_in(report, "state"), "failed");
	json_decref(report);
}

/* What the hunt process left is not trusted: links lead nowhere. */
static void test_links(void **state)
{
	struct lab *lab = *state;
	char stage[128], path[160], secret[128];
	struct pack_import import = {.source = stage, .staged = true, .name = STR("p"), .version = STR("1")};
	struct pack_manifest manifest;
	struct err err = {0};

	snprintf(secret, sizeof(secret), "%s/secret", lab->root);
	snprintf(stage, sizeof(stage), "%s/x", lab->unpacked);
	snprintf(path, sizeof(path), "%s/rules", stage);
	assert_int_equal(io_make_folder(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/rules/a.yml", stage);
	assert_int_equal(io_replace_file(path, RULE("a", "A"), strlen(RULE("a", "A")), 0644), 0);
	assert_int_equal(io_replace_file(secret, "secret", 6, 0600), 0);
	snprintf(path, sizeof(path), "%s/LICENSE", stage);
	assert_int_equal(symlink(secret, path), 0);
	assert_true(pack_stage(&lab->paths, &import, lab->arena, &manifest, &err) < 0);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/rules/b.yml", stage);
	assert_int_equal(symlink(secret, path), 0);
	assert_int_equal(pack_stage(&lab->paths, &import, lab->arena, &manifest, &err), 0);
	assert_int_equal(manifest.files, 1);
	pack_unstage(&lab->paths);
	snprintf(path, sizeof(path), "%s/y", lab->unpacked);
	assert_int_equal(symlink(stage, path), 0);
	import.source = path;
	assert_true(pack_stage(&lab->paths, &import, lab->arena, &manifest, &err) < 0);
}

static void test_hostile(void **state)
{
	static const struct entry escaping[] = {{"../../a.yml", RULE("a", "A")}};
	struct lab *lab = *state;
	struct pack_trial trial, other;
	json_t *report;

	upload(lab, "1", escaping, 1, &trial);
	assert_true(pack_trial_turn(&lab->paths, lab->unpacked));
	report = report_of(lab, &trial);
	assert_string_equal(text_in(report, "state"), "failed");
	assert_non_null(strstr(text_in(report, "reason"), "such a name is not taken"));
	json_decref(report);
	assert_int_equal(enforce(lab, &trial, "1", "", ""), ERR_END);
	/* No archive: said with the name that its owner knows. */
	other = (struct pack_trial){.name = STR("p"), .origin = STR("规则.zip"), .by = STR("other")};
	assert_int_equal(pack_trial_add(lab->folder, &other, STR("no archive")), 0);
	assert_true(pack_trial_turn(&lab->paths, lab->unpacked));
	report = report_of(lab, &other);
	assert_memory_equal(text_in(report, "reason"), "规则.zip: ", strlen("规则.zip: "));
	json_decref(report);
	/* In the language of who asks, whatever the process speaks. */
	words_speak(WORDS_CHINESE);
	other = (struct pack_trial){.name = STR("p"), .origin = STR("规则.zip"), .by = STR("other")};
	assert_int_equal(pack_trial_add(lab->folder, &other, STR("no archive")), 0);
	words_speak(WORDS_ENGLISH);
	assert_true(pack_trial_turn(&lab->paths, lab->unpacked));
	assert_int_equal(words_spoken(), WORDS_ENGLISH);
	report = report_of(lab, &other);
	assert_non_null(strstr(text_in(report, "reason"), "没有导入任何内容"));
	json_decref(report);
	/* One a person; few altogether. */
	upload(lab, "1", first, COUNT(first), &trial);
	for (int i = 0; i < PACK_TRIALS_MAX - 2; i++) {
		other.by = arena_printf(lab->arena, "person %d", i);
		assert_int_equal(pack_trial_add(lab->folder, &other, STR("x")), 0);
	}
	other.by = STR("one more");
	assert_int_equal(pack_trial_add(lab->folder, &other, STR("x")), ERR_BUSY);
	upload(lab, "1", first, COUNT(first), &trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(test_new),   TEST(test_upgrade), TEST(test_back),
		TEST(test_links), TEST(test_ended),   TEST(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
