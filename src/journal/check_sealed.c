/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a sealed segment, 256 leaves by 256. What the hashes of the records must come
 * to is known for each whole group from the tiles, and for the leaves before the first and
 * behind the last of these from the small nodes of the cover. The tiles are believed only
 * where they come to the large nodes of the cover; where they do not, or are damaged, the
 * records are hashed once more before the walk to find what the large nodes say.
 */
#include <inttypes.h>
#include <stdio.h>

#include "journal/check_private.h"
#include "journal/seal_tree.h"
#include "journal/sealed_walk.h"

struct group_leaf {
	enum sealed_item_kind kind;
	bool known, altered;
	uint64_t seq;
	struct tlog_hash hash;
};

struct inspection {
	struct check *check;
	struct sealed *sealed;
	const struct tlog_hash *tiles; /* NULL: not to be believed */
	bool bad[2 * TLOG_LEVELS];     /* nodes of the cover that the records do not come to */
	struct group_leaf leaves[SEALED_TILE];
	uint64_t begin, end; /* of the group */
};

static bool hash_eq(const struct tlog_hash *a, const struct tlog_hash *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool is_zero(const struct tlog_hash *hash)
{
	static const struct tlog_hash zeros;

	return hash_eq(hash, &zeros);
}

/* Whether the tiles come to each node of the cover that is made of them. */
static bool tiles_fit(const struct sealed_header *header, const struct tlog_hash *tiles)
{
	const struct sealed_cover *cover = &header->cover;
	uint64_t first = sealed_tile_first(header);

	for (unsigned i = 0; i < cover->range.count; i++) {
		unsigned level;
		uint64_t index, from, to;
		struct tlog_range range;

		tlog_range_place(&cover->range, i, &level, &index);
		if (level < SEALED_TILE_LEVEL || !cover->known[i])
			continue;
		from = index << (level - SEALED_TILE_LEVEL);
		to = (index + 1) << (level - SEALED_TILE_LEVEL);
		tlog_range_init(&range, from * SEALED_TILE);
		for (; from < to; from++)
			tlog_range_append_node(&range, SEALED_TILE_LEVEL, &tiles[from - first]);
		if (!hash_eq(&range.hashes[0], &cover->range.hashes[i]))
			return false;
	}
	return true;
}

/* Finds by the records which nodes of the cover are not what they should be. */
static int hash_cover(struct inspection *inspection)
{
	const struct sealed_cover *cover = &inspection->sealed->header.cover;
	struct sealed_walk *walk = sealed_walk_new(inspection->sealed, true);
	struct seal_tree tree;
	struct sealed_item item;
	int r;

	seal_tree_init(&tree, cover->range.begin);
	while ((r = sealed_walk_next(walk, &item)) == 0) {
		bool known = item.kind == SEALED_ITEM_RECORD || item.kind == SEALED_ITEM_PRUNED;

		if (item.kind == SEALED_ITEM_RECORD)
			journal_leaf(&item.record, &item.hash);
		for (uint64_t i = item.leaf; i < item.leaf_end; i++)
			seal_tree_add(&tree, known ? &item.hash : NULL);
		if (item.leaf % SEALED_CHUNK == 0)
			sealed_walk_release(walk);
	}
	for (unsigned i = 0; i < cover->range.count; i++)
		inspection->bad[i] = cover->known[i] && tree.cover.known[i] &&
				     !hash_eq(&cover->range.hashes[i], &tree.cover.range.hashes[i]);
	seal_tree_done(&tree);
	sealed_walk_free(walk);
	return r == ERR_END ? 0 : r;
}

/* Marks the leaves of [begin, end) in the group where they do not come to hash. False where one of them is
   not known, so that nothing can be said. */
static bool compare_node(struct inspection *inspection, uint64_t begin, uint64_t end,
			 const struct tlog_hash *hash)
{
	struct tlog_range range;

	tlog_range_init(&range, begin);
	for (uint64_t leaf = begin; leaf < end; leaf++) {
		const struct group_leaf *each = &inspection->leaves[leaf - inspection->begin];

		if (!each->known)
			return false;
		tlog_range_append(&range, &each->hash);
	}
	for (uint64_t leaf = begin; leaf < end && !hash_eq(&range.hashes[0], hash); leaf++)
		inspection->leaves[leaf - inspection->begin].altered = true;
	return true;
}

/* Compares the group with what is known of it. False where damage leaves nothing to compare with. */
static bool compare_group(struct inspection *inspection)
{
	const struct sealed_header *header = &inspection->sealed->header;
	const struct sealed_cover *cover = &header->cover;
	uint64_t tile = inspection->begin / SEALED_TILE - sealed_tile_first(header);
	bool compared = true;

	if (inspection->end - inspection->begin == SEALED_TILE && inspection->tiles)
		return !is_zero(&inspection->tiles[tile]) &&
		       compare_node(inspection, inspection->begin, inspection->end, &inspection->tiles[tile]);
	for (unsigned i = 0; i < cover->range.count; i++) {
		unsigned level;
		uint64_t index, begin, end;

		tlog_range_place(&cover->range, i, &level, &index);
		begin = index << level;
		end = (index + 1) << level;
		if (end <= inspection->begin || begin >= inspection->end)
			continue;
		if (begin >= inspection->begin && end <= inspection->end)
			compared &= cover->known[i] &&
				    compare_node(inspection, begin, end, &cover->range.hashes[i]);
		for (uint64_t leaf = inspection->begin; inspection->bad[i] && leaf < inspection->end; leaf++)
			inspection->leaves[leaf - inspection->begin].altered |= leaf >= begin && leaf < end;
	}
	return compared;
}

static int tell_leaf(struct inspection *inspection, uint64_t leaf, bool compared)
{
	const struct group_leaf *each = &inspection->leaves[leaf - inspection->begin];
	struct check *check = inspection->check;
	enum journal_finding finding = JOURNAL_LOST;
	const char *reason = "damaged in the sealed file: wrong checksum";
	int r = each->known ? check_leaf(check, leaf, each->seq, &each->hash) : 0;

	if (each->kind == SEALED_ITEM_LOST) {
		reason = "damaged before they were sealed";
	} else if (each->altered) {
		finding = JOURNAL_ALTERED;
		reason = "not the records of the tree: somebody changed them";
	} else if (each->known) {
		finding = each->kind == SEALED_ITEM_PRUNED ? JOURNAL_PRUNED : JOURNAL_WHOLE;
		reason = compared ? "" : "among damaged records: only a checksum vouches for them";
	}
	return r ? r : check_found(check, finding, each->seq, each->seq, leaf, leaf + 1, reason);
}

static int finish_group(struct inspection *inspection)
{
	bool compared = compare_group(inspection);
	int r = 0;

	for (uint64_t leaf = inspection->begin; leaf < inspection->end && r == 0; leaf++)
		r = tell_leaf(inspection, leaf, compared);
	inspection->begin = inspection->end;
	return r;
}

static int add_item(struct inspection *inspection, const struct sealed_item *item)
{
	uint64_t seq = item->first_seq;
	int r = 0;

	for (uint64_t leaf = item->leaf; leaf < item->leaf_end && r == 0; leaf++) {
		struct group_leaf *each = &inspection->leaves[leaf - inspection->begin];

		each->kind = item->kind;
		each->known = item->kind == SEALED_ITEM_RECORD || item->kind == SEALED_ITEM_PRUNED;
		each->altered = false;
		each->seq = seq < item->last_seq ? seq++ : item->last_seq;
		if (each->known)
			each->hash = item->hash;
		inspection->end = leaf + 1;
		if (inspection->end % SEALED_TILE == 0)
			r = finish_group(inspection);
	}
	return r;
}

static int inspect(struct inspection *inspection)
{
	const struct sealed_header *header = &inspection->sealed->header;
	struct sealed_walk *walk;
	struct sealed_item item;
	int r = 0;

	if (sealed_tiles(inspection->sealed, &inspection->tiles) < 0 ||
	    !tiles_fit(header, inspection->tiles)) {
		inspection->tiles = NULL;
		r = hash_cover(inspection);
	}
	inspection->begin = inspection->end = header->before.end;
	walk = sealed_walk_new(inspection->sealed, true);
	while (r == 0 && (r = sealed_walk_next(walk, &item)) == 0) {
		if (item.kind == SEALED_ITEM_RECORD)
			journal_leaf(&item.record, &item.hash);
		r = add_item(inspection, &item);
		if (item.leaf % SEALED_TILE == 0)
			sealed_walk_release(walk);
	}
	sealed_walk_free(walk);
	if (r == ERR_END)
		r = inspection->end > inspection->begin ? finish_group(inspection) : 0;
	return r;
}

/* All of the segment is one thing. */
static int all_is(struct check *check, const struct sealed_header *header, enum journal_finding finding,
		  const char *reason)
{
	return check_found(check, finding, header->first_seq, header->last_seq, header->before.end,
			   header->after.end, reason);
}

static int check_open(struct check *check, struct sealed *sealed)
{
	const struct sealed_header *header = &sealed->header;
	struct inspection *inspection;
	int r;

	if (!seal_tree_fits(&header->before, &header->cover, &header->after))
		return all_is(check, header, JOURNAL_ALTERED,
			      "the hashes in the file's header contradict each other");
	if (header->flags & SEALED_DELETED)
		return all_is(check, header, JOURNAL_GONE, header->reason);
	r = sealed_load(sealed);
	if (r == ERR_CORRUPT)
		return all_is(check, header, JOURNAL_LOST, "both copies of the file's index are damaged");
	if (r < 0)
		return r;
	inspection = calloc(1, sizeof(*inspection));
	must(inspection);
	inspection->check = check;
	inspection->sealed = sealed;
	r = inspect(inspection);
	free(inspection);
	return r;
}

int check_sealed(struct check *check, struct err *ret_err)
{
	struct sealed *sealed = NULL;
	int r = sealed_open(check->folder, check->segment, check->key, &sealed, ret_err);

	if (r < 0)
		return r;
	r = check_open(check, sealed);
	sealed_close(sealed);
	return r;
}
