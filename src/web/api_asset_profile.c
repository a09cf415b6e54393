/* SPDX-License-Identifier: Apache-2.0 */
/* What the events say of one asset: a bounded question for each part of its page, and with each answer the
   search that it comes from. Costs a reading of the span's events; STORE_QUICK bounds it. */
#include "base/clock.h"
#include "people/asset.h"
#include "query/profile.h"
#include "query/search.h"
#include "web/asset_search.h"
#include "web/route.h"
#include "web/store_access.h"

#define SPAN_MAX (31 * CLOCK_DAY)
#define BUCKETS 100

struct profiling {
	struct call *call;
	struct asset_search search;
	struct buf inside, kql;
	struct profile profile;
	json_t *rows;
};

static int take_identifiers(void *context, const struct asset *asset)
{
	asset_search_write(asset->identifiers, context);
	return 0;
}

/* As the asset is now, or was last. */
static int read_asset(struct db_tx *tx, int64_t id, int64_t now, struct asset_search *ret_search)
{
	struct register_view view = {.time = now};

	return asset_get(tx, id, &view, take_identifiers, ret_search);
}

static bool begin(struct call *call, struct profiling *profiling)
{
	struct profile *profile = &profiling->profile;
	struct db_tx *tx;
	int64_t id;
	int r;

	*profiling = (struct profiling){.call = call};
	if (!call_id(call, 0, &id) || !call_span(call, &profile->from, &profile->to) ||
	    !(tx = call_begin(call, DB_READ)))
		return false;
	r = db_end(tx, read_asset(tx, id, call->now, &profiling->search));
	if (r < 0) {
		call_fail(call, 404, "not_found", "there is no such asset now");
		return false;
	}
	if (profile->from < profile->to - SPAN_MAX)
		profile->from = profile->to - SPAN_MAX;
	asset_search_inside(str_from(call->web->options.inside), &profiling->inside);
	profile->now = call->now;
	profile->sent = buf_str(&profiling->search.sent);
	profile->received = buf_str(&profiling->search.received);
	profile->named = buf_str(&profiling->search.named);
	profile->inside = buf_str(&profiling->inside);
	return true;
}

static void end(struct profiling *profiling)
{
	json_decref(profiling->rows);
	asset_search_done(&profiling->search);
	buf_done(&profiling->inside);
	buf_done(&profiling->kql);
}

static int64_t slot_width(const struct profile *profile)
{
	return search_bucket_width(profile->from, profile->to, BUCKETS);
}

static int traffic(const struct profile *profile, struct sql_query *query, struct err *ret_err)
{
	return profile_traffic(profile, slot_width(profile), query, ret_err);
}

/* One part of the page. */
struct part {
	bool slots; /* by time */
	void (*kql)(const struct profile *profile, struct buf *out);
	int (*ask)(const struct profile *profile, struct sql_query *query, struct err *ret_err);
	void (*write)(struct profiling *profiling, const json_t *row);
};

/* False: has answered. Without a search there is nothing to ask, and no rows. */
static bool ask(struct profiling *profiling, const struct part *part)
{
	struct sql_query query = {0};
	struct err err = {0};
	int r = 0;

	part->kql(&profiling->profile, &profiling->kql);
	if (!profiling->kql.len)
		return true;
	r = part->ask(&profiling->profile, &query, &err);
	if (r < 0) {
		call_fail(profiling->call, 400, "bad_query", "%s", err.message);
	} else {
		r = store_ask(profiling->call, QUICK, &query, &profiling->rows, &err);
		if (r < 0)
			store_fail(profiling->call, r, &err);
	}
	sql_query_done(&query);
	return r >= 0;
}

static void answer(struct call *call, const struct part *part)
{
	struct profiling profiling;
	size_t index;
	json_t *row;

	if (begin(call, &profiling) && ask(&profiling, part)) {
		out_open(call->out, NULL, '{');
		out_time(call->out, "from", profiling.profile.from);
		out_time(call->out, "to", profiling.profile.to);
		out_text(call->out, "q", buf_str(&profiling.kql));
		out_bool(call->out, "partial", profiling.search.partial);
		out_bool(call->out, "inside_known", profiling.inside.len > 0);
		if (part->slots)
			out_integer(call->out, "interval_seconds",
				    slot_width(&profiling.profile) / CLOCK_SECOND);
		out_open(call->out, "items", '[');
		json_array_foreach(profiling.rows, index, row)
		{
			out_open(call->out, NULL, '{');
			part->write(&profiling, row);
			out_close(call->out, '}');
		}
		out_close(call->out, ']');
		out_close(call->out, '}');
	}
	end(&profiling);
}

/* --- the parts ------------------------------------------------------------------------------------------ */

static void write_integer(struct profiling *profiling, const json_t *row, const char *key)
{
	out_integer(profiling->call->out, key, row_integer(row, key));
}

static void write_time(struct profiling *profiling, const json_t *row, const char *key)
{
	out_time(profiling->call->out, key, row_integer(row, key));
}

static void write_slot(struct profiling *profiling, const json_t *row)
{
	const struct profile *profile = &profiling->profile;
	int64_t width = slot_width(profile);

	out_time(profiling->call->out, "time",
		 search_bucket_start(profile->from, width) + row_integer(row, "bucket") * width);
	out_text(profiling->call->out, "dataset", row_text(row, "dataset"));
	write_integer(profiling, row, "sent");
	write_integer(profiling, row, "received");
	write_integer(profiling, row, "events");
}

static void write_peer(struct profiling *profiling, const json_t *row)
{
	out_text(profiling->call->out, "address", row_text(row, "address"));
	out_optional(profiling->call->out, "asset", row_text(row, "asset"));
	out_optional(profiling->call->out, "country", row_text(row, "country"));
	write_integer(profiling, row, "bytes");
	write_integer(profiling, row, "events");
	write_time(profiling, row, "first");
	write_time(profiling, row, "last");
}

static void write_port(struct profiling *profiling, const json_t *row)
{
	write_integer(profiling, row, "port");
	out_optional(profiling->call->out, "transport", row_text(row, "transport"));
	write_integer(profiling, row, "events");
	write_integer(profiling, row, "peers");
	write_time(profiling, row, "last");
}

static void write_door(struct profiling *profiling, const json_t *row)
{
	const json_t *list = json_object_get(row, "datasets");
	struct buf *out = profiling->call->out;
	size_t index;
	json_t *item;

	write_port(profiling, row);
	write_integer(profiling, row, "refused");
	write_time(profiling, row, "first");
	out_open(out, "datasets", '[');
	json_array_foreach(list, index, item) if (json_string_length(item))
		out_text(out, NULL, str_of(json_string_value(item), json_string_length(item)));
	out_close(out, ']');
}

static void write_source(struct profiling *profiling, const json_t *row)
{
	out_text(profiling->call->out, "dataset", row_text(row, "dataset"));
	out_optional(profiling->call->out, "observer", row_text(row, "observer"));
	write_integer(profiling, row, "events");
	write_integer(profiling, row, "own");
	write_time(profiling, row, "last");
}

void api_asset_traffic(struct call *call)
{
	answer(call, &(struct part){true, profile_traffic_kql, traffic, write_slot});
}

void api_asset_peers(struct call *call)
{
	answer(call, &(struct part){false, profile_peers_kql, profile_peers, write_peer});
}

void api_asset_ports(struct call *call)
{
	answer(call, &(struct part){false, profile_ports_kql, profile_ports, write_port});
}

void api_asset_exposure(struct call *call)
{
	answer(call, &(struct part){false, profile_exposure_kql, profile_exposure, write_door});
}

void api_asset_sources(struct call *call)
{
	answer(call, &(struct part){false, profile_sources_kql, profile_sources, write_source});
}
