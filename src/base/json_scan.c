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

/* -- decoding: the bytes of a block whose bit is not set ------------------------------------------------- */

#ifdef JSON_AVX2

/* Eight bytes at a time with a shuffle. Writes 64 bytes. */
static inline void drop_bytes(const struct json_parser *parser, const char *bytes, uint64_t drop, char *out)
{
	if (!drop) {
		memcpy(out, bytes, JSON_BLOCK);
		return;
	}
	for (size_t i = 0; i < JSON_BLOCK; i += 8, drop >>= 8) {
		const __m128i eight = _mm_loadl_epi64((const __m128i *)(const void *)(bytes + i));
		const __m128i order =
			_mm_loadl_epi64((const __m128i *)(const void *)parser->squeeze[drop & 0xFF]);

		_mm_storel_epi64((__m128i *)(void *)out, _mm_shuffle_epi8(eight, order));
		out += 8 - __builtin_popcountll(drop & 0xFF);
	}
}

#else

static inline void drop_bytes(const struct json_parser *parser, const char *bytes, uint64_t drop, char *out)
{
	(void)parser;
	for (size_t i = 0; i < JSON_BLOCK; i++, drop >>= 1)
		if (!(drop & 1))
			*out++ = bytes[i];
}

#endif

void json_squeeze_init(uint8_t table[256][8])
{
	for (unsigned drop = 0; drop < 256; drop++) {
		unsigned kept = 0;

		for (unsigned i = 0; i < 8; i++)
			if (!(drop >> i & 1))
				table[drop][kept++] = (uint8_t)i;
		while (kept < 8)
			table[drop][kept++] = 0x80; /* gives 0 */
	}
}

/* -- the scan -------------------------------------------------------------------------------------------- */

/* Puts what they stand for in the place of the escaped bytes; returns those that are hard. */
static uint64_t decode(char *bytes, uint64_t escaped)
{
	uint64_t hard = 0;

	for (; escaped; escaped &= escaped - 1) {
		char *byte = bytes + __builtin_ctzll(escaped);
		const uint8_t meant = json_escaped_bytes[(unsigned char)*byte];

		if (meant)
			*byte = (char)meant;
		else
			hard |= escaped & -escaped;
	}
	return hard;
}

static inline uint32_t *scan_block(struct json_parser *parser, const char *bytes, size_t offset,
				   struct json_scan *scan, uint32_t *entry)
{
	const struct json_marks marks = json_marks_of(json_block_load(bytes), scan, prefix_xor);

	char block[JSON_BLOCK];
	uint64_t hard = 0;

	if (marks.specials) {
		bytes = memcpy(block, bytes, sizeof(block));
		hard = decode(block, marks.specials);
	}
	parser->stretches[offset / JSON_BLOCK] = (struct json_stretch){marks.starts, hard, scan->escapes};
	drop_bytes(parser, bytes, marks.starts, scan->room + offset - scan->escapes);
	scan->escapes += (size_t)__builtin_popcountll(marks.starts);
	scan->hard |= hard;
	return add_entries(entry, marks.entries, (uint32_t)offset);
}

/* An array with room for so many items; NULL, and it is as it was, where memory is out. */
static void *grow(void *array, size_t *capacity, size_t want, size_t size)
{
	if (want <= *capacity)
		return array;
	array = realloc(array, want * 2 * size);
	if (array)
		*capacity = want * 2;
	return array;
}

/* Makes room for what the scan writes of the bytes up to limit. */
static int reserve(struct json_parser *parser, const struct json_scan *scan, size_t limit)
{
	const size_t entries = scan->count + (limit - scan->offset) + 2 * JSON_BLOCK;
	void *grown = grow(parser->index, &parser->index_capacity, entries, sizeof(*parser->index));

	if (!grown)
		return -ENOMEM;
	parser->index = grown;
	grown = grow(parser->stretches, &parser->stretch_capacity, limit / JSON_BLOCK + 2,
		     sizeof(*parser->stretches));
	if (!grown)
		return -ENOMEM;
	parser->stretches = grown;
	if (scan->room)
		return 0;
	grown = grow(parser->decoded, &parser->decoded_capacity, limit + JSON_ROOM, 1);
	if (!grown)
		return -ENOMEM;
	parser->decoded = grown;
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
	char *const room = scan->room;

	do {
		const size_t end = limit - scan->offset > BATCH ? scan->offset + BATCH : limit;
		const int r = reserve(parser, scan, end);

		if (r < 0)
			return r;
		if (!room)
			scan->room = parser->decoded;
		if (parser->wide)
			json_scan_wide(parser, text, end, scan);
		else
			scan_batch(parser, text, end, scan);
		scan->room = room;
		parser->stretches[(end + JSON_BLOCK - 1) / JSON_BLOCK].before = scan->escapes;
		if (scan->count > JSON_INDEX_MAX)
			return ERR_LIMIT;
	} while (scan->offset < limit);
	return 0;
}
