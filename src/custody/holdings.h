/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CUSTODY_HOLDINGS_H
#define CUSTODY_HOLDINGS_H
/* What the archive holds, from its files alone: for 'wanglou status' and for the console. */
#include "custody/retention.h"
#include "tlog/head.h"

/* The records of one retention class that are sealed and still there. */
struct holdings_class {
	uint64_t records, bytes;
	int64_t oldest; /* when the oldest segment with some of them began; 0: there are none */
	int64_t goes;   /* when the first of them are older than the class's days: the end of their segment */
};

struct holdings {
	uint64_t segments, sealed_segments, sealed_bytes;
	uint64_t sealed_seq;  /* the last record that is sealed; 0: none */
	int64_t sealed;       /* when the last segment was sealed; 0: none */
	int64_t oldest;       /* when the oldest record that is kept came; 0: none is sealed */
	double bytes_per_day; /* of the segments of the last week; 0: not known */
	struct holdings_class classes[JOURNAL_CLASSES_MAX];
	struct tlog_head head;
	bool has_head;
};

/* journal: the folder; key: NULL where there is none, what is in headers does not need it; policy: NULL, or
   what says how long classes are kept. Reads a header of each segment: 1,000 take some milliseconds. 0, or
   the negative code of the listing, with what could be read. */
int holdings_read(const char *journal, const struct journal_key *key, const struct retention_policy *policy,
		  int64_t now, struct holdings *ret_holdings);

#endif
