/* SPDX-License-Identifier: Apache-2.0 */
/* The rule set that settings, packs and exceptions make together. */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/map.h"
#include "rules/rules.h"

#define RULE_NAME_MAX 256

struct loading {
	const struct rules_paths *paths;
	const struct settings *settings;
	bool all;                 /* those switched off too */
	bool local;               /* the platform's own are being added */
	struct map *local_names;  /* ids and names of those, lower case */
	rules_replaced *replaced; /* told what they stand for; may be NULL */
	void *context;
};

struct str rules_pack_of(const struct rules_paths *paths, const struct rule_info *info)
{
	char prefix[PATH_MAX];
	struct str rest = info->file, name;

	snprintf(prefix, sizeof(prefix), "%s/" RULES_LOCAL "/", paths->folder);
	if (str_starts(rest, str_from(prefix)))
		return STR(RULES_LOCAL);
	snprintf(prefix, sizeof(prefix), "%s/packs/", paths->folder);
	if (!str_starts(rest, str_from(prefix)))
		return STR(RULES_OWN);
	rest = str_from_offset(rest, strlen(prefix));
	return str_split(&rest, '/', &name) ? name : STR(RULES_OWN);
}

bool rules_is_on(const struct rules_paths *paths, const struct settings *settings,
		 const struct rule_info *info)
{
	const struct rule_setting *setting = info->id.len ? settings_rule(settings, info->id) : NULL;
	const struct pack_setting *pack;

	if (setting && setting->enabled != SWITCH_UNSET)
		return setting->enabled == SWITCH_ON;
	pack = settings_pack(settings, rules_pack_of(paths, info));
	return !pack || pack->enabled;
}

/* A rule of the platform's own takes the place of those of its id, and of its name. */
static bool is_replaced(struct loading *loading, struct str name)
{
	char lower[RULE_NAME_MAX];

	if (!name.len || name.len > sizeof(lower))
		return false;
	for (size_t i = 0; i < name.len; i++)
		lower[i] = char_lower(name.ptr[i]);
	name.ptr = lower;
	if (!loading->local)
		return map_get(loading->local_names, name) != NULL;
	map_put(loading->local_names, name, NULL);
	return false;
}

static bool choose(void *context, struct rule_info *info)
{
	struct loading *loading = context;
	const struct rule_setting *setting = info->id.len ? settings_rule(loading->settings, info->id) : NULL;

	if (is_replaced(loading, info->id) | is_replaced(loading, info->name)) {
		if (loading->replaced)
			loading->replaced(loading->context, info->id);
		return false;
	}
	if (setting && setting->has_suppress)
		info->suppress = setting->suppress;
	return loading->all || rules_is_on(loading->paths, loading->settings, info);
}

/* A folder of ours that is not there holds nothing; anything else is said. */
static void add_folder(struct ruleset_builder *builder, const char *path, rule_report *report, void *context)
{
	struct err err = {0};
	int r = ruleset_add(builder, path, report, context);

	if (r == 0 || r == -ENOENT || r == -ENOTDIR)
		return;
	err_set(&err, r, 0, 0, "cannot read: %s", err_text(r));
	err_set_file(&err, path);
	report(context, &err);
}

static bool any_is_on(const struct settings *settings)
{
	for (size_t i = 0; i < settings->rules.len; i++)
		if (settings->rules.items[i].enabled == SWITCH_ON)
			return true;
	return false;
}

/* The platform's own first, then those that are shipped: of two with the same id the first holds, and the
   second is reported, unless the first is the platform's own. */
static int add_everything(struct ruleset_builder *builder, struct loading *loading, rule_report *report,
			  void *context)
{
	const struct rules_paths *paths = loading->paths;
	const struct settings *settings = loading->settings;
	char path[PATH_MAX];
	int r;

	loading->local = true;
	snprintf(path, sizeof(path), "%s/" RULES_LOCAL, paths->folder);
	add_folder(builder, path, report, context);
	loading->local = false;
	r = ruleset_add(builder, paths->own, report, context);
	if (r < 0)
		return r;
	for (size_t i = 0; i < settings->packs.len; i++) {
		const struct pack_setting *pack = &settings->packs.items[i];

		/* A single rule may be on in a pack that is off. */
		if (pack->version.len == 0 || (!pack->enabled && !loading->all && !any_is_on(settings)))
			continue;
		snprintf(path, sizeof(path), "%s/packs/%.*s/%.*s/rules", paths->folder, STR_FMT(pack->name),
			 STR_FMT(pack->version));
		add_folder(builder, path, report, context);
	}
	snprintf(path, sizeof(path), "%s/exceptions", paths->folder);
	add_folder(builder, path, report, context);
	return 0;
}

static int load(const struct rules_paths *paths, bool all, rule_report *report, rules_replaced *replaced,
		void *context, struct ruleset **ret_set, struct settings *ret_settings)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct settings settings;
	struct loading loading = {.paths = paths,
				  .settings = &settings,
				  .all = all,
				  .local_names = map_new(),
				  .replaced = replaced,
				  .context = context};
	struct ruleset *set;
	struct err err = {0};
	int r = settings_read(&settings, ruleset_arena(builder), paths->folder, report, context);

	if (r < 0) {
		err_set(&err, r, 0, 0, "cannot read %s/%s, every rule counts as switched on: %s",
			paths->folder, SETTINGS_FILE, err_text(r));
		report(context, &err);
		settings_parse(&settings, ruleset_arena(builder), SETTINGS_FILE, (struct str){0}, report,
			       context);
	}
	err = (struct err){0};
	if (paths->cache && ruleset_cache(builder, paths->cache, &err) < 0)
		report(context, &err);
	ruleset_choose(builder, choose, &loading);
	r = add_everything(builder, &loading, report, context);
	set = ruleset_build(builder, false);
	map_free(loading.local_names);
	if (r == 0 && ret_settings)
		*ret_settings = settings;
	else
		settings_done(&settings);
	if (r == 0)
		*ret_set = set;
	else
		ruleset_free(set);
	return r;
}

int rules_load(const struct rules_paths *paths, rule_report *report, void *context, struct ruleset **ret_set)
{
	return load(paths, false, report, NULL, context, ret_set, NULL);
}

int rules_load_all(const struct rules_paths *paths, rule_report *report, void *context,
		   struct ruleset **ret_set, struct settings *ret_settings)
{
	return load(paths, true, report, NULL, context, ret_set, ret_settings);
}

int rules_load_telling(const struct rules_paths *paths, rule_report *report, rules_replaced *replaced,
		       void *context, struct ruleset **ret_set, struct settings *ret_settings)
{
	return load(paths, true, report, replaced, context, ret_set, ret_settings);
}

/* -- the stamp ----------------------------------------------------------------------------------------- */

static int stamp_file(const char *path, void *context)
{
	uint64_t *stamp = context;
	struct stat status;
	struct {
		int64_t seconds, nanoseconds, size;
		uint64_t inode;
	} facts = {0};

	if (stat(path, &status) < 0)
		return 0;
	facts.seconds = status.st_mtim.tv_sec;
	facts.nanoseconds = status.st_mtim.tv_nsec;
	facts.size = status.st_size;
	facts.inode = status.st_ino;
	*stamp = hash_bytes_seeded(path, strlen(path), *stamp);
	*stamp = hash_bytes_seeded(&facts, sizeof(facts), *stamp);
	return 0;
}

/* Packs do not change once they are there; which of them count stands in the settings. */
uint64_t rules_stamp(const struct rules_paths *paths)
{
	uint64_t stamp = 0;
	char path[PATH_MAX];

	io_walk(paths->own, "", stamp_file, &stamp);
	snprintf(path, sizeof(path), "%s/" RULES_LOCAL, paths->folder);
	io_walk(path, "", stamp_file, &stamp);
	snprintf(path, sizeof(path), "%s/exceptions", paths->folder);
	io_walk(path, "", stamp_file, &stamp);
	snprintf(path, sizeof(path), "%s/" SETTINGS_FILE, paths->folder);
	stamp_file(path, &stamp);
	return stamp;
}
