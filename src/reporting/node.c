/* SPDX-License-Identifier: Apache-2.0 */
#include "reporting/private.h"

int node_keys(const struct yaml_node *node, const char *what, const char *const *keys, struct err *ret_err)
{
	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "%s has members such as %s", what, keys[0]);
	for (uint32_t i = 0; i < node->count; i++) {
		size_t k = 0;

		while (keys[k] && !str_eq(node->keys[i]->text, str_from(keys[k])))
			k++;
		if (!keys[k])
			return yaml_error(ret_err, node->keys[i], "%s has no member '%.64s'", what,
					  node->keys[i]->text.ptr);
	}
	return 0;
}

int node_text(const struct yaml_node *node, const char *key, size_t max, bool required, struct str *ret_text,
	      struct err *ret_err)
{
	const struct yaml_node *member = yaml_get(node, key);

	if (!member || yaml_is_null(member)) {
		if (required)
			return yaml_error(ret_err, node, "%s is missing", key);
		return 0;
	}
	if (member->type != YAML_SCALAR || !member->text.len || member->text.len > max ||
	    !str_is_utf8(member->text))
		return yaml_error(ret_err, member, "%s is a text of 1 to %zu bytes", key, max);
	*ret_text = member->text;
	return 0;
}
