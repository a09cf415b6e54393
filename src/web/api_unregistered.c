/* SPDX-License-Identifier: Apache-2.0 */
/* What was seen of the university's own and is in no register: shadow systems, forgotten hosts. */
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "event/ip.h"
#include "people/ignored.h"
#include "people/neighbour.h"
#include "people/owner.h"
#include "query/seen.h"
#include "web/register.h"
#include "web/store_access.h"
#include "web/unregistered.h"

#define CANDIDATES_MAX 5000 /* that one call compares with the register */
#define LIMIT_MAX SEEN_ASKED_MAX
#define LIMIT_DEFAULT 100
#define NAMES_SPAN_MAX (2 * CLOCK_DAY) /* names have no roll-up */

struct found {
	char value[256]; /* as people write it */
	uint8_t ip[16];
	const json_t *row;
	int64_t unit, neighbours; /* whose it probably is, by so many assets beside it; 0: nobody's */
	struct str unit_name;     /* in the request's arena */
};

struct listing {
	struct call *call;
	enum identifier_kind kind;
	int64_t from, to, limit;
	json_t *rows, *leases, *datasets; /* rows of answers; the last two may be NULL */
	struct found found[LIMIT_MAX];
	size_t count, looked_at, ignored;
	bool more;
};

static int ask(struct listing *listing, struct sql_query *query, json_t **ret_rows, struct err *err)
{
	int r = store_ask(listing->call, PATIENT, query, ret_rows, err);

	sql_query_done(query);
	return r;
}

static int ask_candidates(struct listing *listing, struct err *err)
{
	const char *inside = listing->call->web->options.inside;
	struct sql_query query = {0};
	struct seen_nets nets;

	seen_nets_read(str_from(inside), &nets);
	if (listing->kind == IDENTIFIER_ADDRESS)
		seen_addresses(&nets, listing->from, listing->to, CANDIDATES_MAX, &query);
	else if (listing->kind == IDENTIFIER_HOST)
		seen_hosts(listing->from, listing->to, CANDIDATES_MAX, &query);
	else
		seen_names(&nets, listing->from, listing->to, CANDIDATES_MAX, &query);
	return ask(listing, &query, &listing->rows, err);
}

/* False where a row says nothing that could be registered. */
static bool read_value(enum identifier_kind kind, const json_t *row, struct found *found)
{
	struct str text = row_text(row, kind == IDENTIFIER_ADDRESS ? "address_text" : "name");

	found->row = row;
	if (kind != IDENTIFIER_ADDRESS) {
		struct buf name = {0};
		bool fine = identifier_write(IDENTIFIER_HOST, text, &name, NULL) == 0 &&
			    name.len < sizeof(found->value);

		if (fine)
			memcpy(found->value, buf_cstr(&name), name.len + 1);
		buf_done(&name);
		return fine;
	}
	if (text.len != 32 || hex_decode(text, found->ip, 16) < 0)
		return false;
	ip_format(found->ip, found->value);
	return true;
}

struct guessing {
	struct arena *arena;
	struct found *found;
};

static int take_neighbours(void *context, int64_t unit, struct str unit_name, int64_t assets)
{
	struct guessing *guessing = context;

	guessing->found->unit = unit;
	guessing->found->unit_name = arena_copy(guessing->arena, unit_name);
	guessing->found->neighbours = assets;
	return 0;
}

static int guess_units(struct listing *listing, struct db_tx *tx)
{
	struct guessing guessing = {.arena = listing->call->request->arena};
	int r = 0;

	for (size_t i = 0; i < listing->count && (r == 0 || r == ERR_END); i++) {
		guessing.found = &listing->found[i];
		r = neighbour_unit(tx, guessing.found->ip, listing->call->now, take_neighbours, &guessing);
	}
	return r == ERR_END ? 0 : r;
}

/* 1 where it belongs into the list: no asset fits it and nobody said to leave it alone. */
static int is_wanted(struct listing *listing, struct db_tx *tx, struct str value)
{
	int r = owner_known(tx, value, listing->call->now);

	if (r)
		return r < 0 ? r : 0;
	r = ignored_holds(tx, listing->kind, value, listing->call->now);
	listing->ignored += r > 0;
	return r < 0 ? r : !r;
}

/* Those that are wanted, up to the limit. */
static int compare(struct listing *listing, struct db_tx *tx)
{
	size_t index;
	json_t *row;
	int r = 0;

	json_array_foreach(listing->rows, index, row)
	{
		struct found *found = &listing->found[listing->count];

		if (listing->count == (size_t)listing->limit) {
			listing->more = true;
			break;
		}
		listing->looked_at++;
		*found = (struct found){0};
		if (!read_value(listing->kind, row, found))
			continue;
		r = is_wanted(listing, tx, str_from(found->value));
		if (r < 0)
			break;
		listing->count += r > 0;
	}
	if (listing->looked_at == CANDIDATES_MAX)
		listing->more = true;
	if (r >= 0 && listing->kind == IDENTIFIER_ADDRESS)
		r = guess_units(listing, tx);
	return r < 0 ? r : 0;
}

/* Who said so, and what it is called: what cannot be had in time is left out. */
static void ask_evidence(struct listing *listing)
{
	uint8_t addresses[LIMIT_MAX][16];
	struct sql_query query = {0};
	int64_t last = 0;

	if (listing->kind != IDENTIFIER_ADDRESS || !listing->count)
		return;
	for (size_t i = 0; i < listing->count; i++) {
		int64_t seen = row_integer(listing->found[i].row, "last");

		memcpy(addresses[i], listing->found[i].ip, 16);
		last = seen > last ? seen : last;
	}
	seen_leases((const uint8_t(*)[16])addresses, listing->count, &query);
	if (ask(listing, &query, &listing->leases, NULL) < 0)
		listing->leases = NULL;
	query = (struct sql_query){0};
	seen_datasets((const uint8_t(*)[16])addresses, listing->count,
		      last - CLOCK_DAY > listing->from ? last - CLOCK_DAY : listing->from, &query);
	if (ask(listing, &query, &listing->datasets, NULL) < 0)
		listing->datasets = NULL;
}

/* The row that is about the same address. */
static const json_t *row_of(const json_t *rows, const struct found *found)
{
	struct str address = row_text(found->row, "address_text");
	size_t index;
	const json_t *row;

	json_array_foreach(rows, index, row) if (str_ieq(row_text(row, "address_text"), address)) return row;
	return NULL;
}

static void write_datasets(struct buf *out, const json_t *row)
{
	const json_t *list = json_object_get(row, "datasets");
	size_t index;
	json_t *item;

	out_open(out, "datasets", '[');
	json_array_foreach(list, index, item) if (json_string_length(item))
		out_text(out, NULL, str_of(json_string_value(item), json_string_length(item)));
	out_close(out, ']');
}

/* "02005e005301" → "02:00:5e:00:53:01"; empty where it is none. */
static struct str read_mac(const json_t *lease, struct buf *out)
{
	buf_clear(out);
	identifier_write(IDENTIFIER_MAC, row_text(lease, "mac"), out, NULL);
	return buf_str(out);
}

static void write_list(struct buf *out, const char *key, struct str value)
{
	if (!value.len)
		return;
	out_open(out, key, '[');
	out_text(out, NULL, value);
	out_close(out, ']');
}

/* A body for POST /assets. That nobody has claimed it, 双非, is what is known of it. */
static void write_proposal(struct listing *listing, const struct found *found, struct str host,
			   struct str mac)
{
	struct buf *out = listing->call->out;
	struct str value = str_from(found->value);

	out_open(out, "register", '{');
	out_text(out, "name", host.len ? host : value);
	out_text(out, "kind", listing->kind == IDENTIFIER_DOMAIN ? STR("web_site") : STR("host"));
	write_list(out, listing->kind == IDENTIFIER_ADDRESS ? "addresses" : "hosts", value);
	write_list(out, "macs", mac);
	if (found->unit)
		out_integer(out, "unit", found->unit);
	out_text(out, "life", STR("unowned"));
	out_close(out, '}');
}

static void write_found(struct listing *listing, const struct found *found)
{
	const json_t *lease = row_of(listing->leases, found), *sources = found->row;
	struct buf *out = listing->call->out, mac_text = {0};
	struct str host = row_text(lease, "host"), mac = read_mac(lease, &mac_text);

	if (listing->kind == IDENTIFIER_ADDRESS)
		sources = row_of(listing->datasets, found);
	out_open(out, NULL, '{');
	out_text(out, "value", str_from(found->value));
	out_time(out, "first", row_integer(found->row, "first"));
	out_time(out, "last", row_integer(found->row, "last"));
	out_integer(out, "events", row_integer(found->row, "events"));
	write_datasets(out, sources);
	out_optional(out, "host", host);
	out_optional(out, "mac", mac);
	if (found->unit) {
		out_integer(out, "unit", found->unit);
		out_text(out, "unit_name", found->unit_name);
		out_integer(out, "neighbours", found->neighbours);
	}
	write_proposal(listing, found, host, mac);
	out_close(out, '}');
	buf_done(&mac_text);
}

static void write_answer(struct listing *listing)
{
	struct buf *out = listing->call->out;

	out_open(out, NULL, '{');
	out_open(out, "items", '[');
	for (size_t i = 0; i < listing->count; i++)
		write_found(listing, &listing->found[i]);
	out_close(out, ']');
	out_integer(out, "looked_at", (int64_t)listing->looked_at);
	out_integer(out, "ignored", (int64_t)listing->ignored);
	out_bool(out, "more", listing->more);
	out_close(out, '}');
}

static void run(struct listing *listing)
{
	struct err err = {0};
	struct db_tx *tx;
	int r = ask_candidates(listing, &err);

	if (r < 0) {
		store_fail(listing->call, r, &err);
		return;
	}
	tx = call_begin(listing->call, DB_READ);
	if (!tx)
		return;
	r = db_end(tx, compare(listing, tx));
	if (r < 0) {
		call_fail_code(listing->call, r);
		return;
	}
	ask_evidence(listing);
	write_answer(listing);
}

void api_list_unregistered(struct call *call)
{
	struct listing *listing = calloc(1, sizeof(*listing));

	must(listing);
	listing->call = call;
	if (unregistered_read_kind(call, call_text(call, "kind"), &listing->kind) &&
	    call_span(call, &listing->from, &listing->to) &&
	    call_number(call, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &listing->limit)) {
		if (listing->kind == IDENTIFIER_DOMAIN && listing->from < listing->to - NAMES_SPAN_MAX)
			listing->from = listing->to - NAMES_SPAN_MAX;
		run(listing);
	}
	json_decref(listing->rows);
	json_decref(listing->leases);
	json_decref(listing->datasets);
	free(listing);
}
