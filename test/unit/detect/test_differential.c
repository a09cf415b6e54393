/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index against the plain evaluation of every rule, over real rules with
 * recorded events, the benchmark streams, and events made of the rules' own words.
 * Nothing on that way may allocate once everything has been seen.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/vec.h"

#define LANE_EVENTS 250 /* of each stream; WANGLOU_LANE_EVENTS=N for more */
#define MADE_EVENTS 1500
#define LANE_SIZE_MAX (64u * 1024 * 1024)

struct comparison {
	struct ruleset *routed, *all;
	struct matcher *routed_matcher, *all_matcher;
	struct json_parser *parser;
	struct arena *arena;
	size_t events, matches;
};

static void count_refused(void *context, const struct err *err)
{
	(void)err;
	++*(size_t *)context;
}

static struct ruleset *load(const char *data, bool all_rules)
{
	static const char *const folders[] = {"rules", "rules-emerging-threats", "rules-threat-hunting"};
	struct ruleset_builder *builder = ruleset_builder_new();
	size_t refused = 0;
	char path[4096];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/sigma/%s", data, folders[i]);
		assert_int_equal(ruleset_add(builder, path, count_refused, &refused), 0);
	}
	assert_int_equal(refused, 2); /* those with placeholders that nobody gave values for */
	return ruleset_build(builder, all_rules);
}

static int set_up(void **state)
{
	struct comparison *comparison = calloc(1, sizeof(*comparison));
	const char *data = shared_data();

	comparison->routed = load(data, false);
	comparison->all = load(data, true);
	comparison->routed_matcher = matcher_new(comparison->routed);
	comparison->all_matcher = matcher_new(comparison->all);
	comparison->parser = json_parser_new();
	comparison->arena = arena_new(0);
	*state = comparison;
	return 0;
}

static int tear_down(void **state)
{
	struct comparison *comparison = *state;

	matcher_free(comparison->routed_matcher);
	matcher_free(comparison->all_matcher);
	ruleset_free(comparison->routed);
	ruleset_free(comparison->all);
	json_parser_free(comparison->parser);
	arena_free(comparison->arena);
	free(comparison);
	return 0;
}

static void compare_one(struct comparison *comparison, struct matcher *matcher, const struct ruleset *set,
			const struct event *event)
{
	const uint32_t *rules;
	size_t count = matcher_run(matcher, event, &rules), plain_count;
	uint32_t *indexed = arena_array(comparison->arena, uint32_t, count + 1);

	for (size_t i = 0; i < count; i++)
		indexed[i] = rules[i];
	plain_count = matcher_run_all(matcher, event, &rules);
	for (size_t i = 0; i < plain_count || i < count; i++)
		if (i >= count || i >= plain_count || indexed[i] != rules[i]) {
			uint32_t rule = i < plain_count ? rules[i] : indexed[i];

			fail_msg("%zu by the index, %zu without; %.*s in %.*s", count, plain_count,
				 STR_FMT(ruleset_info(set, rule)->file), STR_FMT(event->raw));
		}
	comparison->matches += count;
}

static void compare(struct comparison *comparison, const struct event *event)
{
	compare_one(comparison, comparison->routed_matcher, comparison->routed, event);
	compare_one(comparison, comparison->all_matcher, comparison->all, event);
	comparison->events++;
}

/* One JSON document at the start of *rest after another, at most max. */
static void compare_documents(struct comparison *comparison, struct str rest, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		const struct json_node *root;
		struct event event;
		size_t used = 0;

		if (json_parse_prefix(comparison->parser, rest, &root, &used) != 0)
			return;
		arena_reset(comparison->arena);
		event_from_json(root, str_head(rest, used), comparison->arena, &event);
		compare(comparison, &event);
		rest = str_from_offset(rest, used);
	}
}

static int compare_file(const char *path, void *context)
{
	struct buf text = {0};

	assert_int_equal(io_read_file(path, LANE_SIZE_MAX, &text), 0);
	compare_documents(context, buf_str(&text), SIZE_MAX);
	buf_done(&text);
	return 0;
}

static void test_recorded(void **state)
{
	struct comparison *comparison = *state;
	char path[4096];

	snprintf(path, sizeof(path), "%s/sigma/regression_data", shared_data());
	assert_int_equal(io_walk(path, ".json", compare_file, comparison), 0);
	print_message("%zu events, %zu matches\n", comparison->events, comparison->matches);
	assert_true(comparison->events >= 123 && comparison->matches >= 123);
}

static int compare_lane(const char *path, void *context)
{
	const char *events = getenv("WANGLOU_LANE_EVENTS");
	struct buf packed = {0}, text = {0};
	size_t len;

	assert_int_equal(io_read_file(path, LANE_SIZE_MAX, &packed), 0);
	len = ZSTD_decompress(buf_reserve(&text, LANE_SIZE_MAX), LANE_SIZE_MAX, packed.ptr, packed.len);
	assert_false(ZSTD_isError(len));
	text.len = len;
	compare_documents(context, buf_str(&text), events ? strtoull(events, NULL, 10) : LANE_EVENTS);
	buf_done(&packed);
	buf_done(&text);
	return 0;
}

static void test_lanes(void **state)
{
	struct comparison *comparison = *state;
	size_t events = comparison->events, matches = comparison->matches;
	char path[4096];

	snprintf(path, sizeof(path), "%s/lanes", shared_data());
	assert_int_equal(io_walk(path, ".zst", compare_lane, comparison), 0);
	print_message("%zu events, %zu matches\n", comparison->events - events,
		      comparison->matches - matches);
	assert_true(comparison->matches > matches);
}

/* -- events made of the words of rules ------------------------------------------------------------------- */

struct words {
	VEC_OF(struct str)
};

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	return *seed ^= *seed << 17;
}

/* What stands between quotes, and the names of fields, in the order of the rule. */
static void take_words(struct str yaml, struct words *values, struct words *keys)
{
	struct str line;

	vec_clear(values);
	vec_clear(keys);
	while (str_split(&yaml, '\n', &line)) {
		size_t open = str_find_char(line, '\''), end = str_find(line, STR(":"));
		struct str key = str_trim(str_head(line, end == STR_NOT_FOUND ? 0 : end));

		if (open != STR_NOT_FOUND && line.len > open + 2 && line.ptr[line.len - 1] == '\'')
			vec_push(values, str_of(line.ptr + open + 1, line.len - open - 2));
		if (str_starts(key, STR("- ")))
			key = str_trim(str_from_offset(key, 2));
		key = str_head(key, str_find_char(key, '|'));
		if (key.len)
			vec_push(keys, key);
	}
}

static void make_event(struct comparison *comparison, const struct rule_info *info,
		       const struct words *values, const struct words *keys, uint64_t *seed,
		       struct event *event)
{
	arena_reset(comparison->arena);
	event_init(event, comparison->arena);
	event->logsource = info->logsource;
	event->raw = next_random(seed) % 2 ? str_trim(info->title) : (struct str){0};
	for (int i = 0; i < 24; i++) {
		struct str key = keys->items[next_random(seed) % keys->len];
		struct str value = {0};
		uint64_t dice = next_random(seed);

		for (uint64_t k = 0; k <= dice % 3 && values->len; k++)
			value = arena_printf(comparison->arena, "%.*s%s%.*s", STR_FMT(value),
					     dice & 64 ? " " : "",
					     STR_FMT(values->items[next_random(seed) % values->len]));
		event_add_attr(event, key, hash_str(key),
			       (struct value){value.ptr, (uint32_t)value.len,
					      dice % 31 == 0 ? VALUE_NULL : VALUE_STRING},
			       0);
	}
}

static void test_made(void **state)
{
	struct comparison *comparison = *state;
	size_t events = comparison->events, matches = comparison->matches;
	struct words values = {0}, keys = {0};
	uint64_t seed = 88172645463325252u;

	for (int i = 0; i < MADE_EVENTS; i++) {
		const struct rule_info *info =
			ruleset_info(comparison->all, next_random(&seed) % ruleset_count(comparison->all));
		struct event event;

		take_words(info->yaml, &values, &keys);
		make_event(comparison, info, &values, &keys, &seed, &event);
		compare(comparison, &event);
	}
	vec_done(&values);
	vec_done(&keys);
	print_message("%zu events, %zu matches\n", comparison->events - events,
		      comparison->matches - matches);
	assert_true(comparison->matches - matches > MADE_EVENTS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_lanes),
		cmocka_unit_test(test_made),
	};

	if (!shared_data()) {
		fprintf(stderr, "skipped: no shared test data (WANGLOU_SHARED_DATA)\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
