/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/package_follow.h"

#include <inttypes.h>
#include <string.h>

#include "audit/private.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "journal/archive.h"

struct package_follow {
	struct audit_spool *proofs;
	const struct audit_heads *heads;
	const struct audit_report *report;
	struct audit_package_summary *summary;
	struct json_parser *parser;
	struct arena *arena;
	struct buf lines; /* of records, the last one unfinished */
	struct tlog_range range;
	struct audit_proof_line next; /* proof to come; neither head nor nodes: there is none */
	bool refuted;                 /* by a head kept elsewhere: from there on nothing is proven */
	bool broken;                  /* what follows cannot be told: said */
	uint64_t pending, pending_first, pending_last; /* records since the last head */
	uint64_t last_leaf;                            /* one above the last record's */
};

static void complain(struct package_follow *follow, const char *file, const char *text)
{
	struct audit_problem problem = {.kind = AUDIT_PACKAGE};

	if (!follow->broken) {
		snprintf(problem.file, sizeof(problem.file), "%s", file);
		audit_tell(follow->report, problem, "%s", text);
	}
	follow->broken = true;
}

static void read_proof(struct package_follow *follow)
{
	struct str line;
	int r = audit_spool_line(follow->proofs, AUDIT_PROOF_LINE_MAX, &line);

	follow->next = (struct audit_proof_line){0};
	if (r == 0)
		r = audit_proof_read(follow->parser, line, &follow->next);
	if (r < 0 && r != ERR_END)
		complain(follow, MEMBER_PROOFS, "a line is malformed");
}

struct package_follow *package_follow_new(struct audit_spool *proofs, const struct audit_heads *heads,
					  const struct audit_report *report,
					  struct audit_package_summary *summary)
{
	struct package_follow *follow = calloc(1, sizeof(*follow));

	must(follow);
	follow->proofs = proofs;
	follow->heads = heads;
	follow->report = report;
	follow->summary = summary;
	follow->parser = json_parser_new();
	follow->arena = arena_new(0);
	must(follow->parser && follow->arena);
	read_proof(follow);
	return follow;
}

void package_follow_free(struct package_follow *follow)
{
	if (!follow)
		return;
	json_parser_free(follow->parser);
	arena_free(follow->arena);
	buf_done(&follow->lines);
	free(follow);
}

/* -- proofs -------------------------------------------------------------------------------------------- */

static void tell_pending(struct package_follow *follow)
{
	if (follow->pending)
		audit_tell(follow->report,
			   (struct audit_problem){.kind = AUDIT_UNPROVEN,
						  .first_seq = follow->pending_first,
						  .last_seq = follow->pending_last},
			   "%" PRIu64 " records", follow->pending);
	follow->pending = 0;
}

static void tell_differs(struct package_follow *follow, const struct audit_head *head)
{
	struct audit_problem problem = {
		.kind = head->given ? AUDIT_REWRITTEN : AUDIT_DIFFERS,
		.first_seq = follow->pending ? follow->pending_first : 0,
		.last_seq = follow->pending ? follow->pending_last : 0,
		.from = follow->summary->signed_time,
		.to = head->head.time,
	};

	snprintf(problem.file, sizeof(problem.file), "%s", follow->heads->files.items[head->file]);
	audit_tell(follow->report, problem, "the head of %" PRIu64 " records does not fit", head->head.size);
}

/* The range stands where a head was shown: every signed one of this size must have this root, those kept
   elsewhere first. */
static void check_head(struct package_follow *follow, uint64_t size)
{
	const struct audit_head *head = audit_heads_covering(follow->heads, size);
	const struct audit_head *end = head ? follow->heads->items + follow->heads->len : NULL;
	struct tlog_hash root;
	bool fits = false, differs = false;
	int64_t time = 0;

	tlog_range_root(&follow->range, &root);
	for (; head < end && head->head.size == size; head++) {
		if (head->signature != AUDIT_SIGNED)
			continue;
		if (memcmp(&root, &head->head.root, sizeof(root)) != 0) {
			differs = true;
			follow->refuted |= head->given;
			tell_differs(follow, head);
			continue;
		}
		fits = true;
		time = head->head.time;
		follow->summary->heads_checked++;
		follow->summary->given_checked += head->given;
	}
	if (!fits || differs || follow->refuted)
		return;
	follow->summary->signed_time = time;
	follow->summary->proven += follow->pending;
	follow->pending = 0;
}

/* Proofs up to a leaf; at the end all that are left. */
static void use_proofs(struct package_follow *follow, uint64_t leaf)
{
	while (!follow->broken && (follow->next.head || follow->next.nodes.end)) {
		const struct audit_proof_line *next = &follow->next;

		if (next->head) {
			if (next->head > follow->range.end && follow->range.end == leaf)
				return;
			if (next->head != follow->range.end || follow->range.begin != 0) {
				complain(follow, MEMBER_PROOFS, "a head stands where no tree of its size is");
				return;
			}
			check_head(follow, next->head);
		} else if (next->nodes.begin == follow->range.end && next->nodes.begin > 0) {
			if (tlog_range_join(&follow->range, &next->nodes) < 0)
				return;
		} else if (next->nodes.begin == 0) { /* begins, or begins again */
			if (next->nodes.end > leaf)
				return; /* further on */
			if (next->nodes.end < follow->range.end) {
				complain(follow, MEMBER_PROOFS, "proofs go backwards");
				return;
			}
			if (follow->range.end)
				tell_pending(follow);
			follow->range = next->nodes;
		} else {
			return;
		}
		if (follow->range.end > leaf) {
			complain(follow, MEMBER_PROOFS, "records and proofs overlap");
			return;
		}
		read_proof(follow);
	}
}

/* -- records ------------------------------------------------------------------------------------------- */

static void count_record(struct package_follow *follow, const struct journal_record *record)
{
	struct audit_package_summary *summary = follow->summary;

	if (!summary->records || record->received < summary->from)
		summary->from = record->received;
	if (!summary->records || record->received > summary->to)
		summary->to = record->received;
	if (!summary->records++)
		summary->first_seq = record->seq;
	if (!follow->pending++)
		follow->pending_first = record->seq;
	summary->last_seq = follow->pending_last = record->seq;
}

static void package_follow_line(struct package_follow *follow, struct str line)
{
	struct journal_record record;
	struct tlog_hash hash;
	uint64_t leaf;

	arena_reset(follow->arena);
	if (audit_record_read(follow->parser, line, follow->arena, &record, &leaf) < 0) {
		complain(follow, MEMBER_RECORDS, "a line is malformed, or shows another text than it proves");
		return;
	}
	if (follow->summary->records &&
	    (leaf < follow->last_leaf || record.seq <= follow->summary->last_seq)) {
		complain(follow, MEMBER_RECORDS, "records are out of order");
		return;
	}
	follow->last_leaf = leaf + 1;
	use_proofs(follow, leaf);
	if (!follow->broken && follow->range.end == leaf) {
		journal_leaf(&record, &hash);
		tlog_range_append(&follow->range, &hash);
	} else if (!follow->broken) { /* no proof leads here: unproven until one begins again */
		tlog_range_init(&follow->range, leaf + 1);
	}
	count_record(follow, &record);
}

int package_follow_add(struct package_follow *follow, struct str piece)
{
	while (piece.len) {
		size_t end = str_find_char(piece, '\n');

		buf_add_str(&follow->lines, str_head(piece, end == STR_NOT_FOUND ? piece.len : end));
		if (follow->lines.len > AUDIT_RECORD_LINE_MAX)
			return ERR_LIMIT;
		if (end == STR_NOT_FOUND)
			break;
		if (!follow->broken)
			package_follow_line(follow, buf_str(&follow->lines));
		buf_clear(&follow->lines);
		piece = str_from_offset(piece, end + 1);
	}
	return 0;
}

void package_follow_end(struct package_follow *follow)
{
	if (follow->lines.len)
		complain(follow, MEMBER_RECORDS, "the last line has no end");
	use_proofs(follow, UINT64_MAX);
	tell_pending(follow);
}
