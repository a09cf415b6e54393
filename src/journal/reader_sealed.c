/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "journal/reader_private.h"

static void free_one(struct reader_sealed *each)
{
	if (!each)
		return;
	sealed_walk_free(each->walk);
	sealed_close(each->sealed);
	free(each->told);
	free(each);
}

void reader_sealed_release(struct journal_reader *reader)
{
	while (reader->retired_sealed) {
		struct reader_sealed *each = reader->retired_sealed;

		reader->retired_sealed = each->next;
		free_one(each);
	}
	if (reader->sealed)
		sealed_walk_release(reader->sealed->walk);
}

void reader_sealed_close(struct journal_reader *reader)
{
	reader_sealed_release(reader);
	free_one(reader->sealed);
	reader->sealed = NULL;
}

/* Behind the segment's last number. Records of it may be in use. */
static int leave(struct journal_reader *reader)
{
	struct reader_sealed *each = reader->sealed;
	uint64_t last = each->sealed->header.last_seq;

	if (reader->next <= last)
		reader->next = last + 1;
	each->next = reader->retired_sealed;
	reader->retired_sealed = each;
	reader->sealed = NULL;
	return ERR_END;
}

int reader_sealed_open(struct journal_reader *reader, uint64_t name, struct err *ret_err)
{
	struct reader_sealed *each;
	struct sealed *sealed = NULL;
	int r = sealed_open(reader->folder, name, reader->keyed ? &reader->key : NULL, &sealed, ret_err);

	if (r < 0)
		return r;
	each = calloc(1, sizeof(*each));
	must(each);
	each->sealed = sealed;
	each->walk = sealed_walk_new(sealed, false);
	reader->sealed = each;
	if (reader->segment) {
		reader->segment->next = reader->retired;
		reader->retired = reader->segment;
		reader->segment = NULL;
	}
	return 0;
}

/* Loads the index and goes to the number wanted. */
static int place(struct journal_reader *reader, struct err *ret_err)
{
	struct reader_sealed *each = reader->sealed;
	const struct sealed_header *header = &each->sealed->header;
	uint64_t leaf;
	int r;

	if (header->follows >= reader->next)
		return reader_report(reader, header->follows, "are damaged or missing", ret_err);
	if (reader->next < header->first_seq)
		reader->next = header->first_seq;
	if (reader->next > header->last_seq)
		return leave(reader);
	r = sealed_load(each->sealed);
	if (r == ERR_END)
		return leave(reader); /* deleted */
	if (r == ERR_CORRUPT)
		return reader_report(reader, header->last_seq,
				     "are damaged: both copies of the segment's index are", ret_err);
	if (r < 0)
		return r;
	r = sealed_leaf_at(each->sealed, reader->next, &leaf);
	if (r < 0)
		return leave(reader);
	sealed_walk_seek(each->walk, leaf);
	if (!each->told)
		each->told = calloc(each->sealed->index.blocks.len + 1, sizeof(bool));
	must(each->told);
	each->placed = true;
	return 0;
}

/* Numbers between the last record and this one that may have been used: the run that begins here says so. */
static bool run_gap(const struct sealed *sealed, const struct sealed_item *item, uint64_t next,
		    uint64_t *ret_follows)
{
	for (size_t i = 0; i < sealed->index.runs.len; i++)
		if (sealed->index.runs.items[i].leaf == item->leaf &&
		    sealed->index.runs.items[i].follows >= next) {
			*ret_follows = sealed->index.runs.items[i].follows;
			return true;
		}
	return false;
}

/* A damaged block is named once, when its first record would have come. */
static int tell_block(struct journal_reader *reader, const struct sealed_item *item, struct err *ret_err)
{
	struct reader_sealed *each = reader->sealed;
	size_t number = (size_t)(item->block - each->sealed->index.blocks.items);
	uint64_t first, last, last_seq;
	uint32_t count = item->block->count;

	reader->next = item->last_seq + 1;
	if (each->told[number])
		return 0;
	each->told[number] = true;
	sealed_block_extent(each->sealed, item->block, &first, &last);
	if (sealed_seq_of(each->sealed, last, &last_seq) < 0)
		last_seq = each->sealed->header.last_seq;
	return err_set(ret_err, ERR_CORRUPT, 0, 0,
		       "%s: %" PRIu32 " of the records %" PRIu64 " to %" PRIu64
		       " are damaged: a block of them has a wrong checksum",
		       each->sealed->path, count, item->first_seq, last_seq);
}

/* What is no record. 0: nothing is to be said about it. */
static int pass(struct journal_reader *reader, const struct sealed_item *item, struct err *ret_err)
{
	if (item->kind == SEALED_ITEM_PRUNED) {
		reader->next = item->last_seq + 1;
		return 0;
	}
	if (item->last_seq < reader->next)
		return 0;
	if (item->kind == SEALED_ITEM_LOST)
		return reader_report(reader, item->last_seq, "were damaged before they were sealed", ret_err);
	if (!item->block)
		return reader_report(reader, item->last_seq,
				     "are damaged: both copies of where they are stored", ret_err);
	return tell_block(reader, item, ret_err);
}

int reader_sealed_next(struct journal_reader *reader, struct journal_record *ret_record, struct err *ret_err)
{
	struct reader_sealed *each = reader->sealed;
	struct sealed_item item;
	uint64_t follows;
	int r = each->placed ? 0 : place(reader, ret_err);

	while (r == 0 && reader->next <= reader->stop) {
		r = sealed_walk_next(each->walk, &item);
		if (r == ERR_END)
			return leave(reader);
		if (r == ERR_DENIED)
			return reader_denied(reader, ret_err);
		if (r < 0)
			return err_set(ret_err, r, 0, 0, "%s: %s", each->sealed->path, err_text(r));
		if (item.kind != SEALED_ITEM_LOST && item.first_seq > reader->next &&
		    run_gap(each->sealed, &item, reader->next, &follows)) {
			sealed_walk_seek(each->walk, item.leaf);
			return reader_report(reader, follows, "are damaged or missing", ret_err);
		}
		if (item.kind == SEALED_ITEM_RECORD && item.first_seq >= reader->next) {
			*ret_record = item.record;
			reader->leaf = item.leaf;
			reader->next = item.first_seq + 1;
			return 0;
		}
		if (item.kind != SEALED_ITEM_RECORD)
			r = pass(reader, &item, ret_err);
	}
	return r < 0 ? r : ERR_BUSY;
}
