/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/pack_trial.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "rules/asked.h"
#include "rules/edit.h"
#include "rules/pack.h"

#define IMPORTS "imports"
#define KEPT_FOR CLOCK_DAY
#define ASKED_MAX (16u * 1024)

static void asked_path(const char *rules, struct str id, const char *end, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/" IMPORTS "/%.*s%s", rules, STR_FMT(id), end);
}

static void report_path(const char *unpacked, struct str id, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/%.*s.json", unpacked, STR_FMT(id));
}

const char *pack_trial_stage(const char *unpacked, struct str id, struct arena *arena)
{
	return arena_printf(arena, "%s/%.*s", unpacked, STR_FMT(id)).ptr;
}

/* -- what is asked --------------------------------------------------------------------------------------- */

int pack_trial_remove(const char *rules, struct str id)
{
	char path[PATH_MAX];
	int r;

	if (!hunt_id_is_good(id))
		return ERR_END;
	asked_path(rules, id, ".json", path);
	r = unlink(path) == 0 ? 0 : errno == ENOENT ? ERR_END : -errno;
	asked_path(rules, id, ".archive", path);
	unlink(path);
	return r;
}

int pack_trial_read(const char *rules, struct str id, struct arena *arena, struct pack_trial *ret_trial)
{
	struct pack_trial trial = {0};
	char path[PATH_MAX];
	json_t *root;
	int r;

	if (!hunt_id_is_good(id))
		return ERR_END;
	asked_path(rules, id, ".json", path);
	r = asked_read(path, ASKED_MAX, &root);
	if (r < 0)
		return r;
	snprintf(trial.id, sizeof(trial.id), "%.*s", STR_FMT(id));
	trial.name = asked_take(arena, root, "name");
	trial.version = asked_take(arena, root, "version");
	trial.origin = asked_take(arena, root, "origin");
	trial.by = asked_take(arena, root, "by");
	trial.language = asked_take_language(root);
	json_decref(root);
	if (!pack_name_is_free(trial.name) || (trial.version.len && !pack_name_is_good(trial.version)))
		return ERR_SYNTAX;
	*ret_trial = trial;
	return 0;
}

struct waiting {
	const char *rules, *unpacked; /* NULL: which of them has a report does not matter */
	struct str by;                /* whose go; empty: nobody's */
	struct arena *arena;
	size_t count;
	int64_t oldest;
	char id[HUNT_ID_SIZE]; /* the oldest that has no report */
};

static bool has_report(const struct waiting *waiting, struct str id)
{
	char path[PATH_MAX];

	report_path(waiting->unpacked, id, path);
	return access(path, F_OK) == 0;
}

static int look(const char *path, void *context)
{
	struct waiting *waiting = context;
	struct str id = asked_id_of(path);
	struct pack_trial trial;
	struct stat status;
	int64_t at;

	if (!id.len || stat(path, &status) < 0)
		return 0;
	at = (int64_t)status.st_mtim.tv_sec * CLOCK_SECOND + status.st_mtim.tv_nsec / 1000;
	if (waiting->by.len &&
	    (clock_now() - at > KEPT_FOR || pack_trial_read(waiting->rules, id, waiting->arena, &trial) < 0 ||
	     str_eq(trial.by, waiting->by))) {
		pack_trial_remove(waiting->rules, id);
		return 0;
	}
	waiting->count++;
	if (waiting->unpacked && (!waiting->id[0] || at < waiting->oldest) && !has_report(waiting, id)) {
		waiting->oldest = at;
		snprintf(waiting->id, sizeof(waiting->id), "%.*s", STR_FMT(id));
	}
	return 0;
}

static void look_around(struct waiting *waiting)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s/" IMPORTS, waiting->rules);
	io_walk(folder, ".json", look, waiting);
}

static int write_asked(const char *rules, const struct pack_trial *trial)
{
	json_t *root = json_object();
	char path[PATH_MAX];

	asked_put(root, "name", trial->name);
	asked_put(root, "version", trial->version);
	asked_put(root, "origin", trial->origin);
	asked_put(root, "by", trial->by);
	asked_put_language(root);
	asked_path(rules, str_from(trial->id), ".json", path);
	return asked_write(path, root);
}

int pack_trial_add(const char *rules, struct pack_trial *trial, struct str archive)
{
	struct waiting waiting = {.rules = rules, .by = trial->by, .arena = arena_new(0)};
	char path[PATH_MAX];
	int r;

	must(waiting.arena);
	look_around(&waiting);
	arena_free(waiting.arena);
	if (waiting.count >= PACK_TRIALS_MAX)
		return ERR_BUSY;
	asked_id_make(trial->id);
	snprintf(path, sizeof(path), "%s/" IMPORTS, rules);
	r = io_make_folder(path, 0750);
	asked_path(rules, str_from(trial->id), ".archive", path);
	if (r == 0)
		r = io_create_file(path, archive.ptr, archive.len, 0640);
	if (r == 0)
		r = write_asked(rules, trial);
	if (r < 0)
		unlink(path);
	return r;
}

/* -- what came of it ------------------------------------------------------------------------------------- */

int pack_trial_report_read(const char *unpacked, struct str id, struct buf *ret_text)
{
	char path[PATH_MAX];
	int r;

	if (!hunt_id_is_good(id))
		return ERR_END;
	report_path(unpacked, id, path);
	r = io_read_strange_file(path, PACK_REPORT_MAX, ret_text);
	return r == -ENOENT ? ERR_END : r;
}

int pack_trial_enforce(struct rule_edit *edit, const char *unpacked, struct str id,
		       const struct pack_seen *seen, struct str reason, struct pack_manifest *ret_manifest,
		       struct err *ret_err)
{
	const struct rules_paths *paths = edit->options.paths;
	struct arena *arena = edit->settings.arena;
	struct pack_manifest manifest;
	const struct pack_setting *pack;
	struct pack_trial trial;
	struct pack_import import;
	int r = pack_trial_read(paths->folder, id, arena, &trial);

	if (r < 0)
		return err_set(ret_err, ERR_END, 0, 0, "there is no such import, or it was a day ago");
	pack = settings_pack(&edit->settings, trial.name);
	if (!str_eq(pack ? pack->version : (struct str){0}, seen->base))
		return err_set(ret_err, ERR_BUSY, 0, 0, "another version was put in force since");
	import = (struct pack_import){
		.source = pack_trial_stage(unpacked, id, arena),
		.staged = true,
		.name = trial.name,
		.version = seen->version,
		.origin = trial.origin,
		.author = edit->options.author,
	};
	r = pack_stage(paths, &import, arena, &manifest, ret_err);
	if (r < 0)
		return r == -ENOENT ? err_set(ret_err, ERR_END, 0, 0, "it is not unpacked") : r;
	if (!str_eq(manifest.sha256, seen->sha256)) {
		pack_unstage(paths);
		return err_set(ret_err, ERR_BUSY, 0, 0, "the files are not those of the dry run");
	}
	r = rule_edit_import(edit, &manifest, reason, ret_err);
	*ret_manifest = manifest;
	return r;
}

struct pruning {
	const char *rules, *unpacked;
	struct arena *arena;
};

static int prune(const char *path, void *context)
{
	const struct pruning *pruning = context;
	struct str id = asked_id_of(path);
	char asked[PATH_MAX];

	if (!id.len)
		return 0;
	asked_path(pruning->rules, id, ".json", asked);
	if (access(asked, F_OK) == 0)
		return 0;
	pack_discard(pack_trial_stage(pruning->unpacked, id, pruning->arena));
	unlink(path);
	return 0;
}

static void write_report(const char *unpacked, struct str id, struct str text)
{
	char path[PATH_MAX];

	report_path(unpacked, id, path);
	io_replace_file(path, text.ptr, text.len, 0640);
}

#define RUNNING STR("{\"state\":\"running\"}")
#define FAILED STR("{\"state\":\"failed\",\"reason\":\"it could not be unpacked\"}")

/* Something is written before it is unpacked, so that what ends the process is not tried again. */
static void run(const struct rules_paths *paths, const char *unpacked, struct str id, struct arena *arena)
{
	enum words_language before = words_spoken();
	struct pack_trial trial;
	struct buf report = {0};

	write_report(unpacked, id, RUNNING);
	if (pack_trial_read(paths->folder, id, arena, &trial) == 0) {
		words_speak(trial.language);
		pack_trial_run(paths, unpacked, &trial, arena, &report);
		words_speak(before);
	}
	write_report(unpacked, id, report.len ? buf_str(&report) : FAILED);
	buf_done(&report);
}

static int fail_running(const char *path, void *context)
{
	const char *unpacked = context;
	struct str id = asked_id_of(path);
	struct buf text = {0};

	if (id.len && pack_trial_report_read(unpacked, id, &text) == 0 && str_eq(buf_str(&text), RUNNING))
		write_report(unpacked, id, FAILED);
	buf_done(&text);
	return 0;
}

void pack_trial_start(const char *unpacked)
{
	io_walk(unpacked, ".json", fail_running, (void *)unpacked);
}

bool pack_trial_turn(const struct rules_paths *paths, const char *unpacked)
{
	struct arena *arena = arena_new(0);
	struct waiting waiting = {.rules = paths->folder, .unpacked = unpacked};
	struct pruning pruning = {paths->folder, unpacked, arena};

	must(arena);
	io_walk(unpacked, ".json", prune, &pruning);
	look_around(&waiting);
	if (waiting.id[0])
		run(paths, unpacked, str_from(waiting.id), arena);
	arena_free(arena);
	return waiting.id[0] != 0;
}
