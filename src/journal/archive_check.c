/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "journal/check_private.h"
#include "journal/live_walk.h"

/* What the segment before the one being checked ended with. */
struct border {
	bool known, after_known;
	uint8_t node[JOURNAL_NODE_SIZE];
	uint64_t name, last_seq;
	struct tlog_range after;
};

static int flush(struct check *check)
{
	struct journal_span span = check->span;

	check->span.segment = 0;
	return span.segment ? check->visit(check->context, &span) : 0;
}

int check_found(struct check *check, enum journal_finding finding, uint64_t first_seq, uint64_t last_seq,
		uint64_t leaf_begin, uint64_t leaf_end, const char *reason)
{
	struct journal_span *span = &check->span;
	int r;

	if (span->segment == check->segment && span->finding == finding && span->leaf_end == leaf_begin &&
	    strncmp(span->reason, reason, sizeof(span->reason) - 1) == 0) {
		span->last_seq = last_seq > span->last_seq ? last_seq : span->last_seq;
		span->leaf_end = leaf_end;
		return 0;
	}
	r = flush(check);
	*span = (struct journal_span){.finding = finding,
				      .segment = check->segment,
				      .first_seq = first_seq,
				      .last_seq = last_seq,
				      .leaf_begin = leaf_begin,
				      .leaf_end = leaf_end};
	snprintf(span->reason, sizeof(span->reason), "%s", reason);
	return r;
}

int check_leaf(struct check *check, uint64_t leaf, uint64_t seq, const struct tlog_hash *hash)
{
	return check->every_leaf ? check->every_leaf(check->context, leaf, seq, hash) : 0;
}

static int check_live_item(struct check *check, const struct live_item *item)
{
	static const enum journal_finding findings[] = {
		[LIVE_FRAME] = JOURNAL_WHOLE, [LIVE_ALTERED] = JOURNAL_ALTERED, [LIVE_LOSS] = JOURNAL_LOST};
	int r = 0;

	for (uint64_t leaf = item->leaf_begin; item->leaves && leaf < item->leaf_end && r == 0; leaf++)
		r = check_leaf(check, leaf, item->first_seq + (leaf - item->leaf_begin),
			       &item->leaves[leaf - item->leaf_begin]);
	return r ? r
		 : check_found(check, findings[item->kind], item->first_seq, item->last_seq, item->leaf_begin,
			       item->leaf_end, item->reason ? item->reason : "");
}

/* next: the segment behind; NULL where there is none. */
static int check_live(struct check *check, const struct journal_mark *mark, const struct archive_entry *next,
		      struct archive_node *node, struct err *ret_err)
{
	struct live_walk walk;
	struct live_item item = {0};
	struct archive_border border;
	int r = live_walk_open(&walk, check->folder, check->segment, check->key, next ? next->name : 0,
			       mark->segment == check->segment ? mark->end : UINT64_MAX, ret_err);

	if (r < 0) {
		live_walk_close(&walk);
		return r;
	}
	if (next && archive_border_of(check->folder, next, &border, NULL) == 0) {
		walk.end_leaf = border.before.end;
		walk.end_seq = border.follows;
	}
	while ((r = live_walk_next(&walk, &item)) == 0 && (r = check_live_item(check, &item)) == 0)
		;
	if (r == ERR_END) {
		node->last_seq = walk.last_seq;
		node->after.end = walk.leaf;
		node->after_known = walk.range_known;
		if (walk.range_known)
			node->after = walk.range;
		r = 0;
	}
	live_walk_close(&walk);
	return r;
}

static bool range_eq(const struct tlog_range *a, const struct tlog_range *b)
{
	return a->end == b->end && a->count == b->count &&
	       memcmp(a->hashes, b->hashes, a->count * sizeof(a->hashes[0])) == 0;
}

/* What is wrong with the place of a segment; NULL: nothing. */
static const char *misplaced(const struct border *before, const struct archive_node *node)
{
	if (!before->known)
		return NULL;
	if (memcmp(before->node, node->node, sizeof(node->node)) != 0)
		return "of another journal";
	if (node->before.end < before->after.end)
		return "begins within the segment before it";
	if (node->before.end == before->after.end && before->after_known &&
	    !range_eq(&node->before, &before->after))
		return "does not follow on the segment before it: its tree is another";
	return NULL;
}

/* Numbers and leaves between two segments that no file holds. */
static int check_hole(struct check *check, const struct border *before, const struct archive_node *node)
{
	bool hole = node->before.end > before->after.end;
	uint64_t last = node->follows ? node->follows : hole ? node->name - 1 : before->last_seq;

	if (!before->known || (node->before.end == before->after.end && last <= before->last_seq))
		return 0;
	if (last <= before->last_seq)
		last = before->last_seq + 1;
	return check_found(check, hole ? JOURNAL_MISPLACED : JOURNAL_LOST, before->last_seq + 1, last,
			   before->after.end, node->before.end,
			   hole ? "no file holds these: a segment, or the end of one, is gone"
				: "were durable, and are not there");
}

static int all_is(struct check *check, const struct archive_node *node, const char *reason)
{
	char text[128];

	snprintf(text, sizeof(text), "the segment %s", reason);
	return check_found(check, JOURNAL_MISPLACED, node->name,
			   node->last_seq >= node->name ? node->last_seq : node->name, node->before.end,
			   node->after.end, text);
}

/* A segment whose header cannot be used. What it should hold, its neighbours tell. */
static int check_unreadable(struct check *check, uint64_t other, const struct archive_entry *next,
			    struct border *before)
{
	uint64_t last = next ? next->name - 1 : check->segment;
	uint64_t begin = before->known ? before->after.end : 0, end = begin;
	struct archive_border border;
	char text[128];

	if (next && archive_border_of(check->folder, next, &border, NULL) == 0) {
		end = border.before.end;
		begin = before->known ? begin : end;
		last = border.follows ? border.follows : last;
	}
	before->known = false; /* the next one stands for itself */
	if (!other)
		return check_found(check, JOURNAL_LOST, check->segment, last, begin, end,
				   "the segment's header is damaged");
	snprintf(text, sizeof(text), "the file holds the segment %020" PRIu64, other);
	return check_found(check, JOURNAL_MISPLACED, check->segment, last, begin, end, text);
}

static int check_segment(struct check *check, const struct journal_mark *mark,
			 const struct archive_list *list, size_t at, struct border *before,
			 struct err *ret_err)
{
	const struct archive_entry *next = at + 1 < list->len ? &list->items[at + 1] : NULL;
	struct archive_node *node = calloc(1, sizeof(*node));
	const char *wrong;
	uint64_t other;
	int r;

	must(node);
	check->segment = list->items[at].name;
	r = archive_node_read(check->folder, &list->items[at], mark, next ? next->name : 0, node, &other,
			      ret_err);
	if (r == ERR_CORRUPT) {
		free(node);
		return check_unreadable(check, other, next, before);
	}
	wrong = r == 0 ? misplaced(before, node) : NULL;
	if (wrong) {
		r = all_is(check, node, wrong);
		before->known = false;
	} else if (r == 0) {
		r = check_hole(check, before, node);
		if (r == 0)
			r = node->live ? check_live(check, mark, next, node, ret_err)
				       : check_sealed(check, ret_err);
		if (r == 0)
			r = check_spares(check, mark, node);
		before->known = true;
		before->name = node->name;
		before->last_seq = node->last_seq;
		before->after_known = node->after_known;
		before->after = node->after;
		memcpy(before->node, node->node, sizeof(node->node));
	}
	free(node);
	return r;
}

/* What came before the first segment that is looked at. */
static void first_border(const struct check *check, const struct journal_mark *mark,
			 const struct archive_list *list, size_t at, struct border *ret_border)
{
	struct archive_node *node = calloc(1, sizeof(*node));

	must(node);
	*ret_border = (struct border){0};
	if (at && archive_node_read(check->folder, &list->items[at - 1], mark, list->items[at].name, node,
				    NULL, NULL) == 0) {
		*ret_border = (struct border){.known = true,
					      .after_known = node->after_known,
					      .name = node->name,
					      .last_seq = node->last_seq,
					      .after = node->after};
		memcpy(ret_border->node, node->node, sizeof(node->node));
	} else if (!at && journal_node(check->folder, ret_border->node) == 0) {
		/* The journal begins with its first leaf; what is not there any more has left a header. */
		ret_border->known = ret_border->after_known = true;
		tlog_range_init(&ret_border->after, 0);
	}
	free(node);
}

static int check_all(struct check *check, const struct journal_mark *mark, const struct archive_list *list,
		     uint64_t first_seq, uint64_t last_seq, struct err *ret_err)
{
	long at = archive_list_find(list, first_seq);
	struct border before;
	int r = 0;

	at = at < 0 ? 0 : at;
	first_border(check, mark, list, (size_t)at, &before);
	for (; (size_t)at < list->len && list->items[at].name <= last_seq && r == 0; at++)
		r = check_segment(check, mark, list, (size_t)at, &before, ret_err);
	if (r == 0 && (size_t)at == list->len && before.known && mark->durable != UINT64_MAX &&
	    mark->durable > before.last_seq)
		r = check_found(check, JOURNAL_LOST, before.last_seq + 1, mark->durable, before.after.end,
				before.after.end, "were durable, and are not there");
	return r ? r : flush(check);
}

int journal_check(const char *folder, const struct journal_key *key, uint64_t first_seq, uint64_t last_seq,
		  int (*visit)(void *context, const struct journal_span *span),
		  int (*every_leaf)(void *context, uint64_t leaf, uint64_t seq, const struct tlog_hash *hash),
		  void *context, struct err *ret_err)
{
	struct check check = {
		.folder = folder, .key = key, .visit = visit, .every_leaf = every_leaf, .context = context};
	struct journal_mark mark = {0};
	struct archive_list list = {0};
	int r = archive_read(folder, &mark, &list, ret_err);

	if (r < 0)
		return r;
	r = check_all(&check, &mark, &list, first_seq, last_seq, ret_err);
	archive_list_done(&list);
	if (r == ERR_DENIED)
		err_set(ret_err, r, 0, 0,
			key ? "%s: the journal is encrypted with another key than the one given"
			    : "%s: the journal is encrypted; give its key file or its passphrase",
			folder);
	return r;
}
