/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PROBLEM_H
#define AUDIT_PROBLEM_H
/*
 * What a check can find, each with what it means and what to do. A problem names
 * the sequence numbers it is about; all that is outside of every problem's range
 * and below the last head that fits is as it was received.
 */
#include <stdbool.h>
#include <stdint.h>

/* name, id in JSON, title, what it means, what to do */
#define AUDIT_PROBLEMS(X)                                                                                    \
	X(AUDIT_ALTERED, "altered", "records altered",                                                       \
	  "The records of this range are not those that were hashed when they were received.",               \
	  "Keep the disk as it is; take the range from a copy or an evidence package made before.")          \
	X(AUDIT_LOST, "lost", "records damaged or lost",                                                     \
	  "The records of this range cannot be read, and nothing says what they were.",                      \
	  "Look at the disk (smartctl, dmesg); put the file back from a copy.")                              \
	X(AUDIT_WORN, "worn", "file damaged, records whole",                                                 \
	  "The file of these records holds some things twice, and one of the two is damaged.",               \
	  "Look at the disk (smartctl, dmesg); put the file back from a copy before more of it goes.")       \
	X(AUDIT_MISPLACED, "misplaced", "segment missing, swapped or out of order",                          \
	  "The segment does not continue the one before it.",                                                \
	  "Put the files of this range back from a copy, each under the name it had.")                       \
	X(AUDIT_DIFFERS, "differs", "not what was signed",                                                   \
	  "The records up to here do not have the root that was signed: between the last head that fits "    \
	  "and "                                                                                             \
	  "this one, records were altered, removed or added.",                                               \
	  "Treat the range as tampered with; compare with a copy made before the later of the two heads.")   \
	X(AUDIT_REWRITTEN, "rewritten", "history rewritten",                                                 \
	  "The archive fits the heads beside it, but not a head kept elsewhere: records were changed and "   \
	  "everything was signed again with the current key. Whoever did that could use the signing key.",   \
	  "Treat the machine and its signing key as compromised; compare with copies kept elsewhere.")       \
	X(AUDIT_ROLLBACK, "rollback", "archive rolled back",                                                 \
	  "A signed head covers records that the archive does not have: the end was cut off, or an older "   \
	  "copy was put in its place.",                                                                      \
	  "Look for the files of this range in copies; find out who restored or deleted what.")              \
	X(AUDIT_UNSEALED, "unsealed", "tail without a signature",                                            \
	  "No signed head covers these records yet: changes to them would leave no trace.",                  \
	  "See that the archive process runs (wanglou status); a copy made while it ran always has such a "  \
	  "tail.")                                                                                           \
	X(AUDIT_FORGED, "forged", "false signature",                                                         \
	  "The head has a signature in the name of a known key that this key did not make.",                 \
	  "Find out who could write this file.")                                                             \
	X(AUDIT_WRONG_KEY, "wrong-key", "signed by another key",                                             \
	  "The head has no signature of the key that it is checked with.",                                   \
	  "After a change of keys give the old and the new one with --key; otherwise somebody else signed.") \
	X(AUDIT_WRONG_NODE, "wrong-node", "head of another journal",                                         \
	  "The head names another journal than this one.", "Give the heads of this journal.")                \
	X(AUDIT_INCONSISTENT, "inconsistent", "heads contradict one another",                                \
	  "A later head covers fewer records than an earlier one, or two of one size have different roots.", \
	  "The journal was put back or made anew between the two times; treat what lies between as lost.")   \
	X(AUDIT_DAMAGED_HEAD, "damaged-head", "damaged text between the heads",                              \
	  "A part of the file is no signed note.", "Compare with the heads kept elsewhere.")                 \
	X(AUDIT_NO_HEADS, "no-heads", "nothing is signed",                                                   \
	  "There is no signed head to compare with: only accidents would show, no intent.",                  \
	  "Give the heads kept elsewhere with --heads.")                                                     \
	X(AUDIT_NO_KEY, "no-key", "no public key", "Without the public key no signature can be checked.",    \
	  "Give it with --key.")                                                                             \
	X(AUDIT_PACKAGE, "package", "package damaged",                                                       \
	  "The package is not as it was written: a file is missing, added or changed.",                      \
	  "Ask for the package again; compare its SHA-256 with the sender's.")                               \
	X(AUDIT_UNPROVEN, "unproven", "records without a proof",                                             \
	  "Nothing ties these records to a signed head.",                                                    \
	  "Export them again once a head covers them; they count for no more than a plain log file.")

enum audit_problem_kind {
#define X(name, id, title, meaning, advice) name,
	AUDIT_PROBLEMS(X)
#undef X
		AUDIT_PROBLEM_KINDS
};

struct audit_problem {
	enum audit_problem_kind kind;
	bool expected;                /* no finding: as it is while the system runs */
	uint64_t first_seq, last_seq; /* 0: not about records */
	int64_t from, to;             /* times of these or of the heads; 0: unknown */
	char file[256];               /* where; may be empty */
	char text[256];               /* what exactly */
};

const char *audit_problem_id(enum audit_problem_kind kind);
const char *audit_problem_title(enum audit_problem_kind kind);
const char *audit_problem_meaning(enum audit_problem_kind kind);
const char *audit_problem_advice(enum audit_problem_kind kind);

/* To whom problems are told. */
struct audit_report {
	void (*problem)(void *context, const struct audit_problem *problem);
	void (*progress)(void *context, uint64_t done, uint64_t total); /* in leaves; may be NULL */
	void *context;
};

/* Fills text by fmt and tells. */
void audit_tell(const struct audit_report *report, struct audit_problem problem, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
