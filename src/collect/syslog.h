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
 *
 * TLS (RFC 5425) is TCP with a handshake before it. Handshakes cost time and
 * come from anybody: beyond a number of them at once nobody is accepted, who
 * takes too long is closed, and sooner while others wait.
 */
#include "collect/counters.h"
#include "loop/loop.h"
#include "tls/acceptor.h"

#define SYSLOG_RETRY_DELAY 20000 /* µs until a sink that refused is asked again */

struct syslog_udp;

/* Takes over fd, also on failure. 0 or -errno. */
int syslog_udp_new(struct loop *loop, int fd, size_t message_max, const struct feed *feed,
		   struct syslog_udp **ret_udp);
/* After the loop has stopped. Offers what is kept once more. NULL is fine. */
void syslog_udp_free(struct syslog_udp *udp);

/* Connections of all listeners together. */
struct syslog_room {
	unsigned open, max;
};

struct syslog_tcp_options {
	size_t message_max;
	int64_t idle;             /* µs */
	struct syslog_room *room; /* outlives the listener; of the same loop */
	struct tls_acceptor *tls; /* NULL: plain; outlives the listener */
	unsigned handshakes;      /* at once */
	int64_t handshake;        /* µs one may take */
	/* Told why a handshake failed, once a minute at most, on the loop's thread. NULL is fine. */
	void (*notice)(void *context, const char *text);
	void *notice_context;
};

struct syslog_tcp;

int syslog_tcp_new(struct loop *loop, int fd, const struct syslog_tcp_options *options,
		   const struct feed *feed, struct syslog_tcp **ret_tcp);
void syslog_tcp_free(struct syslog_tcp *tcp);

/* The peer as 16 bytes; all zero for another family than IPv4 and IPv6. */
struct sockaddr;
void syslog_peer(const struct sockaddr *address, uint8_t ret_peer[16]);

#endif
