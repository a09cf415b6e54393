/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const texts[] = {
	"a: b\n",
	"",
	"# nothing\n",
	"- 1\n- 'two'\n- \"th\\tree\\0\"\n- ~\n-\n",
	"a: {b: [c, {d: e}], f: {}, g: []}\nh:\ni: ''\n",
	"text: |\n  one\n  two\nfolded: >\n  one\n  two\nwrapped: one\n  two\n",
	"---\na: 1\n---\na: 1\n---\n- b\n",
	"规则: 值\nsame: same\nsame2: same\n",
};
#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

static void assert_same(const struct yaml_node *a, const struct yaml_node *b)
{
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->plain, b->plain);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->column, b->column);
	assert_int_equal(a->count, b->count);
	assert_true(str_eq(a->text, b->text));
	assert_true(a->type != YAML_SCALAR || b->text.ptr[b->text.len] == 0);
	for (uint32_t i = 0; i < a->count; i++) {
		if (a->type == YAML_MAPPING) {
			assert_same(a->keys[i], b->keys[i]);
			assert_same(a->values[i], b->values[i]);
		} else {
			assert_same(a->items[i], b->items[i]);
		}
	}
}

static void pack(const char *text, struct arena *arena, struct yaml_node ***ret_docs, size_t *ret_count,
		 struct buf *out)
{
	struct err err = {0};

	if (yaml_parse(str_from(text), arena, ret_docs, ret_count, &err) != 0)
		fail_msg("%s: %s", text, err.message);
	yaml_pack(*ret_docs, *ret_count, str_from(text), out);
}

static void test_round(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		struct arena *arena = arena_new(0), *other = arena_new(0);
		struct yaml_node **docs, **again;
		size_t count, again_count = 99;
		struct buf packed = {0};

		pack(texts[i], arena, &docs, &count, &packed);
		assert_int_equal(
			yaml_unpack(buf_str(&packed), str_from(texts[i]), other, &again, &again_count), 0);
		buf_done(&packed);
		assert_int_equal(count, again_count);
		for (size_t k = 0; k < count; k++)
			assert_same(docs[k], again[k]);
		arena_free(arena);
		arena_free(other);
	}
}

/* No proper part of a packed tree is one, nor is one with more behind it. */
static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		struct arena *arena = arena_new(0);
		struct yaml_node **docs;
		struct buf packed = {0};
		size_t count;

		pack(texts[i], arena, &docs, &count, &packed);
		for (size_t len = 0; len < packed.len; len++) {
			char *copy = malloc(len + 1); /* of its own, for the sanitizer */

			memcpy(copy, packed.ptr, len);
			assert_int_equal(
				yaml_unpack(str_of(copy, len), str_from(texts[i]), arena, &docs, &count),
				ERR_CORRUPT);
			free(copy);
		}
		buf_add_char(&packed, 0);
		assert_int_equal(yaml_unpack(buf_str(&packed), str_from(texts[i]), arena, &docs, &count),
				 ERR_CORRUPT);
		buf_done(&packed);
		arena_free(arena);
	}
}

/* The text is another one: its end is never passed. */
static void test_other_text(void **state)
{
	struct arena *arena = arena_new(0);
	struct yaml_node **docs;
	struct buf packed = {0};
	size_t count;

	(void)state;
	pack("key: value\n", arena, &docs, &count, &packed);
	assert_int_equal(yaml_unpack(buf_str(&packed), STR("key: valu"), arena, &docs, &count), ERR_CORRUPT);
	assert_int_equal(yaml_unpack(buf_str(&packed), STR(""), arena, &docs, &count), ERR_CORRUPT);
	buf_done(&packed);
	arena_free(arena);
}

static void test_hostile(void **state)
{
	static const struct str trees[] = {
		{"\x01\x08\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0", 15}, /* a length that wraps */
		{"\x01\x00\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 14},
		{"\xff\xff\xff\xff\x0f", 5},                                  /* so many documents */
		{"\x01\x01\0\0\x02\0\0\0\0", 9},                              /* a list of two with one */
		{"\x01\x02\0\0\x01\x01\0\0\0\x00\0\0\0", 13},                 /* a key that is a list */
		{"\x01\x03\0\0\0", 5},                                        /* no such type */
		{"\x01\x10\0\0\0", 5},                                        /* no such kind */
		{"\x01\x00\x01\0\0", 5},                                      /* line -1 */
		{"\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 13}, /* a number without end */
	};
	struct arena *arena = arena_new(0);
	struct yaml_node **docs;
	struct buf deep = {0};
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++)
		if (yaml_unpack(trees[i], STR("text"), arena, &docs, &count) != ERR_CORRUPT)
			fail_msg("tree %zu", i);
	buf_add_char(&deep, 1);
	for (int i = 0; i < 100000; i++)
		buf_add(&deep, "\x01\0\0\x01", 4);
	buf_add(&deep, "\0\0\0\0", 4);
	assert_int_equal(yaml_unpack(buf_str(&deep), STR(""), arena, &docs, &count), ERR_CORRUPT);
	buf_done(&deep);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_other_text),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
