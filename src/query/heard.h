/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_HEARD_H
#define QUERY_HEARD_H
/*
 * What came from whom lately: queries over the store's events by the time of receipt, for whoever connects a
 * source or looks after one. Drills, imports and what the platform itself says are left out. Each reads the
 * days of receipt that the span falls into, a few columns of them. Every query has its columns named in its
 * comment; addresses are 32 hex digits.
 */
#include <stdbool.h>
#include <stdint.h>

#include "event/param.h"

#define HEARD_SAMPLE 5000 /* events whose fields are counted */

struct heard_filter {
	int64_t from, to; /* received, µs */
	bool by_peer, by_listener, by_source;
	uint8_t peer[16]; /* zeros: local */
	uint16_t listener;
	struct str source; /* empty: those that no source recognised */
	bool failed;       /* those alone that were not understood, or not wholly */
};

/* By sender, listener and source, who was heard last first: peer_hex, listener, dataset, events, unparsed,
   failed, first, last, delay (the median, µs). */
void heard_groups(const struct heard_filter *filter, unsigned limit, struct sql_query *query);

/* The newest: seq, received, time, peer_hex, listener, dataset, kind, error. */
void heard_lines(const struct heard_filter *filter, unsigned limit, struct sql_query *query);

/* One row: events, and under the ECS name of each field in how many of them it has a value; of HEARD_SAMPLE
   at most. */
void heard_fields(const struct heard_filter *filter, struct sql_query *query);

#endif
