/* SPDX-License-Identifier: Apache-2.0 */
/* Every item has an error or a document of the body, and no more items come out than there are lines. */
#include <stdint.h>

#include "base/err.h"
#include "collect/bulk.h"
#include "collect/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = {(const char *)data, size};
	struct json_parser *json = json_parser_new();
	struct arena *arena = arena_new(4096);
	size_t count = 0, most = lines_estimate(body, size + 1);
	struct bulk_item item;
	struct bulk bulk;

	for (bulk_init(&bulk, body, STR("logs"), 256, json, arena); bulk_next(&bulk, &item); count++) {
		must(item.error || (item.document.ptr >= body.ptr && item.document.len <= 256 &&
				    item.document.ptr + item.document.len <= body.ptr + size));
		must(bulk_hint(item.index, 64).len <= 64);
	}
	must(count <= most);
	arena_free(arena);
	json_parser_free(json);
	return 0;
}
