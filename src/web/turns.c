/* SPDX-License-Identifier: Apache-2.0 */
#include "web/turns.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"

struct turns {
	pthread_mutex_t lock;
	pthread_cond_t left;
	unsigned at_once, waiting_max;
	unsigned running, waiting;
};

struct turns *turns_new(unsigned at_once, unsigned waiting)
{
	struct turns *turns = calloc(1, sizeof(*turns));

	must(turns && at_once);
	turns->at_once = at_once;
	turns->waiting_max = waiting;
	pthread_mutex_init(&turns->lock, NULL);
	pthread_cond_init(&turns->left, NULL);
	return turns;
}

void turns_free(struct turns *turns)
{
	if (!turns)
		return;
	must(!turns->running && !turns->waiting);
	pthread_cond_destroy(&turns->left);
	pthread_mutex_destroy(&turns->lock);
	free(turns);
}

static void await(struct turns *turns, int64_t patience)
{
	const int64_t end = clock_monotonic() + patience;
	const struct timespec until = {end / CLOCK_SECOND, end % CLOCK_SECOND * 1000};
	int r = 0;

	turns->waiting++;
	while (turns->running >= turns->at_once && r != ETIMEDOUT)
		r = pthread_cond_clockwait(&turns->left, &turns->lock, CLOCK_MONOTONIC, &until);
	turns->waiting--;
}

bool turns_enter(struct turns *turns, int64_t patience)
{
	bool mine;

	pthread_mutex_lock(&turns->lock);
	if (turns->running >= turns->at_once && turns->waiting < turns->waiting_max)
		await(turns, patience);
	mine = turns->running < turns->at_once;
	turns->running += mine;
	pthread_mutex_unlock(&turns->lock);
	return mine;
}

void turns_leave(struct turns *turns)
{
	pthread_mutex_lock(&turns->lock);
	must(turns->running);
	turns->running--;
	pthread_cond_signal(&turns->left);
	pthread_mutex_unlock(&turns->lock);
}
