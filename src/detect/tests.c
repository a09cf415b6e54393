/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The project's own key of a rule file:
 *
 *	tests:
 *	  - {name: …, match: true, source: …, raw: '<log line>'}
 *	  - {name: …, match: false, event: {Field: value, …}, logsource: {product: …}}
 *	  - {name: …, match: true, events: [{at: 0s, repeat: 20, every: 3s, raw: …}, …]}
 */
#include "detect/ast.h"

static int read_fields(const struct yaml_node *node, struct arena *arena, struct rule_test_event *test,
		       struct err *ret_err)
{
	struct {
		VEC_OF(struct rule_test_field)
	} fields = {0};
	struct rule_test_field *copy;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < node->count; i++) {
		const struct yaml_node *value = node->values[i], *const *items = &value;
		uint32_t count = 1;

		if (value->type == YAML_SEQUENCE) {
			items = (const struct yaml_node *const *)value->items;
			count = value->count;
		}
		for (uint32_t k = 0; k < count; k++) {
			struct rule_test_field field = {.key = arena_copy(arena, node->keys[i]->text)};

			if (items[k]->type != YAML_SCALAR)
				r = yaml_error(ret_err, items[k],
					       "a test's value must be a text or a list of them");
			field.value = value_string(arena_copy(arena, items[k]->text));
			if (yaml_is_null(items[k]))
				field.value.type = VALUE_NULL;
			vec_push(&fields, field);
		}
	}
	copy = arena_array(arena, struct rule_test_field, fields.len + 1);
	if (fields.len)
		memcpy(copy, fields.items, fields.len * sizeof(*copy));
	test->fields = copy;
	test->field_count = fields.len;
	vec_done(&fields);
	return r;
}

/* What is said the same way of the one event of a test and of each of several. */
static int read_event(const struct yaml_node *node, struct arena *arena, struct rule_test_event *test,
		      struct err *ret_err)
{
	const struct yaml_node *event = yaml_get(node, "event"), *source = yaml_get(node, "logsource");

	test->source = arena_copy(arena, yaml_text(yaml_get(node, "source"), (struct str){0}));
	test->raw = arena_copy(arena, yaml_text(yaml_get(node, "raw"), (struct str){0}));
	if (!event == !test->raw.len || (event && event->type != YAML_MAPPING))
		return yaml_error(ret_err, node, "a test needs either 'raw' or a mapping 'event'");
	test->logsource.product = arena_copy(arena, yaml_text(yaml_get(source, "product"), (struct str){0}));
	test->logsource.category =
		arena_copy(arena, yaml_text(yaml_get(source, "category"), (struct str){0}));
	test->logsource.service = arena_copy(arena, yaml_text(yaml_get(source, "service"), (struct str){0}));
	return event ? read_fields(event, arena, test, ret_err) : 0;
}

/* Here a span may also be nothing: 0s. */
static int read_span(const struct yaml_node *node, int64_t *ret_span, struct err *ret_err)
{
	struct str text = yaml_text(node, (struct str){0});
	size_t zeros = 0;

	while (zeros < text.len && text.ptr[zeros] == '0')
		zeros++;
	if (!node || (zeros && zeros + 1 >= text.len))
		return 0;
	return rule_parse_timespan(node, ret_span, ret_err);
}

static int read_at(const struct yaml_node *node, struct rule_test_event *event, struct err *ret_err)
{
	event->absolute = clock_parse(yaml_text(node, (struct str){0}), 0, &event->at) == 0;
	return event->absolute ? 0 : read_span(node, &event->at, ret_err);
}

static int read_timed_event(const struct yaml_node *node, struct arena *arena, struct rule_test_event *event,
			    struct err *ret_err)
{
	const struct yaml_node *repeat = yaml_get(node, "repeat"), *every = yaml_get(node, "every");
	int64_t count = 1;
	int r;

	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "an event of a test must be a mapping");
	r = read_at(yaml_get(node, "at"), event, ret_err);
	if (r == 0 && repeat && (yaml_int(repeat, &count) < 0 || count < 1 || count > RULE_TEST_REPEAT_MAX))
		r = yaml_error(ret_err, repeat, "'repeat' is a number from 1 to %d", RULE_TEST_REPEAT_MAX);
	if (r == 0 && every)
		r = read_span(every, &event->every, ret_err);
	event->repeat = (uint32_t)count;
	return r < 0 ? r : read_event(node, arena, event, ret_err);
}

static int read_events(const struct yaml_node *node, struct arena *arena, struct rule_test *test,
		       struct err *ret_err)
{
	struct rule_test_event *events;

	if (node->type != YAML_SEQUENCE || node->count == 0 || node->count > RULE_TEST_EVENTS_MAX)
		return yaml_error(ret_err, node, "'events' must be a list of 1 to %d", RULE_TEST_EVENTS_MAX);
	events = arena_zalloc(arena, sizeof(*events) * node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		int r = read_timed_event(node->items[i], arena, &events[i], ret_err);

		if (r < 0)
			return r;
	}
	test->events = events;
	test->event_count = node->count;
	return 0;
}

static int read_test(const struct yaml_node *node, struct arena *arena, struct rule_test *test,
		     struct err *ret_err)
{
	struct rule_test_event event = {0};
	int r;

	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "a test must be a mapping");
	test->line = node->line;
	test->name = arena_copy(arena, yaml_text(yaml_get(node, "name"), (struct str){0}));
	if (test->name.len == 0)
		return yaml_error(ret_err, node, "the test has no 'name'");
	if (yaml_bool(yaml_get(node, "match"), &test->match) < 0)
		return yaml_error(ret_err, node, "the test does not say 'match: true' or 'match: false'");
	if (yaml_get(node, "events"))
		return read_events(yaml_get(node, "events"), arena, test, ret_err);
	r = read_event(node, arena, &event, ret_err);
	test->source = event.source;
	test->raw = event.raw;
	test->logsource = event.logsource;
	test->fields = event.fields;
	test->field_count = event.field_count;
	return r;
}

int rule_parse_tests(const struct yaml_node *node, struct arena *arena, struct rule *rule,
		     struct err *ret_err)
{
	struct rule_test *tests;

	if (!node)
		return 0;
	if (node->type != YAML_SEQUENCE)
		return yaml_error(ret_err, node, "'tests' must be a list");
	tests = arena_zalloc(arena, sizeof(*tests) * (node->count + 1));
	for (uint32_t i = 0; i < node->count; i++) {
		int r = read_test(node->items[i], arena, &tests[i], ret_err);

		if (r < 0)
			return r;
	}
	rule->tests = tests;
	rule->test_count = node->count;
	return 0;
}
