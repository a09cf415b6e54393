/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever comes, in either form, each line that goes out is one JSON object within the cap. */
#include <stdint.h>

#include "base/err.h"
#include "collect/otlp_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(void *context, struct str line)
{
	const struct json_node *root;

	must(line.len <= 1024 && !memchr(line.ptr, '\n', line.len));
	must(json_parse(context, line, &root, NULL) == 0 && root->type == JSON_OBJECT);
	must(json_get(root, STR("resource")) && json_get(root, STR("scope")));
}

static void run(struct str body, bool protobuf)
{
	struct json_parser *json = json_parser_new(), *lines = json_parser_new();
	struct otlp otlp = {.line_max = 1024, .record = check_line, .context = lines};

	if (protobuf)
		otlp_read_protobuf(&otlp, body);
	else
		otlp_read_json(&otlp, json, body);
	otlp_done(&otlp);
	json_parser_free(json);
	json_parser_free(lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run(str_of((const char *)data, size), true);
	run(str_of((const char *)data, size), false);
	return 0;
}
