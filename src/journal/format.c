/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/format.h"

#include <endian.h>
#include <string.h>

#include "base/hash.h"

static void put16(uint8_t *at, uint16_t value)
{
	value = htole16(value);
	memcpy(at, &value, sizeof(value));
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static void put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

static uint16_t get16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return le16toh(value);
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

/*
 * A block of the preface, 2048 bytes: the segment header and the range of all leaves before the segment.
 *
 *	  0  8  magic: 89 'W' 'L' 'J' 0D 0A 1A 0A; like PNG's it shows a transfer in text mode
 *	  8  2  version
 *	 10  2  size of this header, 256
 *	 12  4  flags; bit 0: encrypted
 *	 16 16  node id
 *	 32  8  first sequence number, as in the file's name
 *	 40  8  time made, µs
 *	 48  8  salt
 *	 56  8  generation: how many times a writer has opened this journal
 *	 64  8  count of leaves before
 *	 72  2  count of hashes: as many as bits are set in the count of leaves
 *	 74  6  kept, zero
 *	 80 16  key check; zero where it is not encrypted
 *	 96 152 kept, zero
 *	248  8  XXH3-64 of bytes 0 to 247 and 256 to 2047
 *	256     hashes of 32 bytes, zeros
 *
 * Only the magic and the version keep their place for ever.
 */
static const uint8_t segment_magic[8] = {0x89, 'W', 'L', 'J', '\r', '\n', 0x1a, '\n'};

#define BLOCK_SIZE JOURNAL_PREFACE_COPY

enum {
	SEGMENT_VERSION = 8,
	SEGMENT_SIZE = 10,
	SEGMENT_FLAGS = 12,
	SEGMENT_NODE = 16,
	SEGMENT_FIRST = 32,
	SEGMENT_CREATED = 40,
	SEGMENT_SALT = 48,
	SEGMENT_GENERATION = 56,
	SEGMENT_LEAVES = 64,
	SEGMENT_HASHES = 72,
	SEGMENT_KEY_CHECK = 80,
	SEGMENT_CHECKSUM = 248
};

_Static_assert(JOURNAL_SEGMENT_HEADER_SIZE + JOURNAL_TRAILER_MAX == BLOCK_SIZE, "the largest range fits");

static uint64_t block_checksum(const uint8_t *block)
{
	uint8_t rest[BLOCK_SIZE - sizeof(uint64_t)];

	memcpy(rest, block, SEGMENT_CHECKSUM);
	memcpy(rest + SEGMENT_CHECKSUM, block + JOURNAL_SEGMENT_HEADER_SIZE, JOURNAL_TRAILER_MAX);
	return hash_bytes(rest, sizeof(rest));
}

void journal_preface_encode(const struct journal_segment_header *header, uint8_t out[JOURNAL_PREFACE_SIZE])
{
	memset(out, 0, JOURNAL_PREFACE_SIZE);
	memcpy(out, segment_magic, sizeof(segment_magic));
	put16(out + SEGMENT_VERSION, JOURNAL_VERSION);
	put16(out + SEGMENT_SIZE, JOURNAL_SEGMENT_HEADER_SIZE);
	put32(out + SEGMENT_FLAGS, header->flags);
	memcpy(out + SEGMENT_NODE, header->node, sizeof(header->node));
	put64(out + SEGMENT_FIRST, header->first_seq);
	put64(out + SEGMENT_CREATED, (uint64_t)header->created);
	put64(out + SEGMENT_SALT, header->salt);
	put64(out + SEGMENT_GENERATION, header->generation);
	put64(out + SEGMENT_LEAVES, header->before.end);
	put16(out + SEGMENT_HASHES, (uint16_t)header->before.count);
	memcpy(out + SEGMENT_KEY_CHECK, header->key_check, sizeof(header->key_check));
	journal_trailer_encode(&header->before, out + JOURNAL_SEGMENT_HEADER_SIZE);
	put64(out + SEGMENT_CHECKSUM, block_checksum(out));
	memcpy(out + JOURNAL_PREFACE_COPY, out, BLOCK_SIZE);
}

static int block_decode(const uint8_t *bytes, struct journal_segment_header *ret_header)
{
	uint64_t leaves;

	if (memcmp(bytes, segment_magic, sizeof(segment_magic)) != 0)
		return ERR_CORRUPT;
	if (get16(bytes + SEGMENT_VERSION) != JOURNAL_VERSION)
		return ERR_VERSION;
	leaves = get64(bytes + SEGMENT_LEAVES);
	if (get64(bytes + SEGMENT_CHECKSUM) != block_checksum(bytes) || leaves > JOURNAL_LEAVES_MAX ||
	    get16(bytes + SEGMENT_HASHES) != __builtin_popcountll(leaves))
		return ERR_CORRUPT;
	if (get16(bytes + SEGMENT_SIZE) != JOURNAL_SEGMENT_HEADER_SIZE ||
	    (get32(bytes + SEGMENT_FLAGS) & ~(uint32_t)JOURNAL_ENCRYPTED))
		return ERR_VERSION;
	memcpy(ret_header->node, bytes + SEGMENT_NODE, sizeof(ret_header->node));
	ret_header->first_seq = get64(bytes + SEGMENT_FIRST);
	ret_header->created = (int64_t)get64(bytes + SEGMENT_CREATED);
	ret_header->salt = get64(bytes + SEGMENT_SALT);
	ret_header->generation = get64(bytes + SEGMENT_GENERATION);
	ret_header->flags = (uint16_t)get32(bytes + SEGMENT_FLAGS);
	memcpy(ret_header->key_check, bytes + SEGMENT_KEY_CHECK, sizeof(ret_header->key_check));
	journal_trailer_decode(bytes + JOURNAL_SEGMENT_HEADER_SIZE, leaves, &ret_header->before);
	return 0;
}

int journal_preface_decode(const uint8_t *bytes, size_t len, struct journal_segment_header *ret_header)
{
	int first, copy;

	if (len < JOURNAL_PREFACE_SIZE)
		return ERR_CORRUPT;
	first = block_decode(bytes, ret_header);
	if (first == 0)
		return 0;
	copy = block_decode(bytes + JOURNAL_PREFACE_COPY, ret_header);
	if (copy == 0)
		return 0;
	return first == ERR_VERSION || copy == ERR_VERSION ? ERR_VERSION : ERR_CORRUPT;
}

unsigned journal_preface_version(const uint8_t *bytes, size_t len)
{
	if (len >= SEGMENT_SIZE && memcmp(bytes, segment_magic, sizeof(segment_magic)) == 0)
		return get16(bytes + SEGMENT_VERSION);
	return len > BLOCK_SIZE ? journal_preface_version(bytes + BLOCK_SIZE, len - BLOCK_SIZE) : 0;
}

size_t journal_trailer_encode(const struct tlog_range *range, uint8_t *out)
{
	must(range->begin == 0 && range->end <= JOURNAL_LEAVES_MAX);
	memcpy(out, range->hashes, range->count * sizeof(range->hashes[0]));
	return range->count * sizeof(range->hashes[0]);
}

void journal_trailer_decode(const uint8_t *bytes, uint64_t end, struct tlog_range *ret_range)
{
	ret_range->begin = 0;
	ret_range->end = end;
	ret_range->count = (unsigned)__builtin_popcountll(end);
	memcpy(ret_range->hashes, bytes, ret_range->count * sizeof(ret_range->hashes[0]));
}

/*
 * Frame header, 128 bytes:
 *
 *	  0  4  magic "WLFR"
 *	  4  2  size of this header, 128
 *	  6  2  flags, 0; bit 0 is kept for payloads compressed with zstd
 *	  8  8  first sequence number
 *	 16  8  follows: the last number that may have been used before the first
 *	 24  4  count of records
 *	 28  4  bytes of payload in the file
 *	 32  4  bytes of payload unpacked; the same as long as no flag is set
 *	 36  4  kept, zero
 *	 40  8  time of the commit, µs
 *	 48  8  XXH3-64 of the payload as it lies in the file, seeded with the segment's salt
 *	 56  8  leaf index of the first record
 *	 64 12  nonce, 76 16 tag: of the encrypted payload; zero where the segment is not encrypted
 *	 92  4  kept, zero
 *	 96  8  XXH3-64 of the trailer, seeded with the segment's salt
 *	104 16  kept, zero
 *	120  8  XXH3-64 of bytes 0 to 119, seeded with the segment's salt
 *
 * Behind the payload stands the trailer: the hashes of the range [0, leaf + count), as many as bits are set
 *in that number.
 */
static const uint8_t frame_magic[4] = {'W', 'L', 'F', 'R'};

enum {
	FRAME_SIZE = 4,
	FRAME_FLAGS = 6,
	FRAME_FIRST = 8,
	FRAME_FOLLOWS = 16,
	FRAME_COUNT = 24,
	FRAME_STORED = 28,
	FRAME_UNPACKED = 32,
	FRAME_TIME = 40,
	FRAME_PAYLOAD_CHECKSUM = 48,
	FRAME_LEAF = 56,
	FRAME_NONCE = 64,
	FRAME_TAG = 76,
	FRAME_TRAILER_CHECKSUM = 96,
	FRAME_CHECKSUM = 120
};

void journal_frame_encode(const struct journal_frame *frame, uint64_t salt,
			  uint8_t out[JOURNAL_FRAME_HEADER_SIZE])
{
	memset(out, 0, JOURNAL_FRAME_HEADER_SIZE);
	memcpy(out, frame_magic, sizeof(frame_magic));
	put16(out + FRAME_SIZE, JOURNAL_FRAME_HEADER_SIZE);
	put16(out + FRAME_FLAGS, frame->flags);
	put64(out + FRAME_FIRST, frame->first_seq);
	put64(out + FRAME_FOLLOWS, frame->follows);
	put32(out + FRAME_COUNT, frame->count);
	put32(out + FRAME_STORED, frame->stored);
	put32(out + FRAME_UNPACKED, frame->stored);
	put64(out + FRAME_TIME, (uint64_t)frame->time);
	put64(out + FRAME_PAYLOAD_CHECKSUM, frame->payload_checksum);
	put64(out + FRAME_LEAF, frame->leaf);
	memcpy(out + FRAME_NONCE, frame->nonce, sizeof(frame->nonce));
	memcpy(out + FRAME_TAG, frame->tag, sizeof(frame->tag));
	put64(out + FRAME_TRAILER_CHECKSUM, frame->trailer_checksum);
	put64(out + FRAME_CHECKSUM, hash_bytes_seeded(out, FRAME_CHECKSUM, salt));
}

static bool frame_is_sane(const struct journal_frame *frame)
{
	return frame->first_seq > 0 && frame->follows < frame->first_seq && frame->count > 0 &&
	       frame->first_seq <= UINT64_MAX - frame->count && frame->stored <= JOURNAL_PAYLOAD_MAX &&
	       frame->stored % JOURNAL_ALIGN == 0 &&
	       frame->count <= frame->stored / JOURNAL_RECORD_SIZE_MIN &&
	       frame->leaf <= JOURNAL_LEAVES_MAX - frame->count;
}

int journal_frame_decode(const uint8_t bytes[JOURNAL_FRAME_HEADER_SIZE], uint64_t salt,
			 struct journal_frame *ret_frame)
{
	struct journal_frame frame;

	if (memcmp(bytes, frame_magic, sizeof(frame_magic)) != 0 ||
	    get64(bytes + FRAME_CHECKSUM) != hash_bytes_seeded(bytes, FRAME_CHECKSUM, salt))
		return ERR_CORRUPT;
	if (get16(bytes + FRAME_SIZE) != JOURNAL_FRAME_HEADER_SIZE || get16(bytes + FRAME_FLAGS) != 0)
		return ERR_VERSION;
	frame = (struct journal_frame){
		.first_seq = get64(bytes + FRAME_FIRST),
		.follows = get64(bytes + FRAME_FOLLOWS),
		.count = get32(bytes + FRAME_COUNT),
		.stored = get32(bytes + FRAME_STORED),
		.time = (int64_t)get64(bytes + FRAME_TIME),
		.payload_checksum = get64(bytes + FRAME_PAYLOAD_CHECKSUM),
		.leaf = get64(bytes + FRAME_LEAF),
		.trailer_checksum = get64(bytes + FRAME_TRAILER_CHECKSUM),
	};
	memcpy(frame.nonce, bytes + FRAME_NONCE, sizeof(frame.nonce));
	memcpy(frame.tag, bytes + FRAME_TAG, sizeof(frame.tag));
	if (!frame_is_sane(&frame))
		return ERR_CORRUPT;
	*ret_frame = frame;
	return 0;
}

uint64_t journal_payload_checksum(const uint8_t *payload, size_t len, uint64_t salt)
{
	return hash_bytes_seeded(payload, len, salt);
}

void journal_frame_aad(const uint8_t header[JOURNAL_FRAME_HEADER_SIZE], uint8_t out[JOURNAL_FRAME_AAD_SIZE])
{
	memcpy(out, header, FRAME_PAYLOAD_CHECKSUM);
	memcpy(out + FRAME_PAYLOAD_CHECKSUM, header + FRAME_LEAF, FRAME_NONCE - FRAME_LEAF);
}

/*
 * Record, 33 bytes and what follows:
 *
 *	  0  4  bytes of the record's content
 *	  4  2  listener
 *	  6  2  flags
 *	  8  8  received, µs
 *	 16 16  peer
 *	 32  1  bytes of the hint
 *	 33     hint, content, zeros up to a multiple of eight
 *
 * Its number is the frame's first plus its place in the frame.
 */
enum {
	RECORD_LEN = 0,
	RECORD_LISTENER = 4,
	RECORD_FLAGS = 6,
	RECORD_RECEIVED = 8,
	RECORD_PEER = 16,
	RECORD_HINT_LEN = 32
};

static size_t aligned(size_t size)
{
	return (size + JOURNAL_ALIGN - 1) / JOURNAL_ALIGN * JOURNAL_ALIGN;
}

size_t journal_record_size(const struct journal_record *record)
{
	return aligned(JOURNAL_RECORD_HEADER_SIZE + record->hint.len + record->bytes.len);
}

void journal_record_encode(const struct journal_record *record, uint8_t *out)
{
	size_t len = JOURNAL_RECORD_HEADER_SIZE + record->hint.len + record->bytes.len;

	put32(out + RECORD_LEN, (uint32_t)record->bytes.len);
	put16(out + RECORD_LISTENER, record->listener);
	put16(out + RECORD_FLAGS, record->flags);
	put64(out + RECORD_RECEIVED, (uint64_t)record->received);
	memcpy(out + RECORD_PEER, record->peer, sizeof(record->peer));
	out[RECORD_HINT_LEN] = (uint8_t)record->hint.len;
	if (record->hint.len)
		memcpy(out + JOURNAL_RECORD_HEADER_SIZE, record->hint.ptr, record->hint.len);
	if (record->bytes.len)
		memcpy(out + JOURNAL_RECORD_HEADER_SIZE + record->hint.len, record->bytes.ptr,
		       record->bytes.len);
	memset(out + len, 0, aligned(len) - len);
}

size_t journal_record_len(const uint8_t *encoded)
{
	return JOURNAL_RECORD_HEADER_SIZE + (size_t)encoded[RECORD_HINT_LEN] + get32(encoded + RECORD_LEN);
}

int journal_record_decode(const uint8_t *bytes, size_t len, struct journal_record *ret_record,
			  size_t *ret_size)
{
	size_t content, hint, size;

	if (len < JOURNAL_RECORD_SIZE_MIN)
		return ERR_CORRUPT;
	content = get32(bytes + RECORD_LEN);
	hint = bytes[RECORD_HINT_LEN];
	if (content > JOURNAL_RECORD_MAX || hint > JOURNAL_HINT_MAX)
		return ERR_CORRUPT;
	size = aligned(JOURNAL_RECORD_HEADER_SIZE + hint + content);
	if (size > len)
		return ERR_CORRUPT;
	ret_record->received = (int64_t)get64(bytes + RECORD_RECEIVED);
	memcpy(ret_record->peer, bytes + RECORD_PEER, sizeof(ret_record->peer));
	ret_record->listener = get16(bytes + RECORD_LISTENER);
	ret_record->flags = get16(bytes + RECORD_FLAGS);
	ret_record->hint = str_of((const char *)bytes + JOURNAL_RECORD_HEADER_SIZE, hint);
	ret_record->bytes = str_of((const char *)bytes + JOURNAL_RECORD_HEADER_SIZE + hint, content);
	*ret_size = size;
	return 0;
}
