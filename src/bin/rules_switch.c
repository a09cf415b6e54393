/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules enable, disable, suppress. */
#include <string.h>

#include "base/yaml.h"
#include "bin/rules_call.h"
#include "detect/ast.h"

static int switch_pack(const struct rules_call *call, struct rule_edit *edit, struct pack_setting *pack,
		       bool on, struct str reason)
{
	struct err err = {0};
	int r = rule_edit_switch_pack(edit, pack, on, reason, &err);

	if (r >= 0)
		printf(r ? "%.*s is %s already\n" : "the pack %.*s is %s\n", STR_FMT(pack->name),
		       on ? "on" : "off");
	return rules_edit_status(call, edit, r, &err);
}

static int switch_rule(const struct rules_call *call, struct rule_edit *edit, const struct rule_info *info,
		       bool on, struct str reason)
{
	struct err err = {0};
	int r = rule_edit_switch(edit, info, on, reason, &err);

	if (r == 1)
		printf("%.*s is %s already\n", STR_FMT(info->id), on ? "on" : "off");
	if (r == 0)
		printf("%.*s is %s: %.*s\n", STR_FMT(info->id), on ? "on" : "off", STR_FMT(info->title));
	return rules_edit_status(call, edit, r, &err);
}

static int switch_word(const struct rules_call *call, struct rule_edit *edit, const char *word, bool on,
		       struct str reason)
{
	struct pack_setting *pack = settings_pack(&edit->settings, str_from(word));
	size_t index;
	int status;

	if (pack)
		return switch_pack(call, edit, pack, on, reason);
	status = rules_find(call, edit->set, word, &index);
	return status == EXIT_OK ? switch_rule(call, edit, ruleset_info(edit->set, index), on, reason)
				 : status;
}

static int switch_all(struct rules_call *call, bool on)
{
	struct str reason = str_trim(str_from(argument_value(call->arguments, "reason", "")));
	const char *word = rules_operand(call);
	struct rule_edit edit;
	int status = word ? EXIT_OK : usage_error(call->command, "which rule or pack?");

	if (status == EXIT_OK && (!on || reason.len))
		status = rules_needs(call, "reason", RULE_REASON_MAX, &reason);
	if (status == EXIT_OK)
		status = rules_edit_begin(call, &edit);
	if (status != EXIT_OK)
		return status;
	for (; status == EXIT_OK && word; word = rules_operand(call))
		status = switch_word(call, &edit, word, on, reason);
	rules_edit_done(&edit);
	return status;
}

int rules_enable(struct rules_call *call)
{
	return switch_all(call, true);
}

int rules_disable(struct rules_call *call)
{
	return switch_all(call, false);
}

/* -- suppress ------------------------------------------------------------------------------------------ */

/* --by FIELD … --for SPAN, or --none. */
static int read_suppress(const struct rules_call *call, struct rule_suppress *suppress, struct str *span)
{
	const char *text = argument_value(call->arguments, "for", NULL), *field;
	struct str *by = arena_array(call->arena, struct str, SUPPRESS_FIELDS_MAX);
	struct yaml_node node = {.type = YAML_SCALAR, .text = str_from(text ? text : "")};
	struct err err = {0};
	size_t cursor = 0;

	*suppress = (struct rule_suppress){.by = by};
	while ((field = argument_next(call->arguments, "by", &cursor))) {
		if (!*field || suppress->by_count == SUPPRESS_FIELDS_MAX)
			return usage_error(call->command, "--by takes a field, at most %d times",
					   SUPPRESS_FIELDS_MAX);
		by[suppress->by_count++] = str_from(field);
	}
	if (argument_flag(call->arguments, "none"))
		return text || suppress->by_count
			       ? usage_error(call->command, "--none takes neither --by nor --for")
			       : EXIT_OK;
	if (!text)
		return usage_error(call->command, "say --by FIELD --for 1h, or --none");
	if (rule_parse_timespan(&node, &suppress->span, &err) < 0)
		return usage_error(call->command, "--for: %s", err.message);
	*span = node.text;
	return EXIT_OK;
}

static int suppress_rule(const struct rules_call *call, struct rule_edit *edit, const struct rule_info *info,
			 const struct rule_suppress *suppress, struct str span)
{
	struct str reason = str_trim(str_from(argument_value(call->arguments, "reason", "")));
	struct buf text = {0};
	struct err err = {0};
	int r = rule_edit_suppress(edit, info, suppress, span, reason, &err);

	rule_suppress_text(suppress, &text);
	if (r >= 0 && suppress->span)
		printf("%.*s: one alert in %.*s\n", STR_FMT(info->id), (int)text.len, text.ptr);
	else if (r >= 0)
		printf("%.*s: every match is an alert\n", STR_FMT(info->id));
	buf_done(&text);
	return rules_edit_status(call, edit, r, &err);
}

int rules_suppress(struct rules_call *call)
{
	const char *word = rules_operand(call);
	struct rule_suppress suppress;
	struct str span = {0};
	struct rule_edit edit;
	size_t index;
	int status =
		word ? rules_no_more(call) : usage_error(call->command, "suppress needs the id of a rule");

	if (status == EXIT_OK)
		status = read_suppress(call, &suppress, &span);
	if (status == EXIT_OK)
		status = rules_edit_begin(call, &edit);
	if (status != EXIT_OK)
		return status;
	status = rules_find(call, edit.set, word, &index);
	if (status == EXIT_OK)
		status = suppress_rule(call, &edit, ruleset_info(edit.set, index), &suppress, span);
	rules_edit_done(&edit);
	return status;
}
