/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random rules over random events by three ways: the index, the plain evaluation, and an
 * oracle of the test's own. The first difference is made small and shown.
 *
 *	WANGLOU_GENERATED_SEED=N    the first seed (1)
 *	WANGLOU_GENERATED_ROUNDS=N  sets of rules, a seed each (200)
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"

#define RULES 16 /* of a set */
#define EVENTS 24
#define ROUNDS 200

struct difference {
	bool found;
	bool indexed, plain, oracle;
	uint32_t rule;
};

struct totals {
	size_t evaluations, matches, refused;
};

static void keep_error(void *context, const struct err *err)
{
	*(struct err *)context = *err;
}

/* Only the rules that load; loaded: which those are. */
static struct ruleset *make_set(const struct generate_rule *rules, size_t count, size_t *loaded)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct buf text = {0};
	size_t kept = 0;

	for (size_t i = 0; i < generate_placeholder_count; i++)
		ruleset_expand(builder, generate_placeholders[i].name, generate_placeholders[i].value);
	for (size_t i = 0; i < count; i++) {
		struct err err = {0};

		buf_clear(&text);
		generate_write(&rules[i], &text);
		ruleset_add_text(builder, "rule.yml", buf_str(&text), keep_error, &err);
		if (err.code == 0)
			loaded[kept++] = i;
	}
	buf_done(&text);
	return ruleset_build(builder, false);
}

static bool contains(const uint32_t *rules, size_t count, uint32_t rule)
{
	for (size_t i = 0; i < count; i++)
		if (rules[i] == rule)
			return true;
	return false;
}

static struct yaml_node *parse(const struct generate_rule *rule, struct arena *arena)
{
	struct yaml_node *node = NULL;
	struct buf text = {0};
	struct err err = {0};

	generate_write(rule, &text);
	assert_int_equal(yaml_parse_one(buf_str(&text), arena, &node, &err), 0);
	buf_done(&text);
	return node;
}

/* All rules of a set over an event; trees: of the rules that load. */
static struct difference compare(struct matcher *matcher, struct yaml_node *const *trees, size_t count,
				 const struct oracle_event *event, struct totals *totals)
{
	struct arena *arena = arena_new(0);
	uint32_t indexed[RULES];
	const uint32_t *found;
	struct event real;
	size_t indexed_count = 0, plain_count;
	struct difference difference = {0};

	generate_convert(event, arena, &real);
	/* More than once, as values that come again are remembered; a difference stays. */
	for (int i = 0; i < 3; i++) {
		size_t again = matcher_run(matcher, &real, &found);

		if (i && again == indexed_count && memcmp(indexed, found, again * sizeof(*found)) == 0)
			continue;
		difference.found |= i > 0;
		indexed_count = again;
		memcpy(indexed, found, again * sizeof(*found));
	}
	plain_count = matcher_run_all(matcher, &real, &found);
	for (uint32_t i = 0; i < count && !difference.found; i++) {
		difference =
			(struct difference){.indexed = contains(indexed, indexed_count, i),
					    .plain = contains(found, plain_count, i),
					    .oracle = oracle_matches(trees[i], event, generate_placeholders,
								     generate_placeholder_count),
					    .rule = i};
		difference.found =
			difference.indexed != difference.plain || difference.plain != difference.oracle;
		totals->evaluations++;
		totals->matches += difference.oracle;
	}
	arena_free(arena);
	return difference;
}

/* -- making it small ------------------------------------------------------------------------------------- */

struct failure {
	struct generate_rule rules[RULES];
	size_t count;
	struct oracle_event event;
};

static struct difference differs(const struct failure *failure)
{
	struct arena *arena = arena_new(0);
	struct yaml_node *trees[RULES];
	size_t loaded[RULES] = {0};
	struct ruleset *set = make_set(failure->rules, failure->count, loaded);
	struct matcher *matcher = matcher_new(set);
	struct totals totals = {0};
	struct difference difference;

	for (size_t i = 0; i < ruleset_count(set); i++)
		trees[i] = parse(&failure->rules[loaded[i]], arena);
	difference = compare(matcher, trees, ruleset_count(set), &failure->event, &totals);
	matcher_free(matcher);
	ruleset_free(set);
	arena_free(arena);
	return difference;
}

#define remove_at(items, count, at) \
	(memmove((items) + (at), (items) + (at) + 1, sizeof(*(items)) * ((count) - (at)-1)), (count)--)

/* The n-th thing that can be left out; false where there is none. */
static bool leave_out(struct failure *failure, size_t n)
{
	for (size_t i = 0; i < failure->event.count; i++)
		if (n-- == 0)
			return remove_at(failure->event.values, failure->event.count, i), true;
	if (failure->event.raw.len && n-- == 0)
		return failure->event.raw.len = 0, true;
	if (failure->count > 1) {
		if (n >= failure->count)
			return false;
		remove_at(failure->rules, failure->count, n);
		return true;
	}
	for (unsigned s = 0; s < failure->rules[0].count; s++) {
		struct generate_selection *selection = &failure->rules[0].selections[s];

		if (n-- == 0)
			return strcpy(failure->rules[0].condition, selection->name), true;
		if (n-- == 0 && failure->rules[0].count > 1)
			return remove_at(failure->rules[0].selections, failure->rules[0].count, s), true;
		for (unsigned m = 0; m < selection->map_count; m++) {
			if (selection->map_count > 1 && n-- == 0)
				return remove_at(selection->maps, selection->map_count, m), true;
			for (unsigned k = 0; k < selection->maps[m].count; k++) {
				struct generate_item *item = &selection->maps[m].items[k];

				if (selection->maps[m].count > 1 && n-- == 0)
					return remove_at(selection->maps[m].items, selection->maps[m].count,
							 k),
					       true;
				for (unsigned v = 0; item->count > 1 && v < item->count; v++)
					if (n-- == 0)
						return remove_at(item->values, item->count, v), true;
			}
		}
	}
	return false;
}

static void make_small(struct failure *failure)
{
	struct failure *smaller = malloc(sizeof(*smaller));
	bool again = true;

	while (again) {
		again = false;
		for (size_t n = 0;; n++) {
			*smaller = *failure;
			if (!leave_out(smaller, n))
				break;
			if (memcmp(smaller, failure, sizeof(*smaller)) == 0 || !differs(smaller).found)
				continue;
			*failure = *smaller;
			again = true;
			n--;
		}
	}
	free(smaller);
}

static void show(struct failure *failure, uint64_t seed)
{
	struct difference difference;
	struct buf out = {0};

	make_small(failure);
	difference = differs(failure);
	buf_printf(&out, "seed %llu: by the index %d, without %d, by the oracle %d (rule %u)\n",
		   (unsigned long long)seed, difference.indexed, difference.plain, difference.oracle,
		   difference.rule);
	for (size_t i = 0; i < failure->count; i++)
		generate_write(&failure->rules[i], &out);
	for (size_t i = 0; i < failure->event.count; i++) {
		const struct oracle_value *value = &failure->event.values[i];

		buf_printf(&out, "%s%.*s: ", value->ecs ? "(ECS) " : "", STR_FMT(value->key));
		if (value->null)
			buf_add_str(&out, STR("null"));
		else
			buf_add_json_string(&out, value->text);
		buf_add_char(&out, '\n');
	}
	buf_add_str(&out, STR("raw: "));
	buf_add_json_string(&out, failure->event.raw);
	fail_msg("%s", buf_cstr(&out));
}

/* ------------------------------------------------------------------------------------------------------- */

static void run_round(uint64_t seed, struct totals *totals)
{
	static struct failure failure;
	struct random random = random_from(seed);
	struct arena *arena = arena_new(0), *tree_arena = arena_new(0);
	struct yaml_node *trees[RULES];
	size_t loaded[RULES] = {0};
	struct ruleset *set;
	struct matcher *matcher;

	failure.count = RULES;
	for (size_t i = 0; i < RULES; i++)
		generate_rule(&random, &failure.rules[i]);
	set = make_set(failure.rules, RULES, loaded);
	matcher = matcher_new(set);
	totals->refused += RULES - ruleset_count(set);
	for (size_t i = 0; i < ruleset_count(set); i++)
		trees[i] = parse(&failure.rules[loaded[i]], tree_arena);
	for (int i = 0; i < EVENTS; i++) {
		arena_reset(arena);
		generate_event(&random, failure.rules, RULES, arena, &failure.event);
		if (compare(matcher, trees, ruleset_count(set), &failure.event, totals).found)
			show(&failure, seed);
	}
	matcher_free(matcher);
	ruleset_free(set);
	arena_free(arena);
	arena_free(tree_arena);
}

static uint64_t setting(const char *name, uint64_t fallback)
{
	return getenv(name) ? strtoull(getenv(name), NULL, 10) : fallback;
}

static void test_three_ways(void **state)
{
	uint64_t seed = setting("WANGLOU_GENERATED_SEED", 1);
	uint64_t rounds = setting("WANGLOU_GENERATED_ROUNDS", ROUNDS);
	struct totals totals = {0};

	(void)state;
	for (uint64_t i = 0; i < rounds; i++)
		run_round(seed + i, &totals);
	print_message("%zu evaluations, %zu matches, %zu rules refused\n", totals.evaluations, totals.matches,
		      totals.refused);
	/* Neither always nor never: of either there is enough to be wrong about. */
	assert_true(totals.matches > totals.evaluations / 10);
	assert_true(totals.matches < totals.evaluations * 9 / 10);
	assert_true(totals.refused < rounds * RULES / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_three_ways)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
