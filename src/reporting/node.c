/* SPDX-License-Identifier: Apache-2.0 */
#include "reporting/private.h"

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
