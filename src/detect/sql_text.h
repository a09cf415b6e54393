/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_SQL_TEXT_H
#define DETECT_SQL_TEXT_H
/* Inside detect/: a predicate on one value as SQL; an upper bound like all of sql.h. */
#include "detect/program.h"
#include "event/param.h"

/* The texts of one predicate, bound the first time and named again at each further place of its field. Start
   with the query alone. */
struct sql_values {
	struct sql_query *query;
	size_t first, next; /* numbers of placeholders */
	bool used, again;
};

/* True where something can be said at all, and where it is not a bound but the truth. */
bool sql_is_bounded(const struct predicate *predicate);
bool sql_is_exact(const struct predicate *predicate);

/* Bytes of a request that the predicate's texts take. */
size_t sql_size(const struct predicate *predicate);

/* Of a String expression. */
void sql_of_text(struct sql_values *values, const struct predicate *predicate, struct str expression);
/* Of a field's column, by its type. */
void sql_of_column(struct sql_values *values, const struct predicate *predicate, enum field_id field);

#endif
