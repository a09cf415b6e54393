/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the journal makes records durable, with and without the hashes of the Merkle tree and with
 * encryption, and reads them, beside a plain write and fdatasync of the same bytes in the same chunks:
 * medians of rounds in which all take turns, and their ratio to the plain one. MB are those of the records'
 * content. Usage: bench_journal [FOLDER [MEGABYTES [ROUNDS]]]; the first CPU alone: taskset -c 0
 * bench_journal …
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "journal/folder.h"
#include "journal/leaf.h"

#define CHUNK (1024 * 1024)
#define BATCH 256 /* records an append takes, as from a socket's read */
#define ROUNDS_MAX 25

struct bench {
	char folder[PATH_MAX];
	size_t size;
	uint64_t count;
	size_t batch;
	bool encrypted;
};

/* --- without hashing: the linker puts this in the place of the journal's function ----------------------- */

static bool hashing = true;

int __real_journal_leaves_append(const uint8_t *records, size_t len, uint64_t first_seq, uint32_t count,
				 struct tlog_range *range, struct tlog_hash *ret_leaves);
int __wrap_journal_leaves_append(const uint8_t *records, size_t len, uint64_t first_seq, uint32_t count,
				 struct tlog_range *range, struct tlog_hash *ret_leaves);

int __wrap_journal_leaves_append(const uint8_t *records, size_t len, uint64_t first_seq, uint32_t count,
				 struct tlog_range *range, struct tlog_hash *ret_leaves)
{
	if (hashing)
		return __real_journal_leaves_append(records, len, first_seq, count, range, ret_leaves);
	range->end += count;
	range->count = (unsigned)__builtin_popcountll(range->end);
	return 0;
}

/* --- what is measured ----------------------------------------------------------------------------------- */

static void bench_plain(const struct bench *bench)
{
	char path[PATH_MAX], *chunk = calloc(1, CHUNK);
	uint64_t left = bench->size * bench->count;
	int fd;

	must(chunk && journal_path(bench->folder, "plain", path) == 0);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	must(fd >= 0);
	while (left) {
		size_t len = left < CHUNK ? left : CHUNK;

		must(io_write(fd, chunk, len) == 0 && fdatasync(fd) == 0);
		left -= len;
	}
	close(fd);
	free(chunk);
}

static void bench_append(const struct bench *bench)
{
	static const struct journal_key key = {{1}};
	const struct journal_options options = {.key = bench->encrypted ? &key : NULL};
	struct journal_record records[BATCH];
	char *text = calloc(1, bench->size);
	struct journal *journal;
	struct err err = {0};
	int r = journal_open(bench->folder, &options, NULL, NULL, &journal, &err);

	if (r < 0) {
		fprintf(stderr, "%s\n", err.message);
		exit(3);
	}
	for (size_t i = 0; i < BATCH; i++)
		records[i] = (struct journal_record){.received = clock_now(), .bytes = {text, bench->size}};
	for (uint64_t done = 0; done < bench->count; done += bench->batch)
		while ((r = journal_append(journal, records, bench->batch)) == -EAGAIN)
			;
	must(r == 0 && journal_wait(journal, records[bench->batch - 1].seq, 60 * CLOCK_SECOND) == 0);
	journal_close(journal);
	free(text);
}

static void bench_read(const struct bench *bench)
{
	struct journal_reader *reader;
	struct journal_record record;
	uint64_t count = 0, bytes = 0;

	must(journal_reader_open(bench->folder, NULL, 1, &reader, NULL) == 0);
	while (journal_reader_next(reader, &record, NULL) == 0) {
		bytes += record.bytes.len;
		if (++count % 4096 == 0)
			journal_reader_release(reader);
	}
	must(bytes == bench->count * bench->size);
	journal_reader_close(reader);
}

/* --- rounds --------------------------------------------------------------------------------------------- */

enum { PLAIN, UNHASHED, HASHED, ENCRYPTED, BY_ONE, READ, CASES };
static const char *const names[CASES] = {"write + fdatasync", "append, no hashes", "append",
					 "append, encrypted", "append one by one", "journal_reader_next"};

struct figure {
	double wall, cpu; /* MB a second; of the time that passed, of the CPU time that was used */
};

static int64_t cpu_time(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * CLOCK_SECOND + usage.ru_utime.tv_usec +
	       usage.ru_stime.tv_usec;
}

static int remove_file(const char *path, void *context)
{
	(void)context;
	return unlink(path);
}

static struct figure run(struct bench bench, int which)
{
	double bytes = (double)(bench.size * bench.count);
	int64_t start, cpu;

	hashing = which != UNHASHED;
	bench.batch = which == BY_ONE ? 1 : BATCH;
	bench.encrypted = which == ENCRYPTED;
	if (which != READ)
		must(io_walk(bench.folder, "", remove_file, NULL) == 0);
	start = clock_monotonic();
	cpu = cpu_time();
	if (which == PLAIN)
		bench_plain(&bench);
	else if (which == READ)
		bench_read(&bench);
	else
		bench_append(&bench);
	cpu = cpu_time() - cpu;
	return (struct figure){bytes / (double)(clock_monotonic() - start), bytes / (double)(cpu ? cpu : 1)};
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const struct figure *figures, size_t count, bool cpu)
{
	double values[ROUNDS_MAX];

	for (size_t i = 0; i < count; i++)
		values[i] = cpu ? figures[i].cpu : figures[i].wall;
	qsort(values, count, sizeof(values[0]), compare);
	return values[count / 2];
}

static void bench_size(struct bench bench, size_t rounds)
{
	struct figure figures[CASES][ROUNDS_MAX];
	double plain;

	for (size_t round = 0; round < rounds; round++)
		for (int which = 0; which < CASES; which++)
			figures[which][round] = run(bench, which);
	plain = median(figures[PLAIN], rounds, false);
	printf("%zu B, medians of %zu rounds of %.0f MB\n", bench.size, rounds,
	       (double)(bench.size * bench.count) / 1e6);
	for (int which = 0; which < CASES; which++) {
		double wall = median(figures[which], rounds, false);

		printf("  %-20s %8.1f MB/s  %9.0f records/s  ratio %.2f  %8.1f MB per CPU second\n",
		       names[which], wall, wall * 1e6 / (double)bench.size, wall / plain,
		       median(figures[which], rounds, true));
	}
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = {705, 146};
	uint64_t bytes = (argc > 2 ? strtoull(argv[2], NULL, 10) : 128) * 1000000;
	size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 5;
	struct bench bench = {0};
	char live[PATH_MAX];

	must(rounds >= 1 && rounds <= ROUNDS_MAX);
	must(snprintf(bench.folder, PATH_MAX, "%s/bench-journal-XXXXXX", argc > 1 ? argv[1] : ".") <
	     PATH_MAX);
	must(mkdtemp(bench.folder) && journal_make_folder(bench.folder) == 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		bench.size = sizes[i];
		bench.count = bytes / sizes[i] / BATCH * BATCH;
		bench_size(bench, rounds);
	}
	must(io_walk(bench.folder, "", remove_file, NULL) == 0 && journal_path(bench.folder, "", live) == 0);
	must(rmdir(live) == 0 && rmdir(bench.folder) == 0);
	return 0;
}
