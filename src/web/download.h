/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_DOWNLOAD_H
#define WEB_DOWNLOAD_H
/*
 * Inside web/: an answer that is made while it is sent, so that its size costs no memory. Its maker runs on a
 * thread of its own, for a worker must not wait for somebody's slow line; it is at most DOWNLOAD_AHEAD bytes
 * ahead of what was sent. DOWNLOADS_MAX of them at once, each with a client of the store of its own.
 */
#include "web/private.h"

#define DOWNLOADS_MAX 4
#define DOWNLOAD_AHEAD (1024 * 1024)

struct download;
struct downloads;

/* Makes the answer: download_put() as often as need be. 0, or a negative code, which breaks the connection so
   that nobody takes half a file for a whole one. context is freed with free_context once nobody needs it. */
typedef int download_make(void *context, struct download *download);

/* From a handler, instead of filling call->out. False: has answered 503, and freed the context. */
bool call_download(struct call *call, download_make *make, void (*free_context)(void *context),
		   void *context);

/* Takes what is in out, and waits while too much is waiting to be sent. -ECANCELED: nobody wants it any more.
 */
int download_put(struct download *download, struct buf *out);

/* Turns true when nobody wants it any more; for store_options. */
const _Atomic bool *download_unwanted(const struct download *download);

struct downloads *downloads_new(void);
void downloads_stop(
	struct downloads *downloads); /* breaks what is under way and waits for the makers; NULL is fine */
void downloads_free(struct downloads *downloads);

#endif
