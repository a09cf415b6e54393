/* SPDX-License-Identifier: Apache-2.0 */
/* Where alerts come from and where they go: countries, regions, and one's own networks by zone. */
#include <string.h>

#include "base/clock.h"
#include "cases/alert_count.h"
#include "event/ip.h"
#include "query/search.h"
#include "query/seen.h"
#include "web/register.h"
#include "web/store_access.h"

#define COUNTRIES_MAX 260
#define ZONES_MAX 200
#define ZONE_RANGES_MAX 2000
#define ADDRESSES_MAX ALERT_VALUES_MAX /* the most frequent of a side; those beyond are in no zone */

/* A range of addresses in the register (地址段); where there is none, the networks that are said to be ours.
 */
struct zone {
	int64_t asset, unit; /* 0: of the settings */
	struct str name, unit_name, networks;
	int64_t sources, destinations; /* alerts from it, and to it */
};

struct zone_range {
	struct seen_range range;
	size_t zone;
};

struct zones {
	struct call *call;
	struct zone items[ZONES_MAX];
	size_t count;
	struct {
		VEC_OF(struct zone_range)
	} ranges;
	bool destination; /* which side is being counted */
};

static int write_count(void *context, const struct alert_top_row *row)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	out_text(call->out, "key", row->key);
	out_integer(call->out, "count", row->count);
	out_close(call->out, '}');
	return 0;
}

static int write_countries(struct call *call, int64_t from, int64_t to)
{
	static const struct {
		const char *key;
		enum alert_top kind;
	} lists[] = {
		{"sources", ALERT_TOP_SOURCE_COUNTRY},
		{"destinations", ALERT_TOP_DESTINATION_COUNTRY},
		{"regions", ALERT_TOP_SOURCE_REGION},
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && r == 0; i++) {
		out_open(call->out, lists[i].key, '[');
		r = alerts_top(call->web->db, lists[i].kind, from, to, COUNTRIES_MAX, write_count, call);
		out_close(call->out, ']');
	}
	return r;
}

/* From the roll-up by hour; none where the store is away. */
static void write_events(struct call *call, int64_t from, int64_t to)
{
	struct sql_query query = {0};
	struct err err = {0};
	json_t *rows = NULL, *row;
	size_t index;

	if (search_overview(STR("country"), from, to, 0, COUNTRIES_MAX, &query, &err) == 0)
		store_ask(call, QUICK, &query, &rows, &err);
	sql_query_done(&query);
	out_bool(call->out, "store_reachable", rows != NULL);
	out_open(call->out, "events", '[');
	json_array_foreach(rows, index, row) if (row_text(row, "name").len)
	{
		out_open(call->out, NULL, '{');
		out_text(call->out, "key", row_text(row, "name"));
		out_integer(call->out, "count", row_integer(row, "events"));
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
	json_decref(rows);
}

/* --- zones --------------------------------------------------------------------------------------------- */

static void add_range(struct zones *zones, const struct seen_range *range)
{
	const struct zone_range added = {*range, zones->count};

	if (zones->ranges.len < ZONE_RANGES_MAX)
		vec_push(&zones->ranges, added);
}

/* identifiers: "address 10.1.0.0/16" a line; networks: the same without the word, with commas. */
static struct str add_ranges(struct zones *zones, struct str identifiers)
{
	enum identifier_kind kind;
	struct buf networks = {0};
	struct str text, copy;

	while (identifiers_next(&identifiers, &kind, &text)) {
		struct seen_range range;

		if (kind != IDENTIFIER_ADDRESS || identifier_range(text, range.first, range.last) < 0)
			continue;
		add_range(zones, &range);
		buf_printf(&networks, "%s%.*s", networks.len ? "," : "", STR_FMT(text));
	}
	copy = arena_copy(zones->call->request->arena, buf_str(&networks));
	buf_done(&networks);
	return copy;
}

static int add_zone(void *context, const struct asset *asset)
{
	struct zones *zones = context;
	struct arena *arena = zones->call->request->arena;
	struct str networks = add_ranges(zones, asset->identifiers);

	if (!networks.len || zones->count == ZONES_MAX)
		return 0;
	zones->items[zones->count++] = (struct zone){
		.asset = asset->id,
		.unit = asset->unit,
		.name = arena_copy(arena, asset->name),
		.unit_name = arena_copy(arena, asset->unit_name),
		.networks = networks,
	};
	return 0;
}

static void add_own_networks(struct zones *zones, struct str list)
{
	struct str part;

	while (str_split(&list, ',', &part) && zones->count < ZONES_MAX) {
		struct seen_nets nets;

		seen_nets_read(part, &nets);
		if (!nets.count)
			continue;
		add_range(zones, &nets.items[0]);
		zones->items[zones->count++] =
			(struct zone){.name = str_trim(part), .networks = str_trim(part)};
	}
}

/* The narrowest that holds the address; as wide as the bytes in which its ends differ. */
static struct zone *find_zone(struct zones *zones, const uint8_t ip[16])
{
	const struct zone_range *best = NULL;

	for (size_t i = 0; i < zones->ranges.len; i++) {
		const struct zone_range *each = &zones->ranges.items[i];

		if (memcmp(ip, each->range.first, 16) < 0 || memcmp(ip, each->range.last, 16) > 0)
			continue;
		/* Both hold it, so one lies within the other, or they overlap and either will do. */
		if (!best || memcmp(each->range.first, best->range.first, 16) > 0 ||
		    memcmp(each->range.last, best->range.last, 16) < 0)
			best = each;
	}
	return best ? &zones->items[best->zone] : NULL;
}

static int count_address(void *context, const struct alert_top_row *row)
{
	struct zones *zones = context;
	struct zone *zone = NULL;
	uint8_t ip[16];

	if (ip_parse(row->key, ip) == 0)
		zone = find_zone(zones, ip);
	if (zone && zones->destination)
		zone->destinations += row->count;
	else if (zone)
		zone->sources += row->count;
	return 0;
}

static int read_zones(struct zones *zones)
{
	const struct asset_filter filter = {
		.view.time = zones->call->now, .kinds = 1u << ASSET_RANGE, .limit = ZONES_MAX};
	struct db_tx *tx;
	int64_t next = 0;
	int r = db_begin(zones->call->web->db, DB_READ, &tx);

	if (r < 0)
		return r;
	r = db_end(tx, asset_list(tx, &filter, add_zone, zones, &next));
	if (r == 0 && !zones->count && zones->call->web->options.inside)
		add_own_networks(zones, str_from(zones->call->web->options.inside));
	return r;
}

static void write_zone(struct buf *out, const struct zone *zone)
{
	struct str rest = zone->networks, part;

	out_open(out, NULL, '{');
	out_text(out, "name", zone->name);
	if (zone->asset)
		out_integer(out, "asset", zone->asset);
	if (zone->unit) {
		out_integer(out, "unit", zone->unit);
		out_text(out, "unit_name", zone->unit_name);
	}
	out_open(out, "networks", '[');
	while (str_split(&rest, ',', &part))
		out_text(out, NULL, part);
	out_close(out, ']');
	out_integer(out, "sources", zone->sources);
	out_integer(out, "destinations", zone->destinations);
	out_close(out, '}');
}

static int write_zones(struct call *call, int64_t from, int64_t to)
{
	struct zones *zones = arena_zalloc(call->request->arena, sizeof(*zones));
	int r;

	zones->call = call;
	r = read_zones(zones);
	if (r == 0 && zones->count)
		r = alerts_top(call->web->db, ALERT_TOP_SOURCE, from, to, ADDRESSES_MAX, count_address,
			       zones);
	zones->destination = true;
	if (r == 0 && zones->count)
		r = alerts_top(call->web->db, ALERT_TOP_DESTINATION, from, to, ADDRESSES_MAX, count_address,
			       zones);
	out_open(call->out, "zones", '[');
	for (size_t i = 0; i < zones->count; i++)
		write_zone(call->out, &zones->items[i]);
	out_close(call->out, ']');
	vec_done(&zones->ranges);
	return r;
}

/* Counts by hour; the zones compare at most 2 × 5000 addresses with 2000 ranges. */
void api_get_places(struct call *call)
{
	int64_t from, to;
	int r;

	if (!call_span(call, &from, &to))
		return;
	out_open(call->out, NULL, '{');
	out_time(call->out, "from", from);
	out_time(call->out, "to", to);
	r = write_countries(call, from, to);
	if (r == 0)
		r = write_zones(call, from, to);
	if (r < 0) {
		call_fail_code(call, r);
		return;
	}
	write_events(call, from, to);
	out_close(call->out, '}');
}
