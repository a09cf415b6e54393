/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

struct piece {
	address_number first, last;
	uint32_t at, count; /* in lists */
};

struct ranges {
	struct {
		VEC_OF(struct piece)
	} pieces;
	struct {
		VEC_OF(uint32_t)
	} lists;
	/* Where the pieces inside ::ffff:0:0/96 end: a small array, so that the search for an IPv4 address
	   stays in the cache. */
	struct {
		VEC_OF(uint32_t)
	} v4;
	size_t v4_at; /* the first of them in pieces */
};

#define V4_FIRST ((address_number)0xffff << 32)
#define V4_LAST (V4_FIRST | UINT32_MAX)

/* The ranges that hold the place of the sweep, the narrowest first. */
struct active {
	struct range items[RANGES_DEPTH_MAX];
	size_t count;
};

address_number address_number_of(const uint8_t ip[16])
{
	uint64_t words[2];

	memcpy(words, ip, 16);
	return (address_number)__builtin_bswap64(words[0]) << 64 | __builtin_bswap64(words[1]);
}

static int compare(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static bool goes_before(const struct range *a, const struct range *b)
{
	address_number a_width = a->last - a->first, b_width = b->last - b->first;

	return a_width != b_width ? a_width < b_width : a->rank > b->rank;
}

static bool enter(struct active *active, const struct range *range)
{
	size_t at = active->count;

	if (active->count == RANGES_DEPTH_MAX)
		return false;
	for (; at && goes_before(range, &active->items[at - 1]); at--)
		active->items[at] = active->items[at - 1];
	active->items[at] = *range;
	active->count++;
	return true;
}

static void leave(struct active *active, address_number last)
{
	size_t kept = 0;

	for (size_t i = 0; i < active->count; i++)
		if (active->items[i].last > last)
			active->items[kept++] = active->items[i];
	active->count = kept;
}

static void add_piece(struct ranges *ranges, const struct active *active, address_number first,
		      address_number last)
{
	struct piece piece = {first, last, (uint32_t)ranges->lists.len, (uint32_t)active->count};

	for (size_t i = 0; i < active->count; i++)
		vec_push(&ranges->lists, active->items[i].number);
	vec_push(&ranges->pieces, piece);
}

/* Up to the next place where a range begins or one that is active ends. */
static address_number piece_end(const struct active *active, const struct range *next)
{
	address_number last = active->items[0].last;

	for (size_t i = 1; i < active->count; i++)
		if (active->items[i].last < last)
			last = active->items[i].last;
	return next && next->first <= last ? next->first - 1 : last;
}

static void index_v4(struct ranges *ranges)
{
	for (size_t i = 0; i < ranges->pieces.len; i++) {
		const struct piece *piece = &ranges->pieces.items[i];

		if (piece->first < V4_FIRST || piece->last > V4_LAST)
			continue;
		if (!ranges->v4.len)
			ranges->v4_at = i;
		vec_push(&ranges->v4, (uint32_t)piece->last);
	}
}

struct ranges *ranges_new(struct range *items, size_t count, uint32_t *ret_refused)
{
	struct ranges *ranges = calloc(1, sizeof(*ranges));
	struct active active = {.count = 0};
	address_number place = 0;
	size_t i = 0;

	must(ranges);
	if (count)
		qsort(items, count, sizeof(*items), compare);
	while (i < count || active.count) {
		address_number last;

		if (!active.count)
			place = items[i].first;
		for (; i < count && items[i].first == place; i++)
			if (!enter(&active, &items[i])) {
				*ret_refused = items[i].number;
				ranges_free(ranges);
				return NULL;
			}
		last = piece_end(&active, i < count ? &items[i] : NULL);
		add_piece(ranges, &active, place, last);
		leave(&active, last);
		place = last + 1;
	}
	index_v4(ranges);
	return ranges;
}

void ranges_free(struct ranges *ranges)
{
	if (!ranges)
		return;
	vec_done(&ranges->pieces);
	vec_done(&ranges->lists);
	vec_done(&ranges->v4);
	free(ranges);
}

/* The first piece that does not end before the address. */
static size_t search(const struct ranges *ranges, address_number address)
{
	const struct piece *pieces = ranges->pieces.items;
	size_t low = 0, high = ranges->pieces.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pieces[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t search_v4(const struct ranges *ranges, uint32_t address)
{
	const uint32_t *base = ranges->v4.items;
	size_t left = ranges->v4.len;

	while (left > 1) {
		size_t half = left / 2;

		base += base[half - 1] < address ? half : 0;
		left -= half;
	}
	return (size_t)(base - ranges->v4.items) + (*base < address);
}

const uint32_t *ranges_find(const struct ranges *ranges, address_number address, size_t *ret_count)
{
	const struct piece *pieces = ranges->pieces.items;
	size_t low;

	/* At both ends a piece that reaches beyond IPv4 may follow: those behind it come next in any case. */
	if (address >= V4_FIRST && address <= V4_LAST && ranges->v4.len) {
		low = ranges->v4_at + search_v4(ranges, (uint32_t)address);
		if (low == ranges->v4_at)
			low = search(ranges, address);
	} else {
		low = search(ranges, address);
	}
	*ret_count = 0;
	if (low == ranges->pieces.len || pieces[low].first > address)
		return NULL;
	*ret_count = pieces[low].count;
	return ranges->lists.items + pieces[low].at;
}
