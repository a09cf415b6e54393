/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds per event of matcher_run() alone, one core:
 * bench_match [-a] [-u] [-r ROUNDS] [-t N] SOURCES RULES FILE… . Files hold one event a line. Some events
 * at a time are parsed, then matched with the clock running, so that the caches are as
 * in the program. Each round has a fresh matcher: what it remembers it has to learn.
 *	-t N  also the N rules that were candidates most often, with the time of an evaluation
 *	-a  all rules, whatever the log source
 *	-u  each value in a spelling of its own: letters are made upper case by chance
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/vec.h"
#include "detect/detect.h"
#include "parse/source.h"

#define FILE_MAX (1024u * 1024 * 1024)
#define CHUNK 256
#define ROUNDS 7
#define ROUNDS_MAX 1000

struct lines {
	VEC_OF(struct str)
};

struct bench {
	struct source_set *sources;
	struct ruleset *rules;
	struct parser *parser;
	struct arena *arena;
	struct event *events; /* CHUNK of them */
	unsigned rounds, top;
	bool all_rules, unique;
	uint64_t random;
};

static uint64_t cpu_time(void)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) == 0);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void vary(struct bench *bench, struct value *value)
{
	char *text = arena_alloc(bench->arena, value->len + 1);

	for (uint32_t i = 0; i < value->len; i++) {
		char c = value->text[i];

		bench->random ^= bench->random << 13;
		bench->random ^= bench->random >> 7;
		bench->random ^= bench->random << 17;
		text[i] = (char)(char_lower(c) >= 'a' && char_lower(c) <= 'z' && bench->random & 64 ? c ^ 0x20
												    : c);
	}
	value->text = text;
}

static void parse_chunk(struct bench *bench, const struct str *lines, size_t count)
{
	arena_reset(bench->arena);
	for (size_t i = 0; i < count; i++) {
		struct parse_input input = {.bytes = lines[i], .received = INT64_C(1793000000000000)};
		struct event *event = &bench->events[i];

		event_init(event, bench->arena);
		parser_run(bench->parser, &input, event);
		for (uint32_t k = 0; bench->unique && k < event->attr_count; k++)
			vary(bench, &event->attrs[k].value);
		for (uint32_t k = 0; bench->unique && k < event->field_count; k++)
			vary(bench, &event->fields[k].value);
	}
}

static uint64_t run_round(struct bench *bench, struct matcher *matcher, const struct lines *lines,
			  size_t *ret_matches)
{
	uint64_t taken = 0;
	size_t matches = 0;

	for (size_t at = 0; at < lines->len; at += CHUNK) {
		size_t count = lines->len - at < CHUNK ? lines->len - at : CHUNK;
		const uint32_t *rules;
		uint64_t start;

		parse_chunk(bench, lines->items + at, count);
		start = cpu_time();
		for (size_t i = 0; i < count; i++)
			matches += matcher_run(matcher, &bench->events[i], &rules);
		taken += cpu_time() - start;
	}
	*ret_matches = matches;
	return taken;
}

static int compare_times(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* Of the candidates of an event: the number that a share of the events does not exceed. */
static size_t percentile(const uint64_t *histogram, uint64_t events, double share)
{
	uint64_t seen = 0;
	size_t at = 0;

	while (at + 1 < CANDIDATES_BUCKETS && (double)(seen += histogram[at]) < share * (double)events)
		at++;
	return at;
}

/* The rules that were candidates most often. */
static void print_top(const struct bench *bench, const struct matcher *matcher)
{
	unsigned top = bench->top;
	uint64_t below = UINT64_MAX;

	while (top) {
		uint64_t next = 0;

		for (uint32_t i = 0; i < ruleset_count(bench->rules); i++) {
			struct rule_stats stats;

			matcher_rule_stats(matcher, i, &stats);
			if (stats.candidates < below && stats.candidates > next)
				next = stats.candidates;
		}
		for (uint32_t i = 0; next && top && i < ruleset_count(bench->rules); i++) {
			struct rule_stats stats;

			matcher_rule_stats(matcher, i, &stats);
			if (stats.candidates != next)
				continue;
			printf("    %7llu %7llu %6.0f ns  %.*s\n", (unsigned long long)stats.candidates,
			       (unsigned long long)stats.matches,
			       stats.samples ? (double)stats.nanoseconds / (double)stats.samples : 0,
			       STR_FMT(ruleset_info(bench->rules, i)->file));
			top--;
		}
		below = next;
		if (!next)
			break;
	}
}

static int run_file(struct bench *bench, const char *path)
{
	uint64_t times[ROUNDS_MAX];
	struct lines lines = {0};
	struct buf file = {0};
	struct str rest, line;
	struct matcher *matcher = NULL;
	size_t matches = 0;
	const uint64_t *histogram;

	if (io_read_file(path, FILE_MAX, &file) < 0) {
		fprintf(stderr, "%s cannot be read\n", path);
		return 1;
	}
	rest = buf_str(&file);
	while (str_split(&rest, '\n', &line))
		if (line.len)
			vec_push(&lines, line);
	for (unsigned i = 0; i < bench->rounds; i++) {
		matcher_free(matcher);
		matcher = matcher_new(bench->rules);
		bench->random = 88172645463325252u;
		times[i] = run_round(bench, matcher, &lines, &matches);
	}
	qsort(times, bench->rounds, sizeof(times[0]), compare_times);
	histogram = matcher_candidates_histogram(matcher);
	printf("%8.0f %8.0f ns/event  candidates %6.2f p95 %3zu max %3zu  matches %7zu  events %7zu  %s\n",
	       (double)times[0] / (double)lines.len, (double)times[bench->rounds / 2] / (double)lines.len,
	       (double)matcher_candidates(matcher) / (double)lines.len,
	       percentile(histogram, lines.len, 0.95), percentile(histogram, lines.len, 1), matches,
	       lines.len, path);
	print_top(bench, matcher);
	matcher_free(matcher);
	vec_done(&lines);
	buf_done(&file);
	return 0;
}

static void ignore(void *context, const struct err *err)
{
	(void)context, (void)err;
}

static int usage(void)
{
	fprintf(stderr, "usage: bench_match [-a] [-u] [-r ROUNDS] [-t N] SOURCES RULES FILE…\n");
	return 2;
}

static bool load(struct bench *bench, const char *sources, const char *rules)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	bool ok = source_set_load(sources, NULL, NULL, &bench->sources) >= 0 &&
		  ruleset_add(builder, rules, ignore, NULL) >= 0;

	bench->rules = ruleset_build(builder, bench->all_rules);
	return ok;
}

int main(int argc, char **argv)
{
	struct bench bench = {.rounds = ROUNDS};
	int option, failed = 0;

	while ((option = getopt(argc, argv, "aur:t:")) != -1) {
		if (option == '?')
			return usage();
		bench.all_rules |= option == 'a';
		bench.unique |= option == 'u';
		if (option == 'r')
			bench.rounds = (unsigned)atoi(optarg);
		if (option == 't')
			bench.top = (unsigned)atoi(optarg);
	}
	if (argc - optind < 3 || bench.rounds < 1 || bench.rounds > ROUNDS_MAX ||
	    !load(&bench, argv[optind], argv[optind + 1]))
		return usage();
	bench.parser = parser_new(bench.sources);
	bench.arena = arena_new(0);
	bench.events = calloc(CHUNK, sizeof(*bench.events));
	must(bench.parser && bench.arena && bench.events);
	for (int i = optind + 2; i < argc; i++)
		failed |= run_file(&bench, argv[i]);
	parser_free(bench.parser);
	ruleset_free(bench.rules);
	source_set_free(bench.sources);
	arena_free(bench.arena);
	free(bench.events);
	return failed;
}
