/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/config.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/yaml.h"

enum kind { TEXT, NUMBER };

struct setting {
	const char *path; /* "group.name" */
	enum kind kind;
	size_t offset; /* in struct config */
	const char *text;
	long number, min, max;
	const char *doc;
};

static const struct setting settings[] = {
#define TEXT(member, path, fallback, doc) \
	{path, TEXT, offsetof(struct config, member), fallback, 0, 0, 0, doc},
#define NUMBER(member, path, fallback, min, max, doc) \
	{path, NUMBER, offsetof(struct config, member), NULL, fallback, min, max, doc},
#include "bin/settings.def"
#undef TEXT
#undef NUMBER
};

#define SETTING_COUNT (sizeof(settings) / sizeof(settings[0]))

static const char *first_there(const char *const *candidates)
{
	for (; candidates[1]; candidates++)
		if (access(*candidates, R_OK) == 0)
			break;
	return *candidates;
}

/* A folder by option, environment or the usual places; made absolute. */
static const char *find_folder(const struct arguments *arguments, struct arena *arena, const char *option,
			       const char *variable, const char *const *candidates)
{
	const char *path = argument_value(arguments, option, NULL);
	char resolved[PATH_MAX];

	if (!path)
		path = getenv(variable);
	if (!path)
		path = first_there(candidates);
	if (realpath(path, resolved))
		return arena_copy(arena, str_from(resolved)).ptr;
	if (path[0] == '/' || !getcwd(resolved, sizeof(resolved)))
		return arena_copy(arena, str_from(path)).ptr;
	return arena_printf(arena, "%s/%s", resolved, path).ptr;
}

static const struct setting *find_setting(struct str group, struct str name)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		struct str path = str_from(settings[i].path), part;

		str_split(&path, '.', &part);
		if (str_eq(part, group) && str_eq(path, name))
			return &settings[i];
	}
	return NULL;
}

static int set(const struct setting *setting, const struct yaml_node *value, struct config *config,
	       struct err *ret_err)
{
	char *place = (char *)config + setting->offset;
	int64_t number;

	if (value->type != YAML_SCALAR)
		return yaml_error(ret_err, value, "%s takes a single value", setting->path);
	if (setting->kind == TEXT) {
		*(const char **)place = yaml_is_null(value) ? "" : value->text.ptr;
		return 0;
	}
	if (yaml_int(value, &number) < 0 || number < setting->min || number > setting->max)
		return yaml_error(ret_err, value, "%s takes a whole number from %ld to %ld", setting->path,
				  setting->min, setting->max);
	*(long *)place = (long)number;
	return 0;
}

static int read_group(const struct yaml_node *name, const struct yaml_node *group, struct config *config,
		      struct err *ret_err)
{
	if (yaml_is_null(group))
		return 0;
	if (group->type != YAML_MAPPING)
		return yaml_error(ret_err, group, "'%s' holds settings, one a line", name->text.ptr);
	for (uint32_t i = 0; i < group->count; i++) {
		const struct setting *setting = find_setting(name->text, group->keys[i]->text);
		int r;

		if (!setting)
			return yaml_error(
				ret_err, group->keys[i],
				"there is no setting '%s.%s'; see the comments of a new wanglou.yaml",
				name->text.ptr, group->keys[i]->text.ptr);
		r = set(setting, group->values[i], config, ret_err);
		if (r < 0)
			return r;
		config->lines[setting - settings] = group->keys[i]->line;
	}
	return 0;
}

static int read_settings(const char *path, struct arena *arena, struct config *config, struct err *ret_err)
{
	struct yaml_node **docs;
	size_t count;
	int r = access(path, F_OK) < 0 && errno == ENOENT ? -ENOENT : 0;

	if (r == -ENOENT)
		return 0;
	r = yaml_read_file(path, arena, &docs, &count, ret_err);
	if (r < 0 || count == 0)
		return r;
	if (docs[0]->type != YAML_MAPPING)
		r = yaml_is_null(docs[0]) ? 0 : yaml_error(ret_err, docs[0], "expected groups of settings");
	else
		for (uint32_t i = 0; i < docs[0]->count && r == 0; i++)
			r = read_group(docs[0]->keys[i], docs[0]->values[i], config, ret_err);
	if (r < 0)
		err_set_file(ret_err, path);
	return r;
}

int config_zone(const struct config *config, int64_t *ret_zone, struct err *ret_err)
{
	time_t now = time(NULL);
	struct tm local;
	int r = 0;

	if (!config->zone[0] && localtime_r(&now, &local))
		*ret_zone = local.tm_gmtoff * CLOCK_SECOND;
	else
		r = clock_parse_offset(str_from(config->zone), ret_zone);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "analyze.zone: '%s' is no offset such as +08:00 or Z",
			config->zone);
	return r;
}

const char *config_path(const struct config *config, struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/%s", config->data, name).ptr;
}

int config_load(const struct arguments *arguments, struct arena *arena, struct config *ret_config,
		struct err *ret_err)
{
	static const char *const data[] = {"./data", NULL};
	static const char *const content[] = {"./content", "/usr/share/wanglou/content", NULL};
	static const char *const ui[] = {"./ui/dist", "/usr/share/wanglou/ui", NULL};
	struct config config = {0};
	int r;

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		char *place = (char *)&config + settings[i].offset;

		if (settings[i].kind == TEXT)
			*(const char **)place = settings[i].text;
		else
			*(long *)place = settings[i].number;
	}
	config.data = find_folder(arguments, arena, "data", "WANGLOU_DATA", data);
	config.content = find_folder(arguments, arena, "content", "WANGLOU_CONTENT", content);
	config.ui = find_folder(arguments, arena, "ui", "WANGLOU_UI", ui);
	r = read_settings(config_path(&config, arena, "wanglou.yaml"), arena, &config, ret_err);
	if (r == 0)
		*ret_config = config;
	return r;
}

void config_settings(const struct config *config,
		     void (*visit)(void *context, const struct config_setting *setting), void *context)
{
	char value[32], fallback[32];

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting *setting = &settings[i];
		const char *place = (const char *)config + setting->offset;
		struct config_setting shown = {
			.name = setting->path, .about = setting->doc, .line = config->lines[i]};

		if (setting->kind == TEXT) {
			shown.value = *(const char *const *)place;
			shown.fallback = setting->text;
		} else {
			snprintf(value, sizeof(value), "%ld", *(const long *)place);
			snprintf(fallback, sizeof(fallback), "%ld", setting->number);
			shown.value = value;
			shown.fallback = fallback;
		}
		visit(context, &shown);
	}
}

#define HIDDEN STR("…")

/* user:password@ before the host, and what stands behind a question mark, may be what lets one in. */
void config_add_shown(struct str value, struct buf *out)
{
	size_t begin = str_find(value, STR("://")), end = 0, at = STR_NOT_FOUND;
	struct str authority, rest;

	if (begin == STR_NOT_FOUND) {
		buf_add_str(out, value);
		return;
	}
	begin += 3;
	rest = str_from_offset(value, begin);
	while (end < rest.len && !strchr("/?#", rest.ptr[end]))
		if (rest.ptr[end++] == '@')
			at = end - 1;
	authority = str_head(rest, end);
	rest = str_from_offset(rest, end);
	buf_add_str(out, str_head(value, begin));
	if (at != STR_NOT_FOUND)
		buf_add_str(out, HIDDEN);
	buf_add_str(out, at == STR_NOT_FOUND ? authority : str_from_offset(authority, at));
	end = str_find_char(rest, '?');
	buf_add_str(out, str_head(rest, end));
	if (end != STR_NOT_FOUND) {
		buf_add_char(out, '?');
		buf_add_str(out, HIDDEN);
	}
}

static void write_setting(struct buf *out, const struct setting *setting, struct str *group)
{
	struct str path = str_from(setting->path), part;

	str_split(&path, '.', &part);
	if (!str_eq(part, *group))
		buf_printf(out, "\n%.*s:\n", STR_FMT(part));
	*group = part;
	buf_printf(out, "  # %s\n", setting->doc);
	if (setting->kind == TEXT)
		buf_printf(out, "  # %.*s: \"%s\"\n", STR_FMT(path), setting->text);
	else
		buf_printf(out, "  # %.*s: %ld\n", STR_FMT(path), setting->number);
}

int config_write_template(const struct config *config, struct err *ret_err)
{
	char path[PATH_MAX];
	struct str group = {0};
	struct buf out = {0};
	int r;

	snprintf(path, sizeof(path), "%s/wanglou.yaml", config->data);
	if (access(path, F_OK) == 0)
		return 0;
	buf_printf(
		&out,
		"# 望楼 Wanglou: settings. Each is shown with its default; take the '#' off to change it,\n"
		"# then restart 'wanglou run'.\n");
	for (size_t i = 0; i < SETTING_COUNT; i++)
		write_setting(&out, &settings[i], &group);
	r = io_replace_file(path, out.ptr, out.len, 0644);
	buf_done(&out);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot write %s: %s", path, err_text(r)) : 0;
}
