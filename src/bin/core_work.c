/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/core_work.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "bin/core_duty.h"
#include "bin/core_reports.h"
#include "bin/core_rectification.h"
#include "bin/core_silences.h"
#include "bin/core_tasks.h"
#include "bin/coverage_daily.h"
#include "bin/process.h"
#include "bin/register_snapshot.h"
#include "cases/entity.h"
#include "coverage/ledger.h"
#include "custody/disk.h"
#include "journal/journal.h"
#include "notify/outbox.h"
#include "trail/trail.h"

static void daily_statement(const struct core_context *context, int64_t now)
{
	coverage_daily(context->db, context->collect_socket, context->zone, now);
}

/* The index keeps what the journal keeps; coverage, as long as events can be searched. */
static void retain(const struct core_context *context, int64_t now)
{
	int r;

	while ((r = ledger_retain(context->db, now - context->retention)) == LEDGER_RETAIN_STEP)
		;
	if (r < 0)
		log_warning("old coverage stays a while longer: %s", err_text(r));
	while ((r = trail_prune(context->db, now - TRAIL_KEPT_DAYS * CLOCK_DAY)) == TRAIL_PRUNE_STEP)
		;
	if (r < 0)
		log_warning("old entries of the audit trail stay a while longer: %s", err_text(r));
}

static void forget_entities(const struct core_context *context, int64_t now)
{
	struct db_tx *tx;
	int r = db_begin(context->db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, entities_prune(tx, now - context->retention, now));
	if (r < 0)
		log_warning("what alerts were about stays a while longer: %s", err_text(r));
}

static void keep_outbox(const struct core_context *context, int64_t now)
{
	struct db_tx *tx;
	int r;

	do {
		r = db_begin(context->db, DB_WRITE, &tx);
		if (r < 0)
			break;
		r = outbox_expire(tx, now);
		if (r >= 0)
			r = outbox_forget(tx, now - OUTBOX_RESEND);
		r = db_end(tx, r < 0 ? r : outbox_prune(tx, now - OUTBOX_KEPT));
	} while (r == OUTBOX_PRUNE_STEP);
	if (r < 0)
		log_warning("old messages stay in the outbox a while longer: %s", err_text(r));
}

static void export_register(const struct core_context *context, int64_t now)
{
	register_snapshot(context->db, context->process->config.data, now - context->retention, now);
}

static void sample_disk(const struct core_context *context, int64_t now)
{
	struct arena *arena = arena_new(0);
	const char *folder = config_path(&context->process->config, arena, "journal");
	struct disk_sample sample = {.time = now};
	struct journal_stat stat = {0};
	struct db_tx *tx;
	int r = disk_read(folder, &sample.space);

	journal_stat(folder, &stat);
	sample.journal = stat.bytes;
	if (r == 0)
		r = db_begin(context->db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, disk_sample_add(tx, &sample));
	if (r < 0)
		log_warning("how full the disk is has not been noted: %s", err_text(r));
	arena_free(arena);
}

static const struct {
	int64_t every; /* µs */
	void (*run)(const struct core_context *context, int64_t now);
} pieces[] = {
	{CLOCK_HOUR, retain},
	{CLOCK_HOUR, forget_entities},
	{CLOCK_HOUR, keep_outbox},
	{10 * CLOCK_MINUTE, sample_disk},
	{CORE_WORK_EVERY, export_register},
	{CLOCK_MINUTE, daily_statement},
	{CLOCK_MINUTE, core_silences_tell},
	{CLOCK_MINUTE, core_tasks_remind},
	{CLOCK_MINUTE, core_duty_escalate},
	{CLOCK_MINUTE, core_duty_report},
	{CLOCK_MINUTE, core_reports},
	{CLOCK_MINUTE, core_rectification_remind},
};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

struct core_work {
	const struct core_context *context;
	int64_t due[PIECES]; /* monotonic µs */
};

struct core_work *core_work_new(const struct core_context *context)
{
	struct core_work *work = calloc(1, sizeof(*work));

	must(work);
	work->context = context;
	return work;
}

void core_work_free(struct core_work *work)
{
	free(work);
}

void core_work_run(struct core_work *work, int64_t now)
{
	for (size_t i = 0; i < PIECES; i++) {
		if (now < work->due[i])
			continue;
		work->due[i] = now + pieces[i].every;
		pieces[i].run(work->context, clock_now());
	}
}
