/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/changes.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "bin/notice.h"

#define STATE_MAX (16u * 1024 * 1024)
#define FILE_MAX (16u * 1024 * 1024)
#define SHA256_TEXT (2 * SHA256_SIZE + 1)

static json_t *read_state(const char *path)
{
	struct buf text = {0};
	json_t *root = NULL;

	if (io_read_file(path, STATE_MAX, &text) == 0)
		root = json_loadb(text.ptr ? text.ptr : "", text.len, 0, NULL);
	buf_done(&text);
	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

static void hash_file(const char *path, char out[SHA256_TEXT])
{
	uint8_t digest[SHA256_SIZE];
	struct buf text = {0};

	out[0] = 0;
	if (io_read_file(path, FILE_MAX, &text) == 0) {
		sha256(text.ptr, text.len, digest);
		hex_encode(digest, sizeof(digest), out);
	}
	buf_done(&text);
}

static void put_json(struct buf *out, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	must(text);
	buf_add_str(out, str_from(text));
	free(text);
}

/* --- settings ----------------------------------------------------------------------------------------- */

/* Both have a member for each setting: what is in force, and what would be without wanglou.yaml. */
struct settings {
	json_t *values, *defaults;
};

static json_t *shown(const char *value)
{
	struct buf out = {0};
	json_t *text;

	config_add_shown(str_from(value), &out);
	text = json_stringn(out.ptr ? out.ptr : "", out.len);
	buf_done(&out);
	return text;
}

static void take_setting(void *context, const struct config_setting *setting)
{
	struct settings *settings = context;

	json_object_set_new(settings->values, setting->name, shown(setting->value));
	json_object_set_new(settings->defaults, setting->name, shown(setting->fallback));
}

/* [{"setting":…,"old":…,"new":…}]; a setting that this version does not know any more has no new. */
static json_t *compare(const json_t *old, const json_t *values)
{
	json_t *list = json_array(), *value;
	const char *name;

	json_object_foreach((json_t *)values, name, value)
	{
		const json_t *before = json_object_get(old, name);

		if (!before || !json_equal(before, value))
			json_array_append_new(list, json_pack("{s:s, s:O?, s:O}", "setting", name, "old",
							      (json_t *)before, "new", value));
	}
	json_object_foreach((json_t *)old, name, value) if (!json_object_get(values, name))
		json_array_append_new(list, json_pack("{s:s, s:O}", "setting", name, "old", value));
	return list;
}

static void put_file(struct buf *out, const char *path, const char *hash)
{
	char modified[CLOCK_TEXT_SIZE];
	struct stat status;

	if (stat(path, &status) < 0)
		return;
	clock_format(status.st_mtim.tv_sec * CLOCK_SECOND + status.st_mtim.tv_nsec / 1000, modified);
	buf_printf(out, ",\"modified\":\"%s\",\"owner\":%u,\"sha256\":\"%s\"", modified,
		   (unsigned)status.st_uid, hash);
}

void changes_of_settings(const struct config *config, const char *state, struct changes *ret_changes)
{
	struct settings settings = {json_object(), json_object()};
	json_t *before = read_state(state), *list, *old = json_object_get(before, "settings");
	const char *hash_before = json_string_value(json_object_get(before, "sha256"));
	char path[PATH_MAX], hash[SHA256_TEXT];
	struct changes changes = {0};

	snprintf(path, sizeof(path), "%s/wanglou.yaml", config->data);
	hash_file(path, hash);
	config_settings(config, take_setting, &settings);
	json_object_set_new(settings.values, "content", json_string(config->content));
	json_object_set_new(settings.defaults, "content", json_string(config->content));
	list = compare(before ? old : settings.defaults, settings.values);
	changes.any = json_array_size(list) || !hash_before || strcmp(hash_before, hash) != 0;
	buf_printf(&changes.detail, "{%s\"changes\":", before ? "" : "\"first\":true,");
	put_json(&changes.detail, list);
	put_file(&changes.detail, path, hash);
	buf_add_char(&changes.detail, '}');
	buf_printf(&changes.state, "{\"sha256\":\"%s\",\"settings\":", hash);
	put_json(&changes.state, settings.values);
	buf_add_str(&changes.state, STR("}\n"));
	json_decref(list);
	json_decref(before);
	json_decref(settings.values);
	json_decref(settings.defaults);
	*ret_changes = changes;
}

/* --- content ------------------------------------------------------------------------------------------ */

struct files {
	json_t *hashes; /* path below the content folder → SHA-256 */
	size_t prefix;
};

static int take_file(const char *path, void *context)
{
	struct files *files = context;
	char hash[SHA256_TEXT];

	hash_file(path, hash);
	json_object_set_new(files->hashes, path + files->prefix, json_string(hash));
	return 0;
}

/* Beside what is shipped the platform's own: exceptions, and what is switched on and off. Packs never change
   once they are there, and which of them count is a setting. */
static json_t *hash_content(const struct config *config)
{
	const struct {
		const char *root, *folder;
	} folders[] = {
		{config->content, "sources"},          {config->content, "detections"},
		{config->data, "rules/local"},         {config->data, "rules/exceptions"},
		{config->data, "rules/settings.yaml"},
	};
	static const char *const suffixes[] = {".yaml", ".yml"};
	struct files files = {.hashes = json_object()};
	char path[PATH_MAX];

	for (size_t i = 0; i < 2 * sizeof(folders) / sizeof(folders[0]); i++) {
		files.prefix = strlen(folders[i / 2].root) + 1;
		snprintf(path, sizeof(path), "%s/%s", folders[i / 2].root, folders[i / 2].folder);
		io_walk(path, suffixes[i % 2], take_file, &files);
	}
	return files.hashes;
}

/* "name":[…] with the members of all that other lacks, or has otherwise where same is asked; returns how
   many. */
static size_t put_list(struct buf *out, const char *name, const json_t *all, const json_t *other,
		       bool differing)
{
	json_t *list = json_array(), *value;
	const char *path;
	size_t count = 0;

	json_object_foreach((json_t *)all, path, value)
	{
		const json_t *match = json_object_get(other, path);

		if (differing ? !match || json_equal(match, value) : match != NULL)
			continue;
		if (++count <= CHANGES_LISTED_MAX)
			json_array_append_new(list, json_string(path));
	}
	buf_printf(out, "\"%s\":", name);
	put_json(out, list);
	buf_add_char(out, ',');
	json_decref(list);
	return count;
}

void changes_of_content(const struct config *config, const char *state, struct changes *ret_changes)
{
	json_t *before = read_state(state), *now = hash_content(config);
	struct changes changes = {0};
	size_t count = 0;

	buf_add_char(&changes.detail, '{');
	if (before) {
		count += put_list(&changes.detail, "added", now, before, false);
		count += put_list(&changes.detail, "changed", now, before, true);
		count += put_list(&changes.detail, "removed", before, now, false);
	} else {
		buf_add_str(&changes.detail, STR("\"first\":true,"));
	}
	buf_printf(&changes.detail, "\"count\":%zu,\"files\":%zu}", count, json_object_size(now));
	changes.any = !before || count;
	put_json(&changes.state, now);
	json_decref(before);
	json_decref(now);
	*ret_changes = changes;
}

/* --- both --------------------------------------------------------------------------------------------- */

int changes_save(const struct changes *changes, const char *state)
{
	return io_replace_file(state, changes->state.ptr, changes->state.len, 0640);
}

void changes_done(struct changes *changes)
{
	buf_done(&changes->detail);
	buf_done(&changes->state);
}

void changes_format(const struct changes *changes, const char *action, const char *object, struct buf *out)
{
	const struct notice_audit notice = {
		.action = str_from(action),
		.via = "platform",
		.object = str_from(object),
		.outcome = "allowed",
		.detail = buf_str(&changes->detail),
	};

	notice_audit_format(&notice, out);
}
