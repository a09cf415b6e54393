/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/sealed_format.h"

#include <string.h>

#include "base/hash.h"
#include "journal/little.h"

/*
 * Header, 8192 bytes, at the file's start and again as its last bytes:
 *
 *	   0  8  magic: 89 'W' 'L' 'S' 0D 0A 1A 0A
 *	   8  2  version                             10  2  size of this header, 8192
 *	  12  4  flags: 1 encrypted, 2 deleted       16 16  node id
 *	  32  8  first sequence number, the name     40  8  last
 *	  48  8  follows, of the first frame         56  8  first leaf
 *	  64  8  leaf behind the last                72  8  lost leaves
 *	  80  8  salt                                88  8  generation
 *	  96  8  live segment made                  104  8  sealed
 *	 112  8  pruned or deleted, 0: never        120  8  earliest time received
 *	 128  8  latest                             136  8  offset of the index
 *	 144  8  of its copy                        152  4  bytes of the index in the file
 *	 156  4  unpacked                           160  8  its checksum
 *	 168  8  offset of the tiles                176  8  their checksum
 *	 184  8  size of the file                   192  1  hashes of the range before
 *	 193  1  hashes of the range after          194  1  hashes of the cover
 *	 195  1  bytes of the reason                196  4  zero
 *	 200 16  bit i set: hash i of the cover is known
 *	 216  8  offset of the copies of parts      224 16  key check; zero: not encrypted
 *	 256 256 16 times: records and bytes of content of a class that are there
 *	 512 256 the reason of the last pruning
 *	 768     hashes: before, after, cover
 *	8184  8  XXH3-64 of bytes 0 to 8183
 *
 * Only the magic and the version keep their place for ever.
 */
static const uint8_t magic[8] = {0x89, 'W', 'L', 'S', '\r', '\n', 0x1a, '\n'};

enum {
	VERSION = 8,
	HEADER_SIZE = 10,
	FLAGS = 12,
	NODE = 16,
	FIRST = 32,
	LAST = 40,
	FOLLOWS = 48,
	LEAF_BEGIN = 56,
	LEAF_END = 64,
	LOST = 72,
	SALT = 80,
	GENERATION = 88,
	CREATED = 96,
	SEALED = 104,
	CHANGED = 112,
	RECEIVED_MIN = 120,
	RECEIVED_MAX = 128,
	INDEX = 136,
	INDEX_COPY = 144,
	INDEX_STORED = 152,
	INDEX_PLAIN = 156,
	INDEX_CHECKSUM = 160,
	TILES = 168,
	TILES_CHECKSUM = 176,
	FILE_SIZE = 184,
	BEFORE_COUNT = 192,
	AFTER_COUNT = 193,
	COVER_COUNT = 194,
	REASON_LEN = 195,
	KNOWN = 200,
	COPIES = 216,
	KEY_CHECK = 224,
	CLASSES = 256,
	REASON = 512,
	HASHES = 768,
	CHECKSUM = SEALED_HEADER_SIZE - 8
};

_Static_assert(HASHES + 4 * TLOG_LEVELS * TLOG_HASH_SIZE <= CHECKSUM, "all hashes fit into the header");

static uint8_t *put_hashes(uint8_t *at, const struct tlog_range *range)
{
	for (unsigned i = 0; i < range->count; i++, at += TLOG_HASH_SIZE)
		memcpy(at, range->hashes[i].bytes, TLOG_HASH_SIZE);
	return at;
}

static const uint8_t *get_hashes(const uint8_t *at, struct tlog_range *range)
{
	for (unsigned i = 0; i < range->count; i++, at += TLOG_HASH_SIZE)
		memcpy(range->hashes[i].bytes, at, TLOG_HASH_SIZE);
	return at;
}

static void put_numbers(const struct sealed_header *header, uint8_t *out)
{
	put32(out + FLAGS, header->flags);
	memcpy(out + NODE, header->node, sizeof(header->node));
	put64(out + FIRST, header->first_seq);
	put64(out + LAST, header->last_seq);
	put64(out + FOLLOWS, header->follows);
	put64(out + LEAF_BEGIN, header->before.end);
	put64(out + LEAF_END, header->after.end);
	put64(out + LOST, header->lost);
	put64(out + SALT, header->salt);
	put64(out + GENERATION, header->generation);
	put64(out + CREATED, (uint64_t)header->created);
	put64(out + SEALED, (uint64_t)header->sealed);
	put64(out + CHANGED, (uint64_t)header->changed);
	put64(out + RECEIVED_MIN, (uint64_t)header->received_min);
	put64(out + RECEIVED_MAX, (uint64_t)header->received_max);
	put64(out + INDEX, header->index);
	put64(out + INDEX_COPY, header->index_copy);
	put32(out + INDEX_STORED, header->index_stored);
	put32(out + INDEX_PLAIN, header->index_plain);
	put64(out + INDEX_CHECKSUM, header->index_checksum);
	put64(out + TILES, header->tiles);
	put64(out + TILES_CHECKSUM, header->tiles_checksum);
	put64(out + COPIES, header->copies);
	memcpy(out + KEY_CHECK, header->key_check, sizeof(header->key_check));
	put64(out + FILE_SIZE, header->file_size);
	for (unsigned i = 0; i < JOURNAL_CLASSES_MAX; i++) {
		put64(out + CLASSES + 16 * i, header->class_records[i]);
		put64(out + CLASSES + 16 * i + 8, header->class_bytes[i]);
	}
}

static void get_numbers(const uint8_t *bytes, struct sealed_header *header)
{
	header->flags = get32(bytes + FLAGS);
	memcpy(header->node, bytes + NODE, sizeof(header->node));
	header->first_seq = get64(bytes + FIRST);
	header->last_seq = get64(bytes + LAST);
	header->follows = get64(bytes + FOLLOWS);
	header->before.end = get64(bytes + LEAF_BEGIN);
	header->after.end = get64(bytes + LEAF_END);
	header->lost = get64(bytes + LOST);
	header->salt = get64(bytes + SALT);
	header->generation = get64(bytes + GENERATION);
	header->created = (int64_t)get64(bytes + CREATED);
	header->sealed = (int64_t)get64(bytes + SEALED);
	header->changed = (int64_t)get64(bytes + CHANGED);
	header->received_min = (int64_t)get64(bytes + RECEIVED_MIN);
	header->received_max = (int64_t)get64(bytes + RECEIVED_MAX);
	header->index = get64(bytes + INDEX);
	header->index_copy = get64(bytes + INDEX_COPY);
	header->index_stored = get32(bytes + INDEX_STORED);
	header->index_plain = get32(bytes + INDEX_PLAIN);
	header->index_checksum = get64(bytes + INDEX_CHECKSUM);
	header->tiles = get64(bytes + TILES);
	header->tiles_checksum = get64(bytes + TILES_CHECKSUM);
	header->copies = get64(bytes + COPIES);
	memcpy(header->key_check, bytes + KEY_CHECK, sizeof(header->key_check));
	header->file_size = get64(bytes + FILE_SIZE);
	for (unsigned i = 0; i < JOURNAL_CLASSES_MAX; i++) {
		header->class_records[i] = get64(bytes + CLASSES + 16 * i);
		header->class_bytes[i] = get64(bytes + CLASSES + 16 * i + 8);
	}
}

void sealed_header_encode(const struct sealed_header *header, uint8_t out[SEALED_HEADER_SIZE])
{
	size_t reason = strlen(header->reason);
	uint8_t *at = out + HASHES;

	must(header->cover.range.count <= 2 * TLOG_LEVELS && reason <= SEALED_REASON_MAX);
	memset(out, 0, SEALED_HEADER_SIZE);
	memcpy(out, magic, sizeof(magic));
	put16(out + VERSION, SEALED_VERSION);
	put16(out + HEADER_SIZE, SEALED_HEADER_SIZE);
	put_numbers(header, out);
	out[BEFORE_COUNT] = (uint8_t)header->before.count;
	out[AFTER_COUNT] = (uint8_t)header->after.count;
	out[COVER_COUNT] = (uint8_t)header->cover.range.count;
	for (unsigned i = 0; i < header->cover.range.count; i++)
		if (header->cover.known[i])
			out[KNOWN + i / 8] |= (uint8_t)(1u << i % 8);
	out[REASON_LEN] = (uint8_t)reason;
	memcpy(out + REASON, header->reason, reason);
	at = put_hashes(at, &header->before);
	at = put_hashes(at, &header->after);
	put_hashes(at, &header->cover.range);
	put64(out + CHECKSUM, hash_bytes(out, CHECKSUM));
}

static bool is_sane(const struct sealed_header *header)
{
	uint64_t begin = header->before.end, end = header->after.end;

	return header->first_seq > 0 && header->last_seq >= header->first_seq &&
	       header->last_seq < UINT64_MAX && header->follows < header->first_seq && begin < end &&
	       end >> TLOG_LEVELS == 0 && end - begin <= JOURNAL_SEGMENT_SIZE_MAX / JOURNAL_RECORD_SIZE_MIN &&
	       header->lost <= end - begin && header->index_plain <= SEALED_INDEX_MAX &&
	       header->before.count == tlog_range_count(0, begin) &&
	       header->after.count == tlog_range_count(0, end) &&
	       header->cover.range.count == tlog_range_count(begin, end) &&
	       header->file_size <= JOURNAL_SEGMENT_SIZE_MAX * 4 && header->copies <= header->file_size;
}

int sealed_header_decode(const uint8_t bytes[SEALED_HEADER_SIZE], struct sealed_header *ret_header)
{
	struct sealed_header header = {0};
	const uint8_t *at = bytes + HASHES;

	if (memcmp(bytes, magic, sizeof(magic)) != 0)
		return ERR_CORRUPT;
	if (get64(bytes + CHECKSUM) != hash_bytes(bytes, CHECKSUM))
		return get16(bytes + VERSION) > SEALED_VERSION ? ERR_VERSION : ERR_CORRUPT;
	if (get16(bytes + VERSION) != SEALED_VERSION || get16(bytes + HEADER_SIZE) != SEALED_HEADER_SIZE ||
	    (get32(bytes + FLAGS) & ~(uint32_t)(SEALED_ENCRYPTED | SEALED_DELETED)))
		return ERR_VERSION;
	get_numbers(bytes, &header);
	header.before.count = bytes[BEFORE_COUNT];
	header.after.count = bytes[AFTER_COUNT];
	header.cover.range.count = bytes[COVER_COUNT];
	header.cover.range.begin = header.before.end;
	header.cover.range.end = header.after.end;
	if (!is_sane(&header))
		return ERR_CORRUPT;
	for (unsigned i = 0; i < header.cover.range.count; i++)
		header.cover.known[i] = bytes[KNOWN + i / 8] >> i % 8 & 1;
	memcpy(header.reason, bytes + REASON, bytes[REASON_LEN]);
	at = get_hashes(at, &header.before);
	at = get_hashes(at, &header.after);
	get_hashes(at, &header.cover.range);
	*ret_header = header;
	return 0;
}

uint64_t sealed_tile_first(const struct sealed_header *header)
{
	return (header->before.end + SEALED_TILE - 1) / SEALED_TILE;
}

uint64_t sealed_tile_count(const struct sealed_header *header)
{
	uint64_t first = sealed_tile_first(header), end = header->after.end / SEALED_TILE;

	return end > first ? end - first : 0;
}
