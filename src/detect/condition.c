/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions (Sigma specification, "Condition"):
 *
 *	or:   and ("or" and)*
 *	and:  not ("and" not)*
 *	not:  "not" not | primary
 *	primary: "(" or ")" | ("1" | "any" | "all") "of" ("them" | glob) | selection
 *
 * A quantifier becomes an OR or AND over the selections it names; "them" leaves
 * out those whose names begin with an underscore.
 */
#include "base/words.h"
#include "detect/ast.h"

enum token_type { TOKEN_END, TOKEN_WORD, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_PIPE, TOKEN_WRONG };

struct token {
	enum token_type type;
	struct str text;
	size_t at;
};

struct parser {
	struct str text;
	size_t at;
	struct token token;
	const struct rule_selection *selections;
	uint32_t selection_count, line, column;
	unsigned depth;
	size_t nodes;
	struct arena *arena;
	struct err *err;
};

struct children {
	VEC_OF(const struct condition *)
};

static bool is_word(char c)
{
	return char_is_digit(c) || (unsigned char)(char_lower(c) - 'a') < 26 || strchr("_-*?.", c) ||
	       (unsigned char)c >= 0x80;
}

static void advance(struct parser *parser)
{
	struct str text = parser->text;
	size_t at = parser->at, start;
	enum token_type type = TOKEN_WRONG;

	while (at < text.len && char_is_space(text.ptr[at]))
		at++;
	start = at;
	while (at < text.len && text.ptr[at] && is_word(text.ptr[at]))
		at++;
	if (at > start)
		type = TOKEN_WORD;
	else if (at == text.len)
		type = TOKEN_END;
	else if (text.ptr[at] == '(')
		type = TOKEN_OPEN;
	else if (text.ptr[at] == ')')
		type = TOKEN_CLOSE;
	else if (text.ptr[at] == '|')
		type = TOKEN_PIPE;
	if (at == start && at < text.len)
		at++;
	parser->token = (struct token){type, str_of(text.ptr + start, at - start), start};
	parser->at = at;
}

/* A condition over several lines of YAML is folded into one: the column is then only near. */
static int fail(struct parser *parser, const char *message)
{
	struct token *token = &parser->token;

	if (token->type == TOKEN_END)
		return err_set(parser->err, ERR_SYNTAX, parser->line, parser->column + (unsigned)token->at,
			       "%s at the end of the condition", words_of(message));
	return err_set(parser->err, ERR_SYNTAX, parser->line, parser->column + (unsigned)token->at,
		       "%s at '%.*s' in the condition", words_of(message), STR_FMT(token->text));
}

static bool at_word(const struct parser *parser, const char *word)
{
	return parser->token.type == TOKEN_WORD && str_ieq(parser->token.text, str_from(word));
}

static int make_node(struct parser *parser, enum condition_type type, struct children *children,
		     const struct condition **ret_node)
{
	struct condition *node = arena_struct(parser->arena, struct condition);
	const struct condition **copy =
		arena_array(parser->arena, const struct condition *, children->len + 1);

	if (children->len)
		memcpy(copy, children->items, children->len * sizeof(*copy));
	node->type = type;
	node->children = copy;
	node->count = (uint32_t)children->len;
	*ret_node = node;
	return 0;
}

static const struct condition *make_selection(struct parser *parser, uint32_t index)
{
	struct condition *node = arena_struct(parser->arena, struct condition);

	node->type = CONDITION_SELECTION;
	node->selection = index;
	return node;
}

/* * and ? of a selection name; the same matcher as for values. */
static bool name_matches(const struct pattern *glob, bool them, struct str name)
{
	return them ? !str_starts(name, STR("_")) : pattern_match(glob, name);
}

/* "1 of x*", "all of them"; the quantifier is the current token. */
static int parse_quantifier(struct parser *parser, const struct condition **ret_node)
{
	enum condition_type type = at_word(parser, "all") ? CONDITION_AND : CONDITION_OR;
	struct children children = {0};
	struct pattern glob;
	bool them;
	int r = 0;

	advance(parser);
	if (!at_word(parser, "of"))
		return fail(parser, "expected 'of'");
	advance(parser);
	if (parser->token.type != TOKEN_WORD)
		return fail(parser, "expected 'them' or a name pattern");
	them = at_word(parser, "them");
	if (pattern_parse(parser->token.text, parser->arena, &glob) < 0)
		return fail(parser, "too many wildcards");
	for (uint32_t i = 0; i < parser->selection_count; i++)
		if (name_matches(&glob, them, parser->selections[i].name))
			vec_push(&children, make_selection(parser, i));
	parser->nodes += children.len;
	if (children.len == 0)
		r = fail(parser, "no selection has such a name");
	else if (parser->nodes > RULE_VALUES_MAX)
		r = fail(parser, "the condition is too large");
	else
		r = make_node(parser, type, &children, ret_node);
	vec_done(&children);
	if (r == 0)
		advance(parser);
	return r;
}

static int parse_or(struct parser *parser, const struct condition **ret_node);

/* A quantifier is followed by "of"; a selection may well be called "all". */
static bool at_quantifier(const struct parser *parser)
{
	struct parser ahead = *parser;

	if (!at_word(parser, "1") && !at_word(parser, "any") && !at_word(parser, "all"))
		return false;
	advance(&ahead);
	return at_word(&ahead, "of");
}

static int parse_name(struct parser *parser, const struct condition **ret_node)
{
	for (uint32_t i = 0; i < parser->selection_count; i++)
		if (str_eq(parser->selections[i].name, parser->token.text)) {
			*ret_node = make_selection(parser, i);
			parser->nodes++;
			advance(parser);
			return 0;
		}
	return fail(parser, "there is no selection of that name");
}

static int parse_primary(struct parser *parser, const struct condition **ret_node)
{
	int r;

	if (parser->token.type == TOKEN_OPEN) {
		advance(parser);
		r = parse_or(parser, ret_node);
		if (r < 0)
			return r;
		if (parser->token.type != TOKEN_CLOSE)
			return fail(parser, "expected ')'");
		advance(parser);
		return 0;
	}
	if (parser->token.type != TOKEN_WORD || at_word(parser, "and") || at_word(parser, "or"))
		return fail(parser, "expected the name of a selection");
	return at_quantifier(parser) ? parse_quantifier(parser, ret_node) : parse_name(parser, ret_node);
}

static int parse_not(struct parser *parser, const struct condition **ret_node)
{
	const struct condition *child;
	struct children children = {0};
	int r;

	if (!at_word(parser, "not"))
		return parse_primary(parser, ret_node);
	if (++parser->depth > RULE_DEPTH_MAX)
		return fail(parser, "nested too deeply");
	advance(parser);
	r = parse_not(parser, &child);
	parser->depth--;
	if (r < 0)
		return r;
	vec_push(&children, child);
	r = make_node(parser, CONDITION_NOT, &children, ret_node);
	vec_done(&children);
	return r;
}

/* Terms with one word between them; a single term stands for itself. */
static int parse_list(struct parser *parser, const char *word, enum condition_type type,
		      int (*parse_term)(struct parser *, const struct condition **),
		      const struct condition **ret_node)
{
	struct children children = {0};
	const struct condition *child = NULL;
	int r;

	for (;;) {
		r = parse_term(parser, &child);
		if (r < 0)
			break;
		vec_push(&children, child);
		if (!at_word(parser, word))
			break;
		advance(parser);
	}
	if (r == 0 && children.len == 1)
		*ret_node = children.items[0];
	else if (r == 0)
		r = make_node(parser, type, &children, ret_node);
	vec_done(&children);
	return r;
}

static int parse_and(struct parser *parser, const struct condition **ret_node)
{
	return parse_list(parser, "and", CONDITION_AND, parse_not, ret_node);
}

static int parse_or(struct parser *parser, const struct condition **ret_node)
{
	int r;

	if (++parser->depth > RULE_DEPTH_MAX)
		return fail(parser, "nested too deeply");
	r = parse_list(parser, "or", CONDITION_OR, parse_and, ret_node);
	parser->depth--;
	return r;
}

int condition_parse(struct str text, const struct rule_selection *selections, uint32_t selection_count,
		    uint32_t line, uint32_t column, struct arena *arena,
		    const struct condition **ret_condition, struct err *ret_err)
{
	struct parser parser = {.text = text,
				.selections = selections,
				.selection_count = selection_count,
				.line = line,
				.column = column,
				.arena = arena,
				.err = ret_err};
	const struct condition *condition = NULL;
	int r;

	if (text.len > RULE_CONDITION_MAX)
		return err_set(ret_err, ERR_LIMIT, line, column, "the condition is longer than %d bytes",
			       RULE_CONDITION_MAX);
	advance(&parser);
	r = parse_or(&parser, &condition);
	if (r < 0)
		return r;
	if (parser.token.type == TOKEN_PIPE)
		return fail(&parser, "Sigma 2 has no aggregation here, correlation rules took its place,");
	if (parser.token.type != TOKEN_END)
		return fail(&parser, "expected 'and', 'or' or the end");
	*ret_condition = condition;
	return 0;
}
