/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events per second of parser_run() on files of lines, one core:
 * bench_parse SOURCES FILE… . Each file's lines are run again and again for ROUND_TIME,
 * the arena reset after each event; the best round is printed with what recognised
 * the first line. Time is the process's own, so that a busy machine disturbs less.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/vec.h"
#include "parse/source.h"

#define FILE_MAX (1024u * 1024 * 1024)
#define ROUNDS 5
#define ROUND_TIME (300 * CLOCK_MILLISECOND)

struct lines {
	VEC_OF(struct str)
};

static struct str run_one(struct parser *parser, struct arena *arena, struct str line)
{
	struct parse_input input = {.bytes = line, .received = INT64_C(1793000000000000)};
	struct event event;

	arena_reset(arena);
	event_init(&event, arena);
	parser_run(parser, &input, &event);
	return event.source;
}

static int64_t cpu_time(void)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) == 0);
	return ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

static double measure(struct parser *parser, struct arena *arena, const struct lines *lines)
{
	const int64_t start = cpu_time();
	int64_t taken;
	size_t events = 0;

	do {
		for (size_t i = 0; i < lines->len; i++)
			run_one(parser, arena, lines->items[i]);
		events += lines->len;
	} while ((taken = cpu_time() - start) < ROUND_TIME);
	return (double)events * CLOCK_SECOND / (double)taken;
}

static int run_file(struct parser *parser, struct arena *arena, const char *path)
{
	struct lines lines = {0};
	struct buf file = {0};
	struct str rest, line, source;
	size_t bytes = 0;
	double best = 0;

	if (io_read_file(path, FILE_MAX, &file) < 0) {
		fprintf(stderr, "%s cannot be read\n", path);
		return 1;
	}
	rest = buf_str(&file);
	while (str_split(&rest, '\n', &line))
		if (line.len) {
			vec_push(&lines, line);
			bytes += line.len;
		}
	if (!lines.len)
		return 1;
	source = run_one(parser, arena, lines.items[0]);
	for (int i = 0; i < ROUNDS; i++) {
		double rate = measure(parser, arena, &lines);

		best = rate > best ? rate : best;
	}
	printf("%10.0f events/s  %5zu B/event  %-20.*s %s\n", best, bytes / lines.len, STR_FMT(source), path);
	vec_done(&lines);
	buf_done(&file);
	return 0;
}

int main(int argc, char **argv)
{
	struct source_set *set;
	struct parser *parser;
	struct arena *arena = arena_new(0);
	int failed = 0;

	if (argc < 3 || source_set_load(argv[1], NULL, NULL, &set) < 0) {
		fprintf(stderr, "usage: bench_parse SOURCES FILE…\n");
		return 2;
	}
	parser = parser_new(set);
	for (int i = 2; i < argc; i++)
		failed |= run_file(parser, arena, argv[i]);
	parser_free(parser);
	source_set_free(set);
	arena_free(arena);
	return failed;
}
