/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>

#include "base/hash.h"
#include "detect/rule_cache.h"

#define HEADER 24

/* Entries behind a header that is right: read safely, for a text that one of them may be for, and for a file
   of that size of which stat says nothing else. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct str text = STR("a: b\n");
	struct arena *arena = arena_new(4096);
	struct rule_cache *cache = NULL;
	const struct stat status = {.st_size = (off_t)text.len};
	struct rule_yaml yaml;
	struct buf file = {0};
	struct err err;
	uint64_t sum;

	(void)rule_cache_from(str_of((const char *)data, size), &cache);
	rule_cache_write(cache, &file);
	rule_cache_free(cache);
	file.len = HEADER;
	buf_add(&file, data, size);
	sum = hash_bytes(file.ptr + HEADER, file.len - HEADER);
	memcpy(file.ptr + 16, &sum, sizeof(sum));
	(void)rule_cache_from(buf_str(&file), &cache);
	(void)rule_cache_knows(cache, &status, arena, &yaml);
	must(rule_cache_parse(cache, text, arena, &yaml, &err) == 0);
	rule_cache_free(cache);
	buf_done(&file);
	arena_free(arena);
	return 0;
}
