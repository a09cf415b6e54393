/* SPDX-License-Identifier: Apache-2.0 */
/* Files of content/onboarding: what loads, what is refused and where; those that are shipped are whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "onboarding/onboarding.h"

static const char *content;

#define HEAD "id: box\nkind: network\ntransport: syslog_udp\nname: {zh: 盒子, en: box}\n"
#define TRIED "tried: a box (test/e2e/test-box)\n"
#define STEPS "steps: [{zh: 做, en: do, file: box.conf, snippet: 'send {{host}}:{{port}}'}]\n"
#define TEST "test: {zh: 说, en: say}\n"

static int parse(const char *text, struct arena *arena, struct onboarding **ret_item, struct err *err)
{
	*err = (struct err){0};
	return onboarding_parse(str_from(text), arena, ret_item, err);
}

static void test_whole(void **state)
{
	struct arena *arena = arena_new(0);
	struct onboarding *item = NULL;
	struct err err;

	(void)state;
	assert_int_equal(parse(HEAD TRIED "vendor: Box\nexpect: [cef, leef]\nlinks: [manual]\n" STEPS TEST,
			       arena, &item, &err),
			 0);
	assert_true(str_eq(item->id, STR("box")));
	assert_int_equal(item->kind, ONBOARDING_NETWORK);
	assert_int_equal(item->transport, ONBOARDING_BY_SYSLOG_UDP);
	assert_true(str_eq(item->name.en, STR("box")));
	assert_true(str_starts(item->tried, STR("a box")));
	assert_int_equal(item->expect_count, 2);
	assert_true(str_eq(item->expect[1], STR("leef")));
	assert_int_equal(item->step_count, 1);
	assert_true(str_eq(item->steps[0].snippet, STR("send {{host}}:{{port}}")));
	assert_true(str_eq(item->test.text.en, STR("say")));
	arena_free(arena);
}

/* Each is refused, with words that say why. */
static void test_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"[]", "an onboarding file"},
		{"kind: network\n", "id is missing"},
		{"id: Box\n", "a-z, 0-9"},
		{"id: box\nkind: toaster\n", "no kind 'toaster'"},
		{"id: box\nkind: web\ntransport: pigeon\n", "no transport 'pigeon'"},
		{"id: box\nkind: web\ntransport: ingest\nname: {zh: 盒}\n", "en is missing"},
		{HEAD STEPS TEST, "tried is missing"},
		{HEAD "tried: true\n" STEPS TEST, "on what it was tried"},
		{HEAD "tried: false\n" STEPS TEST, "doubt is missing"},
		{HEAD TRIED TEST, "steps is a list"},
		{HEAD TRIED "steps: []\n" TEST, "steps is a list"},
		{HEAD TRIED STEPS, "test is missing"},
		{HEAD TRIED "steps: [{zh: 做, en: do}]\n" TEST, "no step says {{host}}"},
		{HEAD TRIED "steps: [{zh: 做, en: do, snippet: '{{hots}} {{host}}'}]\n" TEST, "{{hots"},
		{HEAD TRIED "steps: [{zh: 做, en: do, snippet: '{{host}} {{port'}]\n" TEST, "{{port"},
		{HEAD TRIED "steps: [{zh: 做, en: do, file: a}]\n" TEST, "a file without"},
		{HEAD TRIED "colour: red\n" STEPS TEST, "colour"},
		{HEAD TRIED "expect: cef\n" STEPS TEST, "expect is a list"},
		{HEAD TRIED "expect: [[cef]]\n" STEPS TEST, "item of expect"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = arena_new(0);
		struct onboarding *item = NULL;
		struct err err;

		assert_int_equal(parse(cases[i].text, arena, &item, &err) < 0, 1);
		if (!strstr(err.message, cases[i].why))
			fail_msg("'%s' does not say '%s' of:\n%s", err.message, cases[i].why, cases[i].text);
		assert_null(item);
		arena_free(arena);
	}
}

static void test_caps(void **state)
{
	struct arena *arena = arena_new(0);
	struct onboarding *item = NULL;
	struct buf text = {0};
	struct err err;

	(void)state;
	buf_add_str(&text, STR(HEAD TRIED TEST "steps:\n"));
	for (int i = 0; i <= ONBOARDING_STEPS_MAX; i++)
		buf_add_str(&text, STR("  - {zh: 做, en: do, snippet: '{{host}}'}\n"));
	assert_true(parse(buf_cstr(&text), arena, &item, &err) < 0);
	buf_clear(&text);
	buf_add_str(&text, STR(HEAD TRIED TEST "steps:\n  - {zh: 做, en: do, snippet: '{{host}}"));
	for (int i = 0; i < ONBOARDING_SNIPPET_MAX; i++)
		buf_add_char(&text, 'x');
	buf_add_str(&text, STR("'}\n"));
	assert_true(parse(buf_cstr(&text), arena, &item, &err) < 0);
	assert_non_null(strstr(err.message, "more than"));
	buf_done(&text);
	arena_free(arena);
}

static void complain(void *context, const struct err *err)
{
	++*(size_t *)context;
	print_message("%s:%u: %s\n", err->file, err->line, err->message);
}

static bool knows_cef(void *context, struct str id)
{
	(void)context;
	return str_eq(id, STR("cef"));
}

/* One that is wrong and one that is there twice are left out; the others hold, by kind. */
static void test_folder(void **state)
{
	static const char *const texts[] = {
		HEAD TRIED STEPS TEST, "nonsense", HEAD TRIED STEPS TEST,
		"id: a\nkind: server\ntransport: local\nname: {zh: 甲, en: a}\nexpect: [cef, gone]\n" TRIED
			TEST "steps: [{zh: 做, en: do}]\n"};
	char folder[] = "/tmp/wanglou-onboarding-XXXXXX", path[64];
	struct arena *arena = arena_new(0);
	struct onboarding_set set = {0};
	size_t complaints = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%zu.yaml", folder, i);
		assert_int_equal(io_replace_file(path, texts[i], strlen(texts[i]), 0600), 0);
	}
	assert_int_equal(onboarding_load(folder, arena, complain, &complaints, &set), 0);
	assert_int_equal(complaints, 2);
	assert_int_equal(set.count, 2);
	assert_true(str_eq(set.items[0]->id, STR("a")));
	assert_ptr_equal(onboarding_find(&set, STR("box")), set.items[1]);
	assert_null(onboarding_find(&set, STR("gone")));
	assert_int_equal(onboarding_check(&set, knows_cef, complain, &complaints), 1);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%zu.yaml", folder, i);
		unlink(path);
	}
	rmdir(folder);
	assert_true(onboarding_load(folder, arena, complain, &complaints, &set) < 0);
	arena_free(arena);
}

static void test_shipped(void **state)
{
	struct arena *arena = arena_new(0);
	struct onboarding_set set = {0};
	size_t complaints = 0;

	(void)state;
	assert_int_equal(onboarding_load(content, arena, complain, &complaints, &set), 0);
	assert_int_equal(complaints, 0);
	assert_true(set.count > 40);
	arena_free(arena);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),  cmocka_unit_test(test_refused), cmocka_unit_test(test_caps),
		cmocka_unit_test(test_folder), cmocka_unit_test(test_shipped),
	};

	content = argc > 1 ? argv[1] : "content/onboarding";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
