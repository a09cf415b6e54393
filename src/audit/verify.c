/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/verify.h"

#include <inttypes.h>
#include <string.h>

#include "audit/rebuild.h"
#include "base/clock.h"

#define PROGRESS_EVERY 4096 /* leaves */

struct walk {
	const struct audit_verify *verify;
	const struct audit_heads *heads;
	struct audit_report report; /* counts, and passes on */
	struct journal_tree *tree;
	struct audit_rebuild rebuild;
	struct audit_summary summary;
	uint64_t end;                      /* of the leaves seen */
	uint64_t last_seq;                 /* of the spans seen */
	bool begun;                        /* rebuild is */
	uint64_t misfit_after, misfit_seq; /* told last */
	uint64_t tail_leaf;                /* the first that the newest head does not cover */
	uint64_t tail_seq;
};

static void count_problem(void *context, const struct audit_problem *problem)
{
	struct walk *walk = context;

	walk->summary.problems += !problem->expected;
	walk->verify->report->problem(walk->verify->report->context, problem);
}

static int no_nodes(void *context, unsigned level, uint64_t index, struct tlog_hash *ret_hash)
{
	(void)context, (void)level, (void)index, (void)ret_hash;
	return ERR_END;
}

/* -- the files ----------------------------------------------------------------------------------------- */

static void tell_span(struct walk *walk, const struct journal_span *span, enum audit_problem_kind kind)
{
	struct audit_problem problem = {
		.kind = kind, .first_seq = span->first_seq, .last_seq = span->last_seq};

	audit_range_times(walk->verify->segments, span->first_seq, span->last_seq, &problem.from,
			  &problem.to);
	if (span->segment)
		snprintf(problem.file, sizeof(problem.file), "segment %020" PRIu64, span->segment);
	audit_tell(&walk->report, problem, "%s%s%" PRIu64 " leaves from %" PRIu64, span->reason,
		   span->reason[0] ? "; " : "", span->leaf_end - span->leaf_begin, span->leaf_begin);
}

static int visit_span(void *context, const struct journal_span *span)
{
	struct walk *walk = context;
	struct audit_summary *summary = &walk->summary;
	uint64_t leaves = span->leaf_end - span->leaf_begin;

	if (!summary->first_seq || span->first_seq < summary->first_seq)
		summary->first_seq = span->first_seq;
	if (span->last_seq > walk->last_seq)
		walk->last_seq = span->last_seq;
	if (span->leaf_end > walk->end)
		walk->end = span->leaf_end;
	switch (span->finding) {
	case JOURNAL_WHOLE:
		summary->records += leaves;
		break;
	case JOURNAL_PRUNED:
	case JOURNAL_GONE:
		summary->removed += leaves;
		break;
	case JOURNAL_LOST:
		summary->lost += leaves;
		tell_span(walk, span, AUDIT_LOST);
		break;
	case JOURNAL_ALTERED:
		tell_span(walk, span, AUDIT_ALTERED);
		break;
	case JOURNAL_MISPLACED:
		tell_span(walk, span, AUDIT_MISPLACED);
		break;
	case JOURNAL_WORN:
		tell_span(walk, span, AUDIT_WORN);
		break;
	}
	return 0;
}

static int visit_leaf(void *context, uint64_t leaf, uint64_t seq, const struct tlog_hash *hash)
{
	struct walk *walk = context;
	const struct audit_report *report = walk->verify->report;

	if (!walk->begun) {
		walk->begun = true;
		audit_rebuild_begin(&walk->rebuild, walk->verify->range.first_seq > 1 ? leaf : 0);
	}
	if (leaf < walk->rebuild.range.end) /* a segment that stands where another was: told as such */
		return 0;
	audit_rebuild_leaf(&walk->rebuild, leaf, hash);
	if (leaf + 1 > walk->end)
		walk->end = leaf + 1;
	if (leaf == walk->tail_leaf)
		walk->tail_seq = seq;
	if (report->progress && leaf % PROGRESS_EVERY == 0)
		report->progress(report->context, leaf, walk->summary.leaves);
	return 0;
}

/* -- the heads ----------------------------------------------------------------------------------------- */

static void tell_misfit(void *context, const struct audit_misfit *misfit)
{
	struct walk *walk = context;
	const struct audit_head *first = misfit->first;
	char time[CLOCK_TEXT_SIZE], last_time[CLOCK_TEXT_SIZE];
	struct audit_problem problem = {
		.kind = AUDIT_DIFFERS,
		.first_seq = misfit->after + 1,
		.last_seq = first->head.seq,
		.from = misfit->after_time,
		.to = first->head.time,
	};

	/* Heads kept elsewhere are mostly copies of those here: that is one problem. */
	if (walk->misfit_after == misfit->after && walk->misfit_seq == first->head.seq)
		return;
	walk->misfit_after = misfit->after;
	walk->misfit_seq = first->head.seq;
	/* Beside the archive everything fits up to there: it was signed once more. */
	if (first->given && walk->rebuild.fit_seq[false] >= first->head.seq &&
	    !walk->rebuild.open[false].heads)
		problem.kind = AUDIT_REWRITTEN;
	clock_format(first->head.time, time);
	clock_format(misfit->last->head.time, last_time);
	snprintf(problem.file, sizeof(problem.file), "%s", walk->heads->files.items[first->file]);
	audit_tell(&walk->report, problem,
		   "%" PRIu64 " heads from %s to %s do not fit, the first of %" PRIu64
		   " records; before it, all fit up to %" PRIu64,
		   misfit->heads, time, last_time, first->head.size, misfit->after);
}

static void tell_rollback(struct walk *walk)
{
	const struct audit_head *largest = audit_heads_newest(walk->heads), *first = NULL;
	char time[CLOCK_TEXT_SIZE];

	if (!largest || largest->head.size <= walk->summary.leaves)
		return;
	first = audit_heads_covering(walk->heads, walk->summary.leaves + 1);
	clock_format(largest->head.time, time);
	audit_tell(&walk->report,
		   (struct audit_problem){.kind = AUDIT_ROLLBACK,
					  .first_seq = walk->last_seq + 1,
					  .last_seq = largest->head.seq,
					  .from = first->head.time,
					  .to = largest->head.time},
		   "the head of %s%s covers %" PRIu64 " records, the archive has %" PRIu64, time,
		   largest->given ? ", kept elsewhere," : "", largest->head.size, walk->summary.leaves);
}

/* A minute may pass until what is written while we look is signed. */
static bool is_young(const struct walk *walk, int64_t since)
{
	return walk->verify->written && clock_now() - since < AUDIT_TAIL_MAX;
}

static void tell_unsigned(struct walk *walk, uint64_t end)
{
	struct audit_problem problem = {
		.kind = AUDIT_NO_HEADS, .first_seq = walk->summary.first_seq, .last_seq = walk->last_seq};

	audit_range_times(walk->verify->segments, problem.first_seq, problem.last_seq, &problem.from,
			  &problem.to);
	problem.expected = is_young(walk, problem.from);
	audit_tell(&walk->report, problem, "%" PRIu64 " records", end);
}

/* end: of the leaves that were asked for. */
static void tell_tail(struct walk *walk, uint64_t end)
{
	const struct audit_head *newest = audit_heads_newest(walk->heads);
	struct audit_problem problem = {.kind = AUDIT_UNSEALED, .last_seq = walk->last_seq};
	char since[CLOCK_TEXT_SIZE];

	if (!end)
		return;
	if (!newest) {
		tell_unsigned(walk, end);
		return;
	}
	if (newest->head.size >= end || newest->head.seq >= walk->verify->range.last_seq ||
	    walk->rebuild.misfits[0] + walk->rebuild.misfits[1])
		return; /* where heads do not fit, that is what counts */
	problem.first_seq = walk->tail_seq ? walk->tail_seq : newest->head.seq + 1;
	problem.from = newest->head.time;
	problem.to = clock_now();
	problem.expected = is_young(walk, problem.from);
	clock_format(problem.from, since);
	audit_tell(&walk->report, problem, "%" PRIu64 " records since the head of %s",
		   end - newest->head.size, since);
}

/* -- all of it ----------------------------------------------------------------------------------------- */

static void begin(struct walk *walk)
{
	const struct audit_head *newest = audit_heads_newest(walk->heads);
	struct audit_summary *summary = &walk->summary;
	const struct audit_segments *segments = walk->verify->segments;
	struct err err = {0};

	/* What does not belong together is found again, and named, by the walk. */
	if (journal_tree_open(walk->verify->folder, walk->verify->key, &walk->tree, &err) == 0)
		summary->leaves = journal_tree_size(walk->tree);
	walk->rebuild = (struct audit_rebuild){.heads = walk->heads,
					       .fetch = walk->tree ? journal_tree_fetch : no_nodes,
					       .fetch_context = walk->tree,
					       .misfit = tell_misfit,
					       .context = walk};
	walk->report = (struct audit_report){.problem = count_problem, .context = walk};
	walk->tail_leaf = newest ? newest->head.size : 0;
	for (size_t i = 0; i < segments->len; i++) {
		const struct journal_segment_info *info = &segments->items[i];

		if (info->state == JOURNAL_DELETED)
			summary->deleted++;
		else
			summary->segments++;
		if (!walk->tree && info->leaf_end > summary->leaves)
			summary->leaves = info->leaf_end;
	}
	for (size_t i = 0; i < walk->heads->len; i++) {
		summary->heads++;
		summary->heads_given += walk->heads->items[i].given;
	}
}

static void finish(struct walk *walk)
{
	const struct audit_range *range = &walk->verify->range;
	bool whole = range->last_seq == UINT64_MAX;
	struct audit_summary *summary = &walk->summary;

	if (whole || walk->end > summary->leaves)
		summary->leaves = walk->end > summary->leaves ? walk->end : summary->leaves;
	if (!walk->begun)
		audit_rebuild_begin(&walk->rebuild, 0);
	audit_rebuild_end(&walk->rebuild, whole ? summary->leaves : walk->end, !whole);
	summary->last_seq = walk->last_seq;
	summary->heads_checked = walk->rebuild.checked;
	summary->given_checked = walk->rebuild.given;
	summary->heads_unchecked = walk->rebuild.unchecked;
	summary->signed_leaves = walk->rebuild.signed_size;
	summary->signed_seq = walk->rebuild.signed_seq;
	summary->signed_time = walk->rebuild.signed_time;
	audit_range_times(walk->verify->segments, summary->first_seq, summary->last_seq, &summary->from,
			  &summary->to);
	tell_rollback(walk);
	tell_tail(walk, whole ? summary->leaves : walk->end);
}

int audit_verify(const struct audit_verify *verify, const struct audit_heads *heads,
		 struct audit_summary *ret_summary, struct err *ret_err)
{
	struct walk walk = {.verify = verify, .heads = heads};
	int r;

	begin(&walk);
	r = journal_check(verify->folder, verify->key, verify->range.first_seq, verify->range.last_seq,
			  visit_span, visit_leaf, &walk, ret_err);
	if (r == 0)
		finish(&walk);
	journal_tree_close(walk.tree);
	if (r < 0)
		return r;
	*ret_summary = walk.summary;
	return 0;
}
