/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/rule_tests.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "bin/content.h"
#include "detect/detect.h"
#include "event/field.h"
#include "parse/source.h"

struct bench {
	const struct ruleset *rules;
	struct parser *parser;
	struct matcher *matcher;
	struct arena *arena;
	bool json;
	size_t passed, failed;
};

static struct str first_of(struct str a, struct str b)
{
	return a.len ? a : b;
}

/* An event given as fields: each is an attribute, and the ECS field where it is the name of one. */
static void make_event(const struct rule_test *test, const struct rule_info *info, struct event *event)
{
	event->logsource.product = first_of(test->logsource.product, info->logsource.product);
	event->logsource.category = first_of(test->logsource.category, info->logsource.category);
	event->logsource.service = first_of(test->logsource.service, info->logsource.service);
	for (size_t i = 0; i < test->field_count; i++) {
		const struct rule_test_field *field = &test->fields[i];
		enum field_id id = field_by_name(field->key);

		event_add_attr(event, field->key, hash_str(field->key), field->value, 0);
		if (id != FIELD_NONE && field->value.type != VALUE_NULL)
			event_set(event, id, field->value);
	}
}

static bool matches(struct bench *bench, uint32_t rule, const struct rule_test *test)
{
	struct parse_input input = {.bytes = test->raw, .hint = test->source, .received = clock_now()};
	const uint32_t *found;
	struct event event;
	size_t count;

	arena_reset(bench->arena);
	event_init(&event, bench->arena);
	if (test->raw.len)
		parser_run(bench->parser, &input, &event);
	else
		make_event(test, ruleset_info(bench->rules, rule), &event);
	count = matcher_run(bench->matcher, &event, &found);
	for (size_t i = 0; i < count; i++)
		if (found[i] == rule)
			return true;
	return false;
}

static void show(const struct bench *bench, const struct rule_info *info, const struct rule_test *test,
		 bool passed)
{
	struct buf line = {0};

	if (!bench->json) {
		if (!passed)
			printf("%.*s:%u: test '%.*s' of '%.*s' should%s match\n", STR_FMT(info->file),
			       test->line, STR_FMT(test->name), STR_FMT(info->title),
			       test->match ? "" : " not");
		return;
	}
	buf_add_str(&line, STR("{\"file\":"));
	buf_add_json_string(&line, info->file);
	buf_printf(&line, ",\"line\":%u,\"rule\":", test->line);
	buf_add_json_string(&line, info->id);
	buf_add_str(&line, STR(",\"test\":"));
	buf_add_json_string(&line, test->name);
	buf_printf(&line, ",\"expected\":%s,\"passed\":%s}", test->match ? "true" : "false",
		   passed ? "true" : "false");
	puts(buf_cstr(&line));
	buf_done(&line);
}

static void run_rule(struct bench *bench, uint32_t rule)
{
	const struct rule_info *info = ruleset_info(bench->rules, rule);
	const struct rule_test *tests;
	size_t count;

	tests = ruleset_tests(bench->rules, rule, &count);
	for (size_t i = 0; i < count; i++) {
		bool passed = matches(bench, rule, &tests[i]) == tests[i].match;

		*(passed ? &bench->passed : &bench->failed) += 1;
		show(bench, info, &tests[i], passed);
	}
}

int rule_tests_run(const struct command *command, struct arguments *arguments, const struct rule_files *files)
{
	struct bench bench = {.rules = files->set, .json = argument_flag(arguments, "json")};
	struct source_set *sources;
	int status = content_load_sources(command, arguments, &sources);

	if (status != EXIT_OK)
		return status;
	bench.parser = parser_new(sources);
	bench.matcher = matcher_new(files->set);
	bench.arena = arena_new(0);
	must(bench.parser && bench.arena);
	for (size_t i = 0; i < ruleset_count(files->set); i++)
		run_rule(&bench, (uint32_t)i);
	parser_free(bench.parser);
	matcher_free(bench.matcher);
	arena_free(bench.arena);
	source_set_free(sources);
	fprintf(stderr, "%zu rules, %zu not loaded; %zu tests passed, %zu failed\n",
		ruleset_count(files->set), files->refused, bench.passed, bench.failed);
	return bench.failed || files->refused || bench.passed == 0 ? EXIT_FINDING : EXIT_OK;
}
