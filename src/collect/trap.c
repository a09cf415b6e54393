/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/trap.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "collect/syslog.h"
#include "collect/udp.h"

#define BATCH 64                 /* datagrams of one turn */
#define BATCHES_AT_STOP 1024     /* of what the kernel still has */
#define DATAGRAM_MAX (64 * 1024) /* more than UDP can carry */

struct address {
	struct sockaddr_storage at;
	socklen_t size;
};

struct answer {
	uint64_t seq; /* of the record */
	struct address to;
	struct buf bytes;
};

struct trap {
	struct loop *loop;
	struct loop_fd fd;
	struct loop_timer retry;
	struct snmp *snmp;
	struct feed feed;
	uint32_t kernel_drops; /* the socket's counter as last seen; it wraps */
	struct arena *arena;   /* of the batch */
	struct buf line, answer;

	struct collect_record records[BATCH]; /* the batch, where the sink has not taken it yet */
	size_t kept;
	struct answer *answers[BATCH]; /* what is to be said of each record; NULL: nothing */

	struct answer *waiting; /* a ring of TRAP_WAITING_MAX, by seq */
	size_t first, count;
	size_t reserved; /* those behind them, of the batch */

	pthread_mutex_t lock; /* over the two below */
	uint64_t durable;
	bool open;

	char datagram[DATAGRAM_MAX];
};

/* --- answers --------------------------------------------------------------------------------------- */

static void say(struct trap *trap, const struct address *to, const struct buf *bytes)
{
	/* What the network or a full buffer swallows is asked for again. */
	(void)!sendto(trap->fd.fd, bytes->ptr, bytes->len, MSG_DONTWAIT | MSG_NOSIGNAL,
		      (const struct sockaddr *)&to->at, to->size);
}

static void answer_durable(struct trap *trap)
{
	uint64_t durable;

	pthread_mutex_lock(&trap->lock);
	durable = trap->durable;
	pthread_mutex_unlock(&trap->lock);
	while (trap->count && trap->waiting[trap->first].seq <= durable) {
		struct answer *answer = &trap->waiting[trap->first];

		say(trap, &answer->to, &answer->bytes);
		trap->first = (trap->first + 1) % TRAP_WAITING_MAX;
		trap->count--;
	}
}

static void woken(void *context)
{
	answer_durable(context);
}

void trap_durable(struct trap *trap, uint64_t seq)
{
	if (!trap)
		return;
	pthread_mutex_lock(&trap->lock);
	if (seq > trap->durable) {
		trap->durable = seq;
		if (trap->open)
			loop_wake(trap->loop);
	}
	pthread_mutex_unlock(&trap->lock);
}

/* A place for the answer in trap->answer; NULL where there is nothing to say, or no room. */
static struct answer *reserve_answer(struct trap *trap, const struct address *to)
{
	size_t used = trap->count + trap->reserved;
	struct answer *answer = &trap->waiting[(trap->first + used) % TRAP_WAITING_MAX];

	if (!trap->answer.len || used == TRAP_WAITING_MAX)
		return NULL;
	answer->to = *to;
	buf_clear(&answer->bytes);
	buf_add_str(&answer->bytes, buf_str(&trap->answer));
	trap->reserved++;
	return answer;
}

/* The batch's records have their numbers now. */
static void keep_answers(struct trap *trap)
{
	for (size_t i = 0; i < trap->kept; i++)
		if (trap->answers[i])
			trap->answers[i]->seq = trap->records[i].seq;
	trap->count += trap->reserved;
	trap->reserved = 0;
}

/* --- reading --------------------------------------------------------------------------------------- */

static void take(struct trap *trap, size_t len, const struct address *from, int64_t now)
{
	struct collect_record *record = &trap->records[trap->kept];
	enum snmp_verdict verdict =
		snmp_read(trap->snmp, str_of(trap->datagram, len), now, &trap->line, &trap->answer);

	if (verdict == SNMP_RECORD && trap->line.len > COLLECT_RECORD_MAX)
		verdict = SNMP_MALFORMED;
	feed_count(&trap->feed, COLLECT_MALFORMED, verdict == SNMP_MALFORMED);
	feed_count(&trap->feed, COLLECT_UNAUTHORIZED, verdict == SNMP_REFUSED);
	if (verdict != SNMP_RECORD) {
		if (trap->answer.len && verdict != SNMP_MALFORMED)
			say(trap, from, &trap->answer);
		return;
	}
	*record = (struct collect_record){
		.received = now, .listener = trap->feed.listener, .hint = STR("snmp-trap")};
	syslog_peer((const struct sockaddr *)&from->at, record->peer);
	record->bytes = arena_copy(trap->arena, buf_str(&trap->line));
	trap->answers[trap->kept++] = reserve_answer(trap, from);
}

/* Reads a batch, which is then kept. False where nothing was there. */
static bool receive(struct trap *trap)
{
	int64_t now = clock_now();
	size_t i = 0;

	arena_reset(trap->arena);
	for (; i < BATCH; i++) {
		struct address from = {.size = sizeof(from.at)};
		ssize_t n = recvfrom(trap->fd.fd, trap->datagram, sizeof(trap->datagram), MSG_DONTWAIT,
				     (struct sockaddr *)&from.at, &from.size);

		if (n < 0)
			break;
		feed_count(&trap->feed, COLLECT_RECEIVED, 1);
		feed_count(&trap->feed, COLLECT_BYTES, (uint64_t)n);
		take(trap, (size_t)n, &from, now);
	}
	feed_count(&trap->feed, COLLECT_DROPPED, udp_new_drops(trap->fd.fd, &trap->kernel_drops));
	return i > 0;
}

static int offer(struct trap *trap)
{
	int r = trap->kept ? feed_append(&trap->feed, trap->records, trap->kept) : 0;

	if (r == 0) {
		keep_answers(trap);
		trap->kept = 0;
	}
	return r;
}

static void readable(void *context, uint32_t events)
{
	struct trap *trap = context;

	(void)events;
	if (trap->kept || !receive(trap) || offer(trap) == 0) {
		if (trap->count) /* the disk may have been quicker than we */
			trap_durable(trap, trap->feed.sink->durable(trap->feed.sink->context));
		return;
	}
	loop_change(trap->loop, &trap->fd, EPOLLET); /* nothing, and an error once at most */
	loop_timer_set(trap->loop, &trap->retry, SYSLOG_RETRY_DELAY);
}

static void retry(void *context)
{
	struct trap *trap = context;

	if (offer(trap) == 0)
		loop_change(trap->loop, &trap->fd, EPOLLIN);
	else
		loop_timer_set(trap->loop, &trap->retry, SYSLOG_RETRY_DELAY);
}

/* --- its life -------------------------------------------------------------------------------------- */

int trap_new(struct loop *loop, int fd, struct snmp *snmp, const struct feed *feed, struct trap **ret_trap)
{
	struct trap *trap = calloc(1, sizeof(*trap));
	int r = -ENOMEM;

	if (!trap) {
		close(fd);
		snmp_free(snmp);
		return r;
	}
	pthread_mutex_init(&trap->lock, NULL);
	trap->loop = loop;
	trap->snmp = snmp;
	trap->feed = *feed;
	trap->fd = (struct loop_fd){.fd = fd, .ready = readable, .context = trap};
	trap->retry = (struct loop_timer){.expired = retry, .context = trap};
	trap->arena = arena_new(0);
	trap->waiting = calloc(TRAP_WAITING_MAX, sizeof(*trap->waiting));
	if (trap->arena && trap->waiting)
		r = loop_add(loop, &trap->fd, EPOLLIN);
	if (r < 0) {
		trap_free(trap);
		return r;
	}
	loop_on_wake(loop, woken, trap);
	trap->open = true;
	*ret_trap = trap;
	return 0;
}

void trap_stop(struct trap *trap)
{
	if (!trap)
		return;
	pthread_mutex_lock(&trap->lock);
	trap->open = false;
	pthread_mutex_unlock(&trap->lock);
	for (int i = 0; i < BATCHES_AT_STOP && offer(trap) == 0 && receive(trap); i++)
		;
	if (offer(trap) < 0)
		feed_count(&trap->feed, COLLECT_DROPPED, trap->kept);
	answer_durable(trap);
	loop_timer_cancel(trap->loop, &trap->retry);
	loop_remove(trap->loop, &trap->fd);
	trap->loop = NULL;
}

void trap_free(struct trap *trap)
{
	if (!trap)
		return;
	for (size_t i = 0; trap->waiting && i < TRAP_WAITING_MAX; i++)
		buf_done(&trap->waiting[i].bytes);
	free(trap->waiting);
	arena_free(trap->arena);
	buf_done(&trap->line);
	buf_done(&trap->answer);
	snmp_free(trap->snmp);
	pthread_mutex_destroy(&trap->lock);
	close(trap->fd.fd);
	free(trap);
}
