/* SPDX-License-Identifier: Apache-2.0 */
/* What came from a sender: who was heard lately, its lines, and which fields they fill. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "event/field.h"
#include "event/ip.h"
#include "event/listener.h"
#include "web/event.h"
#include "web/route.h"
#include "web/source.h"
#include "web/store_access.h"

#define GROUPS_MAX 200
#define LINES_DEFAULT 5
#define LINES_MAX 50
#define RAW_MAX 2048

/* --- who is meant --------------------------------------------------------------------------------------- */

struct meaning {
	struct call *call;
	struct heard_filter *filter;
	bool found;
};

/* A registered one is a group of talkers, of which nothing is shown here. */
static int take_talker(void *context, const struct ledger_source *source)
{
	struct meaning *meaning = context;
	struct heard_filter *filter = meaning->filter;
	const struct ledger_talker *talker = &source->talker;

	meaning->found = true;
	if (talker->kind == TALKER_REGISTERED || talker->kind == TALKER_PLATFORM) {
		filter->to = filter->from;
		return 0;
	}
	for (int listener = 0; listener < LISTENER_COUNT; listener++)
		if (str_eq(talker->listener, str_from(listener_name((uint16_t)listener))))
			filter->listener = (uint16_t)listener;
	filter->by_listener = true;
	filter->by_peer = filter->by_source = talker->kind == TALKER_LEARNT;
	if (talker->peer.len)
		ip_parse(talker->peer, filter->peer);
	filter->source = arena_copy(meaning->call->request->arena, talker->source);
	return 0;
}

static bool read_talker(struct call *call, struct str text, struct heard_filter *filter)
{
	const struct ledger_span span = {call->now - CLOCK_HOUR, call->now};
	struct meaning meaning = {call, filter, false};
	uint64_t id;
	bool more;
	int r;

	if (!source_read_id(call, text, &id))
		return false;
	r = ledger_sources(call->web->db, id, &span, 1, take_talker, &meaning, &more);
	if (r < 0)
		call_fail_code(call, r);
	else if (!meaning.found)
		call_fail(call, 404, "not_found", "there is no such source");
	return r == 0 && meaning.found;
}

bool source_read_filter(struct call *call, struct heard_filter *ret_filter)
{
	struct str talker = call_text(call, "talker"), peer = call_text(call, "peer");

	*ret_filter = (struct heard_filter){.failed = str_eq(call_text(call, "failed"), STR("true"))};
	if (!call_span(call, &ret_filter->from, &ret_filter->to))
		return false;
	if (talker.len)
		return read_talker(call, talker, ret_filter);
	ret_filter->by_peer = peer.len > 0;
	if (!peer.len || ip_parse(peer, ret_filter->peer) == 0)
		return true;
	call_fail(call, 400, "bad_filter", "peer is an address");
	return false;
}

static json_t *ask(struct call *call, struct sql_query *query)
{
	struct err err = {0};
	json_t *rows = NULL;
	int r = store_ask(call, PATIENT, query, &rows, &err);

	if (r < 0)
		store_fail(call, r, &err);
	sql_query_done(query);
	return r < 0 ? NULL : rows;
}

/* --- rows ----------------------------------------------------------------------------------------------- */

/* Empty where it is local. */
static struct str read_peer(const json_t *row, char text[IP_TEXT_SIZE])
{
	static const uint8_t local[16];
	uint8_t ip[16];

	if (hex_decode(row_text(row, "peer_hex"), ip, sizeof(ip)) < 0 || memcmp(ip, local, sizeof(ip)) == 0)
		return (struct str){0};
	ip_format(ip, text);
	return str_from(text);
}

static struct str write_sender(struct buf *out, const json_t *row, char text[IP_TEXT_SIZE])
{
	struct str peer = read_peer(row, text);

	out_optional(out, "peer", peer);
	out_text(out, "listener", str_from(listener_name((uint16_t)row_integer(row, "listener"))));
	out_optional(out, "source", row_text(row, "dataset"));
	return peer;
}

static void write_group(struct call *call, struct db_tx *tx, const json_t *row)
{
	struct buf *out = call->out;
	char text[IP_TEXT_SIZE];
	struct str peer;

	out_open(out, NULL, '{');
	peer = write_sender(out, row, text);
	out_integer(out, "events", row_integer(row, "events"));
	out_integer(out, "unparsed", row_integer(row, "unparsed"));
	out_integer(out, "failed", row_integer(row, "failed"));
	out_time(out, "first", row_integer(row, "first"));
	out_time(out, "last", row_integer(row, "last"));
	out_number(out, "delay_seconds", (double)row_integer(row, "delay") / CLOCK_SECOND);
	source_write_asset(call, tx, peer);
	out_close(out, '}');
}

void api_list_heard(struct call *call)
{
	struct sql_query query = {0};
	struct heard_filter filter;
	struct db_tx *tx;
	json_t *rows;

	if (!source_read_filter(call, &filter))
		return;
	heard_groups(&filter, GROUPS_MAX, &query);
	rows = ask(call, &query);
	tx = rows ? call_begin(call, DB_READ) : NULL;
	if (tx) {
		out_open(call->out, NULL, '{');
		out_time(call->out, "from", filter.from);
		out_time(call->out, "to", filter.to);
		out_open(call->out, "items", '[');
		for (size_t i = 0; i < json_array_size(rows); i++)
			write_group(call, tx, json_array_get(rows, i));
		out_close(call->out, ']');
		out_close(call->out, '}');
		db_end(tx, 0);
	}
	json_decref(rows);
}

static void write_line(struct call *call, const json_t *row)
{
	const uint64_t seq = (uint64_t)row_integer(row, "seq");
	struct buf *out = call->out;
	char text[IP_TEXT_SIZE];

	out_open(out, NULL, '{');
	out_text(out, "seq", arena_printf(call->request->arena, "%" PRIu64, seq));
	out_time(out, "received", row_integer(row, "received"));
	out_time(out, "time", row_integer(row, "time"));
	write_sender(out, row, text);
	out_bool(out, "unparsed", str_eq(row_text(row, "kind"), STR("unparsed")));
	out_optional(out, "error", row_text(row, "error"));
	event_write_raw(call, seq, RAW_MAX);
	out_close(out, '}');
}

void api_list_source_lines(struct call *call)
{
	struct sql_query query = {0};
	struct heard_filter filter;
	json_t *rows;
	int64_t limit;

	if (!source_read_filter(call, &filter) ||
	    !call_number(call, "limit", 1, LINES_MAX, LINES_DEFAULT, &limit))
		return;
	heard_lines(&filter, (unsigned)limit, &query);
	rows = ask(call, &query);
	if (rows) {
		out_open(call->out, NULL, '{');
		out_open(call->out, "items", '[');
		for (size_t i = 0; i < json_array_size(rows); i++)
			write_line(call, json_array_get(rows, i));
		out_close(call->out, ']');
		out_close(call->out, '}');
	}
	json_decref(rows);
}

void api_list_source_fields(struct call *call)
{
	struct sql_query query = {0};
	struct heard_filter filter;
	const json_t *row;
	json_t *rows;

	if (!source_read_filter(call, &filter))
		return;
	heard_fields(&filter, &query);
	rows = ask(call, &query);
	row = json_array_get(rows, 0);
	if (rows) {
		out_open(call->out, NULL, '{');
		out_integer(call->out, "events", row_integer(row, "events"));
		out_open(call->out, "items", '[');
		for (int id = 0; id < FIELD_COUNT; id++) {
			const struct field_info *info = field_info((enum field_id)id);
			const int64_t count = row_integer(row, info->name.ptr);

			if (!count)
				continue;
			out_open(call->out, NULL, '{');
			out_text(call->out, "field", info->name);
			out_integer(call->out, "count", count);
			out_close(call->out, '}');
		}
		out_close(call->out, ']');
		out_close(call->out, '}');
	}
	json_decref(rows);
}
