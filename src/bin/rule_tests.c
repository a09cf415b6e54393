/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/rule_tests.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/vec.h"
#include "bin/content.h"
#include "correlate/correlate.h"
#include "detect/tests.h"
#include "event/field.h"
#include "parse/source.h"

#define EVENTS_MAX 1000000                    /* of one test, repetitions counted */
#define FIRST_EVENT INT64_C(1767225600000000) /* 2026-01-01: when tests begin that do not say when */
#define FINDINGS_AT_ONCE 4096

struct bench {
	const struct ruleset *rules;
	struct finding_plan *plan;
	struct parser *parser;
	struct matcher *matcher;
	struct arena *arena;
};

/* One event of a test at its time. */
struct moment {
	int64_t time;
	const struct rule_test_event *event;
	uint32_t number; /* of the repetition, from 1 */
	size_t order;
};

/* A test under way. */
struct trial {
	struct bench *bench;
	uint32_t rule;
	struct correlator *correlator;
	struct findings *findings;
	struct {
		VEC_OF(uint32_t)
	} found; /* rules that matched the event at hand */
	struct {
		VEC_OF(uint32_t)
	} sources;    /* detection rules whose log sources an event may be of */
	size_t count; /* events so far */
	bool timed;   /* the test says when they happen, whatever they say themselves */
	bool matched;
};

/* -- one event ------------------------------------------------------------------------------------------- */

/* The text with {n} replaced by the number of the repetition. */
static struct str expand(struct trial *trial, struct str text, uint32_t number)
{
	size_t at = text.len ? str_find(text, STR("{n}")) : STR_NOT_FOUND;

	while (at != STR_NOT_FOUND) {
		char digits[16], *out = arena_alloc(trial->bench->arena, text.len + sizeof(digits));
		size_t len = (size_t)snprintf(digits, sizeof(digits), "%u", number);

		memcpy(out, text.ptr, at);
		memcpy(out + at, digits, len);
		memcpy(out + at + len, text.ptr + at + 3, text.len - at - 3);
		text = str_of(out, text.len - 3 + len);
		at = str_find(text, STR("{n}"));
	}
	return text;
}

static struct str first_of(struct str a, struct str b)
{
	return a.len ? a : b;
}

static struct logsource source_of(const struct rule_test_event *given, const struct rule_info *info)
{
	return (struct logsource){first_of(given->logsource.product, info->logsource.product),
				  first_of(given->logsource.category, info->logsource.category),
				  first_of(given->logsource.service, info->logsource.service)};
}

/* An event given as fields: each is an attribute, and the ECS field where it is the name of one. */
static void set_fields(struct trial *trial, const struct moment *moment, struct event *event)
{
	for (size_t i = 0; i < moment->event->field_count; i++) {
		const struct rule_test_field *field = &moment->event->fields[i];
		struct value value = field->value;
		enum field_id id = field_by_name(field->key);

		if (value.type != VALUE_NULL)
			value = value_string(expand(trial, value_str(value), moment->number));
		event_add_attr(event, field->key, hash_str(field->key), value, 0);
		if (id != FIELD_NONE && value.type != VALUE_NULL)
			event_set(event, id, value);
	}
}

static bool is_found(const struct trial *trial, uint32_t rule)
{
	for (size_t i = 0; i < trial->found.len; i++)
		if (trial->found.items[i] == rule)
			return true;
	return false;
}

/* Runs the rules over the event as it is, and notes what it has not noted yet. */
static void match(struct trial *trial, const struct event *event, int64_t time)
{
	struct bench *bench = trial->bench;
	const uint32_t *rules;
	size_t count = matcher_run(bench->matcher, event, &rules);

	for (size_t i = 0; i < count; i++) {
		if (is_found(trial, rules[i]))
			continue;
		vec_push(&trial->found, rules[i]);
		trial->matched = trial->matched || rules[i] == trial->rule;
		findings_add(trial->findings, bench->plan, bench->matcher, rules[i], event, LANE_LIVE, time,
			     (uint32_t)trial->count);
	}
}

static void run_event(struct trial *trial, const struct moment *moment)
{
	struct bench *bench = trial->bench;
	struct event event;

	arena_reset(bench->arena);
	event_init(&event, bench->arena);
	vec_clear(&trial->found);
	trial->count++;
	if (moment->event->raw.len) {
		struct parse_input input = {.bytes = expand(trial, moment->event->raw, moment->number),
					    .hint = moment->event->source,
					    .received = moment->time,
					    .seq = trial->count};

		parser_run(bench->parser, &input, &event);
	} else {
		set_fields(trial, moment, &event);
	}
	event.seq = trial->count;
	event.received = moment->time;
	if (trial->timed)
		event_set_integer(&event, FIELD_ID_TIMESTAMP, moment->time);
	if (moment->event->raw.len)
		match(trial, &event, moment->time);
	for (size_t i = 0; !moment->event->raw.len && i < trial->sources.len; i++) {
		event.logsource =
			source_of(moment->event, ruleset_info(bench->rules, trial->sources.items[i]));
		match(trial, &event, moment->time);
	}
}

/* -- a test ---------------------------------------------------------------------------------------------- */

static void note_alert(void *context, const struct correlator_alert *alert)
{
	struct trial *trial = context;

	trial->matched = trial->matched || alert->rule == trial->rule;
}

static void correlate(struct trial *trial)
{
	if (trial->correlator)
		correlator_run(trial->correlator, trial->findings, note_alert, trial);
	findings_clear(trial->findings);
}

/* The detection rules behind a rule: an event of fields that does not say its log source is of theirs. */
static void add_sources(struct trial *trial, uint32_t rule)
{
	const struct correlation *correlation = ruleset_correlation(trial->bench->rules, rule);

	if (!correlation)
		vec_push(&trial->sources, rule);
	for (uint32_t i = 0; correlation && i < correlation->rule_count; i++)
		add_sources(trial, correlation->rules[i]);
}

static int compare_moments(const void *a, const void *b)
{
	const struct moment *left = a, *right = b;

	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	return left->order < right->order ? -1 : 1;
}

static void run_moments(struct trial *trial, const struct rule_test_event *events, size_t count)
{
	struct {
		VEC_OF(struct moment)
	} moments = {0};
	int64_t first = FIRST_EVENT;

	for (size_t i = count; i-- > 0;)
		if (events[i].absolute)
			first = events[i].at;
	for (size_t i = 0; i < count; i++)
		for (uint32_t n = 0; n < events[i].repeat && moments.len < EVENTS_MAX; n++) {
			int64_t time = events[i].at + (events[i].absolute ? 0 : first) + n * events[i].every;

			vec_push(&moments, ((struct moment){time, &events[i], n + 1, moments.len}));
		}
	if (moments.len)
		qsort(moments.items, moments.len, sizeof(*moments.items), compare_moments);
	for (size_t i = 0; i < moments.len; i++) {
		run_event(trial, &moments.items[i]);
		if ((i + 1) % FINDINGS_AT_ONCE == 0)
			correlate(trial);
	}
	vec_done(&moments);
}

static bool matches(struct bench *bench, uint32_t rule, const struct rule_test *test)
{
	const struct rule_test_event single = {.source = test->source,
					       .raw = test->raw,
					       .logsource = test->logsource,
					       .fields = test->fields,
					       .field_count = test->field_count,
					       .at = clock_now(),
					       .absolute = true,
					       .repeat = 1};
	struct trial trial = {
		.bench = bench, .rule = rule, .findings = findings_new(), .timed = test->event_count > 0};

	if (ruleset_correlation(bench->rules, rule)) { /* else nothing comes of findings */
		trial.correlator = correlator_new(bench->rules, NULL);
		correlator_speak(trial.correlator, rule);
	}
	add_sources(&trial, rule);
	if (test->event_count)
		run_moments(&trial, test->events, test->event_count);
	else
		run_moments(&trial, &single, 1);
	findings_add_time(trial.findings, LANE_LIVE, INT64_MAX);
	correlate(&trial);
	correlator_free(trial.correlator);
	findings_free(trial.findings);
	vec_done(&trial.found);
	vec_done(&trial.sources);
	return trial.matched;
}

static void show(bool json, const struct rule_info *info, const struct rule_test *test, bool passed)
{
	struct buf line = {0};

	if (!json) {
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

static void run_rule(struct bench *bench, uint32_t rule, rule_test_seen *seen, void *context)
{
	const struct rule_test *tests;
	size_t count;

	tests = ruleset_tests(bench->rules, rule, &count);
	for (size_t i = 0; i < count; i++)
		seen(context, &tests[i], matches(bench, rule, &tests[i]) == tests[i].match);
}

static void bench_init(struct bench *bench, const struct ruleset *set, const struct source_set *sources)
{
	bench->rules = set;
	bench->parser = parser_new(sources);
	bench->matcher = matcher_new(set);
	bench->plan = finding_plan_new(set);
	bench->arena = arena_new(0);
	must(bench->parser && bench->arena);
}

static void bench_done(struct bench *bench)
{
	parser_free(bench->parser);
	matcher_free(bench->matcher);
	finding_plan_free(bench->plan);
	arena_free(bench->arena);
}

void rule_tests_of(const struct ruleset *set, uint32_t rule, const struct source_set *sources,
		   rule_test_seen *seen, void *context)
{
	struct bench bench = {0};

	bench_init(&bench, set, sources);
	run_rule(&bench, rule, seen, context);
	bench_done(&bench);
}

/* -- the command ----------------------------------------------------------------------------------------- */

struct tally_of_tests {
	const struct rule_info *info;
	bool json;
	size_t passed, failed;
};

static void take_test(void *context, const struct rule_test *test, bool passed)
{
	struct tally_of_tests *tally = context;

	*(passed ? &tally->passed : &tally->failed) += 1;
	show(tally->json, tally->info, test, passed);
}

int rule_tests_run(const struct command *command, struct arguments *arguments, const struct rule_files *files)
{
	struct tally_of_tests tally = {.json = argument_flag(arguments, "json")};
	struct source_set *sources;
	struct bench bench = {0};
	int status = content_load_sources(command, arguments, &sources);

	if (status != EXIT_OK)
		return status;
	bench_init(&bench, files->set, sources);
	for (size_t i = 0; i < ruleset_count(files->set); i++) {
		tally.info = ruleset_info(files->set, i);
		run_rule(&bench, (uint32_t)i, take_test, &tally);
	}
	bench_done(&bench);
	source_set_free(sources);
	fprintf(stderr, "%zu rules, %zu not loaded; %zu tests passed, %zu failed\n",
		ruleset_count(files->set), files->refused, tally.passed, tally.failed);
	return tally.failed || files->refused || tally.passed == 0 ? EXIT_FINDING : EXIT_OK;
}
