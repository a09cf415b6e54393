/* SPDX-License-Identifier: Apache-2.0 */
/* How the platform itself is doing: processes, queue, what is stored, the disk and when it will be full. */
#include "base/clock.h"
#include "custody/disk.h"
#include "custody/holdings.h"
#include "journal/journal.h"
#include "web/house.h"
#include "web/route.h"
#include "web/store_access.h"

#define TREND_SPAN (30 * CLOCK_DAY)
#define SAMPLES_MAX (DISK_FORECAST_SPAN / CLOCK_HOUR + 2)

static void write_processes(struct call *call, const struct web_pipeline *pipeline)
{
	out_open(call->out, "processes", '[');
	for (size_t i = 0; i < pipeline->process_count && i < WEB_PROCESSES_MAX; i++) {
		const struct web_process *process = &pipeline->processes[i];

		out_open(call->out, NULL, '{');
		out_text(call->out, "name", str_from(process->name));
		out_text(call->out, "state", str_from(process->state ? process->state : "stopped"));
		if (process->pid)
			out_integer(call->out, "pid", process->pid);
		out_integer(call->out, "restarts", process->restarts);
		if (process->since)
			out_time(call->out, "since", process->since);
		if (process->memory) {
			out_integer(call->out, "memory", (int64_t)process->memory);
			out_integer(call->out, "load", process->load);
		}
		out_close(call->out, '}');
	}
	out_close(call->out, ']');
}

/* Returns how many bytes the journal has on disk. */
static uint64_t write_journal(struct call *call, const struct web_pipeline *pipeline,
			      const struct holdings *holdings)
{
	const char *folder = call->web->options.journal;
	struct journal_stat stat = {0};

	if (folder)
		journal_stat(folder, &stat);
	out_open(call->out, "journal", '{');
	out_integer(call->out, "durable_seq", (int64_t)stat.durable_seq);
	out_integer(call->out, "bytes", (int64_t)stat.bytes);
	out_integer(call->out, "segments", (int64_t)holdings->segments);
	out_integer(call->out, "sealed_segments", (int64_t)holdings->sealed_segments);
	out_integer(call->out, "sealed_bytes", (int64_t)holdings->sealed_bytes);
	if (holdings->oldest)
		out_time(call->out, "oldest", holdings->oldest);
	out_close(call->out, '}');
	out_open(call->out, "queue", '{');
	out_integer(call->out, "backlog",
		    pipeline->next_seq && stat.durable_seq >= pipeline->next_seq
			    ? (int64_t)(stat.durable_seq - pipeline->next_seq + 1)
			    : 0);
	out_number(call->out, "events_per_second", pipeline->events_per_second);
	out_close(call->out, '}');
	return stat.bytes;
}

/* From the engine's own list of parts, which is in its memory. */
static void write_store(struct call *call)
{
	struct sql_query query = {0};
	struct err err = {0};
	json_t *rows = NULL, *row;
	int r;

	buf_add_str(
		&query.sql,
		STR("SELECT version() AS version, sum(rows) AS rows, sum(bytes_on_disk) AS bytes,"
		    " uniqExact(partition) AS days, min(partition) AS oldest, count() AS parts"
		    " FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events'"));
	r = store_ask(call, QUICK, &query, &rows, &err);
	row = json_array_get(rows, 0);
	out_open(call->out, "store", '{');
	out_bool(call->out, "reachable", r == 0);
	if (r == 0) {
		out_text(call->out, "version", row_text(row, "version"));
		out_integer(call->out, "events", row_integer(row, "rows"));
		out_integer(call->out, "bytes", row_integer(row, "bytes"));
		out_integer(call->out, "days", row_integer(row, "days"));
		out_integer(call->out, "parts", row_integer(row, "parts"));
	} else {
		out_text(call->out, "message", str_from(err.message[0] ? err.message : err_text(r)));
	}
	out_close(call->out, '}');
	json_decref(rows);
	sql_query_done(&query);
}

/* --- the disk ------------------------------------------------------------------------------------------- */

struct trend {
	struct call *call;
	struct disk_sample week[SAMPLES_MAX];
	size_t count;
};

static int keep_sample(void *context, const struct disk_sample *sample)
{
	struct trend *trend = context;

	if (trend->count < SAMPLES_MAX)
		trend->week[trend->count++] = *sample;
	return 0;
}

static int write_sample(void *context, const struct disk_sample *sample)
{
	struct buf *out = context;

	out_open(out, NULL, '{');
	out_time(out, "time", sample->time);
	out_integer(out, "used", (int64_t)sample->space.used);
	out_integer(out, "journal", (int64_t)sample->journal);
	out_close(out, '}');
	return 0;
}

static void write_forecast(struct call *call, const struct trend *trend, const struct disk_space *space,
			   unsigned critical)
{
	struct disk_forecast full, alarm;

	if (!disk_forecast(trend->week, trend->count, space->total, &full) ||
	    !disk_forecast(trend->week, trend->count, space->total / 100 * critical, &alarm))
		return;
	out_open(call->out, "forecast", '{');
	out_number(call->out, "days_seen", (double)full.span / CLOCK_DAY);
	out_number(call->out, "bytes_per_day", full.per_day);
	if (full.days_left >= 0)
		out_number(call->out, "full_in_days", full.days_left);
	if (alarm.days_left >= 0)
		out_number(call->out, "critical_in_days", alarm.days_left);
	out_close(call->out, '}');
}

static int write_disk(struct call *call, const struct web_house *house, uint64_t journal)
{
	struct trend trend = {.call = call};
	const struct disk_sample now = {.time = call->now, .journal = journal};
	struct disk_space space = {0};
	struct db_tx *tx;
	int r;

	if (!call->web->options.journal || disk_read(call->web->options.journal, &space) < 0)
		return 0;
	r = db_begin(call->web->db, DB_READ, &tx);
	if (r < 0)
		return r;
	out_open(call->out, "disk", '{');
	out_integer(call->out, "total", (int64_t)space.total);
	out_integer(call->out, "used", (int64_t)space.used);
	out_integer(call->out, "percent", disk_percent(&space));
	out_integer(call->out, "high", house->disk_high);
	out_integer(call->out, "critical", house->retention->disk_critical);
	out_open(call->out, "samples", '[');
	r = disk_sample_list(tx, call->now - TREND_SPAN, CLOCK_DAY, write_sample, call->out);
	if (r == 0)
		r = disk_sample_list(tx, call->now - DISK_FORECAST_SPAN, CLOCK_HOUR, keep_sample, &trend);
	r = db_end(tx, r);
	if (trend.count < SAMPLES_MAX) {
		trend.week[trend.count] = now;
		trend.week[trend.count++].space = space;
	}
	out_close(call->out, ']');
	write_forecast(call, &trend, &space, house->retention->disk_critical);
	out_close(call->out, '}');
	return r;
}

/* Costs a look at the header of each segment, 200 rows of samples and one question to the store. */
void api_get_system(struct call *call)
{
	const struct web_options *options = &call->web->options;
	const struct web_house *house = options->house;
	struct web_pipeline pipeline = {0};
	struct holdings holdings = {0};
	uint64_t journal;
	int r = 0;

	if (options->pipeline)
		options->pipeline(options->pipeline_context, &pipeline);
	if (options->journal)
		holdings_read(options->journal, options->journal_key, NULL, call->now, &holdings);
	out_open(call->out, NULL, '{');
	out_text(call->out, "version", str_from(options->version));
	out_time(call->out, "now", call->now);
	write_processes(call, &pipeline);
	journal = write_journal(call, &pipeline, &holdings);
	write_store(call);
	if (house)
		r = write_disk(call, house, journal);
	out_open(call->out, "certificate", '{');
	out_bool(call->out, "own", call->web->certificate_ours);
	out_time(call->out, "until", call->web->certificate_until);
	out_text(call->out, "fingerprint", str_from(call->web->fingerprint));
	out_close(call->out, '}');
	out_close(call->out, '}');
	if (r < 0)
		call_fail_code(call, r);
}
