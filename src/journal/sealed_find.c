/* SPDX-License-Identifier: Apache-2.0 */
/* Where things are in a sealed segment, by its index. */
#include "journal/sealed.h"

const struct sealed_entry *sealed_find_block(const struct sealed *sealed, uint32_t stream, uint32_t record)
{
	uint32_t low, high;

	if (stream >= sealed->index.streams.len || record >= sealed->index.streams.items[stream].records)
		return NULL;
	low = sealed->first_block[stream];
	high = sealed->first_block[stream + 1];
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (sealed->index.blocks.items[middle].first <= record)
			low = middle;
		else
			high = middle;
	}
	return &sealed->index.blocks.items[low];
}

/* The last run that begins at or before a leaf or a number; NULL. */
static const struct sealed_run *find_run(const struct sealed *sealed, uint64_t value, bool by_seq)
{
	size_t low = 0, high = sealed->index.runs.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct sealed_run *run = &sealed->index.runs.items[middle];

		if ((by_seq ? run->seq : run->leaf) <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &sealed->index.runs.items[low - 1] : NULL;
}

/* Where the leaves of a run end. */
static uint64_t run_end(const struct sealed *sealed, const struct sealed_run *run)
{
	const struct sealed_run *end = sealed->index.runs.items + sealed->index.runs.len;

	return run + 1 < end ? run[1].leaf : sealed->header.after.end;
}

int sealed_leaf_at(const struct sealed *sealed, uint64_t seq, uint64_t *ret_leaf)
{
	const struct sealed_run *run = find_run(sealed, seq, true);
	uint64_t leaf, end = sealed->header.after.end;

	if (!run) {
		*ret_leaf = sealed->header.before.end;
		return 0;
	}
	leaf = seq - run->seq < end - run->leaf ? run->leaf + (seq - run->seq) : end;
	if (leaf > run_end(sealed, run))
		leaf = run_end(sealed, run);
	if (leaf >= end)
		return ERR_END;
	*ret_leaf = leaf;
	return 0;
}

int sealed_seq_of(const struct sealed *sealed, uint64_t leaf, uint64_t *ret_seq)
{
	const struct sealed_run *run = find_run(sealed, leaf, false);

	if (!run || leaf >= sealed->header.after.end)
		return ERR_END;
	*ret_seq = run->seq + (leaf - run->leaf);
	return 0;
}

const struct sealed_loss *sealed_find_loss(const struct sealed *sealed, uint64_t leaf)
{
	for (size_t i = 0; i < sealed->index.losses.len; i++) {
		const struct sealed_loss *loss = &sealed->index.losses.items[i];

		if (leaf >= loss->leaf_begin && leaf < loss->leaf_end)
			return loss;
	}
	return NULL;
}
