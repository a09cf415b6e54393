/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bin/archive_status.h"
#include "bin/pipeline_state.h"
#include "rules/rule_costs.h"
#include "bin/store_options.h"
#include "journal/journal.h"

struct status {
	struct journal_stat journal;
	struct archive_status archive;
	struct web_pipeline pipeline;
	uint64_t backlog;
	size_t rules_aside;
	bool store_reachable;
	uint64_t events;
};

/* How many events the store has; false where it does not answer. */
static bool count_events(const struct config *config, struct arena *arena, uint64_t *ret_events)
{
	struct store_client *client = NULL;
	struct store_options options;
	struct sql_query query = {0};
	struct buf answer = {0};
	struct err err = {0};
	int r = store_options_make(config, arena, &options, &err);

	options.timeout = 3 * CLOCK_SECOND;
	if (r == 0)
		r = store_client_open(&options, &client, &err);
	buf_printf(&query.sql, "SELECT count() FROM events");
	if (r == 0)
		r = store_query(client, &query, "TabSeparated", &answer, NULL, &err);
	if (r == 0)
		r = str_to_u64(str_trim(buf_str(&answer)), ret_events);
	store_client_close(client);
	sql_query_done(&query);
	buf_done(&answer);
	return r == 0;
}

/* As analyze last wrote it down, once a minute. */
static size_t count_aside(const struct config *config, struct arena *arena)
{
	struct rule_costs *costs = rule_costs_open(config_path(config, arena, RULE_COSTS_FILE));
	size_t count = rule_costs_aside(costs);

	rule_costs_free(costs);
	return count;
}

static void read_status(const struct config *config, struct arena *arena, struct status *status)
{
	struct pipeline_state *state = pipeline_state_new(config_path(config, arena, "run/processes.json"),
							  config_path(config, arena, "cursor/analyze"));

	pipeline_state_read(state, &status->pipeline);
	pipeline_state_free(state);
	journal_stat(config_path(config, arena, "journal"), &status->journal);
	if (status->journal.durable_seq >= status->pipeline.next_seq)
		status->backlog = status->journal.durable_seq - status->pipeline.next_seq + 1;
	status->rules_aside = count_aside(config, arena);
	archive_status_read(config, arena, &status->archive);
	status->store_reachable = count_events(config, arena, &status->events);
}

static void print_json(const struct status *status)
{
	printf("{\"journal\":{\"durable_seq\":%" PRIu64 ",\"segments\":%" PRIu64 ",\"bytes\":%" PRIu64
	       "},\"archive\":",
	       status->journal.durable_seq, status->journal.segments, status->journal.bytes);
	archive_status_print_json(&status->archive);
	printf(",\"backlog\":%" PRIu64 ",\"rules_aside\":%zu,\"store\":{\"reachable\":%s,\"events\":%" PRIu64
	       "},\"processes\":[",
	       status->backlog, status->rules_aside, status->store_reachable ? "true" : "false",
	       status->events);
	for (size_t i = 0; i < status->pipeline.process_count; i++) {
		const struct web_process *process = &status->pipeline.processes[i];

		printf("%s{\"name\":\"%s\",\"state\":\"%s\",\"pid\":%d,\"restarts\":%u}", i ? "," : "",
		       process->name, process->state, process->pid, process->restarts);
	}
	printf("]}\n");
}

static void print_text(const struct status *status)
{
	printf("journal   %" PRIu64 " records durable, %" PRIu64 " segments, %.1f MB\n",
	       status->journal.durable_seq, status->journal.segments, (double)status->journal.bytes / 1e6);
	archive_status_print(&status->archive);
	printf("analyze   %" PRIu64 " records behind\n", status->backlog);
	if (status->rules_aside)
		printf("rules     %zu take too long and are not evaluated: see 'wanglou rules report'\n",
		       status->rules_aside);
	if (status->store_reachable)
		printf("store     %" PRIu64 " events\n", status->events);
	else
		printf("store     does not answer\n");
	for (size_t i = 0; i < status->pipeline.process_count; i++) {
		const struct web_process *process = &status->pipeline.processes[i];

		printf("%-9s %s, process %d, started again %u times\n", process->name, process->state,
		       process->pid, process->restarts);
	}
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct arena *arena = arena_new(0);
	struct status status = {0};
	struct config config;
	struct err err = {0};

	if (config_load(arguments, arena, &config, &err) < 0) {
		arena_free(arena);
		return command_failed_err(command, &err);
	}
	read_status(&config, arena, &status);
	if (argument_flag(arguments, "json"))
		print_json(&status);
	else
		print_text(&status);
	arena_free(arena);
	return status.store_reachable ? EXIT_OK : EXIT_FAILED;
}

const struct command cmd_status = {
	.name = "status",
	.summary = "how the journal, the store and the processes are doing",
	.usage = "[--data DIR] [--json]",
	.options = (const struct option_def[]){{"json", NULL, "print it as JSON"}, CONFIG_OPTIONS, {0}},
	.run = run,
};
