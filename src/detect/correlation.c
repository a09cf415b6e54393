/* SPDX-License-Identifier: Apache-2.0 */
/* What others ask about correlations, and about the event at hand on their behalf. */
#include "detect/correlation.h"

#include "detect/match.h"

const struct correlation *ruleset_correlation(const struct ruleset *set, size_t index)
{
	must(index < set->rules.len);
	return set->rules.items[index].correlation;
}

const uint32_t *ruleset_suppress_slots(const struct ruleset *set, size_t index)
{
	must(index < set->rules.len);
	return set->rules.items[index].suppress_slots;
}

static bool holds(const struct correlation_condition *condition, double number)
{
	double value = condition->value;
	const bool results[CORRELATION_COMPARES] = {
		[CORRELATION_EQ] = number == value,
		[CORRELATION_NEQ] = number != value,
		[CORRELATION_LT] =
			number<value, [CORRELATION_LTE] = number <= value, [CORRELATION_GT] = number> value,
		[CORRELATION_GTE] = number >= value,
	};

	return results[condition->compare];
}

bool correlation_conditions_hold(const struct correlation *correlation, double number)
{
	for (uint32_t i = 0; i < correlation->condition_count; i++)
		if (!holds(&correlation->conditions[i], number))
			return false;
	return true;
}

static bool expression_holds(const struct condition *condition, uint64_t rules)
{
	bool wanted = condition->type == CONDITION_OR; /* the child that decides */

	if (condition->type == CONDITION_SELECTION)
		return rules >> condition->selection & 1;
	if (condition->type == CONDITION_NOT)
		return !expression_holds(condition->children[0], rules);
	for (uint32_t i = 0; i < condition->count; i++)
		if (expression_holds(condition->children[i], rules) == wanted)
			return wanted;
	return !wanted;
}

bool correlation_expression_holds(const struct correlation *correlation, uint64_t rules)
{
	return expression_holds(correlation->expression, rules);
}

bool matcher_value(const struct matcher *matcher, uint32_t slot, struct str *ret_text)
{
	const struct view *view = &matcher->view;

	for (uint32_t at = view_first(view, slot); at != VIEW_END; at = view->values[at].next)
		if (!view->values[at].null) {
			*ret_text = view->values[at].text;
			return true;
		}
	return false;
}
