/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/plans.h"

#include <stdlib.h>

#define SETTLED_MAX 4
#define SETTLE_EVERY 8 /* records that follow none of the settled plans until one more is made */
#define CHANGES_MAX 16 /* a place that has made so many of them necessary decides no longer */

struct plans {
	struct plan_input input;
	struct plan *general; /* NULL: the program is too large */
	struct plan *settled[SETTLED_MAX];
	uint8_t recent, oldest, waited;
	bool given_up; /* likewise: no more are made */
	uint64_t lively[LIVELY_PLACES / 64];
	uint8_t changes[LIVELY_PLACES]; /* by place; those that share one stop deciding together */
};

struct plans *plans_new(const struct plan_input *input)
{
	struct plans *plans = calloc(1, sizeof(*plans));

	if (!plans)
		return NULL;
	plans->input = *input;
	plans->input.values.first = NULL;
	plans->input.lively = plans->lively;
	plans->general = plan_make(&plans->input, NULL);
	return plans;
}

void plans_free(struct plans *plans)
{
	if (!plans)
		return;
	for (size_t i = 0; i < SETTLED_MAX; i++)
		free(plans->settled[i]);
	free(plans->general);
	free(plans);
}

/* Counts which deciders are not those of the plan followed last. */
static void note_changes(struct plans *plans, struct plan_values values)
{
	const struct plan *plan = plans->settled[plans->recent];

	for (size_t i = 0; plan && i < plan->decider_count; i++) {
		const size_t place = plan->deciders[i].place % LIVELY_PLACES;

		if (!decider_holds(&plan->deciders[i], values) && ++plans->changes[place] == CHANGES_MAX)
			plans->lively[place / 64] |= UINT64_C(1) << place % 64;
	}
}

/* A plan for a record that follows none of the settled ones. */
static const struct plan *settle(struct plans *plans, struct plan_values values)
{
	struct plan **place = &plans->settled[plans->oldest], *made;

	if (plans->given_up || ++plans->waited < SETTLE_EVERY)
		return plans->general;
	plans->waited = 0;
	note_changes(plans, values);
	plans->input.values = values;
	made = plan_make(&plans->input, *place);
	if (!made) {
		plans->given_up = true;
		return plans->general;
	}
	plans->recent = plans->oldest;
	plans->oldest = (plans->oldest + 1) % SETTLED_MAX;
	return *place = made;
}

/* That the plan followed last is not for it is known. */
static __attribute__((noinline)) const struct plan *find_other(struct plans *plans, struct plan_values values)
{
	for (size_t i = 1; i < SETTLED_MAX; i++) {
		const size_t at = (plans->recent + i) % SETTLED_MAX;

		if (plans->settled[at] && plan_holds(plans->settled[at], values)) {
			plans->recent = (uint8_t)at;
			return plans->settled[at];
		}
	}
	return settle(plans, values);
}

const struct plan *plans_find(struct plans *plans, struct plan_values values)
{
	const struct plan *plan = plans->settled[plans->recent];

	return plan && plan_holds(plan, values) ? plan : find_other(plans, values);
}
