/* SPDX-License-Identifier: Apache-2.0 */
#include "web/stream.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct stream {
	struct streams *streams;
	struct http_request *request; /* for suspending alone: it may be gone unless waiting */
	stream_make *make;
	void (*free_context)(void *context);
	void *context;
	unsigned holders; /* the maker and the connection */
	struct buf ready; /* to be sent */
	size_t sent;      /* of it */
	bool waiting;     /* the connection sleeps until something is ready */
	bool done, failed;
	_Atomic bool unwanted;
};

/* One lock for all: there are few, and it is held for as long as copying a block takes. */
struct streams {
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct stream *running[STREAMS_MAX];
	unsigned count;
	bool stopping;
};

struct streams *streams_new(void)
{
	struct streams *streams = calloc(1, sizeof(*streams));

	must(streams);
	pthread_mutex_init(&streams->lock, NULL);
	pthread_cond_init(&streams->change, NULL);
	return streams;
}

void streams_free(struct streams *streams)
{
	if (!streams)
		return;
	pthread_cond_destroy(&streams->change);
	pthread_mutex_destroy(&streams->lock);
	free(streams);
}

/* With the lock. */
static void wake(struct stream *stream)
{
	if (stream->waiting)
		http_resume(stream->request);
	stream->waiting = false;
	pthread_cond_broadcast(&stream->streams->change);
}

void streams_stop(struct streams *streams)
{
	if (!streams)
		return;
	pthread_mutex_lock(&streams->lock);
	streams->stopping = true;
	for (unsigned i = 0; i < STREAMS_MAX; i++)
		if (streams->running[i]) {
			atomic_store(&streams->running[i]->unwanted, true);
			wake(streams->running[i]);
		}
	while (streams->count)
		pthread_cond_wait(&streams->change, &streams->lock);
	pthread_mutex_unlock(&streams->lock);
}

/* With the lock. */
static void release(struct stream *stream)
{
	if (--stream->holders)
		return;
	buf_done(&stream->ready);
	free(stream);
}

const _Atomic bool *stream_unwanted(const struct stream *stream)
{
	return &stream->unwanted;
}

int stream_put(struct stream *stream, struct buf *out)
{
	struct streams *streams = stream->streams;
	bool unwanted;

	pthread_mutex_lock(&streams->lock);
	while (!atomic_load(&stream->unwanted) && stream->ready.len > STREAM_AHEAD)
		pthread_cond_wait(&streams->change, &streams->lock);
	unwanted = atomic_load(&stream->unwanted);
	if (!unwanted && out->len) {
		buf_add_str(&stream->ready, buf_str(out));
		wake(stream);
	}
	pthread_mutex_unlock(&streams->lock);
	buf_clear(out);
	return unwanted ? -ECANCELED : 0;
}

/* On a thread of the HTTP server, which must not wait. */
static long read_ready(void *context, char *out, size_t size)
{
	struct stream *stream = context;
	struct streams *streams = stream->streams;
	size_t left;
	long n;

	pthread_mutex_lock(&streams->lock);
	left = stream->ready.len - stream->sent;
	if (atomic_load(&stream->unwanted)) {
		n = -1;
	} else if (left) {
		n = (long)(left < size ? left : size);
		memcpy(out, stream->ready.ptr + stream->sent, (size_t)n);
		stream->sent += (size_t)n;
	} else if (stream->done) {
		n = stream->failed ? -1 : 0;
	} else {
		n = HTTP_STREAM_WAIT;
		stream->waiting = true;
		http_suspend(stream->request);
	}
	if (stream->sent == stream->ready.len && stream->sent) {
		buf_clear(&stream->ready);
		stream->sent = 0;
		pthread_cond_broadcast(&streams->change);
	}
	pthread_mutex_unlock(&streams->lock);
	return n;
}

static void let_go(void *context)
{
	struct stream *stream = context;
	struct streams *streams = stream->streams;

	pthread_mutex_lock(&streams->lock);
	atomic_store(&stream->unwanted, true);
	pthread_cond_broadcast(&streams->change);
	release(stream);
	pthread_mutex_unlock(&streams->lock);
}

static void *make(void *context)
{
	struct stream *stream = context;
	struct streams *streams = stream->streams;
	int r = stream->make(stream->context, stream);

	stream->free_context(stream->context);
	pthread_mutex_lock(&streams->lock);
	stream->done = true;
	stream->failed = r < 0;
	wake(stream);
	for (unsigned i = 0; i < STREAMS_MAX; i++)
		if (streams->running[i] == stream)
			streams->running[i] = NULL;
	streams->count--;
	release(stream);
	pthread_mutex_unlock(&streams->lock);
	return NULL;
}

/* With the lock. False: there is no room, or no thread. */
static bool start(struct streams *streams, struct stream *stream)
{
	pthread_attr_t attributes;
	pthread_t thread;
	unsigned i = 0;
	bool started;

	while (i < STREAMS_MAX && streams->running[i])
		i++;
	if (streams->stopping || i == STREAMS_MAX)
		return false;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	started = pthread_create(&thread, &attributes, make, stream) == 0;
	pthread_attr_destroy(&attributes);
	if (started) {
		streams->running[i] = stream;
		streams->count++;
	}
	return started;
}

bool call_stream(struct call *call, stream_make *maker, void (*free_context)(void *context), void *context)
{
	struct streams *streams = call->web->streams;
	struct stream *stream = calloc(1, sizeof(*stream));
	bool started;

	must(stream);
	*stream = (struct stream){.streams = streams,
				  .request = call->request,
				  .make = maker,
				  .free_context = free_context,
				  .context = context,
				  .holders = 2};
	pthread_mutex_lock(&streams->lock);
	started = start(streams, stream);
	pthread_mutex_unlock(&streams->lock);
	if (started) {
		call->response->stream = read_ready;
		call->response->stream_free = let_go;
		call->response->stream_context = stream;
		return true;
	}
	free_context(context);
	free(stream);
	http_set_header(call->response, "Retry-After", "10");
	call_fail(call, 503, "busy", "%d exports are being made already; try again when one is done",
		  STREAMS_MAX);
	return false;
}
