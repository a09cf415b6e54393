/* SPDX-License-Identifier: Apache-2.0 */
/* The analyze process: loads content, then runs the pipeline until it is told to stop. */
#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/addresses.h"
#include "bin/change_record.h"
#include "bin/clock_link.h"
#include "bin/coverage_link.h"
#include "bin/pipeline.h"
#include "bin/process.h"
#include "rules/rule_costs.h"
#include "bin/rules_watch.h"
#include "bin/store_options.h"
#include "bin/unknown_lines.h"

#define WORKERS_MAX 64
#define MIB (1024u * 1024)
#define RETAIN_EVERY CLOCK_HOUR
#define SAVE_COSTS_EVERY CLOCK_MINUTE

static unsigned worker_count(const struct config *config)
{
	long count = config->workers ? config->workers : sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > WORKERS_MAX ? WORKERS_MAX : (unsigned)count;
}

static void report(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	err_format(err, text, sizeof(text));
	log_warning("%s; left out", text);
	++*(unsigned *)context;
}

/* A folder that cannot be read at all is worth stopping for; single files that do not load are not. */
static int load_sources(const struct process *process, struct source_set **ret_sources, struct err *ret_err)
{
	const char *sources = arena_printf(process->arena, "%s/sources", process->config.content).ptr;
	unsigned refused = 0;
	int r = source_set_load(sources, report, &refused, ret_sources);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot read %s: %s", sources, err_text(r));
	log_info("%zu sources loaded, %u files refused", source_set_count(*ret_sources), refused);
	return 0;
}

/* The settings' state file is collect's: where we are started again alone and they changed meanwhile, that is
   said each time until it is started again too. */
static int record_changes(const struct process *process, struct err *ret_err)
{
	int r = change_record(process, changes_of_content,
			      config_path(&process->config, process->arena, "cursor/content.json"),
			      "content.change", true);

	if (r == 0)
		r = change_record(process, changes_of_settings,
				  config_path(&process->config, process->arena, "journal/live/settings.json"),
				  "config.change", false);
	return r < 0 ? err_set(ret_err, r, 0, 0, "content and settings in the audit trail: %s", err_text(r))
		     : 0;
}

/* Drops what is older than the days to keep. A store that is away is asked again an hour later. */
static void retain(const struct process *process, const struct store_options *options)
{
	struct store_client *client = NULL;
	struct err err = {0};
	int r = store_client_open(options, &client, &err);

	if (r == 0)
		r = store_retain(client, (unsigned)process->config.retention_days, clock_now(), &err);
	if (r < 0)
		log_warning("old events stay a while longer: %s", err.message[0] ? err.message : err_text(r));
	store_client_close(client);
}

static int start_coverage(const struct process *process, int64_t zone, struct registry **ret_registry,
			  struct coverage_link **ret_link, struct err *ret_err)
{
	struct arena *arena = process->arena;
	const struct config *config = &process->config;
	struct coverage_link_options options = {
		.core_socket = config_path(config, arena, "run/core.sock"),
		.collect_socket = config_path(config, arena, "run/collect.sock"),
		.journal = config_path(config, arena, "journal"),
		.snapshot = config_path(config, arena, "cursor/coverage"),
		.zone = zone,
		.silent_least = config->silent_least * CLOCK_SECOND,
		.admit = config->admit * CLOCK_SECOND,
	};
	int r = registry_load(config_path(config, arena, "coverage.yaml"), ret_registry, ret_err);

	if (r < 0)
		return r;
	options.registry = *ret_registry;
	*ret_link = coverage_link_new(&options);
	return 0;
}

static void start_clocks(const struct process *process, const struct registry *registry,
			 struct pipeline_options *options)
{
	const struct config *config = &process->config;

	options->clocks = clock_link_load(config, process->arena, registry);
	if (config->clock_window)
		options->clock_link =
			clock_link_new(config_path(config, process->arena, CLOCKS_FILE),
				       config_path(config, process->arena, "run/collect.sock"), registry,
				       config->clock_window * CLOCK_SECOND, options->clocks);
}

/* What is due now and then, until we are told to stop. */
static void serve(const struct process *process, const struct pipeline_options *options,
		  struct addresses *addresses, struct rules_watch *watch, struct pipeline *pipeline)
{
	int64_t retain_at = clock_monotonic() + RETAIN_EVERY, save_at = clock_monotonic() + SAVE_COSTS_EVERY;

	while (!process_wait_stop(RULES_WATCH_EVERY)) {
		rules_watch_look(watch, pipeline);
		assets_watch_look(addresses->assets);
		if (clock_monotonic() >= save_at) {
			rule_costs_save(options->costs);
			save_at = clock_monotonic() + SAVE_COSTS_EVERY;
		}
		if (clock_monotonic() >= retain_at) {
			retain(process, &options->store);
			retain_at = clock_monotonic() + RETAIN_EVERY;
		}
	}
}

static int run(struct process *process)
{
	struct source_set *sources = NULL;
	struct rules_watch *watch = NULL;
	struct pipeline *pipeline = NULL;
	struct registry *registry = NULL;
	struct addresses addresses = {0};
	struct pipeline_options options = {
		.addresses = &addresses,
		.journal = config_path(&process->config, process->arena, "journal"),
		.journal_key = process->journal_key,
		.cursor = config_path(&process->config, process->arena, "cursor/analyze"),
		.state = config_path(&process->config, process->arena, "cursor/correlate"),
		.core_socket = config_path(&process->config, process->arena, "run/core.sock"),
		.workers = worker_count(&process->config),
		.store_memory =
			process->config.store_url[0] ? 0 : (uint64_t)process->config.store_memory * MIB,
		.costs = rule_costs_open(config_path(&process->config, process->arena, RULE_COSTS_FILE)),
	};
	struct err err = {0};
	int r;

	options.unknown = unknown_link_new(config_path(&process->config, process->arena, UNKNOWN_FILE));
	rule_costs_begin(options.costs);
	r = record_changes(process, &err);

	if (r == 0)
		r = load_sources(process, &sources, &err);
	if (r == 0)
		r = rules_watch_start(process, &watch, &err);
	options.sources = sources;
	addresses_open(&process->config, true, &addresses);
	if (r == 0)
		r = config_zone(&process->config, &options.zone, &err);
	if (r == 0)
		r = start_coverage(process, options.zone, &registry, &options.coverage, &err);
	if (r == 0)
		start_clocks(process, registry, &options);
	if (r == 0)
		r = store_options_make(&process->config, process->arena, &options.store, &err);
	if (r == 0)
		r = pipeline_start(&options, rules_watch_rules(watch), &pipeline, &err);
	if (r == 0) {
		process_ready(process);
		serve(process, &options, &addresses, watch, pipeline);
		pipeline_stop(pipeline);
		rule_costs_save(options.costs);
	}
	unknown_link_free(options.unknown);
	clock_link_free(options.clock_link);
	clocks_release(options.clocks);
	coverage_link_free(options.coverage);
	registry_free(registry);
	rules_watch_free(watch);
	rule_costs_free(options.costs);
	addresses_close(&addresses);
	source_set_free(sources);
	return r < 0 ? process_failed(&err) : EXIT_OK;
}

const struct process_def process_analyze = {
	.name = "analyze",
	.folders = {{"cursor", 0750}},
	.sockets = 1u << SOCKET_JOURNAL_KEY,
	.reads = {"journal", "run", "coverage.yaml", "rules", "register"},
	.uses_store = true,
	.reads_addresses = true,
	.run = run,
};
