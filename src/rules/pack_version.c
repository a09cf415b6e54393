/* SPDX-License-Identifier: Apache-2.0 */
/* The versions of packs in their folder: placed, described, deleted. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/yaml.h"
#include "rules/pack_private.h"

#define STAGE ".new"

bool pack_name_is_free(struct str name)
{
	return pack_name_is_good(name) && !str_eq(name, STR(RULES_OWN)) && !str_eq(name, STR(RULES_LOCAL));
}

void pack_version_path(const struct rules_paths *paths, struct str name, struct str version,
		       char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/packs/%.*s/%.*s", paths->folder, STR_FMT(name), STR_FMT(version));
}

void pack_stage_path(const struct rules_paths *paths, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/packs/" STAGE, paths->folder);
}

static int delete_tree(const char *path)
{
	char *const paths[] = {(char *)path, NULL};
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	const FTSENT *entry;
	int r = walk ? 0 : -errno;

	while (walk && (entry = fts_read(walk)) != NULL) {
		int failed = 0;

		if (entry->fts_info == FTS_DP)
			failed = rmdir(entry->fts_accpath);
		else if (entry->fts_info != FTS_D && entry->fts_info != FTS_NS)
			failed = unlink(entry->fts_accpath);
		if (failed < 0 && errno != ENOENT)
			r = -errno;
	}
	if (walk)
		fts_close(walk);
	return r;
}

static int sync_all(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;

	if (fd < 0 || syncfs(fd) < 0)
		r = -errno;
	if (fd >= 0)
		close(fd);
	return r;
}

int pack_place(const struct rules_paths *paths, const struct pack_manifest *manifest, struct err *ret_err)
{
	char from[PATH_MAX], to[PATH_MAX], above[PATH_MAX];
	struct arena *arena = arena_new(0);
	struct pack_manifest other = {0};
	int r;

	pack_stage_path(paths, from);
	snprintf(above, sizeof(above), "%s/packs/%.*s", paths->folder, STR_FMT(manifest->name));
	pack_version_path(paths, manifest->name, manifest->version, to);
	if (access(to, F_OK) == 0) {
		r = pack_manifest_read(paths, manifest->name, manifest->version, arena, &other, ret_err);
		if (r == 0 && !str_eq(other.sha256, manifest->sha256))
			r = err_set(ret_err, ERR_DUPLICATE, 0, 0,
				    "there is a version %.*s with other content; name another version",
				    STR_FMT(manifest->version));
		arena_free(arena);
		pack_unstage(paths);
		return r;
	}
	arena_free(arena);
	r = sync_all(from);
	if (r == 0)
		r = io_make_folder(above, 0755);
	if (r == 0 && rename(from, to) < 0)
		r = -errno;
	if (r == 0)
		r = io_sync_folder(above);
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s: %s", to, err_text(r)) : 0;
}

void pack_unstage(const struct rules_paths *paths)
{
	char path[PATH_MAX];

	pack_stage_path(paths, path);
	delete_tree(path);
}

void pack_discard(const char *stage)
{
	delete_tree(stage);
}

static size_t read_count(const struct yaml_node *root, const char *key)
{
	const struct yaml_node *node = yaml_get(root, key);
	int64_t value = 0;

	return node && yaml_int(node, &value) == 0 && value > 0 ? (size_t)value : 0;
}

int pack_manifest_read(const struct rules_paths *paths, struct str name, struct str version,
		       struct arena *arena, struct pack_manifest *ret_manifest, struct err *ret_err)
{
	struct pack_manifest manifest = {.name = name, .version = version};
	struct {
		const char *key;
		struct str *text;
	} texts[] = {{"origin", &manifest.origin},
		     {"licence", &manifest.licence},
		     {"imported", &manifest.imported},
		     {"author", &manifest.author},
		     {"sha256", &manifest.sha256}};
	char folder[PATH_MAX], path[PATH_MAX + 32];
	struct yaml_node **docs;
	size_t count = 0;
	int r;

	pack_version_path(paths, name, version, folder);
	snprintf(path, sizeof(path), "%s/" PACK_MANIFEST_FILE, folder);
	r = yaml_read_file(path, arena, &docs, &count, ret_err);
	if (r < 0)
		return r;
	if (count != 1)
		return err_set(ret_err, ERR_CORRUPT, 0, 0, "%s: it is no manifest", path);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i].text = yaml_text(yaml_get(docs[0], texts[i].key), (struct str){0});
	manifest.files = read_count(docs[0], "files");
	manifest.loaded = read_count(docs[0], "loaded");
	manifest.refused = read_count(docs[0], "refused");
	*ret_manifest = manifest;
	return 0;
}

int pack_delete(const struct rules_paths *paths, struct str name, struct str version)
{
	char path[PATH_MAX];

	must(pack_name_is_good(name) && (version.len == 0 || pack_name_is_good(version)));
	if (version.len)
		pack_version_path(paths, name, version, path);
	else
		snprintf(path, sizeof(path), "%s/packs/%.*s", paths->folder, STR_FMT(name));
	return delete_tree(path);
}

static int by_import(const void *a, const void *b)
{
	const struct pack_manifest *first = a, *second = b;
	int order = str_cmp(second->imported, first->imported);

	return order ? order : str_cmp(second->version, first->version);
}

int pack_versions(const struct rules_paths *paths, struct str name, struct arena *arena,
		  const struct pack_manifest **ret_versions, size_t *ret_count)
{
	struct pack_manifest *versions;
	char path[PATH_MAX];
	struct dirent **entries;
	size_t count = 0;
	int n;

	must(pack_name_is_good(name));
	snprintf(path, sizeof(path), "%s/packs/%.*s", paths->folder, STR_FMT(name));
	n = scandir(path, &entries, NULL, alphasort);
	if (n < 0)
		return -errno;
	versions = arena_array(arena, struct pack_manifest, (size_t)n + 1);
	for (int i = 0; i < n; i++) {
		struct str version = arena_copy(arena, str_from(entries[i]->d_name));
		struct err err = {0};

		/* One whose manifest is damaged is a version all the same, and the oldest. */
		versions[count] = (struct pack_manifest){.name = name, .version = version};
		if (pack_name_is_good(version)) {
			pack_manifest_read(paths, name, version, arena, &versions[count], &err);
			count++;
		}
		free(entries[i]);
	}
	free(entries);
	qsort(versions, count, sizeof(*versions), by_import);
	*ret_versions = versions;
	*ret_count = count;
	return 0;
}

int pack_prune(const struct rules_paths *paths, struct str name, struct str keep, struct str keep_too)
{
	const struct pack_manifest *versions;
	struct arena *arena = arena_new(0);
	size_t count = 0, left;
	int r;

	must(arena);
	r = pack_versions(paths, name, arena, &versions, &count);
	left = count;
	for (size_t i = count; i-- > 0 && r == 0 && left > PACK_VERSIONS_KEPT;) {
		if (str_eq(versions[i].version, keep) || str_eq(versions[i].version, keep_too))
			continue;
		r = pack_delete(paths, name, versions[i].version);
		left--;
	}
	arena_free(arena);
	return r;
}
