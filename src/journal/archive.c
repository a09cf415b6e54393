/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "journal/archive_tail.h"
#include "journal/seal_private.h"

int seal_go_on(void *context, const char *name)
{
	(void)context;
	(void)name;
	return 0;
}

void sealed_info(const struct sealed *sealed, struct journal_segment_info *ret_info)
{
	const struct sealed_header *header = &sealed->header;
	bool deleted = header->flags & SEALED_DELETED;

	*ret_info = (struct journal_segment_info){
		.first_seq = header->first_seq,
		.last_seq = header->last_seq,
		.leaf_begin = header->before.end,
		.leaf_end = header->after.end,
		.lost = header->lost,
		.received_min = header->received_min,
		.received_max = header->received_max,
		.sealed = deleted ? header->changed : header->sealed,
		.bytes = sealed_bytes(sealed),
		.state = deleted ? JOURNAL_DELETED : JOURNAL_SEALED,
		.complete = true,
	};
	memcpy(ret_info->class_records, header->class_records, sizeof(ret_info->class_records));
	memcpy(ret_info->class_bytes, header->class_bytes, sizeof(ret_info->class_bytes));
}

static uint64_t bytes_of(const char *folder, const struct archive_entry *entry)
{
	char path[PATH_MAX];
	struct stat status;
	int r = entry->live ? journal_segment_path(folder, entry->name, path)
			    : sealed_path(folder, entry->name, path);

	return r == 0 && stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

/* Of a live segment the records are not looked at: when it was made and last written stand for the times. */
static int live_info(const char *folder, const struct archive_entry *entry, const struct journal_mark *mark,
		     uint64_t until, struct journal_segment_info *ret_info)
{
	struct journal_segment *segment;
	struct archive_tail tail;
	int r = journal_segment_open(folder, entry->name, &segment, NULL);

	if (r < 0)
		return r;
	archive_bound(segment, mark, until);
	archive_tail(segment, &tail);
	*ret_info = (struct journal_segment_info){
		.first_seq = entry->name,
		.last_seq = tail.last_seq ? tail.last_seq : entry->name - 1,
		.leaf_begin = segment->header.before.end,
		.leaf_end = tail.after.end,
		.received_min = segment->header.created,
		.received_max = tail.last_seq ? tail.time : segment->header.created,
		.bytes = bytes_of(folder, entry),
		.state = JOURNAL_LIVE,
		.complete = until != 0,
	};
	journal_segment_close(segment);
	return 0;
}

static int info_of(const char *folder, const struct journal_key *key, const struct archive_entry *entry,
		   const struct journal_mark *mark, uint64_t until, struct journal_segment_info *ret_info)
{
	struct sealed *sealed = NULL;
	int r = ERR_CORRUPT;

	if (entry->sealed) {
		r = sealed_open(folder, entry->name, key, &sealed, NULL);
		if (r == 0) {
			sealed_info(sealed, ret_info);
			sealed_close(sealed);
		}
	}
	if (r < 0 && entry->live)
		r = live_info(folder, entry, mark, until, ret_info);
	return r;
}

/* Whatever the journal holds, all of it is told; a segment that vanishes while we look is looked for again,
   for it has been sealed. */
static int visit_one(const char *folder, const struct journal_key *key, struct archive_entry entry,
		     const struct journal_mark *mark, uint64_t until,
		     int (*visit)(void *context, const struct journal_segment_info *info), void *context)
{
	struct journal_segment_info info;
	int r = info_of(folder, key, &entry, mark, until, &info);

	if (r == -ENOENT && !entry.sealed) {
		entry.sealed = true;
		r = info_of(folder, key, &entry, mark, until, &info);
	}
	if (r < 0)
		info = (struct journal_segment_info){.first_seq = entry.name,
						     .last_seq = until ? until - 1 : entry.name,
						     .bytes = bytes_of(folder, &entry),
						     .state = JOURNAL_DAMAGED,
						     .complete = until != 0};
	return visit(context, &info);
}

int journal_segments(const char *folder, const struct journal_key *key,
		     int (*visit)(void *context, const struct journal_segment_info *info), void *context,
		     struct err *ret_err)
{
	struct journal_mark mark = {0};
	struct archive_list list;
	int r = archive_read(folder, &mark, &list, ret_err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < list.len && r == 0; i++)
		r = visit_one(folder, key, list.items[i], &mark,
			      i + 1 < list.len ? list.items[i + 1].name : 0, visit, context);
	archive_list_done(&list);
	return r;
}
