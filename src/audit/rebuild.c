/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/rebuild.h"

#include <string.h>

#define TRY_AGAIN 256 /* leaves between attempts to find the tree again behind lost ones */

void audit_rebuild_begin(struct audit_rebuild *rebuild, uint64_t leaf)
{
	rebuild->known =
		tlog_range_fetch(0, leaf, rebuild->fetch, rebuild->fetch_context, &rebuild->range) == 0;
	if (!rebuild->known)
		tlog_range_init(&rebuild->range, leaf);
	while (rebuild->next < rebuild->heads->len && rebuild->heads->items[rebuild->next].head.size < leaf)
		rebuild->next++;
}

static bool fits(const struct tlog_range *range, const struct audit_head *head)
{
	struct tlog_hash root;

	if (range->begin != 0 || range->end != head->head.size)
		return false;
	tlog_range_root(range, &root);
	return memcmp(&root, &head->head.root, sizeof(root)) == 0;
}

static void close_misfit(struct audit_rebuild *rebuild, bool given)
{
	struct audit_misfit *misfit = &rebuild->open[given];

	if (misfit->heads)
		rebuild->misfit(rebuild->context, misfit);
	*misfit = (struct audit_misfit){0};
}

static void note_fit(struct audit_rebuild *rebuild, const struct audit_head *head)
{
	rebuild->checked++;
	rebuild->given += head->given;
	close_misfit(rebuild, head->given);
	rebuild->fit_seq[head->given] = rebuild->signed_seq = head->head.seq;
	rebuild->fit_time[head->given] = rebuild->signed_time = head->head.time;
	rebuild->signed_size = head->head.size;
}

static void note_misfit(struct audit_rebuild *rebuild, const struct audit_head *head)
{
	struct audit_misfit *misfit = &rebuild->open[head->given];

	if (!misfit->heads++) {
		misfit->first = head;
		misfit->after = rebuild->fit_seq[head->given];
		misfit->after_time = rebuild->fit_time[head->given];
	}
	misfit->last = head;
	rebuild->misfits[head->given]++;
}

/* range is at the head's size, if it is known. Where it does not fit, the nodes that the archive keeps may:
   then its records were changed, but not the hashes made of them, and we go on from those. In a row of heads
   that do not fit only the first, second, fourth … are given that chance: it reads many nodes. */
static void compare(struct audit_rebuild *rebuild, const struct audit_head *head)
{
	uint64_t misses = rebuild->open[head->given].heads + 1;
	struct tlog_range kept;
	bool fetched;

	if (rebuild->known && fits(&rebuild->range, head)) {
		note_fit(rebuild, head);
		return;
	}
	if (misses & (misses - 1)) {
		note_misfit(rebuild, head);
		return;
	}
	fetched = tlog_range_fetch(0, head->head.size, rebuild->fetch, rebuild->fetch_context, &kept) == 0;
	if (fetched && fits(&kept, head)) {
		rebuild->range = kept;
		rebuild->known = true;
		note_fit(rebuild, head);
	} else if (rebuild->known || fetched)
		note_misfit(rebuild, head);
	else
		rebuild->unchecked++;
}

/* Brings the range to a leaf with nodes that are kept. False, with the range where it was, where there are
   none. */
static bool fill(struct audit_rebuild *rebuild, uint64_t leaf)
{
	struct tlog_range gap, whole = rebuild->range;

	if (leaf == rebuild->range.end)
		return rebuild->known;
	if (rebuild->known &&
	    tlog_range_fetch(whole.end, leaf, rebuild->fetch, rebuild->fetch_context, &gap) == 0 &&
	    tlog_range_join(&whole, &gap) == 0) {
		rebuild->range = whole;
		return true;
	}
	if (tlog_range_fetch(0, leaf, rebuild->fetch, rebuild->fetch_context, &whole) < 0)
		return false;
	rebuild->range = whole;
	rebuild->known = true;
	return true;
}

static void compare_up_to(struct audit_rebuild *rebuild, uint64_t leaf)
{
	const struct audit_heads *heads = rebuild->heads;

	for (; rebuild->next < heads->len; rebuild->next++) {
		const struct audit_head *head = &heads->items[rebuild->next];
		uint64_t size = head->head.size;

		if (size > leaf)
			break;
		if (head->signature != AUDIT_SIGNED)
			continue;
		if (size == rebuild->range.end || fill(rebuild, size))
			compare(rebuild, head);
		else
			rebuild->unchecked++;
	}
}

void audit_rebuild_leaf(struct audit_rebuild *rebuild, uint64_t leaf, const struct tlog_hash *hash)
{
	compare_up_to(rebuild, leaf);
	if (leaf != rebuild->range.end || (!rebuild->known && leaf % TRY_AGAIN == 0)) {
		if (!fill(rebuild, leaf)) {
			rebuild->known = false;
			tlog_range_init(&rebuild->range, leaf);
		}
	}
	if (rebuild->known)
		tlog_range_append(&rebuild->range, hash);
	else
		tlog_range_init(&rebuild->range, leaf + 1);
}

void audit_rebuild_end(struct audit_rebuild *rebuild, uint64_t end, bool one_more)
{
	compare_up_to(rebuild, end);
	for (size_t i = rebuild->next; one_more && i < rebuild->heads->len; i++) {
		if (rebuild->heads->items[i].signature != AUDIT_SIGNED)
			continue;
		compare_up_to(rebuild, rebuild->heads->items[i].head.size);
		break;
	}
	close_misfit(rebuild, false);
	close_misfit(rebuild, true);
}
