/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sealing makes of the lines on standard input: bytes an event in the file, MB/s, one record by number
 * from a cold file, and all in order beside the same records live. Usage: bench_sealed NAME [FOLDER [LEVEL
 * [REPEAT]]] <LINES. The page cache of the sealed file is dropped before each cold read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "journal/archive.h"
#include "journal/folder.h"
#include "journal/sealed.h"

#define INPUT_MAX (1u << 30)
#define COLD_READS 300

static void read_input(struct buf *input)
{
	for (ssize_t n = 1; n > 0; input->len += n > 0 ? (size_t)n : 0)
		n = io_read(STDIN_FILENO, buf_reserve(input, 1 << 20), 1 << 20);
	must(input->len < INPUT_MAX);
}

static void append_all(struct journal *journal, struct str rest, int64_t *time)
{
	struct journal_record record = {.listener = 2, .peer = {[10] = 0xff, [11] = 0xff, [12] = 10}};
	struct str line;
	uint32_t x = 1;

	while (str_split(&rest, '\n', &line)) {
		x = x * 1664525 + 1013904223;
		*time += x >> 21; /* 0 to 2 ms */
		record.peer[15] = (uint8_t)(x >> 26);
		record.received = *time;
		record.bytes = line;
		while (journal_append(journal, &record, 1) == -EAGAIN)
			;
	}
	must(journal_wait(journal, record.seq, 60 * CLOCK_SECOND) == 0);
}

static void make(const char *folder, struct str lines, int repeat)
{
	const struct journal_options options = {.segment_bytes = 1u << 30};
	struct journal *journal;
	int64_t time = 1700000000000000;

	must(journal_open(folder, &options, NULL, NULL, &journal, NULL) == 0);
	for (int i = 0; i < repeat; i++)
		append_all(journal, lines, &time);
	journal_close(journal);
	must(journal_open(folder, &options, NULL, NULL, &journal, NULL) == 0);
	append_all(journal, STR("the last segment"), &time);
	journal_close(journal);
}

static double read_all(const char *folder, uint64_t last)
{
	struct journal_reader *reader;
	struct journal_record record;
	int64_t start = clock_monotonic();
	uint64_t count = 0;

	must(journal_reader_open(folder, NULL, 1, &reader, NULL) == 0);
	while (journal_reader_next(reader, &record, NULL) == 0 && record.seq <= last)
		if (++count % 4096 == 0)
			journal_reader_release(reader);
	must(count == last);
	journal_reader_close(reader);
	return (double)count / ((double)(clock_monotonic() - start) / CLOCK_SECOND);
}

static int by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void cold_reads(const char *folder, uint64_t last)
{
	int64_t times[COLD_READS];
	struct arena *arena = arena_new(0);
	uint32_t x = 7;

	for (int i = 0; i < COLD_READS; i++) {
		struct journal_record record;
		struct sealed *sealed;
		int64_t start;

		must(sealed_open(folder, 1, NULL, &sealed, NULL) == 0);
		sealed_forget(sealed);
		sealed_close(sealed);
		x = x * 1664525 + 1013904223;
		start = clock_monotonic();
		must(journal_get(folder, NULL, 1 + x % last, arena, &record, NULL) == 0);
		times[i] = clock_monotonic() - start;
		arena_reset(arena);
	}
	qsort(times, COLD_READS, sizeof(times[0]), by_time);
	printf("  cold read by number: median %.2f ms, 99th %.2f ms\n", (double)times[COLD_READS / 2] / 1000,
	       (double)times[COLD_READS * 99 / 100] / 1000);
	arena_free(arena);
}

static int remove_file(const char *path, void *context)
{
	(void)context;
	return unlink(path);
}

int main(int argc, char **argv)
{
	struct journal_seal_options options = {.level = argc > 3 ? atoi(argv[3]) : 0};
	struct journal_segment_info info;
	struct rusage usage;
	char folder[PATH_MAX], path[PATH_MAX];
	struct buf input = {0};
	int64_t start;
	double live, seconds;

	must(snprintf(folder, sizeof(folder), "%s/bench-sealed-XXXXXX", argc > 2 ? argv[2] : ".") < PATH_MAX);
	must(mkdtemp(folder));
	read_input(&input);
	make(folder, buf_str(&input), argc > 4 ? atoi(argv[4]) : 1);
	start = clock_monotonic();
	must(journal_seal(folder, 1, &options, &info, NULL) == 0);
	seconds = (double)(clock_monotonic() - start) / CLOCK_SECOND;
	getrusage(RUSAGE_SELF, &usage);
	printf("%s: %lu events, %.1f B each\n", argc > 1 ? argv[1] : "lines", (unsigned long)info.leaf_end,
	       (double)info.class_bytes[0] / (double)info.leaf_end);
	printf("  sealed: %.2f B an event, all included; %.1f MB/s\n",
	       (double)info.bytes / (double)info.leaf_end, (double)info.class_bytes[0] / 1e6 / seconds);
	live = read_all(folder, info.last_seq);
	must(journal_segment_path(folder, 1, path) == 0 && unlink(path) == 0);
	printf("  in order: live %.0f records/s, sealed %.0f\n", live, read_all(folder, info.last_seq));
	cold_reads(folder, info.last_seq);
	must(io_walk(folder, "", remove_file, NULL) == 0);
	must(snprintf(path, sizeof(path), "%s/live", folder) < PATH_MAX && rmdir(path) == 0);
	must(snprintf(path, sizeof(path), "%s/sealed", folder) < PATH_MAX && rmdir(path) == 0);
	rmdir(folder);
	buf_done(&input);
	return 0;
}
