/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/notice_pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "bin/record_link.h"
#include "event/listener.h"

struct notice_pool {
	const char *socket;
	pthread_mutex_t lock;
	struct record_link *idle[NOTICE_POOL_MAX];
	size_t count;
};

struct notice_pool *notice_pool_new(const char *socket)
{
	struct notice_pool *pool = calloc(1, sizeof(*pool));

	must(pool);
	pool->socket = socket;
	pthread_mutex_init(&pool->lock, NULL);
	return pool;
}

void notice_pool_free(struct notice_pool *pool)
{
	if (!pool)
		return;
	while (pool->count)
		record_link_close(pool->idle[--pool->count]);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

static struct record_link *take_idle(struct notice_pool *pool)
{
	struct record_link *link = NULL;

	pthread_mutex_lock(&pool->lock);
	if (pool->count)
		link = pool->idle[--pool->count];
	pthread_mutex_unlock(&pool->lock);
	return link;
}

static void give_back(struct notice_pool *pool, struct record_link *link)
{
	pthread_mutex_lock(&pool->lock);
	if (pool->count < NOTICE_POOL_MAX) {
		pool->idle[pool->count++] = link;
		link = NULL;
	}
	pthread_mutex_unlock(&pool->lock);
	record_link_close(link);
}

/* A link that lay idle learns anew what is durable: else a repeated message would be looked for among all
   that came meanwhile, where the same words of another time could be taken for it. */
static int take(struct notice_pool *pool, int64_t timeout, struct record_link **ret_link)
{
	struct record_link *link = take_idle(pool);

	if (link && record_link_refresh(link) == 0) {
		*ret_link = link;
		return 0;
	}
	record_link_close(link);
	return notice_connect(pool->socket, timeout, ret_link);
}

int notice_pool_audit(struct notice_pool *pool, const struct notice_audit *notice, int64_t timeout)
{
	struct record_link *link;
	struct buf text = {0};
	int r = take(pool, timeout, &link);

	if (r < 0)
		return r;
	notice_audit_format(notice, &text);
	r = notice_send(link, LISTENER_AUDIT, buf_str(&text));
	if (r == 0)
		give_back(pool, link);
	else
		record_link_close(link);
	buf_done(&text);
	return r;
}
