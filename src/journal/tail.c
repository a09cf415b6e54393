/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "journal/folder.h"
#include "journal/leaf.h"
#include "journal/private.h"

struct walk {
	const char *folder;
	const struct journal_segment *segment;
	struct journal_key key; /* the segment's, where it is encrypted */
	uint64_t acknowledged;
	struct buf scratch;
	bool damaged;    /* something before offset could not be read */
	uint64_t offset; /* of the frame being looked at */
	struct journal_frame frame;
	struct journal_tail tail;
};

/* Opened anew, for the segment's own descriptor is for reading. */
static int write_at(const struct walk *walk, const void *bytes, size_t len, uint64_t offset)
{
	char path[PATH_MAX];
	int fd, r = journal_segment_path(walk->folder, walk->segment->name, path);

	if (r < 0)
		return r;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pwrite(fd, bytes, len, (off_t)offset) != (ssize_t)len || fdatasync(fd) < 0)
		r = errno ? -errno : -EIO;
	close(fd);
	return r;
}

/* The records are whole and the trailer is not: it is made again from the records and the tree before them,
   and proven right by its checksum in the header. */
static int mend_trailer(struct walk *walk, struct tlog_range *ret_after)
{
	const struct journal_frame *frame = &walk->frame;
	const struct journal_segment *segment = walk->segment;
	uint8_t trailer[JOURNAL_TRAILER_MAX];
	struct tlog_range after = walk->tail.after;
	const uint8_t *records;
	size_t len;
	int r;

	if (frame->leaf != after.end)
		return ERR_CORRUPT;
	r = journal_segment_records(segment, walk->offset, frame, &walk->key, &walk->scratch, &records, &len);
	if (r == 0)
		r = journal_leaves_append(records, len, frame->first_seq, frame->count, &after, NULL);
	if (r < 0)
		return ERR_CORRUPT;
	len = journal_trailer_encode(&after, trailer);
	if (journal_payload_checksum(trailer, len, segment->header.salt) != frame->trailer_checksum)
		return ERR_CORRUPT;
	*ret_after = after;
	return write_at(walk, trailer, len, walk->offset + JOURNAL_FRAME_HEADER_SIZE + frame->stored);
}

/* Whether the frame counts as written. ERR_CORRUPT: it is no frame, or a torn one. */
static int examine(struct walk *walk, struct tlog_range *ret_after)
{
	const struct journal_frame *frame = &walk->frame;
	bool records = journal_segment_verify(walk->segment, walk->offset, frame) == 0;
	bool trailer = journal_segment_after(walk->segment, walk->offset, frame, ret_after) == 0;

	if (records && trailer)
		return 0;
	if (journal_frame_last(frame) > walk->acknowledged || (!records && !trailer))
		return ERR_CORRUPT;
	return trailer ? 0 : mend_trailer(walk, ret_after);
}

/* A frame that is whole but not where its leaves say is no accident: the file was put together. */
static int check_leaf(const struct walk *walk, struct err *ret_err)
{
	uint64_t leaf = walk->frame.leaf, leaves = walk->tail.after.end;

	if (leaf == leaves || (walk->damaged && leaf > leaves))
		return 0;
	return err_set(ret_err, ERR_CORRUPT, 0, 0,
		       "the records from %" PRIu64 " on have leaf index %" PRIu64 " where %" PRIu64
		       " is next; somebody changed this file: keep a copy, and put it back as it was",
		       walk->frame.first_seq, leaf, leaves);
}

static int step(struct walk *walk, struct err *ret_err)
{
	const struct journal_segment *segment = walk->segment;
	struct tlog_range after;
	int r = journal_segment_frame(segment, walk->offset, &walk->frame);

	if (r == 0)
		r = examine(walk, &after);
	if (r == 0) {
		r = check_leaf(walk, ret_err);
		walk->offset += journal_frame_size(&walk->frame);
		walk->damaged = false;
		walk->tail = (struct journal_tail){walk->offset, journal_frame_last(&walk->frame), after};
		return r;
	}
	if (r == ERR_VERSION)
		return err_set(ret_err, r, 0, 0, "a later version of this program wrote in it");
	if (r != ERR_CORRUPT && r != ERR_END)
		return r;
	walk->offset = journal_segment_resync(segment, walk->offset + JOURNAL_ALIGN, segment->limit);
	walk->damaged = true;
	return 0;
}

int journal_tail_find(const char *folder, const struct journal_segment *segment,
		      const struct journal_key *key, uint64_t acknowledged, struct journal_tail *ret_tail,
		      struct err *ret_err)
{
	struct walk walk = {
		.folder = folder,
		.segment = segment,
		.acknowledged = acknowledged,
		.offset = JOURNAL_PREFACE_SIZE,
		.tail = {.end = JOURNAL_PREFACE_SIZE, .after = segment->header.before},
	};
	int r = journal_segment_key(segment, key, &walk.key, ret_err);

	while (r == 0 && walk.offset < segment->limit)
		r = step(&walk, ret_err);
	buf_done(&walk.scratch);
	if (r == 0)
		*ret_tail = walk.tail;
	return r;
}
