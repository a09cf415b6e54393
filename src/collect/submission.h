/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_SUBMISSION_H
#define COLLECT_SUBMISSION_H
/*
 * An HTTP request's records on their way to being durable. The handler fills
 * records and runs the submission; they go to the sink, the request is suspended,
 * and once the sink has reported the last record as durable, the server calls
 * again on a pool thread, where the submission's answer is made.
 *
 * Submissions waiting are in a list by sequence number, so that a report costs as
 * much as it sets free. The list's lock is never held while the sink is called:
 * the sink's report may come from under a lock of its own.
 */
#include <pthread.h>

#include "collect/counters.h"
#include "collect/ring.h"
#include "http/server.h"

struct submissions {
	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct ring waiting; /* by last_seq */
	uint64_t durable;    /* as reported last */
	int status;
	unsigned active; /* begun and not ended */
	bool closing;
};

struct submission {
	struct ring link; /* in waiting */
	struct submissions *all;
	struct http_request *request;
	struct feed feed;
	void (*answer)(struct submission *submission, struct http_response *response);
	struct collect_record *records; /* of the request's arena */
	size_t count;
	size_t taken; /* the first of them, which the sink has; counted once they are durable */
	int error;    /* why the rest was not taken, or why none became durable */
	int64_t begun;
};

void submissions_init(struct submissions *all);
void submissions_done(struct submissions *all);

/* Refuses new submissions and waits until all have ended, patience (µs) at most; then fails those left. */
void submissions_close(struct submissions *all, int64_t patience);

/* Everything up to seq is durable, or, where status is below 0, nothing more will be for now. */
void submissions_report(struct submissions *all, uint64_t seq, int status);

/* Hands the records over and answers, now or once they are durable. The submission belongs to the request's
   arena; its request, feed, answer, records and count are filled. */
void submission_run(struct submissions *all, struct submission *submission, struct http_response *response);

/* To be called when the server calls the handler again: request->state is a submission. */
void submission_resumed(struct http_request *request, struct http_response *response);

/* The HTTP status for a sink's error: 429 where it only has no room now, 503 where it fails. Sets
   Retry-After. */
int submission_refusal(int error, struct http_response *response);

#endif
