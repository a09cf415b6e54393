/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tlog/head.h"

static const struct tlog_head example = {
	.node = {0x5f, 0x0c, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0xe1},
	.size = 184467,
	.root = {{0xa8, 0xbd, 0xff}},
	.seq = 199203,
	.time = INT64_C(1795336200123456),
};

static const char example_text[] = "wanglou/5f0c0102030405060708090a0b0c0de1\n"
				   "184467\n"
				   "qL3/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
				   "seq 199203\n"
				   "time 2026-11-22T08:30:00.123456Z\n";

static struct tlog_key *key, *sm2_key, *other_key;

static int setup(void **state)
{
	(void)state;
	return tlog_key_generate(TLOG_ED25519, &key) || tlog_key_generate(TLOG_SM2, &sm2_key) ||
	       tlog_key_generate(TLOG_ED25519, &other_key);
}

static int teardown(void **state)
{
	(void)state;
	tlog_key_free(key);
	tlog_key_free(sm2_key);
	tlog_key_free(other_key);
	return 0;
}

static int next(struct str *text, struct tlog_head *ret_head)
{
	struct str signed_text, note;

	return tlog_head_next(text, ret_head, &signed_text, &note);
}

static void test_text(void **state)
{
	struct tlog_head head;
	struct str rest, signed_text, note;
	struct buf text = {0};

	(void)state;
	assert_int_equal(tlog_head_sign(&example, key, &text), 0);
	rest = buf_str(&text);
	assert_int_equal(tlog_head_next(&rest, &head, &signed_text, &note), 0);
	assert_int_equal(rest.len, 0);
	assert_true(str_eq(signed_text, STR(example_text)));
	assert_true(str_eq(note, buf_str(&text)));
	assert_memory_equal(head.node, example.node, sizeof(head.node));
	assert_memory_equal(&head.root, &example.root, sizeof(head.root));
	assert_int_equal(head.size, example.size);
	assert_int_equal(head.seq, example.seq);
	assert_int_equal(head.time, example.time);
	/* behind the empty line stands the signature, under the same name */
	assert_true(str_starts(str_from_offset(note, signed_text.len),
			       STR("\n\xe2\x80\x94 wanglou/5f0c0102030405060708090a0b0c0de1 ")));
	assert_int_equal(tlog_head_verify(note, key), 0);
	assert_int_equal(tlog_head_verify(note, other_key), ERR_UNKNOWN);
	assert_int_equal(tlog_head_verify(note, sm2_key), ERR_UNKNOWN);
	assert_int_equal(tlog_head_verify(signed_text, key), ERR_SYNTAX);
	buf_done(&text);
}

static void test_sm2(void **state)
{
	struct buf text = {0};

	(void)state;
	assert_int_equal(tlog_head_sign(&example, sm2_key, &text), 0);
	assert_int_equal(tlog_head_verify(buf_str(&text), sm2_key), 0);
	assert_int_equal(tlog_head_verify(buf_str(&text), key), ERR_UNKNOWN);
	buf_done(&text);
}

/* A witness's signature and ours, in both orders, stand under one text. */
static void test_several_keys(void **state)
{
	struct buf first = {0}, second = {0}, note = {0};
	struct tlog_head head;
	size_t body = sizeof(example_text); /* and the empty line */

	(void)state;
	tlog_head_sign(&example, key, &first);
	tlog_head_sign(&example, sm2_key, &second);
	for (int order = 0; order < 2; order++) {
		buf_clear(&note);
		buf_add_str(&note, buf_str(order ? &second : &first));
		buf_add_str(&note, str_from_offset(buf_str(order ? &first : &second), body));
		assert_int_equal(tlog_head_verify(buf_str(&note), key), 0);
		assert_int_equal(tlog_head_verify(buf_str(&note), sm2_key), 0);
		assert_int_equal(tlog_head_verify(buf_str(&note), other_key), ERR_UNKNOWN);
		/* the second signature cut off anywhere behind its first mark */
		for (size_t len = first.len + second.len - body - 60; len < note.len; len++) {
			struct str cut = str_head(buf_str(&note), len);

			assert_int_equal(tlog_head_verify(cut, key), ERR_SYNTAX);
			assert_int_equal(next(&cut, &head), ERR_SYNTAX);
		}
	}
	/* a false one of the key asked for counts, whatever stands beside it */
	buf_add_str(&note, str_from_offset(buf_str(&first), body));
	note.ptr[note.len - 10] = note.ptr[note.len - 10] == 'A' ? 'B' : 'A';
	assert_int_equal(tlog_head_verify(buf_str(&note), key), ERR_DENIED);
	assert_int_equal(tlog_head_verify(buf_str(&note), sm2_key), 0);
	buf_done(&first);
	buf_done(&second);
	buf_done(&note);
}

/* No byte of a note can be another; cut anywhere it is none. */
static void test_each_bit(void **state)
{
	struct tlog_head head;
	struct buf text = {0};
	struct str rest;

	(void)state;
	tlog_head_sign(&example, key, &text);
	for (size_t bit = 0; bit < text.len * 8; bit++) {
		text.ptr[bit / 8] = (char)(text.ptr[bit / 8] ^ 1 << bit % 8);
		assert_int_not_equal(tlog_head_verify(buf_str(&text), key), 0);
		text.ptr[bit / 8] = (char)(text.ptr[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t len = 1; len < text.len; len++) {
		assert_int_equal(tlog_head_verify(str_head(buf_str(&text), len), key), ERR_SYNTAX);
		rest = str_head(buf_str(&text), len);
		assert_int_equal(next(&rest, &head), ERR_SYNTAX);
		assert_int_equal(rest.len, 0);
	}
	assert_int_equal(tlog_head_verify(buf_str(&text), key), 0);
	buf_done(&text);
}

/* The text of one node under the name of another: by itself, and with the name beside the signature, too. */
static void test_other_node(void **state)
{
	struct buf text = {0};

	(void)state;
	tlog_head_sign(&example, key, &text);
	text.ptr[8] = '6';
	assert_int_equal(tlog_head_verify(buf_str(&text), key), ERR_UNKNOWN);
	text.ptr[sizeof(example_text) + 4 + 8] = '6';
	assert_int_equal(tlog_head_verify(buf_str(&text), key), ERR_UNKNOWN);
	buf_done(&text);
}

/* Three notes, the middle one damaged in all ways that keep its place: the others are found. */
static void test_file(void **state)
{
	struct tlog_head head = example;
	struct buf text = {0};
	size_t begin, end;
	struct str rest, signed_text, note;

	(void)state;
	tlog_head_sign(&head, key, &text);
	begin = text.len;
	head.size++;
	tlog_head_sign(&head, key, &text);
	end = text.len;
	buf_add_str(&text, STR("\n\n"));
	head.size++;
	tlog_head_sign(&head, key, &text);
	for (size_t i = begin; i < end; i++) {
		char was = text.ptr[i];
		unsigned found = 0;
		int r;

		text.ptr[i] = '\x01';
		for (rest = buf_str(&text);
		     (r = tlog_head_next(&rest, &head, &signed_text, &note)) != ERR_END;)
			if (r == 0 && tlog_head_verify(note, key) == 0) {
				found++;
				assert_int_not_equal(head.size, example.size + 1);
			}
		assert_int_equal(found, 2);
		text.ptr[i] = was;
	}
	rest = buf_str(&text);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(next(&rest, &head), 0);
		assert_int_equal(head.size, example.size + i);
	}
	assert_int_equal(next(&rest, &head), ERR_END);
	buf_done(&text);
}

/* Other ways to write the same numbers are no heads. */
static void test_one_text_only(void **state)
{
	static const struct {
		const char *from, *to;
	} changes[] = {
		{"184467", "0184467"},
		{"184467", "+184467"},
		{"184467", "0x2d093"},
		{"184467", "72057594037927936"},
		{"5f0c", "5F0C"},
		{"AAA=", "AAB="},
		{"AAA=", "AAA"},
		{"seq ", "seq  "},
		{".123456Z", ".123456000Z"},
		{"T08:30", " 08:30"},
		{"08:30:00.123456Z", "09:30:00.123456+01:00"},
		{"wanglou/", "wanglou//"},
		{"time ", "time: "},
		{"seq 199203\n", ""},
		{"seq 199203\n", "seq 199203\nextra\n"},
		{"\n184467", "\r\n184467"},
	};
	struct tlog_head head;
	struct buf text = {0}, changed = {0};

	(void)state;
	tlog_head_sign(&example, key, &text);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		size_t at = str_find(buf_str(&text), str_from(changes[i].from));
		struct str rest;

		assert_int_not_equal(at, STR_NOT_FOUND);
		buf_clear(&changed);
		buf_add_str(&changed, str_head(buf_str(&text), at));
		buf_add_str(&changed, str_from(changes[i].to));
		buf_add_str(&changed, str_from_offset(buf_str(&text), at + strlen(changes[i].from)));
		rest = buf_str(&changed);
		assert_int_equal(next(&rest, &head), ERR_SYNTAX);
	}
	buf_done(&text);
	buf_done(&changed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),          cmocka_unit_test(test_sm2),
		cmocka_unit_test(test_several_keys),  cmocka_unit_test(test_each_bit),
		cmocka_unit_test(test_other_node),    cmocka_unit_test(test_file),
		cmocka_unit_test(test_one_text_only),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
