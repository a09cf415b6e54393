/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/order.h"

#include <stdlib.h>

#define COST_KEYWORD 16 /* times the values of an event */

struct ranked {
	uint64_t cost;
	uint32_t index;
};

static uint64_t test_cost(const struct test *test)
{
	static const uint8_t shapes[] = {[SHAPE_EXACT] = 1,    [SHAPE_PREFIX] = 1, [SHAPE_SUFFIX] = 1,
					 [SHAPE_CONTAINS] = 4, [SHAPE_ANY] = 1,    [SHAPE_GLOB] = 6};
	static const uint8_t others[] = {
		[TEST_NUMBER] = 2, [TEST_COMPARE] = 2, [TEST_REGEX] = 24, [TEST_CIDR] = 4,
		[TEST_TIME] = 8,   [TEST_EXISTS] = 1,  [TEST_NULL] = 1,   [TEST_FIELDREF] = 4};
	struct str text;

	return test->type == TEST_PATTERN ? shapes[pattern_shape(&test->pattern, &text)] : others[test->type];
}

uint64_t order_cost(const struct detection *detection)
{
	uint64_t cost = 0;

	for (uint32_t i = 0; i < detection->count; i++)
		cost += order_cost(detection->children[i]);
	if (detection->type != DETECT_ITEM)
		return cost;
	for (uint32_t i = 0; i < detection->item->test_count; i++)
		cost += test_cost(&detection->item->tests[i]);
	return detection->item->field.len ? cost : cost * COST_KEYWORD;
}

static uint64_t condition_cost(const struct condition *condition, const uint64_t *selection_costs)
{
	uint64_t cost = condition->type == CONDITION_SELECTION ? selection_costs[condition->selection] : 0;

	for (uint32_t i = 0; i < condition->count; i++)
		cost += condition_cost(condition->children[i], selection_costs);
	return cost;
}

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->cost != b->cost)
		return a->cost < b->cost ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Frees ranked. */
static uint32_t *sort(struct ranked *ranked, uint32_t count)
{
	uint32_t *order = malloc(sizeof(*order) * (count + 1));

	must(order);
	if (count > 1)
		qsort(ranked, count, sizeof(*ranked), compare_ranked);
	for (uint32_t i = 0; i < count; i++)
		order[i] = ranked[i].index;
	free(ranked);
	return order;
}

static struct ranked *ranked_new(uint32_t count)
{
	struct ranked *ranked = calloc(count + 1, sizeof(*ranked));

	must(ranked);
	return ranked;
}

uint32_t *order_detections(const struct detection *const *children, uint32_t count)
{
	struct ranked *ranked = ranked_new(count);

	for (uint32_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){order_cost(children[i]), i};
	return sort(ranked, count);
}

uint32_t *order_conditions(const struct condition *const *children, uint32_t count,
			   const uint64_t *selection_costs)
{
	struct ranked *ranked = ranked_new(count);

	for (uint32_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){condition_cost(children[i], selection_costs), i};
	return sort(ranked, count);
}
