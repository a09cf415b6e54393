/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_PACK_H
#define RULES_PACK_H
/*
 * Packs of rules from elsewhere. An import copies rule files (and nothing else) from a
 * folder or an archive to FOLDER/packs/NAME/VERSION:
 *
 *	rules/…        as they were, under their own names
 *	LICENSE        the text of the licence
 *	manifest.yaml  where it is from, when, what it holds, what did not load and why
 *
 * It is made beside its place and moved there whole. Names in archives are hostile:
 * what would leave the folder, links and what exceeds the limits ends the import.
 */
#include "base/err.h"
#include "base/vec.h"
#include "rules/rules.h"

#define PACK_RULES_FOLDER "rules"
#define PACK_LICENCE_FILE "LICENSE"

#define PACK_FILES_MAX 50000
#define PACK_ENTRIES_MAX 200000 /* of an archive, whatever they are */
#define PACK_BYTES_MAX (UINT64_C(512) * 1024 * 1024)
#define PACK_FILE_MAX (16u * 1024 * 1024)
#define PACK_PATH_MAX 512
#define PACK_DEPTH_MAX 16
#define PACK_LICENCE_MAX (256u * 1024)
#define PACK_REFUSED_MAX 1000 /* kept in the manifest */
#define PACK_VERSIONS_KEPT 5  /* of each pack */

/* -- what a pack is made from ---------------------------------------------------------------------------- */

/* A name that stays below the folder it is put in: relative, UTF-8, no "..", no control characters. */
bool pack_path_is_good(struct str path);

/* Calls visit for every rule file (.yml, .yaml) and every licence text (base name LICENSE, LICENCE or
   COPYING, whatever follows), in the source's order. Hidden files, and what macOS adds, are left out. 0; what
   visit returned; or a negative code with *ret_err filled. */
typedef int pack_visit(void *context, struct str path, struct str bytes, bool licence, struct err *ret_err);
int pack_each_file(const char *source, pack_visit *visit, void *context, struct err *ret_err);
/* The same of a folder that pack_stage() made elsewhere, by a process that is not trusted: no link in it is
   followed. */
int pack_each_staged(const char *stage, pack_visit *visit, void *context, struct err *ret_err);

/* -- importing ------------------------------------------------------------------------------------------- */

struct pack_import {
	const char *source; /* folder or archive; as staged: a folder that pack_stage() made elsewhere */
	bool staged;
	const char *stage; /* the folder to make; NULL: FOLDER/packs/.new */
	struct str name;
	struct str version;       /* empty: today's date, with .2 … where that is taken */
	const char *licence_file; /* NULL: as found in the source, or beside the folder */
	struct str origin, author;
	rule_report *report; /* told what does not load, with its name in the pack; may be NULL */
	void *context;
};

/* All in the arena given. */
struct pack_manifest {
	struct str name, version, origin, licence, imported, author,
		sha256; /* licence: its first line; may be empty */
	size_t files, loaded, refused;
};

/* What may be the name of an imported pack. */
bool pack_name_is_free(struct str name);

/* Makes the stage with everything in it; where it fails, nothing is left of it. Nothing counts yet. */
int pack_stage(const struct rules_paths *paths, const struct pack_import *import, struct arena *arena,
	       struct pack_manifest *ret_manifest, struct err *ret_err);
/* Moves it to its place. ERR_DUPLICATE where that version is there: with the same content (it is used), or
   with other content (*ret_err filled). */
int pack_place(const struct rules_paths *paths, const struct pack_manifest *manifest, struct err *ret_err);
/* Takes away what pack_stage() left in FOLDER/packs/.new; pack_discard(): in another folder. */
void pack_unstage(const struct rules_paths *paths);
void pack_discard(const char *stage);

int pack_manifest_read(const struct rules_paths *paths, struct str name, struct str version,
		       struct arena *arena, struct pack_manifest *ret_manifest, struct err *ret_err);

/* Deletes a version's files, or with version empty the pack's. */
int pack_delete(const struct rules_paths *paths, struct str name, struct str version);
/* The versions of a pack that have files, the one imported last first, in the arena. */
int pack_versions(const struct rules_paths *paths, struct str name, struct arena *arena,
		  const struct pack_manifest **ret_versions, size_t *ret_count);
/* Deletes versions until PACK_VERSIONS_KEPT are left, those imported first before others, and never the two.
 */
int pack_prune(const struct rules_paths *paths, struct str name, struct str keep, struct str keep_too);

#endif
