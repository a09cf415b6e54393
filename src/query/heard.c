/* SPDX-License-Identifier: Apache-2.0 */
#include "query/heard.h"

#include "event/field.h"
#include "event/listener.h"

#define UNPARSED "event_kind = 'unparsed'"
#define FAILED "(" UNPARSED " OR error_message != '')"

static void add(struct sql_query *query, const char *text)
{
	buf_add_str(&query->sql, str_from(text));
}

static void add_integer(struct sql_query *query, const char *text, int64_t value)
{
	add(query, text);
	sql_bind_integer(query, value);
}

static void add_from(struct sql_query *query, const struct heard_filter *filter)
{
	add_integer(query, " FROM events WHERE received >= ", filter->from);
	add_integer(query, " AND received < ", filter->to);
	buf_printf(&query->sql, " AND listener NOT IN (%d, %d, %d) AND labels_environment != 'drill'",
		   LISTENER_LOCAL, LISTENER_PLATFORM, LISTENER_AUDIT);
	if (filter->by_peer) {
		add(query, " AND peer = ");
		sql_bind_ip(query, filter->peer);
	}
	if (filter->by_listener)
		add_integer(query, " AND listener = ", filter->listener);
	if (filter->by_source) {
		add(query, " AND event_dataset = ");
		sql_bind_text(query, filter->source);
	}
	if (filter->failed)
		add(query, " AND " FAILED);
}

void heard_groups(const struct heard_filter *filter, unsigned limit, struct sql_query *query)
{
	add(query,
	    "SELECT hex(peer) AS peer_hex, listener, CAST(event_dataset AS String) AS dataset, count() AS "
	    "events, countIf(" UNPARSED ") AS unparsed, countIf(" FAILED ") AS failed, min(received) AS "
	    "first, max(received) AS last, toInt64(quantile(0.5)(received - time)) AS delay");
	add_from(query, filter);
	buf_printf(&query->sql, " GROUP BY peer, listener, event_dataset ORDER BY last DESC LIMIT %u", limit);
}

void heard_lines(const struct heard_filter *filter, unsigned limit, struct sql_query *query)
{
	add(query,
	    "SELECT seq, received, time, hex(peer) AS peer_hex, listener, CAST(event_dataset AS String) AS "
	    "dataset, CAST(event_kind AS String) AS kind, error_message AS error");
	add_from(query, filter);
	buf_printf(&query->sql, " ORDER BY seq DESC LIMIT %u", limit);
}

static const char *nothing_of(enum field_type type)
{
	switch (type) {
	case FIELD_KEYWORD:
	case FIELD_TEXT:
		return "''";
	case FIELD_IP:
		return "toFixedString('', 16)";
	default:
		return "0";
	}
}

void heard_fields(const struct heard_filter *filter, struct sql_query *query)
{
	add(query, "SELECT count() AS events");
	for (int id = 0; id < FIELD_COUNT; id++) {
		const struct field_info *info = field_info((enum field_id)id);

		buf_printf(&query->sql, ", countIf(`%.*s` != %s) AS `%.*s`", STR_FMT(info->column),
			   nothing_of(info->type), STR_FMT(info->name));
	}
	add(query, " FROM (SELECT *");
	add_from(query, filter);
	buf_printf(&query->sql, " ORDER BY seq DESC LIMIT %d)", HEARD_SAMPLE);
}
