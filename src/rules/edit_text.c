/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of rules' texts, and what makes any change unmade. */
#include <string.h>

#include "rules/draft.h"
#include "rules/edit_private.h"

static void add_detail(struct buf *detail, const struct rule_change *change)
{
	buf_add_str(detail, STR("{\"title\":"));
	buf_add_json_string(detail, change->title);
	buf_printf(detail, ",\"bytes\":%zu", change->after.len);
	if (change->reason.len) {
		buf_add_str(detail, STR(",\"reason\":"));
		buf_add_json_string(detail, change->reason);
	}
	buf_add_char(detail, '}');
}

static int apply_text(struct rule_edit *edit, struct rule_change *change, struct err *ret_err)
{
	struct buf detail = {0};
	int r;

	add_detail(&detail, change);
	r = rule_edit_apply(edit, change, buf_str(&detail), ret_err);
	buf_done(&detail);
	return r;
}

int rule_edit_save(struct rule_edit *edit, struct str id, struct str text, struct str reason,
		   struct err *ret_err)
{
	struct rule_change change = {.thing = THING_TEXT,
				     .action = STR("rules.save"),
				     .rules = id,
				     .key = id,
				     .reason = reason,
				     .exists = true,
				     .after = text};
	struct draft draft;
	int r;

	if (!rule_id_is_good(id))
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "the rule's id must be a UUID");
	if (text.len > RULE_TEXT_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "the text is longer than %u bytes", RULE_TEXT_MAX);
	r = draft_load(&draft, &(struct draft_options){.others = edit->set, .id = id, .text = text}, ret_err);
	if (r < 0)
		return r;
	change.title = ruleset_info(draft.set, draft.rule)->title;
	r = apply_text(edit, &change, ret_err);
	draft_done(&draft);
	return r;
}

int rule_edit_remove(struct rule_edit *edit, struct str id, struct str reason, struct err *ret_err)
{
	struct rule_change change = {.thing = THING_TEXT,
				     .action = STR("rules.restore"),
				     .rules = id,
				     .key = id,
				     .reason = reason};
	struct buf text = {0};
	int r = rule_local_text(edit->options.paths, id, &text);

	buf_done(&text);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "the rule is as it was shipped");
	for (size_t i = 0; i < ruleset_count(edit->set); i++)
		if (str_ieq(ruleset_info(edit->set, i)->id, id))
			change.title = ruleset_info(edit->set, i)->title;
	return apply_text(edit, &change, ret_err);
}

/* -- undoing --------------------------------------------------------------------------------------------- */

struct wanted_change {
	uint64_t number;
	struct arena *arena;
	struct rule_change found;
};

static int keep_change(void *context, const struct rule_change *change)
{
	struct wanted_change *wanted = context;
	struct rule_change *found = &wanted->found;

	if (change->number != wanted->number)
		return 0;
	*found = *change;
	found->key = arena_copy(wanted->arena, change->key);
	found->rules = arena_copy(wanted->arena, change->rules);
	found->title = arena_copy(wanted->arena, change->title);
	found->before = arena_copy(wanted->arena, change->before);
	found->after = arena_copy(wanted->arena, change->after);
	return 1;
}

/* Whether what the change left still stands there. */
static bool stands(struct rule_edit *edit, const struct rule_change *change)
{
	struct buf now = {0};
	bool exists, same;

	if (change->thing == THING_SETTING)
		exists = setting_format(settings_rule(&edit->settings, change->key), &now);
	else
		exists = edit_read_file(edit, change, &now) == 0;
	same = exists == change->exists && str_eq(buf_str(&now), change->after);
	buf_done(&now);
	return same;
}

int rule_edit_undo(struct rule_edit *edit, uint64_t number, struct str *ret_rule, struct err *ret_err)
{
	struct wanted_change wanted = {.number = number, .arena = edit->settings.arena};
	struct rule_change *found = &wanted.found;
	struct rule_change back;
	char detail[64];
	int r = rule_changes(edit->options.paths, (struct str){0}, keep_change, &wanted);

	if (r <= 0)
		return err_set(ret_err, r < 0 ? r : ERR_END, 0, 0, "there is no change %llu",
			       (unsigned long long)number);
	if (!stands(edit, found))
		return err_set(ret_err, ERR_BUSY, 0, 0, "it was changed again since then");
	back = (struct rule_change){.thing = found->thing,
				    .action = STR("rules.undo"),
				    .key = found->key,
				    .rules = found->rules,
				    .title = found->title,
				    .exists = found->existed,
				    .after = found->before};
	snprintf(detail, sizeof(detail), "{\"change\":%llu}", (unsigned long long)number);
	*ret_rule = found->rules;
	return rule_edit_apply(edit, &back, str_from(detail), ret_err);
}
