/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our JSON parser against simdjson: over documents made at random, over the same
 * with random damage, and over real files, both must accept the same ones and read
 * the same content from them. Two differences are meant, and allowed for: simdjson
 * refuses numbers beyond its types, and it takes deeper nesting.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"
#include "json_oracle.h"

#define DOCUMENTS 6000
#define MUTATIONS 12
#define FILE_MAX (64u * 1024 * 1024)

static struct json_parser *parser;
static uint64_t seed = 0x9E3779B97F4A7C15;

/* xorshift64* */
static uint32_t below(uint32_t n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * 0x2545F4914F6CDD1D) >> 33) % n;
}

static void write_buf(void *context, const char *bytes, size_t len)
{
	buf_add(context, bytes, len);
}

static void render(const struct json_node *node, struct buf *out)
{
	char number[512];

	switch (node->type) {
	case JSON_STRING:
		oracle_write_string(node->text, node->len, write_buf, out);
		break;
	case JSON_NUMBER:
		snprintf(number, sizeof(number), "%.*s", (int)node->len, node->text);
		oracle_write_number(strtod(number, NULL), write_buf, out);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		buf_add_char(out, node->type == JSON_ARRAY ? '[' : '{');
		for (const struct json_node *n = json_first(node); n; n = json_next(node, n))
			render(n, out);
		buf_add_char(out, node->type == JSON_ARRAY ? ']' : '}');
		break;
	default:
		buf_add_char(out, "nft"[node->type]);
	}
}

/* A number that simdjson has no type for: beyond a double, or an integer beyond 64 bits. */
static bool has_huge_number(const struct json_node *root)
{
	char number[512];

	for (const struct json_node *node = root; node < root + root->skip; node++) {
		if (node->type != JSON_NUMBER)
			continue;
		snprintf(number, sizeof(number), "%.*s", (int)node->len, node->text);
		if (isinf(strtod(number, NULL)) || (!strpbrk(number, ".eE") && node->len >= 19))
			return true;
	}
	return false;
}

static void compare(struct str text)
{
	static struct buf ours, theirs;
	const struct json_node *nodes;
	enum oracle_verdict verdict;
	char *exact = malloc(text.len + !text.len);
	int r;

	assert_non_null(exact);
	if (text.len)
		memcpy(exact, text.ptr, text.len);
	buf_clear(&ours);
	buf_clear(&theirs);
	r = json_parse(parser, str_of(exact, text.len), &nodes, NULL);
	verdict = oracle_parse(text.ptr, text.len, write_buf, &theirs);
	if (r == 0 && verdict == ORACLE_REFUSES_NUMBER && has_huge_number(nodes))
		goto out;
	if (r == ERR_LIMIT)
		goto out;
	if ((r == 0) != (verdict == ORACLE_ACCEPTS))
		fail_msg("we say %d, simdjson %d: %.*s", r, verdict, STR_FMT(text));
	if (r == 0) {
		render(nodes, &ours);
		if (!str_eq(buf_str(&ours), buf_str(&theirs)))
			fail_msg("%.*s\nis %.*s\nnot %.*s", STR_FMT(text), (int)ours.len, ours.ptr,
				 (int)theirs.len, theirs.ptr);
	}
out:
	free(exact);
}

static void add_space(struct buf *out)
{
	while (below(5) == 0)
		buf_add_char(out, " \t\r\n"[below(4)]);
}

static void add_string(struct buf *out)
{
	static const char *const pieces[] = {"a",
					     "\\\\",
					     "\\\"",
					     "\\n",
					     "\\/",
					     "\\u0041",
					     "\\uD83D\\uDE00",
					     "\\u671b",
					     "{",
					     "}",
					     "[",
					     ":",
					     ",",
					     "\xC3\xA9",
					     "\xE6\x9C\x9B",
					     "\xF0\x9F\x98\x80",
					     "C:\\\\Windows\\\\",
					     "0123456789abcdef",
					     " ",
					     "\x7F"};
	static const char *const bad[] = {"\\uDC00", "\\uD83D", "\\u12x4", "\\x"};
	const uint32_t n = below(4) ? below(6) : below(60);

	buf_add_char(out, '"');
	for (uint32_t i = 0; i < n; i++)
		buf_add_str(out, str_from(pieces[below(sizeof(pieces) / sizeof(pieces[0]))]));
	if (below(300) == 0)
		buf_add_str(out, str_from(bad[below(4)]));
	buf_add_char(out, '"');
}

static void add_number(struct buf *out)
{
	static const char *const numbers[] = {"0",
					      "-0",
					      "1",
					      "-12",
					      "3.14",
					      "1e10",
					      "1E-7",
					      "2.5e+300",
					      "18446744073709551615",
					      "-9223372036854775808",
					      "1e999",
					      "00",
					      "1.",
					      "-",
					      "123456789012345678901234567890"};

	/* the last five are refused by one side or both */
	buf_add_str(out, str_from(numbers[below(below(20) ? 10 : 15)]));
}

static void add_value(struct buf *out, int depth)
{
	static const char *const literals[] = {"null", "true", "false"};
	const uint32_t kind = below(depth < 6 ? 8 : 5);
	const bool object = kind == 7;

	add_space(out);
	if (kind < 3) {
		add_string(out);
	} else if (kind == 3) {
		add_number(out);
	} else if (kind == 4) {
		buf_add_str(out, str_from(literals[below(3)]));
	} else {
		buf_add_char(out, object ? '{' : '[');
		for (uint32_t i = below(6); i > 0; i--) {
			add_space(out);
			if (object) {
				add_string(out);
				add_space(out);
				buf_add_char(out, ':');
			}
			add_value(out, depth + 1);
			if (i > 1)
				buf_add_char(out, ',');
		}
		add_space(out);
		buf_add_char(out, object ? '}' : ']');
	}
	add_space(out);
}

static void mutate(struct buf *text)
{
	static const char bytes[] = "\"\\{}[]:,0-9eE.+ntf \n\t\x01\x0C\x1A\x80\xC3\xE6\xF0\xFF/ux";
	const size_t at = below((uint32_t)text->len), len = below(8);
	const size_t cut = len < text->len - at ? len : text->len - at;

	switch (below(4)) {
	case 0:
		memmove(text->ptr + at, text->ptr + at + cut, text->len - at - cut);
		text->len -= cut;
		break;
	case 1:
		buf_reserve(text, 1);
		memmove(text->ptr + at + 1, text->ptr + at, text->len - at);
		text->ptr[at] = bytes[below(sizeof(bytes))];
		text->len++;
		break;
	case 2:
		text->ptr[at] ^= (char)(1 << below(8));
		break;
	default:
		text->ptr[at] = bytes[below(sizeof(bytes))];
	}
}

static void test_generated(void **state)
{
	struct buf text = {0}, damaged = {0};

	(void)state;
	for (int i = 0; i < DOCUMENTS; i++) {
		buf_clear(&text);
		add_value(&text, 0);
		compare(buf_str(&text));
		for (int j = 0; j < MUTATIONS; j++) {
			buf_clear(&damaged);
			buf_add_str(&damaged, buf_str(&text));
			for (uint32_t n = 1 + below(2); n > 0 && damaged.len; n--)
				mutate(&damaged);
			compare(buf_str(&damaged));
		}
	}
	buf_done(&text);
	buf_done(&damaged);
}

static const char *shared_data(void)
{
	const char *path = getenv("WANGLOU_SHARED_DATA");

	return path ? path : "../shared/data";
}

static int compare_file(const char *path, void *context)
{
	struct buf file = {0};

	assert_int_equal(io_read_file(path, FILE_MAX, &file), 0);
	compare(buf_str(&file));
	buf_done(&file);
	++*(int *)context;
	return 0;
}

static void test_pretty_printed_files(void **state)
{
	char path[4096];
	int count = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/sigma/regression_data", shared_data());
	if (io_walk(path, ".json", compare_file, &count) < 0) {
		print_message("%s is not there\n", path);
		skip();
	}
	assert_true(count > 0);
}

static int compare_lines(const char *path, void *context)
{
	struct buf file = {0}, text = {0};
	struct str rest, line;
	unsigned long long size;

	assert_int_equal(io_read_file(path, FILE_MAX, &file), 0);
	size = ZSTD_getFrameContentSize(file.ptr, file.len);
	if (size > FILE_MAX)
		size = FILE_MAX;
	text.len = ZSTD_decompress(buf_reserve(&text, size), size, file.ptr, file.len);
	assert_false(ZSTD_isError(text.len));
	for (rest = buf_str(&text); str_split(&rest, '\n', &line); ++*(int *)context)
		compare(line);
	buf_done(&file);
	buf_done(&text);
	return 0;
}

static void test_json_lines(void **state)
{
	char path[4096];
	int count = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/lanes", shared_data());
	if (io_walk(path, ".zst", compare_lines, &count) < 0) {
		print_message("%s is not there\n", path);
		skip();
	}
	assert_true(count > 0);
}

static int make_parser(void **state)
{
	(void)state;
	parser = json_parser_new();
	return !parser;
}

static int free_parser(void **state)
{
	(void)state;
	json_parser_free(parser);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generated),
		cmocka_unit_test(test_pretty_printed_files),
		cmocka_unit_test(test_json_lines),
	};

	return cmocka_run_group_tests(tests, make_parser, free_parser);
}
