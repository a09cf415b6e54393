/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "journal/little.h"
#include "journal/sealed_index.h"

/*
 * Index, unpacked: six counts of 4 bytes (streams, blocks, chunks, runs, losses, nodes), then
 *
 *	stream   1 class, 3 zero, 4 records, 8 bytes of content, 32 its dictionary
 *	block    1 stream, 1 kind, 2 zero, 4 first, 4 count, 4 zero, 32 part
 *	chunk   32 part
 *	run      8 leaf, 8 seq, 8 follows
 *	loss     8 first leaf, 8 leaf behind the last, 8 first seq, 8 last seq
 *	node     1 level, 7 zero, 8 index, 32 hash
 *	part     8 offset, 8 offset of the copy from the start of the copies, 4 stored, 4 plain, 8 checksum
 *
 * Dictionaries and chunks have copies, blocks have not.
 */
enum { KINDS = 6, COUNTS = 4 * KINDS, STREAM = 48, BLOCK = 48, PART = 32, RUN = 24, LOSS = 32, NODE = 48 };

static void add_part(struct buf *out, const struct sealed_part *part)
{
	buf_add_u64(out, part->offset);
	buf_add_u64(out, part->copy);
	buf_add_u32(out, part->stored);
	buf_add_u32(out, part->plain);
	buf_add_u64(out, part->checksum);
}

void sealed_index_encode(const struct sealed_index *index, struct buf *out)
{
	buf_add_u32(out, (uint32_t)index->streams.len);
	buf_add_u32(out, (uint32_t)index->blocks.len);
	buf_add_u32(out, (uint32_t)index->chunks.len);
	buf_add_u32(out, (uint32_t)index->runs.len);
	buf_add_u32(out, (uint32_t)index->losses.len);
	buf_add_u32(out, (uint32_t)index->nodes.len);
	for (size_t i = 0; i < index->streams.len; i++) {
		const struct sealed_stream *stream = &index->streams.items[i];

		buf_add_u32(out, stream->class);
		buf_add_u32(out, stream->records);
		buf_add_u64(out, stream->bytes);
		add_part(out, &stream->dictionary);
	}
	for (size_t i = 0; i < index->blocks.len; i++) {
		const struct sealed_entry *block = &index->blocks.items[i];

		buf_add_u32(out, block->stream | (uint32_t)block->kind << 8);
		buf_add_u32(out, block->first);
		buf_add_u32(out, block->count);
		buf_add_u32(out, 0);
		add_part(out, &block->part);
	}
	for (size_t i = 0; i < index->chunks.len; i++)
		add_part(out, &index->chunks.items[i]);
	for (size_t i = 0; i < index->runs.len; i++) {
		buf_add_u64(out, index->runs.items[i].leaf);
		buf_add_u64(out, index->runs.items[i].seq);
		buf_add_u64(out, index->runs.items[i].follows);
	}
	for (size_t i = 0; i < index->losses.len; i++) {
		buf_add_u64(out, index->losses.items[i].leaf_begin);
		buf_add_u64(out, index->losses.items[i].leaf_end);
		buf_add_u64(out, index->losses.items[i].first_seq);
		buf_add_u64(out, index->losses.items[i].last_seq);
	}
	for (size_t i = 0; i < index->nodes.len; i++) {
		buf_add_u64(out, index->nodes.items[i].level);
		buf_add_u64(out, index->nodes.items[i].index);
		buf_add(out, index->nodes.items[i].hash.bytes, TLOG_HASH_SIZE);
	}
}

/* copies: where the copies begin; 0: this part has none. */
static struct sealed_part get_part(const uint8_t *at, uint64_t copies)
{
	return (struct sealed_part){
		.offset = get64(at),
		.copy = copies ? copies + get64(at + 8) : 0,
		.stored = get32(at + 16),
		.plain = get32(at + 20),
		.checksum = get64(at + 24),
	};
}

static bool part_is_sane(const struct sealed_part *part, const struct sealed_header *header)
{
	return part->plain <= SEALED_PLAIN_MAX && part->stored <= header->file_size &&
	       part->offset <= header->file_size - part->stored &&
	       part->copy <= header->file_size - part->stored;
}

static bool take_streams(const uint8_t *at, uint32_t count, const struct sealed_header *header,
			 struct sealed_index *index)
{
	if (count > SEALED_STREAMS_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++, at += STREAM) {
		struct sealed_stream stream = {.class = at[0],
					       .records = get32(at + 4),
					       .bytes = get64(at + 8),
					       .dictionary = get_part(at + 16, header->copies)};

		if (stream.class >= JOURNAL_CLASSES_MAX || !part_is_sane(&stream.dictionary, header) ||
		    stream.dictionary.plain > SEALED_DICTIONARY_MAX)
			return false;
		vec_push(&index->streams, stream);
	}
	return true;
}

/* A stream's blocks follow each other without a gap, so that each record is in one. */
static bool take_blocks(const uint8_t *at, uint32_t count, const struct sealed_header *header,
			struct sealed_index *index)
{
	uint32_t stream = 0, next = 0;

	for (uint32_t i = 0; i < count; i++, at += BLOCK) {
		struct sealed_entry block = {.stream = at[0],
					     .kind = at[1],
					     .first = get32(at + 4),
					     .count = get32(at + 8),
					     .part = get_part(at + 16, 0)};

		while (stream < block.stream && stream < index->streams.len &&
		       next == index->streams.items[stream].records) {
			stream++;
			next = 0;
		}
		if (block.stream != stream || stream >= index->streams.len || block.first != next ||
		    !block.count || block.count > SEALED_BLOCK_RECORDS ||
		    block.count > index->streams.items[stream].records - next ||
		    block.kind > SEALED_NOTHING || !part_is_sane(&block.part, header))
			return false;
		next += block.count;
		vec_push(&index->blocks, block);
	}
	while (stream < index->streams.len && next == index->streams.items[stream].records) {
		stream++;
		next = 0;
	}
	return stream == index->streams.len;
}

static bool take_chunks(const uint8_t *at, uint32_t count, const struct sealed_header *header,
			struct sealed_index *index)
{
	if (count != sealed_chunk_count(header))
		return false;
	for (uint32_t i = 0; i < count; i++, at += PART) {
		struct sealed_part part = get_part(at, header->copies);

		if (!part_is_sane(&part, header))
			return false;
		vec_push(&index->chunks, part);
	}
	return true;
}

/* Leaves and numbers rise; a number is never in two runs. */
static bool take_runs(const uint8_t *at, uint32_t count, const struct sealed_header *header,
		      struct sealed_index *index)
{
	struct sealed_run last = {.leaf = header->before.end};

	for (uint32_t i = 0; i < count; i++, at += RUN) {
		struct sealed_run run = {get64(at), get64(at + 8), get64(at + 16)};

		if (run.leaf < last.leaf || run.leaf >= header->after.end || run.seq <= run.follows ||
		    run.seq < header->first_seq || run.seq > header->last_seq ||
		    (i && (run.leaf == last.leaf || run.seq - last.seq < run.leaf - last.leaf ||
			   run.seq <= last.seq)))
			return false;
		vec_push(&index->runs, run);
		last = run;
	}
	return !count || header->after.end - last.leaf <= header->last_seq - last.seq + 1;
}

static bool take_losses(const uint8_t *at, uint32_t count, const struct sealed_header *header,
			struct sealed_index *index)
{
	uint64_t end = header->before.end, lost = 0;

	for (uint32_t i = 0; i < count; i++, at += LOSS) {
		struct sealed_loss loss = {get64(at), get64(at + 8), get64(at + 16), get64(at + 24)};

		if (loss.leaf_begin < end || loss.leaf_end <= loss.leaf_begin ||
		    loss.leaf_end > header->after.end || loss.first_seq < header->first_seq ||
		    loss.last_seq > header->last_seq)
			return false;
		end = loss.leaf_end;
		lost += loss.leaf_end - loss.leaf_begin;
		vec_push(&index->losses, loss);
	}
	return lost == header->lost;
}

static bool take_nodes(const uint8_t *at, uint32_t count, struct sealed_index *index)
{
	for (uint32_t i = 0; i < count; i++, at += NODE) {
		struct sealed_node node = {.level = at[0], .index = get64(at + 8)};

		if (node.level >= TLOG_LEVELS)
			return false;
		memcpy(node.hash.bytes, at + 16, TLOG_HASH_SIZE);
		vec_push(&index->nodes, node);
	}
	return true;
}

int sealed_index_decode(const void *bytes, size_t len, const struct sealed_header *header,
			struct sealed_index *ret_index)
{
	const uint8_t *at = bytes;
	uint64_t need[KINDS], counts[KINDS], total = COUNTS;
	static const uint8_t sizes[KINDS] = {STREAM, BLOCK, PART, RUN, LOSS, NODE};

	if (len < COUNTS)
		return ERR_CORRUPT;
	for (unsigned i = 0; i < KINDS; i++) {
		counts[i] = get32(at + 4 * i);
		need[i] = counts[i] * sizes[i];
		total += need[i];
	}
	if (total != len)
		return ERR_CORRUPT;
	at += COUNTS;
	if (!take_streams(at, (uint32_t)counts[0], header, ret_index) ||
	    !take_blocks(at += need[0], (uint32_t)counts[1], header, ret_index) ||
	    !take_chunks(at += need[1], (uint32_t)counts[2], header, ret_index) ||
	    !take_runs(at += need[2], (uint32_t)counts[3], header, ret_index) ||
	    !take_losses(at += need[3], (uint32_t)counts[4], header, ret_index) ||
	    !take_nodes(at + need[4], (uint32_t)counts[5], ret_index))
		return ERR_CORRUPT;
	return 0;
}

void sealed_index_done(struct sealed_index *index)
{
	vec_done(&index->streams);
	vec_done(&index->blocks);
	vec_done(&index->chunks);
	vec_done(&index->runs);
	vec_done(&index->losses);
	vec_done(&index->nodes);
}
