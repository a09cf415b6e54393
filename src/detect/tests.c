/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The project's own key of a rule file:
 *
 *	tests:
 *	  - {name: …, match: true, source: …, raw: '<log line>'}
 *	  - {name: …, match: false, event: {Field: value, …}, logsource: {product: …}}
 */
#include "detect/ast.h"

static int read_fields(const struct yaml_node *node, struct arena *arena, struct rule_test *test,
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

static int read_test(const struct yaml_node *node, struct arena *arena, struct rule_test *test,
		     struct err *ret_err)
{
	const struct yaml_node *event = yaml_get(node, "event"), *source = yaml_get(node, "logsource");

	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "a test must be a mapping");
	test->line = node->line;
	test->name = arena_copy(arena, yaml_text(yaml_get(node, "name"), (struct str){0}));
	test->source = arena_copy(arena, yaml_text(yaml_get(node, "source"), (struct str){0}));
	test->raw = arena_copy(arena, yaml_text(yaml_get(node, "raw"), (struct str){0}));
	if (test->name.len == 0)
		return yaml_error(ret_err, node, "the test has no 'name'");
	if (yaml_bool(yaml_get(node, "match"), &test->match) < 0)
		return yaml_error(ret_err, node, "the test does not say 'match: true' or 'match: false'");
	if (!event == !test->raw.len || (event && event->type != YAML_MAPPING))
		return yaml_error(ret_err, node, "a test needs either 'raw' or a mapping 'event'");
	test->logsource.product = arena_copy(arena, yaml_text(yaml_get(source, "product"), (struct str){0}));
	test->logsource.category =
		arena_copy(arena, yaml_text(yaml_get(source, "category"), (struct str){0}));
	test->logsource.service = arena_copy(arena, yaml_text(yaml_get(source, "service"), (struct str){0}));
	return event ? read_fields(event, arena, test, ret_err) : 0;
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
