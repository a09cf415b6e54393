/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/sealed_walk.h"

#include "journal/sealed_block.h"

/* Open blocks may have this much between two releases; then all are let go of. */
#define OPEN_BYTES_MAX (32u * 1024 * 1024)
#define SPARE_MAX 16 /* unpacked blocks kept for their memory */

/* One unpacked block. */
struct page {
	struct page *next;
	struct buf plain;
	const uint8_t *origins[SEALED_ORIGINS_MAX];
};

struct lane {
	struct page *page; /* NULL: no block is open */
	const struct sealed_entry *block;
	struct sealed_cursor cursor;
	uint32_t next; /* the stream's next record */
	int status;    /* of the block: 0, ERR_CORRUPT */
};

struct sealed_walk {
	struct sealed *sealed;
	struct lane lanes[SEALED_STREAMS_MAX];
	struct page *retired, *spare;
	unsigned spare_count;
	uint64_t leaf;
	uint32_t chunk; /* whose counts the lanes go by, plus 1; 0: none */
	bool placed;    /* the lanes are at leaf */
	bool hashes;
};

struct sealed_walk *sealed_walk_new(struct sealed *sealed, bool hashes)
{
	struct sealed_walk *walk = calloc(1, sizeof(*walk));

	must(walk);
	walk->sealed = sealed;
	walk->hashes = hashes;
	walk->leaf = sealed->header.before.end;
	return walk;
}

static void free_pages(struct page *page)
{
	while (page) {
		struct page *next = page->next;

		buf_done(&page->plain);
		free(page);
		page = next;
	}
}

void sealed_walk_free(struct sealed_walk *walk)
{
	if (!walk)
		return;
	for (unsigned i = 0; i < SEALED_STREAMS_MAX; i++)
		free_pages(walk->lanes[i].page);
	free_pages(walk->retired);
	free_pages(walk->spare);
	free(walk);
}

static void retire(struct sealed_walk *walk, struct lane *lane)
{
	lane->block = NULL;
	if (!lane->page)
		return;
	lane->page->next = walk->retired;
	walk->retired = lane->page;
	lane->page = NULL;
}

void sealed_walk_release(struct sealed_walk *walk)
{
	size_t open = 0;

	for (unsigned i = 0; i < SEALED_STREAMS_MAX; i++)
		open += walk->lanes[i].page ? walk->lanes[i].page->plain.capacity : 0;
	for (unsigned i = 0; open > OPEN_BYTES_MAX && i < SEALED_STREAMS_MAX; i++)
		retire(walk, &walk->lanes[i]);
	while (walk->retired) {
		struct page *page = walk->retired;

		walk->retired = page->next;
		page->next = NULL;
		if (walk->spare_count == SPARE_MAX) {
			free_pages(page);
			continue;
		}
		page->next = walk->spare;
		walk->spare = page;
		walk->spare_count++;
	}
}

static struct page *take_page(struct sealed_walk *walk)
{
	struct page *page = walk->spare;

	if (!page) {
		page = calloc(1, sizeof(*page));
		must(page);
		return page;
	}
	walk->spare = page->next;
	walk->spare_count--;
	page->next = NULL;
	buf_clear(&page->plain);
	return page;
}

void sealed_walk_seek(struct sealed_walk *walk, uint64_t leaf)
{
	walk->leaf = leaf;
	walk->placed = false;
}

/* Opens the block with the lane's next record and goes to it. */
static int open_block(struct sealed_walk *walk, struct lane *lane, const struct sealed_entry *block)
{
	struct page *page = take_page(walk);
	struct journal_record record;
	int r = sealed_read_block(walk->sealed, block, &page->plain);

	retire(walk, lane);
	lane->page = page;
	if (r < 0 && r != ERR_CORRUPT)
		return r;
	lane->block = block;
	if (r == 0 && block->kind == SEALED_HASHES)
		r = page->plain.len == (size_t)block->count * TLOG_HASH_SIZE ? 0 : ERR_CORRUPT;
	else if (r == 0)
		r = sealed_cursor_init(&lane->cursor, page->plain.ptr, page->plain.len, block->count,
				       page->origins);
	for (uint32_t i = block->first; r == 0 && block->kind == SEALED_RECORDS && i < lane->next; i++)
		r = sealed_cursor_next(&lane->cursor, &record);
	lane->status = r == ERR_END ? ERR_CORRUPT : r;
	return 0;
}

/* What the lane's next record is. */
static int take(struct sealed_walk *walk, uint32_t stream, struct sealed_item *item)
{
	struct lane *lane = &walk->lanes[stream];
	const struct sealed_entry *block = lane->block;
	int r = 0;

	if (!block || lane->next < block->first || lane->next - block->first >= block->count) {
		block = sealed_find_block(walk->sealed, stream, lane->next);
		if (!block)
			return ERR_CORRUPT;
		if (block->kind != SEALED_RECORDS && !walk->hashes) {
			item->kind = SEALED_ITEM_PRUNED;
			item->block = block;
			lane->next++;
			return 0;
		}
		r = open_block(walk, lane, block);
		if (r < 0)
			return r;
	}
	item->block = block;
	if (lane->status == 0 && block->kind == SEALED_HASHES) {
		item->kind = SEALED_ITEM_PRUNED;
		memcpy(item->hash.bytes,
		       lane->page->plain.ptr + (size_t)(lane->next - block->first) * TLOG_HASH_SIZE,
		       TLOG_HASH_SIZE);
	} else if (lane->status == 0) {
		lane->status = sealed_cursor_next(&lane->cursor, &item->record);
		item->kind = SEALED_ITEM_RECORD;
		item->record.seq = item->first_seq;
	}
	if (lane->status < 0)
		item->kind = SEALED_ITEM_DAMAGED;
	lane->next++;
	return 0;
}

/* Sets the lanes to where they are at walk->leaf. */
static void place(struct sealed_walk *walk, const struct sealed_chunk *chunk, uint32_t offset)
{
	uint32_t counts[SEALED_STREAMS_MAX + 1] = {0};

	for (uint32_t i = 0; i < offset; i++)
		counts[chunk->streams[i] == SEALED_LOST ? SEALED_STREAMS_MAX : chunk->streams[i]]++;
	for (uint32_t i = 0; i < walk->sealed->index.streams.len; i++) {
		struct lane *lane = &walk->lanes[i];
		uint32_t next = chunk->before[i] + counts[i];

		if (lane->next != next)
			retire(walk, lane);
		lane->next = next;
	}
	walk->placed = true;
	walk->chunk = chunk->number + 1;
}

/* The span from the walk's leaf to that of end is damaged as a whole. */
static int damaged_chunk(struct sealed_walk *walk, struct sealed_item *item)
{
	const struct sealed_header *header = &walk->sealed->header;
	uint64_t offset = walk->leaf - header->before.end;
	uint64_t end = header->before.end + (offset / SEALED_CHUNK + 1) * SEALED_CHUNK;

	item->kind = SEALED_ITEM_DAMAGED;
	item->leaf_end = end < header->after.end ? end : header->after.end;
	if (sealed_seq_of(walk->sealed, item->leaf_end - 1, &item->last_seq) < 0)
		item->last_seq = header->last_seq;
	sealed_walk_seek(walk, item->leaf_end);
	return 0;
}

static int lost(struct sealed_walk *walk, struct sealed_item *item)
{
	const struct sealed_loss *loss = sealed_find_loss(walk->sealed, walk->leaf);

	if (!loss)
		return damaged_chunk(walk, item);
	item->kind = SEALED_ITEM_LOST;
	item->leaf_end = loss->leaf_end;
	item->first_seq = loss->first_seq + (walk->leaf - loss->leaf_begin);
	item->last_seq = loss->last_seq;
	if (item->first_seq > item->last_seq)
		item->first_seq = item->last_seq;
	sealed_walk_seek(walk, loss->leaf_end);
	return 0;
}

int sealed_walk_next(struct sealed_walk *walk, struct sealed_item *ret_item)
{
	const struct sealed_header *header = &walk->sealed->header;
	const struct sealed_chunk *chunk;
	uint32_t offset;
	int r;

	if (walk->leaf >= header->after.end)
		return ERR_END;
	ret_item->leaf = walk->leaf;
	ret_item->leaf_end = walk->leaf + 1;
	ret_item->block = NULL;
	if (sealed_seq_of(walk->sealed, walk->leaf, &ret_item->first_seq) < 0)
		ret_item->first_seq = header->first_seq;
	ret_item->last_seq = ret_item->first_seq;
	r = sealed_read_chunk(walk->sealed, walk->leaf, &chunk);
	if (r == ERR_CORRUPT)
		return damaged_chunk(walk, ret_item);
	if (r < 0)
		return r;
	offset = (uint32_t)((walk->leaf - header->before.end) % SEALED_CHUNK);
	if (!walk->placed || walk->chunk != chunk->number + 1)
		place(walk, chunk, offset);
	if (chunk->streams[offset] == SEALED_LOST)
		return lost(walk, ret_item);
	r = take(walk, chunk->streams[offset], ret_item);
	if (r == ERR_CORRUPT)
		return damaged_chunk(walk, ret_item);
	if (r == 0)
		walk->leaf++;
	return r;
}

void sealed_block_extent(struct sealed *sealed, const struct sealed_entry *block, uint64_t *ret_first,
			 uint64_t *ret_last)
{
	uint64_t begin = sealed->header.before.end, first = 0, last = 0;
	bool found = false;

	for (size_t i = 0; i < sealed->index.chunks.len; i++) {
		const struct sealed_chunk *chunk;
		uint32_t at;

		if (sealed_read_chunk(sealed, begin + i * SEALED_CHUNK, &chunk) < 0)
			continue;
		at = chunk->before[block->stream];
		if (at >= block->first + block->count)
			break;
		for (uint32_t j = 0; j < chunk->leaves; j++) {
			if (chunk->streams[j] != block->stream)
				continue;
			if (at >= block->first && at - block->first < block->count) {
				last = begin + i * SEALED_CHUNK + j;
				first = found ? first : last;
				found = true;
			}
			at++;
		}
	}
	*ret_first = found ? first : begin;
	*ret_last = found ? last : sealed->header.after.end - 1;
}
