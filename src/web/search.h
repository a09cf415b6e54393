/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_SEARCH_H
#define WEB_SEARCH_H
/* Inside web/: what all questions about events say in the same words: from, to, q, columns. */
#include "query/search.h"
#include "web/private.h"

/* from, to and q. False: has answered 400. */
bool call_search(struct call *call, struct search *ret_search);
/* columns, with commas between; names are views of columns[]. False: has answered 400. */
bool call_columns(struct call *call, struct search *search, struct str columns[SEARCH_COLUMNS_MAX]);
/* A field's name, which must be there. */
bool call_field(struct call *call, const char *name, struct str *ret_field);

/* Answers for a mistake in the query: where it is goes along, so that the console can point at it. */
void call_fail_query(struct call *call, const struct err *err);

#endif
