/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/pipeline_state.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "journal/journal.h"

#define STATE_FILE_MAX 65536
#define RATE_SPAN (10 * CLOCK_SECOND)

struct pipeline_state {
	const char *processes, *cursor;
	pthread_mutex_t lock; /* guards what follows */
	uint64_t base_seq;    /* the cursor at base_time */
	int64_t base_time;
	double rate;
};

struct pipeline_state *pipeline_state_new(const char *processes, const char *cursor)
{
	struct pipeline_state *state = calloc(1, sizeof(*state));

	must(state);
	state->processes = processes;
	state->cursor = cursor;
	pthread_mutex_init(&state->lock, NULL);
	return state;
}

void pipeline_state_free(struct pipeline_state *state)
{
	pthread_mutex_destroy(&state->lock);
	free(state);
}

/* One of the states that never change, since readers keep the pointer. */
static const char *known_state(const char *name)
{
	static const char *const names[] = {"running", "starting", "stopped", "failing"};

	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return names[i];
	return "failing";
}

static void read_process(const json_t *item, struct web_process *process)
{
	const char *name = json_string_value(json_object_get(item, "name"));
	const char *since = json_string_value(json_object_get(item, "since"));

	snprintf(process->name, sizeof(process->name), "%s", name ? name : "");
	process->state = known_state(json_string_value(json_object_get(item, "state")));
	process->pid = (int)json_integer_value(json_object_get(item, "pid"));
	process->restarts = (unsigned)json_integer_value(json_object_get(item, "restarts"));
	process->memory = (uint64_t)json_integer_value(json_object_get(item, "memory"));
	process->load = (unsigned)json_integer_value(json_object_get(item, "load"));
	if (since)
		clock_parse(str_from(since), 0, &process->since);
}

static void read_processes(const char *path, struct web_pipeline *pipeline)
{
	struct buf text = {0};
	json_t *list;

	if (io_read_file(path, STATE_FILE_MAX, &text) == 0) {
		list = json_loadb(text.ptr, text.len, 0, NULL);
		for (size_t i = 0; i < json_array_size(list) && i < WEB_PROCESSES_MAX; i++)
			read_process(json_array_get(list, i),
				     &pipeline->processes[pipeline->process_count++]);
		json_decref(list);
	}
	buf_done(&text);
}

static double measure(struct pipeline_state *state, uint64_t seq)
{
	int64_t now = clock_monotonic(), span;
	double rate;

	pthread_mutex_lock(&state->lock);
	span = now - state->base_time;
	if (!state->base_time || seq < state->base_seq) {
		state->base_seq = seq;
		state->base_time = now;
	} else if (span >= RATE_SPAN) {
		state->rate = (double)(seq - state->base_seq) / ((double)span / CLOCK_SECOND);
		state->base_seq = seq;
		state->base_time = now;
	}
	rate = state->rate;
	pthread_mutex_unlock(&state->lock);
	return rate;
}

void pipeline_state_read(void *context, struct web_pipeline *ret_pipeline)
{
	struct pipeline_state *state = context;
	struct journal_cursor cursor = {.next = 1};

	journal_cursor_load(state->cursor, &cursor);
	ret_pipeline->next_seq = cursor.next;
	ret_pipeline->events_per_second = measure(state, cursor.next);
	read_processes(state->processes, ret_pipeline);
}
