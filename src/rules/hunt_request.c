/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/hunt_request.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "rules/asked.h"

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
	struct str id = asked_id_of(path);
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

int hunt_request_add(const char *rules, const char *hunts, struct hunt_request *request)
{
	struct waiting waiting = look_around(rules, hunts);
	char path[PATH_MAX];
	json_t *root;
	int r;

	if (waiting.open >= HUNTS_WAITING_MAX || waiting.count >= HUNTS_KEPT_MAX)
		return ERR_BUSY;
	snprintf(path, sizeof(path), "%s/hunts", rules);
	r = io_make_folder(path, 0750);
	if (r < 0)
		return r;
	asked_id_make(request->id);
	root = json_object();
	asked_put(root, "by", request->by);
	asked_put(root, "rule", request->rule);
	asked_put(root, "text", request->text);
	asked_put(root, "except", request->except);
	asked_put_language(root);
	json_object_set_new(root, "from", json_integer(request->from));
	json_object_set_new(root, "to", json_integer(request->to));
	asked_path(rules, str_from(request->id), path);
	return asked_write(path, root);
}

int hunt_request_remove(const char *rules, struct str id)
{
	char path[PATH_MAX];

	if (!hunt_id_is_good(id))
		return ERR_END;
	asked_path(rules, id, path);
	return unlink(path) == 0 ? 0 : errno == ENOENT ? ERR_END : -errno;
}

int hunt_request_read(const char *rules, struct str id, struct arena *arena, struct hunt_request *ret_request)
{
	struct hunt_request request = {0};
	char path[PATH_MAX];
	json_t *root;
	int r;

	if (!hunt_id_is_good(id))
		return ERR_END;
	asked_path(rules, id, path);
	r = asked_read(path, 2 * HUNT_TEXT_MAX, &root);
	if (r < 0)
		return r;
	snprintf(request.id, sizeof(request.id), "%.*s", STR_FMT(id));
	request.by = asked_take(arena, root, "by");
	request.rule = asked_take(arena, root, "rule");
	request.text = asked_take(arena, root, "text");
	request.except = asked_take(arena, root, "except");
	request.language = asked_take_language(root);
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
	r = io_read_strange_file(path, HUNT_FOUND_MAX, ret_text);
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
	struct str id = asked_id_of(path);

	if (id.len && !hunt_request_stands(context, id))
		unlink(path);
	return 0;
}

void hunt_found_prune(const char *rules, const char *hunts)
{
	io_walk(hunts, ".json", prune, (void *)rules);
}
