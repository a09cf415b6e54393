/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/rules_hunt.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "bin/config.h"
#include "bin/content.h"
#include "bin/hunt.h"
#include "bin/progress.h"
#include "bin/store_open.h"
#include "query/time.h"

struct call {
	const struct command *command;
	struct arguments *arguments;
	struct arena *arena;
	struct config config;
	struct hunt_options options;
	struct ruleset *rules;
	struct source_set *sources;
	struct store_client *store;
	struct progress progress;
	struct buf line;
	bool json;
};

/* --- what is found ------------------------------------------------------------------------------------ */

static const enum field_id shown[] = {FIELD_ID_HOST_NAME, FIELD_ID_USER_NAME, FIELD_ID_SOURCE_IP,
				      FIELD_ID_DESTINATION_IP};

static void add_json(struct buf *line, const struct hunt_match *match, const char *time)
{
	buf_printf(line, "{\"seq\":%llu,\"@timestamp\":\"%s\",\"event.dataset\":",
		   (unsigned long long)match->event->seq, time);
	buf_add_json_string(line, match->event->source);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct str text = event_text(match->event, shown[i]);

		if (!text.len)
			continue;
		buf_printf(line, ",\"%.*s\":", STR_FMT(field_info(shown[i])->name));
		buf_add_json_string(line, text);
	}
	buf_printf(line, ",\"why\":%.*s}\n", STR_FMT(match->why));
}

static void add_text(struct buf *line, const struct hunt_match *match, const char *time)
{
	struct str source = match->event->source.len ? match->event->source : STR("-");

	buf_printf(line, "%s  %llu  %.*s", time, (unsigned long long)match->event->seq, STR_FMT(source));
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct str text = event_text(match->event, shown[i]);

		if (text.len)
			buf_printf(line, "  %.*s=%.*s", STR_FMT(field_info(shown[i])->name), STR_FMT(text));
	}
	buf_add_char(line, '\n');
}

static void print_match(void *context, const struct hunt_match *match)
{
	const struct field *timestamp = event_get(match->event, FIELD_ID_TIMESTAMP);
	struct call *call = context;
	char time[CLOCK_TEXT_SIZE];

	clock_format(timestamp ? timestamp->integer : match->event->received, time);
	buf_clear(&call->line);
	(call->json ? add_json : add_text)(&call->line, match, time);
	store_print(buf_str(&call->line));
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	struct call *call = context;

	call->progress.total = total;
	progress_update(&call->progress, done, done);
}

static void print_totals(const struct call *call, const struct hunt_totals *totals)
{
	fprintf(stderr, "%llu events match", (unsigned long long)totals->matches);
	if (call->store)
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

/* The rule in a file, which must be the only one. */
static int load_file(struct call *call, const char *path)
{
	struct ruleset_builder *builder = ruleset_builder_new();

	ruleset_add(builder, path, print_refusal, NULL);
	call->rules = ruleset_build(builder, false);
	if (ruleset_count(call->rules) != 1)
		return command_failed(call->command, "%s holds %zu rules that load; hunt takes one", path,
				      ruleset_count(call->rules));
	return EXIT_OK;
}

static int load_id(struct call *call, const char *id)
{
	const char *folder = arena_printf(call->arena, "%s/detections", call->config.content).ptr;
	struct ruleset_builder *builder = ruleset_builder_new();
	int r = ruleset_add(builder, folder, print_refusal, NULL);

	call->rules = ruleset_build(builder, false);
	if (r < 0)
		return command_failed(call->command, "cannot read %s: %s", folder, err_text(r));
	for (uint32_t i = 0; i < ruleset_count(call->rules); i++)
		if (str_ieq(ruleset_info(call->rules, i)->id, str_from(id))) {
			call->options.rule = i;
			return EXIT_OK;
		}
	return command_failed(call->command,
			      "no rule in force has the id %s, and there is no such file; 'wanglou rules "
			      "list' shows the rules",
			      id);
}

static int read_time(struct call *call, const char *option, const char *fallback, int64_t *ret_time)
{
	const char *text = argument_value(call->arguments, option, fallback);
	int64_t end;

	if (time_read(str_from(text), clock_now(), ret_time, &end) < 0)
		return usage_error(call->command,
				   "--%s takes a time such as -24h, now, 2026-01-01 or 2026-01-01T08:30:00Z",
				   option);
	return EXIT_OK;
}

static int prepare(struct call *call, const char *rule)
{
	struct err err = {0};
	int status, r = config_load(call->arguments, call->arena, &call->config, &err);

	if (r == 0)
		r = config_zone(&call->config, &call->options.zone, &err);
	if (r == 0)
		r = config_journal_key(&call->config, call->arena, false, &call->options.journal_key, &err);
	if (r < 0)
		return command_failed_err(call->command, &err);
	call->options.journal = config_path(&call->config, call->arena, "journal");
	status = read_time(call, "from", "-7d", &call->options.from);
	if (status == EXIT_OK)
		status = read_time(call, "to", "now", &call->options.to);
	if (status == EXIT_OK)
		status = is_file(rule) ? load_file(call, rule) : load_id(call, rule);
	if (status == EXIT_OK)
		status = content_load_sources(call->command, call->arguments, &call->sources);
	call->options.rules = call->rules;
	call->options.sources = call->sources;
	return status;
}

static int hunt(struct call *call)
{
	struct hunt *hunt = hunt_new(&call->options);
	struct hunt_totals totals = {0};
	struct err err = {0};
	int r, status = EXIT_OK;

	progress_start(&call->progress, "hunting", 0);
	r = hunt_run(hunt, call->store, print_match, show_progress, call, &totals, &err);
	progress_end(&call->progress);
	hunt_free(hunt);
	if (fflush(stdout) != 0)
		status = EXIT_FAILED;
	if (r < 0)
		return store_failed(call->command, r, &err);
	print_totals(call, &totals);
	return status;
}

int rules_hunt(const struct command *command, struct arguments *arguments)
{
	struct call call = {.command = command, .arguments = arguments, .arena = arena_new(0)};
	size_t cursor = 0;
	const char *rule;
	int status;

	argument_next(arguments, NULL, &cursor); /* "hunt" */
	rule = argument_next(arguments, NULL, &cursor);
	if (!rule || argument_next(arguments, NULL, &cursor)) {
		arena_free(call.arena);
		return usage_error(command, "hunt takes one rule: its id, or a file");
	}
	call.json = argument_flag(arguments, "json");
	status = prepare(&call, rule);
	if (status == EXIT_OK)
		status = store_open(command, arguments, "rules.hunt", str_from(rule),
				    argument_flag(arguments, "journal") ? NULL : &call.store);
	if (status == EXIT_OK)
		status = hunt(&call);
	store_client_close(call.store);
	ruleset_free(call.rules);
	source_set_free(call.sources);
	buf_done(&call.line);
	arena_free(call.arena);
	return status;
}
