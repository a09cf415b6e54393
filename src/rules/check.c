/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/check.h"

#include "base/hash.h"
#include "base/map.h"
#include "detect/ast.h"
#include "detect/regex_literal.h"
#include "rules/check_digest.h"
#include "rules/check_logic.h"

#define FIELDS_SAID_MAX 256 /* of one rule */

/* A name or id that a correlation or filter refers to, to be found once all files were seen. */
struct reference {
	struct str name, file, rule, title;
	unsigned line, column;
};

/* A tag that ATT&CK's tables do not have, told once with how many rules carry it. */
struct strange_tag {
	struct str tag;
	size_t rules;
	struct reference first;
};

struct checker {
	struct checker_options options;
	struct arena *arena, *scratch; /* for good; for one file */
	struct map *digests, *titles;  /* to 1 + index of the file */
	struct map *names;             /* ids and names, lower case */
	struct {
		VEC_OF(struct str)
	} files; /* of each rule */
	struct {
		VEC_OF(struct reference)
	} references;
	struct {
		VEC_OF(struct strange_tag)
	} strange;
	struct placeholders placeholders;
};

/* The rule at hand. */
struct subject {
	struct checker *checker;
	const char *file;
	const struct yaml_node *doc;
	const struct rule *rule;
	struct str id, title;
	struct map *fields_said;
};

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"error", "warning", "notice"};

	return names[severity];
}

struct checker *checker_new(const struct checker_options *options)
{
	struct checker *checker = calloc(1, sizeof(*checker));

	must(checker);
	checker->options = *options;
	checker->arena = arena_new(0);
	checker->scratch = arena_new(0);
	checker->digests = map_new();
	checker->titles = map_new();
	checker->names = map_new();
	must(checker->arena && checker->scratch);
	return checker;
}

void checker_free(struct checker *checker)
{
	if (!checker)
		return;
	map_free(checker->digests);
	map_free(checker->titles);
	map_free(checker->names);
	vec_done(&checker->files);
	vec_done(&checker->references);
	vec_done(&checker->strange);
	arena_free(checker->arena);
	arena_free(checker->scratch);
	free(checker);
}

__attribute__((format(printf, 5, 6))) static void say(const struct subject *subject, enum severity severity,
						      const char *code, const struct yaml_node *node,
						      const char *format, ...)
{
	const struct yaml_node *place = node ? node : subject->doc;
	char message[ERR_MESSAGE_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	subject->checker->options.report(subject->checker->options.context,
					 &(struct finding){.severity = severity,
							   .code = code,
							   .file = subject->file,
							   .line = place->line,
							   .column = place->column,
							   .rule = subject->id,
							   .title = subject->title,
							   .message = message});
}

/* -- places -------------------------------------------------------------------------------------------- */

static const struct yaml_node *key_node(const struct yaml_node *mapping, struct str key)
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
	say(subject, SEVERITY_WARNING, "unknown-field", field_node(section_of(subject->doc), place),
	    near.len ? "events of this log source have no '%.*s' as their makers write them; is '%.*s' meant?"
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
			say(subject, SEVERITY_WARNING, "suppress-field",
			    key_node(subject->doc, STR("suppress")),
			    "events of this log source have no '%.*s': all alerts would count as one",
			    STR_FMT(info->suppress.by[i]));
}

/* -- regular expressions ------------------------------------------------------------------------------- */

static void check_regexes(struct subject *subject, const struct detection *detection)
{
	struct arena *scratch = subject->checker->scratch;

	for (uint32_t i = 0; i < detection->count; i++)
		check_regexes(subject, detection->children[i]);
	if (detection->type != DETECT_ITEM)
		return;
	for (uint32_t i = 0; i < detection->item->test_count; i++) {
		const struct test *test = &detection->item->tests[i];

		if (test->type != TEST_REGEX ||
		    regex_find_literal(test->text, arena_alloc(scratch, test->text.len + 1)).len)
			continue;
		say(subject, SEVERITY_NOTICE, "slow-regex",
		    field_node(section_of(subject->doc), detection->item->field),
		    "the regular expression has no text that must be there: it is run on every value");
		return;
	}
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
			       *place = key_node(section, STR("condition"));
	bool *used = arena_zalloc(checker->scratch, rule->selection_count + 1);
	void *taxonomy = (void *)checker->options.taxonomy;

	mark_used(rule->condition, used);
	for (uint32_t i = 0; i < rule->selection_count; i++) {
		struct str name = rule->selections[i].name;

		if (!used[i])
			say(subject, SEVERITY_WARNING, "unused-selection", key_node(section, name),
			    "the condition does not use '%.*s'", STR_FMT(name));
		else if (!logic_selection_possible(rule, i, has_several, taxonomy))
			say(subject, SEVERITY_WARNING, "never-selection", key_node(section, name),
			    "no event can match '%.*s': its items contradict each other", STR_FMT(name));
	}
	if (!logic_possible(rule, false, has_several, taxonomy))
		say(subject, SEVERITY_ERROR, "never-true", place,
		    "no event can match: what the condition asks for contradicts itself");
	else if (!logic_possible(rule, true, has_several, taxonomy))
		say(subject, SEVERITY_ERROR, "always-true", place, "every event of the log source matches");
}

/* -- what a rule says about itself ---------------------------------------------------------------------- */

static struct reference reference_to(const struct subject *subject, struct str name,
				     const struct yaml_node *node)
{
	struct arena *arena = subject->checker->arena;

	return (struct reference){.name = name,
				  .file = arena_copy(arena, str_from(subject->file)),
				  .rule = arena_copy(arena, subject->id),
				  .title = arena_copy(arena, subject->title),
				  .line = node->line,
				  .column = node->column};
}

static void note_strange(struct subject *subject, struct str tag, const struct yaml_node *node)
{
	struct checker *checker = subject->checker;

	for (size_t i = 0; i < checker->strange.len; i++)
		if (str_ieq(checker->strange.items[i].tag, tag)) {
			checker->strange.items[i].rules++;
			return;
		}
	tag = arena_copy(checker->arena, tag);
	vec_push(&checker->strange, ((struct strange_tag){tag, 1, reference_to(subject, tag, node)}));
}

static void check_tags(struct subject *subject)
{
	const struct rule_info *info = &subject->rule->info;
	const struct yaml_node *tags = yaml_get(subject->doc, "tags");
	bool any = false;

	for (size_t i = 0; i < info->tag_count; i++) {
		uint32_t index;
		enum attack_kind kind = attack_tag(subject->checker->options.attack, info->tags[i], &index);

		any |= kind == ATTACK_TECHNIQUE || kind == ATTACK_TACTIC;
		if (kind == ATTACK_UNKNOWN)
			note_strange(subject, info->tags[i], tags->items[i]);
	}
	if (!any)
		say(subject, SEVERITY_NOTICE, "no-attack", tags ? key_node(subject->doc, STR("tags")) : NULL,
		    "no tag names a technique or tactic of ATT&CK (attack.t1110): coverage does not count "
		    "the rule");
}

static void check_own(struct subject *subject)
{
	static const struct {
		const char *key, *message;
	} wanted[] = {
		{"id", "our rules have an id"},
		{"title_zh", "our rules have a Chinese title"},
		{"description", "our rules have a description"},
		{"next_steps", "our rules say what to do next"},
		{"next_steps_zh", "our rules say what to do next, in Chinese too"},
		{"tests", "our rules have tests"},
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!yaml_get(subject->doc, wanted[i].key))
			say(subject, SEVERITY_NOTICE, "incomplete", NULL, "'%s' is missing: %s",
			    wanted[i].key, wanted[i].message);
}

/* The same said twice: by what it detects, by what it is called. */
static void check_twin(struct subject *subject, struct map *seen, struct str key, enum severity severity,
		       const char *code, const char *what)
{
	struct checker *checker = subject->checker;
	bool is_new;
	uint64_t *place = map_put(seen, key, &is_new);

	if (is_new)
		*place = checker->files.len;
	else
		say(subject, severity, code, NULL, "%s as in %.*s", what,
		    STR_FMT(checker->files.items[*place - 1]));
}

static struct str lower_copy(struct arena *arena, struct str text)
{
	char *copy = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = char_lower(text.ptr[i]);
	return str_of(copy, text.len);
}

static void note_names(struct checker *checker, const struct yaml_node *doc)
{
	static const char *const keys[] = {"id", "name"};

	for (size_t i = 0; i < 2; i++) {
		struct str name = yaml_text(yaml_get(doc, keys[i]), (struct str){0});

		if (name.len)
			map_put(checker->names, lower_copy(checker->arena, name), NULL);
	}
}

static void note_reference(const struct subject *subject, const struct yaml_node *node)
{
	struct str name = node->text;

	if (node->type != YAML_SCALAR || str_ieq(name, STR("any")))
		return;
	name = lower_copy(subject->checker->arena, name);
	vec_push(&subject->checker->references, reference_to(subject, name, node));
}

static void note_references(const struct subject *subject, const char *section)
{
	const struct yaml_node *rules = yaml_get(yaml_get(subject->doc, section), "rules");

	if (rules && rules->type == YAML_SCALAR)
		note_reference(subject, rules);
	for (uint32_t i = 0; rules && rules->type == YAML_SEQUENCE && i < rules->count; i++)
		note_reference(subject, rules->items[i]);
}

/* -- documents ----------------------------------------------------------------------------------------- */

static void check_detection(struct subject *subject)
{
	const struct checker *checker = subject->checker;
	const struct rule *rule = subject->rule;
	bool known =
		checker->options.taxonomy && taxonomy_knows(checker->options.taxonomy, &rule->info.logsource);

	for (uint32_t i = 0; i < rule->selection_count; i++) {
		if (known)
			check_fields(subject, rule->selections[i].detection);
		check_regexes(subject, rule->selections[i].detection);
	}
	if (known)
		check_suppress(subject);
	check_condition(subject);
}

static void check_rule(struct subject *subject)
{
	struct checker *checker = subject->checker;
	const struct rule_info *info = &subject->rule->info;
	uint64_t digest = rule_digest(subject->rule);

	check_detection(subject);
	vec_push(&checker->files, arena_copy(checker->arena, str_from(subject->file)));
	check_twin(subject, checker->digests, str_of((const char *)&digest, sizeof(digest)), SEVERITY_WARNING,
		   "duplicate", "it detects the same");
	check_twin(subject, checker->titles, info->title, SEVERITY_NOTICE, "same-title",
		   "it has the same title");
	if (checker->options.attack)
		check_tags(subject);
}

static void check_filter(struct subject *subject, struct rule *rule)
{
	struct checker *checker = subject->checker;
	struct filter_info info;
	struct err err;

	if (filter_parse(subject->doc, &checker->placeholders, checker->scratch, checker->scratch, &info,
			 rule, &err) < 0)
		return;
	rule->info.logsource = info.logsource;
	check_detection(subject);
	note_references(subject, "filter");
}

static void check_document(struct checker *checker, const char *file, const struct yaml_node *doc, bool own)
{
	struct rule rule = {0};
	struct subject subject = {
		.checker = checker, .file = file, .doc = doc, .rule = &rule, .fields_said = map_new()};
	struct err err;

	subject.id = yaml_text(yaml_get(doc, "id"), (struct str){0});
	subject.title = yaml_text(yaml_get(doc, "title"), (struct str){0});
	note_names(checker, doc);
	if (yaml_get(doc, "filter"))
		check_filter(&subject, &rule);
	else if (yaml_get(doc, "correlation"))
		note_references(&subject, "correlation");
	else if (rule_parse(doc, &checker->placeholders, checker->scratch, checker->scratch, &rule, &err) ==
		 0)
		check_rule(&subject);
	if (own && !yaml_get(doc, "filter"))
		check_own(&subject);
	map_free(subject.fields_said);
}

void checker_add(struct checker *checker, const char *file, struct str text, bool own)
{
	struct yaml_node **docs;
	struct err err;
	size_t count = 0;

	arena_reset(checker->scratch);
	if (yaml_parse(text, checker->scratch, &docs, &count, &err) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (docs[i]->type == YAML_MAPPING)
			check_document(checker, file, docs[i], own);
}

static void say_late(const struct checker *checker, const struct reference *place, enum severity severity,
		     const char *code, struct str message)
{
	checker->options.report(checker->options.context, &(struct finding){.severity = severity,
									    .code = code,
									    .file = place->file.ptr,
									    .line = place->line,
									    .column = place->column,
									    .rule = place->rule,
									    .title = place->title,
									    .message = message.ptr});
}

void checker_finish(struct checker *checker)
{
	for (size_t i = 0; i < checker->strange.len; i++) {
		const struct strange_tag *strange = &checker->strange.items[i];
		bool newer = attack_is_newer(checker->options.attack, strange->tag);

		say_late(checker, &strange->first, newer ? SEVERITY_NOTICE : SEVERITY_WARNING,
			 newer ? "newer-attack" : "unknown-attack",
			 arena_printf(checker->arena,
				      "the ATT&CK tables have no '%.*s' (%zu rules, this is the first)%s",
				      STR_FMT(strange->tag), strange->rules,
				      newer ? ": it is newer than they are" : ""));
	}
	for (size_t i = 0; i < checker->references.len; i++) {
		const struct reference *reference = &checker->references.items[i];

		if (!map_get(checker->names, reference->name))
			say_late(checker, reference, SEVERITY_WARNING, "no-such-rule",
				 arena_printf(checker->arena,
					      "it refers to '%.*s', which is none of the rules checked",
					      STR_FMT(reference->name)));
	}
}
