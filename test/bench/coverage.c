/* SPDX-License-Identifier: Apache-2.0 */
/* What counting who talks costs: the worker's part for an event, the committer's for a batch, a step of time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "coverage/coverage.h"
#include "coverage/ledger.h"
#include "event/listener.h"

#define BATCH 32768
#define BATCHES 100
#define CORE_BATCHES 100
#define START (INT64_C(1772409600) * CLOCK_SECOND)

/* Of this thread on a processor: others may be busy. */
static double processor_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* One event that is changed, since a worker's event is in its cache. */
static void make_event(struct event *event, struct arena *arena)
{
	event_init(event, arena);
	event->listener = LISTENER_SYSLOG_UDP;
	event->source = STR("openssh");
	event->raw = STR("a line of some length");
	memcpy(event->peer, (const uint8_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255}, 12);
	event_set_integer(event, FIELD_ID_TIMESTAMP, START);
}

static void add(struct tally *tally, struct event *event, uint32_t peer, int64_t time)
{
	event->received = time;
	memcpy(event->peer + 12, &peer, 4);
	coverage_tally_add(tally, event, false);
}

/* run: messages of one peer in a row. */
static void measure(uint32_t peers, uint32_t run)
{
	struct registry *registry;
	struct err err = {0};
	struct coverage_options options = {.admit = 1};
	struct arena *arena = arena_new(0);
	struct event event;
	struct coverage *coverage;
	struct tally tally;
	double worker = 0, committer = 0;

	must(arena && registry_parse((struct str){0}, &registry, &err) == 0);
	options.registry = registry;
	coverage = coverage_new(&options);
	make_event(&event, arena);
	coverage_tally_init(&tally, registry, coverage_step(0), 0);
	for (uint32_t batch = 0; batch < BATCHES; batch++) {
		double begin = processor_seconds();

		for (uint32_t i = 0; i < BATCH; i++)
			add(&tally, &event, (batch * (BATCH / run) + i / run) % peers,
			    START + (batch * (int64_t)BATCH + i) * 20 * CLOCK_SECOND / BATCH);
		worker += processor_seconds() - begin;
		begin = processor_seconds();
		coverage_begin(coverage);
		coverage_take(coverage, &tally);
		committer += processor_seconds() - begin;
		coverage_tally_clear(&tally);
	}
	printf("%8u %6u %10.1f %14.1f %10zu\n", peers, run, worker * 1e9 / BATCH / BATCHES,
	       committer * 1e9 / BATCH / BATCHES, coverage_talkers(coverage));
	coverage_free(coverage);
	coverage_tally_done(&tally);
	registry_free(registry);
	arena_free(arena);
}

/* Batches of so many talkers into the database, each a transaction of its own on this disk. */
static void measure_core(uint32_t talkers)
{
	static const struct db_schema *const schemas[] = {&coverage_schema};
	char folder[] = "bench_coverage.XXXXXX", path[64];
	struct buf message = {0};
	struct err err = {0};
	struct db *db;
	uint64_t applied;
	int64_t begin;

	must(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	must(db_open(path, schemas, 1, &db, &err) == 0);
	begin = clock_monotonic();
	for (uint64_t batch = 1; batch <= CORE_BATCHES; batch++) {
		const struct coverage_batch range = {STR("0123456789abcdef"), batch, batch + 1, START};

		buf_clear(&message);
		coverage_put_batch(&message, &range);
		for (uint32_t i = 1; i <= talkers; i++)
			coverage_put(&message, &(struct coverage_change){.type = CHANGE_HEARD,
									 .talker = i,
									 .hour = START,
									 .received = 10,
									 .last = START + (int64_t)batch});
		must(ledger_apply(db, buf_str(&message), &applied) == 0 && applied);
	}
	printf("%8u %14.2f\n", talkers,
	       (double)(clock_monotonic() - begin) / CLOCK_MILLISECOND / CORE_BATCHES);
	db_close(db);
	buf_done(&message);
	snprintf(path, sizeof(path), "rm -rf %s", folder);
	must(system(path) == 0);
}

int main(void)
{
	printf("%8s %6s %10s %14s %10s\n", "peers", "run", "worker ns", "committer ns", "talkers");
	measure(1, 1);
	measure(100, 20);
	measure(100, 1);
	measure(3000, 1);
	measure(30000, 1);
	printf("\n%8s %14s\n", "talkers", "core ms/batch");
	measure_core(1);
	measure_core(100);
	measure_core(3000);
	return 0;
}
