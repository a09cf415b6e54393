/* SPDX-License-Identifier: Apache-2.0 */
#include "web/download.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct download {
	struct downloads *downloads;
	struct http_request *request; /* for suspending alone: it may be gone unless waiting */
	download_make *make;
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
struct downloads {
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct download *running[DOWNLOADS_MAX];
	unsigned count;
	bool stopping;
};

struct downloads *downloads_new(void)
{
	struct downloads *downloads = calloc(1, sizeof(*downloads));

	must(downloads);
	pthread_mutex_init(&downloads->lock, NULL);
	pthread_cond_init(&downloads->change, NULL);
	return downloads;
}

void downloads_free(struct downloads *downloads)
{
	if (!downloads)
		return;
	pthread_cond_destroy(&downloads->change);
	pthread_mutex_destroy(&downloads->lock);
	free(downloads);
}

/* With the lock. */
static void wake(struct download *download)
{
	if (download->waiting)
		http_resume(download->request);
	download->waiting = false;
	pthread_cond_broadcast(&download->downloads->change);
}

void downloads_stop(struct downloads *downloads)
{
	if (!downloads)
		return;
	pthread_mutex_lock(&downloads->lock);
	downloads->stopping = true;
	for (unsigned i = 0; i < DOWNLOADS_MAX; i++)
		if (downloads->running[i]) {
			atomic_store(&downloads->running[i]->unwanted, true);
			wake(downloads->running[i]);
		}
	while (downloads->count)
		pthread_cond_wait(&downloads->change, &downloads->lock);
	pthread_mutex_unlock(&downloads->lock);
}

/* With the lock. */
static void release(struct download *download)
{
	if (--download->holders)
		return;
	buf_done(&download->ready);
	free(download);
}

const _Atomic bool *download_unwanted(const struct download *download)
{
	return &download->unwanted;
}

int download_put(struct download *download, struct buf *out)
{
	struct downloads *downloads = download->downloads;
	bool unwanted;

	pthread_mutex_lock(&downloads->lock);
	while (!atomic_load(&download->unwanted) && download->ready.len > DOWNLOAD_AHEAD)
		pthread_cond_wait(&downloads->change, &downloads->lock);
	unwanted = atomic_load(&download->unwanted);
	if (!unwanted && out->len) {
		buf_add_str(&download->ready, buf_str(out));
		wake(download);
	}
	pthread_mutex_unlock(&downloads->lock);
	buf_clear(out);
	return unwanted ? -ECANCELED : 0;
}

/* On a thread of the HTTP server, which must not wait. */
static long read_ready(void *context, char *out, size_t size)
{
	struct download *download = context;
	struct downloads *downloads = download->downloads;
	size_t left;
	long n;

	pthread_mutex_lock(&downloads->lock);
	left = download->ready.len - download->sent;
	if (atomic_load(&download->unwanted)) {
		n = -1;
	} else if (left) {
		n = (long)(left < size ? left : size);
		memcpy(out, download->ready.ptr + download->sent, (size_t)n);
		download->sent += (size_t)n;
	} else if (download->done) {
		n = download->failed ? -1 : 0;
	} else {
		n = HTTP_STREAM_WAIT;
		download->waiting = true;
		http_suspend(download->request);
	}
	if (download->sent == download->ready.len && download->sent) {
		buf_clear(&download->ready);
		download->sent = 0;
		pthread_cond_broadcast(&downloads->change);
	}
	pthread_mutex_unlock(&downloads->lock);
	return n;
}

static void let_go(void *context)
{
	struct download *download = context;
	struct downloads *downloads = download->downloads;

	pthread_mutex_lock(&downloads->lock);
	atomic_store(&download->unwanted, true);
	pthread_cond_broadcast(&downloads->change);
	release(download);
	pthread_mutex_unlock(&downloads->lock);
}

static void *make(void *context)
{
	struct download *download = context;
	struct downloads *downloads = download->downloads;
	int r = download->make(download->context, download);

	download->free_context(download->context);
	pthread_mutex_lock(&downloads->lock);
	download->done = true;
	download->failed = r < 0;
	wake(download);
	for (unsigned i = 0; i < DOWNLOADS_MAX; i++)
		if (downloads->running[i] == download)
			downloads->running[i] = NULL;
	downloads->count--;
	release(download);
	pthread_mutex_unlock(&downloads->lock);
	return NULL;
}

/* With the lock. False: there is no room, or no thread. */
static bool start(struct downloads *downloads, struct download *download)
{
	pthread_attr_t attributes;
	pthread_t thread;
	unsigned i = 0;
	bool started;

	while (i < DOWNLOADS_MAX && downloads->running[i])
		i++;
	if (downloads->stopping || i == DOWNLOADS_MAX)
		return false;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	started = pthread_create(&thread, &attributes, make, download) == 0;
	pthread_attr_destroy(&attributes);
	if (started) {
		downloads->running[i] = download;
		downloads->count++;
	}
	return started;
}

bool call_download(struct call *call, download_make *maker, void (*free_context)(void *context),
		   void *context)
{
	struct downloads *downloads = call->web->downloads;
	struct download *download = calloc(1, sizeof(*download));
	bool started;

	must(download);
	*download = (struct download){.downloads = downloads,
				      .request = call->request,
				      .make = maker,
				      .free_context = free_context,
				      .context = context,
				      .holders = 2};
	pthread_mutex_lock(&downloads->lock);
	started = start(downloads, download);
	pthread_mutex_unlock(&downloads->lock);
	if (started) {
		call->response->stream = read_ready;
		call->response->stream_free = let_go;
		call->response->stream_context = download;
		return true;
	}
	free_context(context);
	free(download);
	http_set_header(call->response, "Retry-After", "10");
	call_fail(call, 503, "busy", "%d exports are being made already; try again when one is done",
		  DOWNLOADS_MAX);
	return false;
}
