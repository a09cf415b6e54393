/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retention: a sealed segment is written again without the records of some classes. In the
 * place of each of their blocks stand its leaf hashes, so that the tree can still be
 * checked and proofs about the other records made. What stays is moved as it lies in the
 * file, packed and encrypted. Where nothing stays, a header is left.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "journal/seal_private.h"
#include "journal/sealed_walk.h"

#define HASHES_LEVEL 1 /* of zstd: hashes do not get smaller */

struct pruning {
	struct sealed *old;
	uint32_t mask;
	struct sealed_writer writer;
	struct sealed_header header;
	struct sealed_index index; /* of the new file: shares nothing with the old */
	struct seal_tree tree;     /* over what the old file holds */
	struct buf stored;
	struct {
		const struct sealed_entry *block; /* being collected */
		struct buf hashes;
	} lanes[SEALED_STREAMS_MAX];
};

static bool stream_goes(const struct pruning *pruning, uint32_t stream)
{
	return pruning->mask >> pruning->old->index.streams.items[stream].class & 1;
}

/* A part that cannot be read stays named, as one that is damaged. */
static struct sealed_part move(struct pruning *pruning, const struct sealed_part *part, bool twice)
{
	buf_clear(&pruning->stored);
	if (!part->stored || sealed_read_stored(pruning->old, part, &pruning->stored) < 0)
		return (struct sealed_part){.plain = part->plain};
	return sealed_writer_move(&pruning->writer, part, buf_str(&pruning->stored), twice);
}

static void move_small_parts(struct pruning *pruning)
{
	const struct sealed_index *old = &pruning->old->index;

	for (uint32_t i = 0; i < old->streams.len; i++) {
		struct sealed_stream stream = old->streams.items[i];

		stream.dictionary = (struct sealed_part){0};
		if (!stream_goes(pruning, i))
			stream.dictionary = move(pruning, &old->streams.items[i].dictionary, true);
		else
			stream.bytes = 0;
		vec_push(&pruning->index.streams, stream);
	}
	for (size_t i = 0; i < old->chunks.len; i++)
		vec_push(&pruning->index.chunks, move(pruning, &old->chunks.items[i], true));
	for (size_t i = 0; i < old->runs.len; i++)
		vec_push(&pruning->index.runs, old->runs.items[i]);
	for (size_t i = 0; i < old->losses.len; i++)
		vec_push(&pruning->index.losses, old->losses.items[i]);
	for (size_t i = 0; i < old->nodes.len; i++)
		vec_push(&pruning->index.nodes, old->nodes.items[i]);
}

static void move_blocks(struct pruning *pruning)
{
	const struct sealed_index *old = &pruning->old->index;

	for (size_t i = 0; i < old->blocks.len; i++) {
		struct sealed_entry block = old->blocks.items[i];

		if (stream_goes(pruning, block.stream)) {
			block.kind = SEALED_NOTHING; /* until its hashes are there */
			block.part = (struct sealed_part){0};
		} else {
			block.part = move(pruning, &block.part, false);
		}
		vec_push(&pruning->index.blocks, block);
	}
}

/* Writes the hashes of the block that a lane has collected, where all of them are there. */
static void finish_lane(struct pruning *pruning, uint32_t stream)
{
	const struct sealed_entry *block = pruning->lanes[stream].block;
	struct buf *hashes = &pruning->lanes[stream].hashes;
	struct sealed_entry *place;

	if (block && hashes->len == (size_t)block->count * TLOG_HASH_SIZE) {
		place = &pruning->index.blocks.items[block - pruning->old->index.blocks.items];
		place->kind = SEALED_HASHES;
		place->part = sealed_writer_add(&pruning->writer, SEALED_PART_HASHES, stream, block->first,
						buf_str(hashes), HASHES_LEVEL, NULL, false);
	}
	buf_clear(hashes);
}

static void take_hash(struct pruning *pruning, const struct sealed_entry *block, const struct tlog_hash *hash)
{
	uint32_t stream = block->stream;

	if (!stream_goes(pruning, stream))
		return;
	if (pruning->lanes[stream].block != block)
		finish_lane(pruning, stream);
	pruning->lanes[stream].block = block;
	buf_add(&pruning->lanes[stream].hashes, hash, TLOG_HASH_SIZE);
}

/* Over all leaves of a file; with pruning, takes the hashes of what goes. */
static int walk_tree(struct sealed *sealed, struct pruning *pruning, struct seal_tree *tree)
{
	struct sealed_walk *walk = sealed_walk_new(sealed, true);
	struct sealed_item item;
	int r;

	seal_tree_init(tree, sealed->header.before.end);
	while ((r = sealed_walk_next(walk, &item)) == 0) {
		bool known = item.kind == SEALED_ITEM_RECORD || item.kind == SEALED_ITEM_PRUNED;

		if (item.kind == SEALED_ITEM_RECORD)
			journal_leaf(&item.record, &item.hash);
		for (uint64_t leaf = item.leaf; leaf < item.leaf_end; leaf++)
			seal_tree_add(tree, known ? &item.hash : NULL);
		if (known && pruning)
			take_hash(pruning, item.block, &item.hash);
		if (item.leaf % SEALED_CHUNK == 0)
			sealed_walk_release(walk);
	}
	sealed_walk_free(walk);
	for (uint32_t i = 0; pruning && i < sealed->index.streams.len; i++)
		finish_lane(pruning, i);
	return r == ERR_END ? 0 : r;
}

/* What the records say is what the tree says; else the hashes would hide what was done to them. */
static int check_tree(struct pruning *pruning, struct err *ret_err)
{
	const struct tlog_hash *tiles, *own = (const struct tlog_hash *)pruning->tree.tiles.ptr;
	static const struct tlog_hash zeros;
	const struct sealed_cover *cover = &pruning->tree.cover, *kept = &pruning->header.cover;
	bool fits = seal_tree_fits(&pruning->header.before, cover, &pruning->header.after);

	for (unsigned i = 0; fits && i < cover->range.count; i++)
		fits = !cover->known[i] || !kept->known[i] ||
		       memcmp(&cover->range.hashes[i], &kept->range.hashes[i], TLOG_HASH_SIZE) == 0;
	if (sealed_tiles(pruning->old, &tiles) == 0)
		for (uint64_t i = 0; fits && i < sealed_tile_count(&pruning->header); i++)
			fits = memcmp(&own[i], &zeros, sizeof(zeros)) == 0 ||
			       memcmp(&tiles[i], &zeros, sizeof(zeros)) == 0 ||
			       memcmp(&own[i], &tiles[i], sizeof(zeros)) == 0;
	if (fits)
		return 0;
	return err_set(ret_err, ERR_CORRUPT, 0, 0,
		       "%s: its records are not those of the tree, somebody changed them; nothing is pruned",
		       pruning->old->path);
}

/* Reads the new file and finds the tree that the old one had. */
static int verify(struct pruning *pruning, const struct journal_key *key, struct err *ret_err)
{
	struct sealed *sealed = NULL;
	struct seal_tree tree = {0};
	int r = sealed_open_path(pruning->writer.temporary, key, &sealed, ret_err);

	if (r < 0)
		return r;
	sealed_forget(sealed);
	r = sealed_check_places(sealed);
	if (r == 0 && !(sealed->header.flags & SEALED_DELETED))
		r = walk_tree(sealed, NULL, &tree);
	if (r == 0 && !(sealed->header.flags & SEALED_DELETED) && !seal_tree_eq(&tree, &pruning->tree))
		r = ERR_CORRUPT;
	seal_tree_done(&tree);
	sealed_close(sealed);
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s: what was written is not what was to be written",
			       pruning->writer.temporary)
		     : 0;
}

static int write_parts(struct pruning *pruning, struct err *ret_err)
{
	const struct tlog_hash *tiles;
	bool has_tiles = sealed_tiles(pruning->old, &tiles) == 0;
	int r;

	sealed_writer_reserve(&pruning->writer, pruning->old->header.index_stored * 2);
	if (has_tiles)
		sealed_writer_tiles(
			&pruning->writer, &pruning->header,
			str_of((const char *)tiles, sealed_tile_count(&pruning->header) * TLOG_HASH_SIZE));
	move_small_parts(pruning);
	move_blocks(pruning);
	r = walk_tree(pruning->old, pruning, &pruning->tree);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", pruning->old->path,
			       r == ERR_DENIED ? "it is encrypted with another key than the one given"
					       : err_text(r));
	r = check_tree(pruning, ret_err);
	if (r < 0)
		return r;
	if (!has_tiles)
		sealed_writer_tiles(&pruning->writer, &pruning->header, buf_str(&pruning->tree.tiles));
	return sealed_writer_finish(&pruning->writer, &pruning->header, &pruning->index, ret_err);
}

/* Whether a class that is not to go has records. */
static bool anything_stays(const struct pruning *pruning)
{
	for (unsigned i = 0; i < JOURNAL_CLASSES_MAX; i++)
		if (!(pruning->mask >> i & 1) && pruning->header.class_records[i])
			return true;
	return false;
}

static int set_header(struct pruning *pruning, const char *reason)
{
	struct sealed_header *header = &pruning->header;

	*header = pruning->old->header;
	header->changed = clock_now();
	snprintf(header->reason, sizeof(header->reason), "%s", reason ? reason : "");
	for (unsigned i = 0; i < JOURNAL_CLASSES_MAX; i++)
		if (pruning->mask >> i & 1)
			header->class_records[i] = header->class_bytes[i] = 0;
	if (anything_stays(pruning))
		return sealed_load(pruning->old);
	header->flags |= SEALED_DELETED;
	header->index = header->index_copy = header->index_checksum = 0;
	header->index_stored = header->index_plain = 0;
	header->tiles = header->tiles_checksum = header->copies = 0;
	return 0;
}

static int prune(struct pruning *pruning, const char *folder, const struct journal_key *key, seal_step *step,
		 void *context, struct err *ret_err)
{
	bool deletes = pruning->header.flags & SEALED_DELETED;
	int r = step(context, "create");

	if (r == 0)
		r = sealed_writer_open(&pruning->writer, folder, &pruning->header, key, ret_err);
	if (r == 0)
		r = step(context, "write");
	if (r == 0)
		r = deletes ? sealed_writer_finish(&pruning->writer, &pruning->header, &pruning->index,
						   ret_err)
			    : write_parts(pruning, ret_err);
	if (r == 0)
		r = step(context, "verify");
	if (r == 0)
		r = verify(pruning, key, ret_err);
	if (r == 0)
		r = step(context, "rename");
	if (r == 0)
		r = sealed_writer_publish(&pruning->writer, ret_err);
	return r == 0 ? step(context, "done") : r;
}

/* While the live original is there, readers see what was to be gone. */
static int check_live(const char *folder, uint64_t name, struct err *ret_err)
{
	char path[PATH_MAX];
	int r = journal_segment_path(folder, name, path);

	if (r == 0 && access(path, F_OK) == 0)
		r = err_set(ret_err, ERR_BUSY, 0, 0, "%s is still there; it must be removed first", path);
	return r;
}

int journal_prune_stepped(const char *folder, const struct journal_key *key, uint64_t name, uint32_t mask,
			  const char *reason, seal_step *step, void *context, struct err *ret_err)
{
	struct pruning *pruning = calloc(1, sizeof(*pruning));
	int r = check_live(folder, name, ret_err);

	must(pruning);
	pruning->mask = mask;
	pruning->writer.fd = -1;
	if (r == 0)
		r = sealed_open(folder, name, key, &pruning->old, ret_err);
	if (r == 0 && !(pruning->old->header.flags & SEALED_DELETED)) {
		r = set_header(pruning, reason);
		if (r == 0 && pruning->header.flags & SEALED_ENCRYPTED && !key &&
		    !(pruning->header.flags & SEALED_DELETED))
			r = ERR_DENIED;
		if (r < 0)
			err_set(ret_err, r, 0, 0, "%s: %s", pruning->old->path,
				r == ERR_DENIED ? "it is encrypted: give its key" : "its index is damaged");
		else
			r = prune(pruning, folder, key, step, context, ret_err);
	}
	sealed_writer_close(&pruning->writer);
	sealed_index_done(&pruning->index);
	seal_tree_done(&pruning->tree);
	buf_done(&pruning->stored);
	for (unsigned i = 0; i < SEALED_STREAMS_MAX; i++)
		buf_done(&pruning->lanes[i].hashes);
	sealed_close(pruning->old);
	free(pruning);
	return r;
}

int journal_prune(const char *folder, const struct journal_key *key, uint64_t name, uint32_t mask,
		  const char *reason, struct err *ret_err)
{
	return journal_prune_stepped(folder, key, name, mask, reason, seal_go_on, NULL, ret_err);
}
