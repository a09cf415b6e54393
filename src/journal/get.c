/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/arena.h"
#include "journal/folder.h"
#include "journal/head.h"

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

/* The last number of a journal without a head, by reading its last segment. */
static int last_without_head(const char *folder, uint64_t segment, uint64_t *ret_last)
{
	struct journal_reader *reader;
	struct journal_record record;
	int r = journal_reader_open(folder, NULL, segment, &reader, NULL);

	if (r < 0)
		return r;
	while ((r = journal_reader_next(reader, &record, NULL)) == 0 || r == ERR_CORRUPT)
		if (r == 0)
			*ret_last = record.seq;
	journal_reader_close(reader);
	return r == ERR_END ? 0 : r;
}

int journal_stat(const char *folder, struct journal_stat *ret_stat)
{
	struct journal_stat stat = {0};
	struct journal_listing listing;
	struct journal_mark mark;
	struct journal_head *head;
	int r = journal_list(folder, 0, &listing);

	if (r == 0) {
		stat.first_seq = listing.first;
		stat.segments = listing.segments;
		stat.bytes = listing.bytes;
		r = journal_head_open(folder, false, &head);
		if (r == 0) {
			journal_head_load(head, &mark);
			stat.durable_seq = mark.durable;
			journal_head_close(head);
		} else if (r == -ENOENT && listing.last) {
			r = last_without_head(folder, listing.last, &stat.durable_seq);
		}
	}
	if (r < 0 && r != -ENOENT)
		return r;
	*ret_stat = stat;
	return 0;
}
