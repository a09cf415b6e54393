/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault_flip JOURNAL COUNT SEED: flips one bit after the other anywhere in the files of a journal that nobody
 * writes, reads all of it each time, and puts the bit back. What is read must be what was there before, in
 * order; where a record is missing, the reader must have said so. Exits 1 where one was changed or missing
 * without a word.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/vec.h"
#include "journal/journal.h"

#define PATH_SIZE 512

struct seen {
	uint64_t seq, hash;
};

struct file {
	char path[PATH_SIZE];
	uint64_t size;
};

static struct {
	VEC_OF(struct seen)
} before;
static struct {
	VEC_OF(struct file)
} files;

static void add_files(const char *folder)
{
	DIR *dir = opendir(folder);
	struct file file;
	struct stat status;

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (entry->d_name[0] == '.' ||
		    snprintf(file.path, PATH_SIZE, "%s/%s", folder, entry->d_name) >= PATH_SIZE ||
		    stat(file.path, &status) < 0)
			continue;
		file.size = (uint64_t)status.st_size;
		if (S_ISDIR(status.st_mode))
			add_files(file.path);
		else if (S_ISREG(status.st_mode) && file.size &&
			 (strstr(file.path, ".wl") || strcmp(entry->d_name, "head") == 0))
			vec_push(&files, file);
	}
	if (dir)
		closedir(dir);
}

static uint64_t hash_record(const struct journal_record *record)
{
	uint64_t parts[4] = {(uint64_t)record->received, record->listener, record->flags,
			     hash_str(record->hint)};

	return hash_str(record->bytes) ^ hash_bytes(parts, sizeof(parts)) ^
	       hash_bytes(record->peer, sizeof(record->peer));
}

struct outcome {
	uint64_t read, changed, reports;
};

/* What is not known yet is remembered where first. */
static struct outcome read_all(const char *folder, bool first)
{
	struct outcome outcome = {0};
	struct journal_reader *reader;
	struct journal_record record;
	struct err err = {0};
	size_t at = 0;
	int r = journal_reader_open(folder, NULL, 1, &reader, &err);

	if (r < 0)
		return (struct outcome){.reports = 1};
	while ((r = journal_reader_next(reader, &record, &err)) == 0 || r == ERR_CORRUPT) {
		struct seen seen = {record.seq, r == 0 ? hash_record(&record) : 0};

		if (r == ERR_CORRUPT) {
			outcome.reports++;
			continue;
		}
		if (first)
			vec_push(&before, seen);
		while (at < before.len && before.items[at].seq < seen.seq)
			at++;
		outcome.changed += at == before.len || before.items[at].seq != seen.seq ||
				   before.items[at].hash != seen.hash;
		outcome.read++;
		journal_reader_release(reader);
	}
	outcome.reports += r != ERR_END;
	journal_reader_close(reader);
	return outcome;
}

static uint64_t pick(uint64_t *state, uint64_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (*state >> 16) % below;
}

static void flip(const struct file *file, uint64_t offset, unsigned bit)
{
	int fd = open(file->path, O_RDWR | O_CLOEXEC);
	uint8_t byte;

	if (fd < 0 || pread(fd, &byte, 1, (off_t)offset) != 1) {
		perror(file->path);
		exit(2);
	}
	byte ^= (uint8_t)(1u << bit);
	if (pwrite(fd, &byte, 1, (off_t)offset) != 1) {
		perror(file->path);
		exit(2);
	}
	close(fd);
}

/* Half of the flips are where files begin, since most of a file is records; the head is one page, used at its
 * front. */
static uint64_t pick_offset(uint64_t *state, uint64_t size)
{
	uint64_t front = size <= 4096 ? 128 : 8192;

	return pick(state, pick(state, 2) && size > front ? front : size);
}

int main(int argc, char **argv)
{
	uint64_t state = argc == 4 ? strtoull(argv[3], NULL, 10) : 0, bad = 0, hit = 0, most = 0;
	int count = argc == 4 ? atoi(argv[2]) : 0;
	struct outcome whole;

	if (argc != 4)
		return 2;
	add_files(argv[1]);
	whole = read_all(argv[1], true);
	if (!files.len || !whole.read || whole.reports) {
		fprintf(stderr, "%s is not whole to begin with\n", argv[1]);
		return 2;
	}
	for (int i = 0; i < count; i++) {
		const struct file *file = &files.items[pick(&state, files.len)];
		uint64_t offset = pick_offset(&state, file->size), gone;
		unsigned bit = (unsigned)pick(&state, 8);
		struct outcome outcome;

		flip(file, offset, bit);
		outcome = read_all(argv[1], false);
		flip(file, offset, bit);
		gone = whole.read - outcome.read;
		hit += gone > 0;
		most = gone > most ? gone : most;
		if (!outcome.changed && (!gone || outcome.reports))
			continue;
		bad++;
		printf("%s, byte %" PRIu64 ", bit %u: %" PRIu64 " records changed, %" PRIu64 " gone, %" PRIu64
		       " reports\n",
		       file->path, offset, bit, outcome.changed, gone, outcome.reports);
	}
	printf("bit flips: %d in %zu files of %" PRIu64 " records; %" PRIu64
	       " made records unreadable, at most %" PRIu64 " at once; %" PRIu64 " not told or wrong\n",
	       count, files.len, whole.read, hit, most, bad);
	return bad > 0;
}
