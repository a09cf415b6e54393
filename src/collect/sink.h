/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_SINK_H
#define COLLECT_SINK_H
/*
 * Where collectors hand their records: the journal, which bin/ connects, or a
 * test's memory. struct collect_record has the members of struct journal_record
 * in the same order, so that the connection is a cast behind static asserts.
 *
 * A collector never drops a record because a sink refused it while the sender can
 * be made to wait: it stops reading and offers the same bytes again.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define COLLECT_RECORD_MAX (1024 * 1024)     /* bytes of one record */
#define COLLECT_APPEND_MAX (8 * 1024 * 1024) /* bytes of all records offered at once */
#define COLLECT_HINT_MAX 64                  /* bytes of a hint */

struct collect_record {
	uint64_t seq;      /* given by the sink */
	int64_t received;  /* µs */
	uint8_t peer[16];  /* IPv4 mapped; all zero: local */
	uint16_t listener; /* enum listener_id */
	uint16_t flags;    /* COLLECT_… */
	struct str hint;   /* the sender's own word for the source; may be empty */
	struct str bytes;
};

enum { COLLECT_DRILL = 1, COLLECT_TRUNCATED = 2 };

/* All called from any thread, several at once. */
struct collect_sink {
	/* At most COLLECT_APPEND_MAX bytes. Takes all records and fills their seq, rising by one, or takes
	   none and returns a negative code. The bytes are the caller's again afterwards. It may wait a moment
	   for room. */
	int (*append)(void *context, struct collect_record *records, size_t count);
	/* Everything up to this number is safe. */
	uint64_t (*durable)(void *context);
	/* 0 while the sink can make records durable, else why not (-ENOSPC …). */
	int (*status)(void *context);
	void *context;
};

#endif
