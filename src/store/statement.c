/* SPDX-License-Identifier: Apache-2.0 */
#include "store/statement.h"

enum token_type { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_STRING, TOKEN_OTHER };

struct token {
	enum token_type type;
	struct str text; /* of a quoted identifier without its quotes */
	size_t begin;    /* offset of the whole in the statement */
};

struct lexer {
	struct str sql;
	size_t at;
};

static const struct {
	struct str word;
	enum statement_kind kind;
} beginnings[] = {
	{{"SELECT", 6}, STATEMENT_SELECT}, {{"WITH", 4}, STATEMENT_SELECT}, {{"FROM", 4}, STATEMENT_SELECT},
	{{"(", 1}, STATEMENT_SELECT},      {{"SHOW", 4}, STATEMENT_SHOW},   {{"DESCRIBE", 8}, STATEMENT_SHOW},
	{{"DESC", 4}, STATEMENT_SHOW},     {{"EXISTS", 6}, STATEMENT_SHOW}, {{"EXPLAIN", 7}, STATEMENT_SHOW},
};

/* Functions and clauses that read or write files or call out, and that the engine's readonly mode lets pass.
   As words anywhere, since SELECT * APPLY(file) needs no parenthesis behind the name. */
static const struct str reaching_words[] = {
	{"file", 4},        {"catboostEvaluate", 16}, {"OUTFILE", 7},   {"INFILE", 6},
	{"aiGenerate", 10}, {"aiClassify", 10},       {"aiExtract", 9}, {"aiTranslate", 11},
};

static bool is_word_char(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || char_is_digit(c) || c == '_' || c == '$';
}

static struct str rest_of(const struct lexer *lexer)
{
	return str_from_offset(lexer->sql, lexer->at);
}

/* Moves behind the next occurrence of end, or to the end of the text. */
static void skip_past(struct lexer *lexer, struct str end)
{
	size_t found = str_find(rest_of(lexer), end);

	lexer->at = found == STR_NOT_FOUND ? lexer->sql.len : lexer->at + found + end.len;
}

static bool skip_space(struct lexer *lexer)
{
	struct str rest = rest_of(lexer);

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
	struct str rest = rest_of(lexer), tag;
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

static struct token next_token(struct lexer *lexer)
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

static bool is_word(const struct token *token, struct str word)
{
	return (token->type == TOKEN_WORD || token->type == TOKEN_OTHER) && str_ieq(token->text, word);
}

/* An identifier written with escapes is not looked into but refused. */
static bool reaches(const struct token *token)
{
	if (token->type != TOKEN_WORD && token->type != TOKEN_QUOTED)
		return false;
	if (token->type == TOKEN_QUOTED && str_find_char(token->text, '\\') != STR_NOT_FOUND)
		return true;
	for (size_t i = 0; i < sizeof(reaching_words) / sizeof(reaching_words[0]); i++)
		if (str_ieq(token->text, reaching_words[i]))
			return true;
	return false;
}

/* INSERT INTO t (columns) SETTINGS … FORMAT name data, or VALUES data. SELECT in their place makes it an
   ordinary statement. */
static void read_insert(struct lexer *lexer, struct statement *statement)
{
	struct token token;
	int depth = 0;

	while ((token = next_token(lexer)).type != TOKEN_END) {
		if (is_word(&token, STR("(")))
			depth++;
		else if (is_word(&token, STR(")")))
			depth--;
		if (depth)
			continue;
		if (is_word(&token, STR("SELECT")) || is_word(&token, STR("WITH")))
			return;
		if (is_word(&token, STR("FORMAT")))
			statement->format = next_token(lexer).text;
		else if (is_word(&token, STR("VALUES")))
			statement->format = STR("Values");
		else
			continue;
		statement->kind = STATEMENT_INSERT;
		statement->text = str_head(lexer->sql, token.begin);
		statement->data = rest_of(lexer);
		return;
	}
}

static void note_token(struct statement *statement, const struct token *token, struct token *previous)
{
	if (!statement->reaching.len && reaches(token))
		statement->reaching = token->text;
	if (is_word(token, STR(";"))) {
		*previous = *token;
		return;
	}
	statement->several = statement->several || is_word(previous, STR(";"));
	if (is_word(previous, STR("FORMAT")) && token->type == TOKEN_WORD)
		statement->format = token->text;
	*previous = *token;
}

int statement_read(struct str sql, struct statement *ret_statement, struct err *ret_err)
{
	struct lexer lexer = {sql, 0};
	struct token token = next_token(&lexer), previous = {TOKEN_END, {0}, 0};
	struct statement statement = {.kind = STATEMENT_OTHER, .text = sql};

	if (token.type == TOKEN_END)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "Code: 62. DB::Exception: Empty query (SYNTAX_ERROR)");
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (is_word(&token, beginnings[i].word))
			statement.kind = beginnings[i].kind;
	if (is_word(&token, STR("INSERT"))) {
		struct lexer ahead = lexer;

		read_insert(&ahead, &statement);
		if (statement.kind == STATEMENT_INSERT) {
			*ret_statement = statement;
			return 0;
		}
	}
	for (; token.type != TOKEN_END; token = next_token(&lexer))
		note_token(&statement, &token, &previous);
	if (is_word(&previous, STR(";")))
		statement.text = str_head(sql, previous.begin);
	*ret_statement = statement;
	return 0;
}

int statement_check_readonly(const struct statement *statement, struct err *ret_err)
{
	if (statement->kind != STATEMENT_SELECT && statement->kind != STATEMENT_SHOW)
		return err_set(ret_err, ERR_DENIED, 0, 0,
			       "Code: 164. DB::Exception: Cannot execute query in readonly mode (READONLY)");
	if (statement->several)
		return err_set(ret_err, ERR_DENIED, 0, 0,
			       "Code: 62. DB::Exception: Multi-statements are not allowed (SYNTAX_ERROR)");
	if (statement->reaching.len)
		return err_set(
			ret_err, ERR_DENIED, 0, 0,
			"Code: 497. DB::Exception: '%.*s' reaches outside the store and is not allowed "
			"in readonly mode (ACCESS_DENIED)",
			(int)(statement->reaching.len < 64 ? statement->reaching.len : 64),
			statement->reaching.ptr);
	return 0;
}
