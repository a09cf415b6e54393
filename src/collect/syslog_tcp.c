/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "collect/framing.h"
#include "collect/ring.h"
#include "collect/syslog.h"

#define READ_SIZE (64 * 1024)
#define BATCH 512 /* records offered at once */
#define ACCEPTS_PER_TURN 16
#define RETRIES_PER_TURN 16
#define READS_AT_STOP 256 /* of what a connection has in the kernel: 16 MiB */
#define TICK CLOCK_SECOND /* how often silent connections are looked for */

_Static_assert(COLLECT_RECORD_MAX + 2 * READ_SIZE <= COLLECT_APPEND_MAX, "what is held is offered at once");

struct connection {
	struct ring link; /* in active or in stalled */
	struct syslog_tcp *tcp;
	struct loop_fd fd;
	struct framing framing;
	struct buf held; /* bytes read that make no whole message yet, or that the sink refused */
	int64_t heard;   /* when bytes came last, monotonic */
	uint8_t peer[16];
	bool ended; /* the peer will send no more */
	bool stalled;
};

struct syslog_tcp {
	struct loop *loop;
	struct loop_fd listener;
	struct loop_timer tick, retry;
	struct feed feed;
	struct syslog_tcp_limits limits;
	unsigned open;
	bool accepting;
	bool refusing;       /* the sink refused last time */
	struct ring active;  /* the longest silent first */
	struct ring stalled; /* the sink refused their bytes; the longest waiting first */
	struct collect_record records[BATCH];
	char scratch[READ_SIZE]; /* what a connection that holds nothing is read into */
};

/* NULL where there is none. */
static struct connection *first_of(const struct ring *connections)
{
	struct ring *first = ring_first(connections);

	return first ? ring_member(first, struct connection, link) : NULL;
}

/* --- a connection's life ------------------------------------------------------------------------- */

static void close_connection(struct connection *connection)
{
	struct syslog_tcp *tcp = connection->tcp;

	tcp->open--;
	feed_count(&tcp->feed, COLLECT_OPEN, (uint64_t)-1);
	loop_remove(tcp->loop, &connection->fd);
	ring_remove(&connection->link);
	close(connection->fd.fd);
	buf_done(&connection->held);
	free(connection);
}

/* Stops listening to a connection; an error or a hang-up still wakes us, but once only (EPOLLET). */
static void stall(struct connection *connection)
{
	struct syslog_tcp *tcp = connection->tcp;

	connection->stalled = true;
	loop_change(tcp->loop, &connection->fd, EPOLLET);
	ring_remove(&connection->link);
	ring_insert(&tcp->stalled, &connection->link);
	if (!loop_timer_is_set(&tcp->retry))
		loop_timer_set(tcp->loop, &tcp->retry, SYSLOG_RETRY_DELAY);
}

static void unstall(struct connection *connection)
{
	struct syslog_tcp *tcp = connection->tcp;

	connection->stalled = false;
	connection->heard = clock_monotonic();
	ring_remove(&connection->link);
	ring_insert(&tcp->active, &connection->link);
	loop_change(tcp->loop, &connection->fd, EPOLLIN);
}

/* --- bytes to records ---------------------------------------------------------------------------- */

struct batch {
	size_t count, bytes, cut, used;
	enum framing_result last; /* FRAMING_FRAME: the batch is full, there may be more */
};

static struct batch fill_batch(struct connection *connection, struct str data)
{
	struct syslog_tcp *tcp = connection->tcp;
	struct batch batch = {.last = FRAMING_FRAME};
	int64_t now = clock_now();
	struct frame frame;
	size_t used;

	while (batch.count < BATCH && batch.last == FRAMING_FRAME) {
		struct collect_record *record = &tcp->records[batch.count];

		batch.last = framing_next(&connection->framing, str_from_offset(data, batch.used),
					  connection->ended, &used, &frame);
		batch.used += used;
		if (batch.last != FRAMING_FRAME)
			break;
		*record = (struct collect_record){.received = now, .listener = tcp->feed.listener};
		memcpy(record->peer, connection->peer, sizeof(record->peer));
		record->flags = frame.truncated ? COLLECT_TRUNCATED : 0;
		record->bytes = frame.message;
		batch.count++;
		batch.bytes += frame.message.len;
		batch.cut += frame.truncated;
	}
	return batch;
}

/* Hands over all whole messages of data; *ret_used is what is done with. FRAMING_MORE, a reason to close,
   or the sink's negative code, and then the framing stands before the unused bytes. */
static int deliver(struct connection *connection, struct str data, size_t *ret_used)
{
	const struct feed *feed = &connection->tcp->feed;
	struct batch batch = {.last = FRAMING_FRAME};

	for (*ret_used = 0; batch.last == FRAMING_FRAME; *ret_used += batch.used) {
		struct framing before = connection->framing;
		int r;

		batch = fill_batch(connection, str_from_offset(data, *ret_used));
		r = batch.count ? feed_append(feed, connection->tcp->records, batch.count) : 0;
		if (r < 0) {
			connection->framing = before;
			return r;
		}
		feed_count(feed, COLLECT_RECEIVED, batch.count);
		feed_count(feed, COLLECT_BYTES, batch.bytes);
		feed_count(feed, COLLECT_TRUNCATED_COUNT, batch.cut);
	}
	return (int)batch.last;
}

/* Keeps the bytes behind used for the next turn; data is the scratch or what is held already. */
static void keep_rest(struct connection *connection, struct str data, size_t used)
{
	struct str rest = str_from_offset(data, used);

	if (!rest.len) {
		buf_done(&connection->held);
	} else if (data.ptr == connection->held.ptr) {
		memmove(connection->held.ptr, rest.ptr, rest.len);
		connection->held.len = rest.len;
	} else {
		buf_add_str(&connection->held, rest);
	}
}

static void count_close(const struct feed *feed, int reason)
{
	if (reason == FRAMING_OVERSIZED)
		feed_count(feed, COLLECT_CLOSED_OVERSIZED, 1);
	else if (reason == FRAMING_INVALID)
		feed_count(feed, COLLECT_CLOSED_INVALID, 1);
}

/* Delivers and decides what becomes of the connection, which is in active. False where the sink refused. */
static bool process(struct connection *connection, struct str data)
{
	size_t used;
	int r = deliver(connection, data, &used);

	keep_rest(connection, data, used);
	connection->tcp->refusing = r < 0;
	if (r < 0) {
		stall(connection);
		return false;
	}
	if (r != FRAMING_MORE || connection->ended) {
		count_close(&connection->tcp->feed, r);
		close_connection(connection);
	}
	return true;
}

/* --- callbacks ----------------------------------------------------------------------------------- */

static ssize_t read_more(struct connection *connection, struct str *ret_data)
{
	struct syslog_tcp *tcp = connection->tcp;
	struct buf *held = &connection->held;
	char *space = held->len ? buf_reserve(held, READ_SIZE) : tcp->scratch;
	ssize_t n = recv(connection->fd.fd, space, READ_SIZE, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	connection->ended = n <= 0; /* what a reset connection had sent whole still counts */
	if (held->len)
		held->len += n > 0 ? (size_t)n : 0;
	*ret_data = held->len ? buf_str(held) : str_of(tcp->scratch, n > 0 ? (size_t)n : 0);
	return n;
}

static void readable(void *context, uint32_t events)
{
	struct connection *connection = context;
	struct syslog_tcp *tcp = connection->tcp;
	struct str data;

	(void)events;
	if (connection->stalled)
		return;
	if (tcp->refusing) { /* no use reading what cannot be handed over */
		stall(connection);
		return;
	}
	if (read_more(connection, &data) == -EAGAIN)
		return;
	connection->heard = clock_monotonic();
	ring_remove(&connection->link);
	ring_insert(&tcp->active, &connection->link);
	process(connection, data);
}

/* Offers the bytes of stalled connections again, a few at a time, until the sink refuses once more. */
static void retry(void *context)
{
	struct syslog_tcp *tcp = context;
	struct connection *connection;

	for (int i = 0; i < RETRIES_PER_TURN; i++) {
		connection = first_of(&tcp->stalled);
		if (!connection)
			return;
		unstall(connection);
		if (!process(connection, buf_str(&connection->held)))
			return; /* at the tail now, with the timer set */
	}
	loop_timer_set(tcp->loop, &tcp->retry, 0);
}

static void tick(void *context)
{
	struct syslog_tcp *tcp = context;
	int64_t limit = clock_monotonic() - tcp->limits.idle;
	struct connection *connection;

	while ((connection = first_of(&tcp->active)) && connection->heard < limit) {
		feed_count(&tcp->feed, COLLECT_CLOSED_IDLE, 1);
		close_connection(connection);
	}
	if (!tcp->accepting && loop_change(tcp->loop, &tcp->listener, EPOLLIN) == 0)
		tcp->accepting = true;
	loop_timer_set(tcp->loop, &tcp->tick, TICK);
}

/* --- accepting ----------------------------------------------------------------------------------- */

static void open_connection(struct syslog_tcp *tcp, int fd, const struct sockaddr *peer)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	int on = 1;

	if (!connection) {
		close(fd);
		return;
	}
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	connection->tcp = tcp;
	connection->fd = (struct loop_fd){.fd = fd, .ready = readable, .context = connection};
	connection->heard = clock_monotonic();
	syslog_peer(peer, connection->peer);
	framing_init(&connection->framing, tcp->limits.message_max);
	if (loop_add(tcp->loop, &connection->fd, EPOLLIN) < 0) {
		close(fd);
		free(connection);
		return;
	}
	ring_insert(&tcp->active, &connection->link);
	tcp->open++;
	feed_count(&tcp->feed, COLLECT_CONNECTIONS, 1);
	feed_count(&tcp->feed, COLLECT_OPEN, 1);
}

static void accept_some(void *context, uint32_t events)
{
	struct syslog_tcp *tcp = context;

	(void)events;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage peer = {0};
		socklen_t size = sizeof(peer);
		int fd = accept4(tcp->listener.fd, (struct sockaddr *)&peer, &size,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
			loop_change(tcp->loop, &tcp->listener, 0); /* the next tick tries again */
			tcp->accepting = false;
		}
		if (fd < 0)
			return;
		if (tcp->open < tcp->limits.connections) {
			open_connection(tcp, fd, (struct sockaddr *)&peer);
		} else {
			feed_count(&tcp->feed, COLLECT_TURNED_AWAY, 1);
			close(fd);
		}
	}
}

int syslog_tcp_new(struct loop *loop, int fd, const struct syslog_tcp_limits *limits, const struct feed *feed,
		   struct syslog_tcp **ret_tcp)
{
	struct syslog_tcp *tcp = calloc(1, sizeof(*tcp));
	int r = -ENOMEM;

	if (!tcp)
		goto out;
	tcp->loop = loop;
	tcp->limits = *limits;
	tcp->feed = *feed;
	tcp->accepting = true;
	tcp->listener = (struct loop_fd){.fd = fd, .ready = accept_some, .context = tcp};
	tcp->tick = (struct loop_timer){.expired = tick, .context = tcp};
	tcp->retry = (struct loop_timer){.expired = retry, .context = tcp};
	ring_init(&tcp->active);
	ring_init(&tcp->stalled);
	r = loop_add(loop, &tcp->listener, EPOLLIN);
	if (r < 0)
		goto out;
	loop_timer_set(loop, &tcp->tick, TICK);
	*ret_tcp = tcp;
	return 0;
out:
	close(fd);
	free(tcp);
	return r;
}

/* Frames what a stalled connection holds, to count the messages that end with us. */
static void drop_held(struct connection *connection)
{
	struct str held = buf_str(&connection->held);
	struct batch batch = {.last = FRAMING_FRAME};

	while (batch.last == FRAMING_FRAME) {
		batch = fill_batch(connection, held);
		held = str_from_offset(held, batch.used);
		feed_count(&connection->tcp->feed, COLLECT_DROPPED, batch.count);
	}
}

/* What the sender believes delivered is taken: what is held, and what the kernel has. */
static void finish_connection(struct connection *connection)
{
	struct str data = buf_str(&connection->held);

	for (int i = 0; i < READS_AT_STOP; i++) {
		size_t used;
		int r = deliver(connection, data, &used);

		keep_rest(connection, data, used);
		if (r < 0)
			drop_held(connection);
		if (r != FRAMING_MORE || connection->ended || read_more(connection, &data) == -EAGAIN)
			break;
	}
	close_connection(connection);
}

void syslog_tcp_free(struct syslog_tcp *tcp)
{
	struct connection *connection;

	if (!tcp)
		return;
	while ((connection = first_of(&tcp->stalled))) {
		unstall(connection);
		finish_connection(connection);
	}
	while ((connection = first_of(&tcp->active)))
		finish_connection(connection);
	loop_timer_cancel(tcp->loop, &tcp->tick);
	loop_timer_cancel(tcp->loop, &tcp->retry);
	loop_remove(tcp->loop, &tcp->listener);
	close(tcp->listener.fd);
	free(tcp);
}
