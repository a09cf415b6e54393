/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/outbox_link.h"

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/log.h"
#include "notify/deliver.h"

#define LOOK_EVERY (2 * CLOCK_SECOND)
#define PAUSE (5 * CLOCK_SECOND) /* while notify is not there, or the database is busy */
#define CALL_TIMEOUT (DELIVER_TIMEOUT + 15 * CLOCK_SECOND)
#define SLOW (5 * CLOCK_SECOND) /* a try that failed behind this: the channel rests */
#define SLOW_REST CLOCK_MINUTE

struct outbox_link {
	struct db *db;
	const char *socket, *channels;
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t wake;
	bool stopping;
	struct ipc_channel *channel; /* NULL: not connected */
	/* The thread's own: */
	struct arena *arena; /* of one message */
	bool said;           /* that notify is not there */
};

struct job {
	struct arena *arena;
	int64_t id, created;
	struct outbox_message message;
};

int outbox_call(struct ipc_channel *channel, const struct outbox_message *message, int64_t created,
		unsigned *ret_rest, struct err *ret_err)
{
	struct buf payload = {0};
	uint64_t rest = 0;
	int r;

	deliver_encode(message, created, &payload);
	r = ipc_call(channel, IPC_DELIVER, buf_str(&payload), &rest, ret_err);
	explicit_bzero(payload.ptr, payload.capacity);
	buf_done(&payload);
	if (r < 0 || rest == 0)
		return r;
	*ret_rest = rest < 3600 ? (unsigned)rest : 3600;
	return 1;
}

/* --- the channels of a kind ----------------------------------------------------------------------------- */

static bool names_kind(const json_t *channel, struct str kind)
{
	const json_t *kinds = json_object_get(channel, "kinds");

	for (size_t i = 0; i < json_array_size(kinds); i++) {
		const json_t *name = json_array_get(kinds, i);
		struct str text = str_from(json_string_value(name));

		if (str_eq(text, kind) || str_eq(text, STR("all")))
			return true;
	}
	return false;
}

/* Those of the file that notify wrote; it is less trusted than we are. */
static size_t channels_of(const struct outbox_link *link, struct str kind, struct str names[CHANNELS_MAX])
{
	struct buf text = {0};
	json_t *root = NULL;
	size_t count = 0;

	if (io_read_file(link->channels, CHANNELS_FILE_MAX, &text) == 0)
		root = json_loadb(text.ptr ? text.ptr : "", text.len, 0, NULL);
	for (size_t i = 0; i < json_array_size(root) && count < CHANNELS_MAX; i++) {
		const json_t *channel = json_array_get(root, i);
		const char *name = json_string_value(json_object_get(channel, "name"));

		if (name && strlen(name) <= CHANNEL_NAME_MAX && names_kind(channel, kind))
			names[count++] = arena_copy(link->arena, str_from(name));
	}
	json_decref(root);
	buf_done(&text);
	return count;
}

static int spread(struct outbox_link *link, const struct job *job)
{
	struct str names[CHANNELS_MAX];
	size_t count = 1;
	struct db_tx *tx;
	int r;

	if (job->message.to.len)
		names[0] = STR(CHANNEL_MAIL);
	else
		count = channels_of(link, job->message.kind, names);
	r = db_begin(link->db, DB_WRITE, &tx);
	return r < 0 ? r : db_end(tx, outbox_spread(tx, job->id, names, count, clock_now()));
}

/* --- one message ---------------------------------------------------------------------------------------- */

static int copy_job(void *context, const struct outbox_row *row)
{
	struct job *job = context;
	const struct outbox_message *from = &row->message;
	struct outbox_message *to = &job->message;

	job->id = row->id;
	job->created = row->created;
	to->key = arena_copy(job->arena, from->key);
	to->channel = arena_copy(job->arena, from->channel);
	to->kind = arena_copy(job->arena, from->kind);
	to->to = arena_copy(job->arena, from->to);
	to->subject = arena_copy(job->arena, from->subject);
	to->text = arena_copy(job->arena, from->text);
	to->link = arena_copy(job->arena, from->link);
	to->file_name = arena_copy(job->arena, from->file_name);
	to->file_type = arena_copy(job->arena, from->file_type);
	to->file = arena_copy(job->arena, from->file);
	return 0;
}

static int take(struct outbox_link *link, struct job *job)
{
	struct db_tx *tx;
	int r = db_begin(link->db, DB_READ, &tx);

	return r < 0 ? r : db_end(tx, outbox_next(tx, clock_now(), copy_job, job));
}

static int connect_notify(struct outbox_link *link)
{
	struct ipc_channel *channel;
	int r = link->channel ? 0 : ipc_connect(link->socket, CALL_TIMEOUT, &channel);

	if (r < 0 && !link->said)
		log_warning("messages to people wait: the notify process is not there: %s", err_text(r));
	link->said = r < 0;
	if (link->channel || r < 0)
		return r;
	pthread_mutex_lock(&link->lock);
	link->channel = channel;
	pthread_mutex_unlock(&link->lock);
	return 0;
}

static void disconnect(struct outbox_link *link)
{
	struct ipc_channel *channel;

	pthread_mutex_lock(&link->lock);
	channel = link->channel;
	link->channel = NULL;
	pthread_mutex_unlock(&link->lock);
	ipc_channel_free(channel);
}

/* r as outbox_call(). */
static int record(struct outbox_link *link, const struct job *job, int r, unsigned rest, bool slow,
		  const struct err *err)
{
	struct str channel = job->message.channel, reason = str_from(err->message);
	int64_t now = clock_now();
	struct db_tx *tx;
	int s = db_begin(link->db, DB_WRITE, &tx);

	if (s < 0)
		return s;
	if (r == 0)
		s = outbox_sent(tx, job->id, now);
	else if (r == 1)
		s = outbox_rest(tx, channel, now + rest * CLOCK_SECOND);
	else
		s = outbox_failed(tx, job->id, r == ERR_REFUSED, reason, now);
	if (s == 0 && slow)
		s = outbox_rest(tx, channel, now + SLOW_REST);
	return db_end(tx, s);
}

static int send_job(struct outbox_link *link, const struct job *job)
{
	int64_t begin = clock_monotonic();
	struct err err = {0};
	unsigned rest = 0;
	int r = connect_notify(link), s;

	if (r < 0)
		return r;
	r = outbox_call(link->channel, &job->message, job->created, &rest, &err);
	if (r < 0 && r != -EAGAIN && r != ERR_REFUSED) {
		disconnect(link); /* what became of it is not known: it goes again */
		return r;
	}
	if (r < 0)
		log_warning("message %lld to %.*s: %.300s", (long long)job->id, STR_FMT(job->message.channel),
			    err.message);
	s = record(link, job, r, rest, r < 0 && clock_monotonic() - begin > SLOW, &err);
	return s < 0 ? s : 1;
}

/* 1: something was done; 0: nothing waits. */
static int step(struct outbox_link *link)
{
	struct job job = {.arena = link->arena};
	int r;

	arena_reset(link->arena);
	r = take(link, &job);
	if (r <= 0)
		return r;
	if (job.message.channel.len)
		return send_job(link, &job);
	r = spread(link, &job);
	return r < 0 ? r : 1;
}

/* --- the thread ----------------------------------------------------------------------------------------- */

static bool wait_for(struct outbox_link *link, int64_t pause)
{
	struct timespec until;
	int64_t end = clock_now() + pause;
	bool stopping;

	until = (struct timespec){end / CLOCK_SECOND, end % CLOCK_SECOND * 1000};
	pthread_mutex_lock(&link->lock);
	if (!link->stopping && pause)
		pthread_cond_timedwait(&link->wake, &link->lock, &until);
	stopping = link->stopping;
	pthread_mutex_unlock(&link->lock);
	return !stopping;
}

static void *work(void *context)
{
	struct outbox_link *link = context;
	int64_t pause = 0;

	while (wait_for(link, pause)) {
		int r = step(link);

		pause = r > 0 ? 0 : r == 0 ? LOOK_EVERY : PAUSE;
	}
	return NULL;
}

struct outbox_link *outbox_link_start(struct db *db, const char *socket, const char *channels)
{
	struct outbox_link *link = calloc(1, sizeof(*link));

	must(link);
	link->db = db;
	link->socket = socket;
	link->channels = channels;
	link->arena = arena_new(0);
	must(link->arena);
	pthread_mutex_init(&link->lock, NULL);
	pthread_cond_init(&link->wake, NULL);
	must(pthread_create(&link->thread, NULL, work, link) == 0);
	return link;
}

void outbox_link_stop(struct outbox_link *link)
{
	if (!link)
		return;
	pthread_mutex_lock(&link->lock);
	link->stopping = true;
	if (link->channel)
		ipc_channel_abort(link->channel);
	pthread_cond_signal(&link->wake);
	pthread_mutex_unlock(&link->lock);
	pthread_join(link->thread, NULL);
	ipc_channel_free(link->channel);
	pthread_cond_destroy(&link->wake);
	pthread_mutex_destroy(&link->lock);
	arena_free(link->arena);
	free(link);
}
