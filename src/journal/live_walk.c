/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/live_walk.h"

#include <string.h>

#include "journal/leaf.h"

int live_walk_open(struct live_walk *walk, const char *folder, uint64_t name, const struct journal_key *key,
		   uint64_t until, uint64_t limit, struct err *ret_err)
{
	int r;

	*walk = (struct live_walk){.offset = JOURNAL_PREFACE_SIZE};
	r = journal_segment_open(folder, name, &walk->segment, ret_err);
	if (r < 0)
		return r;
	walk->segment->until = until;
	journal_segment_limit(walk->segment, limit);
	walk->range = walk->segment->header.before;
	walk->range_known = true;
	walk->leaf = walk->range.end;
	walk->last_seq = name - 1;
	return journal_segment_key(walk->segment, key, &walk->key, ret_err);
}

void live_walk_close(struct live_walk *walk)
{
	journal_segment_close(walk->segment);
	explicit_bzero(&walk->key, sizeof(walk->key));
	buf_done(&walk->scratch);
	vec_done(&walk->leaves);
	*walk = (struct live_walk){0};
}

/* The frame at walk->offset or behind it. ERR_END. */
static int find_frame(struct live_walk *walk, struct journal_frame *ret_frame)
{
	const struct journal_segment *segment = walk->segment;

	for (;;) {
		int r = journal_segment_frame(segment, walk->offset, ret_frame);

		if (r == ERR_CORRUPT) {
			walk->offset =
				journal_segment_resync(segment, walk->offset + JOURNAL_ALIGN, segment->limit);
			walk->torn = true;
		} else if (r == 0 && segment->until && ret_frame->first_seq >= segment->until) {
			return ERR_END;
		} else {
			walk->torn |= r == ERR_END && walk->offset < segment->limit;
			return r;
		}
	}
}

static int set_loss(struct live_walk *walk, uint64_t leaf_end, uint64_t last_seq, const char *reason,
		    struct live_item *item)
{
	*item = (struct live_item){.kind = LIVE_LOSS,
				   .leaf_begin = walk->leaf,
				   .leaf_end = leaf_end,
				   .first_seq = walk->last_seq + 1,
				   .last_seq = last_seq,
				   .reason = reason};
	if (item->last_seq < item->first_seq)
		item->last_seq = item->first_seq;
	if (leaf_end > walk->leaf)
		walk->range_known = false;
	walk->leaf = leaf_end;
	if (last_seq > walk->last_seq)
		walk->last_seq = last_seq;
	return 0;
}

/* At the end of the segment: what the next one knows to have been here. */
static int at_end(struct live_walk *walk, struct live_item *item)
{
	uint64_t last =
		walk->last_seq + (walk->end_leaf - walk->leaf); /* numbers rise with the leaves at least */

	if (walk->torn && walk->end_leaf > walk->leaf)
		return set_loss(walk, walk->end_leaf, walk->end_seq > last ? walk->end_seq : last,
				"damaged or missing at the segment's end", item);
	return ERR_END;
}

static bool hash_eq(const struct tlog_hash *a, const struct tlog_hash *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Whether the range after a frame has the frame's own leaves. Where the range before is known, all of it must
   fit; where not, those of its nodes that lie within the frame. */
static bool fits(const struct live_walk *walk, const struct tlog_range *own, const struct tlog_range *after)
{
	struct tlog_range joined = walk->range;

	if (walk->range_known)
		return tlog_range_join(&joined, own) == 0 && joined.count == after->count &&
		       memcmp(joined.hashes, after->hashes, after->count * sizeof(after->hashes[0])) == 0;
	for (unsigned i = 0, j; i < after->count; i++) {
		unsigned level, own_level;
		uint64_t index, own_index;

		tlog_range_place(after, i, &level, &index);
		if (index << level < own->begin)
			continue;
		for (j = 0; j < own->count; j++) {
			tlog_range_place(own, j, &own_level, &own_index);
			if (own_level == level && own_index == index)
				break;
		}
		if (j == own->count || !hash_eq(&own->hashes[j], &after->hashes[i]))
			return false;
	}
	return true;
}

/* Fills walk->leaves and the range of them. ERR_CORRUPT. */
static int hash_frame(struct live_walk *walk, const struct journal_frame *frame, const uint8_t *records,
		      size_t len, struct tlog_range *ret_own)
{
	int r;

	vec_clear(&walk->leaves);
	vec_reserve(&walk->leaves, frame->count);
	tlog_range_init(ret_own, frame->leaf);
	r = journal_leaves_append(records, len, frame->first_seq, frame->count, ret_own, walk->leaves.items);
	walk->leaves.len = r == 0 ? frame->count : 0;
	return r;
}

/* Goes on behind a frame; after is the range behind it, NULL where that is damaged. */
static void step(struct live_walk *walk, const struct journal_frame *frame, const struct tlog_range *own,
		 const struct tlog_range *after)
{
	journal_segment_forget(walk->segment, walk->forgotten, walk->offset);
	walk->forgotten = walk->offset;
	walk->offset += journal_frame_size(frame);
	walk->leaf = frame->leaf + frame->count;
	walk->last_seq = journal_frame_last(frame);
	walk->torn = false;
	if (after) {
		walk->range = *after;
		walk->range_known = true;
	} else if (!own || !walk->range_known || tlog_range_join(&walk->range, own) < 0) {
		walk->range_known = false;
	}
}

/* The frame at walk->offset, which is the next one. */
static int check_frame(struct live_walk *walk, const struct journal_frame *frame, struct live_item *item)
{
	const struct journal_segment *segment = walk->segment;
	struct tlog_range own, after;
	bool has_after = journal_segment_after(segment, walk->offset, frame, &after) == 0;
	int r = journal_segment_verify(segment, walk->offset, frame);

	tlog_range_init(&own, frame->leaf);
	*item = (struct live_item){.kind = LIVE_FRAME,
				   .offset = walk->offset,
				   .leaf_begin = frame->leaf,
				   .leaf_end = frame->leaf + frame->count,
				   .first_seq = frame->first_seq,
				   .last_seq = journal_frame_last(frame),
				   .follows = frame->follows};
	if (r == 0)
		r = journal_segment_records(segment, walk->offset, frame, &walk->key, &walk->scratch,
					    &item->records, &item->len);
	if (r == 0)
		r = hash_frame(walk, frame, item->records, item->len, &own);
	if (r < 0 && r != ERR_CORRUPT && r != ERR_DENIED)
		return r;
	if (r == ERR_DENIED) { /* with a checksum that is right and the right key */
		item->kind = LIVE_ALTERED;
		item->reason = "they do not decrypt: somebody changed them";
	} else if (r == ERR_CORRUPT) {
		item->kind = LIVE_LOSS;
		item->reason = "damaged: wrong checksum";
	} else if (has_after && !fits(walk, &own, &after)) {
		item->kind = LIVE_ALTERED;
		item->reason = "not the records of the tree: somebody changed them";
	}
	if (item->kind == LIVE_FRAME && !has_after)
		item->reason = "the hashes behind these records are damaged";
	item->leaves = r == 0 ? walk->leaves.items : NULL;
	step(walk, frame, r == 0 ? &own : NULL, has_after ? &after : NULL);
	return 0;
}

int live_walk_next(struct live_walk *walk, struct live_item *ret_item)
{
	struct journal_frame frame = {0};
	int r = find_frame(walk, &frame);

	if (r == ERR_END)
		return at_end(walk, ret_item);
	if (r < 0)
		return r;
	if (!walk->begun) {
		walk->begun = true;
		if (frame.leaf == walk->leaf)
			walk->last_seq = frame.follows > walk->last_seq ? frame.follows : walk->last_seq;
	}
	if (frame.leaf < walk->leaf || frame.first_seq <= walk->last_seq) {
		*ret_item = (struct live_item){.kind = LIVE_ALTERED,
					       .leaf_begin = frame.leaf,
					       .leaf_end = frame.leaf + frame.count,
					       .first_seq = frame.first_seq,
					       .last_seq = journal_frame_last(&frame),
					       .reason = "a frame that is not where the tree has it"};
		walk->offset += journal_frame_size(&frame);
		return 0;
	}
	if (frame.leaf > walk->leaf || frame.follows > walk->last_seq)
		return set_loss(walk, frame.leaf, frame.follows, "damaged or missing", ret_item);
	return check_frame(walk, &frame, ret_item);
}

int live_walk_again(struct live_walk *walk, uint64_t offset, struct journal_frame *ret_frame,
		    const uint8_t **ret_records, size_t *ret_len)
{
	int r = journal_segment_frame(walk->segment, offset, ret_frame);

	if (r == 0)
		r = journal_segment_verify(walk->segment, offset, ret_frame);
	if (r == 0)
		r = journal_segment_records(walk->segment, offset, ret_frame, &walk->key, &walk->scratch,
					    ret_records, ret_len);
	if (offset < walk->forgotten)
		walk->forgotten = 0; /* from the start again */
	journal_segment_forget(walk->segment, walk->forgotten, offset);
	walk->forgotten = offset;
	return r;
}
