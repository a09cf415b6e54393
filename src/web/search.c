/* SPDX-License-Identifier: Apache-2.0 */
#include "web/search.h"

void call_fail_query(struct call *call, const struct err *err)
{
	call_fail(call, 400, "bad_query", "%s", err->message);
	if (err->line > 1)
		call_fail_more(call, "line", err->line);
	if (err->column)
		call_fail_more(call, "column", err->column);
}

bool call_search(struct call *call, struct search *ret_search)
{
	ret_search->now = call->now;
	ret_search->kql = call_text(call, "q");
	return call_span(call, &ret_search->from, &ret_search->to);
}

bool call_columns(struct call *call, struct search *search, struct str columns[SEARCH_COLUMNS_MAX])
{
	struct str rest = call_text(call, "columns"), column;

	search->columns = columns;
	while (str_split(&rest, ',', &column)) {
		if (search->column_count == SEARCH_COLUMNS_MAX) {
			call_fail(call, 400, "bad_columns", "more than %d columns", SEARCH_COLUMNS_MAX);
			return false;
		}
		if (column.len)
			columns[search->column_count++] = column;
	}
	return true;
}

bool call_field(struct call *call, const char *name, struct str *ret_field)
{
	*ret_field = call_text(call, name);
	if (ret_field->len)
		return true;
	call_fail(call, 400, "bad_field", "%s is the name of a field", name);
	return false;
}
