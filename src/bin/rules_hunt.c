/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/clock_link.h"
#include "coverage/registry.h"
#include "bin/rules_call.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "bin/config.h"
#include "bin/content.h"
#include "bin/hunt.h"
#include "bin/progress.h"
#include "bin/store_open.h"
#include "query/time.h"

struct hunting {
	struct rules_call *call;
	struct hunt_options options;
	struct ruleset *own;  /* of a file */
	struct rules_all all; /* of the platform */
	struct source_set *sources;
	struct addresses addresses;
	struct store_client *store;
	struct progress progress;
	struct buf line;
	struct registry *registry;
	struct clocks *clocks;
};

/* --- what is found ------------------------------------------------------------------------------------ */

static const enum field_id shown[] = {FIELD_ID_HOST_NAME, FIELD_ID_USER_NAME, FIELD_ID_SOURCE_IP,
				      FIELD_ID_DESTINATION_IP};

static void add_json(struct buf *line, const struct hunt_match *match, const char *time)
{
	buf_printf(line, "{\"seq\":%llu,\"@timestamp\":\"%s\"", (unsigned long long)match->seq, time);
	if (match->event)
		rules_json_text(line, "event.dataset", match->event->source);
	for (size_t i = 0; match->event && i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct str text = event_text(match->event, shown[i]);

		if (text.len)
			rules_json_text(line, field_info(shown[i])->name.ptr, text);
	}
	buf_printf(line, ",\"why\":%.*s}\n", STR_FMT(match->why));
}

static void add_text(struct buf *line, const struct hunt_match *match, const char *time)
{
	buf_printf(line, "%s  %llu", time, (unsigned long long)match->seq);
	if (!match->event)
		buf_printf(line, "  %.*s", STR_FMT(match->why));
	else if (match->event->source.len)
		buf_printf(line, "  %.*s", STR_FMT(match->event->source));
	for (size_t i = 0; match->event && i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct str text = event_text(match->event, shown[i]);

		if (text.len)
			buf_printf(line, "  %.*s=%.*s", STR_FMT(field_info(shown[i])->name), STR_FMT(text));
	}
	buf_add_char(line, '\n');
}

static void print_match(void *context, const struct hunt_match *match)
{
	struct hunting *hunting = context;
	char time[CLOCK_TEXT_SIZE];

	clock_format(match->time, time);
	buf_clear(&hunting->line);
	(hunting->call->json ? add_json : add_text)(&hunting->line, match, time);
	store_print(buf_str(&hunting->line));
}

static bool show_progress(void *context, uint64_t done, uint64_t total)
{
	struct hunting *hunting = context;

	hunting->progress.total = total;
	progress_update(&hunting->progress, done, done);
	return true;
}

static void print_totals(const struct hunting *hunting, const struct hunt_totals *totals)
{
	fprintf(stderr, "%llu events match", (unsigned long long)totals->matches);
	if (hunting->store)
		fprintf(stderr, "; the store named %llu, the journal had %llu of them",
			(unsigned long long)totals->candidates, (unsigned long long)totals->read);
	else
		fprintf(stderr, "; %llu records of the journal were evaluated",
			(unsigned long long)totals->read);
	fprintf(stderr, "\n");
	if (totals->gone)
		fprintf(stderr,
			"%llu events are stored whose records are no longer in the journal: "
			"they could not be evaluated\n",
			(unsigned long long)totals->gone);
}

/* --- what to look for --------------------------------------------------------------------------------- */

static void print_refusal(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	(void)context;
	err_format(err, text, sizeof(text));
	fprintf(stderr, "%s\n", text);
}

static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The one rule in a file that makes alerts: rules that stand for a correlation alone may be with it. */
static int load_file(struct hunting *hunting, const char *path)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	size_t count = 0;

	ruleset_add(builder, path, print_refusal, NULL);
	hunting->own = ruleset_build(builder, false);
	hunting->options.rules = hunting->own;
	for (uint32_t i = 0; i < ruleset_count(hunting->own); i++)
		if (!ruleset_info(hunting->own, i)->silent) {
			hunting->options.rule = i;
			count++;
		}
	if (count != 1)
		return command_failed(hunting->call->command,
				      "%s holds %zu rules that make alerts; hunt takes one", path, count);
	return EXIT_OK;
}

/* One of the platform's, switched off or not. */
static int load_id(struct hunting *hunting, const char *word)
{
	size_t index = 0;
	int status = rules_all_load(hunting->call, &hunting->all);

	hunting->options.rules = hunting->all.set;
	if (status == EXIT_OK)
		status = rules_find(hunting->call, hunting->all.set, word, &index);
	hunting->options.rule = (uint32_t)index;
	return status;
}

static int read_time(const struct hunting *hunting, const char *option, const char *fallback,
		     int64_t *ret_time)
{
	const char *text = argument_value(hunting->call->arguments, option, fallback);
	int64_t end;

	if (time_read(str_from(text), clock_now(), ret_time, &end) < 0)
		return usage_error(hunting->call->command,
				   "--%s takes a time such as -24h, now, 2026-01-01 or 2026-01-01T08:30:00Z",
				   option);
	return EXIT_OK;
}

static int prepare(struct hunting *hunting, const char *rule)
{
	struct rules_call *call = hunting->call;
	struct hunt_options *options = &hunting->options;
	struct err err = {0};
	int status, r = config_zone(&call->config, &options->zone, &err);

	if (r == 0)
		r = registry_load(config_path(&call->config, call->arena, "coverage.yaml"),
				  &hunting->registry, &err);
	if (r == 0)
		r = config_journal_key(&call->config, call->arena, false, &options->journal_key, &err);
	if (r < 0)
		return command_failed_err(call->command, &err);
	options->journal = config_path(&call->config, call->arena, "journal");
	status = read_time(hunting, "from", "-7d", &options->from);
	if (status == EXIT_OK)
		status = read_time(hunting, "to", "now", &options->to);
	if (status == EXIT_OK)
		status = is_file(rule) ? load_file(hunting, rule) : load_id(hunting, rule);
	if (status == EXIT_OK)
		status = content_load_sources(call->command, call->arguments, &hunting->sources);
	options->sources = hunting->sources;
	addresses_open(&call->config, false, &hunting->addresses);
	options->addresses = &hunting->addresses;
	options->clocks = hunting->clocks = clock_link_load(&call->config, call->arena, hunting->registry);
	return status;
}

static int run(struct hunting *hunting)
{
	struct hunt *hunt = hunt_new(&hunting->options);
	struct hunt_totals totals = {0};
	struct err err = {0};
	int r;

	progress_start(&hunting->progress, "hunting", 0);
	r = hunt_run(hunt, hunting->store, print_match, show_progress, hunting, &totals, &err);
	progress_end(&hunting->progress);
	hunt_free(hunt);
	if (r < 0)
		return store_failed(hunting->call->command, r, &err);
	print_totals(hunting, &totals);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

int rules_hunt(struct rules_call *call)
{
	struct hunting hunting = {.call = call};
	const char *rule = rules_operand(call);
	int status;

	if (!rule)
		return usage_error(call->command, "hunt takes one rule: its id, or a file");
	status = rules_no_more(call);
	if (status == EXIT_OK)
		status = prepare(&hunting, rule);
	if (status == EXIT_OK)
		status = store_open(call->command, call->arguments, "rules.hunt", str_from(rule),
				    argument_flag(call->arguments, "journal") ? NULL : &hunting.store);
	if (status == EXIT_OK)
		status = run(&hunting);
	store_client_close(hunting.store);
	ruleset_free(hunting.own);
	rules_all_done(&hunting.all);
	source_set_free(hunting.sources);
	addresses_close(&hunting.addresses);
	clocks_release(hunting.clocks);
	registry_free(hunting.registry);
	buf_done(&hunting.line);
	return status;
}
