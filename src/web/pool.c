/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>

#include "web/private.h"
#include "web/store_access.h"

struct job {
	struct job *next;
	struct http_request *request;
	struct http_response *response;
};

struct pool {
	struct web *web;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct job *first, **last;
	unsigned waiting, thread_count;
	bool stopping;
	pthread_t threads[WEB_WORKERS];
};

static struct job *take(struct pool *pool)
{
	struct job *job;

	pthread_mutex_lock(&pool->lock);
	while (!pool->first && !pool->stopping)
		pthread_cond_wait(&pool->wake, &pool->lock);
	job = pool->first;
	if (job) {
		pool->first = job->next;
		if (!pool->first)
			pool->last = &pool->first;
		pool->waiting--;
	}
	pthread_mutex_unlock(&pool->lock);
	return job;
}

static void *work(void *context)
{
	struct store_access store = {0};
	struct pool *pool = context;
	struct job *job;

	while ((job = take(pool)) != NULL) {
		struct call call = {.web = pool->web,
				    .request = job->request,
				    .response = job->response,
				    .store = &store};

		api_handle(&call);
		http_resume(job->request); /* the job may be gone from here on */
	}
	store_access_done(&store);
	return NULL;
}

struct pool *pool_new(struct web *web, unsigned threads)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	must(pool && threads <= WEB_WORKERS);
	pool->web = web;
	pool->last = &pool->first;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	for (; pool->thread_count < threads; pool->thread_count++)
		must(pthread_create(&pool->threads[pool->thread_count], NULL, work, pool) == 0);
	return pool;
}

/* What still waits is carried out first: the threads leave when the queue is empty. */
void pool_stop(struct pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->thread_count; i++)
		pthread_join(pool->threads[i], NULL);
	pool->thread_count = 0;
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	pool_stop(pool);
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

bool pool_submit(struct pool *pool, struct http_request *request, struct http_response *response)
{
	struct job *job = arena_struct(request->arena, struct job);
	bool taken;

	job->request = request;
	job->response = response;
	pthread_mutex_lock(&pool->lock);
	taken = !pool->stopping && pool->waiting < WEB_QUEUE_MAX;
	if (taken) {
		request->state = job; /* marks the request as worked on, for the call after the resume */
		http_suspend(request);
		*pool->last = job;
		pool->last = &job->next;
		pool->waiting++;
		pthread_cond_signal(&pool->wake);
	}
	pthread_mutex_unlock(&pool->lock);
	return taken;
}
