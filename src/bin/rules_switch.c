/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules enable, disable, suppress. */
#include <string.h>

#include "base/yaml.h"
#include "bin/rules_call.h"
#include "detect/ast.h"

#define REASON_MAX 1000
#define SUPPRESS_FIELDS_MAX 16

/* What the change is about, for the trail. */
static int record(const struct rules_call *call, const char *action, struct str object, struct str title,
		  struct str before, struct str after, struct str reason)
{
	struct buf detail = {0};
	int status;

	rules_json_text(&detail, title.len ? "rule" : "pack", object);
	if (title.len)
		rules_json_text(&detail, "title", title);
	rules_json_text(&detail, "from", before);
	rules_json_text(&detail, "to", after);
	if (reason.len)
		rules_json_text(&detail, "reason", reason);
	buf_add_char(&detail, '}');
	status = rules_edit_record(call, action, object, buf_str(&detail));
	buf_done(&detail);
	return status;
}

static struct str on_text(bool on)
{
	return on ? STR("on") : STR("off");
}

static int switch_pack(const struct rules_call *call, struct rules_edit *edit, struct pack_setting *pack,
		       bool on, struct str reason)
{
	int status;

	if (pack->enabled == on) {
		printf("%.*s is %s already\n", STR_FMT(pack->name), on ? "on" : "off");
		return EXIT_OK;
	}
	status = record(call, on ? "rules.enable" : "rules.disable", pack->name, (struct str){0},
			on_text(!on), on_text(on), reason);
	if (status != EXIT_OK)
		return status;
	pack->enabled = on;
	pack->reason = reason;
	pack->author = str_from(edit->author);
	pack->changed = str_from(edit->time);
	status = rules_edit_write(call, edit);
	if (status == EXIT_OK)
		printf("the pack %.*s is %s\n", STR_FMT(pack->name), on ? "on" : "off");
	return status;
}

static void sign(struct rule_setting *setting, const struct rules_edit *edit, const struct rule_info *info,
		 struct str reason)
{
	if (reason.len) /* a decision without words leaves those of the one before */
		setting->reason = reason;
	setting->author = str_from(edit->author);
	setting->changed = str_from(edit->time);
	setting->title = info->title;
}

static int switch_rule(const struct rules_call *call, struct rules_edit *edit, const struct rule_info *info,
		       bool on, struct str reason)
{
	struct rule_setting *setting;
	bool was = rules_is_on(&call->paths, &edit->all.settings, info);
	int status;

	if (info->id.len == 0)
		return command_failed(call->command, "the rule has no id to remember it by");
	if (was == on) {
		printf("%.*s is %s already\n", STR_FMT(info->id), on ? "on" : "off");
		return EXIT_OK;
	}
	status = record(call, on ? "rules.enable" : "rules.disable", info->id, info->title, on_text(was),
			on_text(on), reason);
	if (status != EXIT_OK)
		return status;
	setting = settings_edit_rule(&edit->all.settings, info->id);
	setting->enabled = SWITCH_UNSET; /* as its pack, unless that says otherwise */
	if (rules_is_on(&call->paths, &edit->all.settings, info) != on)
		setting->enabled = on ? SWITCH_ON : SWITCH_OFF;
	sign(setting, edit, info, reason);
	status = rules_edit_write(call, edit);
	if (status == EXIT_OK)
		printf("%.*s is %s: %.*s\n", STR_FMT(info->id), on ? "on" : "off", STR_FMT(info->title));
	return status;
}

static int switch_word(const struct rules_call *call, struct rules_edit *edit, const char *word, bool on,
		       struct str reason)
{
	struct pack_setting *pack = settings_pack(&edit->all.settings, str_from(word));
	size_t index;
	int status;

	if (pack)
		return switch_pack(call, edit, pack, on, reason);
	status = rules_find(call, edit->all.set, word, &index);
	return status == EXIT_OK ? switch_rule(call, edit, ruleset_info(edit->all.set, index), on, reason)
				 : status;
}

static int switch_all(struct rules_call *call, bool on)
{
	struct str reason = str_trim(str_from(argument_value(call->arguments, "reason", "")));
	const char *word = rules_operand(call);
	struct rules_edit edit;
	int status = word ? EXIT_OK : usage_error(call->command, "which rule or pack?");

	if (status == EXIT_OK && (!on || reason.len))
		status = rules_needs(call, "reason", REASON_MAX, &reason);
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

static void describe(const struct rule_suppress *suppress, struct buf *out)
{
	rules_suppress_text(suppress, out);
	if (out->len == 0)
		buf_add_str(out, STR("none"));
}

static int suppress_rule(const struct rules_call *call, struct rules_edit *edit, const struct rule_info *info,
			 const struct rule_suppress *suppress, struct str span)
{
	struct str reason = str_trim(str_from(argument_value(call->arguments, "reason", "")));
	struct buf before = {0}, after = {0};
	struct rule_setting *setting;
	int status;

	if (info->id.len == 0)
		return command_failed(call->command, "the rule has no id to remember it by");
	describe(&info->suppress, &before);
	describe(suppress, &after);
	status = record(call, "rules.suppress", info->id, info->title, buf_str(&before), buf_str(&after),
			reason);
	if (status == EXIT_OK) {
		setting = settings_edit_rule(&edit->all.settings, info->id);
		setting->has_suppress = true;
		setting->suppress = *suppress;
		setting->suppress_for = span;
		sign(setting, edit, info, reason);
		status = rules_edit_write(call, edit);
	}
	if (status == EXIT_OK && suppress->span)
		printf("%.*s: one alert in %.*s\n", STR_FMT(info->id), (int)after.len, after.ptr);
	else if (status == EXIT_OK)
		printf("%.*s: every match is an alert\n", STR_FMT(info->id));
	buf_done(&before);
	buf_done(&after);
	return status;
}

int rules_suppress(struct rules_call *call)
{
	const char *word = rules_operand(call);
	struct rule_suppress suppress;
	struct str span = {0};
	struct rules_edit edit;
	size_t index;
	int status =
		word ? rules_no_more(call) : usage_error(call->command, "suppress needs the id of a rule");

	if (status == EXIT_OK)
		status = read_suppress(call, &suppress, &span);
	if (status == EXIT_OK)
		status = rules_edit_begin(call, &edit);
	if (status != EXIT_OK)
		return status;
	status = rules_find(call, edit.all.set, word, &index);
	if (status == EXIT_OK)
		status = suppress_rule(call, &edit, ruleset_info(edit.all.set, index), &suppress, span);
	rules_edit_done(&edit);
	return status;
}
