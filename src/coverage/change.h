/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COVERAGE_CHANGE_H
#define COVERAGE_CHANGE_H
/*
 * What there is to write down about who talked, on its way from analyze to core:
 * a list of changes as one message, with the range of the journal that they come
 * from. HEARD is added to what core has, everything else replaces it; core takes
 * a range once (ledger.h).
 */
#include "coverage/tally.h"
#include "ipc/message.h"

enum talker_kind {
	TALKER_LEARNT,
	TALKER_REGISTERED, /* a source of coverage.yaml; name is its name */
	TALKER_OTHER,      /* a listener: what came in there from nobody known, and what it lost */
	TALKER_PLATFORM,   /* collect as a whole */
	TALKER_KINDS
};

enum span_kind { SPAN_SILENT, SPAN_LOST, SPAN_DOWN, SPAN_KINDS };

enum coverage_change_type { CHANGE_TALKER = 1, CHANGE_HEARD, CHANGE_HOUR, CHANGE_SPAN, CHANGE_RETIRED };

#define EXPECTED_UNKNOWN (-1)

struct coverage_change {
	enum coverage_change_type type;
	uint64_t talker; /* the same for the same talker for ever; at most INT64_MAX */
	/* TALKER */
	enum talker_kind kind;
	struct talker_key key;
	int64_t first;
	/* HEARD and HOUR: of the hour that begins then, µs */
	int64_t hour;
	uint64_t received, bytes, unparsed;
	uint64_t lost; /* by their numbers, or by the kernel */
	int64_t last;
	/* HOUR, once it is over */
	int64_t expected;                      /* messages */
	int64_t delay, delay_max, clock_error; /* µs; clock_error: above 0 the talker's clock is ahead */
	bool unsure;                           /* the numbers began anew too often to count lost by them */
	/* SPAN: to is 0 while it lasts. RETIRED: from. */
	enum span_kind span;
	int64_t from, to;
	uint64_t count; /* LOST: messages */
	bool learning;  /* SILENT: too new to be sure of */
};

struct coverage_batch {
	struct str node; /* of the journal, JOURNAL_NODE_SIZE bytes */
	uint64_t first, end;
	int64_t time; /* the newest time of receipt */
};

void coverage_put_batch(struct buf *out, const struct coverage_batch *batch);
void coverage_put(struct buf *out, const struct coverage_change *change);

/* Views of the message. The reader is bad where it is malformed. */
void coverage_get_batch(struct message_reader *reader, struct coverage_batch *ret_batch);
void coverage_get(struct message_reader *reader, struct coverage_change *ret_change);

/* The id of a talker: from SHA-256, so that nobody chooses a key with another's. */
uint64_t coverage_id(enum talker_kind kind, const struct talker_key *key);

#endif
