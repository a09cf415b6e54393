/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_marks.h"

#include <errno.h>
#include <stdlib.h>

#ifdef __BMI__
#include <immintrin.h>
#endif

#define BATCH ((size_t)64 * 1024) /* bytes for which room is made at a time */

/* Bit n of the result is the exclusive or of bits 0 to n. */
static inline uint64_t prefix_xor(uint64_t bits)
{
	for (int step = 1; step < 64; step *= 2)
		bits ^= bits << step;
	return bits;
}

/* The place of the lowest bit set; of 0 anything. Without a branch, unlike what gcc makes of the builtin. */
static inline uint32_t lowest_bit(uint64_t bits)
{
#ifdef __BMI__
	return (uint32_t)_tzcnt_u64(bits);
#else
	return (uint32_t)__builtin_ctzll(bits | UINT64_C(1) << 63);
#endif
}

/* Writes the place of each set bit; up to 63 entries behind the end are garbage. */
static inline uint32_t *add_entries(uint32_t *entry, uint64_t bits, uint32_t base)
{
	uint32_t *end = entry + __builtin_popcountll(bits);

	do {
		for (int i = 0; i < 8; i++) {
			entry[i] = base + lowest_bit(bits);
			bits &= bits - 1;
		}
		entry += 8;
	} while (__builtin_expect(entry < end, 0));
	return end;
}

static inline uint32_t *scan_block(struct json_parser *parser, const char *bytes, size_t offset,
				   struct json_scan *scan, uint32_t *entry)
{
	const struct json_marks marks = json_marks_of(json_block_load(bytes), offset, scan, prefix_xor);

	memcpy(parser->escapes + offset / 8, &marks.starts, 8);
	memcpy(parser->specials + offset / 8, &marks.specials, 8);
	return add_entries(entry, marks.entries, (uint32_t)offset);
}

/* Makes room for the scan of bytes up to limit, beyond the entries that are there. */
static int reserve(struct json_parser *parser, size_t count, size_t offset, size_t limit)
{
	const size_t maps = limit / 8 + 2 * sizeof(uint64_t);
	const size_t entries = count + (limit - offset) + 2 * JSON_BLOCK;
	void *grown;

	if (entries > parser->index_capacity) {
		grown = realloc(parser->index, entries * 2 * sizeof(*parser->index));
		if (!grown)
			return -ENOMEM;
		parser->index = grown;
		parser->index_capacity = entries * 2;
	}
	if (maps <= parser->map_capacity)
		return 0;
	grown = realloc(parser->escapes, maps * 2);
	if (grown)
		parser->escapes = grown;
	if (grown && (grown = realloc(parser->specials, maps * 2)))
		parser->specials = grown;
	if (!grown)
		return -ENOMEM;
	parser->map_capacity = maps * 2;
	return 0;
}

static void scan_batch(struct json_parser *parser, struct str text, size_t limit, struct json_scan *scan)
{
	struct json_scan state = *scan;
	uint32_t *entry = parser->index + state.count;
	size_t offset = state.offset;
	char tail[JSON_BLOCK];

	for (; limit - offset >= JSON_BLOCK; offset += JSON_BLOCK)
		entry = scan_block(parser, text.ptr + offset, offset, &state, entry);
	if (offset < limit) {
		memset(tail, ' ', sizeof(tail));
		memcpy(tail, text.ptr + offset, limit - offset);
		entry = scan_block(parser, tail, offset, &state, entry);
	}
	state.offset = limit;
	state.count = (size_t)(entry - parser->index);
	*scan = state;
}

int json_scan(struct json_parser *parser, struct str text, size_t limit, struct json_scan *scan)
{
	do {
		const size_t end = limit - scan->offset > BATCH ? scan->offset + BATCH : limit;
		const int r = reserve(parser, scan->count, scan->offset, end);

		if (r < 0)
			return r;
		if (parser->wide)
			json_scan_wide(parser, text, end, scan);
		else
			scan_batch(parser, text, end, scan);
		if (scan->count > JSON_INDEX_MAX)
			return ERR_LIMIT;
	} while (scan->offset < limit);
	return 0;
}
