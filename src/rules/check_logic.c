/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/check_logic.h"

#include "detect/pattern.h"

#define STEPS_MAX 20000
#define DEPTH_MAX 1500
#define FACTS_MAX 256
#define PAIRS_MAX 10000 /* of tests of two facts */

/* Tests of one field of which one must pass, or, negated, none may. */
struct fact {
	struct str field;
	const struct test *tests;
	uint32_t count;
	bool negated;
};

struct goal {
	enum { GOAL_CONDITION, GOAL_DETECTION, GOAL_FACT } type;
	bool negated;
	union {
		const struct condition *condition;
		const struct detection *detection;
		struct fact fact;
	};
	const struct goal *next; /* what must hold besides */
};

struct logic {
	const struct rule *rule;
	logic_several *several;
	void *context;
	unsigned steps, depth;
	struct fact facts[FACTS_MAX];
	unsigned fact_count;
	struct arena *arena;
};

/* -- tests --------------------------------------------------------------------------------------------- */

static enum shape shape_of(const struct test *test, struct str *ret_text)
{
	return pattern_shape(&test->pattern, ret_text);
}

/* An ordinary character string that the test asks for; false for wildcards and other kinds. */
static bool exact_text(const struct test *test, struct str *ret_text)
{
	if (test->type == TEST_NUMBER) {
		*ret_text = test->text;
		return true;
	}
	return test->type == TEST_PATTERN && shape_of(test, ret_text) == SHAPE_EXACT;
}

static bool exact_number(const struct test *test, double *ret_number)
{
	struct str text;

	if (test->type == TEST_NUMBER) {
		*ret_number = test->number;
		return true;
	}
	return exact_text(test, &text) && str_to_double(text, ret_number) == 0;
}

static bool same_pattern(const struct pattern *a, const struct pattern *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (a->parts[i].type != b->parts[i].type ||
		    (a->parts[i].type == PART_TEXT && !str_eq(a->parts[i].text, b->parts[i].text)))
			return false;
	return true;
}

static bool same_test(const struct test *a, const struct test *b)
{
	if (a->type != b->type || a->cased != b->cased)
		return false;
	if (a->type == TEST_PATTERN)
		return same_pattern(&a->pattern, &b->pattern);
	return a->compare == b->compare && a->time_part == b->time_part && a->anchor == b->anchor &&
	       a->exists == b->exists && a->regex_flags == b->regex_flags && str_eq(a->text, b->text);
}

static bool compare_holds(const struct test *test, double number)
{
	switch ((enum compare)test->compare) {
	case COMPARE_LT:
		return number < test->number;
	case COMPARE_LTE:
		return number <= test->number;
	case COMPARE_GT:
		return number > test->number;
	case COMPARE_GTE:
		return number >= test->number;
	case COMPARE_EQ:
		break;
	}
	return number == test->number;
}

static bool is_upper_bound(const struct test *test)
{
	return test->compare == COMPARE_LT || test->compare == COMPARE_LTE;
}

/* No number lies below one bound and above the other. */
static bool ranges_apart(const struct test *a, const struct test *b)
{
	const struct test *low = is_upper_bound(a) ? b : a, *high = is_upper_bound(a) ? a : b;

	if (is_upper_bound(a) == is_upper_bound(b))
		return false;
	return low->number > high->number ||
	       (low->number == high->number && (low->compare == COMPARE_GT || high->compare == COMPARE_LT));
}

static bool wants_absence(const struct test *test)
{
	return test->type == TEST_NULL || (test->type == TEST_EXISTS && !test->exists);
}

static struct str lower(struct arena *arena, struct str text)
{
	char *copy = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = char_lower(text.ptr[i]);
	return str_of(copy, text.len);
}

/* Both compare case, or the text is folded as the pattern was. */
static bool pattern_admits(struct logic *logic, const struct test *pattern, struct str text)
{
	return pattern_match(&pattern->pattern, pattern->cased ? text : lower(logic->arena, text));
}

static bool texts_apart(struct logic *logic, const struct test *a, const struct test *b)
{
	enum shape shapes[2];
	struct str texts[2];

	shapes[0] = shape_of(a, &texts[0]);
	shapes[1] = shape_of(b, &texts[1]);
	if (a->cased != b->cased) /* near enough: compare what is left of them without case */
		return false;
	if (shapes[0] == SHAPE_EXACT)
		return !pattern_admits(logic, b, texts[0]);
	if (shapes[1] == SHAPE_EXACT)
		return !pattern_admits(logic, a, texts[1]);
	if (shapes[0] == SHAPE_PREFIX && shapes[1] == SHAPE_PREFIX)
		return !str_starts(texts[0], texts[1]) && !str_starts(texts[1], texts[0]);
	if (shapes[0] == SHAPE_SUFFIX && shapes[1] == SHAPE_SUFFIX)
		return !str_ends(texts[0], texts[1]) && !str_ends(texts[1], texts[0]);
	return false;
}

/* No single value passes both. */
static bool tests_apart(struct logic *logic, const struct test *a, const struct test *b)
{
	double numbers[2];

	if (wants_absence(a) || wants_absence(b))
		return !wants_absence(a) || !wants_absence(b);
	if (a->type == TEST_PATTERN && b->type == TEST_PATTERN)
		return texts_apart(logic, a, b);
	if (a->type == TEST_COMPARE && b->type == TEST_COMPARE)
		return ranges_apart(a, b);
	if (a->type == TEST_NUMBER && b->type == TEST_NUMBER)
		return a->number != b->number;
	if (a->type == TEST_COMPARE && exact_number(b, &numbers[1]))
		return !compare_holds(a, numbers[1]);
	if (b->type == TEST_COMPARE && exact_number(a, &numbers[0]))
		return !compare_holds(b, numbers[0]);
	return false;
}

/* Whatever passes a passes b. */
static bool test_implies(struct logic *logic, const struct test *a, const struct test *b)
{
	enum shape shape, of_a;
	struct str text, mine;
	double number;

	if (same_test(a, b))
		return true;
	if (wants_absence(a) || wants_absence(b))
		return wants_absence(a) && wants_absence(b);
	if (b->type == TEST_EXISTS)
		return b->exists;
	if (b->type == TEST_COMPARE && exact_number(a, &number))
		return compare_holds(b, number);
	if (b->type != TEST_PATTERN || (b->cased && !a->cased))
		return false;
	shape = shape_of(b, &text);
	if (shape == SHAPE_ANY)
		return true;
	if (a->type != TEST_PATTERN)
		return false;
	of_a = shape_of(a, &mine);
	if (of_a == SHAPE_ANY || of_a == SHAPE_GLOB)
		return false;
	mine = b->cased ? mine : lower(logic->arena, mine);
	if (of_a == SHAPE_EXACT)
		return pattern_match(&b->pattern, mine);
	if (shape == SHAPE_CONTAINS)
		return str_find(mine, text) != STR_NOT_FOUND;
	return (of_a == SHAPE_PREFIX && shape == SHAPE_PREFIX && str_starts(mine, text)) ||
	       (of_a == SHAPE_SUFFIX && shape == SHAPE_SUFFIX && str_ends(mine, text));
}

/* -- facts --------------------------------------------------------------------------------------------- */

static bool all_apart(struct logic *logic, const struct fact *a, const struct fact *b)
{
	for (uint32_t i = 0; i < a->count; i++)
		for (uint32_t k = 0; k < b->count; k++)
			if (!tests_apart(logic, &a->tests[i], &b->tests[k]))
				return false;
	return true;
}

/* Each test of which one must pass implies one that must fail. */
static bool all_denied(struct logic *logic, const struct fact *wanted, const struct fact *denied)
{
	for (uint32_t i = 0; i < wanted->count; i++) {
		bool implied = false;

		for (uint32_t k = 0; !implied && k < denied->count; k++)
			implied = test_implies(logic, &wanted->tests[i], &denied->tests[k]);
		if (!implied)
			return false;
	}
	return true;
}

/* "not exists" and "not null" together leave nothing; a field is there or it is not. */
static bool nothing_left(const struct fact *a, const struct fact *b)
{
	bool absent = false, present = false;
	const struct fact *facts[] = {a, b};

	for (int i = 0; i < 2; i++)
		for (uint32_t k = 0; k < facts[i]->count; k++) {
			absent |= wants_absence(&facts[i]->tests[k]);
			present |= facts[i]->tests[k].type == TEST_EXISTS && facts[i]->tests[k].exists;
		}
	return absent && present;
}

static bool conflict(struct logic *logic, const struct fact *a, const struct fact *b)
{
	if (!str_eq(a->field, b->field) || (uint64_t)a->count * b->count > PAIRS_MAX)
		return false;
	if (a->negated && b->negated)
		return a->field.len && nothing_left(a, b);
	if (a->negated)
		return all_denied(logic, b, a);
	if (b->negated)
		return all_denied(logic, a, b);
	if (a->field.len == 0 || (logic->several && logic->several(logic->context, a->field)))
		return false;
	return all_apart(logic, a, b);
}

/* -- the tableau --------------------------------------------------------------------------------------- */

static bool solve(struct logic *logic, const struct goal *goals);

/* All of the children must hold, or any of them. */
static bool solve_children(struct logic *logic, struct goal *children, uint32_t count, bool all,
			   const struct goal *rest)
{
	for (uint32_t i = 0; i < count; i++)
		children[i].next = all && i + 1 < count ? &children[i + 1] : rest;
	if (all)
		return solve(logic, count ? children : rest);
	for (uint32_t i = 0; i < count; i++)
		if (solve(logic, &children[i]))
			return true;
	return false;
}

static bool solve_condition(struct logic *logic, const struct goal *goal)
{
	const struct condition *condition = goal->condition;
	bool negated = goal->negated != (condition->type == CONDITION_NOT);
	struct goal *children;

	if (condition->type == CONDITION_SELECTION) {
		struct goal selection = {.type = GOAL_DETECTION,
					 .negated = goal->negated,
					 .detection = logic->rule->selections[condition->selection].detection,
					 .next = goal->next};

		return solve(logic, &selection);
	}
	children = arena_array(logic->arena, struct goal, condition->count + 1);
	for (uint32_t i = 0; i < condition->count; i++)
		children[i] = (struct goal){
			.type = GOAL_CONDITION, .negated = negated, .condition = condition->children[i]};
	return solve_children(logic, children, condition->count,
			      condition->type == CONDITION_NOT ||
				      (condition->type == CONDITION_AND) != negated,
			      goal->next);
}

/* With "all" each value is a fact of its own: the tests made from it are alternatives. */
static bool solve_item(struct logic *logic, const struct goal *goal)
{
	const struct item *item = goal->detection->item;
	struct goal *children = arena_array(logic->arena, struct goal, item->test_count + 1);
	uint32_t count = 0, next;
	bool negated = goal->negated != item->neq;

	for (uint32_t i = 0; i < item->test_count; i = next) {
		next = item->all ? i + 1 : item->test_count;
		while (next < item->test_count && item->tests[next].group == item->tests[i].group)
			next++;
		children[count++] = (struct goal){.type = GOAL_FACT,
						  .negated = negated,
						  .fact = {item->field, &item->tests[i], next - i, negated}};
	}
	return solve_children(logic, children, count, !negated, goal->next);
}

static bool solve_detection(struct logic *logic, const struct goal *goal)
{
	const struct detection *detection = goal->detection;
	struct goal *children;

	if (detection->type == DETECT_ITEM)
		return solve_item(logic, goal);
	children = arena_array(logic->arena, struct goal, detection->count + 1);
	for (uint32_t i = 0; i < detection->count; i++)
		children[i] = (struct goal){.type = GOAL_DETECTION,
					    .negated = goal->negated,
					    .detection = detection->children[i]};
	return solve_children(logic, children, detection->count,
			      (detection->type == DETECT_ALL) != goal->negated, goal->next);
}

static bool solve_fact(struct logic *logic, const struct goal *goal)
{
	bool possible;

	for (unsigned i = 0; i < logic->fact_count; i++)
		if (conflict(logic, &logic->facts[i], &goal->fact))
			return false;
	if (logic->fact_count == FACTS_MAX)
		return true;
	logic->facts[logic->fact_count++] = goal->fact;
	possible = solve(logic, goal->next);
	logic->fact_count--;
	return possible;
}

static bool solve(struct logic *logic, const struct goal *goals)
{
	bool possible;

	if (!goals || ++logic->steps > STEPS_MAX || logic->depth > DEPTH_MAX)
		return true;
	logic->depth++;
	switch (goals->type) {
	case GOAL_CONDITION:
		possible = solve_condition(logic, goals);
		break;
	case GOAL_DETECTION:
		possible = solve_detection(logic, goals);
		break;
	default:
		possible = solve_fact(logic, goals);
	}
	logic->depth--;
	return possible;
}

static bool run(const struct rule *rule, const struct goal *goal, logic_several *several, void *context)
{
	struct logic *logic = calloc(1, sizeof(*logic));
	bool possible;

	must(logic);
	logic->rule = rule;
	logic->several = several;
	logic->context = context;
	logic->arena = arena_new(0);
	possible = solve(logic, goal);
	arena_free(logic->arena);
	free(logic);
	return possible;
}

bool logic_possible(const struct rule *rule, bool negated, logic_several *several, void *context)
{
	struct goal goal = {.type = GOAL_CONDITION, .negated = negated, .condition = rule->condition};

	return run(rule, &goal, several, context);
}

bool logic_selection_possible(const struct rule *rule, uint32_t selection, logic_several *several,
			      void *context)
{
	struct goal goal = {.type = GOAL_DETECTION, .detection = rule->selections[selection].detection};

	return run(rule, &goal, several, context);
}
