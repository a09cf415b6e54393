/* SPDX-License-Identifier: Apache-2.0 */
/* What is doubtful about what a rule detects. */
#include "detect/regex_literal.h"
#include "rules/check_logic.h"
#include "rules/check_private.h"

#define FIELDS_SAID_MAX 256 /* of one rule */
#define LITERAL_LEAST 4     /* bytes by which the index finds a rule */

/* -- places -------------------------------------------------------------------------------------------- */

const struct yaml_node *check_key(const struct yaml_node *mapping, struct str key)
{
	for (uint32_t i = 0; mapping && mapping->type == YAML_MAPPING && i < mapping->count; i++)
		if (str_eq(mapping->keys[i]->text, key))
			return mapping->keys[i];
	return NULL;
}

/* The first item of a field below a node. */
static const struct yaml_node *field_node(const struct yaml_node *node, struct str field)
{
	const struct yaml_node *found = NULL;

	if (node->type == YAML_SCALAR)
		return NULL;
	for (uint32_t i = 0; !found && i < node->count; i++) {
		if (node->type == YAML_MAPPING) {
			struct str key = node->keys[i]->text, name;

			str_split(&key, '|', &name);
			if (node->keys[i]->text.len && str_eq(name, field))
				return node->keys[i];
			found = field_node(node->values[i], field);
		} else {
			found = field_node(node->items[i], field);
		}
	}
	return found;
}

static const struct yaml_node *section_of(const struct yaml_node *doc)
{
	const struct yaml_node *section = yaml_get(doc, "detection");

	return section ? section : yaml_get(doc, "filter");
}

/* -- fields -------------------------------------------------------------------------------------------- */

/* place: the field by which the item is found. */
static void check_field(struct subject *subject, struct str field, struct str place)
{
	const struct taxonomy *taxonomy = subject->checker->options.taxonomy;
	const struct logsource *source = &subject->rule->info.logsource;
	struct str near;
	bool is_new;

	if (field.len == 0 || map_len(subject->fields_said) >= FIELDS_SAID_MAX ||
	    taxonomy_has(taxonomy, source, field))
		return;
	map_put(subject->fields_said, field, &is_new);
	if (!is_new)
		return;
	near = taxonomy_nearest(taxonomy, source, field);
	check_say(subject, SEVERITY_WARNING, "unknown-field", field_node(section_of(subject->doc), place),
		  near.len ? "events of this log source have no '%.*s' as their makers write them; is '%.*s' "
			     "meant?"
			   : "events of this log source have no '%.*s' as their makers write them%.*s",
		  STR_FMT(field), STR_FMT(near));
}

static void check_fields(struct subject *subject, const struct detection *detection)
{
	if (detection->type == DETECT_ITEM) {
		check_field(subject, detection->item->field, detection->item->field);
		for (uint32_t i = 0; i < detection->item->test_count; i++)
			if (detection->item->tests[i].type == TEST_FIELDREF)
				check_field(subject, detection->item->tests[i].text, detection->item->field);
		return;
	}
	for (uint32_t i = 0; i < detection->count; i++)
		check_fields(subject, detection->children[i]);
}

static void check_suppress(struct subject *subject)
{
	const struct rule_info *info = &subject->rule->info;

	for (size_t i = 0; i < info->suppress.by_count; i++)
		if (!taxonomy_has(subject->checker->options.taxonomy, &info->logsource, info->suppress.by[i]))
			check_say(subject, SEVERITY_WARNING, "suppress-field",
				  check_key(subject->doc, STR("suppress")),
				  "events of this log source have no '%.*s': all alerts would count as one",
				  STR_FMT(info->suppress.by[i]));
}

/* -- regular expressions ------------------------------------------------------------------------------- */

/* Whether few events pass the test, so that the index finds the rule by it (detect/witness.c). */
static bool test_narrows(const struct test *test, bool field, struct arena *scratch)
{
	struct str text = {0};

	if (test->type == TEST_NUMBER)
		return field;
	if (test->type == TEST_PATTERN && pattern_shape(&test->pattern, &text) == SHAPE_EXACT)
		return field;
	if (test->type == TEST_REGEX)
		text = regex_find_literal(test->text, arena_alloc(scratch, test->text.len + 1));
	for (uint32_t i = 0; test->type == TEST_PATTERN && i < test->pattern.count; i++)
		if (test->pattern.parts[i].type == PART_TEXT && test->pattern.parts[i].text.len > text.len)
			text = test->pattern.parts[i].text;
	return text.len >= LITERAL_LEAST;
}

static bool detection_narrows(const struct detection *detection, struct arena *scratch)
{
	const struct item *item = detection->item;
	bool any = false, all = true;

	for (uint32_t i = 0; i < detection->count; i++) {
		bool one = detection_narrows(detection->children[i], scratch);

		any |= one;
		all &= one;
	}
	if (detection->type != DETECT_ITEM)
		return detection->type == DETECT_ALL ? any : all;
	for (uint32_t i = 0; i < item->test_count; i++) {
		bool one = test_narrows(&item->tests[i], item->field.len > 0, scratch);

		any |= one;
		all &= one;
	}
	return !item->neq && (item->all ? any : all);
}

static bool condition_narrows(const struct rule *rule, const struct condition *condition,
			      struct arena *scratch)
{
	bool any = false, all = true;

	if (condition->type == CONDITION_SELECTION)
		return detection_narrows(rule->selections[condition->selection].detection, scratch);
	for (uint32_t i = 0; i < condition->count; i++) {
		bool one = condition_narrows(rule, condition->children[i], scratch);

		any |= one;
		all &= one;
	}
	return condition->type == CONDITION_AND ? any : condition->type == CONDITION_OR && all;
}

/* The field of the first regular expression without a text that must be there; NULL where there is none. */
static const struct item *slow_item(const struct detection *detection, struct arena *scratch)
{
	const struct item *found = NULL;

	for (uint32_t i = 0; !found && i < detection->count; i++)
		found = slow_item(detection->children[i], scratch);
	if (detection->type != DETECT_ITEM)
		return found;
	for (uint32_t i = 0; i < detection->item->test_count; i++)
		if (detection->item->tests[i].type == TEST_REGEX &&
		    !test_narrows(&detection->item->tests[i], true, scratch))
			return detection->item;
	return NULL;
}

/* Only where no other test of the rule is asked first. */
static void check_regexes(struct subject *subject)
{
	const struct rule *rule = subject->rule;
	struct arena *scratch = subject->checker->scratch;
	const struct item *item = NULL;

	if (condition_narrows(rule, rule->condition, scratch))
		return;
	for (uint32_t i = 0; !item && i < rule->selection_count; i++)
		item = slow_item(rule->selections[i].detection, scratch);
	if (item)
		check_say(subject, SEVERITY_NOTICE, "slow-regex",
			  field_node(section_of(subject->doc), item->field),
			  "the regular expression is run on every event with this field: no text must be in "
			  "what it "
			  "matches, and no other test of the rule is asked before it");
}

/* -- conditions ---------------------------------------------------------------------------------------- */

static void mark_used(const struct condition *condition, bool *used)
{
	if (condition->type == CONDITION_SELECTION)
		used[condition->selection] = true;
	for (uint32_t i = 0; i < condition->count; i++)
		mark_used(condition->children[i], used);
}

static bool has_several(void *context, struct str field)
{
	const struct taxonomy *taxonomy = context;

	return taxonomy && taxonomy_several(taxonomy, field);
}

static void check_condition(struct subject *subject)
{
	const struct checker *checker = subject->checker;
	const struct rule *rule = subject->rule;
	const struct yaml_node *section = section_of(subject->doc),
			       *place = check_key(section, STR("condition"));
	bool *used = arena_zalloc(checker->scratch, rule->selection_count + 1);
	void *taxonomy = (void *)checker->options.taxonomy;

	mark_used(rule->condition, used);
	for (uint32_t i = 0; i < rule->selection_count; i++) {
		struct str name = rule->selections[i].name;

		if (!used[i])
			check_say(subject, SEVERITY_WARNING, "unused-selection", check_key(section, name),
				  "the condition does not use '%.*s'", STR_FMT(name));
		else if (!logic_selection_possible(rule, i, has_several, taxonomy))
			check_say(subject, SEVERITY_WARNING, "never-selection", check_key(section, name),
				  "no event can match '%.*s': its items contradict each other",
				  STR_FMT(name));
	}
	if (!logic_possible(rule, false, has_several, taxonomy))
		check_say(subject, SEVERITY_ERROR, "never-true", place,
			  "no event can match: what the condition asks for contradicts itself");
	else if (!logic_possible(rule, true, has_several, taxonomy))
		check_say(subject, SEVERITY_ERROR, "always-true", place,
			  "every event of the log source matches");
}

void check_detection(struct subject *subject)
{
	const struct checker *checker = subject->checker;
	const struct rule *rule = subject->rule;
	bool known =
		checker->options.taxonomy && taxonomy_knows(checker->options.taxonomy, &rule->info.logsource);

	for (uint32_t i = 0; known && i < rule->selection_count; i++)
		check_fields(subject, rule->selections[i].detection);
	if (known)
		check_suppress(subject);
	check_regexes(subject);
	check_condition(subject);
}
