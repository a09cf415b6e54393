/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_EXCEPTION_H
#define RULES_EXCEPTION_H
/*
 * Exceptions: Sigma filters in FOLDER/exceptions, each with an author, a reason and an
 * end within a year, so that somebody looks again.
 */
#include "detect/filter.h"
#include "rules/edit.h"

#define EXCEPTION_SPAN_MAX (INT64_C(366) * 24 * 3600 * 1000000) /* µs */
#define EXCEPTION_WHERE_MAX 64
#define EXCEPTION_RULES_MAX 256
#define EXCEPTION_AUTHOR_MAX 200
#define EXCEPTION_TITLE_MAX 256
#define EXCEPTION_ID_SIZE 40

/* Items of one field are alternatives, different fields must all be so; a field may have modifiers. */
struct exception {
	struct str title, author, reason, expires; /* title may be empty: the reason's beginning */
	const struct rule_info *rules[EXCEPTION_RULES_MAX];
	size_t rule_count;
	struct {
		struct str field, value;
	} where[EXCEPTION_WHERE_MAX];
	size_t where_count;
	char id[EXCEPTION_ID_SIZE];
};

/* A new id, RFC 9562 version 4. */
void exception_make_id(char out[EXCEPTION_ID_SIZE]);

/* Whether so long an exception is allowed from now on. 0 or ERR_RANGE. */
int exception_check_end(int64_t expires, struct err *ret_err);
/* Whether such a rule can have one: correlations cannot. */
int exception_check_rule(const struct rule_info *info, struct err *ret_err);

/* As a Sigma filter. */
void exception_format(const struct exception *exception, struct buf *out);

/* The text is one filter, whole and in time; file is its name in errors. *ret_set holds the filter as its
   only one. */
int exception_check(const char *file, struct str text, struct ruleset **ret_set, struct err *ret_err);

/* Adds what exception_check() passed. *ret_rules: for how many rules it holds. */
int exception_add(struct rule_edit *edit, const struct filter_info *filter, struct str text,
		  size_t *ret_rules, struct err *ret_err);
/* ERR_END where there is none of that id; ERR_DENIED where its file is a pack's, or holds others too. */
int exception_remove(struct rule_edit *edit, struct str id, struct str reason, struct err *ret_err);

/* "holds", "expired", "rule is gone". */
const char *exception_state(const struct filter_info *filter, int64_t now);

#endif
