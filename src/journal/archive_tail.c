/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/archive_tail.h"

#include <errno.h>

int archive_mark(const char *folder, struct journal_mark *ret_mark)
{
	struct journal_head *head;
	int r = journal_head_open(folder, false, &head);

	if (r == -ENOENT) {
		*ret_mark = (struct journal_mark){.durable = UINT64_MAX};
		return 0;
	}
	if (r < 0)
		return r;
	journal_head_load(head, ret_mark);
	journal_head_close(head);
	return 0;
}

int archive_read(const char *folder, struct journal_mark *ret_mark, struct archive_list *ret_list,
		 struct err *ret_err)
{
	int r = archive_mark(folder, ret_mark);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s/live/head: %s", folder, err_text(r));
	r = archive_list_read(folder, ret_list);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", folder, err_text(r));
	while (ret_list->len && ret_list->items[ret_list->len - 1].name > ret_mark->durable)
		ret_list->len--;
	return 0;
}

void archive_bound(struct journal_segment *segment, const struct journal_mark *mark, uint64_t until)
{
	segment->until = until;
	journal_segment_limit(segment, mark->segment == segment->name ? mark->end : UINT64_MAX);
}

/* The last whole frame from an offset on. */
static void scan(const struct journal_segment *segment, uint64_t offset, struct archive_tail *tail)
{
	for (;;) {
		struct journal_frame frame = {0};
		struct tlog_range after;
		int r = journal_segment_frame(segment, offset, &frame);

		if (r == ERR_END || r == ERR_VERSION ||
		    (r == 0 && segment->until && frame.first_seq >= segment->until))
			return;
		if (r == ERR_CORRUPT) {
			offset = journal_segment_resync(segment, offset + JOURNAL_ALIGN, segment->limit);
			continue;
		}
		if (journal_segment_after(segment, offset, &frame, &after) == 0 &&
		    after.end > tail->after.end)
			*tail = (struct archive_tail){journal_frame_last(&frame), frame.time, after};
		offset += journal_frame_size(&frame);
	}
}

void archive_tail(const struct journal_segment *segment, struct archive_tail *ret_tail)
{
	struct archive_tail tail = {.after = segment->header.before};

	scan(segment, journal_segment_seek(segment, UINT64_MAX), &tail);
	if (!tail.last_seq)
		scan(segment, JOURNAL_PREFACE_SIZE, &tail);
	*ret_tail = tail;
}
