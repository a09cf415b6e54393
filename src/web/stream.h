/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_STREAM_H
#define WEB_STREAM_H
/*
 * Inside web/: an answer that is made while it is sent, so that its size costs no memory. Its maker runs on a
 * thread of its own, for a worker must not wait for somebody's slow line; it is at most STREAM_AHEAD bytes
 * ahead of what was sent. STREAMS_MAX of them at once, each with a client of the store of its own.
 */
#include "web/private.h"

#define STREAMS_MAX 4
#define STREAM_AHEAD (1024 * 1024)

struct stream;
struct streams;

/* Makes the answer: stream_put() as often as need be. 0, or a negative code, which breaks the connection so
   that nobody takes half a file for a whole one. context is freed with free_context once nobody needs it. */
typedef int stream_make(void *context, struct stream *stream);

/* From a handler, instead of filling call->out. False: has answered 503, and freed the context. */
bool call_stream(struct call *call, stream_make *make, void (*free_context)(void *context), void *context);

/* Takes what is in out, and waits while too much is waiting to be sent. -ECANCELED: nobody wants it any more.
 */
int stream_put(struct stream *stream, struct buf *out);

/* Turns true when nobody wants it any more; for store_options. */
const _Atomic bool *stream_unwanted(const struct stream *stream);

struct streams *streams_new(void);
void streams_stop(
	struct streams *streams); /* breaks what is under way and waits for the makers; NULL is fine */
void streams_free(struct streams *streams);

#endif
