/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules list, show. */
#include "bin/rule_files.h"
#include "bin/rules_call.h"
#include "detect/filter.h"

/* What holds for a rule on this platform. */
struct standing {
	struct str pack;
	bool on;
	const struct rule_setting *setting; /* NULL: nobody decided anything */
	size_t exceptions;
};

static struct standing standing_of(const struct rules_call *call, const struct rules_all *all,
				   const struct rule_info *info)
{
	struct standing standing = {
		.pack = rules_pack_of(&call->paths, info),
		.on = rules_is_on(&call->paths, &all->settings, info),
		.setting = info->id.len ? settings_rule(&all->settings, info->id) : NULL,
	};

	for (size_t i = 0; i < ruleset_filter_count(all->set); i++)
		standing.exceptions += filter_names(ruleset_filter(all->set, i), info);
	return standing;
}

static void add_rule(struct buf *line, const struct rule_info *info)
{
	rules_json_text(line, "id", info->id);
	rules_json_text(line, "title", info->title);
	rules_json_text(line, "kind", info->kind == RULE_CORRELATION ? STR("correlation") : STR("detection"));
	rules_json_text(line, "level", str_from(rule_level_name(info->level)));
	rules_json_text(line, "status", info->status);
	rules_json_text(line, "product", info->logsource.product);
	rules_json_text(line, "category", info->logsource.category);
	rules_json_text(line, "service", info->logsource.service);
	rules_json_text(line, "author", info->author);
	rules_json_text(line, "file", info->file);
	rules_json_texts(line, "tags", info->tags, info->tag_count);
}

static void add_standing(struct buf *line, const struct rule_info *info, const struct standing *standing)
{
	struct buf suppress = {0};

	rule_suppress_text(&info->suppress, &suppress);
	rules_json_text(line, "pack", standing->pack);
	rules_json_key(line, "enabled");
	buf_add_str(line, standing->on ? STR("true") : STR("false"));
	rules_json_text(line, "suppress", buf_str(&suppress));
	rules_json_key(line, "exceptions");
	buf_printf(line, "%zu", standing->exceptions);
	if (standing->setting && standing->setting->reason.len)
		rules_json_text(line, "reason", standing->setting->reason);
	if (standing->setting && standing->setting->author.len)
		rules_json_text(line, "changed_by", standing->setting->author);
	buf_done(&suppress);
}

/* -- rules of files ------------------------------------------------------------------------------------ */

static int list_files(struct rules_call *call, const char *path)
{
	struct rule_files files;
	struct buf line = {0};
	int status;

	rule_files_init(&files, NULL, NULL);
	status = rule_files_placeholders(call->command, call->arguments, &files);
	for (; status == EXIT_OK && path; path = rules_operand(call))
		status = rule_files_add(call->command, &files, path);
	rule_files_build(&files, false);
	for (size_t i = 0; status == EXIT_OK && i < ruleset_count(files.set); i++) {
		const struct rule_info *info = ruleset_info(files.set, i);

		if (call->json) {
			add_rule(&line, info);
			rules_json_print(&line);
		} else {
			printf("%-36.*s  %-13s  %.*s\n", STR_FMT(info->id), rule_level_name(info->level),
			       STR_FMT(info->title));
		}
	}
	buf_done(&line);
	rule_files_done(&files);
	return status;
}

/* -- rules of the platform ----------------------------------------------------------------------------- */

static void print_row(const struct rule_info *info, const struct standing *standing)
{
	struct buf suppress = {0};

	rule_suppress_text(&info->suppress, &suppress);
	printf("%-36.*s  %-13s  %-3s  ", STR_FMT(info->id), rule_level_name(info->level),
	       standing->on ? "on" : "off");
	rules_column(standing->pack, 12);
	printf("  ");
	rules_column(buf_str(&suppress), 20);
	printf("  %3zu  %.*s\n", standing->exceptions, STR_FMT(info->title));
	buf_done(&suppress);
}

/* Settings stay where their rule is gone: it may come back with the next version of a pack. */
static void name_lost(const struct rules_all *all)
{
	for (size_t i = 0; i < all->settings.rules.len; i++) {
		const struct rule_setting *setting = &all->settings.rules.items[i];
		size_t k = 0;

		while (k < ruleset_count(all->set) && !str_ieq(ruleset_info(all->set, k)->id, setting->id))
			k++;
		if (k == ruleset_count(all->set))
			fprintf(stderr,
				"note: no rule has the id %.*s (%.*s) any more; its settings are kept\n",
				STR_FMT(setting->id), STR_FMT(setting->title));
	}
}

static int list_all(struct rules_call *call)
{
	struct rules_all all;
	struct buf line = {0};
	int status = rules_all_load(call, &all);

	if (status != EXIT_OK)
		return status;
	if (!call->json)
		printf("%-36s  %-13s  %-3s  %-12s  %-20s  %3s  %s\n", "ID", "LEVEL", "ON", "PACK", "SUPPRESS",
		       "EXC", "TITLE");
	for (size_t i = 0; i < ruleset_count(all.set); i++) {
		const struct rule_info *info = ruleset_info(all.set, i);
		struct standing standing = standing_of(call, &all, info);

		if (call->json) {
			add_rule(&line, info);
			add_standing(&line, info, &standing);
			rules_json_print(&line);
		} else {
			print_row(info, &standing);
		}
	}
	name_lost(&all);
	buf_done(&line);
	rules_all_done(&all);
	return EXIT_OK;
}

int rules_list(struct rules_call *call)
{
	const char *path = rules_operand(call);

	return path ? list_files(call, path) : list_all(call);
}

/* -- one rule ------------------------------------------------------------------------------------------ */

static void print_exception(const struct filter_info *filter)
{
	printf("# exception %.*s: %.*s (%.*s)\n", STR_FMT(filter->id), STR_FMT(filter->title),
	       STR_FMT(filter->author));
}

int rules_show(struct rules_call *call)
{
	const char *word = rules_operand(call);
	struct rules_all all;
	struct buf line = {0};
	size_t index;
	int status = word ? rules_no_more(call) : usage_error(call->command, "show needs the id of a rule");

	if (status == EXIT_OK)
		status = rules_all_load(call, &all);
	if (status != EXIT_OK)
		return status;
	status = rules_find(call, all.set, word, &index);
	if (status == EXIT_OK) {
		const struct rule_info *info = ruleset_info(all.set, index);
		struct standing standing = standing_of(call, &all, info);

		if (call->json) {
			add_rule(&line, info);
			add_standing(&line, info, &standing);
			rules_json_text(&line, "yaml", info->yaml);
			rules_json_print(&line);
		} else {
			struct buf suppress = {0};

			rule_suppress_text(&info->suppress, &suppress);
			printf("# %.*s\n# %s, of %.*s%s%.*s\n", STR_FMT(info->file),
			       standing.on ? "on" : "off", STR_FMT(standing.pack),
			       suppress.len ? "; one alert in " : "", (int)suppress.len,
			       suppress.len ? suppress.ptr : "");
			if (standing.setting)
				printf("# changed %.*s by %.*s: %.*s\n", STR_FMT(standing.setting->changed),
				       STR_FMT(standing.setting->author), STR_FMT(standing.setting->reason));
			for (size_t i = 0; i < ruleset_filter_count(all.set); i++)
				if (filter_names(ruleset_filter(all.set, i), info))
					print_exception(ruleset_filter(all.set, i));
			printf("%.*s", STR_FMT(info->yaml));
			buf_done(&suppress);
		}
	}
	buf_done(&line);
	rules_all_done(&all);
	return status;
}
