/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_SYSLOG_PRIVATE_H
#define COLLECT_SYSLOG_PRIVATE_H
/* Inside the TCP listener: its connections (syslog_tcp.c) and how their bytes become records
 * (syslog_deliver.c). */
#include "base/buf.h"
#include "collect/framing.h"
#include "collect/ring.h"
#include "collect/syslog.h"
#include "tls/stream.h"

#define SYSLOG_READ_SIZE (64 * 1024)
#define SYSLOG_BATCH 512 /* records offered at once */

enum connection_state {
	CONNECTION_SHAKING, /* TLS hands */
	CONNECTION_ACTIVE,
	CONNECTION_STALLED, /* the sink refused its bytes */
	CONNECTION_STATES
};

struct connection {
	struct ring link; /* in the ring of its state */
	struct syslog_tcp *tcp;
	struct loop_fd fd;
	uint32_t events;        /* the loop waits for */
	struct tls_stream *tls; /* NULL: plain */
	struct framing framing;
	struct buf held; /* bytes read that make no whole message yet, or that the sink refused */
	int64_t heard;   /* when bytes came last, monotonic; while shaking: when it began */
	uint8_t peer[16];
	enum connection_state state;
	bool ended; /* the peer will send no more */
};

struct syslog_tcp {
	struct loop *loop;
	struct loop_fd listener;
	struct loop_timer tick, retry;
	struct feed feed;
	struct syslog_tcp_options options;
	unsigned shaking;
	bool accepting;
	bool refusing;                              /* the sink refused last time */
	int64_t noticed;                            /* when a failure was told last, monotonic */
	struct ring connections[CONNECTION_STATES]; /* the longest in it, or the longest silent, first */
	struct collect_record records[SYSLOG_BATCH];
	char scratch[SYSLOG_READ_SIZE]; /* what a connection that holds nothing is read into */
};

/* Hands over all whole messages of data; *ret_used is what is done with. FRAMING_MORE, a reason to close,
   or the sink's negative code, and then the framing stands before the unused bytes. */
int syslog_deliver(struct connection *connection, struct str data, size_t *ret_used);

/* Frames what a stalled connection holds, to count the messages that end with us. */
void syslog_drop_held(struct connection *connection);

#endif
