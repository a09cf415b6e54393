/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "journal/journal.h"
#include "web/route.h"
#include "web/store_access.h"

static void write_processes(struct buf *out, const struct web_pipeline *pipeline)
{
	out_open(out, "processes", '[');
	for (size_t i = 0; i < pipeline->process_count && i < WEB_PROCESSES_MAX; i++) {
		const struct web_process *process = &pipeline->processes[i];

		out_open(out, NULL, '{');
		out_text(out, "name", str_from(process->name));
		out_text(out, "state", str_from(process->state ? process->state : "stopped"));
		if (process->pid)
			out_integer(out, "pid", process->pid);
		out_integer(out, "restarts", process->restarts);
		if (process->since)
			out_time(out, "since", process->since);
		out_close(out, '}');
	}
	out_close(out, ']');
}

/* How long the oldest record that is not stored yet has waited, µs. */
static int64_t waiting_time(struct call *call, uint64_t next_seq)
{
	struct journal_reader *reader;
	struct journal_record record;
	int64_t waited = 0;

	if (journal_reader_open(call->web->options.journal, call->web->options.journal_key, next_seq, &reader,
				NULL) < 0)
		return 0;
	if (journal_reader_next(reader, &record, NULL) == 0 && record.received < call->now)
		waited = call->now - record.received;
	journal_reader_close(reader);
	return waited;
}

static void write_journal(struct call *call, const struct web_pipeline *pipeline)
{
	const char *folder = call->web->options.journal;
	struct journal_stat stat = {0};
	uint64_t backlog = 0;
	int64_t waited = 0;

	if (folder)
		journal_stat(folder, &stat);
	if (pipeline->next_seq && stat.durable_seq >= pipeline->next_seq) {
		backlog = stat.durable_seq - pipeline->next_seq + 1;
		waited = waiting_time(call, pipeline->next_seq);
	}
	out_number(call->out, "stale_seconds", (double)waited / CLOCK_SECOND);
	out_open(call->out, "journal", '{');
	out_integer(call->out, "durable_seq", (int64_t)stat.durable_seq);
	out_integer(call->out, "segments", (int64_t)stat.segments);
	out_integer(call->out, "bytes", (int64_t)stat.bytes);
	out_close(call->out, '}');
	out_open(call->out, "analyze", '{');
	out_integer(call->out, "next_seq", (int64_t)pipeline->next_seq);
	out_integer(call->out, "backlog", (int64_t)backlog);
	out_number(call->out, "events_per_second", pipeline->events_per_second);
	out_close(call->out, '}');
}

static void write_store(struct call *call)
{
	struct sql_query query = {0};
	struct err err = {0};
	json_t *rows = NULL;
	int r;

	buf_add_str(&query.sql, STR("SELECT version() AS version, count() AS events FROM events"));
	r = store_ask(call, QUICK, &query, &rows, &err);
	out_open(call->out, "store", '{');
	out_bool(call->out, "reachable", r == 0);
	if (r == 0) {
		out_text(call->out, "version", row_text(json_array_get(rows, 0), "version"));
		out_integer(call->out, "events", row_integer(json_array_get(rows, 0), "events"));
	} else {
		out_text(call->out, "message", str_from(err.message[0] ? err.message : err_text(r)));
	}
	out_close(call->out, '}');
	json_decref(rows);
	sql_query_done(&query);
}

void api_get_status(struct call *call)
{
	const struct web_options *options = &call->web->options;
	struct web_pipeline pipeline = {0};

	if (options->pipeline)
		options->pipeline(options->pipeline_context, &pipeline);
	out_open(call->out, NULL, '{');
	out_text(call->out, "version", str_from(options->version));
	out_time(call->out, "now", call->now);
	write_journal(call, &pipeline);
	write_store(call);
	write_processes(call->out, &pipeline);
	out_close(call->out, '}');
}
