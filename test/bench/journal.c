/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the journal makes records durable, and reads them, beside a plain write and fdatasync of the same
 *bytes in the same chunks. Usage: bench_journal [FOLDER [MEGABYTES]]. Run it on the disk in question:
 *
 *	meson setup build-release && ninja -C build-release && build-release/test/bench/bench_journal .
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "journal/folder.h"

#define CHUNK (1024 * 1024)
#define BATCH 256 /* records an append takes, as from a socket's read */

static void print(const char *what, size_t size, uint64_t count, int64_t time)
{
	double seconds = (double)time / CLOCK_SECOND;

	printf("%-22s %5zu B  %9.0f records/s  %8.1f MB/s\n", what, size, (double)count / seconds,
	       (double)count * (double)size / 1e6 / seconds);
}

static void bench_plain(const char *folder, size_t size, uint64_t count)
{
	char path[PATH_MAX], *chunk = calloc(1, CHUNK);
	uint64_t left = size * count;
	int64_t start;
	int fd;

	must(chunk && journal_path(folder, "plain", path) == 0);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	must(fd >= 0);
	start = clock_monotonic();
	while (left) {
		size_t len = left < CHUNK ? left : CHUNK;

		must(io_write(fd, chunk, len) == 0 && fdatasync(fd) == 0);
		left -= len;
	}
	print("write + fdatasync", size, count, clock_monotonic() - start);
	close(fd);
	unlink(path);
	free(chunk);
}

static void bench_append(const char *folder, size_t size, uint64_t count, size_t batch)
{
	struct journal_record records[BATCH];
	char *text = calloc(1, size);
	struct journal *journal;
	struct err err = {0};
	int64_t start;
	int r = journal_open(folder, NULL, NULL, NULL, &journal, &err);

	if (r < 0) {
		fprintf(stderr, "%s\n", err.message);
		exit(3);
	}
	for (size_t i = 0; i < BATCH; i++)
		records[i] = (struct journal_record){.received = clock_now(), .bytes = {text, size}};
	start = clock_monotonic();
	for (uint64_t done = 0; done < count; done += batch)
		while ((r = journal_append(journal, records, batch)) == -EAGAIN)
			;
	must(r == 0 && journal_wait(journal, records[batch - 1].seq, 60 * CLOCK_SECOND) == 0);
	print(batch == 1 ? "append by 1, durable" : "append by 256, durable", size, count,
	      clock_monotonic() - start);
	journal_close(journal);
	free(text);
}

static void bench_read(const char *folder, size_t size)
{
	struct journal_reader *reader;
	struct journal_record record;
	int64_t start = clock_monotonic();
	uint64_t count = 0, bytes = 0;

	must(journal_reader_open(folder, NULL, 1, &reader, NULL) == 0);
	while (journal_reader_next(reader, &record, NULL) == 0) {
		bytes += record.bytes.len;
		if (++count % 4096 == 0)
			journal_reader_release(reader);
	}
	must(bytes == count * size);
	print("journal_reader_next", size, count, clock_monotonic() - start);
	journal_reader_close(reader);
}

static int remove_file(const char *path, void *context)
{
	(void)context;
	return unlink(path);
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = {705, 146};
	uint64_t bytes = (argc > 2 ? strtoull(argv[2], NULL, 10) : 256) * 1000000;
	char folder[PATH_MAX];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint64_t count = bytes / sizes[i] / BATCH * BATCH;

		must(journal_path(argc > 1 ? argv[1] : ".", "bench-journal-XXXXXX", folder) == 0);
		must(mkdtemp(folder));
		bench_plain(folder, sizes[i], count);
		bench_append(folder, sizes[i], count, BATCH);
		bench_append(folder, sizes[i], count, 1);
		bench_read(folder, sizes[i]);
		must(io_walk(folder, "", remove_file, NULL) == 0 && rmdir(folder) == 0);
	}
	return 0;
}
