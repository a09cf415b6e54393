/* SPDX-License-Identifier: Apache-2.0 */
/* Detections against events: what each kind of value and each modifier means. */
#include "support.h"

struct example {
	const char *detection, *event;
	bool match;
};

static void check(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct err err;
		struct ruleset *set = rule_from(examples[i].detection, &err);

		if (!set)
			fail_msg("%s: %s", examples[i].detection, err.message);
		if (matches(set, examples[i].event) != examples[i].match)
			fail_msg("%s on %s should be %d", examples[i].detection, examples[i].event,
				 examples[i].match);
		ruleset_free(set);
	}
}

#define CHECK(...)                                                          \
	do {                                                                \
		static const struct example examples_[] = {__VA_ARGS__};    \
		check(examples_, sizeof(examples_) / sizeof(examples_[0])); \
	} while (0)
#define IS(value) "{s: {F: " value "}, condition: s}"
#define MOD(modifiers, value) "{s: {'F|" modifiers "': " value "}, condition: s}"
#define EVENT(value) "{\"F\":" value "}"

static void test_strings(void **state)
{
	(void)state;
	CHECK({IS("whoami"), EVENT("\"whoami\""), true}, {IS("whoami"), EVENT("\"WhoAmI\""), true},
	      {IS("WHOAMI"), EVENT("\"whoami\""), true}, {IS("whoami"), EVENT("\"whoami \""), false},
	      {IS("whoami"), "{\"G\":\"whoami\"}", false}, {IS("whoami"), "{\"f\":\"whoami\"}", false},
	      {MOD("contains", "oam"), EVENT("\"WHOAMI\""), true},
	      {MOD("contains", "oam"), EVENT("\"who ami\""), false},
	      {MOD("contains", "whoami"), EVENT("\"xWHOAMIx\""), true},
	      {MOD("startswith", "who"), EVENT("\"Whoami\""), true},
	      {MOD("startswith", "who"), EVENT("\" whoami\""), false},
	      {MOD("endswith", "ami"), EVENT("\"WhoAmI\""), true},
	      {MOD("endswith", "ami"), EVENT("\"whoami.\""), false},
	      {MOD("endswith", "'\\who.exe'"), EVENT("\"C:\\\\x\\\\WHO.exe\""), true},
	      {MOD("endswith", "'\\who.exe'"), EVENT("\"C:\\\\x/who.exe\""), false},
	      {MOD("endswith", "'\\who.exe'"), EVENT("\"who.exe\""), false},
	      {MOD("contains", "''"), EVENT("\"x\""), true}, {MOD("contains", "''"), "{}", false},
	      {MOD("contains", "123"), EVENT("\"x1234\""), true}, {IS("Ä"), EVENT("\"ä\""), false},
	      {IS("Äb"), EVENT("\"ÄB\""), true}, {MOD("cased", "Who"), EVENT("\"Who\""), true},
	      {MOD("cased", "Who"), EVENT("\"who\""), false},
	      {MOD("contains|cased", "Whoami"), EVENT("\"aWhoami\""), true},
	      {MOD("contains|cased", "Whoami"), EVENT("\"awhoami\""), false});
}

/* Every byte, at every place of a word and beyond, is put into lower case as one alone is. */
static void test_case(void **state)
{
	struct ruleset *set = rule_from(IS("'@abcdefghijklmnopqrstuvwxyz[`{望é'"), NULL);

	(void)state;
	assert_true(matches(set, EVENT("\"@ABCDEFGHIJKLMNOPQRSTUVWXYZ[`{望é\"")));
	assert_true(matches(set, EVENT("\"@AbCdEfGhIjKlMnOpQrStUvWxYz[`{望é\"")));
	assert_false(matches(set, EVENT("\"`ABCDEFGHIJKLMNOPQRSTUVWXYZ[`{望é\"")));
	assert_false(matches(set, EVENT("\"@ABCDEFGHIJKLMNOPQRSTUVWXYZ{`{望é\"")));
	assert_false(matches(set, EVENT("\"@ABCDEFGHIJKLMNOPQRSTUVWXYZ[`{望É\"")));
	ruleset_free(set);
}

static void test_wildcards(void **state)
{
	(void)state;
	CHECK({IS("'a*c'"), EVENT("\"abbbc\""), true}, {IS("'a*c'"), EVENT("\"ac\""), true},
	      {IS("'a*c'"), EVENT("\"acd\""), false}, {IS("'a?c'"), EVENT("\"abc\""), true},
	      {IS("'a?c'"), EVENT("\"ac\""), false}, {IS("'a?c'"), EVENT("\"a望c\""), true},
	      {IS("'*'"), EVENT("\"\""), true}, {IS("'*'"), "{}", false}, {IS("'*'"), EVENT("null"), false},
	      {IS("'*a*b*c'"), EVENT("\"xxaxxbxxcxxc\""), true}, {IS("'*abab*'"), EVENT("\"aababab\""), true},
	      {IS("'*a?b'"), EVENT("\"aaxbaxb\""), true}, {IS("'a**c'"), EVENT("\"abc\""), true},
	      {IS("'\\*'"), EVENT("\"*\""), true}, {IS("'\\*'"), EVENT("\"\\\\x\""), false},
	      {IS("'a\\?c'"), EVENT("\"a?c\""), true}, {IS("'a\\?c'"), EVENT("\"abc\""), false},
	      {IS("'a\\c'"), EVENT("\"a\\\\c\""), true}, {IS("'a\\\\c'"), EVENT("\"a\\\\c\""), true},
	      {IS("'a\\\\\\c'"), EVENT("\"a\\\\\\\\c\""), true},
	      {IS("'a\\\\\\\\c'"), EVENT("\"a\\\\\\\\c\""), true},
	      {IS("'a\\\\*'"), EVENT("\"a\\\\xyz\""), true}, {IS("'a\\\\*'"), EVENT("\"a\\\\*\""), true},
	      {IS("'a\\\\\\*'"), EVENT("\"a\\\\*\""), true}, {IS("'a\\\\\\*'"), EVENT("\"a\\\\x\""), false},
	      {MOD("contains", "'x*yz'"), EVENT("\"__x__yz__\""), true},
	      {MOD("endswith", "'\\'"), EVENT("\"C:\\\\\""), true});
}

static void test_numbers(void **state)
{
	(void)state;
	CHECK({IS("4688"), EVENT("4688"), true}, {IS("4688"), EVENT("\"4688\""), true},
	      {IS("'4688'"), EVENT("4688"), true}, {IS("4688"), EVENT("4688.0"), true},
	      {IS("4688"), EVENT("46880"), false}, {IS("0x10"), EVENT("16"), true},
	      {IS("0x10"), EVENT("\"0x10\""), true}, {IS("-1"), EVENT("-1"), true},
	      {IS("1.5"), EVENT("\"1.50\""), true}, {IS("0"), EVENT("\"-0\""), true},
	      {IS("9007199254740993"), EVENT("9007199254740992"), false}, {IS("1"), EVENT("true"), false},
	      {IS("true"), EVENT("true"), true}, {IS("true"), EVENT("\"True\""), true},
	      {IS("false"), EVENT("true"), false}, {MOD("lt", "5"), EVENT("4.9"), true},
	      {MOD("lt", "5"), EVENT("5"), false}, {MOD("lte", "5"), EVENT("\"5\""), true},
	      {MOD("gt", "5"), EVENT("5"), false}, {MOD("gte", "5"), EVENT("5"), true},
	      {MOD("gt", "5"), EVENT("\"many\""), false}, {MOD("gt", "-1"), "{}", false});
}

static void test_numbers_in_text(void **state)
{
	(void)state;
	CHECK({MOD("gt", "'5'"), EVENT("\"0x10\""), true}, {MOD("lt", "5"), EVENT("\"nan\""), false},
	      {MOD("gt", "5"), EVENT("\"\""), false}, {IS("[1, 2]"), EVENT("2"), true},
	      {IS("[1, x]"), EVENT("\"x\""), true});
}

static void test_null(void **state)
{
	(void)state;
	CHECK({IS("null"), "{}", true}, {IS("null"), EVENT("null"), true}, {IS("null"), EVENT("\"\""), false},
	      {IS(""), "{}", true}, {IS("''"), EVENT("\"\""), true}, {IS("''"), "{}", false},
	      {IS("''"), EVENT("null"), false}, {IS("''"), EVENT("\" \""), false},
	      {IS("[null, '']"), EVENT("\"\""), true}, {IS("[null, '']"), "{}", true},
	      {IS("'null'"), EVENT("\"null\""), true}, {IS("'null'"), EVENT("null"), false},
	      {"{a: {G: x}, f: {F: null}, condition: a and not f}", "{\"G\":\"x\",\"F\":\"y\"}", true},
	      {"{a: {G: x}, f: {F: null}, condition: a and not f}", "{\"G\":\"x\"}", false},
	      {MOD("exists", "true"), EVENT("\"\""), true}, {MOD("exists", "true"), "{}", false},
	      {MOD("exists", "true"), EVENT("null"), false}, {MOD("exists", "false"), "{}", true},
	      {MOD("exists", "false"), EVENT("1"), false});
}

static void test_lists(void **state)
{
	(void)state;
	CHECK({IS("[aaaa, bbbb]"), EVENT("\"bbbb\""), true}, {IS("[aaaa, bbbb]"), EVENT("\"cccc\""), false},
	      {IS("aaaa"), EVENT("[\"xxxx\",\"AAAA\"]"), true}, {IS("aaaa"), EVENT("[null,\"xxxx\"]"), false},
	      {MOD("contains|all", "[aaaa, bbbb]"), EVENT("\"bbbbaaaa\""), true},
	      {MOD("contains|all", "[aaaa, bbbb]"), EVENT("\"aaaa\""), false},
	      {MOD("contains|all", "[aaaa, bbbb]"), EVENT("[\"xaaaa\",\"xbbbb\"]"), true},
	      {MOD("all|contains", "[aaaa, bbbb]"), EVENT("\"bbbbaaaa\""), true},
	      {"{s: {F: a, G: b}, condition: s}", "{\"F\":\"a\",\"G\":\"b\"}", true},
	      {"{s: {F: a, G: b}, condition: s}", "{\"F\":\"a\",\"G\":\"c\"}", false},
	      {"{s: [{F: a}, {G: b}], condition: s}", "{\"G\":\"b\"}", true},
	      {"{s: [{F: a}, {G: b}], condition: s}", "{\"F\":\"b\"}", false},
	      {"{s: [{F: a, H: c}, {G: b}], condition: s}", "{\"F\":\"a\"}", false},
	      {"{s: [[{F: a}], [{G: b}]], condition: s}", "{\"G\":\"b\"}", true},
	      {"{s: [{F: a}, word], condition: s}", "{\"X\":\"some words\"}", true},
	      {IS("[a1, a2, a3, a4, a5, a6, a7, a8, a9]"), EVENT("\"A9\""), true},
	      {IS("[a1, a2, a3, a4, a5, a6, a7, a8, a9]"), EVENT("\"a\""), false},
	      {MOD("cased", "[A1, a2, a3, a4, a5, a6, a7, a8, a9]"), EVENT("\"a1\""), false},
	      {MOD("cased", "[A1, a2, a3, a4, a5, a6, a7, a8, a9]"), EVENT("\"A1\""), true});
}

static void test_neq(void **state)
{
	(void)state;
	CHECK({MOD("neq", "a"), EVENT("\"b\""), true}, {MOD("neq", "a"), EVENT("\"A\""), false},
	      {MOD("neq", "a"), "{}", true}, {MOD("neq", "[a, b]"), EVENT("\"b\""), false},
	      {MOD("neq", "[a, b]"), EVENT("\"c\""), true},
	      {MOD("contains|neq", "aaaa"), EVENT("\"xaaaax\""), false},
	      {MOD("contains|all|neq", "[aa, bb]"), EVENT("\"aa\""), true},
	      {MOD("contains|all|neq", "[aa, bb]"), EVENT("\"aabb\""), false});
}

static void test_regex(void **state)
{
	(void)state;
	CHECK({MOD("re", "'a[0-9]+b'"), EVENT("\"xa12bx\""), true},
	      {MOD("re", "'a[0-9]+b'"), EVENT("\"A12B\""), false},
	      {MOD("re|i", "'a[0-9]+b'"), EVENT("\"A12B\""), true},
	      {MOD("re", "'^a$'"), EVENT("\"b\\na\""), false},
	      {MOD("re|m", "'^a$'"), EVENT("\"b\\na\""), true},
	      {MOD("re", "'a.b'"), EVENT("\"a\\nb\""), false},
	      {MOD("re|s", "'a.b'"), EVENT("\"a\\nb\""), true},
	      {MOD("re|i|m|s", "'^A.b$'"), EVENT("\"x\\na\\nb\""), true},
	      {MOD("re", "'a(?=b)'"), EVENT("\"ab\""), true}, {MOD("re", "'a(?!b)'"), EVENT("\"ab\""), false},
	      {MOD("re", "'^.$'"), EVENT("\"望\""), false}, {MOD("re", "'^[望楼]$'"), EVENT("\"望\""), true},
	      {MOD("re|startswith", "'a|b'"), EVENT("\"xb\""), false},
	      {MOD("re|startswith", "'a|b'"), EVENT("\"bx\""), true},
	      {MOD("re", "['^x', 'y$']"), EVENT("\"ay\""), true},
	      {MOD("re|all", "['^x', 'y$']"), EVENT("\"ay\""), false},
	      {MOD("re", "5"), EVENT("\"152\""), true});
}

/* A name in one word is the same with its words parted, where the event has it only so. */
static void test_parted_names(void **state)
{
	(void)state;
	CHECK({"{s: {SourceName: x}, condition: s}", "{\"Source Name\":\"x\"}", true},
	      {"{s: {SourceName: x}, condition: s}", "{\"Source Name\":\"x\",\"SourceName\":\"y\"}", false},
	      {"{s: {'Source Name': x}, condition: s}", "{\"SourceName\":\"x\"}", false},
	      {"{s: {SourceName: null}, condition: s}", "{\"Source Name\":\"x\"}", false},
	      {"{s: {source.Name: x}, condition: s}", "{\"source. Name\":\"x\"}", false});
}

static void test_cidr(void **state)
{
	(void)state;
	CHECK({MOD("cidr", "192.0.2.0/24"), EVENT("\"192.0.2.77\""), true},
	      {MOD("cidr", "192.0.2.0/24"), EVENT("\"192.0.3.1\""), false},
	      {MOD("cidr", "192.0.2.0/24"), EVENT("\"192.0.2\""), false},
	      {MOD("cidr", "['10.0.0.0/8', '2001:db8::/32']"), EVENT("\"2001:DB8:1::5\""), true},
	      {MOD("cidr", "['10.0.0.0/8', '2001:db8::/32']"), EVENT("\"10.255.255.255\""), true},
	      {MOD("cidr", "10.0.0.0/8"), EVENT("\"::ffff:10.1.1.1\""), true},
	      {MOD("cidr|neq", "10.0.0.0/8"), EVENT("\"10.1.1.1\""), false});
}

static void test_time(void **state)
{
	(void)state;
	CHECK({MOD("minute", "30"), EVENT("\"2026-11-22T08:30:00Z\""), true},
	      {MOD("hour", "8"), EVENT("\"2026-11-22 08:30:00.5\""), true},
	      {MOD("hour", "8"), EVENT("\"2026-11-22T08:30:00+08:00\""), false},
	      {MOD("day", "22"), EVENT("\"2026-11-22\""), true},
	      {MOD("month", "11"), EVENT("\"2026-11-22T00:00:00Z\""), true},
	      {MOD("year", "2026"), EVENT("\"2026-11-22T00:00:00Z\""), true},
	      {MOD("year", "2025"), EVENT("\"2026-11-22T00:00:00Z\""), false},
	      {MOD("week", "53"), EVENT("\"2021-01-03T12:00:00Z\""), true},
	      {MOD("week", "1"), EVENT("\"2021-01-04T12:00:00Z\""), true},
	      {MOD("week", "1"), EVENT("\"2024-12-30T12:00:00Z\""), true},
	      {MOD("hour|gte", "22"), EVENT("\"2026-11-22T23:00:00Z\""), true},
	      {MOD("hour|lt", "6"), EVENT("\"2026-11-22T23:00:00Z\""), false},
	      {MOD("hour", "8"), EVENT("\"half past eight\""), false});
}

static void test_fieldref(void **state)
{
	(void)state;
	CHECK({MOD("fieldref", "G"), "{\"F\":\"Abc\",\"G\":\"aBC\"}", true},
	      {MOD("fieldref", "G"), "{\"F\":\"abc\",\"G\":\"abcd\"}", false},
	      {MOD("fieldref", "G"), "{\"F\":\"abc\"}", false},
	      {MOD("fieldref|cased", "G"), "{\"F\":\"Abc\",\"G\":\"aBC\"}", false},
	      {MOD("fieldref|startswith", "G"), "{\"F\":\"abcd\",\"G\":\"AB\"}", true},
	      {MOD("fieldref|endswith", "G"), "{\"F\":\"abcd\",\"G\":\"cd\"}", true},
	      {MOD("fieldref|endswith", "G"), "{\"F\":\"abcd\",\"G\":\"ab\"}", false},
	      {MOD("contains|fieldref", "G"), "{\"F\":\"abcd\",\"G\":\"bc\"}", true},
	      {MOD("fieldref|neq", "G"), "{\"F\":\"a\",\"G\":\"b\"}", true},
	      {MOD("fieldref", "[G, H]"), "{\"F\":\"a\",\"G\":\"b\",\"H\":[\"x\",\"a\"]}", true});
}

static void test_encodings(void **state)
{
	(void)state;
	CHECK({MOD("base64", "'foobar'"), EVENT("\"Zm9vYmFy\""), true},
	      {MOD("base64|contains", "'foob'"), EVENT("\"xZm9vYg==\""), true},
	      /* "foobar" behind 0, 1 and 2 bytes of "yy", and with more behind it */
	      {MOD("base64offset|contains", "'foobar'"), EVENT("\"Zm9vYmFyIQ==\""), true},
	      {MOD("base64offset|contains", "'foobar'"), EVENT("\"eWZvb2Jhcnl5\""), true},
	      {MOD("base64offset|contains", "'foobar'"), EVENT("\"eXlmb29iYXJ5\""), true},
	      {MOD("base64offset|contains", "'foobar'"), EVENT("\"Zm9vYmF6\""), false},
	      {MOD("wide|base64offset|contains", "'ping'"), EVENT("\"cABpAG4AZwA=\""), true},
	      {MOD("utf16le|base64", "'ab'"), EVENT("\"YQBiAA==\""), true},
	      {MOD("utf16be|base64", "'ab'"), EVENT("\"AGEAYg==\""), true},
	      {MOD("utf16|base64", "'ab'"), EVENT("\"//5hAGIA\""), true},
	      {MOD("wide", "'ab'"), EVENT("\"a\\u0000b\\u0000\""), true},
	      {MOD("utf16be|base64", "'😀'"), EVENT("\"2D3eAA==\""), true},
	      {MOD("base64offset|contains|all", "[foobar, barfoo]"), EVENT("\"Zm9vYmFyIQ==\""), false},
	      {MOD("base64offset|contains|all", "[foobar, quux]"), EVENT("\"Zm9vYmFycXV1eA==\""), true});
}

static void test_windash(void **state)
{
	(void)state;
	CHECK({MOD("windash|contains", "' -foo'"), EVENT("\"x -foo\""), true},
	      {MOD("windash|contains", "' -foo'"), EVENT("\"x /foo\""), true},
	      {MOD("windash|contains", "' -foo'"),
	       EVENT("\"x \xe2\x80\x93"
		     "foo\""),
	       true},
	      {MOD("contains|windash", "' -foo'"),
	       EVENT("\"x \xe2\x80\x94"
		     "foo\""),
	       true},
	      {MOD("contains|windash", "' /foo'"),
	       EVENT("\"x \xe2\x80\x95"
		     "foo\""),
	       true},
	      {MOD("contains|windash", "' -foo'"), EVENT("\"x _foo\""), false},
	      {MOD("contains|windash", "' -foo'"), EVENT("\"x foo\""), false},
	      {MOD("contains|windash", "'a-foo'"), EVENT("\"a/foo\""), false},
	      {MOD("contains|windash", "'a-foo'"), EVENT("\"a-foo\""), true},
	      {MOD("contains|windash|all", "[' -foo', ' -bar']"), EVENT("\"x /bar -foo\""), true},
	      {MOD("windash", "'-a -b'"), EVENT("\"/a -b\""), true},
	      {MOD("windash|base64", "'-a'"), EVENT("\"L2E=\""), true});
}

static void test_keywords(void **state)
{
	(void)state;
	CHECK({"{k: [needle, other], condition: k}", EVENT("\"a NEEDLE in\""), true},
	      {"{k: [needle, other], condition: k}", EVENT("\"haystack\""), false},
	      {"{k: [needle, other], condition: k}", "{\"needle\":\"hay\"}", false},
	      {"{k: needle, condition: k}", "{\"x\":{\"y\":[1,\"needle\"]}}", true},
	      {"{k: ['n*le'], condition: k}", EVENT("\"a needle\""), true},
	      {"{k: {'|all': [needle, hay]}, condition: k}", "{\"A\":\"needle\",\"B\":\"hay\"}", true},
	      {"{k: {'|all': [needle, hay]}, condition: k}", "{\"A\":\"needle\"}", false},
	      {"{k: {'|re': 'n.{3}le'}, condition: k}", EVENT("\"a needle\""), true},
	      {"{k: {'|contains|cased': Needle}, condition: k}", EVENT("\"a needle\""), false},
	      {"{k: {'|startswith': need}, condition: k}", EVENT("\"a needle\""), false},
	      {"{k: [4688], condition: k}", EVENT("14688"), true});
}

static void test_conditions(void **state)
{
#define ABC(condition)                                                                         \
	"{a: {A: '1'}, b: {B: '1'}, c: {C: '1'}, _d: {D: '1'}, x_1: {X: '1'}, x_2: {Y: '1'}, " \
	"condition: " condition "}"
	(void)state;
	CHECK({ABC("a or b and c"), "{\"A\":1}", true}, {ABC("(a or b) and c"), "{\"A\":1}", false},
	      {ABC("not a and b"), "{\"B\":1}", true}, {ABC("not (a and b)"), "{\"A\":1}", true},
	      {ABC("not a or b"), "{\"A\":1,\"B\":1}", true}, {ABC("not not a"), "{\"A\":1}", true},
	      {ABC("1 of x_*"), "{\"Y\":1}", true}, {ABC("all of x_*"), "{\"Y\":1}", false},
	      {ABC("all of x_*"), "{\"X\":1,\"Y\":1}", true}, {ABC("any of x_*"), "{\"X\":1}", true},
	      {ABC("1 of them"), "{\"D\":1}", false}, {ABC("1 of them"), "{\"C\":1}", true},
	      {ABC("all of them"), "{\"A\":1,\"B\":1,\"C\":1,\"X\":1,\"Y\":1}", true},
	      {ABC("1 of _*"), "{\"D\":1}", true}, {ABC("a and not 1 of x_*"), "{\"A\":1,\"X\":1}", false},
	      {ABC("a and not 1 of x_*"), "{\"A\":1}", true},
	      {ABC("[a, b and c]"), "{\"B\":1,\"C\":1}", true}, {ABC("[a, b and c]"), "{\"B\":1}", false},
	      {ABC("a AND b"), "{\"A\":1,\"B\":1}", true});
}

/* More is found in a value than is remembered of it, and it comes again. */
static void test_much_found(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789abcd";
	struct ruleset_builder *builder = ruleset_builder_new();
	struct arena *arena = arena_new(0);
	struct ruleset *set;
	struct matcher *matcher;
	struct event event;
	const uint32_t *found;
	struct err err = {0};

	(void)state;
	for (int i = 0; i < 36; i++)
		ruleset_add_text(builder, "rule.yml",
				 arena_printf(arena,
					      "title: t\nlogsource: {product: p}\n"
					      "detection: {s: {'F|contains': '%.4s'}, condition: s}\n",
					      letters + i),
				 NULL, &err);
	set = ruleset_build(builder, false);
	matcher = matcher_new(set);
	event_init(&event, arena);
	event.logsource.product = STR("p");
	event_add_attr(&event, STR("F"), hash_str(STR("F")), value_string(str_from(letters)), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(matcher_run(matcher, &event, &found), 36);
	matcher_free(matcher);
	ruleset_free(set);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),         cmocka_unit_test(test_case),
		cmocka_unit_test(test_wildcards),       cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_numbers_in_text), cmocka_unit_test(test_null),
		cmocka_unit_test(test_lists),           cmocka_unit_test(test_neq),
		cmocka_unit_test(test_regex),           cmocka_unit_test(test_cidr),
		cmocka_unit_test(test_parted_names),    cmocka_unit_test(test_time),
		cmocka_unit_test(test_fieldref),        cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_windash),         cmocka_unit_test(test_keywords),
		cmocka_unit_test(test_conditions),      cmocka_unit_test(test_much_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
