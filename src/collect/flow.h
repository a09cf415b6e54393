/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_FLOW_H
#define COLLECT_FLOW_H
/*
 * The listeners of NetFlow, IPFIX and sFlow: one decoder (flow/flow.h) behind any
 * number of UDP sockets, all on one loop's thread. Each record of a datagram becomes
 * a record of its own, whose peer is the exporter. Where the sink refuses, the
 * records and datagrams read last are kept and offered again, and reading stops.
 *
 * What the decoder remembers is kept in a state file, so that data need not wait for
 * templates after a restart.
 */
#include "collect/counters.h"
#include "loop/loop.h"

#define FLOW_RETRY_DELAY 20000 /* µs until a sink that refused is asked again */

struct flow_listener;

struct flow_listener *flow_listener_new(struct loop *loop, const struct feed *feed);

/* One more socket; takes over fd, also on failure. 0 or -errno. */
int flow_listener_add(struct flow_listener *listener, int fd);

/* After the loop has stopped. Reads and offers what is still there, and closes the sockets. NULL is fine,
   here and below. */
void flow_listener_stop(struct flow_listener *listener);
void flow_listener_free(struct flow_listener *listener);

/* Before the loop runs. 0, also where there is no such file; else nothing was taken from it. */
int flow_listener_load(struct flow_listener *listener, const char *path);
/* From any one thread, where it is worth it: something new was learnt, or an hour has passed. 0 or -errno. */
int flow_listener_save(struct flow_listener *listener, const char *path);

#endif
