/* SPDX-License-Identifier: Apache-2.0 */
#include "web/event.h"

#include <string.h>

/* Parsed and written again: whatever the pipeline sent, what leaves here is JSON. */
static char *canonical_object(struct str json)
{
	json_t *root = json_loadb(json.len ? json.ptr : "", json.len, JSON_ALLOW_NUL, NULL);
	char *text = root && json_is_object(root) ? json_dumps(root, JSON_COMPACT) : NULL;

	json_decref(root);
	return text;
}

void event_write_object(struct call *call, const char *key, struct str json)
{
	char *text = canonical_object(json);

	out_json(call->out, key, text ? str_from(text) : STR("{}"));
	free(text);
}

void event_write_detail(struct call *call, const char *key, struct str json, uint64_t seq)
{
	char *text = canonical_object(json);

	(void)seq;
	if (!text)
		return;
	out_json(call->out, key, str_head(str_from(text), strlen(text) - 1));
	out_bool(call->out, "raw_missing", true);
	out_close(call->out, '}');
	free(text);
}
