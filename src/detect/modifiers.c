/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Detection items: a field with modifiers, and values. The values become tests,
 * then each modifier changes the tests in the order in which it stands
 * (Sigma specification, "Modifiers"); the table at the end lists them.
 */
#include "base/words.h"
#include "detect/ast.h"
#include "detect/encode.h"

#define MODIFIERS_MAX 16

struct tests {
	VEC_OF(struct test)
};

struct chain {
	struct item *item;
	struct tests tests;
	struct arena *arena;
	const struct placeholders *placeholders;
	struct err *err;
	const struct yaml_node *key;
	struct str name; /* of the modifier at work */
	unsigned anchor;
	bool anchored, cased;
};

struct modifier {
	const char *name;
	int (*apply)(struct chain *chain, unsigned argument);
	unsigned argument;
};

static int misfit(struct chain *chain, const struct test *test, const char *takes)
{
	return yaml_error(chain->err, test->node, "modifier '%.*s' takes %s", STR_FMT(chain->name),
			  words_of(takes));
}

#define for_tests(test, chain) \
	for (struct test *test = (chain)->tests.items, *end_ = test + (chain)->tests.len; test < end_; test++)

/* Adds a text that came of the same value of the rule. */
static void add_text(struct tests *into, const struct test *origin, struct str text, struct arena *arena)
{
	struct test test = *origin;

	test.type = TEST_PATTERN;
	test.pattern = pattern_plain(text, arena);
	vec_push(into, test);
}

static int all(struct chain *chain, unsigned argument)
{
	(void)argument;
	chain->item->all = true;
	return 0;
}

static int cased(struct chain *chain, unsigned argument)
{
	(void)argument;
	chain->cased = true;
	return 0;
}

static int neq(struct chain *chain, unsigned argument)
{
	(void)argument;
	chain->item->neq = true;
	return 0;
}

/* contains, startswith, endswith: noted here, applied when all modifiers are known. */
static int anchor(struct chain *chain, unsigned argument)
{
	for_tests(test, chain)
	{
		if (test->type == TEST_NUMBER)
			test->type = TEST_PATTERN;
		if (test->type != TEST_PATTERN && test->type != TEST_REGEX && test->type != TEST_FIELDREF)
			return misfit(chain, test, "texts");
	}
	chain->anchor |= argument;
	chain->anchored = true;
	return 0;
}

static int regex(struct chain *chain, unsigned argument)
{
	(void)argument;
	for_tests(test, chain)
	{
		if (test->type != TEST_PATTERN && test->type != TEST_NUMBER)
			return misfit(chain, test, "regular expressions");
		test->type = TEST_REGEX;
	}
	return 0;
}

static int regex_flag(struct chain *chain, unsigned argument)
{
	for_tests(test, chain)
	{
		if (test->type != TEST_REGEX)
			return misfit(chain, test, "the modifier 're' before it");
		test->regex_flags |= argument;
	}
	return 0;
}

static int cidr(struct chain *chain, unsigned argument)
{
	(void)argument;
	for_tests(test, chain)
	{
		if (test->type != TEST_PATTERN || ip_net_parse(test->text, &test->net) < 0)
			return misfit(chain, test, "networks such as 192.0.2.0/24");
		test->type = TEST_CIDR;
	}
	return 0;
}

/* A test of a number; a quoted one will do. */
static bool to_number(struct test *test)
{
	return test->type == TEST_NUMBER ||
	       (test->type == TEST_PATTERN && str_to_double(test->text, &test->number) == 0);
}

static int compare(struct chain *chain, unsigned argument)
{
	for_tests(test, chain)
	{
		bool first = test->type != TEST_TIME || test->compare == COMPARE_EQ;

		if (!first || (test->type != TEST_TIME && !to_number(test)))
			return misfit(chain, test, "numbers");
		if (test->type != TEST_TIME)
			test->type = TEST_COMPARE;
		test->compare = (uint8_t)argument;
	}
	return 0;
}

static int time_part(struct chain *chain, unsigned argument)
{
	for_tests(test, chain)
	{
		if (!to_number(test))
			return misfit(chain, test, "numbers");
		test->type = TEST_TIME;
		test->compare = COMPARE_EQ;
		test->time_part = (uint8_t)argument;
	}
	return 0;
}

static int exists(struct chain *chain, unsigned argument)
{
	(void)argument;
	for_tests(test, chain)
	{
		if (yaml_bool(test->node, &test->exists) < 0 || chain->item->field.len == 0)
			return misfit(chain, test, "a field, and true or false");
		test->type = TEST_EXISTS;
	}
	return 0;
}

static int fieldref(struct chain *chain, unsigned argument)
{
	(void)argument;
	for_tests(test, chain)
	{
		if (test->type != TEST_PATTERN || test->text.len == 0 || chain->item->field.len == 0)
			return misfit(chain, test, "a field, and names of fields");
		test->type = TEST_FIELDREF;
	}
	return 0;
}

static int windash(struct chain *chain, unsigned argument)
{
	(void)argument;
	for_tests(test, chain)
	{
		if (test->type == TEST_NUMBER)
			test->type = TEST_PATTERN;
		if (test->type != TEST_PATTERN)
			return misfit(chain, test, "texts");
		if (pattern_windash(&test->pattern, chain->arena, &test->pattern) < 0)
			return misfit(chain, test, "shorter texts");
	}
	return 0;
}

enum encoding { ENCODE_UTF16_LE, ENCODE_UTF16_BE, ENCODE_UTF16_BOM, ENCODE_BASE64, ENCODE_BASE64_OFFSET };

static void add_encoded(struct chain *chain, struct tests *into, const struct test *test, struct str text,
			enum encoding encoding)
{
	static const enum utf16 variants[] = {
		[ENCODE_UTF16_LE] = UTF16_LE, [ENCODE_UTF16_BE] = UTF16_BE, [ENCODE_UTF16_BOM] = UTF16_BOM};

	if (encoding == ENCODE_BASE64)
		add_text(into, test, encode_base64(text, chain->arena), chain->arena);
	else if (encoding == ENCODE_BASE64_OFFSET)
		for (unsigned offset = 0; offset < 3; offset++)
			add_text(into, test, encode_base64_inside(text, offset, chain->arena), chain->arena);
	else
		add_text(into, test, encode_utf16(text, variants[encoding], chain->arena), chain->arena);
}

static int encode(struct chain *chain, unsigned argument)
{
	struct tests encoded = {0};
	int r = 0;

	for_tests(test, chain)
	{
		struct str *texts;
		size_t count;

		r = test->type == TEST_PATTERN || test->type == TEST_NUMBER
			    ? pattern_variants(&test->pattern, chain->arena, &texts, &count)
			    : ERR_SYNTAX;
		if (r == 0 && encoded.len + 3 * count > RULE_VALUES_MAX)
			r = ERR_LIMIT;
		if (r < 0) {
			misfit(chain, test, r == ERR_LIMIT ? "fewer dashes" : "texts without wildcards");
			break;
		}
		for (size_t i = 0; i < count; i++)
			add_encoded(chain, &encoded, test, texts[i], argument);
	}
	vec_done(&chain->tests);
	chain->tests = encoded;
	return r;
}

static bool is_name(char c)
{
	return char_is_digit(c) || c == '_' || (unsigned char)(char_lower(c) - 'a') < 26;
}

/* The first %name% in text at or behind *at: its name, and *at at its first percent sign. */
static bool find_placeholder(struct str text, size_t *at, struct str *ret_name)
{
	for (size_t i = *at; i < text.len; i++) {
		size_t end = i + 1;

		while (text.ptr[i] == '%' && end < text.len && is_name(text.ptr[end]))
			end++;
		if (text.ptr[i] != '%' || end == i + 1 || end == text.len || text.ptr[end] != '%')
			continue;
		*at = i;
		*ret_name = str_of(text.ptr + i + 1, end - i - 1);
		return true;
	}
	return false;
}

/* Adds head followed by all that the rest of the text may stand for. */
static int expand_rest(struct chain *chain, struct tests *into, const struct test *origin,
		       const struct pattern *head, struct str rest)
{
	struct pattern plain, value, longer;
	size_t at = 0, found = 0;
	struct str name = {0};
	bool more = find_placeholder(rest, &at, &name);

	if (pattern_parse(str_head(rest, more ? at : rest.len), chain->arena, &plain) < 0 ||
	    pattern_join(head, &plain, chain->arena, &plain) < 0 || into->len >= RULE_VALUES_MAX)
		return misfit(chain, origin, "shorter or fewer texts");
	if (!more) {
		vec_push(into, *origin);
		into->items[into->len - 1].pattern = plain;
		return 0;
	}
	for (size_t i = 0; i < chain->placeholders->len; i++) {
		int r;

		if (!str_eq(chain->placeholders->items[i].name, name))
			continue;
		found++;
		if (pattern_parse(chain->placeholders->items[i].value, chain->arena, &value) < 0 ||
		    pattern_join(&plain, &value, chain->arena, &longer) < 0)
			return misfit(chain, origin, "shorter texts");
		r = expand_rest(chain, into, origin, &longer, str_from_offset(rest, at + name.len + 2));
		if (r < 0)
			return r;
	}
	return found ? 0
		     : yaml_error(chain->err, origin->node, "no value is given for the placeholder %%%.*s%%",
				  STR_FMT(name));
}

static int expand(struct chain *chain, unsigned argument)
{
	struct pattern empty = {0};
	struct tests expanded = {0};
	int r = 0;

	(void)argument;
	for_tests(test, chain)
	{
		r = test->type == TEST_PATTERN ? expand_rest(chain, &expanded, test, &empty, test->text)
					       : misfit(chain, test, "texts");
		if (r < 0)
			break;
	}
	vec_done(&chain->tests);
	chain->tests = expanded;
	return r;
}

static const struct modifier modifiers[] = {
	{"contains", anchor, ANCHOR_OPEN_START | ANCHOR_OPEN_END},
	{"startswith", anchor, ANCHOR_OPEN_END},
	{"endswith", anchor, ANCHOR_OPEN_START},
	{"all", all, 0},
	{"cased", cased, 0},
	{"neq", neq, 0},
	{"re", regex, 0},
	{"i", regex_flag, REGEX_CASELESS},
	{"ignorecase", regex_flag, REGEX_CASELESS},
	{"m", regex_flag, REGEX_MULTILINE},
	{"multiline", regex_flag, REGEX_MULTILINE},
	{"s", regex_flag, REGEX_DOTALL},
	{"dotall", regex_flag, REGEX_DOTALL},
	{"cidr", cidr, 0},
	{"lt", compare, COMPARE_LT},
	{"lte", compare, COMPARE_LTE},
	{"gt", compare, COMPARE_GT},
	{"gte", compare, COMPARE_GTE},
	{"minute", time_part, TIME_MINUTE},
	{"hour", time_part, TIME_HOUR},
	{"day", time_part, TIME_DAY},
	{"week", time_part, TIME_WEEK},
	{"month", time_part, TIME_MONTH},
	{"year", time_part, TIME_YEAR},
	{"exists", exists, 0},
	{"expand", expand, 0},
	{"fieldref", fieldref, 0},
	{"windash", windash, 0},
	{"base64", encode, ENCODE_BASE64},
	{"base64offset", encode, ENCODE_BASE64_OFFSET},
	{"wide", encode, ENCODE_UTF16_LE},
	{"utf16le", encode, ENCODE_UTF16_LE},
	{"utf16be", encode, ENCODE_UTF16_BE},
	{"utf16", encode, ENCODE_UTF16_BOM},
};

static int apply(struct chain *chain, struct str name)
{
	chain->name = name;
	for (size_t i = 0; i < sizeof(modifiers) / sizeof(modifiers[0]); i++)
		if (str_eq(str_from(modifiers[i].name), name))
			return modifiers[i].apply(chain, modifiers[i].argument);
	return err_set(chain->err, ERR_UNKNOWN, chain->key->line, chain->key->column,
		       "there is no modifier '%.*s'", STR_FMT(name));
}

/* A plain scalar that is a number in YAML. */
static bool is_number(const struct yaml_node *node, double *ret_number)
{
	int64_t whole;

	if (yaml_int(node, &whole) == 0) {
		*ret_number = (double)whole;
		return true;
	}
	for (size_t i = 0; i < node->text.len; i++)
		if (!char_is_digit(node->text.ptr[i]) && !strchr("+-.eE", node->text.ptr[i]))
			return false;
	return node->plain && str_to_double(node->text, ret_number) == 0;
}

static int read_values(struct chain *chain, const struct yaml_node *const *values, uint32_t count)
{
	vec_reserve(&chain->tests, count);
	for (uint32_t i = 0; i < count; i++) {
		struct test test = {.node = values[i], .group = i, .text = values[i]->text};

		if (values[i]->type != YAML_SCALAR)
			return yaml_error(chain->err, values[i], "a value must be a text, a number or null");
		if (yaml_is_null(values[i]))
			test.type = TEST_NULL;
		else if (is_number(values[i], &test.number))
			test.type = TEST_NUMBER;
		test.text = arena_copy(chain->arena, test.text);
		if (pattern_parse(test.text, chain->arena, &test.pattern) < 0)
			return yaml_error(chain->err, values[i],
					  "a value has at most %d bytes and %d wildcards", PATTERN_TEXT_MAX,
					  PATTERN_PARTS_MAX / 2);
		vec_push(&chain->tests, test);
	}
	return 0;
}

/* startswith and endswith on a regular expression tie it to that end. */
static struct str tie_regex(struct str text, unsigned anchor, struct arena *arena)
{
	return arena_printf(arena, "%s(?:%.*s)%s", anchor & ANCHOR_OPEN_START ? "" : "^", STR_FMT(text),
			    anchor & ANCHOR_OPEN_END ? "" : "$");
}

static int finish_regex(struct chain *chain, struct test *test)
{
	struct err reason = {0};
	int r;

	if (chain->anchored && chain->anchor != (ANCHOR_OPEN_START | ANCHOR_OPEN_END))
		test->text = tie_regex(test->text, chain->anchor, chain->arena);
	r = regex_check(test->text, test->regex_flags, &reason);
	if (r < 0)
		yaml_error(chain->err, test->node, "%s", reason.message);
	return r;
}

/* What had to wait until all modifiers were known. */
static int finish(struct chain *chain)
{
	bool keyword = chain->item->field.len == 0;
	unsigned open = keyword && !chain->anchored ? ANCHOR_OPEN_START | ANCHOR_OPEN_END : chain->anchor;
	int r = 0;

	for_tests(test, chain)
	{
		if (keyword && test->type == TEST_NULL)
			return yaml_error(chain->err, test->node, "a keyword cannot be null");
		if (keyword && test->type == TEST_NUMBER)
			test->type = TEST_PATTERN;
		test->cased = chain->cased;
		test->anchor = (uint8_t)open;
		if (test->type == TEST_REGEX)
			r = finish_regex(chain, test);
		else if (test->type == TEST_PATTERN)
			r = pattern_open(&test->pattern, open | (chain->cased ? 0 : PATTERN_LOWER),
					 chain->arena, &test->pattern);
		if (r < 0)
			return r;
	}
	return 0;
}

int item_parse(const struct yaml_node *key, const struct yaml_node *const *values, uint32_t count,
	       const struct placeholders *placeholders, struct arena *arena, struct item *ret_item,
	       struct err *ret_err)
{
	struct item item = {0};
	struct chain chain = {
		.item = &item, .arena = arena, .placeholders = placeholders, .err = ret_err, .key = key};
	struct str rest = key && key->text.len ? key->text : (struct str){0}, name = {0};
	int r, modifier_count = 0;

	if (rest.len && rest.ptr[0] != '|')
		str_split(&rest, '|', &name);
	else
		rest = str_from_offset(rest, 1);
	item.field = arena_copy(arena, name);
	r = read_values(&chain, values, count);
	while (r == 0 && str_split(&rest, '|', &name))
		r = ++modifier_count > MODIFIERS_MAX ? yaml_error(ret_err, key, "too many modifiers")
						     : apply(&chain, name);
	if (r == 0)
		r = finish(&chain);
	if (r == 0) {
		struct test *tests = arena_array(arena, struct test, chain.tests.len + 1);

		if (chain.tests.len)
			memcpy(tests, chain.tests.items, chain.tests.len * sizeof(*tests));
		item.tests = tests;
		item.test_count = (uint32_t)chain.tests.len;
		*ret_item = item;
	}
	vec_done(&chain.tests);
	return r;
}
