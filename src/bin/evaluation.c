/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/evaluation.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "bin/alert_link.h"
#include "bin/eval_alerts.h"

#define BATCH_RECORDS 256
#define BATCH_BYTES (256 * 1024)
#define CACHE_LINE 64
#define FETCH_MAX 8192        /* bytes of a record */
#define BATCHES_PER_THREAD 16 /* so many that a thread the machine stops for a while stops no other */

enum batch_state { BATCH_FREE, BATCH_READY, BATCH_TAKEN, BATCH_FINISHED };

struct batch {
	enum batch_state state;
	struct arena *arena; /* the records' bytes */
	struct evaluation_record records[BATCH_RECORDS];
	unsigned count;
	struct buf lines;          /* what came of them */
	struct findings *findings; /* NULL where no rule correlates */
	uint64_t matches;
	struct eval_drafts drafts; /* of alerts, where they are grouped */
};

struct worker {
	struct evaluation *evaluation;
	struct parser *parser;
	struct matcher *matcher;
	struct arena *arena;
	pthread_t thread;
};

struct evaluation {
	const struct ruleset *rules;
	struct evaluation_options options;
	int64_t started;
	struct str *endings;        /* of the lines, by rule */
	struct eval_alerts *alerts; /* NULL where no rule correlates */
	struct arena *arena;
	struct evaluation_totals totals;
	struct worker *workers; /* the first is the adding thread's own */

	pthread_mutex_t lock;
	pthread_cond_t ready, finished;
	struct batch *ring;
	unsigned ring_size;
	uint64_t filling, next; /* numbers of batches: at hand, and to be taken by a worker */
	bool ended;
};

/* -- a batch ------------------------------------------------------------------------------------------- */

/* Where a record stands, and a comma. */
static void add_place(const struct evaluation_record *record, struct buf *lines)
{
	buf_printf(lines, "\"line\":%llu,\"file\":", (unsigned long long)record->line);
	buf_add_json_string(lines, str_from(record->file));
	if (record->member[0]) {
		buf_add_str(lines, STR(",\"member\":"));
		buf_add_json_string(lines, str_from(record->member));
	}
	buf_add_char(lines, ',');
}

static void add_line(struct batch *batch, const struct evaluation *evaluation,
		     const struct evaluation_record *record, uint32_t rule)
{
	buf_add_char(&batch->lines, '{');
	add_place(record, &batch->lines);
	buf_add_str(&batch->lines, evaluation->endings[rule]);
}

static void run_record(struct worker *worker, struct batch *batch, const struct evaluation_record *record)
{
	const struct evaluation *evaluation = worker->evaluation;
	struct parse_input input = {
		.bytes = record->bytes, .received = evaluation->started, .seq = record->number};
	const uint32_t *rules;
	struct event event;
	size_t count;

	arena_reset(worker->arena);
	event_init(&event, worker->arena);
	parser_run(worker->parser, &input, &event);
	count = evaluation->options.straight ? matcher_run_all(worker->matcher, &event, &rules)
					     : matcher_run(worker->matcher, &event, &rules);
	batch->matches += count;
	for (size_t i = 0; i < count && evaluation->options.out; i++)
		add_line(batch, evaluation, record, rules[i]);
	if (evaluation->options.incidents && count)
		eval_incidents_note(evaluation->options.incidents, &batch->drafts, worker->matcher, rules,
				    count, &event, (uint32_t)(record - batch->records));
	else if (batch->findings && count)
		eval_alerts_note(evaluation->alerts, batch->findings, worker->matcher, rules, count, &event,
				 (uint32_t)(record - batch->records));
}

/* Another thread may have written it, long ago for a cache: it comes while the record before is worked on. */
static void fetch_record(const struct evaluation_record *record)
{
	const size_t len = record->bytes.len < FETCH_MAX ? record->bytes.len : FETCH_MAX;

	for (size_t at = 0; at < len; at += CACHE_LINE)
		__builtin_prefetch(record->bytes.ptr + at);
}

static void run_batch(struct worker *worker, struct batch *batch)
{
	for (unsigned i = 0; i < batch->count; i++) {
		if (i + 1 < batch->count)
			fetch_record(&batch->records[i + 1]);
		run_record(worker, batch, &batch->records[i]);
	}
}

static void begin_alert(void *context, uint32_t record, struct buf *lines)
{
	const struct batch *batch = context;

	add_place(&batch->records[record], lines);
}

struct maker {
	struct evaluation *evaluation;
	struct batch *batch;
};

/* On the adding thread, whose worker is not at work now. */
static void make_alert(void *context, uint32_t number, const struct rule_info *info, int64_t time,
		       struct str why, struct buf *alerts)
{
	const struct maker *maker = context;
	struct worker *worker = &maker->evaluation->workers[0];
	const struct evaluation_record *record = &maker->batch->records[number];
	struct parse_input input = {
		.bytes = record->bytes, .received = maker->evaluation->started, .seq = record->number};
	struct event event;

	arena_reset(worker->arena);
	event_init(&event, worker->arena);
	parser_run(worker->parser, &input, &event);
	alert_link_add(alerts, info, &event, time, why);
}

/* Writes what came of a finished batch and empties it. */
static void write_batch(struct evaluation *evaluation, struct batch *batch)
{
	if (evaluation->options.incidents) {
		eval_incidents_run(evaluation->options.incidents, &batch->drafts, make_alert,
				   &(struct maker){evaluation, batch});
	} else if (batch->findings) {
		eval_alerts_run(evaluation->alerts, batch->findings, begin_alert, batch, &batch->lines);
		findings_clear(batch->findings);
	}
	if (batch->lines.len && evaluation->options.out)
		fwrite(batch->lines.ptr, 1, batch->lines.len, evaluation->options.out);
	evaluation->totals.events += batch->count;
	evaluation->totals.matches += batch->matches;
	buf_clear(&batch->lines);
	arena_reset(batch->arena);
	batch->count = 0;
	batch->matches = 0;
	batch->state = BATCH_FREE;
}

/* -- threads ------------------------------------------------------------------------------------------- */

static struct batch *batch_at(struct evaluation *evaluation, uint64_t number)
{
	return &evaluation->ring[number % evaluation->ring_size];
}

/* The next batch that is ready, NULL where none is. Under the lock. */
static struct batch *take_batch(struct evaluation *evaluation)
{
	struct batch *batch = batch_at(evaluation, evaluation->next);

	if (batch->state != BATCH_READY)
		return NULL;
	evaluation->next++;
	batch->state = BATCH_TAKEN;
	return batch;
}

/* Gives the lock back meanwhile. */
static void work_on(struct worker *worker, struct batch *batch)
{
	struct evaluation *evaluation = worker->evaluation;

	pthread_mutex_unlock(&evaluation->lock);
	run_batch(worker, batch);
	pthread_mutex_lock(&evaluation->lock);
	batch->state = BATCH_FINISHED;
}

static void *worker_main(void *context)
{
	struct worker *worker = context;
	struct evaluation *evaluation = worker->evaluation;
	struct batch *batch;

	pthread_mutex_lock(&evaluation->lock);
	for (;;) {
		batch = take_batch(evaluation);
		if (batch) {
			work_on(worker, batch);
			pthread_cond_signal(&evaluation->finished);
		} else if (evaluation->ended) {
			break;
		} else {
			pthread_cond_wait(&evaluation->ready, &evaluation->lock);
		}
	}
	pthread_mutex_unlock(&evaluation->lock);
	return NULL;
}

/* Works along until a batch has been worked on, and writes it. A free one is left alone. */
static void settle(struct evaluation *evaluation, struct batch *batch)
{
	pthread_mutex_lock(&evaluation->lock);
	while (batch->state == BATCH_READY || batch->state == BATCH_TAKEN) {
		struct batch *mine = take_batch(evaluation);

		if (mine)
			work_on(&evaluation->workers[0], mine);
		else
			pthread_cond_wait(&evaluation->finished, &evaluation->lock);
	}
	pthread_mutex_unlock(&evaluation->lock);
	if (batch->state == BATCH_FINISHED)
		write_batch(evaluation, batch);
}

/* Hands the batch at hand over, and takes up the next one of the ring. */
static void hand_over(struct evaluation *evaluation)
{
	struct batch *batch = batch_at(evaluation, evaluation->filling);

	pthread_mutex_lock(&evaluation->lock);
	batch->state = BATCH_READY;
	pthread_cond_signal(&evaluation->ready);
	pthread_mutex_unlock(&evaluation->lock);
	settle(evaluation, batch_at(evaluation, ++evaluation->filling));
}

/* -- the evaluation ------------------------------------------------------------------------------------ */

static void make_endings(struct evaluation *evaluation)
{
	size_t count = ruleset_count(evaluation->rules);
	struct buf text = {0};

	evaluation->endings = arena_array(evaluation->arena, struct str, count + 1);
	for (size_t i = 0; i < count; i++) {
		const struct rule_info *info = ruleset_info(evaluation->rules, i);

		buf_clear(&text);
		buf_add_str(&text, STR("\"rule\":"));
		buf_add_json_string(&text, info->id);
		buf_add_str(&text, STR(",\"title\":"));
		buf_add_json_string(&text, info->title);
		buf_printf(&text, ",\"level\":\"%s\"}\n", rule_level_name(info->level));
		evaluation->endings[i] = arena_copy(evaluation->arena, buf_str(&text));
	}
	buf_done(&text);
}

static void init_worker(struct evaluation *evaluation, struct worker *worker,
			const struct source_set *sources)
{
	*worker = (struct worker){.evaluation = evaluation,
				  .parser = parser_new(sources),
				  .matcher = matcher_new(evaluation->rules),
				  .arena = arena_new(0)};
	must(worker->parser && worker->arena);
}

struct evaluation *evaluation_new(const struct source_set *sources, const struct ruleset *rules,
				  const struct evaluation_options *options)
{
	struct evaluation *evaluation = calloc(1, sizeof(*evaluation));
	const unsigned threads = options->threads;

	must(evaluation && threads >= 1 && threads <= EVALUATION_THREADS_MAX);
	evaluation->rules = rules;
	evaluation->options = *options;
	evaluation->started = clock_now();
	evaluation->ring_size = threads > 1 ? threads * BATCHES_PER_THREAD : 1;
	evaluation->ring = calloc(evaluation->ring_size, sizeof(*evaluation->ring));
	evaluation->workers = calloc(threads, sizeof(*evaluation->workers));
	evaluation->arena = arena_new(0);
	evaluation->alerts = eval_alerts_new(rules);
	must(evaluation->ring && evaluation->workers && evaluation->arena);
	pthread_mutex_init(&evaluation->lock, NULL);
	pthread_cond_init(&evaluation->ready, NULL);
	pthread_cond_init(&evaluation->finished, NULL);
	for (unsigned i = 0; i < evaluation->ring_size; i++) {
		evaluation->ring[i].arena = arena_new(0);
		must(evaluation->ring[i].arena);
		if (evaluation->alerts)
			evaluation->ring[i].findings = findings_new();
	}
	make_endings(evaluation);
	for (unsigned i = 0; i < threads; i++)
		init_worker(evaluation, &evaluation->workers[i], sources);
	for (unsigned i = 1; i < threads; i++)
		must(pthread_create(&evaluation->workers[i].thread, NULL, worker_main,
				    &evaluation->workers[i]) == 0);
	return evaluation;
}

void evaluation_add(struct evaluation *evaluation, const struct evaluation_record *record)
{
	struct batch *batch = batch_at(evaluation, evaluation->filling);
	struct evaluation_record *copy = &batch->records[batch->count++];

	*copy = *record;
	copy->number = evaluation->options.incidents ? eval_incidents_number(evaluation->options.incidents,
									     record->file, record->member)
						     : record->line;
	copy->bytes = arena_copy(batch->arena, record->bytes);
	copy->member = record->member[0] ? arena_copy(batch->arena, str_from(record->member)).ptr : "";
	if (batch->count == BATCH_RECORDS || arena_used(batch->arena) >= BATCH_BYTES)
		hand_over(evaluation);
}

static void stop_workers(struct evaluation *evaluation)
{
	pthread_mutex_lock(&evaluation->lock);
	evaluation->ended = true;
	pthread_cond_broadcast(&evaluation->ready);
	pthread_mutex_unlock(&evaluation->lock);
	for (unsigned i = 1; i < evaluation->options.threads; i++)
		pthread_join(evaluation->workers[i].thread, NULL);
}

/* Adds up the events of all workers by how many candidates they had. */
static void count_candidates(const struct evaluation *evaluation, uint64_t ret_events[CANDIDATES_BUCKETS])
{
	memset(ret_events, 0, CANDIDATES_BUCKETS * sizeof(*ret_events));
	for (unsigned i = 0; i < evaluation->options.threads; i++) {
		const uint64_t *events = matcher_candidates_histogram(evaluation->workers[i].matcher);

		for (size_t n = 0; n < CANDIDATES_BUCKETS; n++)
			ret_events[n] += events[n];
	}
}

/* The least count of candidates that at least 95 of 100 events do not exceed. */
static uint64_t candidates_p95(const struct evaluation *evaluation)
{
	uint64_t events[CANDIDATES_BUCKETS], all = 0, seen = 0;
	size_t n = 0;

	count_candidates(evaluation, events);
	for (size_t i = 0; i < CANDIDATES_BUCKETS; i++)
		all += events[i];
	while (n + 1 < CANDIDATES_BUCKETS && (seen += events[n]) < all - all / 20)
		n++;
	return n;
}

static void free_worker(struct evaluation *evaluation, struct worker *worker)
{
	evaluation->totals.candidates += matcher_candidates(worker->matcher);
	evaluation->totals.exceeded += matcher_exceeded(worker->matcher);
	parser_free(worker->parser);
	matcher_free(worker->matcher);
	arena_free(worker->arena);
}

/* Windows that are still open when the input is over. */
static void end_alerts(struct evaluation *evaluation)
{
	struct buf lines = {0};

	if (evaluation->options.incidents)
		eval_incidents_run(evaluation->options.incidents, NULL, NULL, NULL);
	if (!evaluation->alerts)
		return;
	eval_alerts_run(evaluation->alerts, NULL, NULL, NULL, &lines);
	if (lines.len && evaluation->options.out)
		fwrite(lines.ptr, 1, lines.len, evaluation->options.out);
	buf_done(&lines);
	eval_alerts_free(evaluation->alerts);
}

struct evaluation_totals evaluation_end(struct evaluation *evaluation)
{
	struct evaluation_totals totals;

	if (batch_at(evaluation, evaluation->filling)->count)
		hand_over(evaluation);
	for (unsigned i = 0; i < evaluation->ring_size; i++)
		settle(evaluation, batch_at(evaluation, evaluation->filling + i));
	stop_workers(evaluation);
	end_alerts(evaluation);
	evaluation->totals.candidates_p95 = candidates_p95(evaluation);
	for (unsigned i = 0; i < evaluation->options.threads; i++)
		free_worker(evaluation, &evaluation->workers[i]);
	if (evaluation->options.out)
		fflush(evaluation->options.out);
	for (unsigned i = 0; i < evaluation->ring_size; i++) {
		arena_free(evaluation->ring[i].arena);
		buf_done(&evaluation->ring[i].lines);
		findings_free(evaluation->ring[i].findings);
		eval_drafts_done(&evaluation->ring[i].drafts);
	}
	totals = evaluation->totals;
	pthread_mutex_destroy(&evaluation->lock);
	pthread_cond_destroy(&evaluation->ready);
	pthread_cond_destroy(&evaluation->finished);
	arena_free(evaluation->arena);
	free(evaluation->ring);
	free(evaluation->workers);
	free(evaluation);
	return totals;
}
