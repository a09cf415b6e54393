/* SPDX-License-Identifier: Apache-2.0 */
#include "store/statement.h"

#include "store/lex.h"

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

	while ((token = lex_next(lexer)).type != TOKEN_END) {
		if (token_is(&token, STR("(")))
			depth++;
		else if (token_is(&token, STR(")")))
			depth--;
		if (depth)
			continue;
		if (token_is(&token, STR("SELECT")) || token_is(&token, STR("WITH")))
			return;
		if (token_is(&token, STR("FORMAT")))
			statement->format = lex_next(lexer).text;
		else if (token_is(&token, STR("VALUES")))
			statement->format = STR("Values");
		else
			continue;
		statement->kind = STATEMENT_INSERT;
		statement->text = str_head(lexer->sql, token.begin);
		statement->data = lex_rest(lexer);
		return;
	}
}

static void note_token(struct statement *statement, const struct token *token, struct token *previous)
{
	if (!statement->reaching.len && reaches(token))
		statement->reaching = token->text;
	if (token_is(token, STR(";"))) {
		*previous = *token;
		return;
	}
	statement->several = statement->several || token_is(previous, STR(";"));
	if (token_is(previous, STR("FORMAT")) && token->type == TOKEN_WORD)
		statement->format = token->text;
	*previous = *token;
}

int statement_read(struct str sql, struct statement *ret_statement, struct err *ret_err)
{
	struct lexer lexer = {sql, 0};
	struct token token = lex_next(&lexer), previous = {TOKEN_END, {0}, 0};
	struct statement statement = {.kind = STATEMENT_OTHER, .text = sql};

	if (token.type == TOKEN_END)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "Code: 62. DB::Exception: Empty query (SYNTAX_ERROR)");
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (token_is(&token, beginnings[i].word))
			statement.kind = beginnings[i].kind;
	if (token_is(&token, STR("INSERT"))) {
		struct lexer ahead = lexer;

		read_insert(&ahead, &statement);
		if (statement.kind == STATEMENT_INSERT) {
			*ret_statement = statement;
			return 0;
		}
	}
	for (; token.type != TOKEN_END; token = lex_next(&lexer))
		note_token(&statement, &token, &previous);
	if (token_is(&previous, STR(";")))
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
