/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_RANGE_H
#define AUDIT_RANGE_H
/*
 * A part of the archive, as people name it: from and to are sequence numbers or
 * times of receipt ("2026-01-01", "-24h", RFC 3339; query/time.h).
 */
#include "base/vec.h"
#include "journal/archive.h"

/* What is known of the segments without reading their records. */
struct audit_segments {
	VEC_OF(struct journal_segment_info);
};

int audit_segments_read(const char *folder, const struct journal_key *key, struct audit_segments *segments,
			struct err *ret_err);

struct audit_range {
	uint64_t first_seq, last_seq; /* inclusive; 1 and UINT64_MAX: all */
	int64_t from, to;             /* [from, to) of what was received; INT64_MIN and INT64_MAX: all */
};

/* Either text may be NULL. Where times are given, the numbers are those of the segments that have records of
   that time. ERR_SYNTAX, ERR_RANGE where nothing lies in between. */
int audit_range_read(const struct audit_segments *segments, const char *from, const char *to,
		     struct audit_range *ret_range, struct err *ret_err);

/* The times between which the records of some numbers were received, as nearly as the segments tell; 0 where
   they do not. */
void audit_range_times(const struct audit_segments *segments, uint64_t first_seq, uint64_t last_seq,
		       int64_t *ret_from, int64_t *ret_to);

#endif
