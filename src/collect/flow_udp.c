/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/sock_diag.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "collect/flow.h"
#include "collect/syslog.h"
#include "flow/flow.h"

#define BATCH 128                   /* datagrams of one recvmmsg(2) */
#define BATCHES_AT_STOP 4096        /* of what the kernel still has */
#define DATAGRAM_MAX (64 * 1024)    /* more than UDP can carry */
#define OUTPUT_ENOUGH (1024 * 1024) /* bytes of records after which they are offered */
#define RECORDS 2048                /* offered at once */
#define SOCKETS_MAX 4
#define SAVE_EVERY CLOCK_HOUR /* also where nothing is new: templates have been seen again */

struct flow_socket {
	struct flow_listener *listener;
	struct loop_fd fd;
	struct loop_timer retry;
	size_t count, next;   /* datagrams read, and decoded */
	size_t first;         /* the datagram that output begins with */
	uint32_t ends[BATCH]; /* of each datagram's records in output */
	size_t offered;       /* records of output the sink has taken */
	struct flow_output output;
	int64_t received;
	uint32_t kernel_drops; /* the socket's counter as last seen; it wraps */
	struct mmsghdr headers[BATCH];
	struct iovec parts[BATCH];
	struct sockaddr_storage peers[BATCH];
	char bytes[BATCH][DATAGRAM_MAX];
};

struct flow_listener {
	struct loop *loop;
	struct feed feed;
	pthread_mutex_t lock; /* of decoder: the loop's thread holds it while it decodes, another one while it
				 saves */
	struct flow_decoder *decoder;
	struct flow_stats reported;
	uint64_t saved_changes;
	int64_t saved; /* when, monotonic */
	struct flow_socket *sockets[SOCKETS_MAX];
	size_t socket_count;
	struct collect_record records[RECORDS];
};

/* What the decoder counts and others want to see. */
static const struct {
	enum collect_counter counter;
	size_t offset;
} told[] = {
	{COLLECT_MALFORMED, offsetof(struct flow_stats, malformed)},
	{COLLECT_FLOW_LOST, offsetof(struct flow_stats, lost)},
	{COLLECT_FLOW_KEPT, offsetof(struct flow_stats, kept)},
	{COLLECT_FLOW_UNKEPT, offsetof(struct flow_stats, unkept)},
	{COLLECT_FLOW_REFUSED, offsetof(struct flow_stats, templates_refused)},
	{COLLECT_FLOW_FORGOTTEN, offsetof(struct flow_stats, domains_forgotten)},
};

static void report(struct flow_listener *listener)
{
	const struct flow_stats *stats = flow_decoder_stats(listener->decoder);

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		uint64_t now = *(const uint64_t *)((const char *)stats + told[i].offset);
		uint64_t before = *(const uint64_t *)((const char *)&listener->reported + told[i].offset);

		if (now != before)
			feed_count(&listener->feed, told[i].counter, now - before);
	}
	listener->reported = *stats;
}

/* --- from datagrams to the sink ------------------------------------------------------------------------- */

static void decode_some(struct flow_socket *socket)
{
	struct flow_listener *listener = socket->listener;

	flow_output_clear(&socket->output);
	socket->offered = 0;
	socket->first = socket->next;
	pthread_mutex_lock(&listener->lock);
	while (socket->next < socket->count && socket->output.text.len < OUTPUT_ENOUGH) {
		size_t at = socket->next++;
		struct flow_datagram datagram = {
			.received = socket->received,
			.bytes = str_of(socket->bytes[at], socket->headers[at].msg_len),
		};

		syslog_peer((struct sockaddr *)&socket->peers[at], datagram.exporter);
		flow_decode(listener->decoder, &datagram, &socket->output); /* it counts what is malformed */
		socket->ends[at] = (uint32_t)socket->output.count;
	}
	report(listener);
	pthread_mutex_unlock(&listener->lock);
}

/* The next records of output, as many as may be offered at once. */
static size_t fill_records(struct flow_socket *socket)
{
	struct collect_record *records = socket->listener->records;
	size_t count = 0, bytes = 0, datagram = socket->first;

	for (size_t i = socket->offered; i < socket->output.count && count < RECORDS; i++) {
		struct str text = flow_output_record(&socket->output, i);

		bytes += text.len;
		if (count && bytes > COLLECT_APPEND_MAX)
			break;
		while (socket->ends[datagram] <= i)
			datagram++;
		records[count] = (struct collect_record){.received = socket->received,
							 .listener = socket->listener->feed.listener,
							 .bytes = text};
		syslog_peer((struct sockaddr *)&socket->peers[datagram], records[count].peer);
		count++;
	}
	return count;
}

/* Offers and decodes until nothing is left. 0, or the sink's refusal. */
static int work(struct flow_socket *socket)
{
	for (;;) {
		while (socket->offered < socket->output.count) {
			size_t count = fill_records(socket);
			int r = feed_append(&socket->listener->feed, socket->listener->records, count);

			if (r < 0)
				return r;
			socket->offered += count;
		}
		if (socket->next == socket->count)
			return 0;
		decode_some(socket);
	}
}

/* --- the socket ----------------------------------------------------------------------------------------- */

/* What the socket dropped for want of buffer space, SK_MEMINFO_DROPS of sock_diag(7). */
static void count_kernel_drops(struct flow_socket *socket)
{
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t size = sizeof(info);

	if (getsockopt(socket->fd.fd, SOL_SOCKET, SO_MEMINFO, info, &size) < 0)
		return;
	feed_count(&socket->listener->feed, COLLECT_DROPPED, info[SK_MEMINFO_DROPS] - socket->kernel_drops);
	socket->kernel_drops = info[SK_MEMINFO_DROPS];
}

/* Reads a batch. False where nothing is there. */
static bool receive(struct flow_socket *socket)
{
	uint64_t bytes = 0;
	int count;

	for (size_t i = 0; i < BATCH; i++)
		socket->headers[i].msg_hdr.msg_namelen = sizeof(socket->peers[i]);
	count = recvmmsg(socket->fd.fd, socket->headers, BATCH, MSG_DONTWAIT, NULL);
	count_kernel_drops(socket);
	if (count <= 0)
		return false;
	socket->received = clock_now();
	socket->next = 0;
	socket->count = (size_t)count;
	for (size_t i = 0; i < socket->count; i++)
		bytes += socket->headers[i].msg_len;
	feed_count(&socket->listener->feed, COLLECT_RECEIVED, socket->count);
	feed_count(&socket->listener->feed, COLLECT_BYTES, bytes);
	return true;
}

static bool busy(const struct flow_socket *socket)
{
	return socket->offered < socket->output.count || socket->next < socket->count;
}

static void readable(void *context, uint32_t events)
{
	struct flow_socket *socket = context;

	(void)events;
	if (busy(socket) || !receive(socket) || work(socket) == 0)
		return;
	loop_change(socket->listener->loop, &socket->fd, EPOLLET); /* nothing, and an error once at most */
	loop_timer_set(socket->listener->loop, &socket->retry, FLOW_RETRY_DELAY);
}

static void retry(void *context)
{
	struct flow_socket *socket = context;

	if (work(socket) == 0)
		loop_change(socket->listener->loop, &socket->fd, EPOLLIN);
	else
		loop_timer_set(socket->listener->loop, &socket->retry, FLOW_RETRY_DELAY);
}

int flow_listener_add(struct flow_listener *listener, int fd)
{
	struct flow_socket *socket = listener->socket_count < SOCKETS_MAX
					     ? calloc(1, sizeof(*socket)) /* untouched pages cost nothing */
					     : NULL;
	int r = -ENOMEM;

	if (socket) {
		socket->listener = listener;
		socket->fd = (struct loop_fd){.fd = fd, .ready = readable, .context = socket};
		socket->retry = (struct loop_timer){.expired = retry, .context = socket};
		for (size_t i = 0; i < BATCH; i++) {
			socket->parts[i] = (struct iovec){socket->bytes[i], DATAGRAM_MAX};
			socket->headers[i].msg_hdr = (struct msghdr){
				.msg_name = &socket->peers[i], .msg_iov = &socket->parts[i], .msg_iovlen = 1};
		}
		r = loop_add(listener->loop, &socket->fd, EPOLLIN);
	}
	if (r < 0) {
		close(fd);
		free(socket);
		return r;
	}
	listener->sockets[listener->socket_count++] = socket;
	return 0;
}

/* --- the listener --------------------------------------------------------------------------------------- */

struct flow_listener *flow_listener_new(struct loop *loop, const struct feed *feed)
{
	const struct flow_options options = {0};
	struct flow_listener *listener = calloc(1, sizeof(*listener));

	must(listener && pthread_mutex_init(&listener->lock, NULL) == 0);
	listener->loop = loop;
	listener->feed = *feed;
	listener->decoder = flow_decoder_new(&options);
	return listener;
}

static void free_socket(struct flow_socket *socket)
{
	struct flow_listener *listener = socket->listener;

	for (int i = 0; i < BATCHES_AT_STOP && work(socket) == 0 && receive(socket); i++)
		;
	if (work(socket) < 0)
		feed_count(&listener->feed, COLLECT_DROPPED,
			   socket->output.count - socket->offered + socket->count - socket->next);
	loop_timer_cancel(listener->loop, &socket->retry);
	loop_remove(listener->loop, &socket->fd);
	close(socket->fd.fd);
	flow_output_done(&socket->output);
	free(socket);
}

void flow_listener_free(struct flow_listener *listener)
{
	if (!listener)
		return;
	flow_decoder_free(listener->decoder);
	pthread_mutex_destroy(&listener->lock);
	free(listener);
}

void flow_listener_stop(struct flow_listener *listener)
{
	for (size_t i = 0; listener && i < listener->socket_count; i++)
		free_socket(listener->sockets[i]);
	if (listener)
		listener->socket_count = 0;
}

/* --- what is remembered over a restart ------------------------------------------------------------------ */

int flow_listener_load(struct flow_listener *listener, const char *path)
{
	struct buf state = {0};
	int r = io_read_file(path, FLOW_STATE_MAX, &state);

	if (r == 0)
		r = flow_state_read(listener->decoder, buf_str(&state), clock_now());
	buf_done(&state);
	listener->saved_changes = flow_decoder_changes(listener->decoder);
	listener->saved = clock_monotonic();
	return r == -ENOENT ? 0 : r;
}

int flow_listener_save(struct flow_listener *listener, const char *path)
{
	struct buf state = {0};
	uint64_t changes;
	bool wanted;
	int r = 0;

	pthread_mutex_lock(&listener->lock);
	changes = flow_decoder_changes(listener->decoder);
	wanted = changes != listener->saved_changes || clock_monotonic() - listener->saved > SAVE_EVERY;
	if (wanted)
		flow_state_write(listener->decoder, &state);
	pthread_mutex_unlock(&listener->lock);
	if (wanted)
		r = io_replace_file(path, state.ptr, state.len, 0640);
	if (wanted && r == 0) {
		listener->saved_changes = changes;
		listener->saved = clock_monotonic();
	}
	buf_done(&state);
	return r;
}
