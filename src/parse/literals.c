/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/literals.h"

#include <stdlib.h>

#include "base/err.h"

#define READ_AHEAD (FINDER_BLOCK + FINDER_BYTES - 1) /* bytes that the filter reads from a place on */

static uint32_t head_of(const char *bytes)
{
	uint32_t head;

	memcpy(&head, bytes, LITERAL_HEAD);
	return head;
}

static size_t place_of(uint32_t head)
{
	return head * UINT32_C(0x9E3779B1) >> 22; /* LITERAL_PLACES is 1 << 10 */
}

/* By place in the table, then head, so that what is met together lies together; then the text. */
static int compare(const void *pa, const void *pb)
{
	const struct str *a = pa, *b = pb;
	const uint32_t head_a = head_of(a->ptr), head_b = head_of(b->ptr);
	const size_t place_a = place_of(head_a), place_b = place_of(head_b);

	if (place_a != place_b)
		return place_a < place_b ? -1 : 1;
	if (head_a != head_b)
		return head_a < head_b ? -1 : 1;
	return str_cmp(*a, *b);
}

/* Sorted by their heads' bytes instead, so that each bucket of the filter has heads that are alike. */
static int compare_text(const void *pa, const void *pb)
{
	return str_cmp(*(const struct str *)pa, *(const struct str *)pb);
}

static void fill_finder(struct literals *literals)
{
	struct str *sorted = calloc(literals->count + 1, sizeof(*sorted));

	must(sorted);
	memcpy(sorted, literals->items, literals->count * sizeof(*sorted));
	qsort(sorted, literals->count, sizeof(*sorted), compare_text);
	for (size_t i = 0; i < literals->count; i++)
		finder_add(&literals->finder, sorted[i].ptr, sorted[i].len,
			   (unsigned)(i * 8 / literals->count));
	free(sorted);
}

void literals_make(struct literals *literals, const struct str *texts, size_t count)
{
	size_t kept = 0;

	*literals = (struct literals){0};
	literals->items = calloc(count + 1, sizeof(*literals->items));
	must(literals->items);
	for (size_t i = 0; i < count; i++)
		if (texts[i].len >= LITERAL_HEAD)
			literals->items[kept++] = texts[i];
	qsort(literals->items, kept, sizeof(*literals->items), compare);
	for (size_t i = 0; i < kept && literals->count < LITERALS_MAX; i++)
		if (!literals->count || !str_eq(literals->items[literals->count - 1], literals->items[i]))
			literals->items[literals->count++] = literals->items[i];
	for (size_t i = literals->count; i > 0; i--)
		literals->first[place_of(head_of(literals->items[i - 1].ptr))] = (uint16_t)i;
	fill_finder(literals);
}

void literals_done(struct literals *literals)
{
	free(literals->items);
	*literals = (struct literals){0};
}

uint16_t literals_number(const struct literals *literals, struct str text)
{
	for (size_t i = 0; i < literals->count; i++)
		if (str_eq(literals->items[i], text))
			return (uint16_t)i;
	return LITERAL_NONE;
}

/* Those that text begins with. */
static inline void find_at(const struct literals *literals, struct str text, struct literals_found *found)
{
	const uint32_t head = head_of(text.ptr);
	const size_t place = place_of(head);

	for (size_t i = literals->first[place]; i && i <= literals->count; i++) {
		const struct str item = literals->items[i - 1];
		const uint32_t item_head = head_of(item.ptr);

		if (item_head == head && str_starts(text, item))
			found->bits[(i - 1) / 64] |= UINT64_C(1) << (i - 1) % 64;
		else if (item_head != head && place_of(item_head) != place)
			break;
	}
}

/* In one that has not the bytes that the filter reads. */
static void find_in_short(const struct literals *literals, struct str text, struct literals_found *found)
{
	char padded[READ_AHEAD] = {0};
	uint32_t places;

	if (text.len < LITERAL_HEAD)
		return;
	memcpy(padded, text.ptr, text.len);
	places = finder_block(&literals->finder, padded);
	places &= (UINT32_C(2) << (text.len - LITERAL_HEAD)) - 1;
	for (; places; places &= places - 1)
		find_at(literals, str_from_offset(text, (size_t)__builtin_ctz(places)), found);
}

void literals_find(const struct literals *literals, struct str text, struct literals_found *ret_found)
{
	const struct finder finder =
		literals->finder; /* copies stay in registers: nothing that is written is them */
	struct literals_found found = {0};
	size_t at = 0;

	if (literals->count && text.len < READ_AHEAD)
		find_in_short(literals, text, &found);
	while (literals->count && text.len >= READ_AHEAD) {
		uint32_t places = finder_block(&finder, text.ptr + at);

		for (; places; places &= places - 1)
			find_at(literals, str_from_offset(text, at + (size_t)__builtin_ctz(places)), &found);
		if (at == text.len - READ_AHEAD)
			break;
		at += FINDER_BLOCK; /* the last block overlaps with the one before */
		if (at > text.len - READ_AHEAD)
			at = text.len - READ_AHEAD;
	}
	*ret_found = found;
}
