/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "collect/syslog.h"
#include "collect/udp.h"

#define BATCH 128                /* datagrams of one recvmmsg(2) */
#define BATCHES_AT_STOP 4096     /* of what the kernel still has */
#define DATAGRAM_MAX (64 * 1024) /* more than UDP can carry */

_Static_assert(BATCH *DATAGRAM_MAX <= COLLECT_APPEND_MAX, "a batch is offered at once");

struct syslog_udp {
	struct loop *loop;
	struct loop_fd fd;
	struct loop_timer retry;
	struct feed feed;
	size_t message_max;
	size_t kept;           /* records the sink has not taken yet */
	uint32_t kernel_drops; /* the socket's counter as last seen; it wraps */
	struct mmsghdr headers[BATCH];
	struct iovec parts[BATCH];
	struct sockaddr_storage peers[BATCH];
	struct collect_record records[BATCH];
	char bytes[BATCH][DATAGRAM_MAX];
};

void syslog_peer(const struct sockaddr *address, uint8_t ret_peer[16])
{
	memset(ret_peer, 0, 16);
	if (address->sa_family == AF_INET) {
		memset(ret_peer + 10, 0xff, 2);
		memcpy(ret_peer + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
	} else if (address->sa_family == AF_INET6) {
		memcpy(ret_peer, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
	}
}

/* A datagram needs no trailer (RFC 5426 section 3.1), but some senders add one. */
static struct str trim_end(struct str message)
{
	while (message.len && strchr("\r\n", message.ptr[message.len - 1])) /* NUL too */
		message.len--;
	return message;
}

/* Makes a record of a datagram. False where there is nothing in it. */
static bool fill_record(struct syslog_udp *udp, size_t at, int64_t now, struct collect_record *record)
{
	struct str message = trim_end(str_of(udp->bytes[at], udp->headers[at].msg_len));
	bool cut = message.len > udp->message_max;

	if (!message.len)
		return false;
	*record = (struct collect_record){.received = now, .listener = udp->feed.listener};
	syslog_peer((struct sockaddr *)&udp->peers[at], record->peer);
	record->bytes = str_head(message, udp->message_max);
	record->flags = cut ? COLLECT_TRUNCATED : 0;
	feed_count(&udp->feed, COLLECT_TRUNCATED_COUNT, cut);
	return true;
}

static void fill_records(struct syslog_udp *udp, size_t count)
{
	int64_t now = clock_now();
	uint64_t bytes = 0;

	udp->kept = 0;
	for (size_t i = 0; i < count; i++) {
		bytes += udp->headers[i].msg_len;
		udp->kept += fill_record(udp, i, now, &udp->records[udp->kept]);
	}
	feed_count(&udp->feed, COLLECT_RECEIVED, count);
	feed_count(&udp->feed, COLLECT_BYTES, bytes);
	feed_count(&udp->feed, COLLECT_MALFORMED, count - udp->kept);
}

static int offer(struct syslog_udp *udp)
{
	int r = udp->kept ? feed_append(&udp->feed, udp->records, udp->kept) : 0;

	if (r == 0)
		udp->kept = 0;
	return r;
}

/* Reads a batch, which is then kept. False where nothing is there. */
static bool receive(struct syslog_udp *udp)
{
	int count;

	for (size_t i = 0; i < BATCH; i++)
		udp->headers[i].msg_hdr.msg_namelen = sizeof(udp->peers[i]);
	count = recvmmsg(udp->fd.fd, udp->headers, BATCH, MSG_DONTWAIT, NULL);
	feed_count(&udp->feed, COLLECT_DROPPED, udp_new_drops(udp->fd.fd, &udp->kernel_drops));
	if (count > 0)
		fill_records(udp, (size_t)count);
	return count > 0;
}

static void readable(void *context, uint32_t events)
{
	struct syslog_udp *udp = context;

	(void)events;
	if (udp->kept || !receive(udp) || offer(udp) == 0)
		return;
	loop_change(udp->loop, &udp->fd, EPOLLET); /* nothing, and an error once at most */
	loop_timer_set(udp->loop, &udp->retry, SYSLOG_RETRY_DELAY);
}

static void retry(void *context)
{
	struct syslog_udp *udp = context;

	if (offer(udp) == 0)
		loop_change(udp->loop, &udp->fd, EPOLLIN);
	else
		loop_timer_set(udp->loop, &udp->retry, SYSLOG_RETRY_DELAY);
}

int syslog_udp_new(struct loop *loop, int fd, size_t message_max, const struct feed *feed,
		   struct syslog_udp **ret_udp)
{
	struct syslog_udp *udp = calloc(1, sizeof(*udp)); /* pages no datagram touched cost nothing */
	int r;

	if (!udp) {
		close(fd);
		return -ENOMEM;
	}
	udp->loop = loop;
	udp->feed = *feed;
	udp->message_max = message_max;
	udp->fd = (struct loop_fd){.fd = fd, .ready = readable, .context = udp};
	udp->retry = (struct loop_timer){.expired = retry, .context = udp};
	for (size_t i = 0; i < BATCH; i++) {
		udp->parts[i] = (struct iovec){udp->bytes[i], DATAGRAM_MAX};
		udp->headers[i].msg_hdr = (struct msghdr){
			.msg_name = &udp->peers[i], .msg_iov = &udp->parts[i], .msg_iovlen = 1};
	}
	r = loop_add(loop, &udp->fd, EPOLLIN);
	if (r < 0) {
		close(fd);
		free(udp);
		return r;
	}
	*ret_udp = udp;
	return 0;
}

void syslog_udp_free(struct syslog_udp *udp)
{
	if (!udp)
		return;
	for (int i = 0; i < BATCHES_AT_STOP && offer(udp) == 0 && receive(udp); i++)
		;
	if (offer(udp) < 0)
		feed_count(&udp->feed, COLLECT_DROPPED, udp->kept);
	loop_timer_cancel(udp->loop, &udp->retry);
	loop_remove(udp->loop, &udp->fd);
	close(udp->fd.fd);
	free(udp);
}
