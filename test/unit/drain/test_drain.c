/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drain/drain.h"

static void add(struct drain *drain, uint8_t peer, const char *program, struct str text, int64_t received)
{
	struct drain_line line = {.form = DRAIN_SYSLOG,
				  .program = str_from(program),
				  .text = text,
				  .raw = text,
				  .received = received,
				  .seq = (uint64_t)received};

	line.peer[15] = peer;
	drain_add(drain, &line);
}

static void say(struct drain *drain, const char *text)
{
	add(drain, 1, "p", str_from(text), 1);
}

/* Template number index, from the most frequent on. */
static void expect(struct drain *drain, size_t index, uint64_t count, const char *text)
{
	const struct drain_template *const *items = drain_list(drain);
	struct buf out = {0};

	assert_true(index < drain_count(drain));
	drain_format(items[index], &out);
	assert_string_equal(buf_cstr(&out), text);
	assert_int_equal(items[index]->count, count);
	buf_done(&out);
}

static void test_lines_become_templates(void **state)
{
	struct drain *drain = drain_new();

	(void)state;
	for (int i = 0; i < 3; i++) {
		say(drain, "link eth0 went down after 17 s");
		say(drain, "link eth1 went down after 3 s");
		say(drain, i ? "user li left the room" : "user wang left the room");
	}
	assert_int_equal(drain_count(drain), 2);
	expect(drain, 0, 6, "link <*> went down after <*> s");
	expect(drain, 1, 3, "user <*> left the room");
	drain_free(drain);
}

/* Half of the tokens must be the same, and the first. */
static void test_other_lines_are_others(void **state)
{
	struct drain *drain = drain_new();

	(void)state;
	say(drain, "alpha beta gamma delta");
	say(drain, "alpha beta one two");
	say(drain, "alpha x y z");
	say(drain, "omega beta gamma delta");
	say(drain, "alpha beta gamma");
	assert_int_equal(drain_count(drain), 4);
	expect(drain, 0, 2, "alpha beta <*> <*>");
	drain_free(drain);
}

static void test_masks(void **state)
{
	static const struct {
		const char *line, *text;
	} cases[] = {
		{"%%10IFNET/3/LINK_UPDOWN(l): GE1/0/1 is DOWN", "%%10IFNET/3/LINK_UPDOWN(l): <*> is DOWN"},
		{"ASA-6-302013: Built 12", "ASA-6-302013: Built <*>"},
		{"a=1,b=x y,c=\"two words\" d=", "a=<*>, b=<*> y, c=<*> d=<*>"},
		{"a=1,b=2;c=\"two words\" d=", "a=<*>, b=<*>; c=<*> d=<*>"},
		{"from [10.0.0.1]:22, id 7.", "from [<*>]<*>, id <*>."},
		{"用户 li 登录 2026-11-22", "用户 li 登录 <*>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct drain *drain = drain_new();

		say(drain, cases[i].line);
		expect(drain, 0, 1, cases[i].text);
		drain_free(drain);
	}
}

static void test_peers_and_programs_are_apart(void **state)
{
	struct drain *drain = drain_new();

	(void)state;
	add(drain, 1, "a", STR("the same line"), 1);
	add(drain, 1, "b", STR("the same line"), 1);
	add(drain, 2, "a", STR("the same line"), 1);
	assert_int_equal(drain_count(drain), 3);
	drain_free(drain);
}

/* Who floods forgets its own templates, the oldest first. */
static void test_bounds(void **state)
{
	struct drain *drain = drain_new();
	char text[64];

	(void)state;
	add(drain, 1, "p", STR("a quiet neighbour"), 1);
	for (int i = 0; i < DRAIN_PEER_MAX * 3; i++) {
		snprintf(text, sizeof(text), "%c%c%c nonsense", 'a' + i % 26, 'a' + i / 26 % 26,
			 'a' + i / 676);
		add(drain, 2, "p", str_from(text), 10 + i);
	}
	assert_int_equal(drain_count(drain), DRAIN_PEER_MAX + 1);
	for (size_t i = 0; i < drain_count(drain); i++)
		assert_true(drain_list(drain)[i]->peer[15] == 1 ||
			    drain_list(drain)[i]->last >= 10 + DRAIN_PEER_MAX * 2);
	for (int peer = 3; peer < 256; peer++)
		for (int i = 0; i < 20; i++) {
			snprintf(text, sizeof(text), "%c says something", 'a' + i);
			add(drain, (uint8_t)peer, "p", str_from(text), 1000 + peer);
		}
	assert_int_equal(drain_count(drain), DRAIN_TEMPLATES_MAX);
	drain_free(drain);
}

static void test_hostile_lines(void **state)
{
	struct drain *drain = drain_new();
	static char text[65536];

	(void)state;
	for (int c = 0; c < 256; c++) {
		memset(text, c, sizeof(text));
		add(drain, 1, "p", str_of(text, sizeof(text)), 1);
	}
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 ? ' ' : '7';
	add(drain, 1, "p", str_of(text, sizeof(text)), 1);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 ? ',' : '7';
	add(drain, 1, "p", str_of(text, sizeof(text)), 1);
	for (size_t i = 0; i < drain_count(drain); i++)
		assert_true(drain_list(drain)[i]->token_count <= DRAIN_TOKENS_MAX);
	drain_free(drain);
}

static void test_state(void **state)
{
	struct drain *drain = drain_new(), *again = drain_new();
	struct buf one = {0}, two = {0};

	(void)state;
	add(drain, 1, "p\"\n", STR("user \"li\" \x1b[31m came\xff"), 5);
	add(drain, 2, "", STR("user wang came"), 7);
	add(drain, 2, "", STR("user zhang came"), 8);
	drain_save(drain, &one);
	assert_int_equal(drain_load(again, buf_str(&one)), 0);
	drain_save(again, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.ptr, two.ptr, one.len);
	add(again, 2, "", STR("user chen came"), 9);
	assert_int_equal(drain_count(again), 2);
	expect(again, 0, 3, "user <*> came");
	assert_int_equal(drain_list(again)[0]->last, 9);
	assert_int_equal(drain_list(again)[0]->first, 7);
	assert_int_equal(drain_list(again)[0]->sample_count, 3);
	drain_free(again);
	for (size_t len = 0; len + 2 < one.len; len++) {
		again = drain_new();
		assert_int_equal(drain_load(again, str_of(one.ptr, len)), ERR_SYNTAX);
		assert_int_equal(drain_count(again), 0);
		drain_free(again);
	}
	drain_free(drain);
	buf_done(&one);
	buf_done(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_become_templates),
		cmocka_unit_test(test_other_lines_are_others),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_peers_and_programs_are_apart),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_hostile_lines),
		cmocka_unit_test(test_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
