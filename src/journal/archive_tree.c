/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree over all segments. A node comes, in this order, from a range that a segment
 * begins or ends with; from the cover, the tiles or the records of the one segment that it
 * lies in; from its two halves.
 */
#include <errno.h>
#include <inttypes.h>

#include "base/arena.h"
#include "journal/archive_node.h"
#include "journal/leaf.h"
#include "journal/sealed_walk.h"

/* A segment, with only as many hashes as it has: thousands of them are in memory. */
struct place {
	uint64_t name, last_seq, begin, end;
	bool live, deleted, lost; /* lost: some of a sealed one's leaves */
	const struct tlog_hash *before, *after, *cover;
	const bool *known;
	unsigned cover_count;
};

struct journal_tree {
	char *folder;
	bool keyed;
	struct journal_key key;
	struct arena *arena;
	struct journal_mark mark;
	struct {
		VEC_OF(struct place)
	} places;

	/* the segments last asked for leaves */
	struct sealed *sealed;
	struct sealed_walk *walk;
	struct journal_segment *segment;
	struct journal_key segment_key;
	bool has_segment_key;
	struct buf scratch;
};

static const struct tlog_hash *keep(struct journal_tree *tree, const struct tlog_range *range)
{
	struct tlog_hash *kept = arena_array(tree->arena, struct tlog_hash, range->count + 1);

	memcpy(kept, range->hashes, range->count * sizeof(*kept));
	return kept;
}

static bool range_eq(const struct tlog_range *a, const struct tlog_range *b)
{
	return a->end == b->end && a->count == b->count &&
	       memcmp(a->hashes, b->hashes, a->count * sizeof(a->hashes[0])) == 0;
}

/* Whether a segment follows on the one before. What lies between them may be missing: its nodes are then not
   known, unless a later range has them. */
static int check_link(const struct archive_node *before, const struct archive_node *node, struct err *ret_err)
{
	if (memcmp(before->node, node->node, sizeof(node->node)) != 0)
		return err_set(ret_err, ERR_CORRUPT, 0, 0,
			       "segment %020" PRIu64 " is of another journal than %020" PRIu64, node->name,
			       before->name);
	if (node->before.end > before->after.end || range_eq(&before->after, &node->before))
		return 0;
	return err_set(ret_err, ERR_CORRUPT, 0, 0,
		       "segment %020" PRIu64 " does not follow on %020" PRIu64
		       ": the tree it begins with is another",
		       node->name, before->name);
}

static void add_place(struct journal_tree *tree, const struct archive_node *node)
{
	bool *known = arena_array(tree->arena, bool, node->cover.range.count + 1);
	struct place place = {.name = node->name,
			      .last_seq = node->last_seq,
			      .begin = node->before.end,
			      .end = node->after.end,
			      .live = node->live,
			      .deleted = node->deleted,
			      .lost = node->lost && !node->deleted,
			      .before = keep(tree, &node->before),
			      .after = keep(tree, &node->after),
			      .cover = keep(tree, &node->cover.range),
			      .known = known,
			      .cover_count = node->cover.range.count};

	memcpy(known, node->cover.known, node->cover.range.count * sizeof(bool));
	vec_push(&tree->places, place);
}

/* A damaged segment is a hole. */
static int read_places(struct journal_tree *tree, const struct archive_list *list, struct err *ret_err)
{
	struct archive_node *nodes = calloc(2, sizeof(*nodes)), *node = &nodes[0], *before = NULL;
	int r = 0;

	must(nodes);
	for (size_t i = 0; i < list->len && r == 0; i++) {
		uint64_t until = i + 1 < list->len ? list->items[i + 1].name : 0;

		r = archive_node_read(tree->folder, &list->items[i], &tree->mark, until, node, NULL, ret_err);
		if (r == ERR_CORRUPT) {
			r = 0;
			continue;
		}
		if (r == 0 && before)
			r = check_link(before, node, ret_err);
		if (r < 0)
			break;
		add_place(tree, node);
		before = node;
		node = node == &nodes[0] ? &nodes[1] : &nodes[0];
	}
	free(nodes);
	return r;
}

int journal_tree_open(const char *folder, const struct journal_key *key, struct journal_tree **ret_tree,
		      struct err *ret_err)
{
	struct journal_tree *tree = calloc(1, sizeof(*tree));
	struct archive_list list = {0};
	int r;

	must(tree);
	tree->folder = strdup(folder);
	tree->arena = arena_new(0);
	must(tree->folder && tree->arena);
	tree->keyed = key;
	if (key)
		tree->key = *key;
	r = archive_read(folder, &tree->mark, &list, ret_err);
	if (r == 0)
		r = read_places(tree, &list, ret_err);
	archive_list_done(&list);
	if (r < 0)
		journal_tree_close(tree);
	else
		*ret_tree = tree;
	return r;
}

static void close_open(struct journal_tree *tree)
{
	sealed_walk_free(tree->walk);
	sealed_close(tree->sealed);
	journal_segment_close(tree->segment);
	tree->walk = NULL;
	tree->sealed = NULL;
	tree->segment = NULL;
}

void journal_tree_close(struct journal_tree *tree)
{
	if (!tree)
		return;
	close_open(tree);
	buf_done(&tree->scratch);
	vec_done(&tree->places);
	arena_free(tree->arena);
	free(tree->folder);
	explicit_bzero(tree, sizeof(*tree));
	free(tree);
}

uint64_t journal_tree_size(const struct journal_tree *tree)
{
	return tree->places.len ? tree->places.items[tree->places.len - 1].end : 0;
}

/* --- finding segments --- */

/* The first place whose begin (or name) is above a value. */
static size_t upper(const struct journal_tree *tree, uint64_t value, bool by_name)
{
	size_t low = 0, high = tree->places.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct place *place = &tree->places.items[middle];

		if ((by_name ? place->name : place->begin) <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The segment with a leaf; NULL. */
static const struct place *find_leaf(const struct journal_tree *tree, uint64_t leaf)
{
	for (size_t i = upper(tree, leaf, false); i-- > 0;)
		if (tree->places.items[i].end > tree->places.items[i].begin)
			return leaf < tree->places.items[i].end ? &tree->places.items[i] : NULL;
	return NULL;
}

/* Opens the segment whose leaves are wanted; a live one that has gone is sealed by now. */
static int open_place(struct journal_tree *tree, const struct place *place)
{
	const struct journal_key *key = tree->keyed ? &tree->key : NULL;
	int r = -ENOENT;

	if ((tree->sealed && tree->sealed->header.first_seq == place->name) ||
	    (tree->segment && tree->segment->name == place->name))
		return 0;
	close_open(tree);
	if (place->live)
		r = journal_segment_open(tree->folder, place->name, &tree->segment, NULL);
	if (r == 0) {
		archive_bound(tree->segment, &tree->mark, 0);
		tree->has_segment_key =
			journal_segment_key(tree->segment, key, &tree->segment_key, NULL) == 0;
		return 0;
	}
	if (r != -ENOENT)
		return r;
	r = sealed_open(tree->folder, place->name, key, &tree->sealed, NULL);
	if (r == 0)
		r = sealed_load(tree->sealed);
	if (r == 0)
		tree->walk = sealed_walk_new(tree->sealed, true);
	else
		close_open(tree);
	return r == -ENOENT ? ERR_END : r;
}

/* --- leaves of a live segment --- */

/* The frame with a leaf or, where leaf is UINT64_MAX, with a number. */
static int find_frame(const struct journal_tree *tree, uint64_t leaf, uint64_t seq,
		      struct journal_frame *ret_frame, uint64_t *ret_offset)
{
	const struct journal_segment *segment = tree->segment;
	uint64_t at;

	must(segment); /* the caller has opened it */
	if (leaf != UINT64_MAX)
		seq = segment->name + (leaf - segment->header.before.end); /* its number, or one before it */
	for (at = journal_segment_seek(segment, seq);;) {
		int r = journal_segment_frame(segment, at, ret_frame);

		if (r == ERR_CORRUPT) {
			at = journal_segment_resync(segment, at + JOURNAL_ALIGN, segment->limit);
			continue;
		}
		if (r < 0)
			return r;
		if (leaf != UINT64_MAX ? leaf < ret_frame->leaf : seq < ret_frame->first_seq)
			return ERR_END;
		if (leaf != UINT64_MAX ? leaf < ret_frame->leaf + ret_frame->count
				       : seq <= journal_frame_last(ret_frame)) {
			*ret_offset = at;
			return 0;
		}
		at += journal_frame_size(ret_frame);
	}
}

/* Appends the leaves of a frame from range->end on and below end. */
static int append_frame(struct journal_tree *tree, const struct journal_frame *frame, uint64_t offset,
			uint64_t end, struct tlog_range *range)
{
	const uint8_t *at;
	size_t left, size;
	int r = journal_segment_verify(tree->segment, offset, frame);

	if (r == 0)
		r = journal_segment_records(tree->segment, offset, frame,
					    tree->has_segment_key ? &tree->segment_key : NULL, &tree->scratch,
					    &at, &left);
	for (uint32_t i = 0; r == 0 && i < frame->count && range->end < end; i++) {
		struct journal_record record;
		struct tlog_hash leaf;

		r = journal_record_decode(at, left, &record, &size);
		if (r == 0 && frame->leaf + i >= range->end) {
			journal_leaf_encoded(frame->first_seq + i, at, &leaf);
			tlog_range_append(range, &leaf);
		}
		at += size;
		left -= size;
	}
	return r;
}

static int live_leaves(struct journal_tree *tree, uint64_t end, struct tlog_range *range)
{
	struct journal_frame frame = {0};
	uint64_t offset;
	int r = find_frame(tree, range->end, 0, &frame, &offset);

	while (r == 0) {
		r = append_frame(tree, &frame, offset, end, range);
		if (r < 0 || range->end >= end)
			return r;
		journal_segment_forget(tree->segment, offset, offset + journal_frame_size(&frame));
		offset += journal_frame_size(&frame);
		r = journal_segment_frame(tree->segment, offset, &frame);
		if (r == 0 && frame.leaf != range->end)
			r = ERR_END;
	}
	return r;
}

/* --- leaves of a sealed segment --- */

static int sealed_leaves(struct journal_tree *tree, uint64_t end, struct tlog_range *range)
{
	struct sealed_item item;
	int r = 0;

	sealed_walk_seek(tree->walk, range->end);
	while (r == 0 && range->end < end) {
		r = sealed_walk_next(tree->walk, &item);
		if (r == 0 && item.kind == SEALED_ITEM_RECORD)
			journal_leaf(&item.record, &item.hash);
		else if (r == 0 && item.kind != SEALED_ITEM_PRUNED)
			r = item.kind == SEALED_ITEM_LOST ? ERR_END : ERR_CORRUPT;
		if (r == 0)
			tlog_range_append(range, &item.hash);
	}
	sealed_walk_release(tree->walk);
	return r;
}

/* From the tiles; ERR_END where one of them is not known. */
static int from_tiles(struct journal_tree *tree, unsigned level, uint64_t begin, uint64_t end,
		      struct tlog_range *range)
{
	static const struct tlog_hash zeros;
	const struct tlog_hash *tiles;
	uint64_t first = sealed_tile_first(&tree->sealed->header);
	int r = level < SEALED_TILE_LEVEL ? ERR_END : sealed_tiles(tree->sealed, &tiles);

	for (uint64_t i = begin / SEALED_TILE; r == 0 && i < end / SEALED_TILE; i++) {
		if (memcmp(&tiles[i - first], &zeros, sizeof(zeros)) == 0)
			return ERR_END;
		tlog_range_append_node(range, SEALED_TILE_LEVEL, &tiles[i - first]);
	}
	return r;
}

/* --- nodes --- */

/* A node that is one of the range [0, end) of hashes. */
static bool in_range(unsigned level, uint64_t index, uint64_t end, const struct tlog_hash *hashes,
		     struct tlog_hash *ret_hash)
{
	if (index & 1 || end >> level != index + 1)
		return false;
	*ret_hash = hashes[__builtin_popcountll(end >> level >> 1)];
	return true;
}

static bool in_borders(const struct journal_tree *tree, unsigned level, uint64_t index,
		       struct tlog_hash *ret_hash)
{
	size_t at = upper(tree, ((index + 1) << level) - 1, false);
	const struct place *place = &tree->places.items[at];

	if (at < tree->places.len && in_range(level, index, place->begin, place->before, ret_hash))
		return true;
	return at && in_range(level, index, place[-1].end, place[-1].after, ret_hash);
}

static bool in_cover(const struct place *place, unsigned level, uint64_t index, struct tlog_hash *ret_hash)
{
	struct tlog_range range = {.begin = place->begin, .end = place->end, .count = place->cover_count};

	for (unsigned i = 0; i < place->cover_count; i++) {
		unsigned own_level;
		uint64_t own_index;

		if (!place->known[i])
			continue;
		tlog_range_place(&range, i, &own_level, &own_index);
		if (own_level == level && own_index == index) {
			*ret_hash = place->cover[i];
			return true;
		}
	}
	return false;
}

/* A node of a live segment some of whose records are damaged: the frames behind it may say it, each having
   the range of all leaves up to its end. */
static int from_trailers(const struct journal_tree *tree, unsigned level, uint64_t index,
			 struct tlog_hash *ret_hash)
{
	const struct journal_segment *segment = tree->segment;
	uint64_t at = JOURNAL_PREFACE_SIZE, end = 0;
	struct journal_frame frame = {0};
	struct tlog_range range;

	while (end >> level <= index + 1) {
		int r = journal_segment_frame(segment, at, &frame);

		if (r == ERR_CORRUPT) {
			at = journal_segment_resync(segment, at + JOURNAL_ALIGN, segment->limit);
			continue;
		}
		if (r < 0)
			return r;
		end = frame.leaf + frame.count;
		if (end >> level == index + 1 && journal_segment_after(segment, at, &frame, &range) == 0 &&
		    in_range(level, index, end, range.hashes, ret_hash))
			return 0;
		at += journal_frame_size(&frame);
	}
	return ERR_END;
}

/* A node above lost leaves that was kept when they were sealed. */
static bool in_kept(struct journal_tree *tree, uint64_t leaf, unsigned level, uint64_t index,
		    struct tlog_hash *ret_hash)
{
	const struct place *place = find_leaf(tree, leaf);

	if (!place || !place->lost || open_place(tree, place) < 0 || !tree->sealed)
		return false;
	for (size_t i = 0; i < tree->sealed->index.nodes.len; i++) {
		const struct sealed_node *node = &tree->sealed->index.nodes.items[i];

		if (node->level == level && node->index == index) {
			*ret_hash = node->hash;
			return true;
		}
	}
	return false;
}

/* A node that lies in one segment. */
static int in_segment(struct journal_tree *tree, const struct place *place, unsigned level, uint64_t index,
		      struct tlog_hash *ret_hash)
{
	uint64_t begin = index << level, end = (index + 1) << level;
	struct tlog_range range;
	int r;

	if (in_cover(place, level, index, ret_hash))
		return 0;
	if (place->deleted)
		return ERR_END;
	r = open_place(tree, place);
	tlog_range_init(&range, begin);
	if (r == 0 && tree->sealed) {
		r = from_tiles(tree, level, begin, end, &range);
		if (r == ERR_END || r == ERR_CORRUPT) {
			tlog_range_init(&range, begin);
			r = sealed_leaves(tree, end, &range);
		}
	} else if (r == 0) {
		r = live_leaves(tree, end, &range);
		if (r == ERR_CORRUPT || r == ERR_END)
			return from_trailers(tree, level, index, ret_hash);
	}
	if (r == 0)
		*ret_hash = range.hashes[0];
	return r == ERR_CORRUPT ? ERR_END : r; /* damaged is lost */
}

int journal_tree_fetch(void *context, unsigned level, uint64_t index, struct tlog_hash *ret_hash)
{
	struct journal_tree *tree = context;
	const struct place *place;
	struct tlog_hash left, right;
	int r;

	if (level >= TLOG_LEVELS || index >= UINT64_C(1) << (TLOG_LEVELS - level) ||
	    (index + 1) << level > journal_tree_size(tree))
		return ERR_END;
	if (in_borders(tree, level, index, ret_hash))
		return 0;
	if (in_kept(tree, ((index + 1) << level) - 1, level, index, ret_hash))
		return 0;
	place = find_leaf(tree, index << level);
	if (!place)
		return ERR_END;
	if ((index + 1) << level <= place->end)
		return in_segment(tree, place, level, index, ret_hash);
	r = journal_tree_fetch(tree, level - 1, 2 * index, &left);
	if (r == 0)
		r = journal_tree_fetch(tree, level - 1, 2 * index + 1, &right);
	if (r == 0)
		tlog_node(&left, &right, ret_hash);
	return r;
}

/* --- numbers --- */

int journal_tree_leaf(struct journal_tree *tree, uint64_t seq, uint64_t *ret_leaf)
{
	size_t at = upper(tree, seq, true);
	const struct place *place = at ? &tree->places.items[at - 1] : NULL;
	struct journal_frame frame = {0};
	uint64_t offset, leaf, found;
	int r;

	if (!place || place->deleted || seq > place->last_seq)
		return ERR_END;
	r = open_place(tree, place);
	if (r < 0)
		return r;
	if (tree->sealed) {
		r = sealed_leaf_at(tree->sealed, seq, &leaf);
		if (r == 0)
			r = sealed_seq_of(tree->sealed, leaf, &found);
		if (r == 0 && (found != seq || sealed_find_loss(tree->sealed, leaf)))
			r = ERR_END;
	} else {
		r = find_frame(tree, UINT64_MAX, seq, &frame, &offset);
		leaf = frame.leaf + (seq - frame.first_seq);
	}
	if (r == 0)
		*ret_leaf = leaf;
	return r;
}

int journal_tree_seq(struct journal_tree *tree, uint64_t leaf, uint64_t *ret_seq)
{
	const struct place *place = find_leaf(tree, leaf);
	struct journal_frame frame = {0};
	uint64_t offset;
	int r;

	if (!place || place->deleted)
		return ERR_END;
	r = open_place(tree, place);
	if (r < 0)
		return r;
	if (tree->sealed)
		return sealed_find_loss(tree->sealed, leaf) ? ERR_END
							    : sealed_seq_of(tree->sealed, leaf, ret_seq);
	r = find_frame(tree, leaf, 0, &frame, &offset);
	if (r == 0)
		*ret_seq = frame.first_seq + (leaf - frame.leaf);
	return r;
}
