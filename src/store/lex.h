/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LEX_H
#define STORE_LEX_H
/*
 * Inside store/: the tokens of ClickHouse's SQL, as far as it takes to see what a statement is (statement.h)
 * and what it reads (sql_check.h). Comments and blanks are passed over. Tokens are views of the text.
 */
#include <stdbool.h>

#include "base/str.h"

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

struct token lex_next(struct lexer *lexer);
struct str lex_rest(const struct lexer *lexer); /* behind the last token */

/* A word or a sign, in any case; never one in quotes. */
bool token_is(const struct token *token, struct str word);

#endif
