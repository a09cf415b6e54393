/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lex.h"

static bool is_word_char(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || char_is_digit(c) || c == '_' || c == '$';
}

struct str lex_rest(const struct lexer *lexer)
{
	return str_from_offset(lexer->sql, lexer->at);
}

/* Moves behind the next occurrence of end, or to the end of the text. */
static void skip_past(struct lexer *lexer, struct str end)
{
	size_t found = str_find(lex_rest(lexer), end);

	lexer->at = found == STR_NOT_FOUND ? lexer->sql.len : lexer->at + found + end.len;
}

static bool skip_space(struct lexer *lexer)
{
	struct str rest = lex_rest(lexer);

	if (!rest.len)
		return false;
	if (char_is_space(rest.ptr[0]) || rest.ptr[0] == 0)
		lexer->at++;
	else if (str_starts(rest, STR("--")) || str_starts(rest, STR("# ")) || str_starts(rest, STR("#!")))
		skip_past(lexer, STR("\n"));
	else if (str_starts(rest, STR("/*")))
		skip_past(lexer, STR("*/"));
	else
		return false;
	return true;
}

/* A quoted piece with backslash escapes and doubled quotes; lexer->at is on the opening quote. */
static struct str read_quoted(struct lexer *lexer)
{
	char quote = lexer->sql.ptr[lexer->at++];
	size_t begin = lexer->at, end;

	while (lexer->at < lexer->sql.len) {
		char c = lexer->sql.ptr[lexer->at++];

		if (c == '\\' && lexer->at < lexer->sql.len)
			lexer->at++;
		else if (c == quote && lexer->at < lexer->sql.len && lexer->sql.ptr[lexer->at] == quote)
			lexer->at++;
		else if (c == quote)
			break;
	}
	end = lexer->at > begin ? lexer->at - 1 : begin;
	return str_of(lexer->sql.ptr + begin, end - begin);
}

/* Typographic quotes, which the engine takes for plain ones, and $tag$ … $tag$. */
static bool read_special(struct lexer *lexer, struct token *token)
{
	struct str rest = lex_rest(lexer), tag;
	size_t begin, end;

	if (str_starts(rest, STR("“")) || str_starts(rest, STR("‘"))) {
		bool identifier = str_starts(rest, STR("“"));

		lexer->at += 3;
		begin = lexer->at;
		skip_past(lexer, identifier ? STR("”") : STR("’"));
		end = lexer->at >= begin + 3 ? lexer->at - 3 : begin;
		token->type = identifier ? TOKEN_QUOTED : TOKEN_STRING;
		token->text = str_of(lexer->sql.ptr + begin, end - begin);
		return true;
	}
	if (rest.ptr[0] != '$')
		return false;
	end = str_find_char(str_from_offset(rest, 1), '$');
	if (end == STR_NOT_FOUND)
		return false;
	tag = str_head(rest, end + 2);
	if (str_find(str_from_offset(rest, tag.len), tag) == STR_NOT_FOUND)
		return false;
	lexer->at += tag.len;
	skip_past(lexer, tag);
	token->type = TOKEN_STRING;
	return true;
}

struct token lex_next(struct lexer *lexer)
{
	struct token token = {TOKEN_END, {0}, 0};
	char c;

	while (skip_space(lexer))
		;
	token.begin = lexer->at;
	if (lexer->at >= lexer->sql.len)
		return token;
	c = lexer->sql.ptr[lexer->at];
	if (c == '\'' || c == '"' || c == '`') {
		token.type = c == '\'' ? TOKEN_STRING : TOKEN_QUOTED;
		token.text = read_quoted(lexer);
	} else if (!read_special(lexer, &token)) {
		token.type = is_word_char(c) ? TOKEN_WORD : TOKEN_OTHER;
		do
			lexer->at++;
		while (token.type == TOKEN_WORD && lexer->at < lexer->sql.len &&
		       is_word_char(lexer->sql.ptr[lexer->at]));
		token.text = str_of(lexer->sql.ptr + token.begin, lexer->at - token.begin);
	}
	return token;
}

bool token_is(const struct token *token, struct str word)
{
	return (token->type == TOKEN_WORD || token->type == TOKEN_OTHER) && str_ieq(token->text, word);
}
