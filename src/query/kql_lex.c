/* SPDX-License-Identifier: Apache-2.0 */
#include "query/private.h"

static bool is_special(char c)
{
	return c && strchr("():<>\"{}", c);
}

static int read_quoted(struct str text, size_t *at, struct token *token, struct err *ret_err)
{
	size_t begin = ++*at;

	while (*at < text.len && text.ptr[*at] != '"')
		*at += text.ptr[*at] == '\\' ? 2 : 1;
	if (*at >= text.len)
		return err_set(ret_err, ERR_SYNTAX, 1, token->column, "this quote is not closed");
	token->type = TOKEN_QUOTED;
	token->raw = str_of(text.ptr + begin, *at - begin);
	++*at;
	return 0;
}

static void read_word(struct str text, size_t *at, struct token *token)
{
	static const struct {
		struct str word;
		enum token_type type;
	} keywords[] = {{{"and", 3}, TOKEN_AND}, {{"or", 2}, TOKEN_OR}, {{"not", 3}, TOKEN_NOT}};
	size_t begin = *at;

	while (*at < text.len && !char_is_space(text.ptr[*at]) && !is_special(text.ptr[*at]))
		*at += text.ptr[*at] == '\\' && *at + 1 < text.len ? 2 : 1;
	token->type = TOKEN_WORD;
	token->raw = str_of(text.ptr + begin, *at - begin);
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (str_ieq(token->raw, keywords[i].word))
			token->type = keywords[i].type;
}

int kql_next(struct str text, size_t *at, struct token *ret_token, struct err *ret_err)
{
	struct token token = {.type = TOKEN_END};
	char c;
	bool equal;
	int r = 0;

	while (*at < text.len && char_is_space(text.ptr[*at]))
		++*at;
	token.column = (unsigned)*at + 1;
	if (*at == text.len) {
		*ret_token = token;
		return 0;
	}
	c = text.ptr[*at];
	equal = *at + 1 < text.len && text.ptr[*at + 1] == '=';
	if (c == '{' || c == '}')
		return err_set(ret_err, ERR_SYNTAX, 1, token.column,
			       "nested queries are not supported; write the field's full name, or \\%c", c);
	if (c == '"') {
		r = read_quoted(text, at, &token, ret_err);
	} else if (is_special(c)) {
		token.type = c == '('   ? TOKEN_OPEN
			     : c == ')' ? TOKEN_CLOSE
			     : c == ':' ? TOKEN_COLON
			     : c == '<' ? (equal ? TOKEN_LE : TOKEN_LT)
					: (equal ? TOKEN_GE : TOKEN_GT);
		*at += token.type == TOKEN_LE || token.type == TOKEN_GE ? 2 : 1;
	} else {
		read_word(text, at, &token);
	}
	if (r == 0)
		*ret_token = token;
	return r;
}
