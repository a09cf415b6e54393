/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

#define CAP 16

/* Feeds the parts one after another, as a connection would, and writes what came out as text:
   "[message]" a frame, "[message…]" a cut one, "!oversized", "!invalid". */
static void feed(struct framing *framing, struct buf *held, struct str part, bool end, struct buf *out)
{
	struct frame frame;
	enum framing_result result;
	size_t used;

	buf_add_str(held, part);
	do {
		result = framing_next(framing, buf_str(held), end, &used, &frame);
		if (result == FRAMING_FRAME)
			buf_printf(out, frame.truncated ? "[%.*s…]" : "[%.*s]", STR_FMT(frame.message));
		else if (result != FRAMING_MORE)
			buf_printf(out, result == FRAMING_OVERSIZED ? "!oversized" : "!invalid");
		assert_true(used <= held->len);
		memmove(held->ptr, held->ptr + used, held->len - used);
		held->len -= used;
	} while (result == FRAMING_FRAME);
	if (result == FRAMING_MORE)
		assert_true(held->len <= CAP + FRAMING_DIGITS_MAX + 1);
	else
		framing->skip = (size_t)-1; /* closed: nothing more may come out */
}

static void check_split(struct str stream, size_t first, size_t second, const char *expected)
{
	struct framing framing;
	struct buf held = {0}, out = {0};

	framing_init(&framing, CAP);
	buf_reserve(&held, 1);
	feed(&framing, &held, str_head(stream, first), false, &out);
	feed(&framing, &held, str_head(str_from_offset(stream, first), second - first), false, &out);
	feed(&framing, &held, str_from_offset(stream, second), true, &out);
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&held);
	buf_done(&out);
}

/* The same comes out wherever the stream is cut into three. */
static void check(struct str stream, const char *expected)
{
	for (size_t i = 0; i <= stream.len; i++)
		for (size_t j = i; j <= stream.len; j++)
			check_split(stream, i, j, expected);
}

static void test_lines(void **state)
{
	(void)state;
	check(STR(""), "");
	check(STR("<13>one\n<13>two\n"), "[<13>one][<13>two]");
	check(STR("<13>one\0<13>two\0"), "[<13>one][<13>two]");
	check(STR("<13>one\r\n\r\n\n\0<13>two"), "[<13>one][<13>two]");
	check(STR("a\rb\n"), "[a\rb]");
	check(STR("2024-05-06 x\n0 y\n12\n"), "[2024-05-06 x][0 y][12]");
}

static void test_counted(void **state)
{
	(void)state;
	check(STR("5 <1>ab6 <1>abc"), "[<1>ab][<1>abc]");
	check(STR("7 <1>a\nbc\n3 <1>\r\n3 <2>"), "[<1>a\nbc][<1>][<2>]");
	check(STR("1 x"), "[x]");
	check(STR("5 <1>a\n6 <1>b\r\n4 <1>\0"), "[<1>a][<1>b][<1>]");
	check(STR("1 \n2 \r\n3 <1>1 \n"), "[<1>]");
}

static void test_both_in_one_stream(void **state)
{
	(void)state;
	check(STR("<1>a\n5 <1>bc<1>d\n4 <1>e"), "[<1>a][<1>bc][<1>d][<1>e]");
}

static void test_a_message_as_long_as_the_cap_is_whole(void **state)
{
	(void)state;
	check(STR("0123456789abcdef\n<1>\n"), "[0123456789abcdef][<1>]");
	check(STR("0123456789abcdef\r\n<1>\n"), "[0123456789abcdef][<1>]");
	check(STR("16 0123456789abcdef<1>\n"), "[0123456789abcdef][<1>]");
	check(STR("0123456789abcdef"), "[0123456789abcdef]");
}

static void test_a_longer_one_is_cut_and_flagged(void **state)
{
	(void)state;
	check(STR("0123456789abcdefg\n<1>\n"), "[0123456789abcdef…][<1>]");
	check(STR("0123456789abcdef\rghijklmnopqrstuvwxyz\n<1>\n"), "[0123456789abcdef…][<1>]");
	check(STR("30 0123456789abcdefghijklmnopqrst3 <1>"), "[0123456789abcdef…][<1>]");
	check(STR("17 0123456789abcdefg\n3 <1>"), "[0123456789abcdef…][<1>]");
	check(STR("0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklm"), "[0123456789abcdef…]");
}

static void test_the_end_cuts_a_counted_message(void **state)
{
	(void)state;
	check(STR("9 <1>ab"), "[<1>ab…]");
	check(STR("9 "), "");
	check(STR("4 <1>a9"), "[<1>a]!invalid");
}

static void test_bad_counts(void **state)
{
	(void)state;
	check(STR("16777217 <1>"), "!oversized");
	check(STR("99999999999 <1>"), "!invalid");
	check(STR("4 <1>abcd\n"), "[<1>a]!invalid");
	check(STR("4 <1>a12x"), "[<1>a]!invalid");
	check(STR("4 <1>a04 <1>b"), "[<1>a]!invalid");
}

static void test_the_machine_can_be_put_back(void **state)
{
	struct str stream = STR("0123456789abcdefghij\n<1>x\n");
	struct framing framing, before;
	struct frame frame;
	size_t used;

	(void)state;
	framing_init(&framing, CAP);
	before = framing;
	assert_int_equal(framing_next(&framing, stream, false, &used, &frame), FRAMING_FRAME);
	assert_true(frame.truncated);
	framing = before;
	assert_int_equal(framing_next(&framing, stream, false, &used, &frame), FRAMING_FRAME);
	assert_true(frame.truncated);
	stream = str_from_offset(stream, used);
	assert_int_equal(framing_next(&framing, stream, false, &used, &frame), FRAMING_FRAME);
	assert_true(str_eq(frame.message, STR("<1>x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_both_in_one_stream),
		cmocka_unit_test(test_a_message_as_long_as_the_cap_is_whole),
		cmocka_unit_test(test_a_longer_one_is_cut_and_flagged),
		cmocka_unit_test(test_the_end_cuts_a_counted_message),
		cmocka_unit_test(test_bad_counts),
		cmocka_unit_test(test_the_machine_can_be_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
