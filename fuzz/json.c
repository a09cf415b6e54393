/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

/* Every node must lie inside its parent, and what the whole parse takes the prefix parse must take. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_parser *parser = json_parser_new();
	struct str rest = str_of((const char *)data, size);
	const struct json_node *nodes;
	size_t used = 0, offset = 0;
	int whole = json_parse(parser, rest, &nodes, &offset);

	must(whole == 0 || offset <= size);
	for (uint32_t i = 0; whole == 0 && i < nodes->skip; i++) {
		must(nodes[i].skip >= 1 && i + nodes[i].skip <= nodes->skip);
		must(nodes[i].type != JSON_STRING || str_is_utf8(str_of(nodes[i].text, nodes[i].len)));
	}
	must(whole != 0 || json_parse_prefix(parser, rest, &nodes, &used) == 0);
	while (json_parse_prefix(parser, rest, &nodes, &used) == 0)
		rest = str_from_offset(rest, used);
	json_parser_free(parser);
	return 0;
}
