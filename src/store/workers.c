/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "store/private.h"

#define THREADS_MAX 32

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct call *first, **last;
	void (*run)(struct call *call, bool refuse);
	pthread_t threads[THREADS_MAX];
	unsigned count, busy;
	int64_t counted, spent; /* µs: until when, what calls took */
	bool stopping;
};

/* Under the lock, before busy changes. */
static void add_spent(struct workers *workers)
{
	const int64_t now = clock_monotonic();

	workers->spent += (now - workers->counted) * workers->busy;
	workers->counted = now;
}

/* The next call, or NULL when stopping and nothing is left. */
static struct call *take(struct workers *workers, bool *ret_refuse)
{
	struct call *call;

	pthread_mutex_lock(&workers->lock);
	while (!workers->first && !workers->stopping)
		pthread_cond_wait(&workers->wake, &workers->lock);
	call = workers->first;
	if (call) {
		workers->first = call->next;
		if (!workers->first)
			workers->last = &workers->first;
		add_spent(workers);
		workers->busy++;
	}
	*ret_refuse = workers->stopping;
	pthread_mutex_unlock(&workers->lock);
	return call;
}

static void *work(void *context)
{
	struct workers *workers = context;
	struct call *call;
	bool refuse;

	while ((call = take(workers, &refuse))) {
		workers->run(call, refuse);
		pthread_mutex_lock(&workers->lock);
		add_spent(workers);
		workers->busy--;
		pthread_mutex_unlock(&workers->lock);
	}
	return NULL;
}

struct workers *workers_start(unsigned threads, void (*run)(struct call *call, bool refuse))
{
	struct workers *workers = calloc(1, sizeof(*workers));

	must(workers && threads && threads <= THREADS_MAX);
	pthread_mutex_init(&workers->lock, NULL);
	pthread_cond_init(&workers->wake, NULL);
	workers->last = &workers->first;
	workers->run = run;
	for (; workers->count < threads; workers->count++)
		must(pthread_create(&workers->threads[workers->count], NULL, work, workers) == 0);
	return workers;
}

bool workers_push(struct workers *workers, struct call *call)
{
	bool taken;

	call->next = NULL;
	pthread_mutex_lock(&workers->lock);
	taken = !workers->stopping;
	if (taken) {
		*workers->last = call;
		workers->last = &call->next;
		pthread_cond_signal(&workers->wake);
	}
	pthread_mutex_unlock(&workers->lock);
	return taken;
}

bool workers_refuse(struct workers *workers)
{
	bool busy;

	pthread_mutex_lock(&workers->lock);
	workers->stopping = true;
	busy = workers->busy > 0 || workers->first;
	pthread_cond_broadcast(&workers->wake);
	pthread_mutex_unlock(&workers->lock);
	return busy;
}

int64_t workers_spent(struct workers *workers)
{
	int64_t spent;

	pthread_mutex_lock(&workers->lock);
	add_spent(workers);
	spent = workers->spent;
	pthread_mutex_unlock(&workers->lock);
	return spent;
}

void workers_join(struct workers *workers)
{
	for (unsigned i = 0; i < workers->count; i++)
		pthread_join(workers->threads[i], NULL);
}

void workers_free(struct workers *workers)
{
	if (!workers)
		return;
	pthread_mutex_destroy(&workers->lock);
	pthread_cond_destroy(&workers->wake);
	free(workers);
}
