/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "detect/rule_cache.h"

#define HEADER 24

/* Entries behind a header that is right: read safely, for a text that one of them may be for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct str text = STR("a: b\n");
	struct arena *arena = arena_new(4096);
	struct rule_cache *cache = NULL;
	struct yaml_node **docs;
	struct buf file = {0};
	struct err err;
	uint64_t sum;
	size_t count;

	(void)rule_cache_from(str_of((const char *)data, size), &cache);
	rule_cache_write(cache, &file);
	rule_cache_free(cache);
	buf_add(&file, data, size);
	sum = hash_bytes(file.ptr + HEADER, file.len - HEADER);
	memcpy(file.ptr + 16, &sum, sizeof(sum));
	(void)rule_cache_from(buf_str(&file), &cache);
	must(rule_cache_parse(cache, text, arena, &docs, &count, &err) == 0);
	rule_cache_free(cache);
	buf_done(&file);
	arena_free(arena);
	return 0;
}
