/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/hunt_request.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"

#define KEPT_FOR CLOCK_DAY

bool hunt_id_is_good(struct str id)
{
	if (id.len != HUNT_ID_SIZE - 1)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (!strchr("0123456789abcdef", id.ptr[i]))
			return false;
	return true;
}

static void asked_path(const char *rules, struct str id, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/hunts/%.*s.json", rules, STR_FMT(id));
}

static void found_path(const char *hunts, struct str id, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/%.*s.json", hunts, STR_FMT(id));
}

/* The id of a file's name; empty where it is none of ours. */
static struct str id_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_from(slash ? slash + 1 : path);
	struct str id = str_head(name, HUNT_ID_SIZE - 1);

	return hunt_id_is_good(id) && str_eq(str_from_offset(name, id.len), STR(".json")) ? id
											  : (struct str){0};
}

bool hunt_request_stands(const char *rules, struct str id)
{
	char path[PATH_MAX];

	asked_path(rules, id, path);
	return access(path, F_OK) == 0;
}

/* -- what waits ------------------------------------------------------------------------------------------ */

struct waiting {
	const char *hunts;
	size_t count, open;
	int64_t oldest;
	char id[HUNT_ID_SIZE]; /* the oldest that was not begun */
};

static bool is_open(const char *hunts, struct str id, bool *ret_begun)
{
	struct buf text = {0};
	const char *state;
	json_t *root;
	bool open;

	*ret_begun = hunt_found_read(hunts, id, &text) == 0;
	root = *ret_begun ? json_loadb(text.ptr, text.len, 0, NULL) : NULL;
	state = json_string_value(json_object_get(root, "state"));
	open = !*ret_begun || (state && strcmp(state, "running") == 0);
	json_decref(root);
	buf_done(&text);
	return open;
}

static int look(const char *path, void *context)
{
	struct waiting *waiting = context;
	struct str id = id_of(path);
	struct stat status;
	bool begun;
	int64_t at;

	if (!id.len || stat(path, &status) < 0)
		return 0;
	at = (int64_t)status.st_mtim.tv_sec * CLOCK_SECOND + status.st_mtim.tv_nsec / 1000;
	if (clock_now() - at > KEPT_FOR) {
		unlink(path);
		return 0;
	}
	waiting->count++;
	waiting->open += is_open(waiting->hunts, id, &begun);
	if (!begun && (!waiting->id[0] || at < waiting->oldest)) {
		waiting->oldest = at;
		snprintf(waiting->id, sizeof(waiting->id), "%.*s", STR_FMT(id));
	}
	return 0;
}

static struct waiting look_around(const char *rules, const char *hunts)
{
	struct waiting waiting = {.hunts = hunts};
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s/hunts", rules);
	io_walk(folder, ".json", look, &waiting);
	return waiting;
}

bool hunt_request_next(const char *rules, const char *hunts, char ret_id[HUNT_ID_SIZE])
{
	struct waiting waiting = look_around(rules, hunts);

	memcpy(ret_id, waiting.id, HUNT_ID_SIZE);
	return ret_id[0] != 0;
}

/* -- asking ---------------------------------------------------------------------------------------------- */

static void put_text(json_t *root, const char *key, struct str text)
{
	json_object_set_new(root, key, json_stringn(text.ptr ? text.ptr : "", text.len));
}

int hunt_request_add(const char *rules, const char *hunts, struct hunt_request *request)
{
	struct waiting waiting = look_around(rules, hunts);
	char path[PATH_MAX];
	uint8_t bytes[16];
	json_t *root;
	char *text;
	int r;

	if (waiting.open >= HUNTS_WAITING_MAX || waiting.count >= HUNTS_KEPT_MAX)
		return ERR_BUSY;
	random_bytes(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), request->id);
	root = json_object();
	put_text(root, "by", request->by);
	put_text(root, "rule", request->rule);
	put_text(root, "text", request->text);
	put_text(root, "except", request->except);
	json_object_set_new(root, "from", json_integer(request->from));
	json_object_set_new(root, "to", json_integer(request->to));
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (!text)
		return ERR_SYNTAX; /* no UTF-8 */
	snprintf(path, sizeof(path), "%s/hunts", rules);
	r = io_make_folder(path, 0750);
	asked_path(rules, str_from(request->id), path);
	if (r == 0)
		r = io_create_file(path, text, strlen(text), 0640);
	free(text);
	return r;
}

int hunt_request_remove(const char *rules, struct str id)
{
	char path[PATH_MAX];

	if (!hunt_id_is_good(id))
		return ERR_END;
	asked_path(rules, id, path);
	return unlink(path) == 0 ? 0 : errno == ENOENT ? ERR_END : -errno;
}

static struct str take_text(struct arena *arena, const json_t *root, const char *key)
{
	const json_t *value = json_object_get(root, key);

	return json_is_string(value)
		       ? arena_copy(arena, str_of(json_string_value(value), json_string_length(value)))
		       : (struct str){0};
}

int hunt_request_read(const char *rules, struct str id, struct arena *arena, struct hunt_request *ret_request)
{
	struct hunt_request request = {0};
	struct buf text = {0};
	char path[PATH_MAX];
	json_t *root = NULL;
	int r;

	if (!hunt_id_is_good(id))
		return ERR_END;
	asked_path(rules, id, path);
	r = io_read_file(path, 2 * HUNT_TEXT_MAX, &text);
	if (r == 0)
		root = json_loadb(text.ptr ? text.ptr : "", text.len, 0, NULL);
	buf_done(&text);
	if (r < 0 || !json_is_object(root)) {
		json_decref(root);
		return r == -ENOENT ? ERR_END : r < 0 ? r : ERR_SYNTAX;
	}
	snprintf(request.id, sizeof(request.id), "%.*s", STR_FMT(id));
	request.by = take_text(arena, root, "by");
	request.rule = take_text(arena, root, "rule");
	request.text = take_text(arena, root, "text");
	request.except = take_text(arena, root, "except");
	request.from = json_integer_value(json_object_get(root, "from"));
	request.to = json_integer_value(json_object_get(root, "to"));
	json_decref(root);
	*ret_request = request;
	return 0;
}

/* -- what was found -------------------------------------------------------------------------------------- */

int hunt_found_read(const char *hunts, struct str id, struct buf *ret_text)
{
	char path[PATH_MAX];
	int r;

	if (!hunt_id_is_good(id))
		return ERR_END;
	found_path(hunts, id, path);
	r = io_read_file(path, HUNT_FOUND_MAX, ret_text);
	return r == -ENOENT ? ERR_END : r;
}

int hunt_found_write(const char *hunts, struct str id, struct str text)
{
	char path[PATH_MAX];

	found_path(hunts, id, path);
	return text.len > HUNT_FOUND_MAX ? ERR_LIMIT : io_replace_file(path, text.ptr, text.len, 0640);
}

static int prune(const char *path, void *context)
{
	struct str id = id_of(path);

	if (id.len && !hunt_request_stands(context, id))
		unlink(path);
	return 0;
}

void hunt_found_prune(const char *rules, const char *hunts)
{
	io_walk(hunts, ".json", prune, (void *)rules);
}
