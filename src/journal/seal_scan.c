/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "journal/seal_private.h"

static void count_record(struct sealing *sealing, const struct journal_record *record)
{
	const struct journal_seal_options *options = sealing->options;
	struct sealed_header *header = &sealing->header;
	unsigned class = options->class_of ? options->class_of(options->context, record) : 0;

	must(class < JOURNAL_CLASSES_MAX);
	if (!header->received_min || record->received < header->received_min)
		header->received_min = record->received;
	if (!header->received_max || record->received > header->received_max)
		header->received_max = record->received;
	header->class_records[class]++;
	header->class_bytes[class] += record->bytes.len;
	vec_push(&sealing->group_of, seal_groups_add(&sealing->groups, record, class));
}

/* A run ends where the numbers do not rise with the leaves. */
static void add_run(struct sealing *sealing, const struct live_item *item)
{
	const struct sealed_run *last =
		sealing->index.runs.len ? &sealing->index.runs.items[sealing->index.runs.len - 1] : NULL;

	if (last && item->first_seq - last->seq == item->leaf_begin - last->leaf)
		return;
	if (!last && item->leaf_begin == sealing->header.before.end)
		sealing->header.follows = item->follows;
	vec_push(&sealing->index.runs,
		 ((struct sealed_run){item->leaf_begin, item->first_seq, item->follows}));
}

static void scan_frame(struct sealing *sealing, const struct live_item *item)
{
	const uint8_t *at = item->records;
	size_t left = item->len, size;
	struct journal_record record;

	add_run(sealing, item);
	for (uint64_t leaf = item->leaf_begin; leaf < item->leaf_end; leaf++) {
		must(journal_record_decode(at, left, &record, &size) == 0); /* the walk has looked */
		record.seq = item->first_seq + (leaf - item->leaf_begin);
		count_record(sealing, &record);
		seal_tree_add(&sealing->tree, &item->leaves[leaf - item->leaf_begin]);
		at += size;
		left -= size;
	}
	vec_push(&sealing->frames, item->offset);
}

static void scan_loss(struct sealing *sealing, const struct live_item *item)
{
	for (uint64_t leaf = item->leaf_begin; leaf < item->leaf_end; leaf++) {
		seal_tree_add(&sealing->tree, NULL);
		vec_push(&sealing->group_of, SEAL_LOST);
	}
	if (item->leaf_begin < item->leaf_end)
		vec_push(&sealing->index.losses, ((struct sealed_loss){item->leaf_begin, item->leaf_end,
								       item->first_seq, item->last_seq}));
	sealing->header.lost += item->leaf_end - item->leaf_begin;
}

static bool has_node(const struct sealed_index *index, unsigned level, uint64_t number)
{
	for (size_t i = index->nodes.len; i-- > 0;)
		if (index->nodes.items[i].level == level && index->nodes.items[i].index == number)
			return true;
	return false;
}

static bool over_loss(const struct sealed_index *index, uint64_t begin, uint64_t end)
{
	for (size_t i = index->losses.len; i-- > 0 && index->losses.items[i].leaf_end > begin;)
		if (index->losses.items[i].leaf_begin < end)
			return true;
	return false;
}

/* Keeps the nodes above lost leaves that the range behind a frame has: nothing else will tell them. */
static void keep_nodes(struct sealing *sealing)
{
	const struct tlog_range *range = &sealing->live.range;

	for (unsigned i = 0; sealing->live.range_known && i < range->count; i++) {
		unsigned level;
		uint64_t index;

		tlog_range_place(range, i, &level, &index);
		if (over_loss(&sealing->index, index << level, (index + 1) << level) &&
		    !has_node(&sealing->index, level, index))
			vec_push(&sealing->index.nodes,
				 ((struct sealed_node){(uint8_t)level, index, range->hashes[i]}));
	}
}

static int scan_item(struct sealing *sealing, const struct live_item *item, struct err *ret_err)
{
	uint64_t end = sealing->live.end_leaf;

	if (item->kind == LIVE_ALTERED)
		return err_set(ret_err, ERR_CORRUPT, 0, 0,
			       "records %" PRIu64 " to %" PRIu64
			       ": %s; the segment is not sealed, keep it as it is",
			       item->first_seq, item->last_seq, item->reason);
	if (item->leaf_end - sealing->header.before.end >
		    JOURNAL_SEGMENT_SIZE_MAX / JOURNAL_RECORD_SIZE_MIN ||
	    item->leaf_end > end)
		return err_set(ret_err, ERR_CORRUPT, 0, 0,
			       "records %" PRIu64 " to %" PRIu64
			       " reach beyond where the next segment begins; the segment is not sealed",
			       item->first_seq, item->last_seq);
	if (item->kind == LIVE_LOSS)
		scan_loss(sealing, item);
	else
		scan_frame(sealing, item);
	sealing->header.last_seq = item->last_seq;
	if (sealing->index.losses.len)
		keep_nodes(sealing);
	return 0;
}

int seal_scan(struct sealing *sealing, struct err *ret_err)
{
	struct sealed_header *header = &sealing->header;
	struct live_item item = {0};
	int r;

	while ((r = live_walk_next(&sealing->live, &item)) == 0) {
		r = scan_item(sealing, &item, ret_err);
		if (r < 0)
			return r;
	}
	if (r == ERR_DENIED)
		return err_set(ret_err, r, 0, 0,
			       "the segment is encrypted: give the key it was written with");
	if (r != ERR_END)
		return err_set(ret_err, r, 0, 0, "%s", err_text(r));
	header->cover = sealing->tree.cover;
	if (header->cover.range.end < header->after.end && sealing->live.range_known)
		header->after = sealing->live.range; /* between this segment and the next one is missing */
	if (header->cover.range.end == header->before.end || header->cover.range.end != header->after.end)
		return err_set(ret_err, ERR_CORRUPT, 0, 0,
			       "the segment holds no record, or its end is not known; it is not sealed");
	if (!seal_tree_fits(&header->before, &header->cover, &header->after))
		return err_set(
			ret_err, ERR_CORRUPT, 0, 0,
			"the next segment does not follow on this one: its tree is another; this segment "
			"is not sealed");
	seal_groups_settle(&sealing->groups, &sealing->index);
	return 0;
}
