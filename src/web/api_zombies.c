/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assets in service of which nothing was seen for a time: nothing came from their addresses, their hosts said
 * nothing, and nothing went to them. What has no address and no host's name cannot be seen and is not listed.
 * Nothing is claimed for a time that was not watched.
 */
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/vec.h"
#include "event/ip.h"
#include "query/seen.h"
#include "web/register.h"
#include "web/store_access.h"

#define DAYS_DEFAULT 90
#define DAYS_MAX 3650
#define RANGES_MAX 4000 /* of one page's assets */

/* An address or name of the page's asset number owner. */
struct mark {
	size_t owner;
	struct seen_range range;
	struct str name;
};

struct page {
	struct call *call;
	int64_t since, next;
	struct asset *assets; /* texts in the request's arena */
	bool *seen, *visible;
	size_t count;
	struct {
		VEC_OF(struct mark)
	} ranges, names;
	bool destinations_checked;
};

/* --- the register's page -------------------------------------------------------------------------------- */

static void add_marks(struct page *page, size_t owner, struct str identifiers)
{
	struct str text;
	enum identifier_kind kind;

	while (identifiers_next(&identifiers, &kind, &text)) {
		struct mark mark = {.owner = owner, .name = text};

		if (page->ranges.len == RANGES_MAX || page->names.len == RANGES_MAX)
			page->seen[owner] = true; /* cannot be told */
		else if (kind == IDENTIFIER_ADDRESS &&
			 identifier_range(text, mark.range.first, mark.range.last) == 0)
			vec_push(&page->ranges, mark);
		else if (kind == IDENTIFIER_HOST)
			vec_push(&page->names, mark);
		else
			continue;
		page->visible[owner] = true;
	}
}

static int keep_asset(void *context, const struct asset *asset)
{
	struct page *page = context;
	struct arena *arena = page->call->request->arena;
	struct asset *kept = &page->assets[page->count];

	*kept = *asset;
	kept->name = arena_copy(arena, asset->name);
	kept->identifiers = arena_copy(arena, asset->identifiers);
	kept->purpose = arena_copy(arena, asset->purpose);
	kept->mlps_number = arena_copy(arena, asset->mlps_number);
	kept->note = arena_copy(arena, asset->note);
	kept->unit_name = arena_copy(arena, asset->unit_name);
	add_marks(page, page->count, kept->identifiers);
	page->count++;
	return 0;
}

/* --- what the store saw --------------------------------------------------------------------------------- */

static int ask(struct page *page, struct sql_query *query, json_t **ret_rows, struct err *err)
{
	int r = store_ask(page->call, PATIENT, query, ret_rows, err);

	sql_query_done(query);
	return r;
}

static int look_at_ranges(struct page *page, size_t begin, size_t count, struct err *err)
{
	struct seen_range ranges[SEEN_ASKED_MAX];
	struct sql_query query = {0};
	json_t *rows = NULL, *row;
	size_t index;
	int r;

	for (size_t i = 0; i < count; i++)
		ranges[i] = page->ranges.items[begin + i].range;
	seen_ranges(ranges, count, page->since, &query);
	r = ask(page, &query, &rows, err);
	json_array_foreach(rows, index, row)
	{
		int64_t n = row_integer(row, "n");

		if (n >= 0 && (size_t)n < count)
			page->seen[page->ranges.items[begin + (size_t)n].owner] = true;
	}
	json_decref(rows);
	return r;
}

/* The same host, where only one of the two may have a domain. */
static bool same_host(struct str a, struct str b)
{
	size_t a_dot = str_find_char(a, '.'), b_dot = str_find_char(b, '.');

	if (a_dot != STR_NOT_FOUND && b_dot != STR_NOT_FOUND)
		return str_ieq(a, b);
	return str_ieq(str_head(a, a_dot), str_head(b, b_dot));
}

static int look_at_names(struct page *page, size_t begin, size_t count, struct err *err)
{
	struct str names[SEEN_ASKED_MAX];
	struct sql_query query = {0};
	json_t *rows = NULL, *row;
	size_t index;
	int r;

	for (size_t i = 0; i < count; i++)
		names[i] = page->names.items[begin + i].name;
	seen_hosts_last(names, count, page->since, &query);
	r = ask(page, &query, &rows, err);
	json_array_foreach(rows, index, row) for (size_t i = 0; i < count;
						  i++) if (same_host(row_text(row, "name"), names[i]))
		page->seen[page->names.items[begin + i].owner] = true;
	json_decref(rows);
	return r;
}

/* Of single addresses that nothing came from: whether something went to them. The events themselves are
   asked; where that takes too long, the answer says so. */
static int look_at_destinations(struct page *page, const size_t *marks, size_t count)
{
	uint8_t addresses[SEEN_ASKED_MAX][16], ip[16];
	struct sql_query query = {0};
	json_t *rows = NULL, *row;
	size_t index;
	int r;

	for (size_t i = 0; i < count; i++)
		memcpy(addresses[i], page->ranges.items[marks[i]].range.first, 16);
	seen_destinations((const uint8_t(*)[16])addresses, count, page->since, &query);
	r = ask(page, &query, &rows, NULL);
	json_array_foreach(rows, index,
			   row) for (size_t i = 0; i < count;
				     i++) if (hex_decode(row_text(row, "address_text"), ip, 16) == 0 &&
					      memcmp(ip, addresses[i], 16) == 0)
		page->seen[page->ranges.items[marks[i]].owner] = true;
	json_decref(rows);
	return r;
}

static void look_at_all_destinations(struct page *page)
{
	size_t marks[SEEN_ASKED_MAX], count = 0;

	page->destinations_checked = true;
	for (size_t i = 0; i < page->ranges.len && page->destinations_checked; i++) {
		const struct mark *mark = &page->ranges.items[i];

		if (!page->seen[mark->owner] && memcmp(mark->range.first, mark->range.last, 16) == 0)
			marks[count++] = i;
		if (count == SEEN_ASKED_MAX) {
			page->destinations_checked = look_at_destinations(page, marks, count) == 0;
			count = 0;
		}
	}
	if (count && page->destinations_checked)
		page->destinations_checked = look_at_destinations(page, marks, count) == 0;
}

static int look(struct page *page, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < page->ranges.len && r == 0; i += SEEN_ASKED_MAX)
		r = look_at_ranges(
			page, i,
			page->ranges.len - i < SEEN_ASKED_MAX ? page->ranges.len - i : SEEN_ASKED_MAX, err);
	for (size_t i = 0; i < page->names.len && r == 0; i += SEEN_ASKED_MAX)
		r = look_at_names(page, i,
				  page->names.len - i < SEEN_ASKED_MAX ? page->names.len - i : SEEN_ASKED_MAX,
				  err);
	if (r == 0)
		look_at_all_destinations(page);
	return r;
}

static int read_begin(struct page *page, int64_t *ret_begin, struct err *err)
{
	struct sql_query query = {0};
	json_t *rows = NULL;
	int r;

	seen_begin(&query);
	r = ask(page, &query, &rows, err);
	*ret_begin = row_integer(json_array_get(rows, 0), "first");
	json_decref(rows);
	return r;
}

/* --- the answer ----------------------------------------------------------------------------------------- */

static void write_answer(struct page *page, int64_t begin, bool watched)
{
	struct call *call = page->call;
	int64_t days = begin ? (call->now - begin) / CLOCK_DAY : 0;

	out_open(call->out, NULL, '{');
	if (begin)
		out_time(call->out, "watched_from", begin);
	out_integer(call->out, "watched_days", days > 0 ? days : 0);
	out_bool(call->out, "destinations_checked", page->destinations_checked);
	out_open(call->out, "items", '[');
	for (size_t i = 0; i < page->count && watched; i++)
		if (page->visible[i] && !page->seen[i])
			register_write_asset(call, &page->assets[i]);
	/* closes the list and the object */
	page_close(call, page->next != 0, page->next, (struct str){0});
}

static void run(struct page *page, struct asset_filter *filter)
{
	struct err err = {0};
	struct db_tx *tx;
	int64_t begin = 0;
	bool watched;
	int r;

	tx = call_begin(page->call, DB_READ);
	if (!tx)
		return;
	r = db_end(tx, asset_list(tx, filter, keep_asset, page, &page->next));
	if (r < 0) {
		call_fail_code(page->call, r);
		return;
	}
	r = read_begin(page, &begin, &err);
	watched = begin && begin <= page->since;
	if (r == 0 && watched)
		r = look(page, &err);
	if (r < 0)
		store_fail(page->call, r, &err);
	else
		write_answer(page, begin, watched);
}

void api_list_zombies(struct call *call)
{
	struct asset_filter filter = {.view.time = call->now, .lives = 1u << ASSET_IN_SERVICE};
	struct page page = {.call = call};
	int64_t days;

	if (!call_number(call, "days", 1, DAYS_MAX, DAYS_DEFAULT, &days) ||
	    !register_page_read(call, &filter.cursor, &filter.limit))
		return;
	/* What is in the register under its addresses for a shorter time: not yet. */
	filter.since = page.since = call->now - days * CLOCK_DAY;
	page.assets = arena_zalloc(call->request->arena, filter.limit * sizeof(*page.assets));
	page.seen = arena_zalloc(call->request->arena, filter.limit);
	page.visible = arena_zalloc(call->request->arena, filter.limit);
	run(&page, &filter);
	vec_done(&page.ranges);
	vec_done(&page.names);
}
