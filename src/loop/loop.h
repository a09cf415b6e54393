/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H
/*
 * An event loop over epoll for one thread: descriptors, timers, a wake-up. It
 * owns none of what it watches: a struct loop_fd or loop_timer lies inside its
 * owner's struct, is filled by the owner, and must stay where it is until it was
 * removed. Nothing is allocated after loop_new() but the timer heap's growth.
 *
 * Callbacks run on the thread in loop_run(), one at a time. Each should do a
 * bounded piece of work (one read, one batch) and return: descriptors are
 * level-triggered, so what is left over brings it back after the others had
 * their turn. A callback may add, change and remove any descriptor or timer, its
 * own too; a removed one is not called again, not even for an event that was
 * already fetched.
 *
 * loop_wake() and loop_stop() may be called from any thread and from a signal
 * handler. Everything else belongs to the loop's thread, or to the one that set
 * it up before loop_run(). Wake-ups that arrive together are delivered once.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

struct loop;

struct loop_fd {
	int fd;
	void (*ready)(void *context, uint32_t events); /* EPOLLIN, EPOLLHUP … */
	void *context;
	size_t pending; /* the loop's own */
};

struct loop_timer {
	void (*expired)(void *context);
	void *context;
	int64_t due;  /* the loop's own */
	size_t place; /* the loop's own: 1 + index in the heap, 0: not set */
};

/* 0 or -errno. */
int loop_new(struct loop **ret_loop);
/* Closes the loop's own descriptors; those added are left to their owners. NULL is fine. */
void loop_free(struct loop *loop);

/* Runs callbacks until loop_stop(), also one that came before. 0, or -errno where epoll fails. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Called on the loop's thread after loop_wake(). */
void loop_on_wake(struct loop *loop, void (*woken)(void *context), void *context);
void loop_wake(struct loop *loop);

/* events as epoll_ctl(2) takes them; 0 leaves only EPOLLHUP and EPOLLERR. 0 or -errno. */
int loop_add(struct loop *loop, struct loop_fd *fd, uint32_t events);
int loop_change(struct loop *loop, struct loop_fd *fd, uint32_t events);
void loop_remove(struct loop *loop, struct loop_fd *fd);

/* Calls expired once, delay (µs, monotonic) from now; a timer that is set already is moved. O(log n). */
void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t delay);
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);
static inline bool loop_timer_is_set(const struct loop_timer *timer)
{
	return timer->place != 0;
}

#endif
