/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/check.h"

#include "base/hash.h"
#include "base/words.h"
#include "detect/filter_build.h"
#include "rules/check_digest.h"
#include "rules/check_private.h"

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
	checker->counted = map_new();
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
	map_free(checker->counted);
	vec_done(&checker->files);
	vec_done(&checker->references);
	vec_done(&checker->strange);
	vec_done(&checker->late);
	arena_free(checker->arena);
	arena_free(checker->scratch);
	free(checker);
}

void check_say(const struct subject *subject, enum severity severity, const char *code,
	       const struct yaml_node *node, const char *format, ...)
{
	const struct yaml_node *place = node ? node : subject->doc;
	char message[ERR_MESSAGE_MAX];
	va_list arguments;

	va_start(arguments, format);
	words_print(message, sizeof(message), format, arguments);
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

/* -- what a rule says about itself ---------------------------------------------------------------------- */

static struct str lower_copy(struct arena *arena, struct str text)
{
	char *copy = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = char_lower(text.ptr[i]);
	return str_of(copy, text.len);
}

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
		check_say(subject, SEVERITY_NOTICE, "no-attack",
			  tags ? check_key(subject->doc, STR("tags")) : NULL,
			  "no tag names a technique or tactic of ATT&CK (attack.t1110): coverage does not "
			  "count "
			  "the rule");
}

static void say_late(struct subject *subject, enum severity severity, const char *code, struct str message)
{
	struct str name = yaml_text(yaml_get(subject->doc, "name"), (struct str){0});
	struct arena *arena = subject->checker->arena;

	vec_push(&subject->checker->late,
		 ((struct late_finding){reference_to(subject, lower_copy(arena, name), subject->doc),
					severity, code, message}));
}

static void check_own(struct subject *subject)
{
	static const struct {
		const char *key, *message;
		bool of_alerts;
	} wanted[] = {
		{"id", WORDS("our rules have an id"), false},
		{"title_zh", WORDS("our rules have a Chinese title"), false},
		{"description", WORDS("our rules have a description"), false},
		{"description_zh", WORDS("our rules have a description, in Chinese too"), false},
		{"next_steps", WORDS("our rules say what to do next"), true},
		{"next_steps_zh", WORDS("our rules say what to do next, in Chinese too"), true},
		{"tests", WORDS("our rules have tests"), false},
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct str message = arena_printf(subject->checker->arena, words_of("'%s' is missing: %s"),
						  wanted[i].key, words_of(wanted[i].message));

		if (yaml_get(subject->doc, wanted[i].key))
			continue;
		if (wanted[i].of_alerts)
			say_late(subject, SEVERITY_NOTICE, "incomplete", message);
		else
			check_say(subject, SEVERITY_NOTICE, "incomplete", NULL, "%s", message.ptr);
	}
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
		say_late(subject, severity, code,
			 arena_printf(checker->arena, words_of("%s as in %.*s"), words_of(what),
				      STR_FMT(checker->files.items[*place - 1])));
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

static void note_reference(const struct subject *subject, const struct yaml_node *node, bool only_counted)
{
	struct str name = node->text;

	if (node->type != YAML_SCALAR || str_ieq(name, STR("any")))
		return;
	name = lower_copy(subject->checker->arena, name);
	vec_push(&subject->checker->references, reference_to(subject, name, node));
	if (only_counted)
		map_put(subject->checker->counted, name, NULL);
}

static void note_references(const struct subject *subject, const char *section)
{
	const struct yaml_node *node = yaml_get(subject->doc, section), *rules = yaml_get(node, "rules");
	const struct yaml_node *generate = yaml_get(node, "generate");
	bool alerts = false, counts;

	if (generate)
		yaml_bool(generate, &alerts);
	counts = strcmp(section, "correlation") == 0 && !alerts;

	if (rules && rules->type == YAML_SCALAR)
		note_reference(subject, rules, counts);
	for (uint32_t i = 0; rules && rules->type == YAML_SEQUENCE && i < rules->count; i++)
		note_reference(subject, rules->items[i], counts);
}

/* -- documents ----------------------------------------------------------------------------------------- */

static void check_rule(struct subject *subject)
{
	struct checker *checker = subject->checker;
	const struct rule_info *info = &subject->rule->info;
	uint64_t digest = rule_digest(subject->rule);

	check_detection(subject);
	vec_push(&checker->files, arena_copy(checker->arena, str_from(subject->file)));
	check_twin(subject, checker->digests, str_of((const char *)&digest, sizeof(digest)), SEVERITY_WARNING,
		   "duplicate", WORDS("it detects the same"));
	check_twin(subject, checker->titles, info->title, SEVERITY_NOTICE, "same-title",
		   WORDS("it has the same title"));
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

static void report(const struct checker *checker, const struct reference *place, enum severity severity,
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

static bool only_counts(const struct checker *checker, const struct late_finding *late)
{
	const struct reference *place = &late->place;

	return (place->name.len && map_get(checker->counted, place->name)) ||
	       (place->rule.len && map_get(checker->counted, lower_copy(checker->arena, place->rule)));
}

void checker_finish(struct checker *checker)
{
	struct arena *arena = checker->arena;

	for (size_t i = 0; i < checker->late.len; i++) {
		const struct late_finding *late = &checker->late.items[i];

		if (!only_counts(checker, late))
			report(checker, &late->place, late->severity, late->code, late->message);
	}
	for (size_t i = 0; i < checker->strange.len; i++) {
		const struct strange_tag *strange = &checker->strange.items[i];
		bool newer = attack_is_newer(checker->options.attack, strange->tag);

		report(checker, &strange->first, newer ? SEVERITY_NOTICE : SEVERITY_WARNING,
		       newer ? "newer-attack" : "unknown-attack",
		       arena_printf(
			       arena,
			       words_of("the ATT&CK tables have no '%.*s' (%zu rules, this is the first)%s"),
			       STR_FMT(strange->tag), strange->rules,
			       newer ? words_of(": it is newer than they are") : ""));
	}
	for (size_t i = 0; i < checker->references.len; i++) {
		const struct reference *reference = &checker->references.items[i];

		if (!map_get(checker->names, reference->name))
			report(checker, reference, SEVERITY_WARNING, "no-such-rule",
			       arena_printf(
				       arena,
				       words_of("it refers to '%.*s', which is none of the rules checked"),
				       STR_FMT(reference->name)));
	}
}
