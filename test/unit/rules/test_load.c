/* SPDX-License-Identifier: Apache-2.0 */
/* The rule set of a platform: own rules, packs, exceptions and what was switched off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "detect/filter.h"
#include "rules/rules.h"

#define ID(n) n n n n n n n n "-1111-4111-8111-111111111111"
#define RULE(n, title) \
	"title: " title "\nid: " ID(n) "\nlogsource: {product: p}\ndetection: {s: {A: 1}, condition: s}\n"

struct lab {
	char root[64], own[80], folder[80];
	struct rules_paths paths;
	unsigned said;
	char message[ERR_MESSAGE_MAX];
};

static void say(void *context, const struct err *err)
{
	struct lab *lab = context;

	lab->said++;
	snprintf(lab->message, sizeof(lab->message), "%s", err->message);
}

static void put(const struct lab *lab, const char *name, const char *text)
{
	char path[256], folder[256];

	snprintf(path, sizeof(path), "%s/%s", lab->root, name);
	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = 0;
	assert_int_equal(io_make_folder(folder, 0755), 0);
	assert_int_equal(io_replace_file(path, text, strlen(text), 0644), 0);
}

static int set_up(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	snprintf(lab->root, sizeof(lab->root), "/tmp/rules-XXXXXX");
	assert_non_null(mkdtemp(lab->root));
	snprintf(lab->own, sizeof(lab->own), "%s/own", lab->root);
	snprintf(lab->folder, sizeof(lab->folder), "%s/data", lab->root);
	lab->paths = (struct rules_paths){lab->own, lab->folder};
	put(lab, "own/a.yml", RULE("a", "A"));
	put(lab, "own/b.yml", RULE("b", "B") "suppress: {for: 1h}\n");
	*state = lab;
	return 0;
}

static int tear_down(void **state)
{
	struct lab *lab = *state;
	char line[128];

	snprintf(line, sizeof(line), "rm -r %s", lab->root);
	assert_int_equal(system(line), 0);
	free(lab);
	return 0;
}

/* The titles of the rules, in order. */
static void expect(struct lab *lab, const char *titles, unsigned said)
{
	struct ruleset *set;
	char found[64] = "";

	lab->said = 0;
	assert_int_equal(rules_load(&lab->paths, say, lab, &set), 0);
	for (size_t i = 0; i < ruleset_count(set); i++)
		strncat(found, ruleset_info(set, i)->title.ptr, 1);
	assert_string_equal(found, titles);
	assert_int_equal(lab->said, said);
	ruleset_free(set);
}

static void test_switches(void **state)
{
	struct lab *lab = *state;

	expect(lab, "AB", 0);
	put(lab, "data/settings.yaml", "rules: {" ID("a") ": {enabled: false}}\n");
	expect(lab, "B", 0);
	put(lab, "data/packs/x/1/rules/c.yml", RULE("c", "C"));
	put(lab, "data/packs/x/2/rules/d.yml", RULE("d", "D") "---\n" RULE("c", "C"));
	expect(lab, "B", 0); /* nobody switched to it */
	put(lab, "data/settings.yaml", "packs: {x: {version: 1}}\n");
	expect(lab, "ABC", 0);
	put(lab, "data/settings.yaml", "packs: {x: {version: 2}}\n");
	expect(lab, "ABDC", 0);
	put(lab, "data/settings.yaml", "packs: {x: {version: 2, enabled: false}}\n");
	expect(lab, "AB", 0);
	put(lab, "data/settings.yaml",
	    "rules: {" ID("d") ": {enabled: true}}\npacks: {x: {version: 2, enabled: false}}\n");
	expect(lab, "ABD", 0);
	put(lab, "data/settings.yaml", "packs: {x: {version: 3}}\n"); /* its folder is gone */
	expect(lab, "AB", 0);
	put(lab, "data/settings.yaml", "packs: {x: {version: 2}, y: {enabled: 7, version: 1}}\n");
	expect(lab, "ABDC", 1);
}

static void test_own_wins(void **state)
{
	struct lab *lab = *state;

	put(lab, "data/packs/x/1/rules/a.yml", RULE("a", "Other"));
	put(lab, "data/settings.yaml", "packs: {x: {version: 1}}\n");
	expect(lab, "AB", 1);
	assert_non_null(strstr(lab->message, "own/a.yml has the same id"));
}

static void test_suppress(void **state)
{
	struct lab *lab = *state;
	struct ruleset *set;

	put(lab, "data/settings.yaml",
	    "rules:\n  " ID("a") ": {suppress: {by: [x], for: 2h}}\n  " ID("b") ": {suppress: none}\n");
	assert_int_equal(rules_load(&lab->paths, say, lab, &set), 0);
	assert_int_equal(ruleset_info(set, 0)->suppress.span, 2 * CLOCK_HOUR);
	assert_int_equal(ruleset_info(set, 0)->suppress.by_count, 1);
	assert_int_equal(ruleset_info(set, 1)->suppress.span, 0);
	ruleset_free(set);
}

static void test_exceptions(void **state)
{
	struct lab *lab = *state;
	struct ruleset *set;

	put(lab, "data/exceptions/f.yml",
	    "title: f\nfilter: {rules: [" ID("a") "], x: {B: 1}, condition: not x}\n");
	assert_int_equal(rules_load(&lab->paths, say, lab, &set), 0);
	assert_int_equal(ruleset_filter_count(set), 1);
	assert_int_equal(ruleset_filter(set, 0)->applied, 1);
	ruleset_free(set);
}

static void test_all(void **state)
{
	struct lab *lab = *state;
	struct settings settings;
	struct ruleset *set;

	put(lab, "data/packs/x/1/rules/c.yml", RULE("c", "C"));
	put(lab, "data/settings.yaml",
	    "rules: {" ID("a") ": {enabled: false}}\npacks: {x: {version: 1, enabled: false}}\n");
	assert_int_equal(rules_load_all(&lab->paths, say, lab, &set, &settings), 0);
	assert_int_equal(ruleset_count(set), 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(rules_is_on(&lab->paths, &settings, ruleset_info(set, i)), i == 1);
	assert_true(str_eq(rules_pack_of(&lab->paths, ruleset_info(set, 0)), STR("own")));
	assert_true(str_eq(rules_pack_of(&lab->paths, ruleset_info(set, 2)), STR("x")));
	settings_done(&settings);
	ruleset_free(set);
}

static void test_stamp(void **state)
{
	struct lab *lab = *state;
	uint64_t stamp = rules_stamp(&lab->paths);
	static const char *const files[] = {"own/c.yml", "data/settings.yaml", "data/exceptions/f.yml",
					    "own/c.yml"};

	assert_true(stamp == rules_stamp(&lab->paths));
	for (size_t i = 0; i < 4; i++) {
		put(lab, files[i], "# changed\n");
		assert_true(stamp != rules_stamp(&lab->paths));
		stamp = rules_stamp(&lab->paths);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(test_switches),   TEST(test_own_wins), TEST(test_suppress),
		TEST(test_exceptions), TEST(test_all),      TEST(test_stamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
