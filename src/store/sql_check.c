/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sql_check.h"

#include "base/words.h"
#include "store/lex.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define WORD(text)                     \
	{                              \
		text, sizeof(text) - 1 \
	}

/* Everything that schema.c and assignments.c make for reading. */
static const struct str tables[] = {
	WORD("events"),     WORD("events_minute"),       WORD("addresses_hour"),
	WORD("hosts_hour"), WORD("address_assignments"),
};

/* Nowhere outside strings and comments, whatever they would mean there. Names of databases that hold what is
   not for everybody; clauses that are the console's to choose; functions that read files and tables by a name
   in a string, wait, or call out. */
static const struct str forbidden[] = {
	WORD("system"),
	WORD("information_schema"),
	WORD("SETTINGS"),
	WORD("FORMAT"),
	WORD("INTO"),
	WORD("OUTFILE"),
	WORD("INFILE"),
	WORD("sleep"),
	WORD("sleepEachRow"),
	WORD("catboostEvaluate"),
	WORD("hasColumnInTable"),
	WORD("getSetting"),
	WORD("getMacro"),
	WORD("showCertificate"),
	/* functions of tables, of ClickHouse 26.5 and before */
	WORD("arrowstream"),
	WORD("cosn"),
	WORD("executable"),
	WORD("filesystem"),
	WORD("fuzzJSON"),
	WORD("fuzzQuery"),
	WORD("gcs"),
	WORD("input"),
	WORD("jdbc"),
	WORD("loop"),
	WORD("mongodb"),
	WORD("mysql"),
	WORD("odbc"),
	WORD("oss"),
	WORD("postgresql"),
	WORD("redis"),
	WORD("sqlite"),
	WORD("view"),
	WORD("viewExplain"),
	WORD("viewIfPermitted"),
	WORD("file"),
	WORD("fileCluster"),
	WORD("url"),
	WORD("urlCluster"),
	WORD("ytsaurus"),
	WORD("python"),
};

/* The same for all that begins so. */
static const struct str forbidden_families[] = {
	WORD("aiGenerate"), WORD("aiClassify"), WORD("aiExtract"),  WORD("aiTranslate"), WORD("azureBlob"),
	WORD("cluster"),    WORD("deltaLake"),  WORD("dict"),       WORD("hdfs"),        WORD("hudi"),
	WORD("iceberg"),    WORD("joinGet"),    WORD("merge"),      WORD("paimon"),      WORD("prometheus"),
	WORD("remote"),     WORD("s3"),         WORD("timeSeries"),
};

/* Behind them a list of tables has ended. */
static const struct str ends_of_from[] = {
	WORD("WHERE"),  WORD("PREWHERE"), WORD("GROUP"),  WORD("ORDER"),     WORD("LIMIT"),
	WORD("HAVING"), WORD("UNION"),    WORD("EXCEPT"), WORD("INTERSECT"), WORD("OFFSET"),
	WORD("WINDOW"), WORD("QUALIFY"),  WORD("SELECT"),
};

/* One pair of parentheses. */
struct level {
	bool from;   /* in its list of tables, where a comma leads to another */
	bool query;  /* it is one: elsewhere FROM is part of a function such as trim() */
	bool follow; /* it stands where a table is named */
};

struct check {
	struct str sql;
	struct lexer lexer;
	struct token before, last, token; /* before: the last but one */
	struct str names[SQL_CHECK_NAMES_MAX];
	size_t name_count;
	struct level levels[SQL_CHECK_DEPTH_MAX];
	size_t depth;
	bool expect; /* the name of a table, or a query */
	struct err *err;
};

static bool is_one_of(struct str text, const struct str *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_ieq(text, words[i]))
			return true;
	return false;
}

static bool begins_as_one_of(struct str text, const struct str *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_ieq(str_head(text, words[i].len), words[i]))
			return true;
	return false;
}

static bool is_name(const struct token *token)
{
	return token->type == TOKEN_WORD || token->type == TOKEN_QUOTED;
}

/* A number is a word to the lexer. */
static bool names_something(const struct token *token)
{
	return is_name(token) && token->text.len && !char_is_digit(token->text.ptr[0]);
}

static int deny(struct check *check, const struct token *token, int code, const char *why)
{
	struct str before = str_head(check->sql, token->begin);
	unsigned line = 1;
	size_t start = 0;

	for (size_t i = 0; i < before.len; i++)
		if (before.ptr[i] == '\n') {
			line++;
			start = i + 1;
		}
	return err_set(check->err, code, line, (unsigned)(token->begin - start + 1), "'%.*s' %s",
		       (int)(token->text.len < 64 ? token->text.len : 64), token->text.ptr, words_of(why));
}

/* --- words that may stand nowhere ----------------------------------------------------------------------- */

static bool is_forbidden(struct str word)
{
	return is_one_of(word, forbidden, COUNT(forbidden)) ||
	       begins_as_one_of(word, forbidden_families, COUNT(forbidden_families));
}

static int check_word(struct check *check)
{
	const struct token *token = &check->token;

	if (token->type == TOKEN_QUOTED && str_find_char(token->text, '\\') != STR_NOT_FOUND)
		return deny(check, token, ERR_DENIED, "is a name with an escape in it: write it plainly");
	if (is_name(token) && is_forbidden(token->text))
		return deny(check, token, ERR_DENIED,
			    "is not for queries from here: one SELECT over the tables of events");
	if (token_is(&check->last, STR(";")))
		return deny(check, token, ERR_DENIED, "stands behind the statement: one at a time");
	return 0;
}

/* --- tables --------------------------------------------------------------------------------------------- */

/* "name AS (" is what WITH calls a query. Gathered beforehand, wherever it stands. */
static void gather_names(struct check *check)
{
	struct lexer lexer = {check->sql, 0};
	struct token name = {0}, as = {0}, token;

	while ((token = lex_next(&lexer)).type != TOKEN_END) {
		if (token_is(&token, STR("(")) && token_is(&as, STR("AS")) && is_name(&name) &&
		    check->name_count < SQL_CHECK_NAMES_MAX)
			check->names[check->name_count++] = name.text;
		name = as;
		as = token;
	}
}

/* A name where a table stands: one of ours, alone. */
static int check_table(struct check *check)
{
	struct token next = lex_next(&(struct lexer){check->sql, check->lexer.at});

	check->expect = false;
	if (!is_name(&check->token))
		return deny(check, &check->token, ERR_DENIED, "stands where a table is named");
	if (token_is(&next, STR(".")))
		return deny(check, &check->token, ERR_DENIED, "is a database: name the table alone");
	if (token_is(&next, STR("(")))
		return deny(check, &check->token, ERR_DENIED,
			    "is a function of tables, which are not for queries from here");
	if (!is_one_of(check->token.text, tables, COUNT(tables)) &&
	    !is_one_of(check->token.text, check->names, check->name_count))
		return deny(check, &check->token, ERR_DENIED, "is none of the tables of events");
	return 0;
}

static int open_level(struct check *check)
{
	struct level level = {.follow = check->expect};

	if (++check->depth == SQL_CHECK_DEPTH_MAX)
		return deny(check, &check->token, ERR_LIMIT, "is nested too deeply");
	check->levels[check->depth] = level;
	return 0;
}

/* What stands first in parentheses behind FROM, JOIN or IN: a query, or for IN a list of values. ClickHouse
   takes IN (name) for a table, so that a name there is one. */
static int check_first(struct check *check, struct level *level)
{
	bool query = token_is(&check->token, STR("SELECT")) || token_is(&check->token, STR("WITH")) ||
		     token_is(&check->token, STR("("));
	struct token next = lex_next(&(struct lexer){check->sql, check->lexer.at});

	level->follow = false;
	check->expect = token_is(&check->token, STR("("));
	if (query || !names_something(&check->token) || token_is(&next, STR("(")))
		return 0;
	return check_table(check);
}

static bool is_alias(const struct check *check)
{
	return token_is(&check->last, STR("AS"));
}

static void follow_keyword(struct check *check, struct level *level)
{
	const struct token *token = &check->token;
	bool array = token_is(&check->last, STR("ARRAY")) && !token_is(&check->before, STR("AS"));

	/* FROM may come first: (FROM events SELECT seq) */
	if (token_is(token, STR("SELECT")) || token_is(token, STR("WITH")) ||
	    (token_is(token, STR("FROM")) && token_is(&check->last, STR("("))))
		level->query = true;
	if (token->type != TOKEN_WORD || is_alias(check))
		return;
	if (token_is(token, STR("FROM")) && level->query) {
		level->from = check->expect = true;
	} else if (token_is(token, STR("JOIN"))) {
		level->from = !array;
		check->expect = !array;
	} else if (token_is(token, STR("IN"))) {
		check->expect = true;
	} else if (is_one_of(token->text, ends_of_from, COUNT(ends_of_from))) {
		level->from = false;
	}
}

static int check_token(struct check *check)
{
	struct level *level = &check->levels[check->depth];
	int r = check_word(check);

	if (r < 0)
		return r;
	if (level->follow && !token_is(&check->token, STR(")")))
		r = check_first(check, level);
	if (r < 0)
		return r;
	if (token_is(&check->token, STR("("))) {
		r = open_level(check);
		check->expect = false;
	} else if (token_is(&check->token, STR(")"))) {
		check->depth -= check->depth > 0;
		check->expect = false;
	} else if (check->expect && !is_alias(check) && token_is(&check->last, STR("IN")) &&
		   !names_something(&check->token)) {
		check->expect = false; /* IN 'one value', IN [a, b], IN 5 */
	} else if (check->expect) {
		r = check_table(check);
	} else if (token_is(&check->token, STR(",")) && level->from) {
		check->expect = true;
	} else {
		follow_keyword(check, level);
	}
	return r;
}

int sql_check(struct str sql, struct err *ret_err)
{
	struct check check = {.sql = sql, .lexer = {sql, 0}, .err = ret_err};
	int r = 0;

	check.token = lex_next(&check.lexer);
	if (check.token.type == TOKEN_END)
		return err_set(ret_err, ERR_SYNTAX, 1, 1, "there is no query");
	if (!token_is(&check.token, STR("SELECT")) && !token_is(&check.token, STR("WITH")))
		return deny(&check, &check.token, ERR_DENIED,
			    "is not how a query begins: only SELECT is for queries from here");
	gather_names(&check);
	while (r == 0 && check.token.type != TOKEN_END) {
		r = check_token(&check);
		check.before = check.last;
		check.last = check.token;
		check.token = lex_next(&check.lexer);
	}
	return r;
}
