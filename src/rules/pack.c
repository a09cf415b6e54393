/* SPDX-License-Identifier: Apache-2.0 */
/* A version of a pack is made in a folder beside its place, and described. */
#include "rules/pack_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/yaml.h"

#define LICENCE_NAME_MAX 120
#define VERSIONS_A_DAY 99

struct staging {
	char folder[PATH_MAX];
	struct buf licence;
	size_t licence_depth; /* slashes in the path of the licence kept; the shallowest counts */
	size_t files;
};

/* -- staging ------------------------------------------------------------------------------------------- */

/* Durable by one sync at the end: thousands of files would take as many. */
static int put_file(const char *path, struct str bytes)
{
	char folder[PATH_MAX];
	int fd, r;

	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = 0;
	r = io_make_folder(folder, 0755);
	if (r < 0)
		return r;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	r = io_write(fd, bytes.ptr, bytes.len);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

static void keep_licence(struct staging *staging, struct str path, struct str bytes)
{
	size_t depth = 0;

	for (size_t i = 0; i < path.len; i++)
		depth += path.ptr[i] == '/';
	if (bytes.len == 0 || bytes.len > PACK_LICENCE_MAX ||
	    (staging->licence.len && depth >= staging->licence_depth))
		return;
	buf_clear(&staging->licence);
	buf_add_str(&staging->licence, bytes);
	staging->licence_depth = depth;
}

static int stage_file(void *context, struct str path, struct str bytes, bool licence, struct err *ret_err)
{
	struct staging *staging = context;
	char file[PATH_MAX];
	int r;

	if (licence) {
		keep_licence(staging, path, bytes);
		return 0;
	}
	if (snprintf(file, sizeof(file), "%s/" PACK_RULES_FOLDER "/%.*s", staging->folder, STR_FMT(path)) >=
	    (int)sizeof(file))
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "%.*s: the name is too long", STR_FMT(path));
	r = put_file(file, bytes);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%.*s: %s; nothing was imported", STR_FMT(path),
			       r == -EEXIST ? "the name is there twice" : err_text(r));
	staging->files++;
	return 0;
}

/* From the file named, else as found in the source, else beside a folder: a part of a repository is often
   imported by itself. */
static int find_licence(struct staging *staging, const struct pack_import *import, struct err *ret_err)
{
	static const char *const names[] = {
		"LICENSE", "LICENSE.md", "LICENSE.txt", "LICENSE.Detection.Rules.md", "LICENCE", "COPYING"};
	struct stat status;
	char path[PATH_MAX];
	int r;

	if (import->licence_file) {
		buf_clear(&staging->licence);
		r = io_read_file(import->licence_file, PACK_LICENCE_MAX, &staging->licence);
		return r < 0 ? err_set(ret_err, r, 0, 0, "%s: %s", import->licence_file, err_text(r)) : 0;
	}
	if (staging->licence.len || import->staged || stat(import->source, &status) < 0 ||
	    !S_ISDIR(status.st_mode))
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !staging->licence.len; i++) {
		snprintf(path, sizeof(path), "%s/../%s", import->source, names[i]);
		if (io_read_file(path, PACK_LICENCE_MAX, &staging->licence) < 0)
			buf_clear(&staging->licence);
	}
	return 0;
}

/* A licence that we know, by the first name met; else the first line with words, without what marks a
 * heading. */
static struct str licence_name(struct str text)
{
	static const char *const known[] = {"Detection Rule License", "Apache License", "MIT License",
					    "GNU General Public License", "Creative Commons"};
	size_t first = STR_NOT_FOUND, found = 0;
	struct str line;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t at = str_find(text, str_from(known[i]));

		if (at < first) {
			first = at;
			found = i;
		}
	}
	if (first != STR_NOT_FOUND)
		return str_from(known[found]);
	while (str_split(&text, '\n', &line)) {
		line = str_trim(line);
		while (line.len && (line.ptr[0] == '#' || line.ptr[0] == ' '))
			line = str_from_offset(line, 1);
		if (line.len)
			return str_head(line, str_utf8_len(str_head(line, LICENCE_NAME_MAX)));
	}
	return (struct str){0};
}

/* -- what it holds ------------------------------------------------------------------------------------- */

struct census {
	const char *folder;
	const struct pack_import *import;
	size_t refused;
	struct buf reasons; /* for the manifest */
	struct buf digests; /* path, NUL, SHA-256 of each file */
};

static struct str below(const struct census *census, const char *path)
{
	struct str rest = str_from(path), folder = str_from(census->folder);

	return str_starts(rest, folder)
		       ? str_from_offset(rest, folder.len + sizeof("/" PACK_RULES_FOLDER "/") - 1)
		       : rest;
}

static void note_refusal(void *context, const struct err *err)
{
	struct census *census = context;
	struct str file = below(census, err->file);
	struct err named = *err;

	if (census->refused++ >= PACK_REFUSED_MAX)
		return;
	snprintf(named.file, sizeof(named.file), "%.*s", STR_FMT(file));
	if (census->import->report)
		census->import->report(census->import->context, &named);
	buf_add_str(&census->reasons, STR("  - {file: "));
	buf_add_json_string(&census->reasons, file);
	buf_printf(&census->reasons, ", line: %u, reason: ", err->line);
	buf_add_json_string(&census->reasons, str_from(err->message));
	buf_add_str(&census->reasons, STR("}\n"));
}

static int digest_file(const char *path, void *context)
{
	struct census *census = context;
	uint8_t digest[SHA256_SIZE];
	struct buf bytes = {0};
	int r = io_read_file(path, PACK_FILE_MAX, &bytes);

	if (r == 0) {
		sha256(bytes.ptr ? bytes.ptr : "", bytes.len, digest);
		buf_add_str(&census->digests, below(census, path));
		buf_add_char(&census->digests, 0);
		buf_add(&census->digests, digest, sizeof(digest));
	}
	buf_done(&bytes);
	return r;
}

static void add_line(struct buf *out, const char *key, struct str text)
{
	buf_printf(out, "%s: ", key);
	buf_add_json_string(out, text);
	buf_add_char(out, '\n');
}

static int write_manifest(const struct staging *staging, const struct pack_manifest *manifest,
			  const struct census *census)
{
	char path[PATH_MAX + 32];
	struct buf out = {0};
	int r;

	add_line(&out, "name", manifest->name);
	add_line(&out, "version", manifest->version);
	add_line(&out, "origin", manifest->origin);
	add_line(&out, "licence", manifest->licence);
	add_line(&out, "imported", manifest->imported);
	add_line(&out, "author", manifest->author);
	add_line(&out, "sha256", manifest->sha256);
	buf_printf(&out, "files: %zu\nloaded: %zu\nrefused: %zu\n", manifest->files, manifest->loaded,
		   manifest->refused);
	if (census->reasons.len) {
		buf_add_str(&out, STR("reasons:\n"));
		buf_add_str(&out, buf_str(&census->reasons));
	}
	snprintf(path, sizeof(path), "%s/" PACK_MANIFEST_FILE, staging->folder);
	r = put_file(path, buf_str(&out));
	snprintf(path, sizeof(path), "%s/" PACK_LICENCE_FILE, staging->folder);
	if (r == 0 && staging->licence.len)
		r = put_file(path, buf_str(&staging->licence));
	buf_done(&out);
	return r;
}

/* Loads what was staged and says what it is. */
static int take_census(const struct staging *staging, struct arena *arena, struct pack_manifest *manifest,
		       struct census *census)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	char path[PATH_MAX + 32], hex[SHA256_HEX_SIZE];
	uint8_t digest[SHA256_SIZE];
	struct ruleset *set;
	int r;

	snprintf(path, sizeof(path), "%s/" PACK_RULES_FOLDER, staging->folder);
	r = ruleset_add(builder, path, note_refusal, census);
	set = ruleset_build(builder, false);
	manifest->loaded = ruleset_count(set);
	manifest->refused = census->refused;
	ruleset_free(set);
	if (r == 0)
		r = io_walk(path, "", digest_file, census);
	sha256(census->digests.ptr ? census->digests.ptr : "", census->digests.len, digest);
	hex_encode(digest, sizeof(digest), hex);
	manifest->sha256 = arena_copy(arena, str_from(hex));
	return r;
}

/* -- versions ------------------------------------------------------------------------------------------ */

/* Today's date; where that is taken by other content, with a number. */
static struct str choose_version(const struct rules_paths *paths, const struct pack_manifest *manifest,
				 struct arena *arena)
{
	struct str day = str_head(manifest->imported, 10);

	for (int i = 1; i < VERSIONS_A_DAY; i++) {
		struct str version = i == 1 ? day : arena_printf(arena, "%.*s.%d", STR_FMT(day), i);
		struct pack_manifest other = {0};
		char path[PATH_MAX];
		struct err err;

		pack_version_path(paths, manifest->name, version, path);
		if (access(path, F_OK) < 0)
			return version;
		if (pack_manifest_read(paths, manifest->name, version, arena, &other, &err) == 0 &&
		    str_eq(other.sha256, manifest->sha256))
			return version;
	}
	return day;
}

int pack_stage(const struct rules_paths *paths, const struct pack_import *import, struct arena *arena,
	       struct pack_manifest *ret_manifest, struct err *ret_err)
{
	struct pack_manifest manifest = {
		.name = import->name, .origin = import->origin, .author = import->author};
	struct staging staging = {0};
	struct census census = {.folder = staging.folder, .import = import};
	char time[CLOCK_TEXT_SIZE];
	int r;

	clock_format(clock_now(), time);
	manifest.imported = arena_printf(arena, "%.19sZ", time);
	if (import->stage)
		snprintf(staging.folder, sizeof(staging.folder), "%s", import->stage);
	else
		pack_stage_path(paths, staging.folder);
	pack_discard(staging.folder); /* what a crash left */
	r = io_make_folder(staging.folder, 0755);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "%s: %s", staging.folder, err_text(r));
	else
		r = (import->staged ? pack_each_staged : pack_each_file)(import->source, stage_file, &staging,
									 ret_err);
	if (r == 0)
		r = find_licence(&staging, import, ret_err);
	manifest.files = staging.files;
	manifest.licence = arena_copy(arena, licence_name(buf_str(&staging.licence)));
	if (r == 0 && staging.files == 0)
		r = err_set(ret_err, ERR_END, 0, 0, "%s: there are no .yml or .yaml files in it",
			    import->source);
	if (r == 0) {
		r = take_census(&staging, arena, &manifest, &census);
		if (r == 0 && manifest.loaded == 0)
			r = err_set(ret_err, ERR_SYNTAX, 0, 0,
				    "%s: none of its %zu files holds a rule that loads", import->source,
				    manifest.files);
	}
	manifest.version = import->version.len ? import->version : choose_version(paths, &manifest, arena);
	if (r == 0)
		r = write_manifest(&staging, &manifest, &census);
	if (r < 0 && !ret_err->message[0])
		err_set(ret_err, r, 0, 0, "%s: %s", staging.folder, err_text(r));
	buf_done(&staging.licence);
	buf_done(&census.reasons);
	buf_done(&census.digests);
	if (r < 0)
		pack_discard(staging.folder);
	else
		*ret_manifest = manifest;
	return r;
}
