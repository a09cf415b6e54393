/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events per second of parser_run(), one core: bench_parse SOURCES FILE…
 *
 * First a mix of syslog lines of twenty sources (parse_mix.h), from twenty senders and
 * from one relay. Then each file's lines; of JSON lines also simdjson's DOM of the same
 * bytes, rounds of the two alternating. All are run again and again for ROUND_TIME, the
 * arena reset after each event; the best round counts. Time is the process's own, so that
 * a busy machine disturbs less.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/vec.h"
#include "parse/source.h"
#include "test/bench/json_peer.h"
#include "test/bench/parse_mix.h"

#define FILE_MAX (1024u * 1024 * 1024)
#define ROUNDS 5
#define ROUND_TIME (300 * CLOCK_MILLISECOND)
#define MIX_LINES 20000

struct lines {
	VEC_OF(struct mix_line)
	size_t bytes;
	bool relayed; /* all from one */
};

struct runner {
	struct parser *parser;
	struct arena *arena;
	void *peer;
	const struct lines *lines;
};

static struct str run_one(struct runner *runner, const struct mix_line *line)
{
	struct parse_input input = {
		.bytes = line->bytes, .received = INT64_C(1793000000000000), .listener = 1};
	struct event event;

	input.peer[10] = input.peer[11] = 0xFF;
	input.peer[12] = 10;
	input.peer[15] = (uint8_t)(runner->lines->relayed ? 1 : line->sender + 1);
	arena_reset(runner->arena);
	event_init(&event, runner->arena);
	parser_run(runner->parser, &input, &event);
	return event.source;
}

static void run_ours(struct runner *runner)
{
	for (size_t i = 0; i < runner->lines->len; i++)
		run_one(runner, &runner->lines->items[i]);
}

static void run_peer(struct runner *runner)
{
	for (size_t i = 0; i < runner->lines->len; i++)
		must(json_peer_parse(runner->peer, runner->lines->items[i].bytes.ptr,
				     runner->lines->items[i].bytes.len));
}

static int64_t cpu_time(void)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) == 0);
	return ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

/* Lines per second over at least ROUND_TIME. */
static double measure(void (*run)(struct runner *), struct runner *runner)
{
	const int64_t start = cpu_time();
	int64_t taken;
	size_t lines = 0;

	do {
		run(runner);
		lines += runner->lines->len;
	} while ((taken = cpu_time() - start) < ROUND_TIME);
	return (double)lines * CLOCK_SECOND / (double)taken;
}

static void report(struct runner *runner, const struct lines *lines, const char *what)
{
	const bool json = runner->peer && lines->items[0].bytes.ptr[0] == '{';
	double ours = 0, peer = 0;
	struct str source;

	runner->lines = lines;
	source = run_one(runner, &lines->items[0]);
	for (int i = 0; i < ROUNDS; i++) {
		const double rate = measure(run_ours, runner), other = json ? measure(run_peer, runner) : 0;

		ours = rate > ours ? rate : ours;
		peer = other > peer ? other : peer;
	}
	printf("%10.0f events/s  %5zu B/event  %-20.*s %s", ours, lines->bytes / lines->len, STR_FMT(source),
	       what);
	if (json)
		printf("  (simdjson's DOM %.0f/s, ratio %.2f)", peer, ours / peer);
	printf("\n");
}

static void run_mix(struct runner *runner, const struct source_set *set)
{
	struct arena *arena = arena_new(0);
	struct mix_line *made = mix_make(set, MIX_LINES, arena);
	struct lines lines = {0};
	size_t wrong = 0;

	for (size_t i = 0; i < MIX_LINES; i++) {
		vec_push(&lines, made[i]);
		lines.bytes += made[i].bytes.len;
	}
	report(runner, &lines, "twenty sources, twenty senders");
	lines.relayed = true;
	report(runner, &lines, "twenty sources, one relay");
	for (size_t i = 0; i < lines.len; i++)
		wrong += !str_eq(run_one(runner, &lines.items[i]), lines.items[i].source);
	if (wrong)
		printf("%zu of %zu lines were taken for another source's\n", wrong, lines.len);
	vec_done(&lines);
	arena_free(arena);
}

static int run_file(struct runner *runner, const char *path)
{
	struct lines lines = {0};
	struct buf file = {0};
	struct str rest, line;

	if (io_read_file(path, FILE_MAX, &file) < 0) {
		fprintf(stderr, "%s cannot be read\n", path);
		return 1;
	}
	buf_reserve(&file, 4096); /* simdjson reads past the end */
	rest = buf_str(&file);
	while (str_split(&rest, '\n', &line))
		if (line.len) {
			vec_push(&lines, ((struct mix_line){.bytes = line}));
			lines.bytes += line.len;
		}
	if (lines.len)
		report(runner, &lines, path);
	vec_done(&lines);
	buf_done(&file);
	return 0;
}

int main(int argc, char **argv)
{
	struct source_set *set;
	struct runner runner = {.arena = arena_new(0), .peer = json_peer_new()};
	int failed = 0;

	if (argc < 2 || source_set_load(argv[1], NULL, NULL, &set) < 0) {
		fprintf(stderr, "usage: bench_parse SOURCES FILE…\n");
		return 2;
	}
	runner.parser = parser_new(set);
	printf("%zu sources\n", source_set_count(set));
	run_mix(&runner, set);
	for (int i = 2; i < argc; i++)
		failed |= run_file(&runner, argv[i]);
	json_peer_free(runner.peer);
	parser_free(runner.parser);
	source_set_free(set);
	arena_free(runner.arena);
	return failed;
}
