/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_VERIFY_H
#define AUDIT_VERIFY_H
/*
 * The whole check of an archive or a part of it: the files by themselves
 * (journal_check), the tree made again from what is in them, and that against every
 * signed head. Reads only; may run beside the system, or on a copy without it.
 */
#include "audit/heads.h"
#include "audit/range.h"

struct audit_verify {
	const char *folder; /* of the journal */
	const struct journal_key *key;
	const struct audit_segments *segments;
	struct audit_range range;
	bool written; /* a process is writing it: a short tail is no finding */
	const struct audit_report *report;
};

/* How long records may be without a signature while the system runs. */
#define AUDIT_TAIL_MAX (2 * CLOCK_MINUTE)

struct audit_summary {
	uint64_t records, removed, lost; /* checked whole; taken out by retention; damaged */
	uint64_t segments, deleted;      /* of them only the cover is left */
	uint64_t first_seq, last_seq;    /* of the records checked */
	int64_t from, to;                /* when they were received */
	uint64_t leaves;                 /* of the tree */
	uint64_t heads, heads_given;     /* read, and of these kept elsewhere */
	uint64_t heads_checked;          /* that fit */
	uint64_t given_checked;          /* of these kept elsewhere */
	uint64_t heads_unchecked;        /* whose leaves are deleted */
	uint64_t signed_leaves, signed_seq;
	int64_t signed_time; /* of the largest head that fits; 0: none */
	uint64_t problems;   /* findings */
};

/* heads are read, and checked among themselves, before: what grows meanwhile is not missed. 0 also where
   problems were told; a negative code where it could not be carried out. */
int audit_verify(const struct audit_verify *verify, const struct audit_heads *heads,
		 struct audit_summary *ret_summary, struct err *ret_err);

#endif
