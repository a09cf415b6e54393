/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/logsource.h"

static const struct category categories[] = {
	{{"registry_add", 12}, {"registry_event", 14}},
	{{"registry_delete", 15}, {"registry_event", 14}},
	{{"registry_rename", 15}, {"registry_event", 14}},
	{{"registry_set", 12}, {"registry_event", 14}},
};

bool category_at(size_t index, struct category *ret_category)
{
	if (index >= sizeof(categories) / sizeof(categories[0]))
		return false;
	*ret_category = categories[index];
	return true;
}

struct str category_wider(struct str name)
{
	for (size_t i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		if (str_ieq(name, categories[i].name))
			return categories[i].wider;
	return (struct str){0};
}

size_t source_key(const struct logsource *source, unsigned parts, char out[SOURCE_KEY_MAX])
{
	const struct str texts[] = {source->product, source->category, source->service};
	size_t len = 0;

	for (unsigned i = 0; i < 3; i++) {
		struct str text = parts & 1u << i ? texts[i] : (struct str){0};

		if (text.len + 1 > SOURCE_KEY_MAX - len)
			return 0;
		for (size_t k = 0; k < text.len; k++)
			out[len++] = char_lower(text.ptr[k]);
		out[len++] = 0;
	}
	return len;
}
