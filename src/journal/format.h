/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_FORMAT_H
#define JOURNAL_FORMAT_H
/*
 * What a segment file looks like, and nothing else: structs in memory, their
 * encoding and decoding. The offsets are in the tables above the code in
 * format.c; doc/formats/journal.md explains why it is so. All integers are
 * little-endian; frames and records start at multiples of eight.
 *
 *	segment = preface (4096 bytes: a block of 2048, and a copy of it), frame…
 *	block   = header (256 bytes), hash…           the range of all leaves before
 *	frame   = header (128 bytes), record…, hash…  one group commit; the range after it
 *	record  = header (33 bytes), hint, bytes, zeros up to a multiple of eight
 *
 * Decoding trusts nothing: every length is checked against what holds it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal/crypt.h"
#include "journal/journal.h"
#include "tlog/tree.h"

#define JOURNAL_VERSION 2

#define JOURNAL_PREFACE_SIZE 4096
#define JOURNAL_PREFACE_COPY 2048
#define JOURNAL_SEGMENT_HEADER_SIZE 256
#define JOURNAL_FRAME_HEADER_SIZE 128
#define JOURNAL_TRAILER_MAX (TLOG_LEVELS * TLOG_HASH_SIZE)
#define JOURNAL_LEAVES_MAX ((UINT64_C(1) << TLOG_LEVELS) - 1)
#define JOURNAL_RECORD_HEADER_SIZE 33
#define JOURNAL_RECORD_SIZE_MIN 40
#define JOURNAL_ALIGN 8

/* Bytes of one frame's records; also the room of each of the writer's two buffers. */
#define JOURNAL_PAYLOAD_MAX JOURNAL_APPEND_MAX

/* A segment may be set to at most this; the last frame may reach beyond it. */
#define JOURNAL_SEGMENT_BYTES_MAX (1024u * 1024 * 1024)
#define JOURNAL_SEGMENT_SIZE_MAX                                                                  \
	((uint64_t)JOURNAL_SEGMENT_BYTES_MAX + JOURNAL_PREFACE_SIZE + JOURNAL_FRAME_HEADER_SIZE + \
	 JOURNAL_PAYLOAD_MAX + JOURNAL_TRAILER_MAX)

/* Numbers left out after a crash: more than both of the writer's buffers can hold (doc/formats/journal.md,
 * "Numbers are never used again"). */
#define JOURNAL_SEQ_GAP (1u << 20)
_Static_assert(JOURNAL_SEQ_GAP > 2 * (JOURNAL_PAYLOAD_MAX / JOURNAL_RECORD_SIZE_MIN),
	       "a crash must not lead to a number being used twice");

struct journal_segment_header {
	uint8_t node[JOURNAL_NODE_SIZE];
	uint64_t first_seq;
	int64_t created;
	uint64_t salt; /* seeds the checksums of this segment's frames; nobody outside knows it */
	uint64_t generation;
	uint16_t flags;                            /* JOURNAL_ENCRYPTED */
	uint8_t key_check[JOURNAL_KEY_CHECK_SIZE]; /* where it is: journal_key_check() */
	struct tlog_range before;                  /* of all leaves before this segment: begins at 0 */
};

enum { JOURNAL_ENCRYPTED = 1 };

struct journal_frame {
	uint16_t flags; /* 0; a bit not known here makes the frame unreadable: ERR_VERSION */
	uint32_t count;
	uint64_t first_seq;
	uint64_t follows; /* the last number that may have been used before first_seq */
	uint32_t stored;  /* bytes of payload in the file, a multiple of eight */
	int64_t time;     /* µs, of the commit */
	uint64_t payload_checksum;
	uint64_t leaf; /* of the first record */
	uint64_t trailer_checksum;
	uint8_t nonce[JOURNAL_NONCE_SIZE]; /* where the segment is encrypted */
	uint8_t tag[JOURNAL_TAG_SIZE];
};

static inline uint64_t journal_frame_last(const struct journal_frame *frame)
{
	return frame->first_seq + frame->count - 1;
}
static inline uint32_t journal_trailer_size(const struct journal_frame *frame)
{
	return (uint32_t)__builtin_popcountll(frame->leaf + frame->count) * TLOG_HASH_SIZE;
}
static inline uint64_t journal_frame_size(const struct journal_frame *frame)
{
	return JOURNAL_FRAME_HEADER_SIZE + (uint64_t)frame->stored + journal_trailer_size(frame);
}

/* Writes a whole preface: the block and its copy. */
void journal_preface_encode(const struct journal_segment_header *header, uint8_t out[JOURNAL_PREFACE_SIZE]);

/* From the block or its copy. ERR_CORRUPT where neither is whole, ERR_VERSION where another version made it.
 */
int journal_preface_decode(const uint8_t *bytes, size_t len, struct journal_segment_header *ret_header);

/* The version a preface names, whole or not; 0 where it names none. */
unsigned journal_preface_version(const uint8_t *bytes, size_t len);

void journal_frame_encode(const struct journal_frame *frame, uint64_t salt,
			  uint8_t out[JOURNAL_FRAME_HEADER_SIZE]);

/* ERR_CORRUPT where this is no frame header of the segment with this salt; ERR_VERSION where it is one that
   this program cannot read. */
int journal_frame_decode(const uint8_t bytes[JOURNAL_FRAME_HEADER_SIZE], uint64_t salt,
			 struct journal_frame *ret_frame);

/* Of a payload or a trailer. */
uint64_t journal_payload_checksum(const uint8_t *payload, size_t len, uint64_t salt);

/* A range that begins at 0 as a trailer has it: its hashes, nothing else. Returns the bytes; out has room
   for JOURNAL_TRAILER_MAX. */
size_t journal_trailer_encode(const struct tlog_range *range, uint8_t *out);

/* From the hashes of [0, end). */
void journal_trailer_decode(const uint8_t *bytes, uint64_t end, struct tlog_range *ret_range);

/* What the encryption of a frame vouches for besides its records: the header, encoded, but for its checksums,
   nonce and tag. */
#define JOURNAL_FRAME_AAD_SIZE 56
void journal_frame_aad(const uint8_t header[JOURNAL_FRAME_HEADER_SIZE], uint8_t out[JOURNAL_FRAME_AAD_SIZE]);

/* Bytes the record takes, and its encoding into that many. */
size_t journal_record_size(const struct journal_record *record);
void journal_record_encode(const struct journal_record *record, uint8_t *out);

/* Bytes of an encoded record without the zeros behind it. */
size_t journal_record_len(const uint8_t *encoded);

/* Fills all but seq, with views into bytes; ret_size is what the record takes. ERR_CORRUPT. */
int journal_record_decode(const uint8_t *bytes, size_t len, struct journal_record *ret_record,
			  size_t *ret_size);

#endif
