/* SPDX-License-Identifier: Apache-2.0 */
/* settings.yaml: what is read, what is reported, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "rules/settings.h"

#define A "aaaaaaaa-1111-4111-8111-111111111111"
#define B "bbbbbbbb-1111-4111-8111-111111111111"

struct said {
	unsigned count, lines[8];
	char message[ERR_MESSAGE_MAX];
};

static void say(void *context, const struct err *err)
{
	struct said *said = context;

	if (said->count < 8)
		said->lines[said->count] = err->line;
	said->count++;
	snprintf(said->message, sizeof(said->message), "%s", err->message);
}

static void parse(const char *text, struct settings *settings, struct said *said)
{
	*said = (struct said){0};
	settings_parse(settings, arena_new(0), "settings.yaml", str_from(text), say, said);
}

static void done(struct settings *settings)
{
	struct arena *arena = settings->arena;

	settings_done(settings);
	arena_free(arena);
}

static void check_both(const struct settings *settings)
{
	const struct rule_setting *a = settings_rule(settings, STR(A)), *b = settings_rule(settings, STR(B));
	const struct pack_setting *pack = settings_pack(settings, STR("sigmahq"));

	assert_true(a && a->enabled == SWITCH_OFF && !a->has_suppress &&
		    str_eq(a->reason, STR("it is \"loud\"")));
	assert_true(b && b->enabled == SWITCH_UNSET && b->has_suppress);
	assert_int_equal(b->suppress.span, 2 * CLOCK_HOUR);
	assert_int_equal(b->suppress.by_count, 2);
	assert_true(str_eq(b->suppress.by[1], STR("user.name")));
	assert_true(pack && !pack->enabled && str_eq(pack->version, STR("2026-11-01")) &&
		    str_eq(pack->previous, STR("2026-10-01")));
}

#define GOOD                                                                                           \
	"rules:\n  AAAAAAAA-1111-4111-8111-111111111111: {enabled: false, reason: 'it is \"loud\"'}\n" \
	"  " B ":\n    suppress: {by: [source.ip, user.name], for: 2h}\n"                              \
	"packs:\n  sigmahq: {enabled: false, version: 2026-11-01, previous: 2026-10-01}\n"

/* What is written reads the same; twice written is the same text. */
static void test_round(void **state)
{
	struct settings settings, again;
	struct said said;
	struct buf first = {0}, second = {0};

	(void)state;
	parse(GOOD, &settings, &said);
	assert_int_equal(said.count, 0);
	check_both(&settings);
	settings_format(&settings, &first);
	parse(buf_cstr(&first), &again, &said);
	assert_int_equal(said.count, 0);
	check_both(&again);
	settings_format(&again, &second);
	assert_string_equal(buf_cstr(&first), buf_cstr(&second));
	buf_done(&first);
	buf_done(&second);
	done(&settings);
	done(&again);
}

static void test_wrong(void **state)
{
	static const struct {
		const char *text, *reason;
		unsigned line;
	} cases[] = {
		{GOOD "rule: {}\n", "means nothing here", 7},
		{GOOD "  x: {version: ../../etc}\n", "names no version", 7},
		{GOOD "  ../x: {version: 1}\n", "no name of a pack", 7},
		{GOOD "  y: {enabled: true}\n", "names no version", 7},
		{GOOD "  y: {enabled: perhaps, version: 1}\n", "true or false", 7},
		{"rules:\n  7: {enabled: false}\n", "not the id of a rule", 2},
		{"# one\npacks: [a]\n", "must be a mapping", 2},
		{"[a, b]\n", "one mapping", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct settings settings;
		struct said said;

		parse(cases[i].text, &settings, &said);
		if (!said.count || !strstr(said.message, cases[i].reason) ||
		    (cases[i].line && said.lines[said.count - 1] != cases[i].line))
			fail_msg("case %zu: line %u: %s", i, said.lines[0], said.message);
		assert_int_equal(settings.wrong, said.count);
		if (i < 5)
			check_both(&settings);
		assert_int_equal(settings_write(&settings, "/nowhere"), ERR_SYNTAX);
		done(&settings);
	}
}

/* One slip that makes the file no YAML at all: the rest holds. */
static void test_broken(void **state)
{
	struct settings settings;
	struct said said;

	(void)state;
	parse("# by hand\nrules:\n  " A ":\n    enabled: false\n    reason: \"it is \\\"loud\\\"\"\n"
	      "  cccccccc-1111-4111-8111-111111111111:\n    enabled: false\n    reason: [oops\n"
	      "  " B ":\n    suppress: {by: [source.ip, user.name], for: 2h}\n"
	      "packs:\n  sigmahq:\n    version: 2026-11-01\n    previous: 2026-10-01\n    enabled: false\n",
	      &settings, &said);
	assert_true(said.count >= 2);
	for (unsigned i = 0; i < said.count; i++)
		assert_in_range(said.lines[i], 6, 10);
	check_both(&settings);
	assert_null(settings_rule(&settings, STR("cccccccc-1111-4111-8111-111111111111")));
	done(&settings);
}

static void test_file(void **state)
{
	char folder[] = "/tmp/settings-XXXXXX", path[64];
	struct settings settings;
	struct said said = {0};
	struct arena *arena = arena_new(0);
	int lock;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(settings_read(&settings, arena, folder, say, &said), 0);
	settings_edit_rule(&settings, STR(A))->enabled = SWITCH_OFF;
	settings_edit_pack(&settings, STR("p"))->version = STR("1");
	lock = settings_lock(folder);
	assert_true(lock >= 0);
	assert_int_equal(settings_lock(folder), ERR_BUSY);
	settings_unlock(lock);
	assert_int_equal(settings_write(&settings, folder), 0);
	settings_done(&settings);
	assert_int_equal(settings_read(&settings, arena, folder, say, &said), 0);
	assert_int_equal(said.count, 0);
	assert_int_equal(settings_rule(&settings, STR(A))->enabled, SWITCH_OFF);
	settings_drop_pack(&settings, STR("p"));
	assert_null(settings_pack(&settings, STR("p")));
	settings_done(&settings);
	arena_free(arena);
	snprintf(path, sizeof(path), "rm -r %s", folder);
	assert_int_equal(system(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
