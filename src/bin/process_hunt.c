/* SPDX-License-Identifier: Apache-2.0 */
/* The hunt process: holds a rule that somebody is writing against the past (rules/hunt_request.h), and
   unpacks packs of rules that somebody uploaded (rules/pack_trial.h). It alone parses old records and
   archives for the console, and has nothing that could be taken: no key but the journal's, no account, no
   socket. One at a time, at low priority, within bounds of time, memory and matches shown. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "bin/clock_link.h"
#include "bin/hunt.h"
#include "bin/process.h"
#include "bin/rule_tests.h"
#include "bin/store_options.h"
#include "coverage/registry.h"
#include "event/field.h"
#include "rules/draft.h"
#include "rules/hunt_request.h"
#include "rules/pack_trial.h"
#include "rules/rules.h"

#define TURN (CLOCK_SECOND / 2) /* between looks for something to do, and between reports of progress */
#define TIME_MAX (10 * CLOCK_MINUTE)
#define MEMORY_MAX (UINT64_C(2) * 1024 * 1024 * 1024)
#define MATCHES_SHOWN 200
#define WHY_MAX 2048
#define NICENESS 10

struct hunter {
	struct process *process;
	struct rules_paths paths;
	const char *hunts, *unpacked;
	struct registry *registry;
	struct store_options store;
	int64_t zone;
};

/* One hunt under way. */
struct chase {
	const struct hunter *hunter;
	struct hunt_request request;
	struct arena *arena;
	struct ruleset *all;
	struct settings settings;
	struct draft bare, narrowed; /* without exceptions, and with them */
	bool has_bare, has_narrowed;
	struct matcher *matcher; /* of the narrowed; NULL for a correlation */
	struct source_set *sources;
	struct clocks *clocks;
	struct store_client *client;
	int64_t begun, told;
	uint64_t done, total, matches, excepted;
	struct buf tests, items;
	size_t shown;
	bool stopped, late; /* nobody asks any more; it took too long */
};

/* -- what is found --------------------------------------------------------------------------------------- */

static void add_text(struct buf *out, const char *key, struct str text)
{
	buf_printf(out, ",\"%s\":", key);
	buf_add_json_string(out, text);
}

static void tell(struct chase *chase, const char *state, const struct hunt_totals *totals,
		 const struct err *err)
{
	struct buf out = {0};

	buf_printf(&out,
		   "{\"state\":\"%s\",\"done\":%llu,\"total\":%llu,\"matches\":%llu,\"excepted\":%llu,"
		   "\"seconds\":%.1f",
		   state, (unsigned long long)chase->done, (unsigned long long)chase->total,
		   (unsigned long long)chase->matches, (unsigned long long)chase->excepted,
		   (double)(clock_monotonic() - chase->begun) / CLOCK_SECOND);
	if (totals)
		buf_printf(&out, ",\"candidates\":%llu,\"read\":%llu,\"gone\":%llu",
			   (unsigned long long)totals->candidates, (unsigned long long)totals->read,
			   (unsigned long long)totals->gone);
	if (err && err->message[0])
		add_text(&out, "reason", str_from(err->message));
	buf_printf(&out, ",\"tests\":[%.*s],\"items\":[%.*s]}", STR_FMT(buf_str(&chase->tests)),
		   STR_FMT(buf_str(&chase->items)));
	if (hunt_found_write(chase->hunter->hunts, str_from(chase->request.id), buf_str(&out)) < 0)
		log_warning("what a hunt found cannot be written");
	chase->told = clock_monotonic();
	buf_done(&out);
}

static void take_test(void *context, const struct rule_test *test, bool passed)
{
	struct chase *chase = context;
	struct buf *out = &chase->tests;

	buf_printf(out, "%s{\"line\":%u,\"passed\":%s,\"expected\":%s", out->len ? "," : "", test->line,
		   passed ? "true" : "false", test->match ? "true" : "false");
	add_text(out, "name", test->name);
	buf_add_char(out, '}');
}

/* Whether what matches the rule matches it with its exceptions too. */
static bool is_excepted(struct chase *chase, const struct event *event)
{
	const uint32_t *rules;
	size_t count;

	if (!event || !chase->matcher)
		return false;
	count = matcher_run(chase->matcher, event, &rules);
	for (size_t i = 0; i < count; i++)
		if (rules[i] == chase->narrowed.rule)
			return false;
	return true;
}

static void add_match(struct buf *out, const struct hunt_match *match, bool excepted)
{
	static const enum field_id shown[] = {FIELD_ID_HOST_NAME, FIELD_ID_USER_NAME, FIELD_ID_SOURCE_IP,
					      FIELD_ID_DESTINATION_IP};
	char time[CLOCK_TEXT_SIZE];

	clock_format(match->time, time);
	buf_printf(out, "%s{\"seq\":%llu,\"time\":\"%s\",\"excepted\":%s", out->len ? "," : "",
		   (unsigned long long)match->seq, time, excepted ? "true" : "false");
	if (match->event)
		add_text(out, "source", match->event->source);
	buf_add_str(out, STR(",\"fields\":["));
	for (size_t i = 0, count = 0; match->event && i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct str text = event_text(match->event, shown[i]);

		if (!text.len)
			continue;
		buf_add_str(out, count++ ? STR(",{\"field\":") : STR("{\"field\":"));
		buf_add_json_string(out, field_info(shown[i])->name);
		add_text(out, "value", text);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
	if (match->why.len && match->why.len <= WHY_MAX)
		buf_printf(out, ",\"why\":%.*s", STR_FMT(match->why));
	buf_add_char(out, '}');
}

static void take_match(void *context, const struct hunt_match *match)
{
	struct chase *chase = context;
	bool excepted = is_excepted(chase, match->event);

	chase->matches++;
	chase->excepted += excepted;
	if (chase->shown < MATCHES_SHOWN) {
		chase->shown++;
		add_match(&chase->items, match, excepted);
	}
}

static bool go_on(void *context, uint64_t done, uint64_t total)
{
	struct chase *chase = context;
	int64_t now = clock_monotonic();

	chase->done = done;
	chase->total = total;
	chase->late = now - chase->begun > TIME_MAX;
	if (now - chase->told >= TURN) {
		/* Seconds at most, and nobody is to wait with a pack for somebody's hunt. */
		pack_trial_turn(&chase->hunter->paths, chase->hunter->unpacked);
		chase->stopped =
			!hunt_request_stands(chase->hunter->paths.folder, str_from(chase->request.id));
		tell(chase, "running", NULL, NULL);
	}
	return !chase->late && !chase->stopped;
}

/* -- what is looked for ---------------------------------------------------------------------------------- */

static void ignore(void *context, const struct err *err)
{
	(void)context;
	(void)err;
}

static int load_rules(struct chase *chase, struct err *ret_err)
{
	const struct hunter *hunter = chase->hunter;
	const struct hunt_request *request = &chase->request;
	struct draft_options options = {.id = request->rule, .text = request->text};
	int r = rules_load_all(&hunter->paths, ignore, NULL, &chase->all, &chase->settings);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "the rules cannot be read: %s", err_text(r));
	options.others = chase->all;
	r = draft_load(&chase->bare, &options, ret_err);
	chase->has_bare = r == 0;
	options.exceptions = arena_printf(chase->arena, "%s/exceptions", hunter->paths.folder).ptr;
	options.except = request->except;
	if (r == 0)
		r = draft_load(&chase->narrowed, &options, ret_err);
	chase->has_narrowed = r == 0;
	if (r == 0 && ruleset_info(chase->bare.set, chase->bare.rule)->kind == RULE_DETECTION)
		chase->matcher = matcher_new(chase->narrowed.set);
	return r;
}

static int load_means(struct chase *chase, struct err *ret_err)
{
	const struct hunter *hunter = chase->hunter;
	const struct config *config = &hunter->process->config;
	int r = source_set_load(arena_printf(chase->arena, "%s/sources", config->content).ptr, ignore, NULL,
				&chase->sources);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "the sources cannot be read: %s", err_text(r));
	chase->clocks = clock_link_load(config, chase->arena, hunter->registry);
	return store_client_open(&hunter->store, &chase->client, ret_err);
}

static int run_hunt(struct chase *chase, struct hunt_totals *totals, struct err *ret_err)
{
	const struct hunter *hunter = chase->hunter;
	bool is_detection = chase->matcher != NULL;
	const struct draft *draft = is_detection ? &chase->bare : &chase->narrowed;
	struct addresses addresses;
	struct hunt_options options = {
		.rules = draft->set,
		.rule = draft->rule,
		.sources = chase->sources,
		.addresses = &addresses, /* as they are now; between hunts their files take no memory */
		.zone = hunter->zone,
		.clocks = chase->clocks,
		.journal = config_path(&hunter->process->config, chase->arena, "journal"),
		.journal_key = hunter->process->journal_key,
		.from = chase->request.from,
		.to = chase->request.to,
	};
	struct hunt *hunt;
	int r;

	addresses_open(&hunter->process->config, false, &addresses);
	hunt = hunt_new(&options);
	r = hunt_run(hunt, chase->client, take_match, go_on, chase, totals, ret_err);
	hunt_free(hunt);
	addresses_close(&addresses);
	return r;
}

static void chase_done(struct chase *chase)
{
	matcher_free(chase->matcher);
	if (chase->has_bare)
		draft_done(&chase->bare);
	if (chase->has_narrowed)
		draft_done(&chase->narrowed);
	if (chase->all) {
		settings_done(&chase->settings);
		ruleset_free(chase->all);
	}
	store_client_close(chase->client);
	clocks_release(chase->clocks);
	source_set_free(chase->sources);
	buf_done(&chase->tests);
	buf_done(&chase->items);
	arena_free(chase->arena);
}

static void chase_run(struct chase *chase)
{
	struct hunt_totals totals = {0};
	struct err err = {0};
	int r;

	tell(chase, "running", NULL, NULL);
	r = load_rules(chase, &err);
	if (r == 0)
		r = load_means(chase, &err);
	if (r == 0) {
		rule_tests_of(chase->bare.set, chase->bare.rule, chase->sources, take_test, chase);
		tell(chase, "running", NULL, NULL);
		r = run_hunt(chase, &totals, &err);
	}
	if (r == 0)
		chase->done = chase->total = totals.candidates;
	else if (!err.message[0])
		err_set(&err, r, 0, 0, "%s", err_text(r));
	tell(chase, r == 0 ? "done" : chase->late ? "late" : "failed", &totals, chase->late ? NULL : &err);
}

/* -- the process ----------------------------------------------------------------------------------------- */

/* What was running when this process ended is told as failed, since it may be what ended it. */
static int fail_running(const char *path, void *context)
{
	const struct hunter *hunter = context;
	struct str name = str_from(strrchr(path, '/') + 1), id = str_head(name, HUNT_ID_SIZE - 1);
	struct buf text = {0};

	if (hunt_found_read(hunter->hunts, id, &text) == 0 &&
	    str_starts(buf_str(&text), STR("{\"state\":\"running\"")))
		hunt_found_write(
			hunter->hunts, id,
			STR("{\"state\":\"failed\",\"reason\":\"the hunt ended before it was done\"}"));
	buf_done(&text);
	return 0;
}

static void take_turn(struct hunter *hunter)
{
	struct chase chase = {.hunter = hunter, .begun = clock_monotonic()};
	char id[HUNT_ID_SIZE];
	int r;

	pack_trial_turn(&hunter->paths, hunter->unpacked);
	hunt_found_prune(hunter->paths.folder, hunter->hunts);
	if (!hunt_request_next(hunter->paths.folder, hunter->hunts, id))
		return;
	chase.arena = arena_new(0);
	must(chase.arena);
	r = hunt_request_read(hunter->paths.folder, str_from(id), chase.arena, &chase.request);
	words_speak(chase.request.language);
	if (r == 0)
		chase_run(&chase);
	else if (r != ERR_END)
		hunt_found_write(hunter->hunts, str_from(id),
				 STR("{\"state\":\"failed\",\"reason\":\"the request cannot be read\"}"));
	chase_done(&chase);
	words_speak(WORDS_ENGLISH);
}

static void bound(void)
{
#ifndef __SANITIZE_ADDRESS__
	const struct rlimit memory = {MEMORY_MAX, MEMORY_MAX};

	if (setrlimit(RLIMIT_DATA, &memory) < 0)
		log_warning("the memory of hunts is not bounded: %s", strerror(errno));
#endif
	if (nice(NICENESS) < 0 && errno)
		log_warning("hunts run at the priority of all: %s", strerror(errno));
}

static int run(struct process *process)
{
	const struct config *config = &process->config;
	struct hunter hunter = {
		.process = process,
		.paths = {.own = arena_printf(process->arena, "%s/detections", config->content).ptr,
			  .folder = config_path(config, process->arena, "rules")},
		.hunts = config_path(config, process->arena, HUNTS_FOLDER),
		.unpacked = config_path(config, process->arena, UNPACKED_FOLDER),
	};
	struct err err = {0};
	int r = config_zone(config, &hunter.zone, &err);

	bound();
	if (r == 0)
		r = registry_load(config_path(config, process->arena, "coverage.yaml"), &hunter.registry,
				  &err);
	if (r == 0)
		r = store_options_make(config, process->arena, &hunter.store, &err);
	if (r == 0) {
		io_walk(hunter.hunts, ".json", fail_running, &hunter);
		pack_trial_start(hunter.unpacked);
		process_ready(process);
		while (!process_wait_stop(TURN))
			take_turn(&hunter);
	}
	registry_free(hunter.registry);
	return r < 0 ? process_failed(&err) : EXIT_OK;
}

const struct process_def process_hunt = {
	.name = "hunt",
	.folders = {{HUNTS_FOLDER, 0750}, {UNPACKED_FOLDER, 0750}},
	.sockets = 1u << SOCKET_JOURNAL_KEY,
	.uses_store = true,
	.reads_addresses = true,
	.reads = {"run", "journal", "cursor", "rules", "register", "coverage.yaml"},
	.run = run,
};
