/* SPDX-License-Identifier: Apache-2.0 */
#include "memory_sink.h"

#include <errno.h>
#include <time.h>

#include "base/err.h"

#define PATIENCE 10 /* seconds */

void memory_sink_init(struct memory_sink *sink)
{
	*sink = (struct memory_sink){.arena = arena_new(0)};
	pthread_mutex_init(&sink->lock, NULL);
	pthread_cond_init(&sink->changed, NULL);
}

void memory_sink_done(struct memory_sink *sink)
{
	arena_free(sink->arena);
	vec_done(&sink->records);
	pthread_cond_destroy(&sink->changed);
	pthread_mutex_destroy(&sink->lock);
}

static void keep(struct memory_sink *sink, const struct collect_record *record)
{
	struct collect_record copy = *record;

	copy.bytes = arena_copy(sink->arena, record->bytes);
	copy.hint = arena_copy(sink->arena, record->hint);
	vec_push(&sink->records, copy);
}

static int append(void *context, struct collect_record *records, size_t count)
{
	struct memory_sink *sink = context;
	int r;

	pthread_mutex_lock(&sink->lock);
	r = sink->refusal;
	if (r == 0 && sink->room && sink->seq + count > sink->room)
		r = -ENOSPC;
	sink->refused += r < 0;
	for (size_t i = 0; i < count && r == 0; i++) {
		records[i].seq = ++sink->seq;
		if (!sink->forget)
			keep(sink, &records[i]);
	}
	pthread_cond_broadcast(&sink->changed);
	pthread_mutex_unlock(&sink->lock);
	return r;
}

static uint64_t durable(void *context)
{
	struct memory_sink *sink = context;
	uint64_t seq;

	pthread_mutex_lock(&sink->lock);
	seq = sink->durable;
	pthread_mutex_unlock(&sink->lock);
	return seq;
}

static int status(void *context)
{
	struct memory_sink *sink = context;
	int code;

	pthread_mutex_lock(&sink->lock);
	code = sink->status;
	pthread_mutex_unlock(&sink->lock);
	return code;
}

struct collect_sink memory_sink_interface(struct memory_sink *sink)
{
	return (struct collect_sink){append, durable, status, sink};
}

void memory_sink_refuse(struct memory_sink *sink, int code)
{
	pthread_mutex_lock(&sink->lock);
	sink->refusal = code;
	pthread_mutex_unlock(&sink->lock);
}

void memory_sink_set_durable(struct memory_sink *sink, uint64_t seq)
{
	pthread_mutex_lock(&sink->lock);
	sink->durable = seq;
	pthread_mutex_unlock(&sink->lock);
}

static bool wait_for(struct memory_sink *sink, uint64_t seq, unsigned refused)
{
	struct timespec end;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += PATIENCE;
	pthread_mutex_lock(&sink->lock);
	while (r == 0 && (sink->seq < seq || sink->refused < refused))
		r = pthread_cond_timedwait(&sink->changed, &sink->lock, &end);
	pthread_mutex_unlock(&sink->lock);
	return r == 0;
}

bool memory_sink_wait(struct memory_sink *sink, size_t records)
{
	return wait_for(sink, records, 0);
}

bool memory_sink_wait_refused(struct memory_sink *sink, unsigned refused)
{
	return wait_for(sink, 0, refused);
}

struct collect_record memory_sink_record(struct memory_sink *sink, size_t index)
{
	struct collect_record record;

	must(memory_sink_wait(sink, index + 1));
	pthread_mutex_lock(&sink->lock);
	record = sink->records.items[index];
	pthread_mutex_unlock(&sink->lock);
	return record;
}
