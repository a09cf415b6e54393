/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_MEMORY_SINK_H
#define TEST_MEMORY_SINK_H
/*
 * A sink that keeps what it is given, for tests, the probe and the benchmark. It
 * can be told to refuse, and what is durable is what the test says. Any thread.
 */
#include <pthread.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/vec.h"
#include "collect/sink.h"

struct memory_sink {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct arena *arena;
	struct {
		VEC_OF(struct collect_record)
	} records;
	uint64_t seq, durable;
	int refusal; /* the code append returns; 0: it takes */
	int status;
	size_t room; /* refuses with -ENOSPC beyond as many records; 0: no limit */
	bool forget; /* count only */
	unsigned refused;
};

void memory_sink_init(struct memory_sink *sink);
void memory_sink_done(struct memory_sink *sink);
struct collect_sink memory_sink_interface(struct memory_sink *sink);

void memory_sink_refuse(struct memory_sink *sink, int code);
void memory_sink_set_durable(struct memory_sink *sink, uint64_t seq);

/* The record at index, once it is there; ends the program where it does not come. Its bytes live as long as
   the sink. */
struct collect_record memory_sink_record(struct memory_sink *sink, size_t index);

/* Wait, ten seconds at most, for as many records or refusals. False where they did not come. */
bool memory_sink_wait(struct memory_sink *sink, size_t records);
bool memory_sink_wait_refused(struct memory_sink *sink, unsigned refused);

#endif
