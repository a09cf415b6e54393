/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule's detection section (Sigma specification, "Detection"): a mapping means
 * all of its items, a list means any of its members, a text alone is a keyword.
 */
#include "detect/ast.h"

struct reader {
	const struct placeholders *placeholders;
	struct arena *arena;
	struct err *err;
	uint32_t values;
};

static int read_detection(struct reader *reader, const struct yaml_node *node,
			  struct detection **ret_detection);

static int read_item(struct reader *reader, const struct yaml_node *key,
		     const struct yaml_node *const *values, uint32_t count, struct detection **ret_detection)
{
	struct detection *detection = arena_struct(reader->arena, struct detection);
	int r;

	if (RULE_VALUES_MAX - reader->values < count)
		return yaml_error(reader->err, values[0], "the rule has more than %d values",
				  RULE_VALUES_MAX);
	detection->type = DETECT_ITEM;
	detection->item = arena_struct(reader->arena, struct item);
	r = item_parse(key, values, count, reader->placeholders, reader->arena, detection->item, reader->err);
	if (r < 0)
		return r;
	reader->values += count > detection->item->test_count ? count : detection->item->test_count;
	*ret_detection = detection;
	return 0;
}

static int read_field(struct reader *reader, const struct yaml_node *key, const struct yaml_node *value,
		      struct detection **ret_detection)
{
	if (value->type == YAML_MAPPING)
		return yaml_error(reader->err, value, "the values of '%.*s' must not be a mapping",
				  STR_FMT(key->text));
	if (value->type == YAML_SEQUENCE && value->count == 0)
		return yaml_error(reader->err, value, "'%.*s' has no values", STR_FMT(key->text));
	if (value->type == YAML_SCALAR)
		return read_item(reader, key, &value, 1, ret_detection);
	return read_item(reader, key, (const struct yaml_node *const *)value->items, value->count,
			 ret_detection);
}

static int read_children(struct reader *reader, const struct yaml_node *node, struct detection *detection)
{
	const struct detection **children =
		arena_array(reader->arena, const struct detection *, node->count + 1);

	for (uint32_t i = 0; i < node->count; i++) {
		struct detection *child = NULL;
		int r = node->type == YAML_MAPPING
				? read_field(reader, node->keys[i], node->values[i], &child)
				: read_detection(reader, node->items[i], &child);

		if (r < 0)
			return r;
		children[i] = child;
	}
	detection->children = children;
	detection->count = node->count;
	return 0;
}

static bool all_scalars(const struct yaml_node *node)
{
	for (uint32_t i = 0; i < node->count; i++)
		if (node->items[i]->type != YAML_SCALAR)
			return false;
	return true;
}

static int read_detection(struct reader *reader, const struct yaml_node *node,
			  struct detection **ret_detection)
{
	struct detection *detection;
	int r;

	if (yaml_is_null(node) || (node->type != YAML_SCALAR && node->count == 0))
		return yaml_error(reader->err, node, "the selection is empty");
	if (node->type == YAML_SCALAR)
		return read_item(reader, NULL, &node, 1, ret_detection);
	if (node->type == YAML_SEQUENCE && all_scalars(node))
		return read_item(reader, NULL, (const struct yaml_node *const *)node->items, node->count,
				 ret_detection);
	detection = arena_struct(reader->arena, struct detection);
	detection->type = node->type == YAML_MAPPING ? DETECT_ALL : DETECT_ANY;
	r = read_children(reader, node, detection);
	if (r == 0)
		*ret_detection = detection;
	return r;
}

/* Keys of the section that name no selection; timeframe went with the aggregations it was for. */
static bool is_selection(const struct yaml_node *key)
{
	return !str_eq(key->text, STR("condition")) && !str_eq(key->text, STR("timeframe"));
}

static int read_selections(struct reader *reader, const struct yaml_node *section, struct rule *rule)
{
	struct rule_selection *selections =
		arena_array(reader->arena, struct rule_selection, section->count + 1);

	for (uint32_t i = 0; i < section->count; i++) {
		struct detection *detection;
		int r;

		if (!is_selection(section->keys[i]))
			continue;
		r = read_detection(reader, section->values[i], &detection);
		if (r < 0)
			return r;
		selections[rule->selection_count++] =
			(struct rule_selection){arena_copy(reader->arena, section->keys[i]->text), detection};
	}
	rule->selections = selections;
	return rule->selection_count ? 0 : yaml_error(reader->err, section, "the detection has no selection");
}

static int read_condition(struct reader *reader, const struct yaml_node *node, const struct rule *rule,
			  const struct condition **ret_condition)
{
	if (node->type != YAML_SCALAR || yaml_is_null(node))
		return yaml_error(reader->err, node, "a condition must be a text");
	return condition_parse(node->text, rule->selections, rule->selection_count, node->line, node->column,
			       reader->arena, ret_condition, reader->err);
}

/* A list of conditions: any of them. */
static int read_conditions(struct reader *reader, const struct yaml_node *node, struct rule *rule)
{
	const struct condition **children;
	struct condition *any;

	if (node->type != YAML_SEQUENCE)
		return read_condition(reader, node, rule, &rule->condition);
	if (node->count == 0)
		return yaml_error(reader->err, node, "the list of conditions is empty");
	children = arena_array(reader->arena, const struct condition *, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		int r = read_condition(reader, node->items[i], rule, &children[i]);

		if (r < 0)
			return r;
	}
	any = arena_struct(reader->arena, struct condition);
	*any = (struct condition){.type = CONDITION_OR, .children = children, .count = node->count};
	rule->condition = any;
	return 0;
}

int rule_parse_selections(const struct yaml_node *section, const struct placeholders *placeholders,
			  struct arena *arena, struct rule *rule, struct err *ret_err)
{
	struct reader reader = {.placeholders = placeholders, .arena = arena, .err = ret_err};
	const struct yaml_node *condition;
	int r = read_selections(&reader, section, rule);

	if (r < 0)
		return r;
	condition = yaml_get(section, "condition");
	if (!condition)
		return yaml_error(ret_err, section, "the detection has no 'condition'");
	return read_conditions(&reader, condition, rule);
}

int rule_parse_detection(const struct yaml_node *doc, const struct placeholders *placeholders,
			 struct arena *arena, struct rule *rule, struct err *ret_err)
{
	const struct yaml_node *section = yaml_get(doc, "detection");

	if (!section)
		return yaml_error(ret_err, doc, "the rule has no 'detection'");
	if (section->type != YAML_MAPPING)
		return yaml_error(ret_err, section,
				  "'detection' must be a mapping of selections and a condition");
	return rule_parse_selections(section, placeholders, arena, rule, ret_err);
}
