/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_SYSLOG_H
#define COLLECT_SYSLOG_H
/*
 * The syslog listeners. They live on a loop's thread and only frame: what a
 * message says is the parse stage's business.
 *
 * UDP (RFC 5426): a datagram is a message. Where the sink refuses, the batch read
 * last is kept and offered again, and reading stops; the kernel's buffer fills,
 * and what it then drops is counted from the socket.
 *
 * TCP (RFC 6587): where the sink refuses, the connection is taken out of the loop
 * with its bytes and its framing as they were, so that the sender's window
 * closes; nothing is lost.
 */
#include "collect/counters.h"
#include "loop/loop.h"

#define SYSLOG_RETRY_DELAY 20000 /* µs until a sink that refused is asked again */

struct syslog_udp;

/* Takes over fd, also on failure. 0 or -errno. */
int syslog_udp_new(struct loop *loop, int fd, size_t message_max, const struct feed *feed,
		   struct syslog_udp **ret_udp);
/* After the loop has stopped. Offers what is kept once more. NULL is fine. */
void syslog_udp_free(struct syslog_udp *udp);

struct syslog_tcp_limits {
	size_t message_max;
	unsigned connections;
	int64_t idle; /* µs */
};

struct syslog_tcp;

int syslog_tcp_new(struct loop *loop, int fd, const struct syslog_tcp_limits *limits, const struct feed *feed,
		   struct syslog_tcp **ret_tcp);
void syslog_tcp_free(struct syslog_tcp *tcp);

/* The peer as 16 bytes; all zero for another family than IPv4 and IPv6. */
struct sockaddr;
void syslog_peer(const struct sockaddr *address, uint8_t ret_peer[16]);

#endif
