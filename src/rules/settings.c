/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/map.h"
#include "detect/ast.h"

#define LOCK_FILE ".lock"

struct reading {
	struct settings *settings;
	const char *file;
	unsigned offset; /* lines before the text that is parsed */
	rule_report *report;
	void *context;
};

static void say_wrong(struct reading *reading, struct err *err)
{
	err->line += reading->offset;
	err_set_file(err, reading->file);
	reading->settings->wrong++;
	reading->report(reading->context, err);
}

/* -- entries ------------------------------------------------------------------------------------------- */

static int read_texts(const struct yaml_node *node, const char *const *keys, struct str *const *texts,
		      size_t count, struct arena *arena, struct err *ret_err)
{
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *value = yaml_get(node, keys[i]);

		if (value && value->type != YAML_SCALAR)
			return yaml_error(ret_err, value, "'%s' must be a text", keys[i]);
		*texts[i] = arena_copy(arena, yaml_text(value, (struct str){0}));
	}
	return 0;
}

static int read_switch(const struct yaml_node *node, bool *ret_set, bool *ret_on, struct err *ret_err)
{
	const struct yaml_node *value = yaml_get(node, "enabled");

	*ret_set = value != NULL;
	if (value && yaml_bool(value, ret_on) < 0)
		return yaml_error(ret_err, value, "'enabled' must be true or false");
	return 0;
}

static int read_suppress(const struct yaml_node *node, struct arena *arena, struct rule_setting *setting,
			 struct err *ret_err)
{
	const struct yaml_node *value = yaml_get(node, "suppress");

	if (!value)
		return 0;
	setting->has_suppress = true;
	if (str_eq(yaml_text(value, (struct str){0}), STR("none")))
		return 0;
	setting->suppress_for = arena_copy(arena, yaml_text(yaml_get(value, "for"), (struct str){0}));
	return rule_parse_suppress(value, arena, &setting->suppress, ret_err);
}

static int check_entry(const struct yaml_node *key, const struct yaml_node *node, struct err *ret_err)
{
	return node->type == YAML_MAPPING
		       ? 0
		       : yaml_error(ret_err, key, "the settings of '%.*s' must be a mapping",
				    STR_FMT(key->text));
}

static int read_rule(struct settings *settings, const struct yaml_node *key, const struct yaml_node *node,
		     struct err *ret_err)
{
	static const char *const keys[] = {"reason", "author", "changed", "title"};
	struct rule_setting setting = {.line = key->line}, *place;
	struct str *const texts[] = {&setting.reason, &setting.author, &setting.changed, &setting.title};
	bool set = false, on = false;
	int r = check_entry(key, node, ret_err);

	if (r == 0 && !rule_is_uuid(key->text))
		r = yaml_error(ret_err, key, "'%.*s' is not the id of a rule", STR_FMT(key->text));
	if (r == 0 && settings->rules.len >= SETTINGS_ENTRIES_MAX)
		r = yaml_error(ret_err, key, "there are more than %d entries", SETTINGS_ENTRIES_MAX);
	if (r == 0 && settings_rule(settings, key->text))
		r = yaml_error(ret_err, key, "the rule '%.*s' stands here twice", STR_FMT(key->text));
	if (r == 0)
		r = read_texts(node, keys, texts, 4, settings->arena, ret_err);
	if (r == 0)
		r = read_switch(node, &set, &on, ret_err);
	if (r == 0)
		r = read_suppress(node, settings->arena, &setting, ret_err);
	if (r < 0)
		return r;
	setting.enabled = !set ? SWITCH_UNSET : on ? SWITCH_ON : SWITCH_OFF;
	place = settings_edit_rule(settings, key->text);
	setting.id = place->id;
	*place = setting;
	return 0;
}

bool pack_name_is_good(struct str name)
{
	if (name.len == 0 || name.len > PACK_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool word = char_is_digit(c) || (unsigned char)(char_lower(c) - 'a') < 26;

		if (!word && (i == 0 || (c != '-' && c != '_' && c != '.')))
			return false;
	}
	return true;
}

static int read_pack(struct settings *settings, const struct yaml_node *key, const struct yaml_node *node,
		     struct err *ret_err)
{
	static const char *const keys[] = {"version", "previous", "reason", "author", "changed"};
	struct pack_setting setting = {.line = key->line, .enabled = true}, *place;
	struct str *const texts[] = {&setting.version, &setting.previous, &setting.reason, &setting.author,
				     &setting.changed};
	bool set;
	int r = check_entry(key, node, ret_err);

	if (r == 0 && !pack_name_is_good(key->text))
		r = yaml_error(ret_err, key, "'%.*s' is no name of a pack", STR_FMT(key->text));
	if (r == 0 && settings->packs.len >= SETTINGS_ENTRIES_MAX)
		r = yaml_error(ret_err, key, "there are more than %d entries", SETTINGS_ENTRIES_MAX);
	if (r == 0)
		r = read_texts(node, keys, texts, 5, settings->arena, ret_err);
	/* They become parts of a path. */
	if (r == 0 && (!pack_name_is_good(setting.version) ||
		       (setting.previous.len && !pack_name_is_good(setting.previous))))
		r = yaml_error(ret_err, key, "the pack '%.*s' names no version", STR_FMT(key->text));
	if (r == 0)
		r = read_switch(node, &set, &setting.enabled, ret_err);
	if (r < 0)
		return r;
	place = settings_edit_pack(settings, key->text);
	setting.name = place->name;
	*place = setting;
	return 0;
}

/* -- the file ------------------------------------------------------------------------------------------ */

static const struct section {
	const char *name;
	int (*read)(struct settings *settings, const struct yaml_node *key, const struct yaml_node *node,
		    struct err *ret_err);
} sections[] = {{"rules", read_rule}, {"packs", read_pack}};

static const struct section *section_of(struct str name)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (str_eq(name, str_from(sections[i].name)))
			return &sections[i];
	return NULL;
}

static void read_section(struct reading *reading, const struct yaml_node *key, const struct yaml_node *node)
{
	const struct section *section = section_of(key->text);
	struct err err = {0};

	if (yaml_is_null(node))
		return;
	if (!section || node->type != YAML_MAPPING) {
		yaml_error(&err, key,
			   section ? "'%.*s' must be a mapping"
				   : "'%.*s' means nothing here; there are rules and packs",
			   STR_FMT(key->text));
		say_wrong(reading, &err);
		return;
	}
	for (uint32_t i = 0; i < node->count; i++) {
		err = (struct err){0};
		if (section->read(reading->settings, node->keys[i], node->values[i], &err) < 0)
			say_wrong(reading, &err);
	}
}

static int read_text(struct reading *reading, struct str text, struct arena *scratch, struct err *ret_err)
{
	struct yaml_node **docs;
	size_t count = 0;
	int r = yaml_parse(text, scratch, &docs, &count, ret_err);

	if (r < 0 || count == 0 || yaml_is_null(docs[0]))
		return r;
	if (count > 1 || docs[0]->type != YAML_MAPPING)
		return yaml_error(ret_err, docs[count > 1], "one mapping with rules and packs is expected");
	for (uint32_t i = 0; i < docs[0]->count; i++)
		read_section(reading, docs[0]->keys[i], docs[0]->values[i]);
	return 0;
}

/* Where the file as a whole is no YAML: entry by entry, an entry being a line that is indented by two with
   those behind it that are indented more, so that one slip does not switch on all that was switched off. */
static void read_in_pieces(struct reading *reading, struct str text, struct arena *scratch)
{
	struct buf piece = {0};
	struct str line, section = {0};
	unsigned number = 0, first = 0;
	bool more = true;

	while (more) {
		bool entry, end;

		more = str_split(&text, '\n', &line);
		number++;
		entry = more && line.len > 2 && line.ptr[0] == ' ' && line.ptr[1] == ' ' &&
			line.ptr[2] != ' ';
		end = !more || (line.len && line.ptr[0] != ' ' && line.ptr[0] != '#');
		if ((entry || end) && piece.len) {
			struct err err = {0};

			reading->offset = first - 2; /* the section's line stands before it */
			if (read_text(reading, buf_str(&piece), scratch, &err) < 0)
				say_wrong(reading, &err);
			arena_reset(scratch);
			buf_clear(&piece);
		}
		if (end)
			section = line;
		if (entry && section.len) {
			first = number;
			buf_add_str(&piece, section);
			buf_add_char(&piece, '\n');
		}
		if (piece.len) {
			buf_add_str(&piece, line);
			buf_add_char(&piece, '\n');
		}
	}
	buf_done(&piece);
}

void settings_parse(struct settings *settings, struct arena *arena, const char *file, struct str text,
		    rule_report *report, void *context)
{
	struct reading reading = {.settings = settings, .file = file, .report = report, .context = context};
	struct arena *scratch = arena_new(0);
	struct err err = {0};

	must(scratch);
	*settings = (struct settings){.arena = arena, .rule_places = map_new()};
	if (read_text(&reading, text, scratch, &err) < 0) {
		say_wrong(&reading, &err);
		arena_reset(scratch);
		read_in_pieces(&reading, text, scratch);
	}
	arena_free(scratch);
}

int settings_read(struct settings *settings, struct arena *arena, const char *folder, rule_report *report,
		  void *context)
{
	struct buf text = {0};
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/" SETTINGS_FILE, folder);
	r = io_read_file(path, YAML_SIZE_MAX, &text);
	if (r == 0 || r == -ENOENT || r == -ENOTDIR)
		settings_parse(settings, arena, path, buf_str(&text), report, context);
	buf_done(&text);
	return r == -ENOENT || r == -ENOTDIR ? 0 : r;
}

void settings_done(struct settings *settings)
{
	vec_done(&settings->rules);
	vec_done(&settings->packs);
	map_free(settings->rule_places);
	settings->rule_places = NULL;
}

/* -- asking and changing ------------------------------------------------------------------------------- */

static struct str lower_id(struct str id, char out[64])
{
	size_t len = id.len < 64 ? id.len : 64;

	for (size_t i = 0; i < len; i++)
		out[i] = char_lower(id.ptr[i]);
	return str_of(out, len);
}

struct rule_setting *settings_rule(const struct settings *settings, struct str id)
{
	char lower[64];
	const uint64_t *place = map_get(settings->rule_places, lower_id(id, lower));

	return place ? &settings->rules.items[*place - 1] : NULL;
}

struct rule_setting *settings_edit_rule(struct settings *settings, struct str id)
{
	struct rule_setting *setting = settings_rule(settings, id);
	char lower[64];

	if (setting)
		return setting;
	setting = vec_add_zero(&settings->rules);
	setting->id = arena_copy(settings->arena, lower_id(id, lower));
	*map_put(settings->rule_places, setting->id, NULL) = settings->rules.len;
	return setting;
}

struct pack_setting *settings_pack(const struct settings *settings, struct str name)
{
	for (size_t i = 0; i < settings->packs.len; i++)
		if (str_eq(settings->packs.items[i].name, name))
			return &settings->packs.items[i];
	return NULL;
}

struct pack_setting *settings_edit_pack(struct settings *settings, struct str name)
{
	struct pack_setting *setting = settings_pack(settings, name);

	if (setting)
		return setting;
	setting = vec_add_zero(&settings->packs);
	setting->name = arena_copy(settings->arena, name);
	setting->enabled = true;
	return setting;
}

void settings_drop_pack(struct settings *settings, struct str name)
{
	struct pack_setting *setting = settings_pack(settings, name);

	if (!setting)
		return;
	*setting = settings->packs.items[settings->packs.len - 1];
	settings->packs.len--;
}

/* -- writing ------------------------------------------------------------------------------------------- */

static void add_text(struct buf *out, const char *key, struct str text)
{
	if (text.len == 0)
		return;
	buf_printf(out, "    %s: ", key);
	buf_add_json_string(out, text); /* YAML's double quotes take JSON's escapes */
	buf_add_char(out, '\n');
}

static void add_suppress(struct buf *out, const struct rule_setting *setting)
{
	if (!setting->has_suppress)
		return;
	if (setting->suppress.span == 0) {
		buf_add_str(out, STR("    suppress: none\n"));
		return;
	}
	buf_add_str(out, STR("    suppress: {by: ["));
	for (size_t i = 0; i < setting->suppress.by_count; i++) {
		buf_add_str(out, i ? STR(", ") : STR(""));
		buf_add_json_string(out, setting->suppress.by[i]);
	}
	buf_add_str(out, STR("], for: "));
	buf_add_json_string(out, setting->suppress_for);
	buf_add_str(out, STR("}\n"));
}

static void add_rule(struct buf *out, const struct rule_setting *setting)
{
	if (setting->enabled == SWITCH_UNSET && !setting->has_suppress)
		return; /* nothing is decided any more */
	buf_printf(out, "  \"%.*s\":\n", STR_FMT(setting->id));
	if (setting->enabled != SWITCH_UNSET)
		buf_printf(out, "    enabled: %s\n", setting->enabled == SWITCH_ON ? "true" : "false");
	add_suppress(out, setting);
	add_text(out, "reason", setting->reason);
	add_text(out, "author", setting->author);
	add_text(out, "changed", setting->changed);
	add_text(out, "title", setting->title);
}

static void add_pack(struct buf *out, const struct pack_setting *setting)
{
	buf_printf(out, "  \"%.*s\":\n    enabled: %s\n", STR_FMT(setting->name),
		   setting->enabled ? "true" : "false");
	add_text(out, "version", setting->version);
	add_text(out, "previous", setting->previous);
	add_text(out, "reason", setting->reason);
	add_text(out, "author", setting->author);
	add_text(out, "changed", setting->changed);
}

void settings_format(const struct settings *settings, struct buf *out)
{
	buf_add_str(out,
		    STR("# What people decided about rules and packs (doc/formats/rules.md). Written by "
			"'wanglou rules', which\n# keeps no comments; may be edited by hand.\nrules:\n"));
	for (size_t i = 0; i < settings->rules.len; i++)
		add_rule(out, &settings->rules.items[i]);
	buf_add_str(out, STR("packs:\n"));
	for (size_t i = 0; i < settings->packs.len; i++)
		add_pack(out, &settings->packs.items[i]);
}

int settings_write(const struct settings *settings, const char *folder)
{
	struct buf text = {0};
	char path[PATH_MAX];
	int r;

	if (settings->wrong)
		return ERR_SYNTAX;
	snprintf(path, sizeof(path), "%s/" SETTINGS_FILE, folder);
	settings_format(settings, &text);
	r = io_replace_file(path, text.ptr, text.len, 0644);
	buf_done(&text);
	return r;
}

int settings_lock(const char *folder)
{
	char path[PATH_MAX];
	struct stat status;
	int fd, r = io_make_folder(folder, 0750);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/" LOCK_FILE, folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	/* What root's command makes belongs to the owner of the folder, or the console could not take the
	 * lock. */
	if (geteuid() == 0 && stat(folder, &status) == 0)
		(void)!fchown(fd, status.st_uid, status.st_gid);
	for (int i = 0; i < 50; i++) { /* another command takes seconds at most */
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		if (errno != EWOULDBLOCK && errno != EINTR)
			break;
		usleep(100000);
	}
	r = errno == EWOULDBLOCK ? ERR_BUSY : -errno;
	close(fd);
	return r;
}

void settings_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}
