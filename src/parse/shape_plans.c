/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/shape_plans.h"

#include <stdlib.h>

#define SETTLED_MAX 4
#define SETTLE_EVERY 8 /* records that follow none of the settled plans until one more is made */
#define CHANGES_MAX 16 /* a leaf that has made so many of them necessary decides no longer */

struct shape_plans {
	struct plan *general; /* NULL: the program is too large */
	struct plan *settled[SETTLED_MAX];
	uint8_t recent, oldest, waited;
	bool given_up; /* likewise: no more are made */
	uint64_t lively[SHAPE_LEAVES_MAX / 64];
	uint8_t changes[SHAPE_LEAVES_MAX];
};

static struct plan *make(const struct shape *shape, const struct attr *attrs, struct plan *old)
{
	const struct plan_input input = {
		.source = shape->source,
		.slots = shape->slots,
		.slot_count = shape->slot_count,
		.own = shape->own,
		.attrs = attrs,
		.lively = shape->plans->lively,
	};

	return plan_make(&input, old);
}

void shape_plans_make(struct shape *shape)
{
	shape->plans = calloc(1, sizeof(*shape->plans));
	if (shape->plans)
		shape->plans->general = make(shape, NULL, NULL);
}

void shape_plans_free(struct shape *shape)
{
	if (!shape->plans)
		return;
	for (size_t i = 0; i < SETTLED_MAX; i++)
		free(shape->plans->settled[i]);
	free(shape->plans->general);
	free(shape->plans);
	shape->plans = NULL;
}

/* Counts which deciders are not those of the plan followed last. */
static void note_changes(struct shape_plans *plans, const struct attr *attrs)
{
	const struct plan *plan = plans->settled[plans->recent];

	for (size_t i = 0; plan && i < plan->decider_count; i++) {
		const uint16_t leaf = plan->deciders[i].leaf;

		if (!decider_holds(&plan->deciders[i], attrs) && ++plans->changes[leaf] == CHANGES_MAX)
			plans->lively[leaf / 64] |= UINT64_C(1) << leaf % 64;
	}
}

/* A plan for a record that follows none of the settled ones. */
static const struct plan *settle(const struct shape *shape, const struct attr *attrs)
{
	struct shape_plans *plans = shape->plans;
	struct plan **place = &plans->settled[plans->oldest], *made;

	if (plans->given_up || ++plans->waited < SETTLE_EVERY)
		return plans->general;
	plans->waited = 0;
	note_changes(plans, attrs);
	made = make(shape, attrs, *place);
	if (!made) {
		plans->given_up = true;
		return plans->general;
	}
	plans->recent = plans->oldest;
	plans->oldest = (plans->oldest + 1) % SETTLED_MAX;
	return *place = made;
}

const struct plan *shape_plan(const struct shape *shape, const struct attr *attrs)
{
	struct shape_plans *plans = shape->plans;

	if (!plans)
		return NULL;
	for (size_t i = 0; i < SETTLED_MAX; i++) {
		const size_t at = (plans->recent + i) % SETTLED_MAX;

		if (plans->settled[at] && plan_holds(plans->settled[at], attrs)) {
			plans->recent = (uint8_t)at;
			return plans->settled[at];
		}
	}
	return settle(shape, attrs);
}
