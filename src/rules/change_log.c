/* SPDX-License-Identifier: Apache-2.0 */
/* The log of changes: what stood there before, so that it can stand there again. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "rules/edit_private.h"

struct change_path change_log_path(const struct rules_paths *paths)
{
	struct change_path path;

	snprintf(path.text, sizeof(path.text), "%s/" CHANGES_FILE, paths->folder);
	return path;
}

static struct str text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? str_of(json_string_value(value), json_string_length(value))
				     : (struct str){0};
}

static bool read_change(json_t *object, struct rule_change *change)
{
	struct str thing = text_of(object, "thing");
	int kind = THING_SETTING;

	while (kind <= THING_EXCEPTION && !str_eq(thing, str_from(rule_thing_name((enum rule_thing)kind))))
		kind++;
	*change = (struct rule_change){
		.number = (uint64_t)json_integer_value(json_object_get(object, "number")),
		.thing = (enum rule_thing)kind,
		.time = text_of(object, "time"),
		.by = text_of(object, "by"),
		.action = text_of(object, "action"),
		.key = text_of(object, "key"),
		.rules = text_of(object, "rules"),
		.title = text_of(object, "title"),
		.reason = text_of(object, "reason"),
		.existed = json_is_string(json_object_get(object, "before")),
		.exists = json_is_string(json_object_get(object, "after")),
		.before = text_of(object, "before"),
		.after = text_of(object, "after"),
	};
	return change->number && kind <= THING_EXCEPTION && change->key.len;
}

static bool is_about(const struct rule_change *change, struct str rule)
{
	struct str rest = change->rules, id;

	if (!rule.len || str_ieq(change->key, rule))
		return true;
	while (str_split(&rest, ' ', &id))
		if (str_ieq(id, rule))
			return true;
	return false;
}

/* A line that is damaged is passed over: the last one may have been cut short by a crash. */
int rule_changes(const struct rules_paths *paths, struct str rule, rule_change_visit *visit, void *context)
{
	struct str rest, line;
	struct buf text = {0};
	int r = io_read_file(change_log_path(paths).text, RULE_CHANGES_MAX + PACK_TEXT_MAX, &text);

	rest = buf_str(&text);
	if (r == -ENOENT)
		r = 0;
	while (r == 0 && str_split(&rest, '\n', &line)) {
		json_t *object = line.len ? json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL) : NULL;
		struct rule_change change;

		if (object && read_change(object, &change) && is_about(&change, rule))
			r = visit(context, &change);
		json_decref(object);
	}
	buf_done(&text);
	return r;
}

static int take_number(void *context, const struct rule_change *change)
{
	uint64_t *last = context;

	if (change->number > *last)
		*last = change->number;
	return 0;
}

static void add_member(struct buf *line, const char *key, struct str value)
{
	buf_printf(line, ",\"%s\":", key);
	buf_add_json_string(line, value);
}

static void format_change(const struct rule_change *change, struct buf *line)
{
	buf_printf(line, "{\"number\":%llu", (unsigned long long)change->number);
	add_member(line, "thing", str_from(rule_thing_name(change->thing)));
	add_member(line, "time", change->time);
	add_member(line, "by", change->by);
	add_member(line, "action", change->action);
	add_member(line, "key", change->key);
	add_member(line, "rules", change->rules);
	add_member(line, "title", change->title);
	add_member(line, "reason", change->reason);
	if (change->existed)
		add_member(line, "before", change->before);
	if (change->exists)
		add_member(line, "after", change->after);
	buf_add_str(line, STR("}\n"));
}

/* One that is full makes room; numbers go on, so that none means two changes. */
static void make_room(const char *path, size_t len)
{
	char old[PATH_MAX];
	struct stat status;

	if (stat(path, &status) < 0 || (uint64_t)status.st_size + len <= RULE_CHANGES_MAX)
		return;
	snprintf(old, sizeof(old), "%.*s.old", (int)(sizeof(old) - 5), path);
	(void)rename(path, old);
}

int change_log(struct rule_edit *edit, struct rule_change *change)
{
	struct change_path path = change_log_path(edit->options.paths);
	struct buf line = {0};
	uint64_t last = 0;
	int fd, r = rule_changes(edit->options.paths, (struct str){0}, take_number, &last);

	if (r < 0)
		return r;
	change->number = last + 1;
	format_change(change, &line);
	make_room(path.text, line.len);
	fd = open(path.text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
	r = fd < 0 ? -errno : io_write(fd, line.ptr, line.len);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (fd >= 0)
		close(fd);
	buf_done(&line);
	return r;
}
