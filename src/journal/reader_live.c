/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "journal/reader_private.h"

int reader_live_open(struct journal_reader *reader, uint64_t name, struct err *ret_err)
{
	struct journal_segment *segment;
	int r = journal_segment_open(reader->folder, name, &segment, ret_err);

	if (r < 0)
		return r;
	r = journal_segment_key(segment, reader->keyed ? &reader->key : NULL, &reader->segment_key, ret_err);
	if (r < 0) {
		journal_segment_close(segment);
		return r;
	}
	if (reader->segment) {
		reader->segment->next = reader->retired;
		reader->retired = reader->segment;
	}
	reader->segment = segment;
	reader->offset = JOURNAL_PREFACE_SIZE;
	reader->released = 0;
	return 0;
}

static void free_pages(struct journal_reader *reader, struct reader_page *keep)
{
	struct reader_page **at = &reader->pages;

	while (*at) {
		struct reader_page *page = *at;

		if (page == keep) {
			at = &page->next;
			continue;
		}
		*at = page->next;
		buf_done(&page->plain);
		free(page);
	}
}

void reader_live_release(struct journal_reader *reader)
{
	uint64_t used = reader->left ? reader->frame_start : reader->offset;

	while (reader->retired) {
		struct journal_segment *segment = reader->retired;

		reader->retired = segment->next;
		journal_segment_close(segment);
	}
	free_pages(reader, reader->left ? reader->pages : NULL); /* the first is of the frame being read */
	if (!reader->segment)
		return;
	journal_segment_forget(reader->segment, reader->released, used);
	reader->released = used;
}

void reader_live_close(struct journal_reader *reader)
{
	reader->left = 0;
	reader_live_release(reader);
	journal_segment_close(reader->segment);
	reader->segment = NULL;
}

/* How far the segment may be read, and from which number on a later one has the say. */
static int bound(struct journal_reader *reader, const struct journal_mark *mark)
{
	struct journal_segment *segment = reader->segment;
	struct archive_around around;
	int r;

	if (mark->segment == segment->name) {
		journal_segment_limit(segment, mark->end);
		return 0;
	}
	if (segment->until)
		return 0;
	r = archive_list_around(reader->folder, segment->name, &around);
	if (r < 0)
		return r;
	segment->until = around.above.name;
	journal_segment_limit(segment, UINT64_MAX);
	return 0;
}

/* The next frame of the segment that has something to read, at reader->offset. ERR_END where there is none.
 */
static int find_frame(struct journal_reader *reader, struct journal_frame *ret_frame)
{
	const struct journal_segment *segment = reader->segment;

	for (;;) {
		int r = journal_segment_frame(segment, reader->offset, ret_frame);

		if (r == ERR_CORRUPT)
			reader->offset = journal_segment_resync(segment, reader->offset + JOURNAL_ALIGN,
								segment->limit);
		else if (r < 0)
			return r;
		else if (segment->until && ret_frame->first_seq >= segment->until)
			return ERR_END;
		else if (journal_frame_last(ret_frame) >= reader->next)
			return 0;
		else
			reader->offset += journal_frame_size(ret_frame);
	}
}

/* The frame's records: in the map, or decrypted to a page of their own. */
static int get_records(struct journal_reader *reader, uint64_t offset, const struct journal_frame *frame)
{
	struct reader_page *page = NULL;

	if (reader->segment->header.flags & JOURNAL_ENCRYPTED) {
		page = calloc(1, sizeof(*page));
		must(page);
		page->next = reader->pages;
		reader->pages = page;
	}
	return journal_segment_records(reader->segment, offset, frame, &reader->segment_key,
				       page ? &page->plain : NULL, &reader->records, &reader->records_len);
}

/* Makes the frame at reader->offset the one being read. */
static int enter_frame(struct journal_reader *reader, const struct journal_frame *frame, struct err *ret_err)
{
	uint64_t offset = reader->offset;

	if (frame->follows >= reader->next)
		return reader_report(reader, frame->follows, "are damaged or missing", ret_err);
	if (reader->next < frame->first_seq)
		reader->next = frame->first_seq; /* left out after a crash of the writer */
	reader->offset += journal_frame_size(frame);
	if (journal_segment_verify(reader->segment, offset, frame) < 0)
		return reader_report(reader, journal_frame_last(frame), "are damaged: wrong checksum",
				     ret_err);
	if (get_records(reader, offset, frame) < 0)
		return reader_report(reader, journal_frame_last(frame), "were changed: they do not decrypt",
				     ret_err);
	reader->frame_start = offset;
	reader->record_seq = frame->first_seq;
	reader->record_leaf = frame->leaf;
	reader->frame_last = journal_frame_last(frame);
	reader->left = frame->count;
	return 0;
}

int reader_live_load(struct journal_reader *reader, struct journal_mark *mark, struct err *ret_err)
{
	struct journal_frame frame = {0};
	int r = bound(reader, mark);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", reader->folder, err_text(r));
	if (reader->offset == JOURNAL_PREFACE_SIZE && reader->next > reader->segment->name)
		reader->offset = journal_segment_seek(reader->segment, reader->next);
	r = find_frame(reader, &frame);
	if (r == ERR_VERSION)
		return err_set(ret_err, r, 0, 0,
			       "%s: segment %020" PRIu64 " has a frame of a later version of this program",
			       reader->folder, reader->segment->name);
	if (r < 0)
		return r;
	if (!reader->head && reader_load_mark(reader, mark, ret_err) == 0 && reader->head)
		return -EAGAIN; /* a writer has come: what we saw may not be durable */
	return frame.first_seq <= mark->durable ? enter_frame(reader, &frame, ret_err) : ERR_BUSY;
}

int reader_live_next(struct journal_reader *reader, struct journal_record *ret_record, struct err *ret_err)
{
	while (reader->left) {
		size_t size;

		if (journal_record_decode(reader->records, reader->records_len, ret_record, &size) < 0) {
			reader->left = 0;
			return reader_report(reader, reader->frame_last, "are damaged: wrong length",
					     ret_err);
		}
		ret_record->seq = reader->record_seq++;
		reader->leaf = reader->record_leaf++;
		reader->records += size;
		reader->records_len -= size;
		reader->left--;
		if (ret_record->seq >= reader->next) {
			reader->next = ret_record->seq + 1;
			return 0;
		}
	}
	return ERR_END;
}
