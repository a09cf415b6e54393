/* SPDX-License-Identifier: Apache-2.0 */
/* Who sends logs: how each stands, how much it said, when it was silent. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "coverage/clocks.h"
#include "coverage/text.h"
#include "event/ip.h"
#include "people/owner.h"
#include "query/search.h"
#include "web/route.h"
#include "web/source.h"

#define HOURS_OF_LIST 24
#define HOURS_OF_ONE 168
#define GAPS_MAX 5000
#define SPAN_DAYS_DEFAULT 30
#define SPAN_DAYS_MAX 190

bool source_read_id(struct call *call, struct str text, uint64_t *ret_id)
{
	uint8_t bytes[8];
	uint64_t id = 0;

	if (text.len == 16 && hex_decode(text, bytes, sizeof(bytes)) == 0)
		for (int i = 0; i < 8; i++)
			id = id << 8 | bytes[i];
	if (id && id <= INT64_MAX) {
		*ret_id = id;
		return true;
	}
	call_fail(call, 404, "not_found", "there is no such source");
	return false;
}

/* --- the register --------------------------------------------------------------------------------------- */

static int write_owner(void *context, const struct owner *owner)
{
	struct buf *out = context;

	if (!owner->asset)
		return 0;
	out_open(out, "asset", '{');
	out_integer(out, "id", owner->asset);
	out_text(out, "name", owner->asset_name);
	out_text(out, "kind", owner->asset_kind);
	if (owner->unit) {
		out_integer(out, "unit", owner->unit);
		out_text(out, "unit_name", owner->unit_name);
	}
	out_close(out, '}');
	return 0;
}

void source_write_asset(struct call *call, struct db_tx *tx, struct str peer)
{
	if (peer.len)
		owner_find(tx, peer, call->now, 0, write_owner, call->out);
}

/* --- clocks --------------------------------------------------------------------------------------------- */

/* What analyze adds to the times that senders carry; NULL where it corrects none. */
static struct clocks *load_clocks(struct call *call)
{
	const char *path = call->web->options.clocks;
	struct clocks *clocks = NULL;
	struct buf text = {0};

	if (path && io_read_strange_file(path, CLOCKS_STATE_MAX, &text) == 0)
		clocks_load(buf_str(&text), NULL, &clocks);
	buf_done(&text);
	return clocks;
}

/* The newest of that sender that is in force. */
static void write_correction(struct buf *out, const struct clocks *clocks, const struct ledger_talker *talker)
{
	const struct clock_correction *found = NULL;
	uint8_t peer[16];

	if (!clocks || ip_parse(talker->peer, peer) < 0)
		return;
	for (int kind = 0; kind < CLOCK_KINDS && !(found && found->add); kind++) {
		found = clocks_find(clocks, peer, talker->name, (enum clock_kind)kind, UINT64_MAX);
		if (!found)
			found = clocks_find(clocks, peer, STR(""), (enum clock_kind)kind, UINT64_MAX);
	}
	if (!found || !found->add)
		return;
	out_open(out, "correction", '{');
	out_number(out, "added_seconds", (double)found->add / CLOCK_SECOND);
	out_time(out, "since", found->since);
	out_close(out, '}');
}

/* --- the list ------------------------------------------------------------------------------------------- */

struct listing {
	struct call *call;
	struct db_tx *tx; /* for the register */
	const struct clocks *clocks;
	size_t count, by_state[SOURCE_STATE_COUNT];
	int64_t acknowledged; /* of those that are silent */
	int64_t received, bytes, unparsed;
};

static void write_talker(struct buf *out, const struct ledger_talker *talker)
{
	char id[17];

	snprintf(id, sizeof(id), "%016" PRIx64, talker->id);
	out_text(out, "id", str_from(id));
	out_text(out, "kind", str_from(coverage_kind_name(talker->kind)));
	if (talker->kind != TALKER_REGISTERED)
		out_text(out, "listener", talker->listener);
	out_optional(out, "peer", talker->peer);
	out_optional(out, "source", talker->source);
	out_optional(out, "name", talker->name);
}

static void write_figures(struct buf *out, const struct ledger_source *source)
{
	out_integer(out, "received", source->received);
	out_integer(out, "bytes", source->bytes);
	out_integer(out, "unparsed", source->unparsed);
	out_integer(out, "lost", source->lost);
	if (source->expected != EXPECTED_UNKNOWN)
		out_integer(out, "expected", source->expected);
	out_number(out, "delay_seconds", (double)source->delay / CLOCK_SECOND);
	out_number(out, "delay_max_seconds", (double)source->delay_max / CLOCK_SECOND);
	out_number(out, "clock_error_seconds", (double)source->clock_error / CLOCK_SECOND);
	out_open(out, "hours", '[');
	for (size_t i = 0; i < source->hour_count; i++)
		out_integer(out, NULL, source->hours[i]);
	out_close(out, ']');
}

static int write_source(void *context, const struct ledger_source *source)
{
	struct listing *listing = context;
	struct buf *out = listing->call->out;
	size_t before;
	int r;

	listing->count++;
	listing->by_state[source->state]++;
	listing->received += source->received;
	listing->bytes += source->bytes;
	listing->unparsed += source->unparsed;
	out_open(out, NULL, '{');
	write_talker(out, &source->talker);
	out_text(out, "state", str_from(source_state_name(source->state)));
	out_time(out, "first", source->first);
	out_time(out, "last", source->last);
	if (source->silent_since)
		out_time(out, "silent_since", source->silent_since);
	write_figures(out, source);
	write_correction(out, listing->clocks, &source->talker);
	source_write_asset(listing->call, listing->tx, source->talker.peer);
	before = out->len;
	r = source_write_acknowledgement(listing->call, listing->tx, source->talker.id);
	listing->acknowledged += source->state == SOURCE_SILENT && out->len > before;
	out_close(out, '}');
	return r;
}

/* The hours up to and with the one that runs. */
static struct ledger_span last_hours(int64_t now, int64_t hours)
{
	const int64_t to = (now / CLOCK_HOUR + 1) * CLOCK_HOUR;

	return (struct ledger_span){to - hours * CLOCK_HOUR, to};
}

static int write_known(struct call *call)
{
	int64_t from, to;
	int r = ledger_known(call->web->db, &from, &to);

	if (r == 0 && to) {
		out_time(call->out, "known_from", from);
		out_time(call->out, "known_to", to);
	}
	return r;
}

/* With the register beside the ledger: two readers, for a moment. */
static int write_items(struct listing *listing, uint64_t id, const struct ledger_span *span, bool *ret_more)
{
	struct clocks *clocks = load_clocks(listing->call);
	int r = db_begin(listing->call->web->db, DB_READ, &listing->tx);

	listing->clocks = clocks;
	if (r == 0)
		r = db_end(listing->tx,
			   ledger_sources(listing->call->web->db, id, span, id ? 1 : LEDGER_SOURCES_MAX,
					  write_source, listing, ret_more));
	clocks_release(clocks);
	return r;
}

static void write_totals(struct listing *listing)
{
	struct buf *out = listing->call->out;

	out_open(out, "totals", '{');
	out_integer(out, "sources", (int64_t)listing->count);
	for (int state = 0; state < SOURCE_RETIRED; state++)
		out_integer(out, source_state_name((enum source_state)state),
			    (int64_t)listing->by_state[state]);
	out_integer(out, "acknowledged", listing->acknowledged);
	out_integer(out, "received", listing->received);
	out_integer(out, "bytes", listing->bytes);
	out_integer(out, "unparsed", listing->unparsed);
	out_close(out, '}');
}

void api_list_sources(struct call *call)
{
	struct ledger_span span = last_hours(call->now, HOURS_OF_LIST);
	struct listing listing = {.call = call};
	bool more = false;
	int r;

	out_open(call->out, NULL, '{');
	out_time(call->out, "from", span.from);
	out_time(call->out, "to", span.to);
	r = write_known(call);
	out_open(call->out, "items", '[');
	if (r == 0)
		r = write_items(&listing, 0, &span, &more);
	out_close(call->out, ']');
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	write_totals(&listing);
	out_bool(call->out, "more", more);
	out_close(call->out, '}');
}

void api_get_source(struct call *call)
{
	struct ledger_span span = last_hours(call->now, HOURS_OF_ONE);
	struct listing listing = {.call = call};
	bool more = false;
	uint64_t id;
	int r;

	if (!source_read_id(call, call->path_values[0], &id))
		return;
	out_open(call->out, NULL, '{');
	out_time(call->out, "from", span.from);
	out_time(call->out, "to", span.to);
	out_open(call->out, "items", '[');
	r = write_items(&listing, id, &span, &more);
	out_close(call->out, ']');
	out_close(call->out, '}');
	if (r < 0)
		call_fail_code(call, r);
	else if (!listing.count)
		call_fail(call, 404, "not_found", "there is no such source");
}

/* --- over time ------------------------------------------------------------------------------------------ */

struct grid {
	struct buf *out;
	uint64_t talker;
};

static void close_talker(struct grid *grid)
{
	if (!grid->talker)
		return;
	out_close(grid->out, ']');
	out_close(grid->out, '}');
}

/* [cell, received, unparsed, lost] below its talker. */
static int write_cell(void *context, const struct ledger_cell *cell)
{
	struct grid *grid = context;
	struct buf *out = grid->out;
	char id[17];

	if (cell->talker != grid->talker) {
		close_talker(grid);
		grid->talker = cell->talker;
		snprintf(id, sizeof(id), "%016" PRIx64, cell->talker);
		out_open(out, NULL, '{');
		out_text(out, "id", str_from(id));
		out_open(out, "cells", '[');
	}
	out_open(out, NULL, '[');
	out_integer(out, NULL, cell->cell);
	out_integer(out, NULL, cell->received);
	out_integer(out, NULL, cell->unparsed);
	out_integer(out, NULL, cell->lost);
	out_close(out, ']');
	return 0;
}

static int write_gap(void *context, const struct ledger_gap *gap)
{
	static const char *const kinds[] = {
		[SPAN_SILENT] = "silent", [SPAN_LOST] = "lost", [SPAN_DOWN] = "down"};
	struct buf *out = context;
	char id[17];

	snprintf(id, sizeof(id), "%016" PRIx64, gap->talker);
	out_open(out, NULL, '{');
	out_text(out, "kind", str_from(kinds[gap->kind]));
	if (gap->kind != SPAN_DOWN)
		out_text(out, "source", str_from(id));
	out_time(out, "from", gap->from);
	if (gap->to)
		out_time(out, "to", gap->to);
	if (gap->kind == SPAN_LOST)
		out_integer(out, "count", gap->count);
	out_bool(out, "learning", gap->learning);
	out_close(out, '}');
	return 0;
}

/* Days begin at the operator's midnight, as those of statements do; up to a week is by the hour. */
static bool read_grid(struct call *call, struct ledger_span *span, int64_t *ret_step)
{
	const int64_t zone = call->web->options.zone / CLOCK_HOUR * CLOCK_HOUR;
	int64_t days, today = search_bucket_start(call->now + zone, CLOCK_DAY) - zone;

	if (!call_number(call, "days", 1, SPAN_DAYS_MAX, SPAN_DAYS_DEFAULT, &days))
		return false;
	*span = (struct ledger_span){today - (days - 1) * CLOCK_DAY, today + CLOCK_DAY};
	*ret_step = days <= 7 ? CLOCK_HOUR : CLOCK_DAY;
	return true;
}

void api_list_source_spans(struct call *call)
{
	struct grid grid = {.out = call->out};
	struct str wanted = call_text(call, "source");
	struct ledger_span span;
	uint64_t id = 0;
	int64_t step;
	int r;

	if (!read_grid(call, &span, &step) || (wanted.len && !source_read_id(call, wanted, &id)))
		return;
	out_open(call->out, NULL, '{');
	out_time(call->out, "from", span.from);
	out_time(call->out, "to", span.to);
	out_integer(call->out, "step_seconds", step / CLOCK_SECOND);
	r = write_known(call);
	out_open(call->out, "sources", '[');
	if (r == 0)
		r = ledger_cells(call->web->db, id, &span, step, write_cell, &grid);
	close_talker(&grid);
	out_close(call->out, ']');
	out_open(call->out, "spans", '[');
	if (r == 0)
		r = ledger_gaps(call->web->db, id, &span, GAPS_MAX, write_gap, call->out);
	out_close(call->out, ']');
	out_close(call->out, '}');
	if (r < 0)
		call_fail_code(call, r);
}
