/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/sealed_block.h"

#include <string.h>

#include "base/hash.h"
#include "journal/little.h"

/*
 * A block of records, unpacked; u is a varint (LEB128):
 *
 *	4 records   4 origins   4 bytes of each of the first four columns (16 in all)
 *	origins:    each 2 listener, 2 flags, 16 peer, 1 bytes of hint, the hint
 *	origin of:  u for each record, which origin it has; empty where there is only one
 *	received:   u for each record: time less that of the one before (the first: less 0), zigzag
 *	lengths:    u for each record
 *	contents:   one after the other
 */
enum { BLOCK_HEADER = 24, ORIGIN = 21, ORIGIN_MAX = ORIGIN + JOURNAL_HINT_MAX };

struct sealed_builder *sealed_builder_new(void)
{
	struct sealed_builder *builder = calloc(1, sizeof(*builder));

	must(builder);
	return builder;
}

void sealed_builder_free(struct sealed_builder *builder)
{
	if (!builder)
		return;
	buf_done(&builder->origins);
	buf_done(&builder->origin_of);
	buf_done(&builder->received);
	buf_done(&builder->lengths);
	buf_done(&builder->contents);
	free(builder);
}

static size_t origin_encode(const struct journal_record *record, uint8_t out[ORIGIN_MAX])
{
	put16(out, record->listener);
	put16(out + 2, record->flags);
	memcpy(out + 4, record->peer, sizeof(record->peer));
	out[20] = (uint8_t)record->hint.len;
	if (record->hint.len)
		memcpy(out + ORIGIN, record->hint.ptr, record->hint.len);
	return ORIGIN + record->hint.len;
}

static bool origin_is(const struct sealed_builder *builder, uint32_t index, const uint8_t *bytes, size_t len)
{
	uint32_t start = builder->starts[index];
	uint32_t end = index + 1 < builder->origin_count ? builder->starts[index + 1]
							 : (uint32_t)builder->origins.len;

	return end - start == len && memcmp(builder->origins.ptr + start, bytes, len) == 0;
}

/* The index of the record's origin, made where it is new; SEALED_ORIGINS_MAX where there is no room. */
static uint32_t origin_find(struct sealed_builder *builder, const struct journal_record *record)
{
	uint8_t bytes[ORIGIN_MAX];
	size_t len = origin_encode(record, bytes);
	uint64_t slot = hash_bytes(bytes, len) % SEALED_ORIGIN_SLOTS;

	for (; builder->slots[slot]; slot = (slot + 1) % SEALED_ORIGIN_SLOTS)
		if (origin_is(builder, builder->slots[slot] - 1u, bytes, len))
			return builder->slots[slot] - 1u;
	if (builder->origin_count == SEALED_ORIGINS_MAX)
		return SEALED_ORIGINS_MAX;
	builder->starts[builder->origin_count] = (uint32_t)builder->origins.len;
	buf_add(&builder->origins, bytes, len);
	builder->slots[slot] = (uint16_t)++builder->origin_count;
	return builder->origin_count - 1;
}

bool sealed_builder_add(struct sealed_builder *builder, const struct journal_record *record)
{
	uint32_t origin;

	if (builder->count == SEALED_BLOCK_RECORDS || builder->contents.len >= SEALED_BLOCK_BYTES)
		return false;
	origin = origin_find(builder, record);
	if (origin == SEALED_ORIGINS_MAX)
		return false;
	buf_add_varint(&builder->origin_of, origin);
	buf_add_varint(&builder->received,
		       zigzag((int64_t)((uint64_t)record->received - (uint64_t)builder->last)));
	builder->last = record->received;
	buf_add_varint(&builder->lengths, record->bytes.len);
	buf_add(&builder->contents, record->bytes.ptr, record->bytes.len);
	builder->count++;
	return true;
}

void sealed_builder_finish(struct sealed_builder *builder, struct buf *out)
{
	if (builder->origin_count == 1)
		buf_clear(&builder->origin_of);
	buf_add_u32(out, builder->count);
	buf_add_u32(out, builder->origin_count);
	buf_add_u32(out, (uint32_t)builder->origins.len);
	buf_add_u32(out, (uint32_t)builder->origin_of.len);
	buf_add_u32(out, (uint32_t)builder->received.len);
	buf_add_u32(out, (uint32_t)builder->lengths.len);
	buf_add_str(out, buf_str(&builder->origins));
	buf_add_str(out, buf_str(&builder->origin_of));
	buf_add_str(out, buf_str(&builder->received));
	buf_add_str(out, buf_str(&builder->lengths));
	buf_add_str(out, buf_str(&builder->contents));
	buf_clear(&builder->origins);
	buf_clear(&builder->origin_of);
	buf_clear(&builder->received);
	buf_clear(&builder->lengths);
	buf_clear(&builder->contents);
	memset(builder->slots, 0, sizeof(builder->slots));
	builder->count = builder->origin_count = 0;
	builder->last = 0;
}

static bool take_origins(struct sealed_cursor *cursor, const uint8_t *at, const uint8_t **origins)
{
	for (uint32_t i = 0; i < cursor->origin_count; i++) {
		if (cursor->origins_end - at < ORIGIN || at[20] > JOURNAL_HINT_MAX ||
		    cursor->origins_end - at < ORIGIN + at[20])
			return false;
		origins[i] = at;
		at += ORIGIN + at[20];
	}
	return at == cursor->origins_end;
}

int sealed_cursor_init(struct sealed_cursor *cursor, const void *bytes, size_t len, uint32_t count,
		       const uint8_t **origins)
{
	const uint8_t *start = bytes, *at = start + BLOCK_HEADER;
	uint64_t lens[4], total = BLOCK_HEADER;

	if (len < BLOCK_HEADER || get32(start) != count || !count)
		return ERR_CORRUPT;
	*cursor = (struct sealed_cursor){.left = count, .origin_count = get32(start + 4), .origins = origins};
	for (unsigned i = 0; i < 4; i++)
		total += lens[i] = get32(start + 8 + 4 * i);
	if (total > len || !cursor->origin_count || cursor->origin_count > SEALED_ORIGINS_MAX)
		return ERR_CORRUPT;
	cursor->origins_end = at + lens[0];
	cursor->origin_of = cursor->origins_end;
	cursor->origin_of_end = cursor->received = cursor->origin_of + lens[1];
	cursor->received_end = cursor->lengths = cursor->received + lens[2];
	cursor->lengths_end = cursor->contents = cursor->lengths + lens[3];
	cursor->contents_end = start + len;
	return take_origins(cursor, at, origins) ? 0 : ERR_CORRUPT;
}

int sealed_cursor_next(struct sealed_cursor *cursor, struct journal_record *ret_record)
{
	uint64_t origin = 0, delta, len;
	const uint8_t *from;

	if (!cursor->left)
		return ERR_END;
	if (cursor->origin_count > 1 && (!get_varint(&cursor->origin_of, cursor->origin_of_end, &origin) ||
					 origin >= cursor->origin_count))
		return ERR_CORRUPT;
	if (!get_varint(&cursor->received, cursor->received_end, &delta) ||
	    !get_varint(&cursor->lengths, cursor->lengths_end, &len) || len > JOURNAL_RECORD_MAX ||
	    len > (uint64_t)(cursor->contents_end - cursor->contents))
		return ERR_CORRUPT;
	from = cursor->origins[origin];
	cursor->last = (int64_t)((uint64_t)cursor->last + (uint64_t)unzigzag(delta));
	ret_record->received = cursor->last;
	ret_record->listener = get16(from);
	ret_record->flags = get16(from + 2);
	memcpy(ret_record->peer, from + 4, sizeof(ret_record->peer));
	ret_record->hint = str_of((const char *)from + ORIGIN, from[20]);
	ret_record->bytes = str_of((const char *)cursor->contents, len);
	cursor->contents += len;
	cursor->left--;
	return 0;
}
