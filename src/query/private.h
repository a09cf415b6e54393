/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_PRIVATE_H
#define QUERY_PRIVATE_H
/* Inside query/: the language's tokens, and conditions on one target. */
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "event/field.h"
#include "event/param.h"

/* --- kql_lex.c -------------------------------------------------------------------------------------- */

enum token_type {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_QUOTED,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COLON,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
};

struct token {
	enum token_type type;
	unsigned column; /* from 1 */
	struct str raw;  /* as written; of a quoted text what stands between the quotes */
};

/* The token at *at, moved behind it. ERR_SYNTAX for a quote that is not closed and for { }. */
int kql_next(struct str text, size_t *at, struct token *ret_token, struct err *ret_err);

/* --- kql_value.c: what is looked for ---------------------------------------------------------------- */

struct value_pattern {
	struct str raw;   /* as written, from the first word to the last */
	struct str plain; /* escapes undone, wildcards as '*' */
	struct str lower; /* the same in lower case */
	struct str like;  /* for LIKE, in lower case */
	bool wildcard;    /* it has an unescaped '*' */
	bool everything;  /* it is nothing but '*' */
	unsigned column;
};

/* Undoes the escapes of a token. Several words become one value, joined by a space. */
void value_add(struct arena *arena, const struct token *token, struct value_pattern *value);

/* --- condition.c: one target compared with one value ------------------------------------------------ */

enum comparison { COMPARE_EQUAL, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE };

enum target_kind { TARGET_COLUMN, TARGET_ATTRIBUTE };

struct target {
	enum target_kind kind;
	struct str name;
	struct str column; /* from the field table */
	enum field_type type;
	bool prose; /* text in which words are looked for */
};

/* A field by its name; an attribute where there is none. */
struct target target_of(struct str name);
/* Steps through all fields: index from 0, false past the end. */
bool target_at(size_t index, struct target *ret_target);

/* Appends the condition. ERR_SYNTAX where the value is not of the target's type. */
int condition_add(struct sql_query *query, const struct target *target, enum comparison comparison,
		  const struct value_pattern *value, int64_t now, struct err *ret_err);

/* The target has any value. */
void condition_exists(struct sql_query *query, const struct target *target);

/* An attribute whose name is like the pattern has such a value. */
void condition_attributes_like(struct sql_query *query, const struct value_pattern *name,
			       const struct value_pattern *value);

/* The value somewhere in the text of the event. */
void condition_free_text(struct sql_query *query, const struct value_pattern *value);

/* --- search.c: parts that all queries over the events share ------------------------------------------ */

struct search;
int search_check_name(struct str name, struct err *ret_err);
/* The value as people want to see it. */
void search_add_expression(struct sql_query *query, const struct target *target);
/* " FROM events WHERE …": the span and the words. */
int search_add_where(const struct search *search, struct sql_query *query, struct err *ret_err);
int search_check_width(int64_t from, int64_t to, int64_t width, struct err *ret_err);
void search_add_bucket(struct sql_query *query, const char *column, int64_t from, int64_t width);

#endif
