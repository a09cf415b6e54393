/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	either  = both { "or" both }
 *	both    = not { ["and"] not }
 *	not     = "not" not | "(" either ")" | term
 *	term    = name ":" values | name ("<" | "<=" | ">" | ">=") value | value
 *	values  = "(" either ")" | value             inside, a value stands for name ":" value
 *	value   = quoted | word { word }             words that do not begin a term of their own
 *
 * SQL is written while the text is read; where that fails, what was written is taken back.
 */
#include "query/kql.h"

#include "base/words.h"
#include "query/private.h"

struct parser {
	struct str text;
	size_t at;
	struct token token; /* the next one */
	struct sql_query *query;
	struct arena *arena;
	struct err *err;
	int64_t now;
	unsigned depth, terms;
	const struct value_pattern *field; /* inside "name: ( … )" */
};

static int parse_either(struct parser *parser);

static int advance(struct parser *parser)
{
	return kql_next(parser->text, &parser->at, &parser->token, parser->err);
}

static void add(struct parser *parser, const char *text)
{
	buf_add_str(&parser->query->sql, str_from(text));
}

static int expected(struct parser *parser, const char *what)
{
	static const char *const names[] = {
		[TOKEN_END] = WORDS("the end"),
		[TOKEN_WORD] = WORDS("a word"),
		[TOKEN_QUOTED] = WORDS("a quoted text"),
		[TOKEN_OPEN] = "'('",
		[TOKEN_CLOSE] = "')'",
		[TOKEN_COLON] = "':'",
		[TOKEN_LT] = "'<'",
		[TOKEN_LE] = "'<='",
		[TOKEN_GT] = "'>'",
		[TOKEN_GE] = "'>='",
		[TOKEN_AND] = "'and'",
		[TOKEN_OR] = "'or'",
		[TOKEN_NOT] = "'not'",
	};

	return err_set(parser->err, ERR_SYNTAX, 1, parser->token.column, "expected %s, found %s",
		       words_of(what), words_of(names[parser->token.type]));
}

static bool is_value(const struct token *token)
{
	return token->type == TOKEN_WORD || token->type == TOKEN_QUOTED;
}

static bool is_comparison(const struct token *token)
{
	return token->type >= TOKEN_COLON && token->type <= TOKEN_GE;
}

/* Whether the token behind the current one makes that the name of a term. */
static bool begins_term(const struct parser *parser)
{
	size_t at = parser->at;
	struct token next;

	return kql_next(parser->text, &at, &next, NULL) == 0 && is_comparison(&next);
}

static int count_term(struct parser *parser)
{
	if (++parser->terms > KQL_TERMS_MAX)
		return err_set(parser->err, ERR_LIMIT, 1, parser->token.column, "more than %d terms",
			       KQL_TERMS_MAX);
	return 0;
}

/* One value: a quoted text alone, or words up to the next thing that is not a word. */
static int read_value(struct parser *parser, struct value_pattern *ret_value)
{
	struct value_pattern value = {0};
	bool quoted = parser->token.type == TOKEN_QUOTED;
	int r = 0;

	if (!is_value(&parser->token))
		return expected(parser, "a value");
	do {
		value_add(parser->arena, &parser->token, &value);
		r = advance(parser);
	} while (r == 0 && !quoted && parser->token.type == TOKEN_WORD && !begins_term(parser));
	if (r == 0)
		*ret_value = value;
	return r;
}

/* '*' stands for any bytes. Goes back to the last '*' only, so that no pattern takes long. */
static bool name_matches(struct str name, struct str pattern)
{
	size_t at = 0, in_pattern = 0, star = STR_NOT_FOUND, resume = 0;

	while (at < name.len) {
		if (in_pattern < pattern.len && pattern.ptr[in_pattern] == '*') {
			star = in_pattern++;
			resume = at;
		} else if (in_pattern < pattern.len && pattern.ptr[in_pattern] == name.ptr[at]) {
			in_pattern++;
			at++;
		} else if (star != STR_NOT_FOUND) {
			in_pattern = star + 1;
			at = ++resume;
		} else {
			return false;
		}
	}
	while (in_pattern < pattern.len && pattern.ptr[in_pattern] == '*')
		in_pattern++;
	return in_pattern == pattern.len;
}

/* One of the fields that a pattern of names covers; those the value does not suit are passed over. */
static int add_fields_like(struct parser *parser, const struct value_pattern *value)
{
	struct sql_query *query = parser->query;
	struct target target;
	int r = 0;

	add(parser, "(");
	for (size_t i = 0; r == 0 && target_at(i, &target); i++) {
		size_t before = query->sql.len;

		if (!name_matches(target.name, parser->field->plain))
			continue;
		r = count_term(parser);
		if (value->everything)
			condition_exists(query, &target);
		else if (condition_add(query, &target, COMPARE_EQUAL, value, parser->now, NULL) < 0)
			query->sql.len = before; /* fails before it has bound anything */
		if (query->sql.len > before)
			add(parser, " OR ");
	}
	condition_attributes_like(query, parser->field, value);
	add(parser, ")");
	return r;
}

/* Every word must be there; a quoted text as it stands. */
static void add_words(struct parser *parser, const struct target *target, const struct value_pattern *value)
{
	const char *glue = "";
	struct token token;
	size_t at = 0;

	add(parser, "(");
	while (kql_next(value->raw, &at, &token, NULL) == 0 && token.type != TOKEN_END) {
		struct value_pattern one = {0};

		value_add(parser->arena, &token, &one);
		add(parser, glue);
		if (target)
			condition_add(parser->query, target, COMPARE_EQUAL, &one, parser->now, NULL);
		else
			condition_free_text(parser->query, &one);
		glue = " AND ";
	}
	add(parser, ")");
}

static int add_match(struct parser *parser, const struct value_pattern *value, bool quoted)
{
	struct target target;

	if (!parser->field || parser->field->everything) {
		if (value->everything)
			add(parser, "(1)");
		else if (quoted)
			condition_free_text(parser->query, value);
		else
			add_words(parser, NULL, value);
		return 0;
	}
	if (parser->field->wildcard)
		return add_fields_like(parser, value);
	target = target_of(parser->field->plain);
	if (value->everything)
		condition_exists(parser->query, &target);
	else if (target.prose && !quoted)
		add_words(parser, &target, value);
	else
		return condition_add(parser->query, &target, COMPARE_EQUAL, value, parser->now, parser->err);
	return 0;
}

static int parse_value(struct parser *parser)
{
	bool quoted = parser->token.type == TOKEN_QUOTED;
	struct value_pattern value = {0};
	int r = count_term(parser);

	if (r == 0)
		r = read_value(parser, &value);
	return r < 0 ? r : add_match(parser, &value, quoted);
}

static int parse_range(struct parser *parser, const struct value_pattern *name, enum token_type operator)
{
	static const enum comparison comparisons[] = {[TOKEN_LT] = COMPARE_LT,
						      [TOKEN_LE] = COMPARE_LE,
						      [TOKEN_GT] = COMPARE_GT,
						      [TOKEN_GE] = COMPARE_GE};
	struct target target = target_of(name->plain);
	struct value_pattern value = {0};
	int r = read_value(parser, &value);

	if (r < 0)
		return r;
	if (value.wildcard || name->wildcard)
		return err_set(parser->err, ERR_SYNTAX, 1, value.column, "'*' cannot be compared by size");
	return condition_add(parser->query, &target, comparisons[operator], &value, parser->now, parser->err);
}

static int enter(struct parser *parser)
{
	if (++parser->depth > KQL_DEPTH_MAX)
		return err_set(parser->err, ERR_LIMIT, 1, parser->token.column, "more than %d levels",
			       KQL_DEPTH_MAX);
	return advance(parser);
}

/* "( … )", the opening one being the current token. */
static int parse_group(struct parser *parser)
{
	int r = enter(parser);

	if (r == 0)
		r = parse_either(parser);
	if (r == 0 && parser->token.type != TOKEN_CLOSE)
		r = expected(parser, "'and', 'or' or ')'");
	parser->depth--;
	return r < 0 ? r : advance(parser);
}

static int parse_field(struct parser *parser)
{
	struct value_pattern name = {0};
	enum token_type operator;
	int r = count_term(parser);

	value_add(parser->arena, &parser->token, &name);
	if (r == 0)
		r = advance(parser);
	operator= parser->token.type;
	if (r == 0 && parser->field)
		r = err_set(parser->err, ERR_SYNTAX, 1, parser->token.column,
			    "a field's values cannot name a field; quote the value if it contains '%s'",
			    operator== TOKEN_COLON ? ":" : "<");
	if (r == 0)
		r = advance(parser);
	if (r < 0)
		return r;
	if (operator!= TOKEN_COLON)
		return parse_range(parser, &name, operator);
	parser->field = &name;
	r = parser->token.type == TOKEN_OPEN ? parse_group(parser) : parse_value(parser);
	parser->field = NULL;
	return r;
}

static int parse_not(struct parser *parser)
{
	int r;

	switch (parser->token.type) {
	case TOKEN_NOT:
		r = enter(parser);
		add(parser, "NOT ");
		r = r < 0 ? r : parse_not(parser);
		parser->depth--;
		return r;
	case TOKEN_OPEN:
		return parse_group(parser);
	case TOKEN_WORD:
	case TOKEN_QUOTED:
		return begins_term(parser) ? parse_field(parser) : parse_value(parser);
	default:
		return expected(parser, "a field, a value or '('");
	}
}

/* "and" may be left out. */
static int parse_both(struct parser *parser)
{
	int r = parse_not(parser);

	while (r == 0 && parser->token.type != TOKEN_OR && parser->token.type != TOKEN_CLOSE &&
	       parser->token.type != TOKEN_END) {
		if (parser->token.type == TOKEN_AND)
			r = advance(parser);
		add(parser, " AND ");
		r = r < 0 ? r : parse_not(parser);
	}
	return r;
}

static int parse_either(struct parser *parser)
{
	int r;

	add(parser, "(");
	r = parse_both(parser);
	while (r == 0 && parser->token.type == TOKEN_OR) {
		r = advance(parser);
		add(parser, " OR ");
		r = r < 0 ? r : parse_both(parser);
	}
	add(parser, ")");
	return r;
}

static int parse(struct parser *parser)
{
	int r = advance(parser);

	if (r == 0 && parser->token.type == TOKEN_END) {
		add(parser, "(1)");
		return 0;
	}
	r = r < 0 ? r : parse_either(parser);
	return r == 0 && parser->token.type != TOKEN_END ? expected(parser, "'and', 'or' or the end") : r;
}

static void take_back(struct sql_query *query, size_t sql_len, size_t params)
{
	query->sql.len = sql_len;
	while (query->len > params)
		free((char *)query->items[--query->len].name.ptr);
}

int kql_compile(struct str text, int64_t now, struct sql_query *query, struct err *ret_err)
{
	struct parser parser = {.text = text, .query = query, .err = ret_err, .now = now};
	size_t sql_len = query->sql.len, params = query->len;
	int r;

	if (text.len > KQL_SIZE_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "a search has at most %d bytes", KQL_SIZE_MAX);
	parser.arena = arena_new(0);
	must(parser.arena);
	r = parse(&parser);
	if (r < 0)
		take_back(query, sql_len, params);
	arena_free(parser.arena);
	return r;
}
