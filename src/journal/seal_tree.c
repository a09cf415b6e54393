/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/seal_tree.h"

#include <string.h>

void seal_tree_init(struct seal_tree *tree, uint64_t begin)
{
	*tree = (struct seal_tree){0};
	tlog_range_init(&tree->cover.range, begin);
}

void seal_tree_done(struct seal_tree *tree)
{
	buf_done(&tree->tiles);
}

/* As tlog_range_append(), with nodes that are not known. */
static void push(struct sealed_cover *cover, const struct tlog_hash *leaf)
{
	struct tlog_range *range = &cover->range;
	struct tlog_hash top = leaf ? *leaf : (struct tlog_hash){{0}};
	uint64_t begin = range->end;
	bool known = leaf;

	range->end++;
	for (unsigned level = 0; (begin >> level) & 1 && begin - range->begin >= UINT64_C(1) << level;
	     level++) {
		range->count--;
		known = known && cover->known[range->count];
		if (known)
			tlog_node(&range->hashes[range->count], &top, &top);
		begin -= UINT64_C(1) << level;
	}
	if (!known)
		memset(&top, 0, sizeof(top));
	range->hashes[range->count] = top;
	cover->known[range->count++] = known;
}

static void push_tile(struct seal_tree *tree, uint64_t index, const struct tlog_hash *leaf)
{
	static const struct tlog_hash zeros;

	if (index % SEALED_TILE == 0) {
		tlog_range_init(&tree->tile, index);
		tree->tile_begun = tree->tile_known = true;
	}
	if (leaf && tree->tile_begun && tree->tile_known)
		tlog_range_append(&tree->tile, leaf);
	if (!leaf)
		tree->tile_known = false;
	if (index % SEALED_TILE == SEALED_TILE - 1 && tree->tile_begun)
		buf_add(&tree->tiles, tree->tile_known ? &tree->tile.hashes[0] : &zeros, TLOG_HASH_SIZE);
}

void seal_tree_add(struct seal_tree *tree, const struct tlog_hash *leaf)
{
	push_tile(tree, tree->cover.range.end, leaf);
	push(&tree->cover, leaf);
}

bool sealed_cover_is_whole(const struct sealed_cover *cover)
{
	for (unsigned i = 0; i < cover->range.count; i++)
		if (!cover->known[i])
			return false;
	return true;
}

/* Where leaves are lost: each node of after that lies in the segment must be the cover's. */
static bool known_nodes_fit(const struct sealed_cover *cover, const struct tlog_range *after)
{
	for (unsigned i = 0; i < after->count; i++) {
		unsigned level, own_level;
		uint64_t index, own_index;

		tlog_range_place(after, i, &level, &index);
		if (index << level < cover->range.begin)
			continue;
		for (unsigned j = 0; j < cover->range.count; j++) {
			tlog_range_place(&cover->range, j, &own_level, &own_index);
			if (own_level == level && own_index == index && cover->known[j] &&
			    memcmp(&cover->range.hashes[j], &after->hashes[i], TLOG_HASH_SIZE) != 0)
				return false;
		}
	}
	return true;
}

bool seal_tree_fits(const struct tlog_range *before, const struct sealed_cover *cover,
		    const struct tlog_range *after)
{
	struct tlog_range joined = *before;

	if (cover->range.begin != before->end || cover->range.end != after->end)
		return false;
	if (!sealed_cover_is_whole(cover))
		return known_nodes_fit(cover, after);
	return tlog_range_join(&joined, &cover->range) == 0 && joined.count == after->count &&
	       memcmp(joined.hashes, after->hashes, after->count * sizeof(after->hashes[0])) == 0;
}

bool seal_tree_eq(const struct seal_tree *a, const struct seal_tree *b)
{
	const struct tlog_range *x = &a->cover.range, *y = &b->cover.range;

	return x->begin == y->begin && x->end == y->end && x->count == y->count &&
	       memcmp(x->hashes, y->hashes, x->count * sizeof(x->hashes[0])) == 0 &&
	       memcmp(a->cover.known, b->cover.known, x->count * sizeof(bool)) == 0 &&
	       str_eq(buf_str(&a->tiles), buf_str(&b->tiles));
}
