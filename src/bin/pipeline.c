/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/pipeline.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/alert_link.h"
#include "bin/coverage_link.h"
#include "bin/worker.h"
#include "journal/journal.h"

#define BATCH_RECORDS 32768
#define BATCH_BYTES (16u * 1024 * 1024)
#define BATCH_LINGER (200 * CLOCK_MILLISECOND) /* a lone record waits so long for company */
#define WAIT_STEP (100 * CLOCK_MILLISECOND)    /* how soon a stop is noticed while waiting */
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
	struct journal_reader *reader;
	struct journal_cursor cursor;
	struct alert_link *link;
	struct store_client *store;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stopping;
	struct slot *slots;
	unsigned slot_count;
	uint64_t next_fill, next_work, next_commit; /* batch numbers */

	pthread_t reader_thread, committer_thread, worker_threads[WORKERS_MAX];
	unsigned worker_count;
};

static bool stopping(struct pipeline *pipeline)
{
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

/* --- reader ------------------------------------------------------------------------------------------ */

/* Fills a batch up to its limits, or exactly up to end where that is not 0. False where the pipeline stops.
 */
static bool fill(struct pipeline *pipeline, struct batch *batch, uint64_t end)
{
	int64_t first_at = 0;

	while (!stopping(pipeline)) {
		struct journal_record record;
		struct err err = {0};
		int r = journal_reader_next(pipeline->reader, &record, &err);

		if (r == 0) {
			batch_add(batch, &record);
			if (!first_at)
				first_at = clock_monotonic();
			if (end ? record.seq + 1 >= end
				: batch->count == BATCH_RECORDS || batch->bytes >= BATCH_BYTES)
				return true;
		} else if (r == ERR_END) {
			if (!end && first_at && clock_monotonic() - first_at >= BATCH_LINGER)
				return true;
			journal_reader_wait(pipeline->reader, first_at ? BATCH_LINGER / 8 : WAIT_STEP);
		} else {
			log_error("journal: %s", err.message[0] ? err.message : err_text(r));
			if (r != ERR_CORRUPT)
				journal_reader_wait(pipeline->reader, RETRY_PAUSE);
		}
	}
	return false;
}

static void *run_reader(void *context)
{
	struct pipeline *pipeline = context;
	uint64_t end = pipeline->cursor.intent_end > pipeline->cursor.next ? pipeline->cursor.intent_end : 0;
	struct slot *slot;

	while ((slot = await(pipeline, &pipeline->next_fill, SLOT_FREE)) != NULL) {
		batch_reset(&slot->batch);
		if (!fill(pipeline, &slot->batch, end))
			break;
		journal_reader_release(pipeline->reader);
		end = 0;
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
	struct worker *worker =
		worker_new(pipeline->options.sources, pipeline->options.rules, pipeline->options.zone);
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

static bool send(struct pipeline *pipeline, enum ipc_type type, const struct buf *items,
		 struct patience *patience)
{
	int r;

	while ((r = alert_link_send(pipeline->link, pipeline->options.rules, type, items)) < 0)
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

/* A refusal may mean that the tables are gone (a new, empty server): they are made again before the next try.
 */
static bool insert(struct pipeline *pipeline, const struct batch *batch, struct patience *patience)
{
	char token[96];
	struct err err = {0};
	int r;

	if (!block_rows(batch->block))
		return true;
	snprintf(token, sizeof(token), "%" PRIu64 "-%" PRIu64 "-%" PRId64, batch->first, batch->end,
		 batch->records[0].received);
	while ((r = store_insert(pipeline->store, STR("events"), buf_str(&batch->columns), str_from(token),
				 buf_str(&batch->encoded), &err)) < 0) {
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

static void *run_committer(void *context)
{
	struct pipeline *pipeline = context;
	struct patience store = {.what = "store"}, core = {.what = "core"};
	struct slot *slot;

	if (!prepare_store(pipeline, &store)) /* before the first event: people may look at once */
		return NULL;
	while ((slot = await(pipeline, &pipeline->next_commit, SLOT_DONE)) != NULL) {
		const struct batch *batch = &slot->batch;

		if (!save_cursor(pipeline, batch->first, batch->end) ||
		    !send(pipeline, IPC_ALERTS, &batch->alerts, &core) ||
		    !send(pipeline, IPC_TRAIL, &batch->trail, &core) ||
		    !send_coverage(pipeline, batch, &core))
			break;
		if (!insert(pipeline, batch, &store) || !save_cursor(pipeline, batch->end, 0))
			break;
		if (batch->tally)
			coverage_link_moved(pipeline->options.coverage);
		pipeline->next_commit++;
		move(pipeline, slot, SLOT_FREE);
	}
	return NULL;
}

/* --- start and stop ---------------------------------------------------------------------------------- */

static int open_ends(struct pipeline *pipeline, struct err *ret_err)
{
	int r = journal_cursor_load(pipeline->options.cursor, &pipeline->cursor);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", pipeline->options.cursor, err_text(r));
	r = journal_reader_open(pipeline->options.journal, pipeline->options.journal_key,
				pipeline->cursor.next, &pipeline->reader, ret_err);
	if (r == 0)
		r = store_client_open(&pipeline->options.store, &pipeline->store, ret_err);
	return r;
}

static void free_all(struct pipeline *pipeline)
{
	for (unsigned i = 0; i < pipeline->slot_count; i++) {
		coverage_link_tally_free(pipeline->slots[i].batch.tally);
		batch_done(&pipeline->slots[i].batch);
	}
	free(pipeline->slots);
	if (pipeline->reader)
		journal_reader_close(pipeline->reader);
	if (pipeline->store)
		store_client_close(pipeline->store);
	alert_link_free(pipeline->link);
	pthread_cond_destroy(&pipeline->changed);
	pthread_mutex_destroy(&pipeline->lock);
	free(pipeline);
}

int pipeline_start(const struct pipeline_options *options, struct pipeline **ret_pipeline,
		   struct err *ret_err)
{
	struct pipeline *pipeline = calloc(1, sizeof(*pipeline));
	int r;

	must(pipeline);
	must(options->workers >= 1 && options->workers <= WORKERS_MAX);
	pipeline->options = *options;
	pthread_mutex_init(&pipeline->lock, NULL);
	pthread_cond_init(&pipeline->changed, NULL);
	pipeline->link = alert_link_new(options->core_socket);
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
	for (unsigned i = 0; i < pipeline->worker_count; i++)
		pthread_join(pipeline->worker_threads[i], NULL);
	free_all(pipeline);
}
