/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation does not allocate once it has seen an event as large: malloc and its like are counted by the
   linker's
   --wrap in everything linked here. */
#include "support.h"

#include "generate.h"

#include <stdlib.h>
#include <string.h>

static size_t allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
	allocations++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	allocations++;
	return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	allocations++;
	return __real_realloc(old, size);
}

#define RULE(detection) "title: t\nlogsource: {product: p}\ndetection: {" detection "}\n"

static const char *const rules[] = {
	RULE("s: {'F|contains|all': [needle, hay], G: 4688}, condition: s"),
	RULE("s: {'F|re|i': '(n)e+dle.*'}, n: {H: null}, condition: s and not n"),
	RULE("k: [needle, '*x?y*'], r: {'|re': 'a(b)c'}, condition: k or r"),
	RULE("s: {'F|contains': [one, two, three, four, five, six, seven, eight, hay]}, condition: s"),
	RULE("s: {G: [a1, a2, a3, a4, a5, a6, a7, '4688']}, condition: 1 of s*"),
	RULE("s: {'I|cidr': 10.0.0.0/8, 'T|hour|gte': 3, 'F|fieldref|contains': W, 'G|gt': 5}, condition: s"),
	RULE("s: {'F|windash|contains': ' -x', 'F|base64offset|contains': abc}, condition: not s"),
	RULE("s: {'F|endswith': '\\needle.exe'}, condition: s"),
};

static void add(struct event *event, const char *key, struct str value)
{
	event_add_attr(event, str_from(key), hash_str(str_from(key)), value_string(value), 0);
}

static void fill(struct event *event, struct str large, bool small)
{
	event->logsource.product = STR("p");
	add(event, "F", small ? STR("a Needle in hay C:\\needle.exe") : large);
	add(event, "G", STR("4688"));
	add(event, "H", STR(""));
	add(event, "I", STR("10.1.2.3"));
	add(event, "T", STR("2026-11-22T08:00:00Z"));
	add(event, "W", STR("needle"));
	event->raw = STR("<13>raw abc text");
}

static void test_run(void **state)
{
	struct ruleset *set = rules_from(rules, sizeof(rules) / sizeof(rules[0]), false);
	struct matcher *matcher = matcher_new(set);
	struct arena *arena = arena_new(0);
	struct event event[2];
	const uint32_t *found;
	size_t size = 300 * 1024, before, matched = 0;
	char *large = malloc(size);

	(void)state;
	memset(large, 'n', size);
	for (int i = 0; i < 2; i++) {
		event_init(&event[i], arena);
		fill(&event[i], str_of(large, size), i);
	}
	for (int i = 0; i < 2; i++)
		matcher_run(matcher, &event[i], &found);
	before = allocations;
	assert_true(before > 0);
	for (int i = 0; i < 100; i++)
		matched += matcher_run(matcher, &event[i % 2], &found);
	assert_int_equal(allocations, before);
	assert_true(matched >= 50 * 7);
	free(large);
	matcher_free(matcher);
	ruleset_free(set);
	arena_free(arena);
}

#define GENERATED_RULES 64
#define GENERATED_EVENTS 32

static void ignore(void *context, const struct err *err)
{
	(void)context, (void)err;
}

/* All modifiers, by chance: what was seen once does not allocate again, by the index and without. */
static void test_generated(void **state)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	static struct generate_rule generated[GENERATED_RULES];
	static struct oracle_event events[GENERATED_EVENTS];
	static struct event real[GENERATED_EVENTS];
	struct random random = random_from(7);
	struct arena *arena = arena_new(0);
	size_t before = 0, matched = 0;
	struct matcher *matcher;
	struct ruleset *set;
	const uint32_t *found;
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < generate_placeholder_count; i++)
		ruleset_expand(builder, generate_placeholders[i].name, generate_placeholders[i].value);
	for (size_t i = 0; i < GENERATED_RULES; i++) {
		generate_rule(&random, &generated[i]);
		buf_clear(&text);
		generate_write(&generated[i], &text);
		ruleset_add_text(builder, "rule.yml", buf_str(&text), ignore, NULL);
	}
	set = ruleset_build(builder, false);
	matcher = matcher_new(set);
	assert_true(ruleset_count(set) > GENERATED_RULES / 2);
	for (size_t i = 0; i < GENERATED_EVENTS; i++) {
		generate_event(&random, generated, GENERATED_RULES, arena, &events[i]);
		generate_convert(&events[i], arena, &real[i]);
	}
	for (int round = 0; round < 3; round++) {
		before = round == 1 ? allocations : before;
		for (size_t i = 0; i < GENERATED_EVENTS; i++) {
			matched += matcher_run(matcher, &real[i], &found);
			matched += matcher_run_all(matcher, &real[i], &found);
		}
	}
	assert_int_equal(allocations, before);
	assert_true(matched > GENERATED_EVENTS * 6);
	buf_done(&text);
	matcher_free(matcher);
	ruleset_free(set);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_run), cmocka_unit_test(test_generated)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
