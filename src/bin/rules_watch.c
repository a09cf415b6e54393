/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/rules_watch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "bin/change_record.h"
#include "bin/sayer.h"
#include "rules/rules.h"

#define TITLE_MAX 200 /* bytes in a message */

struct rules_watch {
	const struct process *process;
	struct rules_paths paths;
	const char *content_state;
	struct sayer *sayer;
	struct rulebook *rules;
	uint64_t stamp;    /* of the rules in force, or of those that failed */
	uint64_t settling; /* as it was seen last */
	unsigned refused;  /* documents of the set in force */
	size_t told;       /* rules of the set in force that are said to be set aside */
	bool failed;       /* a change could not be recorded; said once */
};

static void report(void *context, const struct err *err)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	err_format(err, text, sizeof(text));
	log_warning("%s; left out", text);
	++*(unsigned *)context;
}

int rules_watch_start(const struct process *process, struct rules_watch **ret_watch, struct err *ret_err)
{
	struct rules_watch *watch = calloc(1, sizeof(*watch));
	const struct config *config = &process->config;
	struct ruleset *set;
	int r;

	must(watch);
	watch->process = process;
	watch->paths.own = arena_printf(process->arena, "%s/detections", config->content).ptr;
	watch->paths.folder = config_path(config, process->arena, "rules");
	watch->paths.cache = config_path(config, process->arena, "cursor/rules.cache");
	watch->content_state = config_path(config, process->arena, "cursor/content.json");
	watch->stamp = watch->settling = rules_stamp(&watch->paths);
	r = rules_load(&watch->paths, report, &watch->refused, &set);
	if (r < 0) {
		err_set(ret_err, r, 0, 0, "cannot read %s: %s", watch->paths.own, err_text(r));
		free(watch);
		return r;
	}
	log_info("%zu rules loaded, %u refused", ruleset_count(set), watch->refused);
	watch->rules = rulebook_new(set);
	watch->sayer = sayer_new(config_path(config, process->arena, "run/collect.sock"));
	*ret_watch = watch;
	return 0;
}

void rules_watch_free(struct rules_watch *watch)
{
	if (!watch)
		return;
	rulebook_release(watch->rules);
	sayer_free(watch->sayer);
	free(watch);
}

struct rulebook *rules_watch_rules(const struct rules_watch *watch)
{
	return watch->rules;
}

/* The old rules stay in force. */
static void say_kept(struct rules_watch *watch, int r)
{
	struct buf members = {0};

	buf_printf(&members, "\"rules\":%zu,\"reason\":", ruleset_count(watch->rules->set));
	buf_add_json_string(&members, str_from(err_text(r)));
	sayer_say(watch->sayer, "rules.kept", "error", buf_str(&members),
		  "the changed rules cannot be loaded (%s: %s): the %zu rules from before stay in force",
		  watch->paths.own, err_text(r), ruleset_count(watch->rules->set));
	buf_done(&members);
}

static void say_loaded(struct rules_watch *watch, unsigned refused)
{
	size_t count = ruleset_count(watch->rules->set);
	struct buf members = {0};

	buf_printf(&members, "\"rules\":%zu,\"refused\":%u", count, refused);
	if (refused > watch->refused)
		sayer_say(watch->sayer, "rules.loaded", "warning", buf_str(&members),
			  "%zu rules are in force now; %u do not load, of those before %u did not: the log "
			  "of analyze "
			  "names them",
			  count, refused, watch->refused);
	else
		sayer_say(watch->sayer, "rules.loaded", "info", buf_str(&members),
			  "%zu rules are in force now; %u do not load", count, refused);
	buf_done(&members);
}

/* False where it is to be tried again: what cannot be recorded does not take effect. */
static bool is_recorded(struct rules_watch *watch)
{
	int r = change_record(watch->process, changes_of_content, watch->content_state, "content.change",
			      true);

	if (r < 0 && !watch->failed)
		log_warning("the changed rules wait until the change is in the audit trail: %s", err_text(r));
	watch->failed = r < 0;
	return r == 0;
}

static void reload(struct rules_watch *watch, struct pipeline *pipeline)
{
	unsigned refused = 0;
	struct ruleset *set;
	int r;

	r = rules_load(&watch->paths, report, &refused, &set);
	if (r < 0) {
		say_kept(watch, r);
		return;
	}
	ruleset_keep_aside(set, watch->rules->set);
	rulebook_release(watch->rules);
	watch->rules = rulebook_new(set);
	watch->told = ruleset_aside(set, NULL, NULL);
	pipeline_set_rules(pipeline, watch->rules);
	say_loaded(watch, refused);
	watch->refused = refused;
}

struct asides {
	size_t told, seen;
	struct {
		VEC_OF(struct rule_aside)
	} fresh;
};

/* Called under the set's lock: only notes. */
static void note_aside(void *context, const struct rule_aside *aside)
{
	struct asides *asides = context;

	if (asides->seen++ >= asides->told)
		vec_push(&asides->fresh, *aside);
}

static void tell_aside(struct rules_watch *watch, const struct rule_aside *aside)
{
	const struct rule_info *info = ruleset_info(watch->rules->set, aside->rule);
	struct buf members = {0};

	buf_add_str(&members, STR("\"rule\":"));
	buf_add_json_string(&members, info->id);
	buf_add_str(&members, STR(",\"title\":"));
	buf_add_json_string(&members, info->title);
	buf_printf(&members,
		   ",\"events\":%" PRIu64 ",\"milliseconds\":%" PRIu64 ",\"of_milliseconds\":%" PRIu64
		   ",\"cut_short\":%" PRIu64,
		   aside->events, aside->nanoseconds / 1000000, aside->thread_nanoseconds / 1000000,
		   aside->cut_short);
	sayer_say(
		watch->sayer, "rules.aside", "error", buf_str(&members),
		"the rule \"%.*s\" (%.*s) takes too long and is not evaluated any more; change it or switch "
		"it off",
		STR_FMT(str_head(info->title, TITLE_MAX)), STR_FMT(info->id));
	buf_done(&members);
}

static void tell_asides(struct rules_watch *watch)
{
	struct asides asides = {.told = watch->told};

	watch->told = ruleset_aside(watch->rules->set, note_aside, &asides);
	for (size_t i = 0; i < asides.fresh.len; i++)
		tell_aside(watch, &asides.fresh.items[i]);
	vec_done(&asides.fresh);
}

void rules_watch_look(struct rules_watch *watch, struct pipeline *pipeline)
{
	uint64_t stamp = rules_stamp(&watch->paths);
	bool settled = stamp == watch->settling;

	sayer_retry(watch->sayer);
	tell_asides(watch);
	watch->settling = stamp;
	if (stamp == watch->stamp || !settled || !is_recorded(watch))
		return;
	watch->stamp = stamp;
	reload(watch, pipeline);
}
