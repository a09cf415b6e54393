/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/worker.h"

#include <stdlib.h>

#include "bin/alert_link.h"
#include "bin/heartbeat.h"
#include "bin/record_event.h"
#include "base/clock.h"
#include "base/hash.h"
#include "bin/trail_link.h"
#include "event/listener.h"

#define TELL_COSTS_EVERY (10 * CLOCK_SECOND)
#define SEEN_SLOTS 4096 /* a power of two */

struct worker {
	struct rulebook *rules; /* the matcher's; NULL: none yet */
	struct record_means means;
	const struct addresses *addresses;
	uint64_t assets; /* generation of the register in use */
	struct matcher *matcher;
	struct arena *arena;
	struct rule_costs *costs; /* NULL: nobody asks */
	struct rule_costs_source source;
	int64_t told;              /* when it got the last */
	uint64_t seen[SEEN_SLOTS]; /* keys of suppression met lately, by hash: a guess, and only that */
};

void batch_init(struct batch *batch, size_t capacity)
{
	*batch = (struct batch){
		.arena = arena_new(1024 * 1024), .block = block_new(), .findings = findings_new()};
	batch->records = calloc(capacity, sizeof(*batch->records));
	must(batch->arena && batch->block && batch->findings && batch->records);
}

void batch_done(struct batch *batch)
{
	arena_free(batch->arena);
	free(batch->records);
	block_free(batch->block);
	findings_free(batch->findings);
	rulebook_release(batch->rules);
	clocks_release(batch->clocks);
	vec_done(&batch->drafts);
	block_pieces_done(&batch->pieces);
	buf_done(&batch->columns);
	buf_done(&batch->alerts);
	buf_done(&batch->trail);
	vec_done(&batch->unknown);
}

void batch_reset(struct batch *batch)
{
	arena_reset(batch->arena);
	block_clear(batch->block);
	findings_clear(batch->findings);
	rulebook_release(batch->rules);
	batch->rules = NULL;
	clocks_release(batch->clocks);
	batch->clocks = NULL;
	batch->replay = false;
	vec_clear(&batch->drafts);
	block_pieces_clear(&batch->pieces);
	buf_clear(&batch->columns);
	buf_clear(&batch->alerts);
	buf_clear(&batch->trail);
	vec_clear(&batch->unknown);
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

struct worker *worker_new(const struct source_set *sources, const struct addresses *addresses, int64_t zone,
			  struct rule_costs *costs)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	must(worker);
	worker->costs = costs;
	worker->addresses = addresses;
	worker->means = (struct record_means){
		.parser = parser_new(sources), .enricher = addresses_enricher(addresses), .zone = zone};
	worker->arena = arena_new(0);
	must(worker->means.parser && worker->arena);
	return worker;
}

static void drop_matcher(struct worker *worker)
{
	if (worker->matcher && worker->costs)
		rule_costs_add(worker->costs, &worker->source, worker->matcher);
	rule_costs_source_done(&worker->source);
	if (worker->matcher)
		matcher_free(worker->matcher);
	rulebook_release(worker->rules);
}

static void use_rules(struct worker *worker, struct rulebook *rules)
{
	if (worker->rules == rules)
		return;
	drop_matcher(worker);
	worker->rules = rulebook_use(rules);
	rule_costs_source_init(&worker->source, rules->set);
	worker->matcher = matcher_new(rules->set);
	must(worker->matcher);
}

void worker_free(struct worker *worker)
{
	parser_free(worker->means.parser);
	enricher_free(worker->means.enricher);
	drop_matcher(worker);
	arena_free(worker->arena);
	free(worker);
}

/* False where an alert with that key was made ahead lately: then this match is likely to be counted on it. */
static bool is_new_key(struct worker *worker, uint32_t rule, const struct rule_suppress *suppress)
{
	const uint32_t *slots = ruleset_suppress_slots(worker->rules->set, rule);
	uint64_t hash = rule + 1, *seen;

	for (size_t i = 0; i < suppress->by_count; i++) {
		struct str value = {0};

		matcher_value(worker->matcher, slots[i], &value);
		hash = hash_bytes_seeded(value.ptr, value.len, hash);
	}
	seen = &worker->seen[hash & (SEEN_SLOTS - 1)];
	if (*seen == hash)
		return false;
	*seen = hash;
	return true;
}

static void draft(struct worker *worker, uint32_t rule, const struct event *event, uint32_t record,
		  struct batch *batch)
{
	const struct rule_info *info = ruleset_info(worker->rules->set, rule);
	struct draft draft = {record, rule, batch->alerts.len};

	if (info->silent || (info->suppress.span > 0 && !is_new_key(worker, rule, &info->suppress)))
		return;
	alert_link_add(&batch->alerts, info, event, record_time(event),
		       matcher_explain(worker->matcher, rule, event, worker->arena));
	vec_push(&batch->drafts, draft);
}

static void match(struct worker *worker, const struct event *event, uint32_t record, struct batch *batch)
{
	const struct finding_plan *plan = worker->rules->plan;
	const uint32_t *rules;
	size_t count = matcher_run(worker->matcher, event, &rules);

	for (size_t i = 0; i < count; i++) {
		findings_add(batch->findings, plan, worker->matcher, rules[i], event,
			     record_lane(&batch->records[record]), record_time(event), record);
		if (!batch->replay)
			draft(worker, rules[i], event, record, batch);
	}
}

static bool is_heartbeat(const struct journal_record *record)
{
	return record->listener == LISTENER_PLATFORM && str_starts(record->bytes, STR(HEARTBEAT_START));
}

static void work(struct worker *worker, struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		const struct journal_record *record = &batch->records[i];
		const bool heartbeat = is_heartbeat(record);
		struct event event;

		arena_reset(worker->arena);
		record_event(&worker->means, record, worker->arena, &event);
		match(worker, &event, i, batch);
		if (heartbeat)
			findings_add_time(batch->findings, LANE_LIVE, record->received);
		if (batch->replay) /* only the correlator is told once more */
			continue;
		if (batch->tally)
			coverage_tally_add(batch->tally, &event, record->flags & JOURNAL_DRILL);
		unknown_lines_add(&batch->unknown, &event, batch->arena);
		if (record->listener == LISTENER_AUDIT)
			trail_link_add(&batch->trail, record);
		else if (!heartbeat)
			block_add(batch->block, &event);
	}
	if (batch->replay)
		return;
	block_finish(batch->block, &batch->pieces);
	block_names(batch->block, &batch->columns);
}

void worker_run(struct worker *worker, struct batch *batch)
{
	use_rules(worker, batch->rules);
	addresses_refresh(worker->addresses, worker->means.enricher, &worker->assets);
	worker->means.clocks = batch->clocks;
	work(worker, batch);
	worker->means.clocks = NULL;
	if (worker->costs && clock_monotonic() - worker->told > TELL_COSTS_EVERY) {
		rule_costs_add(worker->costs, &worker->source, worker->matcher);
		worker->told = clock_monotonic();
	}
}

static bool find(const uint32_t *rules, size_t count, uint32_t rule)
{
	for (size_t i = 0; i < count; i++)
		if (rules[i] == rule)
			return true;
	return false;
}

bool worker_make_alert(struct worker *worker, const struct batch *batch, const struct journal_record *record,
		       const struct correlator_alert *alert, struct buf *alerts)
{
	const struct rule_info *info = ruleset_info(batch->rules->set, alert->rule);
	struct str why = alert->why;
	struct event event;

	use_rules(worker, batch->rules);
	addresses_refresh(worker->addresses, worker->means.enricher, &worker->assets);
	arena_reset(worker->arena);
	worker->means.clocks = batch->clocks;
	record_event(&worker->means, record, worker->arena, &event);
	worker->means.clocks = NULL;
	if (info->kind == RULE_DETECTION) {
		const uint32_t *matched;
		size_t count = matcher_run(worker->matcher, &event, &matched);

		if (!find(matched, count, alert->rule))
			return false;
		why = matcher_explain(worker->matcher, alert->rule, &event, worker->arena);
	}
	alert_link_add(alerts, info, &event, alert->time, why);
	return true;
}
