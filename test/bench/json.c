/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents per second of the JSON parser beside simdjson's, on a file of JSON
 * lines: bench_json FILE [ROUNDS]. The rounds of the two alternate so that both see
 * the same machine; the median of each is printed, and their ratio. simdjson builds its DOM,
 * which like ours validates everything and decodes every string.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/vec.h"
#include "test/bench/json_peer.h"

#define FILE_MAX (1024u * 1024 * 1024)
#define ROUNDS 15 /* at most, and where nothing is said */
#define ROUND_TIME (200 * CLOCK_MILLISECOND)

struct lines {
	VEC_OF(struct str)
};

static size_t parse_ours(void *context, const struct lines *lines)
{
	const struct json_node *nodes;
	size_t good = 0;

	for (size_t i = 0; i < lines->len; i++)
		good += json_parse(context, lines->items[i], &nodes, NULL) == 0;
	return good;
}

static size_t parse_peer(void *context, const struct lines *lines)
{
	size_t good = 0;

	for (size_t i = 0; i < lines->len; i++)
		good += json_peer_parse(context, lines->items[i].ptr, lines->items[i].len);
	return good;
}

/* The process's own, so that a busy machine disturbs less. */
static int64_t cpu_time(void)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) == 0);
	return ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

/* Documents per second over at least ROUND_TIME. */
static double measure(size_t (*parse)(void *, const struct lines *), void *context, const struct lines *lines)
{
	const int64_t start = cpu_time();
	int64_t taken;
	size_t documents = 0;

	do
		documents += parse(context, lines);
	while ((taken = cpu_time() - start) < ROUND_TIME);
	return (double)documents * CLOCK_SECOND / (double)taken;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *figures, size_t count)
{
	qsort(figures, count, sizeof(*figures), compare);
	return figures[count / 2];
}

static void run(const struct lines *lines, size_t bytes, size_t rounds)
{
	struct json_parser *parser = json_parser_new();
	void *peer = json_peer_new();
	double ours[ROUNDS], theirs[ROUNDS];

	must(parser && peer);
	printf("%zu documents of %.0f bytes\n", lines->len, (double)bytes / (double)lines->len);
	if (parse_ours(parser, lines) != lines->len || parse_peer(peer, lines) != lines->len)
		printf("not all of them are valid JSON\n");
	for (size_t i = 0; i < rounds; i++) {
		ours[i] = measure(parse_ours, parser, lines);
		theirs[i] = measure(parse_peer, peer, lines);
	}
	printf("ours %.0f/s, simdjson %.0f/s, ratio %.2f\n", median(ours, rounds), median(theirs, rounds),
	       median(ours, rounds) / median(theirs, rounds));
	json_parser_free(parser);
	json_peer_free(peer);
}

int main(int argc, char **argv)
{
	struct lines lines = {0};
	struct buf file = {0};
	struct str rest, line;
	int64_t rounds = ROUNDS;
	int r = argc == 2 || argc == 3 ? io_read_file(argv[1], FILE_MAX, &file) : ERR_SYNTAX;

	if (r == 0 && argc == 3)
		r = str_to_i64(str_from(argv[2]), &rounds);
	if (r < 0 || rounds < 1 || rounds > ROUNDS) {
		fprintf(stderr, "usage: bench_json FILE [ROUNDS] (of JSON lines): %s\n", err_text(r));
		return 2;
	}
	buf_reserve(&file, 4096); /* simdjson reads past the end */
	rest = buf_str(&file);
	while (str_split(&rest, '\n', &line))
		if (line.len)
			vec_push(&lines, line);
	if (lines.len)
		run(&lines, file.len, (size_t)rounds);
	vec_done(&lines);
	buf_done(&file);
	return 0;
}
