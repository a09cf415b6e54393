/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_JOURNAL_ARCHIVE_HELPER_H
#define TEST_JOURNAL_ARCHIVE_HELPER_H
/* Journals of several segments, all of their records in memory to compare with, sealing and removing. */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/vec.h"
#include "journal/archive.h"
#include "journal/folder.h"
#include "journal/seal_private.h"

struct all_records {
	VEC_OF(struct journal_record)
	struct arena *arena;
};

/* Everything a reader gives from seq on; damage is a failure. */
static inline void records_read(const char *folder, const struct journal_key *key, uint64_t seq,
				struct all_records *all)
{
	struct journal_reader *reader;
	struct journal_record record;
	struct err err = {0};
	int r;

	*all = (struct all_records){.arena = arena_new(0)};
	assert_int_equal(journal_reader_open(folder, key, seq, &reader, NULL), 0);
	while ((r = journal_reader_next(reader, &record, &err)) == 0) {
		record.hint = arena_copy(all->arena, record.hint);
		record.bytes = arena_copy(all->arena, record.bytes);
		vec_push(all, record);
		if (record.seq % 7 == 0)
			journal_reader_release(reader);
	}
	if (r != ERR_END)
		fail_msg("%s: %s", err_text(r), err.message);
	journal_reader_close(reader);
}

static inline void records_done(struct all_records *all)
{
	arena_free(all->arena);
	vec_done(all);
}

static inline void assert_record(const struct journal_record *a, const struct journal_record *b)
{
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->received, b->received);
	assert_int_equal(a->listener, b->listener);
	assert_int_equal(a->flags, b->flags);
	assert_memory_equal(a->peer, b->peer, sizeof(a->peer));
	assert_true(str_eq(a->hint, b->hint));
	assert_true(str_eq(a->bytes, b->bytes));
}

static inline void assert_records(const struct all_records *a, const struct all_records *b)
{
	assert_int_equal(a->len, b->len);
	for (size_t i = 0; i < a->len; i++)
		assert_record(&a->items[i], &b->items[i]);
}

/* Seals what is complete and not sealed; returns how many. */
static inline unsigned seal_all(const char *folder, const struct journal_seal_options *options)
{
	static const struct journal_seal_options plain;
	struct archive_list list;
	struct journal_mark mark;
	unsigned count = 0;

	assert_int_equal(archive_read(folder, &mark, &list, NULL), 0);
	for (size_t i = 0; i + 1 < list.len; i++) {
		struct err err = {0};

		if (list.items[i].sealed)
			continue;
		if (journal_seal(folder, list.items[i].name, options ? options : &plain, NULL, &err) < 0)
			fail_msg("%llu: %s", (unsigned long long)list.items[i].name, err.message);
		count++;
	}
	archive_list_done(&list);
	return count;
}

/* Removes live segments that are sealed, as their owner would. */
static inline void remove_live(const char *folder)
{
	struct archive_list list;
	char path[PATH_MAX];

	assert_int_equal(archive_list_read(folder, &list), 0);
	for (size_t i = 0; i < list.len; i++)
		if (list.items[i].live && list.items[i].sealed &&
		    journal_segment_path(folder, list.items[i].name, path) == 0)
			assert_int_equal(unlink(path), 0);
	archive_list_done(&list);
}

/* The name of the n-th segment. */
static inline uint64_t segment_name(const char *folder, size_t n)
{
	struct archive_list list;
	uint64_t name;

	assert_int_equal(archive_list_read(folder, &list), 0);
	assert_true(n < list.len);
	name = list.items[n].name;
	archive_list_done(&list);
	return name;
}

static inline struct journal *open_keyed(const char *folder, const struct journal_key *key)
{
	const struct journal_options options = {.commit_delay = 200, .reserve_bytes = 1, .key = key};
	struct journal *journal;
	struct err err = {0};

	if (journal_open(folder, &options, NULL, NULL, &journal, &err) < 0)
		fail_msg("%s", err.message);
	return journal;
}

/* A writer's life: opens, appends records first to last, closes. Each makes a segment. */
static inline void write_segment(const char *folder, const struct journal_key *key, uint64_t first,
				 uint64_t last)
{
	struct journal *journal = open_keyed(folder, key);

	append_range(journal, first, last, false);
	journal_close(journal);
}

/* The head gone, the next writer does not know whether numbers were lost and leaves a gap. */
static inline void forget_head(const char *folder)
{
	char path[PATH_MAX];

	assert_int_equal(journal_path(folder, "head", path), 0);
	assert_int_equal(unlink(path), 0);
}

/* Damages the frame with a record in a live segment; the numbers it has. */
static inline void damage_frame(const char *folder, uint64_t name, uint64_t seq, uint64_t *ret_first,
				uint64_t *ret_last)
{
	struct journal_segment *segment;
	struct journal_frame frame = {0};
	uint64_t offset = JOURNAL_PREFACE_SIZE;
	char path[PATH_MAX], byte;
	int fd;

	assert_int_equal(journal_segment_open(folder, name, &segment, NULL), 0);
	while (journal_segment_frame(segment, offset, &frame) == 0 && journal_frame_last(&frame) < seq)
		offset += journal_frame_size(&frame);
	assert_in_range(seq, frame.first_seq, journal_frame_last(&frame));
	assert_int_equal(journal_segment_path(folder, name, path), 0);
	fd = open(path, O_RDWR);
	assert_int_equal(pread(fd, &byte, 1, (off_t)offset + JOURNAL_FRAME_HEADER_SIZE + 50), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)offset + JOURNAL_FRAME_HEADER_SIZE + 50), 1);
	close(fd);
	journal_segment_close(segment);
	*ret_first = frame.first_seq;
	*ret_last = journal_frame_last(&frame);
}

static inline void read_whole(const char *path, struct buf *out)
{
	buf_clear(out);
	assert_int_equal(io_read_file(path, 256u << 20, out), 0);
}

static inline void write_whole(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

#endif
