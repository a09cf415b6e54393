/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "journal/reader_private.h"

int journal_get(const char *folder, const struct journal_key *key, uint64_t seq, struct arena *arena,
		struct journal_record *ret_record, struct err *ret_err)
{
	struct journal_reader *reader;
	struct journal_record record;
	int r;

	if (!seq)
		return ERR_END;
	r = journal_reader_open(folder, key, seq, &reader, ret_err);
	if (r < 0)
		return r;
	reader->stop = seq;
	r = journal_reader_next(reader, &record, ret_err);
	if (r == 0 && record.seq != seq)
		r = ERR_END;
	if (r == 0) {
		record.hint = arena_copy(arena, record.hint);
		record.bytes = arena_copy(arena, record.bytes);
		*ret_record = record;
	}
	journal_reader_close(reader);
	return r;
}

/* The last number of a journal without a head, from its last segment's frames. */
static int last_without_head(const char *folder, const struct archive_entry *entry, uint64_t *ret_last)
{
	struct journal_segment *segment;
	struct sealed *sealed = NULL;
	struct journal_frame frame = {0};
	int r;

	if (!entry->live) {
		r = sealed_open(folder, entry->name, NULL, &sealed, NULL);
		if (r == 0) {
			*ret_last = sealed->header.last_seq;
			sealed_close(sealed);
		}
		return r;
	}
	r = journal_segment_open(folder, entry->name, &segment, NULL);
	if (r < 0)
		return r;
	for (uint64_t at = journal_segment_seek(segment, UINT64_MAX); r != ERR_END;) {
		r = journal_segment_frame(segment, at, &frame);
		if (r == 0 && journal_segment_verify(segment, at, &frame) == 0)
			*ret_last = journal_frame_last(&frame);
		if (r == ERR_VERSION)
			break;
		at = r == 0 ? at + journal_frame_size(&frame)
			    : journal_segment_resync(segment, at + JOURNAL_ALIGN, segment->limit);
	}
	journal_segment_close(segment);
	return r == ERR_END ? 0 : r;
}

static uint64_t file_bytes(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

/* A sealed file of two headers and nothing else is what is left of a deleted segment. */
static void add_segment(const char *folder, const struct archive_entry *entry, struct journal_stat *stat)
{
	char path[PATH_MAX];
	bool there = entry->live;
	uint64_t bytes;

	if (entry->live && journal_segment_path(folder, entry->name, path) == 0)
		stat->bytes += file_bytes(path);
	if (entry->sealed && sealed_path(folder, entry->name, path) == 0) {
		bytes = file_bytes(path);
		stat->bytes += bytes;
		there |= bytes > 2 * SEALED_HEADER_SIZE;
	}
	if (there && !stat->first_seq)
		stat->first_seq = entry->name;
	stat->segments++;
}

int journal_stat(const char *folder, struct journal_stat *ret_stat)
{
	struct journal_stat stat = {0};
	struct archive_list list = {0};
	struct journal_mark mark;
	struct journal_head *head;
	int r = archive_list_read(folder, &list);

	if (r < 0)
		return r;
	for (size_t i = 0; i < list.len; i++)
		add_segment(folder, &list.items[i], &stat);
	r = journal_head_open(folder, false, &head);
	if (r == 0) {
		journal_head_load(head, &mark);
		stat.durable_seq = mark.durable;
		journal_head_close(head);
	} else if (r == -ENOENT) {
		r = list.len ? last_without_head(folder, &list.items[list.len - 1], &stat.durable_seq) : 0;
	}
	archive_list_done(&list);
	if (r == 0)
		*ret_stat = stat;
	return r;
}
