/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drill process: plays the scenario's days, ending now, once per data folder, then goes on with its
 * background in real time so that the pages stay alive. Every record is marked as drill.
 */
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "bin/process.h"
#include "bin/record_link.h"
#include "bin/scenario.h"

#define TICK (2 * CLOCK_SECOND)
#define SCENARIO "drill/campus-day.yaml"

static int send(struct record_link *link, const struct scenario *scenario, int64_t from, int64_t to,
		bool attacks, struct arena *arena, size_t *ret_count)
{
	struct scenario_line *lines;
	size_t count;
	int r = scenario_play(scenario, from, to, attacks, arena, &lines, &count);

	for (size_t i = 0; i < count && r == 0; i++)
		r = record_link_add(link, lines[i].source, JOURNAL_DRILL, lines[i].text);
	if (r == 0)
		r = record_link_flush(link);
	*ret_count = count;
	return r;
}

/* The marker is written when the days are durable; a crash before that plays it again, which a drill may. */
static int play_days(const struct process *process, struct record_link *link, const struct scenario *scenario,
		     struct arena *arena)
{
	const char *marker = config_path(&process->config, process->arena, "drill/played");
	int64_t now = clock_now();
	size_t count;
	int r;

	if (access(marker, F_OK) == 0)
		return 0;
	r = send(link, scenario, now - scenario_span(scenario), now, true, arena, &count);
	if (r < 0)
		return r;
	log_info("the drill's days are played: %zu lines, marked as drill", count);
	return io_replace_file(marker, "", 0, 0640);
}

static int play_on(struct record_link *link, const struct scenario *scenario, struct arena *arena)
{
	int64_t last = clock_now();
	int r = 0;

	while (r == 0 && !process_wait_stop(TICK)) {
		int64_t now = clock_now();
		size_t count;

		arena_reset(arena);
		r = send(link, scenario, last, now, false, arena, &count);
		last = now;
	}
	return r;
}

static int run(struct process *process)
{
	const char *path = arena_printf(process->arena, "%s/" SCENARIO, process->config.content).ptr;
	const char *socket = config_path(&process->config, process->arena, "run/collect.sock");
	struct arena *arena = arena_new(0);
	struct record_link *link = NULL;
	struct scenario *scenario;
	struct err err = {0};
	int64_t zone;
	int r = config_zone(&process->config, &zone, &err);

	if (r == 0)
		r = scenario_load(path, zone, process->arena, &scenario, &err);
	if (r == 0)
		process_ready(process);
	if (r == 0 && (r = record_link_open(socket, &link)) == 0)
		r = play_days(process, link, scenario, arena);
	if (r == 0)
		r = play_on(link, scenario, arena);
	record_link_close(link);
	arena_free(arena);
	if (r < 0 && !err.message[0])
		err_set(&err, r, 0, 0, "the drill cannot reach the collector: %s", err_text(r));
	return r < 0 ? process_failed(&err) : EXIT_OK;
}

const struct process_def process_drill = {
	.name = "drill",
	.folders = {{"drill", 0750}},
	.reads = {"run"},
	.run = run,
};
