/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/json.h"
#include "collect/systemd.h"

#define FIELDS_MAX 64

/* Each piece up to a 0x01 is a field: what comes out is one JSON object, not too long, with the cursor in
 * front. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_of((const char *)data, size), fields[FIELDS_MAX];
	struct systemd_entry entry = {.cursor = STR("s=1;i=2"), .realtime = size, .fields = fields};
	struct json_parser *parser = json_parser_new();
	const struct json_node *nodes;
	struct buf out = {0};
	size_t offset;

	while (entry.count < FIELDS_MAX && str_split(&rest, 1, &fields[entry.count]))
		entry.count++;
	systemd_format(&entry, &out);
	must(out.len <= COLLECT_RECORD_MAX);
	must(json_parse(parser, buf_str(&out), &nodes, &offset) == 0);
	must(str_eq(systemd_cursor_of(buf_str(&out)), entry.cursor));
	systemd_cursor_of(str_of((const char *)data, size));
	buf_done(&out);
	json_parser_free(parser);
	return 0;
}
