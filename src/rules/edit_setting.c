/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of settings.yaml: what is on, what suppresses. */
#include <jansson.h>
#include <string.h>

#include "base/yaml.h"
#include "detect/ast.h"
#include "rules/edit_private.h"

/* -- a setting as text ---------------------------------------------------------------------------------- */

static void add_suppress(const struct rule_suppress *suppress, struct str span, struct buf *out)
{
	if (suppress->span == 0) {
		buf_add_str(out, STR("\"none\""));
		return;
	}
	buf_add_str(out, STR("{\"by\":["));
	for (size_t i = 0; i < suppress->by_count; i++) {
		buf_add_str(out, i ? STR(",") : STR(""));
		buf_add_json_string(out, suppress->by[i]);
	}
	buf_add_str(out, STR("],\"for\":"));
	buf_add_json_string(out, span);
	buf_add_char(out, '}');
}

bool setting_format(const struct rule_setting *setting, struct buf *out)
{
	if (!setting || (setting->enabled == SWITCH_UNSET && !setting->has_suppress))
		return false;
	buf_add_char(out, '{');
	if (setting->enabled != SWITCH_UNSET)
		buf_printf(out, "\"enabled\":\"%s\"", setting->enabled == SWITCH_ON ? "on" : "off");
	if (setting->has_suppress) {
		buf_add_str(out, out->len > 1 ? STR(",\"suppress\":") : STR("\"suppress\":"));
		add_suppress(&setting->suppress, setting->suppress_for, out);
	}
	buf_add_char(out, '}');
	return true;
}

static struct str copy_text(struct arena *arena, const json_t *text)
{
	return arena_copy(arena, str_of(json_string_value(text), json_string_length(text)));
}

static int read_suppress(struct arena *arena, const json_t *from, struct rule_setting *setting)
{
	const json_t *list = json_object_get(from, "by"), *span = json_object_get(from, "for");
	size_t count = json_array_size(list);
	struct yaml_node node = {.type = YAML_SCALAR};
	struct err err;
	struct str *by;

	setting->has_suppress = from != NULL;
	setting->suppress = (struct rule_suppress){0};
	setting->suppress_for = (struct str){0};
	if (!json_is_object(from))
		return 0;
	if (!json_is_string(span) || count > SUPPRESS_FIELDS_MAX)
		return ERR_SYNTAX;
	by = arena_array(arena, struct str, count + 1);
	for (size_t i = 0; i < count; i++)
		by[i] = copy_text(arena, json_array_get(list, i));
	setting->suppress = (struct rule_suppress){.by = by, .by_count = count};
	setting->suppress_for = node.text = copy_text(arena, span);
	return rule_parse_timespan(&node, &setting->suppress.span, &err);
}

int setting_write(struct rule_edit *edit, const struct rule_change *change)
{
	struct arena *arena = edit->settings.arena;
	struct rule_setting *setting = settings_edit_rule(&edit->settings, change->key);
	json_t *after =
		change->exists ? json_loadb(change->after.ptr, change->after.len, 0, NULL) : json_object();
	const char *enabled = json_string_value(json_object_get(after, "enabled"));
	int r = after ? read_suppress(arena, json_object_get(after, "suppress"), setting) : ERR_SYNTAX;

	setting->enabled = !enabled ? SWITCH_UNSET : strcmp(enabled, "on") == 0 ? SWITCH_ON : SWITCH_OFF;
	if (change->reason.len) /* a decision without words leaves those of the one before */
		setting->reason = arena_copy(arena, change->reason);
	setting->author = arena_copy(arena, change->by);
	setting->changed = arena_copy(arena, change->time);
	setting->title = arena_copy(arena, change->title);
	json_decref(after);
	return r < 0 ? r : settings_write(&edit->settings, edit->options.paths->folder);
}

/* -- changes of it --------------------------------------------------------------------------------------- */

static void add_member(struct buf *detail, const char *key, struct str value)
{
	buf_printf(detail, "%s\"%s\":", detail->len ? "," : "{", key);
	buf_add_json_string(detail, value);
}

/* What the change is about, for the trail. */
static void describe(struct buf *detail, const char *kind, struct str object, struct str title,
		     struct str before, struct str after, struct str reason)
{
	add_member(detail, kind, object);
	if (title.len)
		add_member(detail, "title", title);
	add_member(detail, "from", before);
	add_member(detail, "to", after);
	if (reason.len)
		add_member(detail, "reason", reason);
	buf_add_char(detail, '}');
}

static struct str on_text(bool on)
{
	return on ? STR("on") : STR("off");
}

static int needs_id(const struct rule_info *info, struct err *ret_err)
{
	return info->id.len ? 0 : err_set(ret_err, ERR_UNKNOWN, 0, 0, "the rule has no id to remember it by");
}

static int change_setting(struct rule_edit *edit, const struct rule_info *info, const char *action,
			  const struct rule_setting *setting, struct str reason, struct buf *detail,
			  struct err *ret_err)
{
	struct buf after = {0};
	struct rule_change change = {
		.thing = THING_SETTING,
		.action = str_from(action),
		.key = info->id,
		.rules = info->id,
		.title = info->title,
		.reason = reason,
		.exists = setting_format(setting, &after),
	};
	int r;

	change.after = buf_str(&after);
	r = rule_edit_apply(edit, &change, buf_str(detail), ret_err);
	buf_done(&after);
	return r;
}

static struct rule_setting standing(const struct rule_edit *edit, const struct rule_info *info)
{
	const struct rule_setting *setting = settings_rule(&edit->settings, info->id);

	return setting ? *setting : (struct rule_setting){0};
}

/* As its pack, unless that says otherwise. */
static enum rule_switch wanted_switch(struct rule_edit *edit, const struct rule_info *info, bool on)
{
	const struct pack_setting *pack =
		settings_pack(&edit->settings, rules_pack_of(edit->options.paths, info));

	if (on == (!pack || pack->enabled))
		return SWITCH_UNSET;
	return on ? SWITCH_ON : SWITCH_OFF;
}

int rule_edit_switch(struct rule_edit *edit, const struct rule_info *info, bool on, struct str reason,
		     struct err *ret_err)
{
	struct rule_setting setting = standing(edit, info);
	bool was = rules_is_on(edit->options.paths, &edit->settings, info);
	struct buf detail = {0};
	int r = needs_id(info, ret_err);

	if (r < 0 || was == on)
		return r < 0 ? r : 1;
	setting.enabled = wanted_switch(edit, info, on);
	describe(&detail, "rule", info->id, info->title, on_text(was), on_text(on), reason);
	r = change_setting(edit, info, on ? "rules.enable" : "rules.disable", &setting, reason, &detail,
			   ret_err);
	buf_done(&detail);
	return r;
}

static void describe_suppress(const struct rule_suppress *suppress, struct buf *out)
{
	rule_suppress_text(suppress, out);
	if (out->len == 0)
		buf_add_str(out, STR("none"));
}

int rule_edit_suppress(struct rule_edit *edit, const struct rule_info *info,
		       const struct rule_suppress *suppress, struct str span, struct str reason,
		       struct err *ret_err)
{
	struct rule_setting setting = standing(edit, info);
	struct buf detail = {0}, before = {0}, after = {0};
	int r = needs_id(info, ret_err);

	if (r < 0)
		return r;
	setting.has_suppress = true;
	setting.suppress = *suppress;
	setting.suppress_for = span;
	describe_suppress(&info->suppress, &before);
	describe_suppress(suppress, &after);
	describe(&detail, "rule", info->id, info->title, buf_str(&before), buf_str(&after), reason);
	r = change_setting(edit, info, "rules.suppress", &setting, reason, &detail, ret_err);
	buf_done(&before);
	buf_done(&after);
	buf_done(&detail);
	return r;
}

/* A pack is one thing with a switch of its own: what undoes it is the switch. */
int rule_edit_switch_pack(struct rule_edit *edit, struct pack_setting *pack, bool on, struct str reason,
			  struct err *ret_err)
{
	const struct rule_edit_options *options = &edit->options;
	struct buf detail = {0};
	int r;

	if (pack->enabled == on)
		return 1;
	describe(&detail, "pack", pack->name, (struct str){0}, on_text(!on), on_text(on), reason);
	r = options->record(options->context, on ? "rules.enable" : "rules.disable", pack->name,
			    buf_str(&detail));
	buf_done(&detail);
	if (r < 0)
		return r;
	pack->enabled = on;
	pack->reason = reason;
	pack->author = options->author;
	pack->changed = str_from(edit->time);
	r = settings_write(&edit->settings, options->paths->folder);
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s/%s cannot be written: %s", options->paths->folder,
			       SETTINGS_FILE, err_text(r))
		     : 0;
}

/* -- words ----------------------------------------------------------------------------------------------- */

static void add_span(int64_t span, struct buf *out)
{
	static const struct {
		int64_t span;
		char letter;
	} units[] = {
		{INT64_C(86400000000), 'd'}, {INT64_C(3600000000), 'h'}, {60000000, 'm'}, {1000000, 's'}};

	for (size_t i = 0; i < 4; i++)
		if (span % units[i].span == 0 || i == 3) {
			buf_printf(out, "%lld%c", (long long)(span / units[i].span), units[i].letter);
			return;
		}
}

void rule_suppress_text(const struct rule_suppress *suppress, struct buf *out)
{
	if (suppress->span == 0)
		return;
	add_span(suppress->span, out);
	for (size_t i = 0; i < suppress->by_count; i++)
		buf_printf(out, "%s%.*s", i ? "," : " by ", STR_FMT(suppress->by[i]));
}
