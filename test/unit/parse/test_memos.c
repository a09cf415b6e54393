/* SPDX-License-Identifier: Apache-2.0 */
/* What a parser remembers of records it saw changes none of those that follow: each is parsed by one that has
   seen all the others and by one that has seen nothing. And what it looks at in stretches has no seams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"

#define RECORDS 4000
#define SOURCES 150 /* recognisers in more than one word of a set */

/* Keys that share their length, their first and their last bytes; long and empty ones; those sources ask for.
 */
static const char *const keys[] = {"beginning-a-endofkey",
				   "beginning-b-endofkey",
				   "beginning-c-endofkey",
				   "ab",
				   "ac",
				   "x",
				   "",
				   "kind",
				   "Kind",
				   "user",
				   "service",
				   "product",
				   "nested",
				   "a.rather.long.name.that.is.remembered.nowhere.at.all",
				   "longer-than-thirty-two-bytes-is-this-key",
				   "switch"};
static const char *const values[] = {"\"one\"",
				     "\"two\"",
				     "\"ONE\"",
				     "\"\"",
				     "\"-\"",
				     "17",
				     "null",
				     "true",
				     "{\"user\":\"u\",\"x\":{\"ab\":1}}",
				     "[1,\"two\",{\"ab\":3}]",
				     "\"a text that is longer than what a switch remembers of its values\""};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static size_t random_json(char *out)
{
	size_t len = (size_t)sprintf(out, "{\"kind%u\":1", pick(3));

	for (unsigned i = 1 + pick(9); i--;)
		len += (size_t)sprintf(out + len, ",\"%s\":%s", keys[pick(COUNT(keys))],
				       values[pick(COUNT(values))]);
	out[len++] = '}';
	return len;
}

static size_t random_pairs(char *out)
{
	size_t len = (size_t)sprintf(out, "pairs");

	for (unsigned i = 1 + pick(9); i--;)
		len += (size_t)sprintf(out + len, "   %s:%s", keys[pick(COUNT(keys))],
				       pick(3) ? values[pick(6)] : "");
	return len;
}

static const char *const sources[] = {
	"id: one\ntitle: t\nrecognise: {keys: [kind0]}\nparse: [json]\n"
	"rename: {beginning-a-endofkey: renamed, nested.user: inner.user}\n"
	"map: {user.name: [user, inner.user], message: [ab, ac, x], process.name: switch}\n"
	"switch:\n  - {on: switch, cases: {one: {set: {event.action: first}}, '17': {set: {event.action: "
	"number}}},"
	" default: {set: {event.action: other}}, absent: {set: {event.action: none}}}\n"
	"  - {on: [kind, Kind], cases: {two: {set: {event.reason: two}}}}\n",
	"id: two\ntitle: t\nrecognise: {keys: [kind1], values: {kind1: '1'}}\nparse: [json]\n"
	"rename: {beginning-b-endofkey: renamed, ab: other}\nmap: {user.name: beginning-c-endofkey, message: "
	"other}\n"
	"switch: {on: switch, cases: {two: {set: {event.action: second}}}}\n",
	"id: three\ntitle: t\nrecognise: {format: json, priority: 1}\nparse: [json]\ninner: user\n",
	"id: pairs\ntitle: t\nrecognise: {format: text, prefix: pairs}\n"
	"parse: [kv: {separator: '   ', equals: ':', sections: true}]\n"
	"rename: {kind.ab: joined, x.user: joined2}\nmap: {user.name: [joined, joined2], message: user}\n",
	NULL};

static void test_memory_changes_nothing(void **state)
{
	struct bench kept;
	char record[4096];

	(void)state;
	bench_open(&kept, sources);
	assert_int_equal(kept.errors, 0);
	for (unsigned i = 0; i < RECORDS; i++) {
		const size_t len = pick(4) ? random_json(record) : random_pairs(record);
		struct bench fresh = {.parser = parser_new(kept.set), .arena = arena_new(0)};

		bench_run(&kept, str_of(record, len));
		bench_run(&fresh, str_of(record, len));
		if (bench_digest(&kept.event) != bench_digest(&fresh.event))
			fail_msg("remembered something wrong of %.*s", (int)len, record);
		parser_free(fresh.parser);
		arena_free(fresh.arena);
	}
	bench_close(&kept);
}

/* Each source by a key, a program and a prefix of its own; the one they share comes last. */
static void test_many_recognisers(void **state)
{
	static char texts[SOURCES + 1][256];
	const char *list[SOURCES + 2] = {0};
	struct bench b;
	char record[128], id[16];

	(void)state;
	for (unsigned i = 0; i < SOURCES; i++) {
		snprintf(texts[i], sizeof(texts[i]),
			 "id: s%u\ntitle: t\nrecognise:\n  - {keys: [key%u]}\n  - {program: [p%u, q%u]}\n"
			 "  - {format: text, prefix: ['%c%u:', 'z%u ']}\n  - {hint: h%u}\n",
			 i, i, i, i, 'a' + (int)(i % 26), i, i, i);
		list[i] = texts[i];
	}
	list[SOURCES] = "id: last\ntitle: t\nrecognise: {format: any, priority: 1}\n";
	bench_open(&b, list);
	assert_int_equal(b.errors, 0);
	for (unsigned i = 0; i < SOURCES; i++) {
		snprintf(id, sizeof(id), "s%u", i);
		snprintf(record, sizeof(record), "{\"a\":1,\"key%u\":2}", i);
		bench_run(&b, str_from(record));
		assert_str(b.event.source, id);
		snprintf(record, sizeof(record), "<13>Jul 28 11:28:41 host %c%u: text", i % 2 ? 'p' : 'q', i);
		bench_run(&b, str_from(record));
		assert_str(b.event.source, id);
		snprintf(record, sizeof(record), "%c%u: text", 'a' + (int)(i % 26), i);
		bench_run(&b, str_from(record));
		assert_str(b.event.source, id);
	}
	bench_run(&b, STR("{\"other\":1}"));
	assert_str(b.event.source, "last");
	bench_run(&b, STR("none of them"));
	assert_str(b.event.source, "last");
	bench_close(&b);
}

/* Words of every length, so that separators and equals signs are at every place of a vector. */
static void test_words_of_all_lengths(void **state)
{
	static const char *const separators[] = {" ", "   ", "; ", "----------"};
	char source[256], record[1024], name[160], value[200];
	struct bench b;

	(void)state;
	for (size_t s = 0; s < COUNT(separators); s++) {
		const char *by = separators[s];

		snprintf(source, sizeof(source),
			 "id: s\ntitle: t\nrecognise: {format: any}\nparse: [kv: {separator: '%s'}]\n", by);
		bench_open(&b, (const char *const[]){source, NULL});
		for (int len = 1; len < 140; len++) {
			memset(name, 'n', sizeof(name));
			name[len] = 0;
			snprintf(value, sizeof(value), "v=%s", name);
			snprintf(record, sizeof(record), "%s%s%s=%s%sx%s=1", name, by, name, value, by, name);
			bench_run(&b, str_from(record));
			assert_int_equal(b.event.attr_count, 2);
			assert_attr(&b, name, value);
			snprintf(value, sizeof(value), "x%s", name);
			assert_attr(&b, value, "1");
		}
		bench_close(&b);
	}
}

#define NAMES 90 /* slots in more than one word */

/* An alias is made where either of two names is there, wherever their slots are. */
static void test_many_names(void **state)
{
	static char source[NAMES * 32 + 128];
	char record[64], name[16];
	size_t len = (size_t)sprintf(source,
				     "id: s\ntitle: t\nrecognise: {format: json}\nparse: [json]\nalias:\n");
	struct bench b;

	(void)state;
	for (int i = 0; i < NAMES; i++)
		len += (size_t)sprintf(source + len, "  A%d: [n%d, n%d]\n", i, i, i + 1);
	bench_open(&b, (const char *const[]){source, NULL});
	assert_int_equal(b.errors, 0);
	for (int i = 0; i <= NAMES; i++) {
		snprintf(record, sizeof(record), "{\"n%d\":\"v%d\"}", i, i);
		bench_run(&b, str_from(record));
		assert_int_equal(b.event.attr_count, i == 0 || i == NAMES ? 2 : 3);
		for (int k = i - 1; k <= i; k++) {
			snprintf(name, sizeof(name), "A%d", k);
			if (k >= 0 && k < NAMES)
				assert_non_null(bench_attr(&b, name, 0));
		}
	}
	bench_close(&b);
}

/* What a pattern can begin with is read off it only where that is certain. */
static void test_first_bytes(void **state)
{
	static const struct {
		const char *pattern, *fits, *other;
	} cases[] = {
		{"^\\d+ x", "7 x", "a x"},
		{"^[A-Z][a-z]+:", "Ab:", "ab:"},
		{"^%x", "%x", "x%"},
		{"^a|b", "xb", "xc"},
		{"^a?c", "c", "d"},
		{"^a*c", "c", "d"},
		{"^a{0,2}c", "c", "d"},
		{"^a{2}c", "aac", "c"},
		{"^[a|b]d", "|d", "d"},
		{"^[^a]d", "bd", "ad"},
		{"^\\Qa|b\\E", "a|b", "b"},
		{"^[a-c]?d", "d", "e"},
		{"^[a-cx]d", "xd", "d"},
		{"^(?:a|b)d", "bd", "cd"},
		{"^[[:alpha:]|]d", "|d", "1d"},
		{"^a[]|]|b", "xb", "xc"},
		{"^a\\|b", "a|b", "xb"},
		{"^\\w+ z", "q z", "- z"},
		{"(?i)^ab", "AB", "b"},
		{"^(?i)ab", "AB", "b"},
		{"^\\d*x", "x", "y"},
		{"^.d", "qd", "d"},
		{"^a(?:b|c)|d", "xd", "xe"},
	};
	char source[256];
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(source, sizeof(source), "id: s\ntitle: t\nrecognise: {format: text, regex: '%s'}\n",
			 cases[i].pattern);
		bench_open(&b, (const char *const[]){source, NULL});
		assert_int_equal(b.errors, 0);
		bench_run(&b, str_from(cases[i].fits));
		if (!b.event.source.len)
			fail_msg("%s does not fit %s", cases[i].pattern, cases[i].fits);
		bench_run(&b, str_from(cases[i].other));
		if (b.event.source.len)
			fail_msg("%s fits %s", cases[i].pattern, cases[i].other);
		bench_close(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_changes_nothing),
		cmocka_unit_test(test_many_recognisers),
		cmocka_unit_test(test_words_of_all_lengths),
		cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_first_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
