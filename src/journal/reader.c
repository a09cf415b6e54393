/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "journal/folder.h"
#include "journal/head.h"
#include "journal/segment.h"

/* A reader without a head has nothing to sleep on. */
#define HEADLESS_POLL (50 * CLOCK_MILLISECOND)

/* The records of an encrypted frame. */
struct plain {
	struct plain *next;
	struct buf records;
};

struct journal_reader {
	char *folder;
	struct journal_key key, segment_key; /* the second is the segment's, where it is encrypted */
	bool has_key;
	struct journal_head *head;       /* NULL: none seen yet */
	struct journal_segment *segment; /* being read; NULL: none yet */
	struct journal_segment *retired; /* read, but records of it may be in use */
	uint64_t offset;                 /* of the next frame in segment */
	uint64_t released;               /* up to where in segment nothing is in use */
	uint64_t next;                   /* the next number wanted */
	struct plain *plain;             /* the frame being read, those before it behind it */
	uint64_t passed;                 /* segments named up to this are not looked at any more */

	/* what is left of the frame being read */
	const uint8_t *records;
	size_t records_len;
	uint64_t record_seq, record_leaf, frame_last;
	uint32_t left;

	int pending; /* found while waiting, told by the next journal_reader_next() */
	struct err pending_err;
};

int journal_reader_open(const char *folder, const struct journal_key *key, uint64_t seq,
			struct journal_reader **ret_reader, struct err *ret_err)
{
	struct journal_reader *reader = calloc(1, sizeof(*reader));

	must(reader);
	if (key) {
		reader->key = *key;
		reader->has_key = true;
	}
	reader->folder = strdup(folder);
	must(reader->folder);
	reader->next = seq ? seq : 1;
	if (strlen(folder) + sizeof("/" JOURNAL_LIVE_FOLDER "/00000000000000000000.wlj") > PATH_MAX) {
		journal_reader_close(reader);
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "%s: this name is too long", folder);
	}
	*ret_reader = reader;
	return 0;
}

static void close_retired(struct journal_reader *reader)
{
	while (reader->retired) {
		struct journal_segment *segment = reader->retired;

		reader->retired = segment->next;
		journal_segment_close(segment);
	}
}

/* All but the first keep. */
static void free_plain(struct plain **plain, unsigned keep)
{
	for (; *plain && keep; keep--)
		plain = &(*plain)->next;
	while (*plain) {
		struct plain *gone = *plain;

		*plain = gone->next;
		buf_done(&gone->records);
		free(gone);
	}
}

void journal_reader_close(struct journal_reader *reader)
{
	if (!reader)
		return;
	close_retired(reader);
	free_plain(&reader->plain, 0);
	journal_segment_close(reader->segment);
	journal_head_close(reader->head);
	OPENSSL_cleanse(&reader->key, sizeof(reader->key));
	OPENSSL_cleanse(&reader->segment_key, sizeof(reader->segment_key));
	free(reader->folder);
	free(reader);
}

void journal_reader_release(struct journal_reader *reader)
{
	uint64_t used;

	close_retired(reader);
	free_plain(&reader->plain, reader->left ? 1 : 0);
	if (!reader->segment)
		return;
	used = reader->left && !(reader->segment->header.flags & JOURNAL_ENCRYPTED)
		       ? (uint64_t)(reader->records - reader->segment->map)
		       : reader->offset;
	journal_segment_forget(reader->segment, reader->released, used);
	reader->released = used;
}

/* What may be read. 0, or why the head cannot be used. */
static int load_mark(struct journal_reader *reader, struct journal_mark *ret_mark, struct err *ret_err)
{
	if (!reader->head) {
		int r = journal_head_open(reader->folder, false, &reader->head);

		if (r == -ENOENT) {
			*ret_mark = (struct journal_mark){.durable = UINT64_MAX};
			return 0;
		}
		if (r < 0)
			return err_set(ret_err, r, 0, 0, "%s/live/head: %s", reader->folder, err_text(r));
	}
	journal_head_load(reader->head, ret_mark);
	return 0;
}

/* Names the numbers from next to last as gone and goes on behind them. */
static int report(struct journal_reader *reader, uint64_t last, const char *why, struct err *ret_err)
{
	uint64_t first = reader->next;

	reader->next = last + 1;
	return err_set(ret_err, ERR_CORRUPT, 0, 0, "%s: records %" PRIu64 " to %" PRIu64 " %s",
		       reader->folder, first, last, why);
}

/* Opens the segment to read after the current one, or the first. ERR_END where there is none. A damaged one
   is passed over; what was in it shows when the next frame follows on more than was read. */
static int open_segment(struct journal_reader *reader, const struct journal_mark *mark, struct err *ret_err)
{
	struct journal_listing listing;
	struct journal_segment *segment;
	uint64_t name;
	int r = journal_list(reader->folder, reader->passed ? reader->passed : reader->next, &listing);

	if (r == -ENOENT)
		return journal_refuse_flat(reader->folder, ret_err) < 0 ? ERR_VERSION : ERR_END;
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", reader->folder, err_text(r));
	if (!reader->passed && listing.first > reader->next)
		reader->next = listing.first; /* what was before is not kept any more */
	name = reader->passed || !listing.below ? listing.above : listing.below;
	if (!name && !listing.last)
		return journal_refuse_flat(reader->folder, ret_err) < 0 ? ERR_VERSION : ERR_END;
	if (!name || name > mark->durable)
		return ERR_END;
	r = journal_segment_open(reader->folder, name, &segment, ret_err);
	if (r == 0) {
		r = journal_segment_key(segment, reader->has_key ? &reader->key : NULL, &reader->segment_key,
					ret_err);
		if (r < 0) {
			journal_segment_close(segment);
			return r;
		}
	}
	if (r == 0 || r == ERR_CORRUPT || r == -ENOENT)
		reader->passed = name;
	if (r < 0)
		return r;
	if (reader->segment) {
		reader->segment->next = reader->retired;
		reader->retired = reader->segment;
	}
	reader->segment = segment;
	reader->offset = JOURNAL_PREFACE_SIZE;
	reader->released = 0;
	return 0;
}

/* How far the segment may be read, and from which number on a later one has the say. */
static int bound_segment(struct journal_reader *reader, const struct journal_mark *mark)
{
	struct journal_segment *segment = reader->segment;
	struct journal_listing listing;
	int r;

	if (mark->segment == segment->name) {
		journal_segment_limit(segment, mark->end);
		return 0;
	}
	if (segment->until)
		return 0;
	r = journal_list(reader->folder, segment->name, &listing);
	if (r < 0)
		return r;
	segment->until = listing.above;
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

/* The next frame to read in the open segment, where there is one: ERR_END where not. */
static int find_in_segment(struct journal_reader *reader, const struct journal_mark *mark,
			   struct journal_frame *ret_frame, struct err *ret_err)
{
	int r;

	if (!reader->segment)
		return ERR_END;
	r = bound_segment(reader, mark);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s: %s", reader->folder, err_text(r));
	if (reader->offset == JOURNAL_PREFACE_SIZE && reader->next > reader->segment->name)
		reader->offset = journal_segment_seek(reader->segment, reader->next);
	r = find_frame(reader, ret_frame);
	if (r == ERR_VERSION)
		err_set(ret_err, r, 0, 0,
			"%s: segment %020" PRIu64 " has a frame of a later version of this program",
			reader->folder, reader->segment->name);
	return r;
}

/* There is no further frame, though the head may say that there is something. */
static int at_end(struct journal_reader *reader, const struct journal_mark *mark, struct err *ret_err)
{
	if (!reader->head || reader->next > mark->durable)
		return ERR_END;
	if (reader->segment && reader->segment->name == mark->segment && mark->end == 0)
		return ERR_END; /* the writer is just changing segments */
	return report(reader, mark->durable, "are missing", ret_err);
}

/* Makes the frame at reader->offset the one being read. */
static int enter_frame(struct journal_reader *reader, const struct journal_frame *frame, struct err *ret_err)
{
	uint64_t offset = reader->offset;
	struct plain *plain = NULL;

	if (frame->follows >= reader->next)
		return report(reader, frame->follows, "are damaged or missing", ret_err);
	if (reader->next < frame->first_seq)
		reader->next = frame->first_seq; /* left out after a crash of the writer */
	reader->offset += journal_frame_size(frame);
	if (journal_segment_verify(reader->segment, offset, frame) < 0)
		return report(reader, journal_frame_last(frame), "are damaged: wrong checksum", ret_err);
	if (reader->segment->header.flags & JOURNAL_ENCRYPTED) {
		plain = calloc(1, sizeof(*plain));
		must(plain);
		plain->next = reader->plain;
		reader->plain = plain;
	}
	if (journal_segment_records(reader->segment, offset, frame, &reader->segment_key,
				    plain ? &plain->records : NULL, &reader->records,
				    &reader->records_len) < 0)
		return report(reader, journal_frame_last(frame), "were changed: they do not decrypt",
			      ret_err);
	reader->record_seq = frame->first_seq;
	reader->record_leaf = frame->leaf;
	reader->frame_last = journal_frame_last(frame);
	reader->left = frame->count;
	return 0;
}

/* Finds the frame with the next number and enters it. */
static int load_frame(struct journal_reader *reader, struct err *ret_err)
{
	struct journal_mark mark = {0};
	struct journal_frame frame = {0};
	int r = load_mark(reader, &mark, ret_err);

	if (r < 0)
		return r;
	if (reader->next > mark.durable)
		return ERR_END;
	for (;;) {
		r = find_in_segment(reader, &mark, &frame, ret_err);
		if (r == 0 && !reader->head && load_mark(reader, &mark, ret_err) == 0 && reader->head)
			continue; /* a writer has come: what we saw may not be durable */
		if (r == 0 && frame.first_seq <= mark.durable)
			return enter_frame(reader, &frame, ret_err);
		if (r == 0)
			return at_end(reader, &mark, ret_err);
		if (r != ERR_END)
			return r;
		r = open_segment(reader, &mark, ret_err);
		if (r == ERR_END)
			return at_end(reader, &mark, ret_err);
		if (r < 0 && r != ERR_CORRUPT && r != -ENOENT)
			return r;
	}
}

/* The next record of the frame being read that is not before the number wanted. ERR_END at its end. */
static int next_in_frame(struct journal_reader *reader, struct journal_record *ret_record,
			 struct err *ret_err)
{
	while (reader->left) {
		size_t size;

		if (journal_record_decode(reader->records, reader->records_len, ret_record, &size) < 0) {
			reader->left = 0;
			return report(reader, reader->frame_last, "are damaged: wrong length", ret_err);
		}
		ret_record->seq = reader->record_seq++;
		reader->record_leaf++;
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

uint64_t journal_reader_leaf(const struct journal_reader *reader)
{
	return reader->record_leaf - 1;
}

int journal_reader_next(struct journal_reader *reader, struct journal_record *ret_record, struct err *ret_err)
{
	struct journal_record record;
	int r = reader->pending;

	if (r < 0) {
		if (ret_err)
			*ret_err = reader->pending_err;
		reader->pending = 0;
		return r;
	}
	while ((r = next_in_frame(reader, &record, ret_err)) == ERR_END) {
		r = load_frame(reader, ret_err);
		if (r < 0)
			return r;
	}
	if (r == 0)
		*ret_record = record;
	return r;
}

/* True where journal_reader_next() has something to say. */
static bool look(struct journal_reader *reader)
{
	int r;

	if (reader->left || reader->pending)
		return true;
	reader->pending_err = (struct err){0};
	r = load_frame(reader, &reader->pending_err);
	if (r < 0 && r != ERR_END)
		reader->pending = r;
	return r != ERR_END;
}

static void sleep_for(int64_t time)
{
	struct timespec wait = {time / CLOCK_SECOND, time % CLOCK_SECOND * 1000};

	nanosleep(&wait, NULL);
}

bool journal_reader_wait(struct journal_reader *reader, int64_t timeout)
{
	int64_t deadline = clock_monotonic() + timeout;

	for (;;) {
		uint32_t ticket = reader->head ? journal_head_ticket(reader->head) : 0;
		int64_t left;

		if (look(reader))
			return true;
		left = deadline - clock_monotonic();
		if (left <= 0)
			return false;
		if (reader->head)
			journal_head_wait(reader->head, ticket, left);
		else
			sleep_for(left < HEADLESS_POLL ? left : HEADLESS_POLL);
	}
}
