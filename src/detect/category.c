/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/category.h"

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
