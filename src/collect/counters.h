/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_COUNTERS_H
#define COLLECT_COUNTERS_H
/*
 * What each listener counts, and a feed: a listener's way to the sink, which
 * keeps the counters. Any thread may count; numbers only rise, but OPEN.
 */
#include <stdatomic.h>

#include "collect/sink.h"
#include "event/listener.h"

#define COLLECT_COUNTERS(X)                                                                             \
	X(COLLECT_RECEIVED, "received", "messages that came in")                                        \
	X(COLLECT_BYTES, "bytes", "their bytes")                                                        \
	X(COLLECT_ACCEPTED, "accepted", "records the sink took")                                        \
	X(COLLECT_DROPPED, "dropped", "messages lost: the kernel's buffer or the stop came first")      \
	X(COLLECT_REFUSED, "refused", "records the sink refused, each time they are offered")           \
	X(COLLECT_TRUNCATED_COUNT, "truncated", "messages cut to the cap")                              \
	X(COLLECT_MALFORMED, "malformed", "messages that are empty or no records")                      \
	X(COLLECT_CONNECTIONS, "connections", "connections taken, or requests")                         \
	X(COLLECT_OPEN, "open", "connections or requests open now")                                     \
	X(COLLECT_TURNED_AWAY, "turned_away", "connections beyond the cap, closed at once")             \
	X(COLLECT_CLOSED_IDLE, "closed_idle", "connections closed because they were silent")            \
	X(COLLECT_CLOSED_OVERSIZED, "closed_oversized", "closed: an octet count beyond reason")         \
	X(COLLECT_CLOSED_INVALID, "closed_invalid", "closed: no octet count where one must stand")      \
	X(COLLECT_HANDSHAKE_FAILED, "handshake_failed", "TLS handshakes that failed or took too long")  \
	X(COLLECT_UNAUTHORIZED, "unauthorized", "requests without a valid token")                       \
	X(COLLECT_FLOW_LOST, "flow_lost", "missing by the exporters' own counts, records or datagrams") \
	X(COLLECT_FLOW_KEPT, "flow_kept", "data sets kept until their template comes")                  \
	X(COLLECT_FLOW_UNKEPT, "flow_unkept", "data sets given up: no template in time, or no room")    \
	X(COLLECT_FLOW_REFUSED, "flow_refused", "templates refused: too many or too large")             \
	X(COLLECT_FLOW_FORGOTTEN, "flow_forgotten", "exporters forgotten for want of room")

enum collect_counter {
#define X(name, text, description) name,
	COLLECT_COUNTERS(X)
#undef X
		COLLECT_COUNTER_COUNT
};

struct counters {
	_Atomic uint64_t values[COLLECT_COUNTER_COUNT];
};

struct feed {
	const struct collect_sink *sink;
	struct counters *counters;
	uint16_t listener;
};

static inline void feed_count(const struct feed *feed, enum collect_counter counter, uint64_t n)
{
	atomic_fetch_add_explicit(&feed->counters->values[counter], n, memory_order_relaxed);
}

/* Appends and counts what was accepted. 0 or the sink's error, and then nothing was taken. */
static inline int feed_append(const struct feed *feed, struct collect_record *records, size_t count)
{
	int r = feed->sink->append(feed->sink->context, records, count);

	feed_count(feed, r < 0 ? COLLECT_REFUSED : COLLECT_ACCEPTED, count);
	return r < 0 ? r : 0;
}

#endif
