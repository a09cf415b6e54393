/* SPDX-License-Identifier: Apache-2.0 */
/* What an uploaded pack is and what it would change, as JSON: api.yaml's RuleImport. */
#include "rules/pack.h"
#include "rules/pack_compare.h"
#include "rules/pack_trial.h"

struct trial {
	const struct rules_paths *paths;
	const struct pack_trial *asked;
	struct arena *arena;
	struct pack_manifest manifest;
	const char *stage;
	size_t counts[PACK_NEWS_COUNT], refusals, losses;
	struct buf items, reasons, lost;
};

static void add_text(struct buf *out, const char *key, struct str text)
{
	if (out->len && out->ptr[out->len - 1] != '{')
		buf_add_char(out, ',');
	buf_printf(out, "\"%s\":", key);
	buf_add_json_string(out, text);
}

static void begin_item(struct buf *out)
{
	buf_add_str(out, out->len ? STR(",{") : STR("{"));
}

static void note_refusal(void *context, const struct err *err)
{
	struct trial *trial = context;

	if (trial->refusals++ >= PACK_NEWS_SHOWN)
		return;
	begin_item(&trial->reasons);
	add_text(&trial->reasons, "file", str_from(err->file));
	buf_printf(&trial->reasons, ",\"line\":%u", err->line);
	add_text(&trial->reasons, "reason", str_from(err->message));
	buf_add_char(&trial->reasons, '}');
}

static void ignore(void *context, const struct err *err)
{
	(void)context, (void)err;
}

static void add_rule(struct buf *out, const struct rule_info *info)
{
	add_text(out, "id", info->id);
	add_text(out, "title", info->title);
	if (info->title_zh.len)
		add_text(out, "title_zh", info->title_zh);
	add_text(out, "level", str_from(rule_level_name(info->level)));
}

/* A decision that loses its rule: all that a person must know is named here, whatever else is left out. */
static void note_loss(struct trial *trial, const struct pack_difference *difference)
{
	if (trial->losses++ >= PACK_NEWS_SHOWN)
		return;
	begin_item(&trial->lost);
	add_rule(&trial->lost, difference->info);
	buf_printf(&trial->lost, ",\"setting\":%s,\"exception\":%s", difference->set ? "true" : "false",
		   difference->excepted ? "true" : "false");
	if (difference->heir)
		add_text(&trial->lost, "heir", difference->heir->id);
	buf_add_char(&trial->lost, '}');
}

static void note_difference(void *context, const struct pack_difference *difference)
{
	struct trial *trial = context;

	if (difference->set || difference->excepted)
		note_loss(trial, difference);
	if (trial->counts[difference->news]++ >= PACK_NEWS_SHOWN)
		return;
	begin_item(&trial->items);
	add_text(&trial->items, "news", str_from(pack_news_name(difference->news)));
	add_rule(&trial->items, difference->info);
	buf_add_char(&trial->items, '}');
}

/* Who uploaded it knows the file by its own name. */
static void name_source(struct err *err, struct str source, struct str origin)
{
	struct str text = str_from(err->message);
	struct err named = {0};

	if (!str_starts(text, source))
		return;
	text = str_from_offset(text, source.len);
	err_set(&named, err->code, 0, 0, "%.*s%.*s", STR_FMT(origin), STR_FMT(text));
	*err = named;
}

static int stage(struct trial *trial, struct err *ret_err)
{
	const struct pack_trial *asked = trial->asked;
	struct str source =
		arena_printf(trial->arena, "%s/imports/%s.archive", trial->paths->folder, asked->id);
	const struct pack_import import = {
		.source = source.ptr,
		.stage = trial->stage,
		.name = asked->name,
		.version = asked->version,
		.origin = asked->origin,
		.author = asked->by,
		.report = note_refusal,
		.context = trial,
	};

	int r = pack_stage(trial->paths, &import, trial->arena, &trial->manifest, ret_err);

	if (r < 0)
		name_source(ret_err, source, asked->origin);
	return r;
}

static bool is_content_of(const struct trial *trial, struct str version, bool *ret_there)
{
	struct pack_manifest other = {0};
	struct err err = {0};

	*ret_there = version.len && pack_manifest_read(trial->paths, trial->asked->name, version,
						       trial->arena, &other, &err) == 0;
	return *ret_there && str_eq(other.sha256, trial->manifest.sha256);
}

static void compare(struct trial *trial, const struct ruleset *all, const struct settings *settings,
		    const struct pack_setting *pack)
{
	struct str name = trial->asked->name;
	const struct pack_sides sides = {
		.paths = trial->paths,
		.all = all,
		.settings = settings,
		.name = name,
		.before = pack ? arena_printf(trial->arena, "%s/packs/%.*s/%.*s/" PACK_RULES_FOLDER,
					      trial->paths->folder, STR_FMT(name), STR_FMT(pack->version))
					  .ptr
			       : NULL,
		.now = arena_printf(trial->arena, "%s/" PACK_RULES_FOLDER, trial->stage).ptr,
	};

	pack_compare(&sides, note_difference, trial);
}

static void write_manifest(const struct trial *trial, const struct pack_setting *pack, struct buf *out)
{
	const struct pack_manifest *manifest = &trial->manifest;
	bool there, taken, same = is_content_of(trial, pack ? pack->version : (struct str){0}, &there);

	taken = !is_content_of(trial, manifest->version, &there) && there;
	buf_add_str(out, STR("{\"state\":\"done\""));
	add_text(out, "name", manifest->name);
	add_text(out, "version", manifest->version);
	add_text(out, "base", pack ? pack->version : (struct str){0});
	add_text(out, "origin", manifest->origin);
	add_text(out, "licence", manifest->licence);
	add_text(out, "sha256", manifest->sha256);
	buf_printf(out, ",\"files\":%zu,\"loaded\":%zu,\"refused\":%zu,\"same\":%s,\"taken\":%s",
		   manifest->files, manifest->loaded, manifest->refused, same ? "true" : "false",
		   taken ? "true" : "false");
}

static void write_report(const struct trial *trial, const struct pack_setting *pack, struct buf *out)
{
	write_manifest(trial, pack, out);
	buf_add_str(out, STR(",\"counts\":{"));
	for (int i = 0; i < PACK_NEWS_COUNT; i++)
		buf_printf(out, "%s\"%s\":%zu", i ? "," : "", pack_news_name((enum pack_news)i),
			   trial->counts[i]);
	buf_printf(out, "},\"losses\":%zu,\"items\":[%.*s],\"reasons\":[%.*s],\"lost\":[%.*s]}",
		   trial->losses, STR_FMT(buf_str(&trial->items)), STR_FMT(buf_str(&trial->reasons)),
		   STR_FMT(buf_str(&trial->lost)));
}

void pack_trial_run(const struct rules_paths *paths, const char *unpacked, const struct pack_trial *asked,
		    struct arena *arena, struct buf *ret_report)
{
	struct trial trial = {.paths = paths, .asked = asked, .arena = arena};
	const struct pack_setting *pack;
	struct settings settings;
	struct ruleset *all;
	struct err err = {0};
	int r;

	trial.stage = pack_trial_stage(unpacked, str_from(asked->id), arena);
	r = stage(&trial, &err);
	if (r == 0) {
		r = rules_load_all(paths, ignore, NULL, &all, &settings);
		if (r < 0)
			err_set(&err, r, 0, 0, "the rules cannot be read: %s", err_text(r));
	}
	if (r == 0) {
		pack = settings_pack(&settings, asked->name);
		compare(&trial, all, &settings, pack);
		write_report(&trial, pack, ret_report);
		settings_done(&settings);
		ruleset_free(all);
	} else {
		buf_add_str(ret_report, STR("{\"state\":\"failed\""));
		add_text(ret_report, "reason", str_from(err.message));
		buf_add_char(ret_report, '}');
	}
	buf_done(&trial.items);
	buf_done(&trial.reasons);
	buf_done(&trial.lost);
}
