/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/remove.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/io.h"
#include "journal/archive.h"
#include "journal/folder.h"
#include "journal/head.h"
#include "journal/segment.h"

/* The range of all leaves before a live segment, as its preface has it. */
static int range_before(const char *folder, uint64_t name, struct tlog_range *ret_range, struct err *ret_err)
{
	struct journal_segment *segment;
	int r = journal_segment_open(folder, name, &segment, ret_err);

	if (r < 0)
		return r;
	*ret_range = segment->header.before;
	journal_segment_close(segment);
	return 0;
}

static bool same_range(const struct tlog_range *a, const struct tlog_range *b)
{
	return a->begin == b->begin && a->end == b->end && a->count == b->count &&
	       memcmp(a->hashes, b->hashes, a->count * sizeof(a->hashes[0])) == 0;
}

/* The range behind the last frame of a live segment that says it; numbers from next on are in the next one.
 */
static int range_at_end(const char *folder, uint64_t name, uint64_t next, struct tlog_range *ret_range,
			struct err *ret_err)
{
	uint64_t offset = JOURNAL_PREFACE_SIZE;
	struct journal_segment *segment;
	struct journal_frame frame = {0};
	int r = journal_segment_open(folder, name, &segment, ret_err);

	if (r < 0)
		return r;
	*ret_range = segment->header.before;
	while ((r = journal_segment_frame(segment, offset, &frame)) == 0 || r == ERR_CORRUPT) {
		if (r == ERR_CORRUPT) {
			offset = journal_segment_resync(segment, offset + JOURNAL_ALIGN, segment->limit);
			continue;
		}
		if (frame.first_seq >= next)
			break;
		(void)journal_segment_after(segment, offset, &frame, ret_range);
		offset += journal_frame_size(&frame);
	}
	journal_segment_close(segment);
	return r == ERR_END ? 0 : r;
}

/* Removes the segment where the sealed one stands for the same leaves: it begins with the tree that the live
   one begins with, and ends with the one that the next begins with or, where leaves between the two were
   lost, that the live one ends with. -ENOENT: it is not sealed. */
static int remove_one(const char *folder, uint64_t name, uint64_t next, struct err *ret_err)
{
	struct tlog_range before = {0}, after = {0}, sealed_before = {0}, sealed_after = {0};
	char path[PATH_MAX];
	int r = journal_sealed_is_whole(folder, name, &sealed_before, &sealed_after, ret_err);

	if (r == 0)
		r = range_before(folder, name, &before, ret_err);
	if (r == 0)
		r = range_before(folder, next, &after, ret_err);
	if (r == 0 && sealed_after.end < after.end)
		r = range_at_end(folder, name, next, &after, ret_err);
	if (r < 0)
		return r;
	if (!same_range(&before, &sealed_before) || !same_range(&after, &sealed_after))
		return err_set(ret_err, ERR_CORRUPT, 0, 0,
			       "%s: the sealed segment %020" PRIu64 " is not the live one; both stay", folder,
			       name);
	r = journal_segment_path(folder, name, path);
	if (r == 0 && unlink(path) < 0)
		r = -errno;
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s: %s", path, err_text(r)) : 0;
}

/* The segment that is being written, or was last: the head names it once a frame in it is durable. It says
   how far the tree is when there is a crash, so that it stays, sealed or not. 0: there is none. */
static int newest_used(const char *folder, uint64_t *ret_name, struct err *ret_err)
{
	struct journal_head *head;
	struct journal_mark mark;
	int r = journal_head_open(folder, false, &head);

	if (r == -ENOENT) {
		*ret_name = 0;
		return 0;
	}
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s/live/head: %s", folder, err_text(r));
	journal_head_load(head, &mark);
	journal_head_close(head);
	*ret_name = mark.segment;
	return 0;
}

/* Names below newest that are there with one above them; each with that. */
static int next_pair(const char *folder, uint64_t newest, uint64_t *name, uint64_t *ret_next)
{
	struct journal_listing listing;
	int r = journal_list(folder, *name, &listing);

	if (r < 0)
		return r;
	if (!listing.above || listing.above >= newest)
		return ERR_END;
	*name = listing.above;
	r = journal_list(folder, *name, &listing);
	if (r < 0)
		return r;
	*ret_next = listing.above;
	return listing.above ? 0 : ERR_END;
}

int journal_remove_sealed(const char *folder, unsigned *ret_count, struct err *ret_err)
{
	uint64_t newest = 0, name = 0, next;
	unsigned count = 0;
	char live[PATH_MAX];
	int first = 0, r = newest_used(folder, &newest, ret_err);

	if (r == 0)
		r = journal_path(folder, "", live);
	while (r == 0 && newest && (r = next_pair(folder, newest, &name, &next)) == 0) {
		struct err err = {0};
		int removed = remove_one(folder, name, next, &err);

		count += removed == 0;
		if (removed < 0 && removed != -ENOENT && first == 0) /* those behind it are looked at */
			first = err_set(ret_err, removed, 0, 0, "%s",
					err.code ? err.message : err_text(removed));
	}
	if (r == ERR_END)
		r = count ? io_sync_folder(live) : 0;
	*ret_count = count;
	return r < 0 ? r : first;
}
