/* SPDX-License-Identifier: Apache-2.0 */
/* The analyze process: loads content, then runs the pipeline until it is told to stop. */
#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/changes.h"
#include "bin/coverage_link.h"
#include "bin/notice.h"
#include "bin/pipeline.h"
#include "bin/process.h"
#include "bin/record_link.h"
#include "bin/store_options.h"
#include "event/listener.h"

#define WORKERS_MAX 64
#define RETAIN_EVERY CLOCK_HOUR
#define SAY_PATIENCE (10 * CLOCK_SECOND)

static void report(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	err_format(err, text, sizeof(text));
	log_warning("%s; left out", text);
	++*(unsigned *)context;
}

static unsigned worker_count(const struct config *config)
{
	long count = config->workers ? config->workers : sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > WORKERS_MAX ? WORKERS_MAX : (unsigned)count;
}

/* A folder of content that cannot be read at all is worth stopping for; single files that do not load are
 * not. */
static int load_content(const struct process *process, struct source_set **ret_sources,
			struct ruleset **ret_rules, struct err *ret_err)
{
	const char *sources = arena_printf(process->arena, "%s/sources", process->config.content).ptr;
	const char *detections = arena_printf(process->arena, "%s/detections", process->config.content).ptr;
	struct ruleset_builder *builder = ruleset_builder_new();
	unsigned refused = 0;
	int r = source_set_load(sources, report, &refused, ret_sources);

	if (r < 0)
		err_set(ret_err, r, 0, 0, "cannot read %s: %s", sources, err_text(r));
	else if ((r = ruleset_add(builder, detections, report, &refused)) < 0)
		err_set(ret_err, r, 0, 0, "cannot read %s: %s", detections, err_text(r));
	*ret_rules = ruleset_build(builder, false);
	if (r == 0)
		log_info("%zu sources and %zu rules loaded, %u files refused", source_set_count(*ret_sources),
			 ruleset_count(*ret_rules), refused);
	return r;
}

/* --- what changed, in the audit trail ----------------------------------------------------------------- */

typedef void find_changes(const struct config *config, const char *state, struct changes *ret_changes);

static int say(const struct process *process, const struct changes *changes, const char *action,
	       struct record_link *link)
{
	struct buf text = {0};
	int r;

	changes_format(changes, action, process->config.data, &text);
	r = notice_send(link, LISTENER_AUDIT, buf_str(&text));
	buf_done(&text);
	return r;
}

/* Durable before it takes effect here, else we end and are started again. collect takes calls once it has
   recorded what it found itself, so what is still new then is ours to say. */
static int record_change(const struct process *process, find_changes *find, const char *state,
			 const char *action, bool save)
{
	struct record_link *link = NULL;
	struct changes changes;
	int r = 0;

	find(&process->config, state, &changes);
	if (changes.any) {
		r = notice_connect(config_path(&process->config, process->arena, "run/collect.sock"),
				   SAY_PATIENCE, &link);
		changes_done(&changes);
		find(&process->config, state, &changes);
	}
	if (r == 0 && changes.any)
		r = say(process, &changes, action, link);
	if (r == 0 && changes.any && save)
		r = changes_save(&changes, state);
	record_link_close(link);
	changes_done(&changes);
	return r;
}

/* The settings' state file is collect's: where we are started again alone and they changed meanwhile, that is
   said each time until it is started again too. */
static int record_changes(const struct process *process, struct err *ret_err)
{
	int r = record_change(process, changes_of_content,
			      config_path(&process->config, process->arena, "cursor/content.json"),
			      "content.change", true);

	if (r == 0)
		r = record_change(process, changes_of_settings,
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

static int run(struct process *process)
{
	struct source_set *sources = NULL;
	struct ruleset *set = NULL;
	struct rulebook *rules = NULL;
	struct pipeline *pipeline = NULL;
	struct registry *registry = NULL;
	struct pipeline_options options = {
		.journal = config_path(&process->config, process->arena, "journal"),
		.journal_key = process->journal_key,
		.cursor = config_path(&process->config, process->arena, "cursor/analyze"),
		.state = config_path(&process->config, process->arena, "cursor/correlate"),
		.core_socket = config_path(&process->config, process->arena, "run/core.sock"),
		.workers = worker_count(&process->config),
	};
	struct err err = {0};
	int r = record_changes(process, &err);

	if (r == 0)
		r = load_content(process, &sources, &set, &err);
	options.sources = sources;
	if (set)
		rules = rulebook_new(set);
	if (r == 0)
		r = config_zone(&process->config, &options.zone, &err);
	if (r == 0)
		r = start_coverage(process, options.zone, &registry, &options.coverage, &err);
	if (r == 0)
		r = store_options_make(&process->config, process->arena, &options.store, &err);
	if (r == 0)
		r = pipeline_start(&options, rules, &pipeline, &err);
	if (r == 0) {
		process_ready(process);
		while (!process_wait_stop(RETAIN_EVERY))
			retain(process, &options.store);
		pipeline_stop(pipeline);
	}
	coverage_link_free(options.coverage);
	registry_free(registry);
	rulebook_release(rules);
	source_set_free(sources);
	return r < 0 ? process_failed(&err) : EXIT_OK;
}

const struct process_def process_analyze = {
	.name = "analyze",
	.folders = {{"cursor", 0750}},
	.sockets = 1u << SOCKET_JOURNAL_KEY,
	.reads = {"journal", "run", "coverage.yaml"},
	.uses_store = true,
	.run = run,
};
