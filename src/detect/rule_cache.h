/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_RULE_CACHE_H
#define DETECT_RULE_CACHE_H
/*
 * Inside detect/: the YAML trees of rule files, kept from one load to the next by
 * the SHA-256 of a file's text. Reading YAML is two thirds of a load; what comes of a
 * tree (placeholders, aliases, filters, correlations, the index) is made anew each
 * time, so nothing but the text and our reading of YAML decides what an entry holds.
 *
 * The cache is ours alone: its folder and it must belong to who runs, and nobody else may
 * write there; any doubt about owner, mode, version, length or checksum, and there
 * is no cache. A file, little-endian:
 *
 *	0   8  "WLRULES" and the format's version
 *	8   8  XXH3 of the versions of the program and of libfyaml
 *	16  8  XXH3 of all that follows
 *	24     entries: SHA-256 of a text, u32 length, the tree (base/yaml_pack.h)
 */
#include "base/buf.h"
#include "base/yaml.h"

#define RULE_CACHE_SIZE_MAX (256u * 1024 * 1024)

struct rule_cache;

/* Opens what is at path, or begins anew. Says why in ret_err (may be NULL) where there is something that is
   not used: then a negative code, and *ret_cache is as good as where there was nothing. */
int rule_cache_open(const char *path, struct rule_cache **ret_cache, struct err *ret_err);
/* The same from bytes, checked like a file's. */
int rule_cache_from(struct str bytes, struct rule_cache **ret_cache);
void rule_cache_free(struct rule_cache *cache); /* NULL is fine */

/* As yaml_parse(). */
int rule_cache_parse(struct rule_cache *cache, struct str text, struct arena *arena,
		     struct yaml_node ***ret_docs, size_t *ret_count, struct err *ret_err);

/* Texts that were not parsed. */
size_t rule_cache_hits(const struct rule_cache *cache);

/* Appends a file of what was asked for. */
void rule_cache_write(const struct rule_cache *cache, struct buf *out);
/* Writes it to the cache's path, where that differs from what is there. 0 or -errno. */
int rule_cache_save(const struct rule_cache *cache);

#endif
