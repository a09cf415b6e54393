/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/rulebook.h"

#include <stdlib.h>

static bool is_stateful(const struct ruleset *set)
{
	for (size_t i = 0; i < ruleset_count(set); i++) {
		const struct rule_info *info = ruleset_info(set, i);

		if (info->kind == RULE_CORRELATION || info->suppress.span > 0)
			return true;
	}
	return false;
}

struct rulebook *rulebook_new(struct ruleset *set)
{
	struct rulebook *rulebook = calloc(1, sizeof(*rulebook));

	must(rulebook);
	atomic_init(&rulebook->users, 1);
	ruleset_hash(set);
	rulebook->set = set;
	rulebook->plan = finding_plan_new(set);
	rulebook->stateful = is_stateful(set);
	return rulebook;
}

struct rulebook *rulebook_use(struct rulebook *rulebook)
{
	atomic_fetch_add(&rulebook->users, 1);
	return rulebook;
}

void rulebook_release(struct rulebook *rulebook)
{
	if (!rulebook || atomic_fetch_sub(&rulebook->users, 1) > 1)
		return;
	finding_plan_free(rulebook->plan);
	ruleset_free(rulebook->set);
	free(rulebook);
}
