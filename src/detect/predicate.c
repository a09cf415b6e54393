/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a predicate holds for a value: one function each, in a table. */
#include "base/clock.h"
#include "detect/fold.h"
#include "detect/match.h"
#include "detect/probe.h"

typedef bool holds(struct matcher *matcher, const struct predicate *predicate, struct view_value *value);

/* The value in the case that the predicate compares. */
static struct str text_of(struct matcher *matcher, const struct predicate *predicate,
			  struct view_value *value)
{
	return predicate->cased ? value->text : view_lower(&matcher->view, value);
}

static bool exact(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	return value->text.len == predicate->text.len &&
	       str_eq(text_of(matcher, predicate, value), predicate->text);
}

static bool prefix(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	return str_starts(text_of(matcher, predicate, value), predicate->text);
}

static bool suffix(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	struct str text = value->text, end = predicate->text;

	/* Most differ in the last letter already. */
	if (text.len < end.len || (end.len && (text.ptr[text.len - 1] ^ end.ptr[end.len - 1]) & ~0x20))
		return false;
	return str_ends(text_of(matcher, predicate, value), predicate->text);
}

static bool contains(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	if (predicate->cased)
		return str_find(value->text, predicate->text) != STR_NOT_FOUND;
	return fold_contains(view_lower(&matcher->view, value), predicate->text);
}

static bool any(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	(void)matcher, (void)predicate, (void)value;
	return true;
}

static bool glob(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	uint64_t steps = 0;
	bool result = pattern_match_counted(&predicate->pattern, text_of(matcher, predicate, value), &steps);

	matcher->budget.cut |= steps > PATTERN_STEPS(value->text.len);
	budget_spend(&matcher->budget, steps);
	return result;
}

static bool set(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	return map_get(predicate->set, text_of(matcher, predicate, value)) != NULL;
}

static bool literals(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	if (predicate->cased)
		return literal_set_find(predicate->literals, value->text).len > 0;
	return literal_set_any(predicate->literals, view_lower(&matcher->view, value));
}

/* As text, else as whole numbers where both are, else as numbers. */
static bool number(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	int64_t left, right;
	double other;

	(void)matcher;
	if (str_ieq(value->text, predicate->text))
		return true;
	if (str_to_i64(value->text, &left) == 0 && str_to_i64(predicate->text, &right) == 0)
		return left == right;
	return text_number(value->text, &other) && other == predicate->number;
}

static bool compare(double left, enum compare how, double right)
{
	switch (how) {
	case COMPARE_LT:
		return left < right;
	case COMPARE_LTE:
		return left <= right;
	case COMPARE_GT:
		return left > right;
	case COMPARE_GTE:
		return left >= right;
	case COMPARE_EQ:
		break;
	}
	return left == right;
}

static bool compared(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	double left;

	(void)matcher;
	return text_number(value->text, &left) && compare(left, predicate->compare, predicate->number);
}

static bool regex(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	struct str literal = predicate->literal;
	enum regex_result result;

	if (literal.len && !fold_contains(view_lower(&matcher->view, value), literal))
		return false;
	if (!budget_spend(&matcher->budget, BUDGET_SEARCH + BUDGET_SEARCH_BYTE * value->text.len))
		return false;
	result = regex_search(predicate->regex, value->text, matcher->scratch);
	matcher->budget.cut |= result == REGEX_EXCEEDED;
	return result == REGEX_MATCH;
}

static bool cidr(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	uint8_t ip[16];

	(void)matcher;
	return ip_parse(value->text, ip) == 0 && ip_net_contains(&predicate->net, ip);
}

/* Week of the year by ISO 8601: the week with the year's first Thursday is the first. */
static int iso_week(int64_t time)
{
	int64_t thursday = time + (3 - (clock_weekday(time) + 6) % 7) * CLOCK_DAY;
	struct clock_civil civil;

	clock_to_civil(thursday, &civil);
	civil = (struct clock_civil){.year = civil.year, .month = 1, .day = 1};
	return (int)((thursday - clock_from_civil(&civil)) / (7 * CLOCK_DAY)) + 1;
}

static bool time_part(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	struct clock_civil civil;
	int64_t time, part = 0;

	(void)matcher;
	if (clock_parse(value->text, 0, &time) < 0)
		return false;
	clock_to_civil(time, &civil);
	switch ((enum time_part)predicate->time_part) {
	case TIME_MINUTE:
		part = civil.minute;
		break;
	case TIME_HOUR:
		part = civil.hour;
		break;
	case TIME_DAY:
		part = civil.day;
		break;
	case TIME_WEEK:
		part = iso_week(time);
		break;
	case TIME_MONTH:
		part = civil.month;
		break;
	case TIME_YEAR:
		part = civil.year;
		break;
	}
	return compare((double)part, predicate->compare, predicate->number);
}

static bool refers(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	struct str left = text_of(matcher, predicate, value);

	for (uint32_t at = view_first(&matcher->view, predicate->other); at != VIEW_END;
	     at = matcher->view.values[at].next) {
		struct view_value *other = &matcher->view.values[at];
		struct str right;

		if (other->null)
			continue;
		if (!budget_spend(&matcher->budget, BUDGET_VALUE + other->text.len))
			return false;
		right = text_of(matcher, predicate, other);
		if (predicate->anchor == 0                   ? str_eq(left, right)
		    : predicate->anchor == ANCHOR_OPEN_END   ? str_starts(left, right)
		    : predicate->anchor == ANCHOR_OPEN_START ? str_ends(left, right)
							     : str_find(left, right) != STR_NOT_FOUND)
			return true;
	}
	return false;
}

static holds *const table[PREDICATE_TYPES] = {
	[PREDICATE_EXACT] = exact,       [PREDICATE_PREFIX] = prefix,     [PREDICATE_SUFFIX] = suffix,
	[PREDICATE_CONTAINS] = contains, [PREDICATE_ANY] = any,           [PREDICATE_GLOB] = glob,
	[PREDICATE_SET] = set,           [PREDICATE_LITERALS] = literals, [PREDICATE_NUMBER] = number,
	[PREDICATE_COMPARE] = compared,  [PREDICATE_REGEX] = regex,       [PREDICATE_CIDR] = cidr,
	[PREDICATE_TIME] = time_part,    [PREDICATE_EXISTS] = any,        [PREDICATE_FIELDREF] = refers,
	[PREDICATE_NULL] = any,          [PREDICATE_EXPIRED] = any,
};

bool predicate_holds_for(struct matcher *matcher, const struct predicate *predicate, struct view_value *value)
{
	return table[predicate->type](matcher, predicate, value);
}

/* A keyword that may be looked for in all values as one text: it cannot reach from one into the next. */
static bool is_plain_keyword(const struct predicate *predicate)
{
	return predicate->type == PREDICATE_CONTAINS && !predicate->cased &&
	       !memchr(predicate->text.ptr, 0, predicate->text.len);
}

static inline bool holds_for(struct matcher *matcher, const struct predicate *predicate,
			     struct view_value *value)
{
	return !value->null && budget_spend(&matcher->budget, BUDGET_VALUE + value->text.len) &&
	       table[predicate->type](matcher, predicate, value);
}

static bool holds_for_slot(struct matcher *matcher, const struct predicate *predicate)
{
	struct view_value *values = matcher->view.values;
	uint32_t at = view_first(&matcher->view, predicate->slot);

	for (; at != VIEW_END && !matcher->budget.out; at = values[at].next)
		if (holds_for(matcher, predicate, &values[at]))
			return true;
	return false;
}

/* A plain keyword, in all values at once. */
static bool holds_for_all(struct matcher *matcher, struct str text)
{
	struct str all = view_all(&matcher->view), constants = matcher->view.constants.text;

	return budget_spend(&matcher->budget, BUDGET_VALUE + all.len + constants.len) &&
	       (fold_contains(all, text) || fold_contains(constants, text));
}

/* Out of the way of the others, which are many. */
static __attribute__((noinline)) bool holds_for_any(struct matcher *matcher,
						    const struct predicate *predicate)
{
	struct view *view = &matcher->view;

	if (is_plain_keyword(predicate) && !matcher->plain)
		return holds_for_all(matcher, predicate->text);
	view_list(view);
	for (uint32_t at = 0; at < view->listed_count && !matcher->budget.out; at++)
		if (holds_for(matcher, predicate, &view->listed[at]))
			return true;
	return false;
}

bool predicate_look(struct matcher *matcher, uint32_t index)
{
	const struct predicate *predicate = &matcher->set->predicates.items[index];
	uint32_t *memo = &matcher->predicates[index];
	bool result;

	if (predicate->type == PREDICATE_EXPIRED)
		result = matcher->received >= predicate->time;
	else if (predicate->slot == SLOT_ANY)
		result = holds_for_any(matcher, predicate);
	else
		result = holds_for_slot(matcher, predicate);
	if (matcher->budget.out)
		return false; /* not known, and so not remembered */
	/* Both ask whether there is a value at all, and may want that there is none. */
	if (predicate->type == PREDICATE_NULL || (predicate->type == PREDICATE_EXISTS && !predicate->exists))
		result = !result;
	*memo = matcher->stamp << MEMO_SHIFT | result;
	return result;
}
