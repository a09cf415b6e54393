/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_RULE_CACHE_H
#define DETECT_RULE_CACHE_H
/*
 * Inside detect/: rule files and their YAML trees, kept from one load to the next. A text is known
 * by its SHA-256. Reading YAML is two thirds of a load; what comes of a
 * tree (placeholders, aliases, filters, correlations, the index) is made anew each
 * time, so nothing but the text and our reading of YAML decides what an entry holds.
 *
 * A file is not even opened where stat says all that it said when the file was read:
 * device, inode, size, time of modification, and time of change, which nobody can set but the
 * kernel: a text that was replaced, or changed and given its old size and times, is read. So is one
 * that had changed within three seconds before, or in what the clock calls the future: a second
 * change within one tick of the file system's clock would not show. And so are those changed in a
 * whole second: that is a file system which keeps no such time, or an image (squashfs), where
 * the next version may have the same numbers. Like git, this trusts
 * that writers do not keep a page mapped over days to write into it.
 *
 * The cache is ours alone: its folder and it must belong to who runs, and nobody else may
 * write there; any doubt about owner, mode, version, length or checksum, and there
 * is no cache. A file, little-endian:
 *
 *	0   8  "WLRULES" and the format's version
 *	8   8  XXH3 of the versions of the program and of libfyaml
 *	16  8  XXH3 of all that follows
 *	24  4  number of entries; of each: SHA-256 of the text, u32 length of the text, u32 length
 *	       of the tree, the text, the tree (base/yaml_pack.h)
 *	       to the end, files: u64 device, inode, size, modified and changed (ns), u32 entry
 */
#include "base/buf.h"
#include "base/yaml.h"

#define RULE_CACHE_SIZE_MAX (256u * 1024 * 1024)

struct rule_cache;
struct stat;

/* A text and its documents. */
struct rule_yaml {
	struct str text; /* of a file: until the next one is read, or the cache is freed */
	struct yaml_node **docs;
	size_t count;
};

/* Opens what is at path, or begins anew. Says why in ret_err (may be NULL) where there is something that is
   not used: then a negative code, and *ret_cache is as good as where there was nothing. */
int rule_cache_open(const char *path, struct rule_cache **ret_cache, struct err *ret_err);
/* The same from bytes, checked like a file's. */
int rule_cache_from(struct str bytes, struct rule_cache **ret_cache);
void rule_cache_free(struct rule_cache *cache); /* NULL is fine */

/* As yaml_parse(). */
int rule_cache_parse(struct rule_cache *cache, struct str text, struct arena *arena,
		     struct rule_yaml *ret_yaml, struct err *ret_err);
/* The same of a file, which is read where that cannot be avoided. */
int rule_cache_read(struct rule_cache *cache, const char *path, struct arena *arena,
		    struct rule_yaml *ret_yaml, struct err *ret_err);
/* Part of it: whether the cache knows the file by what stat said of it. */
bool rule_cache_knows(struct rule_cache *cache, const struct stat *status, struct arena *arena,
		      struct rule_yaml *ret_yaml);

/* Texts that were not parsed, and files that were not read. */
size_t rule_cache_hits(const struct rule_cache *cache);
size_t rule_cache_unread(const struct rule_cache *cache);

/* Appends a file of what was asked for. */
void rule_cache_write(const struct rule_cache *cache, struct buf *out);
/* Writes it to the cache's path, where that differs from what is there. 0 or -errno. */
int rule_cache_save(const struct rule_cache *cache);

#endif
