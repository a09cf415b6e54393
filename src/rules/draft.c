/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/draft.h"

#include <string.h>

#define DRAFT "draft"      /* stands for its file */
#define EXCEPT "exception" /* and for that of the filter */

struct loading_draft {
	struct err first;
	check_report *report; /* may be NULL */
	void *context;
	size_t refused;
};

static bool is_of_draft(const struct err *err)
{
	return strcmp(err->file, DRAFT) == 0 || strcmp(err->file, EXCEPT) == 0;
}

static void take_refusal(void *context, const struct err *err)
{
	struct loading_draft *loading = context;

	if (!is_of_draft(err))
		return;
	if (loading->refused++ == 0)
		loading->first = *err;
	if (loading->report)
		loading->report(loading->context, &(struct finding){.severity = SEVERITY_ERROR,
								    .code = "refused",
								    .file = DRAFT,
								    .line = err->line,
								    .column = err->column,
								    .message = err->message});
}

/* Where a text names a rule of another file, that file is needed. One search through the text a rule. */
static bool names(struct str text, const struct rule_info *info)
{
	return (info->name.len && str_find(text, info->name) != STR_NOT_FOUND) ||
	       (info->id.len && str_find(text, info->id) != STR_NOT_FOUND);
}

/* Left out of what comes along: what the draft has itself. */
struct own_names {
	bool of_draft;
	struct map *seen;
};

static bool choose(void *context, struct rule_info *info)
{
	struct own_names *own = context;
	bool is_new_id = true, is_new_name = true;

	if (info->id.len)
		is_new_id = !map_get(own->seen, info->id);
	if (info->name.len)
		is_new_name = !map_get(own->seen, info->name);
	if (!own->of_draft)
		return is_new_id && is_new_name;
	if (info->id.len)
		map_put(own->seen, info->id, NULL);
	if (info->name.len)
		map_put(own->seen, info->name, NULL);
	return true;
}

static struct ruleset *load(const struct draft_options *options, struct loading_draft *loading)
{
	const struct ruleset *others = options->others;
	struct str text = options->text;
	struct ruleset_builder *builder = ruleset_builder_new();
	struct own_names own = {.of_draft = true, .seen = map_new()};
	struct map *files = map_new();
	bool correlates = str_find(text, STR("correlation")) != STR_NOT_FOUND;
	struct ruleset *set;

	ruleset_choose(builder, choose, &own);
	ruleset_add_text(builder, DRAFT, text, take_refusal, loading);
	own.of_draft = false;
	for (size_t i = 0; others && correlates && i < ruleset_count(others); i++) {
		const struct rule_info *info = ruleset_info(others, i);
		bool is_new;

		if (!names(text, info))
			continue;
		map_put(files, info->file, &is_new);
		if (is_new)
			ruleset_add_text(builder, info->file.ptr, info->yaml, take_refusal, loading);
	}
	if (options->exceptions)
		ruleset_add(builder, options->exceptions, take_refusal, loading);
	if (options->except.len)
		ruleset_add_text(builder, EXCEPT, options->except, take_refusal, loading);
	set = ruleset_build(builder, false);
	map_free(own.seen);
	map_free(files);
	return set;
}

static bool is_of_file(const struct rule_info *info)
{
	return str_eq(info->file, STR(DRAFT));
}

int draft_load(struct draft *draft, const struct draft_options *options, struct err *ret_err)
{
	struct loading_draft loading = {0};
	struct ruleset *set = load(options, &loading);
	struct str id = options->id;
	size_t count = ruleset_count(set), found = count;

	for (size_t i = 0; i < count && !loading.refused; i++) {
		const struct rule_info *info = ruleset_info(set, i);

		if (is_of_file(info) && (id.len ? str_ieq(info->id, id) : !info->silent))
			found = i;
	}
	if (found < count) {
		*draft = (struct draft){set, (uint32_t)found};
		return 0;
	}
	ruleset_free(set);
	if (loading.refused) {
		*ret_err = loading.first;
		return loading.first.code;
	}
	return err_set(ret_err, ERR_UNKNOWN, 1, 1,
		       id.len ? "the text holds no rule of the id %.*s"
			      : "the text holds no rule that makes alerts%.*s",
		       STR_FMT(id));
}

void draft_done(struct draft *draft)
{
	ruleset_free(draft->set);
}

struct relay {
	check_report *report;
	void *context;
};

/* That the other rules say the same, or that what a text refers to is not in it, is no news here. */
static void relay(void *context, const struct finding *finding)
{
	const struct relay *relay = context;

	if (strcmp(finding->file, DRAFT) == 0 && strcmp(finding->code, "no-such-rule") != 0)
		relay->report(relay->context, finding);
}

bool draft_check(const struct ruleset *others, struct str text, const struct attack *attack,
		 const struct taxonomy *taxonomy, check_report *report, void *context)
{
	struct loading_draft loading = {.report = report, .context = context};
	struct relay through = {report, context};
	struct checker *checker;

	ruleset_free(load(&(struct draft_options){.others = others, .text = text}, &loading));
	checker = checker_new(&(struct checker_options){attack, taxonomy, relay, &through});
	checker_add(checker, DRAFT, text, true);
	checker_finish(checker);
	checker_free(checker);
	return loading.refused == 0;
}
