/* SPDX-License-Identifier: Apache-2.0 */
/* The section "correlation" of a document (Sigma correlation rules specification 2.1). */
#include <math.h>

#include "detect/correlation_source.h"

#include "base/buf.h"

/* What a type takes. A count is of events, values or rules; it grows with every event that is added. */
static const struct {
	const char *name;
	bool field, many_fields; /* condition's */
	bool condition;          /* must be there */
	bool count, grows;
} types[CORRELATION_TYPES] = {
	[CORRELATION_EVENT_COUNT] = {"event_count", .condition = true, .count = true, .grows = true},
	[CORRELATION_VALUE_COUNT] = {"value_count", .field = true, .many_fields = true, .condition = true,
				     .count = true, .grows = true},
	[CORRELATION_TEMPORAL] = {"temporal", .count = true, .grows = true},
	[CORRELATION_TEMPORAL_ORDERED] = {"temporal_ordered", .count = true, .grows = true},
	[CORRELATION_VALUE_SUM] = {"value_sum", .field = true, .condition = true, .grows = true},
	[CORRELATION_VALUE_AVG] = {"value_avg", .field = true, .condition = true},
	[CORRELATION_VALUE_PERCENTILE] = {"value_percentile", .field = true, .condition = true},
	[CORRELATION_VALUE_MEDIAN] = {"value_median", .field = true, .condition = true},
	[CORRELATION_NEW_TERMS] = {"new_terms"},
};

static const char *const compare_names[CORRELATION_COMPARES] = {
	[CORRELATION_EQ] = "eq",   [CORRELATION_NEQ] = "neq", [CORRELATION_LT] = "lt",
	[CORRELATION_LTE] = "lte", [CORRELATION_GT] = "gt",   [CORRELATION_GTE] = "gte",
};

const char *correlation_type_name(enum correlation_type type)
{
	return types[type].name;
}

const char *correlation_compare_name(enum correlation_compare compare)
{
	return compare_names[compare];
}

struct section {
	const struct yaml_node *node; /* of the whole section */
	struct arena *arena;
	struct correlation_source *source;
	struct err *err;
};

/* Scalars of a list, or the one that stands in its place. */
static int read_list(struct section *section, const struct yaml_node *node, const char *what, uint32_t max,
		     const struct yaml_node *const **ret_items, uint32_t *ret_count)
{
	const struct yaml_node **items;
	uint32_t count = node->type == YAML_SEQUENCE ? node->count : 1;

	if (count == 0 || count > max)
		return yaml_error(section->err, node, "'%s' takes 1 to %u items", what, max);
	items = arena_array(section->arena, const struct yaml_node *, count);
	for (uint32_t i = 0; i < count; i++) {
		items[i] = node->type == YAML_SEQUENCE ? node->items[i] : node;
		if (items[i]->type != YAML_SCALAR || items[i]->text.len == 0)
			return yaml_error(section->err, items[i], "an item of '%s' must be a text", what);
	}
	*ret_items = items;
	*ret_count = count;
	return 0;
}

static int read_texts(struct section *section, const struct yaml_node *node, const char *what, uint32_t max,
		      const struct str **ret_texts, uint32_t *ret_count)
{
	const struct yaml_node *const *items;
	struct str *texts;
	int r = read_list(section, node, what, max, &items, ret_count);

	if (r < 0)
		return r;
	texts = arena_array(section->arena, struct str, *ret_count);
	for (uint32_t i = 0; i < *ret_count; i++) {
		texts[i] = arena_copy(section->arena, items[i]->text);
		for (uint32_t k = 0; k < i; k++)
			if (str_eq(texts[k], texts[i]))
				return yaml_error(section->err, items[i], "'%s' names '%.*s' twice", what,
						  STR_FMT(texts[i]));
	}
	*ret_texts = texts;
	return 0;
}

static struct correlation_name name_of(struct section *section, const struct yaml_node *node)
{
	return (struct correlation_name){arena_copy(section->arena, node->text), node->line, node->column};
}

static int read_rules(struct section *section)
{
	const struct yaml_node *node = yaml_get(section->node, "rules"), *const *items = NULL;
	struct correlation_source *source = section->source;
	struct correlation_name *names;
	int r;

	if (!node)
		return yaml_error(section->err, section->node, "the correlation has no 'rules'");
	r = read_list(section, node, "rules", CORRELATION_RULES_MAX, &items, &source->name_count);
	if (r < 0 || !items)
		return r;
	names = arena_array(section->arena, struct correlation_name, source->name_count);
	for (uint32_t i = 0; i < source->name_count; i++)
		names[i] = name_of(section, items[i]);
	source->names = names;
	return 0;
}

/* aliases: {alias: {rule: field}} */
static int read_aliases(struct section *section)
{
	const struct yaml_node *node = yaml_get(section->node, "aliases");
	struct correlation_source *source = section->source;
	struct correlation_alias *aliases;

	if (!node || yaml_is_null(node))
		return 0;
	if (node->type != YAML_MAPPING)
		return yaml_error(section->err, node, "'aliases' must be a mapping: {alias: {rule: field}}");
	aliases = arena_array(section->arena, struct correlation_alias, CORRELATION_ALIASES_MAX);
	for (uint32_t i = 0; i < node->count; i++) {
		const struct yaml_node *fields = node->values[i];

		if (fields->type != YAML_MAPPING)
			return yaml_error(section->err, fields,
					  "an alias must be a mapping of rules to fields");
		for (uint32_t k = 0; k < fields->count; k++) {
			if (fields->values[k]->type != YAML_SCALAR || fields->values[k]->text.len == 0)
				return yaml_error(section->err, fields->values[k],
						  "an alias must be a mapping of rules to fields");
			if (source->alias_count == CORRELATION_ALIASES_MAX)
				return yaml_error(section->err, fields, "more than %d aliases",
						  CORRELATION_ALIASES_MAX);
			aliases[source->alias_count++] = (struct correlation_alias){
				.alias = arena_copy(section->arena, node->keys[i]->text),
				.field = arena_copy(section->arena, fields->values[k]->text),
				.rule = name_of(section, fields->keys[k])};
		}
	}
	source->aliases = aliases;
	return 0;
}

/* -- condition ------------------------------------------------------------------------------------------- */

static int read_number(struct section *section, const struct yaml_node *node, double *ret_number)
{
	if (node->type != YAML_SCALAR || str_to_double(node->text, ret_number) < 0 || !isfinite(*ret_number))
		return yaml_error(section->err, node, "a number is needed");
	return 0;
}

static int compare_of(struct str name)
{
	for (int i = 0; i < CORRELATION_COMPARES; i++)
		if (str_eq(name, str_from(compare_names[i])))
			return i;
	return -1;
}

static int read_condition_member(struct section *section, const struct yaml_node *key,
				 const struct yaml_node *value)
{
	struct correlation *made = &section->source->made;
	int compare = compare_of(key->text), r;

	if (str_eq(key->text, STR("field")))
		return read_texts(section, value, "field", CORRELATION_FIELDS_MAX, &made->value_fields,
				  &made->value_field_count);
	if (str_eq(key->text, STR("percentile"))) {
		r = read_number(section, value, &made->percentile);
		if (r == 0 && (made->percentile < 0 || made->percentile > 100))
			r = yaml_error(section->err, value, "'percentile' is a number from 0 to 100");
		return r;
	}
	if (compare < 0)
		return yaml_error(section->err, key,
				  "a condition has no '%.*s': eq neq lt lte gt gte, field, percentile",
				  STR_FMT(key->text));
	if (made->condition_count == sizeof(made->conditions) / sizeof(made->conditions[0]))
		return yaml_error(section->err, key, "the condition has too many comparisons");
	made->conditions[made->condition_count].compare = (enum correlation_compare)compare;
	return read_number(section, value, &made->conditions[made->condition_count++].value);
}

/* The condition in words, as alerts show it. */
static struct str describe(struct section *section)
{
	const struct correlation *made = &section->source->made;
	struct buf text = {0};
	struct str copy;

	for (uint32_t i = 0; i < made->condition_count; i++)
		buf_printf(&text, "%s%s %.15g", i ? " and " : "", compare_names[made->conditions[i].compare],
			   made->conditions[i].value);
	copy = arena_copy(section->arena, buf_str(&text));
	buf_done(&text);
	return copy;
}

/* A boolean condition of temporal: the rules by the names under which "rules" has them. */
static int read_expression(struct section *section, const struct yaml_node *node)
{
	struct correlation_source *source = section->source;
	struct rule_selection *selections =
		arena_array(section->arena, struct rule_selection, source->name_count);

	if (source->made.type != CORRELATION_TEMPORAL)
		return yaml_error(section->err, node, "only 'temporal' takes a condition over rules");
	for (uint32_t i = 0; i < source->name_count; i++)
		selections[i] = (struct rule_selection){.name = source->names[i].text};
	source->made.condition = arena_copy(section->arena, node->text);
	return condition_parse(source->made.condition, selections, source->name_count, node->line,
			       node->column, section->arena, &source->made.expression, section->err);
}

static int read_condition(struct section *section)
{
	const struct yaml_node *node = yaml_get(section->node, "condition");
	struct correlation *made = &section->source->made;
	bool percentile = made->type == CORRELATION_VALUE_PERCENTILE;
	int r = 0;

	if (!node || yaml_is_null(node)) {
		if (types[made->type].condition)
			return yaml_error(section->err, section->node, "the correlation has no 'condition'");
		return 0;
	}
	if (made->type == CORRELATION_NEW_TERMS)
		return yaml_error(section->err, node, "'new_terms' takes no condition");
	if (node->type == YAML_SCALAR)
		return read_expression(section, node);
	if (node->type != YAML_MAPPING)
		return yaml_error(section->err, node, "'condition' must be a mapping: {gte: 10}");
	for (uint32_t i = 0; r == 0 && i < node->count; i++)
		r = read_condition_member(section, node->keys[i], node->values[i]);
	if (r == 0 && made->condition_count == 0)
		r = yaml_error(section->err, node, "the condition compares nothing: {gte: 10}");
	if (r == 0 && types[made->type].field != (made->value_field_count > 0))
		r = yaml_error(section->err, node,
			       types[made->type].field ? "'%s' takes a 'field'" : "'%s' takes no 'field'",
			       types[made->type].name);
	if (r == 0 && made->value_field_count > 1 && !types[made->type].many_fields)
		r = yaml_error(section->err, node, "'%s' takes one field", types[made->type].name);
	if (r == 0 && percentile != !!yaml_get(node, "percentile"))
		r = yaml_error(section->err, node, "'percentile' belongs to 'value_percentile'");
	if (r == 0)
		made->condition = describe(section);
	return r;
}

/* -- what follows from it -------------------------------------------------------------------------------- */

static bool has_not(const struct condition *condition)
{
	if (condition->type == CONDITION_NOT)
		return true;
	for (uint32_t i = 0; i < condition->count; i++)
		if (has_not(condition->children[i]))
			return true;
	return false;
}

/* Whether what became true stays true however many events are added. */
static bool is_at_once(const struct correlation *made)
{
	if (made->expression)
		return !has_not(made->expression);
	for (uint32_t i = 0; i < made->condition_count; i++)
		if (made->conditions[i].compare != CORRELATION_GT &&
		    made->conditions[i].compare != CORRELATION_GTE)
			return false;
	return types[made->type].grows || made->type == CORRELATION_NEW_TERMS;
}

static int set_threshold(struct section *section)
{
	struct correlation *made = &section->source->made;
	bool rules = made->type == CORRELATION_TEMPORAL || made->type == CORRELATION_TEMPORAL_ORDERED;
	double least = made->condition_count ? 1 : section->source->name_count;
	double most = rules ? section->source->name_count : CORRELATION_COUNT_MAX;

	for (uint32_t i = 0; i < made->condition_count; i++) {
		double value = made->conditions[i].value;

		value = made->conditions[i].compare == CORRELATION_GT ? floor(value) + 1 : ceil(value);
		least = value > least ? value : least;
	}
	if (least > most)
		return yaml_error(section->err, yaml_get(section->node, "condition"),
				  "the condition asks for more than %.0f", most);
	made->threshold = (uint32_t)least;
	return 0;
}

static int conclude(struct section *section)
{
	struct correlation *made = &section->source->made;
	int r = 0;

	made->at_once = is_at_once(made);
	if (made->at_once && types[made->type].count)
		r = set_threshold(section);
	if (r == 0 && made->type == CORRELATION_TEMPORAL_ORDERED &&
	    (!made->at_once || made->threshold != section->source->name_count))
		r = yaml_error(section->err, yaml_get(section->node, "condition"),
			       "'temporal_ordered' asks for all of its rules; leave 'condition' out");
	if (r == 0 && made->condition.len == 0 && made->type != CORRELATION_NEW_TERMS)
		made->condition = arena_printf(section->arena, "gte %u", made->threshold);
	if (r == 0 && made->type == CORRELATION_NEW_TERMS && made->group_count == 0)
		r = yaml_error(section->err, section->node, "'new_terms' needs 'group-by'");
	return r;
}

static int read_type(struct section *section)
{
	const struct yaml_node *node = yaml_get(section->node, "type");
	struct str name = yaml_text(node, (struct str){0});

	for (int i = 0; i < CORRELATION_TYPES; i++)
		if (str_eq(name, str_from(types[i].name))) {
			section->source->made.type = (enum correlation_type)i;
			return 0;
		}
	return yaml_error(section->err, node ? node : section->node,
			  "the correlation's type is none of event_count, value_count, temporal, "
			  "temporal_ordered, value_sum, value_avg, value_percentile, value_median, "
			  "new_terms");
}

static int read_rest(struct section *section)
{
	const struct yaml_node *group = yaml_get(section->node, "group-by"),
			       *span = yaml_get(section->node, "timespan"),
			       *generate = yaml_get(section->node, "generate");
	struct correlation *made = &section->source->made;
	int r = 0;

	if (!span)
		return yaml_error(section->err, section->node, "the correlation has no 'timespan'");
	r = rule_parse_timespan(span, &made->timespan, section->err);
	if (r == 0 && group && !yaml_is_null(group) && !(group->type == YAML_SEQUENCE && group->count == 0))
		r = read_texts(section, group, "group-by", CORRELATION_FIELDS_MAX, &made->group_by,
			       &made->group_count);
	if (r == 0 && generate && yaml_bool(generate, &made->generate) < 0)
		r = yaml_error(section->err, generate, "'generate' is true or false");
	return r;
}

/* Words that mean nothing here are mostly words spelt wrong. */
static int check_keys(struct section *section)
{
	static const char *const known[] = {"type",      "rules",   "group-by", "timespan",
					    "condition", "aliases", "generate"};

	for (uint32_t i = 0; i < section->node->count; i++) {
		const struct yaml_node *key = section->node->keys[i];
		bool found = false;

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			found = found || str_eq(key->text, str_from(known[k]));
		if (!found)
			return yaml_error(section->err, key, "a correlation has no '%.*s'",
					  STR_FMT(key->text));
	}
	return 0;
}

int correlation_parse(const struct yaml_node *doc, struct arena *arena, struct rule *rule,
		      struct err *ret_err)
{
	static int (*const steps[])(struct section * section) = {
		check_keys, read_type, read_rules, read_aliases, read_rest, read_condition, conclude,
	};
	struct correlation_source *source = arena_struct(arena, struct correlation_source);
	struct section section = {yaml_get(doc, "correlation"), arena, source, ret_err};
	int r = 0;

	if (section.node->type != YAML_MAPPING)
		return yaml_error(ret_err, section.node, "'correlation' must be a mapping");
	if (yaml_get(doc, "detection") || yaml_get(doc, "logsource"))
		return yaml_error(ret_err, section.node,
				  "a correlation has no 'logsource' and no 'detection' of its own");
	source->line = section.node->line;
	source->column = section.node->column;
	for (size_t i = 0; r == 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		r = steps[i](&section);
	if (r < 0)
		return r;
	rule->info.kind = RULE_CORRELATION;
	rule->correlation = source;
	return 0;
}
