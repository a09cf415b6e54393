/* SPDX-License-Identifier: Apache-2.0 */
#include "web/stream.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "web/route.h"

#define TABLES_MAX 7
#define OUT_MAX 512

static const struct topic {
	const char *name;
	enum permission permission;
	const char *tables[TABLES_MAX];
} topics[] = {
#define TOPIC(name, permission, ...) {name, permission, {__VA_ARGS__}},
#include "web/stream.def"
#undef TOPIC
};

#define TOPIC_COUNT (sizeof(topics) / sizeof(topics[0]))

/* What decides whose a stream is. */
static const char *const account_tables[] = {"sessions", "users", "tokens", "second_factors"};

/* Held by its request and its response, which end one after the other; the last one frees it. All under the
   lock of streams. */
struct stream {
	struct stream *next, **link; /* among all, while it lives; link NULL: no longer */
	struct streams *streams;
	struct http_request *request;
	unsigned holders;
	bool suspended, beat, ended;
	unsigned allowed, news; /* bit 1 << topic */
	int64_t user, checked, beaten;
	bool is_program;
	char secret[SESSION_TOKEN_SIZE + TOKEN_SIZE]; /* of the session or the token */
	char out[OUT_MAX];
	size_t len, sent;
};

struct streams {
	struct db *db;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool stopping, joined;
	struct stream *first;
	unsigned count;
	uint64_t written[TOPIC_COUNT], accounts;
	int64_t accounts_at; /* when sessions or accounts changed last, as far as was looked */
};

/* --- what is said --------------------------------------------------------------------------------------- */

static void say(struct stream *stream, const char *event, unsigned set)
{
	struct buf data = {0};
	int len;

	out_open(&data, NULL, '{');
	if (set) {
		out_open(&data, "topics", '[');
		for (size_t i = 0; i < TOPIC_COUNT; i++)
			if (set & 1u << i)
				out_text(&data, NULL, str_from(topics[i].name));
		out_close(&data, ']');
	}
	out_close(&data, '}');
	len = snprintf(stream->out, sizeof(stream->out), "event: %s\ndata: %s\n\n", event, buf_cstr(&data));
	must(len > 0 && (size_t)len < sizeof(stream->out));
	stream->len = (size_t)len;
	stream->sent = 0;
	buf_done(&data);
}

/* The next thing, where there is one. */
static bool compose(struct stream *stream)
{
	if (stream->news) {
		say(stream, "changed", stream->news);
		stream->news = 0;
	} else if (stream->beat) {
		memcpy(stream->out, ":\n\n", 3);
		stream->len = 3;
		stream->sent = 0;
	} else {
		return false;
	}
	stream->beat = false;
	stream->beaten = clock_monotonic();
	return true;
}

/* On a thread of the HTTP server. */
static long stream_read(void *context, char *out, size_t size)
{
	struct stream *stream = context;
	size_t left;
	long n = 0;

	pthread_mutex_lock(&stream->streams->lock);
	if (stream->sent < stream->len || (!stream->ended && compose(stream))) {
		left = stream->len - stream->sent;
		n = (long)(left < size ? left : size);
		memcpy(out, stream->out + stream->sent, (size_t)n);
		stream->sent += (size_t)n;
	} else if (!stream->ended) {
		stream->suspended = true;
		http_suspend(stream->request);
		n = HTTP_STREAM_WAIT;
	}
	pthread_mutex_unlock(&stream->streams->lock);
	return n;
}

/* --- their lives ---------------------------------------------------------------------------------------- */

static void unlink_stream(struct stream *stream)
{
	if (!stream->link)
		return;
	*stream->link = stream->next;
	if (stream->next)
		stream->next->link = stream->link;
	stream->link = NULL;
	stream->streams->count--;
}

static void let_go(struct stream *stream)
{
	if (!--stream->holders)
		free(stream);
}

static void stream_gone(void *context)
{
	struct stream *stream = context;
	struct streams *streams = stream->streams;

	pthread_mutex_lock(&streams->lock);
	unlink_stream(stream);
	stream->ended = true;
	let_go(stream);
	if (streams->stopping)
		pthread_cond_broadcast(&streams->wake);
	pthread_mutex_unlock(&streams->lock);
}

static void wake(struct stream *stream)
{
	if (!stream->suspended)
		return;
	stream->suspended = false;
	http_resume(stream->request);
}

/* Says so, and no more; a person's page goes to the sign-in then. */
static void end_stream(struct stream *stream)
{
	if (stream->ended)
		return;
	stream->ended = true;
	if (stream->sent == stream->len)
		say(stream, "end", 0);
	wake(stream);
}

static unsigned allowed(const struct user *user, const struct api_token *token)
{
	unsigned set = 0;

	for (size_t i = 0; i < TOPIC_COUNT; i++)
		if (role_may(user->role, topics[i].permission) &&
		    (!token || token->permissions & PERMISSION_BIT(topics[i].permission)))
			set |= 1u << i;
	return set;
}

/* NULL where there are too many. */
static struct stream *add_stream(struct streams *streams, const struct call *call)
{
	const struct user *user = &call->session.user;
	struct stream *stream = NULL;
	unsigned own = 0;

	for (const struct stream *other = streams->first; other; other = other->next)
		own += other->user == user->id;
	if (streams->stopping || streams->count >= STREAMS_MAX || own >= STREAMS_PER_ACCOUNT)
		return NULL;
	stream = calloc(1, sizeof(*stream));
	must(stream);
	stream->streams = streams;
	stream->request = call->request;
	stream->holders = 2;
	stream->user = user->id;
	stream->checked = stream->beaten = clock_monotonic();
	stream->is_program = call->api_token.id != 0;
	stream->allowed = allowed(user, stream->is_program ? &call->api_token : NULL);
	snprintf(stream->secret, sizeof(stream->secret), "%.*s", STR_FMT(call->token));
	say(stream, "ready", stream->allowed);
	stream->next = streams->first;
	stream->link = &streams->first;
	if (stream->next)
		stream->next->link = &stream->next;
	streams->first = stream;
	streams->count++;
	return stream;
}

/* A stream, or 503 where there are too many. */
void api_open_stream(struct call *call)
{
	struct streams *streams = call->web->streams;
	struct http_response *response = call->response;
	struct stream *stream;

	pthread_mutex_lock(&streams->lock);
	stream = add_stream(streams, call);
	pthread_cond_signal(&streams->wake);
	pthread_mutex_unlock(&streams->lock);
	if (!stream) {
		http_set_header(response, "Retry-After", "30");
		call_fail(call, 503, "too_many_streams",
			  "there are too many streams; close some, or ask now and then");
		return;
	}
	http_set_header(response, "X-Accel-Buffering", "no"); /* nginx would keep it to itself */
	response->content_type = "text/event-stream";
	response->stream = stream_read;
	response->stream_free = stream_gone;
	response->stream_context = stream;
	response->stream_block = OUT_MAX;
	call->request->state = stream;
	call->request->state_free = stream_gone;
}

/* --- once a second -------------------------------------------------------------------------------------- */

static uint64_t count_written(struct db *db, const char *const *tables, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count && tables[i]; i++)
		sum += db_written(db, tables[i]);
	return sum;
}

static unsigned find_news(struct streams *streams)
{
	unsigned news = 0;

	for (size_t i = 0; i < TOPIC_COUNT; i++) {
		uint64_t written = count_written(streams->db, topics[i].tables, TABLES_MAX);

		news |= (unsigned)(written != streams->written[i]) << i;
		streams->written[i] = written;
	}
	return news;
}

/* 0 and *ret_allowed, or a negative code. A look at the session is no activity. */
static int find_allowed(struct db *db, const char *secret, bool is_program, unsigned *ret_allowed)
{
	struct api_token token;
	struct session session;
	struct user user;
	int64_t now = clock_now();
	int r;

	if (is_program) {
		r = token_find(db, str_from(secret), now, &token, &user);
		if (r == 0)
			*ret_allowed = allowed(&user, &token);
		return r;
	}
	r = session_find(db, str_from(secret), now, &session);
	if (r == 0)
		*ret_allowed = allowed(&session.user, NULL);
	return r;
}

/* The lock is given away while the database is asked. */
static void check(struct streams *streams, struct stream *stream)
{
	unsigned set = 0;
	int r;

	stream->holders++;
	pthread_mutex_unlock(&streams->lock);
	r = find_allowed(streams->db, stream->secret, stream->is_program, &set);
	pthread_mutex_lock(&streams->lock);
	stream->checked = clock_monotonic();
	if (r == 0)
		stream->allowed = set;
	if ((r == ERR_DENIED || (r == 0 && !set)) && stream->link)
		end_stream(stream);
	let_go(stream);
}

static bool is_due(const struct streams *streams, const struct stream *stream, int64_t now)
{
	int64_t age = now - stream->checked;

	return !stream->ended &&
	       (age >= STREAM_CHECK || (age >= STREAM_RECHECK && stream->checked <= streams->accounts_at));
}

/* One after the other: while one is asked about, the list may change. */
static void check_due(struct streams *streams, int64_t now)
{
	struct stream *due;

	do {
		for (due = streams->first; due && !is_due(streams, due, now); due = due->next)
			;
		if (due)
			check(streams, due);
	} while (due && !streams->stopping);
}

/* The topics written since the last look. */
static unsigned look(struct streams *streams, int64_t now)
{
	size_t count = sizeof(account_tables) / sizeof(account_tables[0]);
	uint64_t accounts = count_written(streams->db, account_tables, count);

	if (accounts != streams->accounts)
		streams->accounts_at = now;
	streams->accounts = accounts;
	return find_news(streams);
}

static void tick(struct streams *streams)
{
	int64_t now = clock_monotonic();
	unsigned news = look(streams, now);

	check_due(streams, now);
	for (struct stream *stream = streams->first; stream; stream = stream->next) {
		stream->news |= news & stream->allowed;
		stream->beat = now - stream->beaten >= STREAM_BEAT;
		if (stream->news || stream->beat)
			wake(stream);
	}
}

static void *run(void *context)
{
	struct streams *streams = context;
	struct timespec until;

	pthread_mutex_lock(&streams->lock);
	while (!streams->stopping) {
		if (!streams->first) {
			pthread_cond_wait(&streams->wake, &streams->lock);
			look(streams, clock_monotonic()); /* what was before is no news */
			continue;
		}
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += STREAM_TICK / CLOCK_SECOND;
		while (!streams->stopping &&
		       pthread_cond_timedwait(&streams->wake, &streams->lock, &until) == 0)
			;
		if (!streams->stopping)
			tick(streams);
	}
	pthread_mutex_unlock(&streams->lock);
	return NULL;
}

struct streams *streams_new(struct db *db)
{
	struct streams *streams = calloc(1, sizeof(*streams));
	pthread_condattr_t attributes;

	must(streams);
	streams->db = db;
	pthread_mutex_init(&streams->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&streams->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	must(pthread_create(&streams->thread, NULL, run, streams) == 0);
	return streams;
}

void streams_stop(struct streams *streams)
{
	struct timespec until;

	if (!streams || streams->joined)
		return;
	pthread_mutex_lock(&streams->lock);
	streams->stopping = true;
	for (struct stream *stream = streams->first; stream; stream = stream->next) {
		stream->ended = true;
		wake(stream);
	}
	pthread_cond_broadcast(&streams->wake);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += STREAM_FAREWELL / CLOCK_SECOND;
	while (streams->first && pthread_cond_timedwait(&streams->wake, &streams->lock, &until) == 0)
		;
	pthread_mutex_unlock(&streams->lock);
	pthread_join(streams->thread, NULL);
	streams->joined = true;
}

void streams_free(struct streams *streams)
{
	if (!streams)
		return;
	streams_stop(streams);
	pthread_cond_destroy(&streams->wake);
	pthread_mutex_destroy(&streams->lock);
	free(streams);
}
