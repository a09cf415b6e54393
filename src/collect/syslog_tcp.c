/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "collect/syslog_private.h"
#include "event/ip.h"

#define ACCEPTS_PER_TURN 16
#define RETRIES_PER_TURN 16
#define READS_AT_STOP 256          /* of what a connection has in the kernel: 16 MiB */
#define TICK CLOCK_SECOND          /* how often silent connections are looked for */
#define PRESSED (2 * CLOCK_SECOND) /* what a handshake may take while others wait for its place */
#define NOTICE_EVERY CLOCK_MINUTE

/* NULL where there is none. */
static struct connection *first_of(const struct ring *connections)
{
	struct ring *first = ring_first(connections);

	return first ? ring_member(first, struct connection, link) : NULL;
}

/* --- a connection's life ------------------------------------------------------------------------- */

static void listen_for(struct connection *connection, uint32_t events)
{
	if (connection->events == events)
		return;
	loop_change(connection->tcp->loop, &connection->fd, events);
	connection->events = events;
}

static void enter(struct connection *connection, enum connection_state state)
{
	struct syslog_tcp *tcp = connection->tcp;

	tcp->shaking -= connection->state == CONNECTION_SHAKING;
	connection->state = state;
	ring_remove(&connection->link);
	ring_insert(&tcp->connections[state], &connection->link);
}

static void accept_again(struct syslog_tcp *tcp)
{
	if (!tcp->accepting && loop_change(tcp->loop, &tcp->listener, EPOLLIN) == 0)
		tcp->accepting = true;
}

static void close_connection(struct connection *connection)
{
	struct syslog_tcp *tcp = connection->tcp;

	tcp->options.room->open--;
	tcp->shaking -= connection->state == CONNECTION_SHAKING;
	feed_count(&tcp->feed, COLLECT_OPEN, (uint64_t)-1);
	loop_remove(tcp->loop, &connection->fd);
	ring_remove(&connection->link);
	tls_stream_free(connection->tls);
	close(connection->fd.fd);
	buf_done(&connection->held);
	free(connection);
}

/* Stops listening to a connection; an error or a hang-up still wakes us, but once only (EPOLLET). */
static void stall(struct connection *connection)
{
	struct syslog_tcp *tcp = connection->tcp;

	enter(connection, CONNECTION_STALLED);
	listen_for(connection, EPOLLET);
	if (!loop_timer_is_set(&tcp->retry))
		loop_timer_set(tcp->loop, &tcp->retry, SYSLOG_RETRY_DELAY);
}

static void activate(struct connection *connection)
{
	connection->heard = clock_monotonic();
	enter(connection, CONNECTION_ACTIVE);
	listen_for(connection, EPOLLIN);
}

/* --- bytes ------------------------------------------------------------------------------------------- */

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
	int r = syslog_deliver(connection, data, &used);

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

/* Bytes into space, 0 at the end; -EAGAIN. What a reset connection had sent whole still counts. */
static ssize_t receive(struct connection *connection, char *space)
{
	ssize_t n;

	if (connection->tls) {
		n = tls_stream_read(connection->tls, space, SYSLOG_READ_SIZE, &connection->ended);
		if (connection->state == CONNECTION_ACTIVE)
			listen_for(connection, tls_stream_events(connection->tls));
		return n;
	}
	n = recv(connection->fd.fd, space, SYSLOG_READ_SIZE, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	connection->ended = n <= 0;
	return n > 0 ? n : 0;
}

static int read_more(struct connection *connection, struct str *ret_data)
{
	struct buf *held = &connection->held;
	char *scratch = connection->tcp->scratch;
	ssize_t n = receive(connection, held->len ? buf_reserve(held, SYSLOG_READ_SIZE) : scratch);

	if (n < 0)
		return -EAGAIN;
	if (held->len)
		held->len += (size_t)n;
	*ret_data = held->len ? buf_str(held) : str_of(scratch, (size_t)n);
	return 0;
}

static void refuse_handshake(struct connection *connection, const char *reason)
{
	struct syslog_tcp *tcp = connection->tcp;
	int64_t now = clock_monotonic();
	char peer[IP_TEXT_SIZE], text[ERR_MESSAGE_MAX + IP_TEXT_SIZE];

	feed_count(&tcp->feed, COLLECT_HANDSHAKE_FAILED, 1);
	if (tcp->options.notice && (!tcp->noticed || now - tcp->noticed >= NOTICE_EVERY)) {
		ip_format(connection->peer, peer);
		snprintf(text, sizeof(text), "%s: %s", peer, reason);
		tcp->options.notice(tcp->options.notice_context, text);
		tcp->noticed = now;
	}
	close_connection(connection);
	accept_again(tcp);
}

static void shake(struct connection *connection)
{
	struct err err = {0};
	int r = tls_stream_handshake(connection->tls, &err);

	if (r == -EAGAIN) {
		listen_for(connection, tls_stream_events(connection->tls));
	} else if (r < 0) {
		refuse_handshake(connection, err.message);
	} else {
		activate(connection);
		accept_again(connection->tcp);
	}
}

static void readable(void *context, uint32_t events)
{
	struct connection *connection = context;
	struct str data;

	(void)events;
	if (connection->state == CONNECTION_SHAKING) {
		shake(connection); /* which may close it; what came behind the handshake wakes us again */
		return;
	}
	if (connection->state == CONNECTION_STALLED)
		return;
	if (connection->tcp->refusing) { /* no use reading what cannot be handed over */
		stall(connection);
		return;
	}
	if (read_more(connection, &data) == -EAGAIN)
		return;
	connection->heard = clock_monotonic();
	enter(connection, CONNECTION_ACTIVE);
	process(connection, data);
}

/* Offers the bytes of stalled connections again, a few at a time, until the sink refuses once more. */
static void retry(void *context)
{
	struct syslog_tcp *tcp = context;
	struct connection *connection;

	for (int i = 0; i < RETRIES_PER_TURN; i++) {
		connection = first_of(&tcp->connections[CONNECTION_STALLED]);
		if (!connection)
			return;
		activate(connection);
		if (!process(connection, buf_str(&connection->held)))
			return; /* at the tail now, with the timer set */
	}
	loop_timer_set(tcp->loop, &tcp->retry, 0);
}

static void tick(void *context)
{
	struct syslog_tcp *tcp = context;
	int64_t now = clock_monotonic(), limit = tcp->options.handshake;
	struct connection *connection;

	while ((connection = first_of(&tcp->connections[CONNECTION_ACTIVE])) &&
	       connection->heard < now - tcp->options.idle) {
		feed_count(&tcp->feed, COLLECT_CLOSED_IDLE, 1);
		close_connection(connection);
	}
	if (tcp->shaking == tcp->options.handshakes && limit > PRESSED)
		limit = PRESSED;
	while ((connection = first_of(&tcp->connections[CONNECTION_SHAKING])) &&
	       connection->heard < now - limit)
		refuse_handshake(connection, "the handshake takes too long");
	accept_again(tcp);
	loop_timer_set(tcp->loop, &tcp->tick, TICK);
}

/* --- accepting ----------------------------------------------------------------------------------- */

/* -ENOMEM where TLS or the loop has none for it. */
static int prepare(struct connection *connection)
{
	struct syslog_tcp *tcp = connection->tcp;
	int r = 0;

	connection->state = CONNECTION_ACTIVE;
	if (tcp->options.tls) {
		connection->state = CONNECTION_SHAKING;
		r = tls_stream_new(tcp->options.tls, connection->fd.fd, &connection->tls);
	}
	return r < 0 ? r : loop_add(tcp->loop, &connection->fd, EPOLLIN);
}

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
	connection->events = EPOLLIN;
	connection->heard = clock_monotonic();
	syslog_peer(peer, connection->peer);
	framing_init(&connection->framing, tcp->options.message_max);
	if (prepare(connection) < 0) {
		tls_stream_free(connection->tls);
		close(fd);
		free(connection);
		return;
	}
	ring_insert(&tcp->connections[connection->state], &connection->link);
	tcp->shaking += connection->state == CONNECTION_SHAKING;
	tcp->options.room->open++;
	feed_count(&tcp->feed, COLLECT_CONNECTIONS, 1);
	feed_count(&tcp->feed, COLLECT_OPEN, 1);
}

/* Until the next tick, or a handshake is done. */
static void accept_later(struct syslog_tcp *tcp)
{
	loop_change(tcp->loop, &tcp->listener, 0);
	tcp->accepting = false;
}

static void accept_some(void *context, uint32_t events)
{
	struct syslog_tcp *tcp = context;

	(void)events;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage peer = {0};
		socklen_t size = sizeof(peer);
		int fd;

		if (tcp->options.tls && tcp->shaking == tcp->options.handshakes) {
			accept_later(tcp);
			return;
		}
		fd = accept4(tcp->listener.fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS))
			accept_later(tcp);
		if (fd < 0)
			return;
		if (tcp->options.room->open < tcp->options.room->max) {
			open_connection(tcp, fd, (struct sockaddr *)&peer);
		} else {
			feed_count(&tcp->feed, COLLECT_TURNED_AWAY, 1);
			close(fd);
		}
	}
}

int syslog_tcp_new(struct loop *loop, int fd, const struct syslog_tcp_options *options,
		   const struct feed *feed, struct syslog_tcp **ret_tcp)
{
	struct syslog_tcp *tcp = calloc(1, sizeof(*tcp));
	int r = -ENOMEM;

	if (!tcp)
		goto out;
	tcp->loop = loop;
	tcp->options = *options;
	tcp->feed = *feed;
	tcp->accepting = true;
	tcp->listener = (struct loop_fd){.fd = fd, .ready = accept_some, .context = tcp};
	tcp->tick = (struct loop_timer){.expired = tick, .context = tcp};
	tcp->retry = (struct loop_timer){.expired = retry, .context = tcp};
	for (int i = 0; i < CONNECTION_STATES; i++)
		ring_init(&tcp->connections[i]);
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

/* What the sender believes delivered is taken: what is held, and what the kernel has. */
static void finish_connection(struct connection *connection)
{
	struct str data = buf_str(&connection->held);

	for (int i = 0; i < READS_AT_STOP; i++) {
		size_t used;
		int r = syslog_deliver(connection, data, &used);

		keep_rest(connection, data, used);
		if (r < 0)
			syslog_drop_held(connection);
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
	while ((connection = first_of(&tcp->connections[CONNECTION_STALLED]))) {
		activate(connection);
		finish_connection(connection);
	}
	while ((connection = first_of(&tcp->connections[CONNECTION_ACTIVE])))
		finish_connection(connection);
	while ((connection = first_of(&tcp->connections[CONNECTION_SHAKING])))
		close_connection(connection);
	loop_timer_cancel(tcp->loop, &tcp->tick);
	loop_timer_cancel(tcp->loop, &tcp->retry);
	loop_remove(tcp->loop, &tcp->listener);
	close(tcp->listener.fd);
	free(tcp);
}
