/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/pipeline.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/alert_link.h"
#include "bin/alert_maker.h"
#include "bin/batch_reader.h"
#include "bin/block_sender.h"
#include "bin/clock_link.h"
#include "bin/coverage_link.h"
#include "bin/unknown_lines.h"
#include "bin/worker.h"
#include "journal/journal.h"

#define WAIT_STEP (100 * CLOCK_MILLISECOND) /* how soon a stop is noticed while waiting */
#define RETRY_PAUSE (250 * CLOCK_MILLISECOND)
#define COMPLAIN_EVERY (60 * CLOCK_SECOND)
#define WORKERS_MAX 256

enum slot_state { SLOT_FREE, SLOT_FILLED, SLOT_TAKEN, SLOT_DONE };

struct slot {
	struct batch batch;
	enum slot_state state;
	uint64_t number;
};

struct pipeline {
	struct pipeline_options options;
	struct batch_reader *reader;
	uint64_t from; /* where reading begins: the cursor, or before it for a replay */
	struct alert_maker *maker;
	struct alert_link *link;
	struct store_client *store;
	struct block_sender *sender; /* NULL: the store is not our own */

	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stopping;
	struct rulebook *rules; /* in force */
	struct clocks *clocks;
	uint64_t filled; /* the first record that is in no batch yet */
	struct slot *slots;
	unsigned slot_count;
	uint64_t next_fill, next_work, next_commit; /* batch numbers */

	pthread_t reader_thread, committer_thread, worker_threads[WORKERS_MAX];
	unsigned worker_count;
};

static bool stopping(void *context)
{
	struct pipeline *pipeline = context;
	bool value;

	pthread_mutex_lock(&pipeline->lock);
	value = pipeline->stopping;
	pthread_mutex_unlock(&pipeline->lock);
	return value;
}

/* Waits until the slot of batch number is in state; NULL where the pipeline stops first. */
static struct slot *await(struct pipeline *pipeline, const uint64_t *number, enum slot_state state)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&pipeline->lock);
	for (;;) {
		slot = &pipeline->slots[*number % pipeline->slot_count];
		if (pipeline->stopping)
			slot = NULL;
		if (!slot || (slot->state == state && (state == SLOT_FREE || slot->number == *number)))
			break;
		pthread_cond_wait(&pipeline->changed, &pipeline->lock);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return slot;
}

static void move(struct pipeline *pipeline, struct slot *slot, enum slot_state state)
{
	pthread_mutex_lock(&pipeline->lock);
	slot->state = state;
	pthread_cond_broadcast(&pipeline->changed);
	pthread_mutex_unlock(&pipeline->lock);
}

/* What holds for a batch that was filled: after the wait for its records. */
static void decide(struct pipeline *pipeline, struct batch *batch)
{
	pthread_mutex_lock(&pipeline->lock);
	batch->rules = rulebook_use(pipeline->rules);
	batch->clocks = clocks_use(pipeline->clocks);
	pipeline->filled = batch->end;
	pthread_mutex_unlock(&pipeline->lock);
}

/* --- reader ------------------------------------------------------------------------------------------ */

/* Every batch that was filled is committed. */
static bool hungry(void *context)
{
	struct pipeline *pipeline = context;
	bool idle = true;

	pthread_mutex_lock(&pipeline->lock);
	for (unsigned i = 0; i < pipeline->slot_count; i++)
		idle = idle && pipeline->slots[i].state == SLOT_FREE;
	pthread_mutex_unlock(&pipeline->lock);
	return idle;
}

static void *run_reader(void *context)
{
	struct pipeline *pipeline = context;
	const struct batch_taker taker = {pipeline, stopping, hungry};
	struct slot *slot;

	while ((slot = await(pipeline, &pipeline->next_fill, SLOT_FREE)) != NULL) {
		batch_reset(&slot->batch);
		if (!batch_reader_fill(pipeline->reader, &slot->batch, &taker))
			break;
		decide(pipeline, &slot->batch);
		slot->number = pipeline->next_fill++;
		move(pipeline, slot, SLOT_FILLED);
	}
	return NULL;
}

/* --- workers ----------------------------------------------------------------------------------------- */

/* The oldest batch nobody works on; NULL where the pipeline stops. */
static struct slot *take_work(struct pipeline *pipeline)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&pipeline->lock);
	while (!pipeline->stopping) {
		slot = &pipeline->slots[pipeline->next_work % pipeline->slot_count];
		if (slot->state == SLOT_FILLED && slot->number == pipeline->next_work) {
			slot->state = SLOT_TAKEN;
			pipeline->next_work++;
			break;
		}
		slot = NULL;
		pthread_cond_wait(&pipeline->changed, &pipeline->lock);
	}
	pthread_mutex_unlock(&pipeline->lock);
	return slot;
}

static void *run_worker(void *context)
{
	struct pipeline *pipeline = context;
	struct worker *worker = worker_new(pipeline->options.sources, pipeline->options.addresses,
					   pipeline->options.zone, pipeline->options.costs);
	struct slot *slot;

	while ((slot = take_work(pipeline)) != NULL) {
		worker_run(worker, &slot->batch);
		move(pipeline, slot, SLOT_DONE);
	}
	worker_free(worker);
	return NULL;
}

/* --- committer --------------------------------------------------------------------------------------- */

/* Remembers since when something fails and complains about it now and then. */
struct patience {
	const char *what;
	int64_t complained;
	bool failing;
};

/* After a failure: waits a little. False where the pipeline stops. */
static bool be_patient(struct pipeline *pipeline, struct patience *patience, const char *why)
{
	int64_t now = clock_monotonic();

	if (!patience->failing || now - patience->complained > COMPLAIN_EVERY) {
		log_warning("%s: %s; trying again until it works, the journal keeps what comes",
			    patience->what, why);
		patience->complained = now;
	}
	patience->failing = true;
	for (int64_t waited = 0; waited < RETRY_PAUSE; waited += WAIT_STEP) {
		struct timespec step = {0, WAIT_STEP * 1000};

		if (stopping(pipeline))
			return false;
		nanosleep(&step, NULL);
	}
	return true;
}

static void succeeded(struct patience *patience)
{
	if (patience->failing)
		log_info("%s: works again", patience->what);
	patience->failing = false;
}

static bool save_cursor(struct pipeline *pipeline, uint64_t next, uint64_t intent_end)
{
	struct patience patience = {.what = "cursor"};
	struct journal_cursor cursor = {next, intent_end};
	int r;

	while ((r = journal_cursor_save(pipeline->options.cursor, &cursor)) < 0)
		if (!be_patient(pipeline, &patience, err_text(r)))
			return false;
	return true;
}

static bool send(struct pipeline *pipeline, const struct batch *batch, enum ipc_type type,
		 const struct buf *items, struct patience *patience)
{
	int r;

	while ((r = alert_link_send(pipeline->link, batch->rules->set, type, items)) < 0)
		if (!be_patient(pipeline, patience, err_text(r)))
			return false;
	succeeded(patience);
	return true;
}

static bool send_coverage(struct pipeline *pipeline, const struct batch *batch, struct patience *patience)
{
	int r;

	if (!batch->tally)
		return true;
	while ((r = coverage_link_send(pipeline->options.coverage, batch->tally, batch->first, batch->end)) <
	       0)
		if (!be_patient(pipeline, patience, err_text(r)))
			return false;
	succeeded(patience);
	return true;
}

/* Whether the batch at hand, of which all but the end was sent to the store ahead, is there now. */
static bool sent_ahead(struct pipeline *pipeline)
{
	return pipeline->sender && block_sender_finish(pipeline->sender, pipeline->next_commit);
}

/* A refusal may mean that the tables are gone (a new, empty server): they are made again before the next try.
 */
static bool insert(struct pipeline *pipeline, const struct batch *batch, struct patience *patience)
{
	struct store_insertion insertion;
	char token[BLOCK_TOKEN_MAX];
	struct err err = {0};
	int r;

	if (sent_ahead(pipeline) || !block_rows(batch->block))
		return true;
	insertion = block_insertion(batch, token, NULL);
	while ((r = store_insert_pieces(pipeline->store, &insertion, &err)) < 0) {
		if (!be_patient(pipeline, patience, err.message[0] ? err.message : err_text(r)))
			return false;
		if (r == ERR_REFUSED)
			store_prepare(pipeline->store, &err);
	}
	succeeded(patience);
	return true;
}

static bool prepare_store(struct pipeline *pipeline, struct patience *patience)
{
	struct err err = {0};
	int r;

	while ((r = store_prepare(pipeline->store, &err)) < 0)
		if (!be_patient(pipeline, patience, err.message[0] ? err.message : err_text(r)))
			return false;
	succeeded(patience);
	return true;
}

/* What the committer tells of, each with its own patience. */
struct ends {
	struct patience store, core;
	struct rulebook *told; /* the rules core has */
};

/* Core gets the texts of new rules before their alerts; those of a replay it has long had. */
static bool hand_over(struct pipeline *pipeline, const struct batch *batch, struct ends *ends)
{
	must(batch->rules);
	if (ends->told != batch->rules) {
		alert_link_reloaded(pipeline->link);
		rulebook_release(ends->told);
		ends->told = rulebook_use(batch->rules);
	}
	return save_cursor(pipeline, batch->first, batch->end) &&
	       send(pipeline, batch, IPC_ALERTS, alert_maker_alerts(pipeline->maker), &ends->core) &&
	       send(pipeline, batch, IPC_REPEATS, alert_maker_repeats(pipeline->maker), &ends->core) &&
	       send(pipeline, batch, IPC_TRAIL, &batch->trail, &ends->core) &&
	       send_coverage(pipeline, batch, &ends->core) && insert(pipeline, batch, &ends->store) &&
	       save_cursor(pipeline, batch->end, 0);
}

static const struct batch *await_block(void *context, uint64_t number)
{
	struct slot *slot = await(context, &number, SLOT_DONE);

	return slot ? &slot->batch : NULL;
}

/* What was found out of clocks holds from the first record that is in no batch yet. */
static void learn_clocks(struct pipeline *pipeline, const struct batch *batch)
{
	struct clocks *clocks;

	if (!pipeline->options.clock_link || !batch->tally ||
	    !clock_link_take(pipeline->options.clock_link, batch->tally))
		return;
	pthread_mutex_lock(&pipeline->lock);
	clocks = clock_link_publish(pipeline->options.clock_link, pipeline->filled);
	if (clocks) {
		clocks_release(pipeline->clocks);
		pipeline->clocks = clocks;
	}
	pthread_mutex_unlock(&pipeline->lock);
	clock_link_tell(pipeline->options.clock_link);
}

static void *run_committer(void *context)
{
	struct pipeline *pipeline = context;
	struct ends ends = {.store = {.what = "store"}, .core = {.what = "core"}};
	uint64_t next = pipeline->from; /* committed up to here */
	struct slot *slot;

	if (!prepare_store(pipeline, &ends.store)) /* before the first event: people may look at once */
		return NULL;
	while ((slot = await(pipeline, &pipeline->next_commit, SLOT_DONE)) != NULL) {
		const struct batch *batch = &slot->batch;

		alert_maker_run(pipeline->maker, batch);
		if (batch->replay)
			sent_ahead(pipeline); /* nothing of it */
		else if (!hand_over(pipeline, batch, &ends))
			break;
		if (batch->tally && !batch->replay)
			coverage_link_moved(pipeline->options.coverage);
		if (!batch->replay)
			learn_clocks(pipeline, batch);
		if (pipeline->options.unknown)
			unknown_link_take(pipeline->options.unknown, &batch->unknown);
		next = batch->end;
		alert_maker_committed(pipeline->maker, next, false);
		pipeline->next_commit++;
		move(pipeline, slot, SLOT_FREE);
	}
	alert_maker_committed(pipeline->maker, next, true); /* not where a batch is half handed over */
	rulebook_release(ends.told);
	return NULL;
}

/* --- start and stop ---------------------------------------------------------------------------------- */

static int open_ends(struct pipeline *pipeline, struct err *ret_err)
{
	const struct pipeline_options *options = &pipeline->options;
	struct journal_cursor cursor;
	int r = journal_cursor_load(options->cursor, &cursor);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", options->cursor, err_text(r));
	pipeline->from = alert_maker_restore(pipeline->maker, cursor.next);
	r = batch_reader_open(options->journal, options->journal_key, &cursor, pipeline->from,
			      batch_bytes(pipeline->slot_count, options->store_memory), &pipeline->reader,
			      ret_err);
	if (r == 0)
		r = store_client_open(&options->store, &pipeline->store, ret_err);
	return r;
}

static void free_all(struct pipeline *pipeline)
{
	for (unsigned i = 0; i < pipeline->slot_count; i++) {
		coverage_link_tally_free(pipeline->slots[i].batch.tally);
		batch_done(&pipeline->slots[i].batch);
	}
	free(pipeline->slots);
	batch_reader_close(pipeline->reader);
	if (pipeline->store)
		store_client_close(pipeline->store);
	alert_link_free(pipeline->link);
	alert_maker_free(pipeline->maker);
	rulebook_release(pipeline->rules);
	clocks_release(pipeline->clocks);
	pthread_cond_destroy(&pipeline->changed);
	pthread_mutex_destroy(&pipeline->lock);
	free(pipeline);
}

static struct alert_maker *make_maker(const struct pipeline_options *options, struct rulebook *rules)
{
	const struct alert_maker_options of_maker = {
		.state = options->state,
		.journal = options->journal,
		.journal_key = options->journal_key,
		.sources = options->sources,
		.addresses = options->addresses,
		.zone = options->zone,
	};

	return alert_maker_new(&of_maker, rules);
}

void pipeline_set_rules(struct pipeline *pipeline, struct rulebook *rules)
{
	struct rulebook *old;

	pthread_mutex_lock(&pipeline->lock);
	old = pipeline->rules;
	pipeline->rules = rulebook_use(rules);
	pthread_mutex_unlock(&pipeline->lock);
	rulebook_release(old);
}

int pipeline_start(const struct pipeline_options *options, struct rulebook *rules,
		   struct pipeline **ret_pipeline, struct err *ret_err)
{
	struct pipeline *pipeline = calloc(1, sizeof(*pipeline));
	int r;

	must(pipeline);
	must(options->workers >= 1 && options->workers <= WORKERS_MAX);
	pipeline->options = *options;
	pthread_mutex_init(&pipeline->lock, NULL);
	pthread_cond_init(&pipeline->changed, NULL);
	pipeline->rules = rulebook_use(rules);
	pipeline->clocks = clocks_use(options->clocks);
	pipeline->link = alert_link_new(options->core_socket);
	pipeline->maker = make_maker(options, rules);
	pipeline->slot_count = options->workers + 2;
	pipeline->slots = calloc(pipeline->slot_count, sizeof(*pipeline->slots));
	must(pipeline->slots);
	for (unsigned i = 0; i < pipeline->slot_count; i++) {
		struct batch *batch = &pipeline->slots[i].batch;

		batch_init(batch, BATCH_RECORDS);
		if (options->coverage)
			batch->tally = coverage_link_tally(options->coverage);
	}
	r = open_ends(pipeline, ret_err);
	if (r < 0) {
		free_all(pipeline);
		return r;
	}
	if (store_is_own(pipeline->store))
		pipeline->sender =
			block_sender_start(&options->store, &(struct block_source){pipeline, await_block});
	must(pthread_create(&pipeline->reader_thread, NULL, run_reader, pipeline) == 0);
	must(pthread_create(&pipeline->committer_thread, NULL, run_committer, pipeline) == 0);
	for (; pipeline->worker_count < options->workers; pipeline->worker_count++)
		must(pthread_create(&pipeline->worker_threads[pipeline->worker_count], NULL, run_worker,
				    pipeline) == 0);
	*ret_pipeline = pipeline;
	return 0;
}

void pipeline_stop(struct pipeline *pipeline)
{
	pthread_mutex_lock(&pipeline->lock);
	pipeline->stopping = true;
	pthread_cond_broadcast(&pipeline->changed);
	pthread_mutex_unlock(&pipeline->lock);
	pthread_join(pipeline->reader_thread, NULL);
	pthread_join(pipeline->committer_thread, NULL);
	block_sender_stop(pipeline->sender);
	for (unsigned i = 0; i < pipeline->worker_count; i++)
		pthread_join(pipeline->worker_threads[i], NULL);
	free_all(pipeline);
}
