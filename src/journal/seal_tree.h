/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_SEAL_TREE_H
#define JOURNAL_SEAL_TREE_H
/*
 * The nodes over the leaves of one segment: its tiles and its cover, some of whose leaves
 * may be lost. A node over a lost leaf is not known.
 */
#include "base/buf.h"
#include "journal/sealed_format.h"

struct seal_tree {
	struct sealed_cover cover;
	struct buf tiles; /* TLOG_HASH_SIZE each; zeros where it is not known */
	struct tlog_range tile;
	bool tile_begun, tile_known;
};

void seal_tree_init(struct seal_tree *tree, uint64_t begin);
void seal_tree_done(struct seal_tree *tree);
void seal_tree_add(struct seal_tree *tree, const struct tlog_hash *leaf); /* NULL: lost */

/* Whether before and the cover together are after, as far as the cover is known. */
bool seal_tree_fits(const struct tlog_range *before, const struct sealed_cover *cover,
		    const struct tlog_range *after);

bool seal_tree_eq(const struct seal_tree *a, const struct seal_tree *b);

bool sealed_cover_is_whole(const struct sealed_cover *cover);

#endif
