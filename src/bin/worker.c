/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/worker.h"

#include <stdlib.h>

#include "bin/alert_link.h"
#include "bin/heartbeat.h"
#include "bin/record_event.h"
#include "bin/trail_link.h"
#include "event/listener.h"

struct worker {
	const struct ruleset *rules;
	struct parser *parser;
	struct matcher *matcher;
	struct arena *arena;
	int64_t zone;
};

void batch_init(struct batch *batch, size_t capacity)
{
	*batch = (struct batch){.arena = arena_new(1024 * 1024), .block = block_new()};
	batch->records = calloc(capacity, sizeof(*batch->records));
	must(batch->arena && batch->block && batch->records);
}

void batch_done(struct batch *batch)
{
	arena_free(batch->arena);
	free(batch->records);
	block_free(batch->block);
	buf_done(&batch->encoded);
	buf_done(&batch->columns);
	buf_done(&batch->alerts);
	buf_done(&batch->trail);
}

void batch_reset(struct batch *batch)
{
	arena_reset(batch->arena);
	block_clear(batch->block);
	buf_clear(&batch->encoded);
	buf_clear(&batch->columns);
	buf_clear(&batch->alerts);
	buf_clear(&batch->trail);
	if (batch->tally)
		coverage_tally_clear(batch->tally);
	batch->count = batch->bytes = 0;
	batch->first = batch->end = 0;
}

void batch_add(struct batch *batch, const struct journal_record *record)
{
	struct journal_record *copy = &batch->records[batch->count];

	*copy = *record;
	copy->bytes = arena_copy(batch->arena, record->bytes);
	copy->hint = arena_copy(batch->arena, record->hint);
	if (!batch->count++)
		batch->first = record->seq;
	batch->end = record->seq + 1;
	batch->bytes += record->bytes.len;
}

struct worker *worker_new(const struct source_set *sources, const struct ruleset *rules, int64_t zone)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	must(worker);
	worker->rules = rules;
	worker->zone = zone;
	worker->parser = parser_new(sources);
	worker->matcher = matcher_new(rules);
	worker->arena = arena_new(0);
	must(worker->parser && worker->matcher && worker->arena);
	return worker;
}

void worker_free(struct worker *worker)
{
	parser_free(worker->parser);
	matcher_free(worker->matcher);
	arena_free(worker->arena);
	free(worker);
}

static void match(struct worker *worker, const struct event *event, struct batch *batch)
{
	const uint32_t *rules;
	size_t count = matcher_run(worker->matcher, event, &rules);

	for (size_t i = 0; i < count; i++) {
		struct str why = matcher_explain(worker->matcher, rules[i], event, worker->arena);

		alert_link_add(&batch->alerts, ruleset_info(worker->rules, rules[i]), event, why);
	}
}

static bool is_heartbeat(const struct journal_record *record)
{
	return record->listener == LISTENER_PLATFORM && str_starts(record->bytes, STR(HEARTBEAT_START));
}

void worker_run(struct worker *worker, struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct journal_record *record = &batch->records[i];
		struct event event;

		arena_reset(worker->arena);
		record_event(worker->parser, record, worker->zone, worker->arena, &event);
		match(worker, &event, batch);
		if (batch->tally)
			coverage_tally_add(batch->tally, &event, record->flags & JOURNAL_DRILL);
		if (record->listener == LISTENER_AUDIT)
			trail_link_add(&batch->trail, record);
		else if (!is_heartbeat(record))
			block_add(batch->block, &event);
	}
	block_encode(batch->block, &batch->encoded);
	block_names(batch->block, &batch->columns);
}
