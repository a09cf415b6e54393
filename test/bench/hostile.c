/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hostile rules and events cost the others: bench_hostile SOURCES RULES FILE [EVENTS [ATTACK]].
 * FILE holds one event a line, which is repeated. For each hostile addition the base rules run
 * over the same events without and with it, in turns, and the rates are compared. In CPU time
 * of the thread; parsing is not counted. The ratio is over the whole run, with what it cost until
 * the rule was set aside, and over the last half.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/vec.h"
#include "detect/detect.h"
#include "parse/source.h"

#define FILE_SIZE_MAX (1024u * 1024 * 1024)
#define CHUNK 256
#define EVENTS 1000000
#define LONG_EVERY 100 /* one event in so many gets a long value, where the attack is by events */
#define LONG_LEN (64 * 1024)

enum attack_event { EVENT_AS_IT_IS, EVENT_LONG };

static const struct attack {
	const char *name;
	const char *rule; /* its detection; %s: a list of values */
	unsigned values;
	enum attack_event event;
} attacks[] = {
	{"nothing", NULL, 0, EVENT_AS_IT_IS},
	{"backtracking, from the start", "s: {'CommandLine|re': '^([\\w\\\\.:/ -]+)*[!@]$'}", 0,
	 EVENT_AS_IT_IS},
	{"backtracking, anywhere", "s: {'CommandLine|re': '([a-z]+)*([a-z]+)*([a-z]+)*[!@]'}", 0,
	 EVENT_AS_IT_IS},
	{"backtracking, long value", "s: {'CommandLine|re': '(a+)+[b]'}", 0, EVENT_LONG},
	{"backtracking, all values", "s: {'|re': '(.*)(.*)(.*)(.*)[0-9][!@]'}", 0, EVENT_AS_IT_IS},
	{"100,000 values", "s: {CommandLine: [%s]}", 100000, EVENT_AS_IT_IS},
	{"100,000 parts", "s: {'CommandLine|contains': [%s]}", 100000, EVENT_AS_IT_IS},
	{"10,000 patterns", "s: {'CommandLine|contains': ['*a*e*#', %s]}", 10000, EVENT_AS_IT_IS},
	{"10,000 patterns, long value", "s: {'CommandLine|contains': ['a*?a*b', %s]}", 10000, EVENT_LONG},
	{"1,000 wildcards, long value", "s: {'CommandLine|contains': '%s#'}", 500, EVENT_LONG},
	{"long value alone", NULL, 0, EVENT_LONG},
};

struct bench {
	struct source_set *sources;
	const char *rules_path;
	struct parser *parser;
	struct arena *arena;
	struct event events[CHUNK];
	struct {
		VEC_OF(struct str)
	} lines;
	struct value long_value;
	size_t count; /* events of a run */
};

struct side {
	struct ruleset *rules;
	struct matcher *matcher;
	uint64_t first, last; /* nanoseconds of both halves */
	size_t matches;
};

static void ignore(void *context, const struct err *err)
{
	(void)context;
	fprintf(stderr, "%s:%u: %s\n", err->file, err->line, err->message);
}

static void add_values(struct buf *out, const struct attack *attack)
{
	bool wild = strchr(attack->rule, '#') != NULL && attack->values <= 500;

	for (unsigned i = 0; i < attack->values; i++)
		if (wild)
			buf_printf(out, "a?");
		else if (strstr(attack->rule, "'*a*e*#'"))
			buf_printf(out, "%s'*a*e?%u*#'", i ? "," : "", i);
		else if (strstr(attack->rule, "'a*?a*b'"))
			buf_printf(out, "%s'a?a%u*b'", i ? "," : "", i);
		else
			buf_printf(out, "%svalue%u.exe", i ? "," : "", i);
}

static void add_hostile(struct ruleset_builder *builder, const struct attack *attack)
{
	struct buf text = {0};
	const char *list = attack->rule ? strstr(attack->rule, "%s") : NULL;

	if (!attack->rule)
		return;
	buf_printf(&text, "title: hostile\nlogsource: {product: windows}\ndetection: {");
	buf_add(&text, attack->rule, list ? (size_t)(list - attack->rule) : strlen(attack->rule));
	add_values(&text, attack);
	buf_printf(&text, "%s, condition: s}\n", list ? list + 2 : "");
	ruleset_add_text(builder, "hostile.yml", buf_str(&text), ignore, NULL);
	buf_done(&text);
}

static void make_side(const struct bench *bench, const struct attack *attack, struct side *side)
{
	struct ruleset_builder *builder = ruleset_builder_new();

	must(ruleset_add(builder, bench->rules_path, ignore, NULL) >= 0);
	if (attack)
		add_hostile(builder, attack);
	*side = (struct side){.rules = ruleset_build(builder, false)};
	side->matcher = matcher_new(side->rules);
}

static void free_side(struct side *side)
{
	matcher_free(side->matcher);
	ruleset_free(side->rules);
}

static void parse_chunk(struct bench *bench, size_t from, enum attack_event kind)
{
	arena_reset(bench->arena);
	for (size_t i = 0; i < CHUNK; i++) {
		struct parse_input input = {.bytes = bench->lines.items[(from + i) % bench->lines.len],
					    .received = INT64_C(1793000000000000)};
		struct event *event = &bench->events[i];

		event_init(event, bench->arena);
		parser_run(bench->parser, &input, event);
		for (uint32_t k = 0; kind == EVENT_LONG && i % LONG_EVERY == 0 && k < event->attr_count; k++)
			if (str_eq(event->attrs[k].key, STR("CommandLine")))
				event->attrs[k].value = bench->long_value;
	}
}

static void run_chunk(const struct bench *bench, struct side *side, uint64_t *time)
{
	uint64_t start = clock_thread();
	const uint32_t *rules;

	for (size_t i = 0; i < CHUNK; i++)
		side->matches += matcher_run(side->matcher, &bench->events[i], &rules);
	*time += clock_thread() - start;
}

static void show_aside(void *context, const struct rule_aside *aside)
{
	const struct side *side = context;

	printf("    aside: %.*s after %llu events, %.0f ms of %.0f, %llu cut short\n",
	       STR_FMT(ruleset_info(side->rules, aside->rule)->title), (unsigned long long)aside->events,
	       (double)aside->nanoseconds / 1e6, (double)aside->thread_nanoseconds / 1e6,
	       (unsigned long long)aside->cut_short);
}

static void run_attack(struct bench *bench, const struct attack *attack)
{
	struct side plain, hostile;

	make_side(bench, NULL, &plain);
	make_side(bench, attack, &hostile);
	for (size_t at = 0; at < bench->count; at += CHUNK) {
		bool late = at >= bench->count / 2;

		parse_chunk(bench, at, attack->event);
		run_chunk(bench, &plain, late ? &plain.last : &plain.first);
		run_chunk(bench, &hostile, late ? &hostile.last : &hostile.first);
	}
	printf("%-28s %8.0f %8.0f ns/event  ratio %.3f, last half %.3f  matches %zu %zu  aside %zu\n",
	       attack->name, (double)(plain.first + plain.last) / (double)bench->count,
	       (double)(hostile.first + hostile.last) / (double)bench->count,
	       (double)(plain.first + plain.last) / (double)(hostile.first + hostile.last),
	       (double)plain.last / (double)hostile.last, plain.matches, hostile.matches,
	       ruleset_aside(hostile.rules, NULL, NULL));
	ruleset_aside(hostile.rules, show_aside, &hostile);
	fflush(stdout);
	free_side(&plain);
	free_side(&hostile);
}

static bool load(struct bench *bench, char **argv, struct buf *file)
{
	struct str rest, line;

	if (source_set_load(argv[1], NULL, NULL, &bench->sources) < 0 ||
	    io_read_file(argv[3], FILE_SIZE_MAX, file) < 0)
		return false;
	rest = buf_str(file);
	while (str_split(&rest, '\n', &line))
		if (line.len)
			vec_push(&bench->lines, line);
	bench->rules_path = argv[2];
	return bench->lines.len > 0;
}

int main(int argc, char **argv)
{
	static struct bench bench;
	struct buf file = {0};
	char *text = malloc(LONG_LEN);

	if (argc < 4 || !text || !load(&bench, argv, &file)) {
		fprintf(stderr, "usage: bench_hostile SOURCES RULES FILE [EVENTS [ATTACK]]\n");
		return 2;
	}
	memset(text, 'a', LONG_LEN);
	bench.long_value = value_string(str_of(text, LONG_LEN));
	bench.count = argc > 4 ? (size_t)atol(argv[4]) : EVENTS;
	bench.parser = parser_new(bench.sources);
	bench.arena = arena_new(0);
	must(bench.parser && bench.arena);
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
		if (argc < 6 || strstr(attacks[i].name, argv[5]))
			run_attack(&bench, &attacks[i]);
	parser_free(bench.parser);
	source_set_free(bench.sources);
	arena_free(bench.arena);
	vec_done(&bench.lines);
	buf_done(&file);
	free(text);
	return 0;
}
