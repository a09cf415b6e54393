/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "web/private.h"

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

void api_get_status(struct call *call)
{
	const struct web_options *options = &call->web->options;
	struct web_pipeline pipeline = {0};

	if (options->pipeline)
		options->pipeline(options->pipeline_context, &pipeline);
	out_open(call->out, NULL, '{');
	out_text(call->out, "version", str_from(options->version));
	out_time(call->out, "now", call->now);
	out_number(call->out, "stale_seconds", 0);
	out_open(call->out, "journal", '{');
	out_integer(call->out, "durable_seq", 0);
	out_integer(call->out, "segments", 0);
	out_integer(call->out, "bytes", 0);
	out_close(call->out, '}');
	out_open(call->out, "analyze", '{');
	out_integer(call->out, "next_seq", (int64_t)pipeline.next_seq);
	out_integer(call->out, "backlog", 0);
	out_number(call->out, "events_per_second", pipeline.events_per_second);
	out_close(call->out, '}');
	out_open(call->out, "store", '{');
	out_bool(call->out, "reachable", false);
	out_close(call->out, '}');
	write_processes(call->out, &pipeline);
	out_close(call->out, '}');
}
