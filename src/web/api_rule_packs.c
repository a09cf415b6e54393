/* SPDX-License-Identifier: Apache-2.0 */
/* Packs of rules: which there are, their versions, switches; imports by upload, tried first by the hunt
   process; back to another version, and away. */
#include "rules/pack.h"
#include "rules/pack_trial.h"
#include "web/route.h"
#include "web/rules.h"

#define SHA256_TEXT_MAX 64

/* -- which there are ------------------------------------------------------------------------------------ */

static void count_pack(const struct desk *desk, struct str name, struct buf *out)
{
	size_t rules = 0, enabled = 0;

	for (size_t i = 0; i < ruleset_count(desk->shelf->set); i++) {
		const struct rule_info *info = ruleset_info(desk->shelf->set, i);

		if (!str_eq(rules_pack_of(desk->paths, info), name))
			continue;
		rules++;
		enabled += rules_is_on(desk->paths, &desk->shelf->settings, info);
	}
	out_integer(out, "rules", (int64_t)rules);
	out_integer(out, "rules_enabled", (int64_t)enabled);
}

static void write_builtin(struct desk *desk, struct str name)
{
	struct buf *out = desk->call->out;

	out_open(out, NULL, '{');
	out_text(out, "name", name);
	out_bool(out, "enabled", true);
	out_bool(out, "imported", false);
	count_pack(desk, name, out);
	out_close(out, '}');
}

static void write_pack(struct desk *desk, const struct pack_setting *pack)
{
	struct buf *out = desk->call->out;
	struct pack_manifest manifest = {0};
	struct err err = {0};

	pack_manifest_read(desk->paths, pack->name, pack->version, desk->call->request->arena, &manifest,
			   &err);
	out_open(out, NULL, '{');
	out_text(out, "name", pack->name);
	out_bool(out, "enabled", pack->enabled);
	out_bool(out, "imported", true);
	out_text(out, "version", pack->version);
	out_optional(out, "previous", pack->previous);
	out_optional(out, "origin", manifest.origin);
	out_optional(out, "licence", manifest.licence);
	out_optional(out, "imported_at", manifest.imported);
	out_optional(out, "imported_by", manifest.author);
	out_integer(out, "refused", (int64_t)manifest.refused);
	count_pack(desk, pack->name, out);
	out_close(out, '}');
}

void api_list_rule_packs(struct call *call)
{
	struct desk desk;

	if (!desk_open(call, &desk))
		return;
	out_open(call->out, NULL, '{');
	out_open(call->out, "items", '[');
	write_builtin(&desk, STR(RULES_OWN));
	write_builtin(&desk, STR(RULES_LOCAL));
	for (size_t i = 0; i < desk.shelf->settings.packs.len; i++)
		write_pack(&desk, &desk.shelf->settings.packs.items[i]);
	out_close(call->out, ']');
	out_close(call->out, '}');
	desk_close(&desk);
}

static void write_version(struct call *call, const struct pack_manifest *version,
			  const struct pack_setting *pack)
{
	struct buf *out = call->out;

	out_open(out, NULL, '{');
	out_text(out, "version", version->version);
	out_bool(out, "in_force", str_eq(version->version, pack->version));
	out_bool(out, "previous", str_eq(version->version, pack->previous));
	out_optional(out, "origin", version->origin);
	out_optional(out, "licence", version->licence);
	out_optional(out, "imported_at", version->imported);
	out_optional(out, "imported_by", version->author);
	out_optional(out, "sha256", version->sha256);
	out_integer(out, "loaded", (int64_t)version->loaded);
	out_integer(out, "refused", (int64_t)version->refused);
	out_close(out, '}');
}

void api_list_pack_versions(struct call *call)
{
	struct rule_library *library = call->web->options.rules;
	const struct rule_shelf *shelf = NULL;
	const struct pack_setting *pack;
	const struct pack_manifest *versions;
	struct err err = {0};
	size_t count = 0;
	int r = 0;

	if (!library || rule_library_use(library, &shelf, &err) < 0) {
		call_fail(call, 503, "no_rules", "the rules cannot be read");
		return;
	}
	pack = settings_pack(&shelf->settings, call->path_values[0]);
	if (!pack)
		call_fail(call, 404, "not_found", "there is no such pack");
	else
		r = pack_versions(rule_library_paths(library), pack->name, call->request->arena, &versions,
				  &count);
	if (r < 0)
		call_fail_code(call, r);
	if (pack && r == 0) {
		out_open(call->out, NULL, '{');
		out_optional(call->out, "changed_at", pack->changed);
		out_optional(call->out, "changed_by", pack->author);
		out_open(call->out, "items", '[');
		for (size_t i = 0; i < count; i++)
			write_version(call, &versions[i], pack);
		out_close(call->out, ']');
		out_close(call->out, '}');
	}
	rule_library_release(shelf);
}

/* -- changing ------------------------------------------------------------------------------------------- */

void api_update_rule_pack(struct call *call)
{
	json_t *body = call_body(call);
	const json_t *enabled = json_object_get(body, "enabled");
	struct pack_setting *pack;
	struct rule_edit edit;
	struct err err = {0};
	struct str reason;
	int r = ERR_END;

	if (body && !json_is_boolean(enabled)) {
		call_fail(call, 400, "bad_body", "enabled is true or false");
	} else if (body && rule_reason(call, body, json_is_false(enabled), &reason) &&
		   rule_edit_open(call, &edit)) {
		pack = settings_pack(&edit.settings, call->path_values[0]);
		if (pack)
			r = rule_edit_switch_pack(&edit, pack, json_is_true(enabled), reason, &err);
		else
			err_set(&err, r, 0, 0, "there is no such pack");
		rule_edit_done(&edit);
		if (rule_edit_went(call, r, &err))
			call_no_content(call);
	}
	json_decref(body);
}

/* The pack of the path, in an edit that is open; NULL: has answered, and closed it. */
static struct pack_setting *open_pack(struct call *call, struct rule_edit *edit)
{
	struct pack_setting *pack;

	if (!rule_edit_open(call, edit))
		return NULL;
	pack = settings_pack(&edit->settings, call->path_values[0]);
	if (pack)
		return pack;
	rule_edit_done(edit);
	call_fail(call, 404, "not_found", "there is no such pack");
	return NULL;
}

void api_roll_back_pack(struct call *call)
{
	struct str version, from, reason;
	json_t *body = call_body(call);
	struct pack_setting *pack = NULL;
	struct rule_edit edit;
	struct err err = {0};
	bool there;
	int r = ERR_BUSY;

	if (body && body_text(call, body, "version", PACK_VERSION_MAX, true, &version, &there) &&
	    body_text(call, body, "from", PACK_VERSION_MAX, true, &from, &there) &&
	    rule_reason(call, body, false, &reason))
		pack = open_pack(call, &edit);
	if (pack) {
		if (str_eq(pack->version, from))
			r = rule_edit_roll_back(&edit, pack, version, reason, NULL, &err);
		else
			err_set(&err, r, 0, 0, "another version was put in force since");
		rule_edit_done(&edit);
		if (rule_edit_went(call, r, &err))
			call_no_content(call);
	}
	json_decref(body);
}

void api_remove_pack(struct call *call)
{
	struct rule_edit edit;
	struct pack_setting *pack = open_pack(call, &edit);
	struct err err = {0};
	int r;

	if (!pack)
		return;
	r = rule_edit_remove_pack(&edit, pack, (struct str){0}, &err);
	rule_edit_done(&edit);
	if (rule_edit_went(call, r, &err))
		call_no_content(call);
}

/* -- imports -------------------------------------------------------------------------------------------- */

static const char *rules_folder(struct call *call)
{
	const struct web_options *options = &call->web->options;

	if (options->rules && options->unpacked)
		return rule_library_paths(options->rules)->folder;
	call_fail(call, 503, "no_rules", "packs cannot be imported here");
	return NULL;
}

static bool read_trial(struct call *call, struct pack_trial *trial)
{
	*trial = (struct pack_trial){.name = call_text(call, "name"),
				     .version = call_text(call, "version"),
				     .origin = call_text(call, "file"),
				     .by = str_from(call->session.user.name)};
	if (!trial->origin.len)
		trial->origin = trial->name;
	if (!pack_name_is_free(trial->name))
		call_fail(
			call, 400, "bad_name",
			"name takes up to %d letters, digits, '-', '_' and '.', and is not 'own' or 'local'",
			PACK_NAME_MAX);
	else if (trial->version.len && !pack_name_is_good(trial->version))
		call_fail(call, 400, "bad_version",
			  "version takes up to %d letters, digits, '-', '_' and '.'", PACK_VERSION_MAX);
	else if (trial->origin.len > PACK_ORIGIN_MAX)
		call_fail(call, 400, "bad_file", "the name of the file is longer than %d bytes",
			  PACK_ORIGIN_MAX);
	else if (!call->request->body.len)
		call_fail(call, 400, "bad_body", "the file is empty");
	else
		return true;
	return false;
}

/* The archive is kept as it came and looked into by nobody here. */
void api_import_pack(struct call *call)
{
	const char *rules = rules_folder(call);
	struct pack_trial trial;
	int r;

	if (!rules || !read_trial(call, &trial))
		return;
	r = pack_trial_add(rules, &trial, call->request->body);
	if (r == ERR_BUSY) {
		call_fail(call, 409, "imports_busy", "others are importing rules now; try again later");
	} else if (r < 0) {
		call_fail_code(call, r);
	} else {
		call->response->status = 202;
		out_open(call->out, NULL, '{');
		out_text(call->out, "id", str_from(trial.id));
		out_close(call->out, '}');
	}
}

/* What the hunt process wrote is read as a stranger's: as JSON, and written anew. */
void api_get_pack_import(struct call *call)
{
	const char *rules = rules_folder(call);
	struct pack_trial trial;
	struct buf text = {0};
	json_t *report = NULL;
	char *again;

	if (!rules)
		return;
	if (pack_trial_read(rules, call->path_values[0], call->request->arena, &trial) < 0) {
		call_fail(call, 404, "not_found", "there is no such import, or it was a day ago");
		return;
	}
	if (pack_trial_report_read(call->web->options.unpacked, str_from(trial.id), &text) == 0)
		report = json_loadb(text.ptr ? text.ptr : "", text.len, 0, NULL);
	again = json_is_object(report) ? json_dumps(report, JSON_COMPACT) : NULL;
	buf_add_str(call->out, again ? str_from(again) : STR("{\"state\":\"waiting\"}"));
	free(again);
	json_decref(report);
	buf_done(&text);
}

static void enforce(struct call *call, const struct pack_seen *seen, struct str reason)
{
	struct str id = call->path_values[0];
	struct pack_manifest manifest;
	struct rule_edit edit;
	struct err err = {0};
	int r;

	if (!rule_edit_open(call, &edit))
		return;
	r = pack_trial_enforce(&edit, call->web->options.unpacked, id, seen, reason, &manifest, &err);
	if (r >= 0)
		pack_trial_remove(edit.options.paths->folder, id);
	if (rule_edit_went(call, r, &err)) {
		out_open(call->out, NULL, '{');
		out_text(call->out, "name", manifest.name);
		out_text(call->out, "version", manifest.version);
		out_close(call->out, '}');
	}
	rule_edit_done(&edit);
}

void api_enforce_pack_import(struct call *call)
{
	json_t *body = call_body(call);
	struct pack_seen seen;
	struct str reason;
	bool there;

	if (body && rules_folder(call) &&
	    body_text(call, body, "version", PACK_VERSION_MAX, true, &seen.version, &there) &&
	    body_text(call, body, "base", PACK_VERSION_MAX, false, &seen.base, &there) &&
	    body_text(call, body, "sha256", SHA256_TEXT_MAX, true, &seen.sha256, &there) &&
	    rule_reason(call, body, false, &reason)) {
		if (pack_name_is_good(seen.version))
			enforce(call, &seen, reason);
		else
			call_fail(call, 400, "bad_version",
				  "version takes up to %d letters, digits, '-', '_' and '.'",
				  PACK_VERSION_MAX);
	}
	json_decref(body);
}

void api_end_pack_import(struct call *call)
{
	const char *rules = rules_folder(call);
	int r = rules ? pack_trial_remove(rules, call->path_values[0]) : 0;

	if (r == ERR_END)
		call_fail(call, 404, "not_found", "there is no such import");
	else if (r < 0)
		call_fail_code(call, r);
	else if (rules)
		call_no_content(call);
}
