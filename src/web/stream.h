/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_STREAM_H
#define WEB_STREAM_H
/*
 * Inside web/: server-sent events. A page holds one request open and is told when something it may see has
 * changed: hints and no data, so that nothing has to be scoped, repeated or kept for who was away.
 *
 *   event: ready    data: {"topics":["alerts",…]}   at first: what will be told of
 *   event: changed  data: {"topics":["alerts"]}     at most once a second
 *   event: end      data: {}                        the session is over; then the stream ends
 *   : (a comment)                                    every STREAM_BEAT
 *
 * What changed is read off the database's own counts (db_written()), so whoever writes a table need not know
 * of streams. One thread looks once a second while there are streams; no thread waits for one: a stream with
 * nothing to say is a suspended request.
 */
#include "web/private.h"

#define STREAMS_MAX 256 /* at once; connections beyond are for all else (CONNECTIONS_MAX in web.c) */
#define STREAMS_PER_ACCOUNT 32
#define STREAM_TICK CLOCK_SECOND
#define STREAM_BEAT (15 * CLOCK_SECOND)  /* who went away is noticed by it; proxies give up after a minute */
#define STREAM_CHECK (15 * CLOCK_SECOND) /* of the session … */
#define STREAM_FAREWELL (2 * CLOCK_SECOND) /* at a stop, for the end to be sent */
#define STREAM_RECHECK (2 * CLOCK_SECOND)  /* … and at most so often when sessions or accounts changed */

struct streams;

struct streams *streams_new(struct db *db);
void streams_stop(struct streams *streams); /* ends all, and waits STREAM_FAREWELL at most for that to be
					       sent; before the HTTP server, which runs what is left */
void streams_free(struct streams *streams); /* NULL is fine */

#endif
