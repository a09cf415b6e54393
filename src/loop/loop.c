/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/vec.h"

#define EVENTS_PER_ROUND 64

struct loop {
	int epoll;
	struct loop_fd wake; /* an eventfd */
	void (*woken)(void *context);
	void *woken_context;
	atomic_bool stopped;
	struct {
		VEC_OF(struct loop_timer *)
	} timers; /* a binary heap, the earliest first */
	struct epoll_event events[EVENTS_PER_ROUND];
};

static void read_wake(void *context, uint32_t events)
{
	struct loop *loop = context;
	uint64_t count;

	(void)events;
	if (read(loop->wake.fd, &count, sizeof(count)) == sizeof(count) && loop->woken)
		loop->woken(loop->woken_context);
}

int loop_new(struct loop **ret_loop)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int r;

	if (!loop)
		return -ENOMEM;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->wake = (struct loop_fd){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .ready = read_wake};
	loop->wake.context = loop;
	r = loop->epoll < 0 || loop->wake.fd < 0 ? -errno : loop_add(loop, &loop->wake, EPOLLIN);
	if (r < 0) {
		loop_free(loop);
		return r;
	}
	*ret_loop = loop;
	return 0;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	if (loop->wake.fd >= 0)
		close(loop->wake.fd);
	if (loop->epoll >= 0)
		close(loop->epoll);
	vec_done(&loop->timers);
	free(loop);
}

void loop_on_wake(struct loop *loop, void (*woken)(void *context), void *context)
{
	loop->woken = woken;
	loop->woken_context = context;
}

void loop_wake(struct loop *loop)
{
	const uint64_t one = 1;
	ssize_t written = write(loop->wake.fd, &one, sizeof(one));

	(void)written; /* it fails only where the counter is full, and then a wake-up is on its way */
}

void loop_stop(struct loop *loop)
{
	atomic_store(&loop->stopped, true);
	loop_wake(loop);
}

/* --- descriptors --------------------------------------------------------------------------------- */

static int control(struct loop *loop, int operation, struct loop_fd *fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = fd};

	return epoll_ctl(loop->epoll, operation, fd->fd, &event) < 0 ? -errno : 0;
}

int loop_add(struct loop *loop, struct loop_fd *fd, uint32_t events)
{
	fd->pending = 0;
	return control(loop, EPOLL_CTL_ADD, fd, events);
}

int loop_change(struct loop *loop, struct loop_fd *fd, uint32_t events)
{
	return control(loop, EPOLL_CTL_MOD, fd, events);
}

void loop_remove(struct loop *loop, struct loop_fd *fd)
{
	int r = control(loop, EPOLL_CTL_DEL, fd, 0);

	must(r == 0);
	if (fd->pending)
		loop->events[fd->pending - 1].data.ptr = NULL;
	fd->pending = 0;
}

/* --- timers -------------------------------------------------------------------------------------- */

static void place_timer(struct loop *loop, size_t at, struct loop_timer *timer)
{
	loop->timers.items[at] = timer;
	timer->place = at + 1;
}

/* Moves the timer at a place of the heap up or down to where its time belongs. */
static void sift(struct loop *loop, size_t at)
{
	struct loop_timer *timer = loop->timers.items[at], **items = loop->timers.items;
	size_t child;

	for (; at && items[(at - 1) / 2]->due > timer->due; at = (at - 1) / 2)
		place_timer(loop, at, items[(at - 1) / 2]);
	while ((child = 2 * at + 1) < loop->timers.len) {
		if (child + 1 < loop->timers.len && items[child + 1]->due < items[child]->due)
			child++;
		if (items[child]->due >= timer->due)
			break;
		place_timer(loop, at, items[child]);
		at = child;
	}
	place_timer(loop, at, timer);
}

void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t delay)
{
	timer->due = clock_monotonic() + (delay > 0 ? delay : 1);
	if (!timer->place) {
		vec_push(&loop->timers, timer);
		timer->place = loop->timers.len;
	}
	sift(loop, timer->place - 1);
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
	size_t at = timer->place - 1;
	struct loop_timer *last;

	if (!timer->place)
		return;
	last = loop->timers.items[--loop->timers.len];
	timer->place = 0;
	if (last == timer)
		return;
	place_timer(loop, at, last);
	sift(loop, at);
}

/* Timers set by a callback for now wait for the next round, so that none can starve the descriptors. */
static void run_timers(struct loop *loop)
{
	int64_t now = clock_monotonic();

	while (loop->timers.len && loop->timers.items[0]->due <= now && !atomic_load(&loop->stopped)) {
		struct loop_timer *timer = loop->timers.items[0];

		loop_timer_cancel(loop, timer);
		timer->expired(timer->context);
	}
}

/* Milliseconds, rounded up so that the loop does not spin until a timer is due; -1: no timer. */
static int time_to_wait(const struct loop *loop)
{
	int64_t wait;

	if (!loop->timers.len)
		return -1;
	wait = loop->timers.items[0]->due - clock_monotonic();
	if (wait <= 0)
		return 0;
	wait = (wait + CLOCK_MILLISECOND - 1) / CLOCK_MILLISECOND;
	return wait > INT_MAX ? INT_MAX : (int)wait;
}

/* --- the round ----------------------------------------------------------------------------------- */

static void run_ready(struct loop *loop, int count)
{
	for (int i = 0; i < count; i++)
		((struct loop_fd *)loop->events[i].data.ptr)->pending = (size_t)i + 1;
	for (int i = 0; i < count; i++) {
		struct loop_fd *fd = loop->events[i].data.ptr;

		if (!fd)
			continue;
		fd->pending = 0;
		fd->ready(fd->context, loop->events[i].events);
	}
}

int loop_run(struct loop *loop)
{
	while (!atomic_load(&loop->stopped)) {
		int count = epoll_wait(loop->epoll, loop->events, EVENTS_PER_ROUND, time_to_wait(loop));

		if (count < 0 && errno != EINTR)
			return -errno;
		run_ready(loop, count > 0 ? count : 0);
		run_timers(loop);
	}
	return 0;
}
