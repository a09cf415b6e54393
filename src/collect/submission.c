/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/submission.h"

#include <errno.h>
#include <time.h>

#include "base/clock.h"

#define RECORD_OVERHEAD 128 /* bytes a record takes beside its own, generously */

void submissions_init(struct submissions *all)
{
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->ended, NULL);
	ring_init(&all->waiting);
}

void submissions_done(struct submissions *all)
{
	pthread_cond_destroy(&all->ended);
	pthread_mutex_destroy(&all->lock);
}

/* The submission can be answered when this number is durable. */
static uint64_t last_seq(const struct submission *submission)
{
	return submission->records[submission->taken - 1].seq;
}

/* The submission is the server's again afterwards, and not to be touched. */
static void resume(struct submission *submission, int error)
{
	if (error < 0) {
		submission->taken = 0;
		submission->error = error;
	}
	http_resume(submission->request);
}

/* NULL where none waits. */
static struct submission *first_waiting(const struct submissions *all)
{
	struct ring *first = ring_first(&all->waiting);

	return first ? ring_member(first, struct submission, link) : NULL;
}

/* With the lock held. */
static void resume_first(struct submissions *all, int error)
{
	struct submission *first = first_waiting(all);

	ring_remove(&first->link);
	resume(first, error);
}

void submissions_close(struct submissions *all, int64_t patience)
{
	struct timespec end;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += patience / CLOCK_SECOND;
	pthread_mutex_lock(&all->lock);
	all->closing = true;
	while (all->active && r == 0)
		r = pthread_cond_timedwait(&all->ended, &all->lock, &end);
	while (first_waiting(all))
		resume_first(all, -ESHUTDOWN);
	pthread_mutex_unlock(&all->lock);
}

void submissions_report(struct submissions *all, uint64_t seq, int status)
{
	pthread_mutex_lock(&all->lock);
	all->status = status;
	if (seq > all->durable)
		all->durable = seq;
	while (first_waiting(all) && last_seq(first_waiting(all)) <= all->durable)
		resume_first(all, 0);
	while (status < 0 && first_waiting(all))
		resume_first(all, status);
	pthread_mutex_unlock(&all->lock);
}

/* Records of the next chunk, as many as may be offered at once. */
static size_t measure_chunk(const struct submission *submission)
{
	size_t left = submission->count - submission->taken, n = 0, bytes = 0;

	for (; n < left; n++) {
		bytes += submission->records[submission->taken + n].bytes.len + RECORD_OVERHEAD;
		if (bytes > COLLECT_APPEND_MAX)
			break;
	}
	return n;
}

static void hand_over(struct submission *submission)
{
	const struct collect_sink *sink = submission->feed.sink;
	size_t n;

	submission->error = submission->count ? sink->status(sink->context) : 0;
	if (submission->error < 0)
		feed_count(&submission->feed, COLLECT_REFUSED, submission->count);
	while (submission->error == 0 && (n = measure_chunk(submission))) {
		submission->error =
			feed_append(&submission->feed, submission->records + submission->taken, n);
		if (submission->error == 0)
			submission->taken += n;
	}
}

/* The list is nearly in order of arrival, so the place is near the tail. */
static void insert(struct submissions *all, struct submission *submission)
{
	struct ring *before = all->waiting.before;

	while (before != &all->waiting &&
	       last_seq(ring_member(before, struct submission, link)) > last_seq(submission))
		before = before->before;
	ring_insert(before->after, &submission->link);
}

/* Suspends the request, and resumes it at once where there is nothing to wait for. */
static void wait_for_sink(struct submissions *all, struct submission *submission)
{
	uint64_t durable = submission->feed.sink->durable(submission->feed.sink->context);

	http_suspend(submission->request);
	pthread_mutex_lock(&all->lock);
	if (durable > all->durable)
		all->durable = durable;
	if (last_seq(submission) <= all->durable)
		resume(submission, 0);
	else if (all->status < 0 || all->closing)
		resume(submission, all->status < 0 ? all->status : -ESHUTDOWN);
	else
		insert(all, submission);
	pthread_mutex_unlock(&all->lock);
}

static void end_submission(void *state)
{
	struct submission *submission = state;
	struct submissions *all = submission->all;

	pthread_mutex_lock(&all->lock);
	all->active--;
	pthread_cond_broadcast(&all->ended);
	pthread_mutex_unlock(&all->lock);
	feed_count(&submission->feed, COLLECT_OPEN, (uint64_t)-1);
}

static bool begin_submission(struct submissions *all, struct submission *submission)
{
	bool closing;

	pthread_mutex_lock(&all->lock);
	closing = all->closing;
	all->active += !closing;
	pthread_mutex_unlock(&all->lock);
	if (closing)
		return false;
	submission->all = all;
	submission->request->state = submission;
	submission->request->state_free = end_submission;
	feed_count(&submission->feed, COLLECT_CONNECTIONS, 1);
	feed_count(&submission->feed, COLLECT_OPEN, 1);
	return true;
}

void submission_run(struct submissions *all, struct submission *submission, struct http_response *response)
{
	submission->begun = clock_monotonic();
	submission->error = -ESHUTDOWN;
	if (begin_submission(all, submission))
		hand_over(submission);
	if (submission->taken)
		wait_for_sink(all, submission);
	else
		submission->answer(submission, response);
}

void submission_resumed(struct http_request *request, struct http_response *response)
{
	struct submission *submission = request->state;

	submission->answer(submission, response);
}

int submission_refusal(int error, struct http_response *response)
{
	bool full = error == ERR_BUSY || error == -EAGAIN || error == -ENOBUFS;

	http_set_header(response, "Retry-After", full ? "1" : "10");
	return full ? 429 : 503;
}
