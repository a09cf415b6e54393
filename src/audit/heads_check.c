/* SPDX-License-Identifier: Apache-2.0 */
/* What heads say about one another, before any record is looked at. */
#include <inttypes.h>
#include <string.h>

#include "audit/heads.h"
#include "base/clock.h"

/* Heads of one file that share a fault are told as one. */
static const struct {
	enum audit_signature signature;
	enum audit_problem_kind kind;
} faults[] = {
	{AUDIT_UNKNOWN, AUDIT_WRONG_KEY},
	{AUDIT_FALSE, AUDIT_FORGED},
};

static void widen(struct audit_problem *problem, const struct tlog_head *head, uint64_t count)
{
	if (count == 1 || head->time < problem->from)
		problem->from = head->time;
	if (count == 1 || head->time > problem->to)
		problem->to = head->time;
	if (count == 1 || head->seq < problem->first_seq)
		problem->first_seq = head->seq;
	if (count == 1 || head->seq > problem->last_seq)
		problem->last_seq = head->seq;
}

/* From begin on all heads are of one file. Returns where the next file's begin. */
static size_t check_file(struct audit_heads *heads, size_t begin, const uint8_t *node,
			 const struct audit_report *report)
{
	uint64_t count[3] = {0};
	struct audit_problem problem[3] = {{.kind = AUDIT_WRONG_NODE}};
	size_t i;

	for (size_t k = 0; k < 2; k++)
		problem[k + 1].kind = faults[k].kind;
	for (i = begin; i < heads->len && heads->items[i].file == heads->items[begin].file; i++) {
		struct audit_head *head = &heads->items[i];

		if (node && memcmp(head->head.node, node, TLOG_NODE_SIZE) != 0) {
			head->signature = AUDIT_UNKNOWN; /* it says nothing about this archive */
			widen(&problem[0], &head->head, ++count[0]);
			continue;
		}
		for (size_t k = 0; k < 2; k++)
			if (head->signature == faults[k].signature)
				widen(&problem[k + 1], &head->head, ++count[k + 1]);
	}
	for (size_t k = 0; k < 3; k++) {
		if (!count[k] || (k == 1 && !heads->key_count))
			continue;
		snprintf(problem[k].file, sizeof(problem[k].file), "%s",
			 heads->files.items[heads->items[begin].file]);
		if (k == 0) /* numbers of another journal */
			problem[k].first_seq = problem[k].last_seq = 0;
		audit_tell(report, problem[k], "%" PRIu64 " heads", count[k]);
	}
	return i;
}

/* As they were written, one behind the other in a file, the size never falls. A clock that was set back makes
   the time fall, and that is no contradiction; nor is it one between the files of two days, for a clock that
   was a day ahead for a while wrote in the later one first. A journal put back shows there in heads that do
   not fit the records. */
static void check_order(const struct audit_heads *heads, const struct audit_report *report)
{
	const struct audit_head *before = NULL;

	for (size_t i = 0; i < heads->len; i++) {
		const struct audit_head *head = &heads->items[i];

		if (head->signature != AUDIT_SIGNED)
			continue;
		if (before && before->given == head->given && before->file == head->file &&
		    head->head.size < before->head.size && head->head.time >= before->head.time) {
			struct audit_problem problem = {
				.kind = AUDIT_INCONSISTENT,
				.first_seq = head->head.seq + 1,
				.last_seq = before->head.seq,
				.from = before->head.time,
				.to = head->head.time,
			};

			snprintf(problem.file, sizeof(problem.file), "%s", heads->files.items[head->file]);
			audit_tell(report, problem,
				   "the earlier head covers %" PRIu64 " records, the later one %" PRIu64,
				   before->head.size, head->head.size);
		}
		before = head;
	}
}

/* Once sorted: two of one size that are equally near to the signer. One here against one elsewhere is left to
   the comparison with the records, which says who is right. */
static void check_roots(const struct audit_heads *heads, const struct audit_report *report)
{
	const struct audit_head *last[2] = {NULL, NULL};

	for (size_t i = 0; i < heads->len; i++) {
		const struct audit_head *head = &heads->items[i], *same = last[head->given];

		if (head->signature != AUDIT_SIGNED)
			continue;
		last[head->given] = head;
		if (!same || same->head.size != head->head.size ||
		    memcmp(&same->head.root, &head->head.root, sizeof(head->head.root)) == 0)
			continue;
		audit_tell(report,
			   (struct audit_problem){.kind = AUDIT_INCONSISTENT,
						  .first_seq = 1,
						  .last_seq = head->head.seq,
						  .from = same->head.time,
						  .to = head->head.time},
			   "two heads of %" PRIu64 " records have different roots", head->head.size);
	}
}

static int by_size(const void *a, const void *b)
{
	const struct audit_head *x = a, *y = b;

	if (x->head.size != y->head.size)
		return x->head.size < y->head.size ? -1 : 1;
	if (x->head.time != y->head.time)
		return x->head.time < y->head.time ? -1 : 1;
	return (int)x->given - (int)y->given;
}

void audit_heads_check(struct audit_heads *heads, const uint8_t *node, const struct audit_report *report)
{
	uint8_t first[TLOG_NODE_SIZE];

	for (size_t i = 0; !node && i < heads->len; i++)
		if (heads->items[i].signature == AUDIT_SIGNED) {
			memcpy(first, heads->items[i].head.node, sizeof(first));
			node = first;
		}
	if (!heads->key_count && heads->len)
		audit_tell(report, (struct audit_problem){.kind = AUDIT_NO_KEY}, "%zu heads are unchecked",
			   heads->len);
	for (size_t i = 0; i < heads->len;)
		i = check_file(heads, i, node, report);
	check_order(heads, report);
	if (heads->len)
		qsort(heads->items, heads->len, sizeof(heads->items[0]), by_size);
	check_roots(heads, report);
}
