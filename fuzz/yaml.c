/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

static void visit(const struct yaml_node *node)
{
	bool truth;
	int64_t number;

	must(str_is_utf8(yaml_text(node, STR(""))));
	yaml_bool(node, &truth);
	yaml_int(node, &number);
	for (uint32_t i = 0; node->type != YAML_SCALAR && i < node->count; i++)
		visit(node->type == YAML_SEQUENCE ? node->items[i] : node->values[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(4096);
	struct yaml_node **docs;
	struct err err = {0};
	size_t count = 0;

	if (yaml_parse(str_of((const char *)data, size), arena, &docs, &count, &err) < 0)
		must(err.code != 0 && err.message[0]);
	for (size_t i = 0; i < count; i++)
		visit(docs[i]);
	arena_free(arena);
	return 0;
}
