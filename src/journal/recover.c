/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "journal/folder.h"
#include "journal/private.h"
#include "journal/segment.h"

/* After a failed fsync the kernel may hold pages as clean that never reached the disk. What is scanned must
   be what the disk has. */
static int forget_cache(const struct journal_segment *segment)
{
	if (fdatasync(segment->fd) < 0)
		return -errno;
	posix_fadvise(segment->fd, 0, 0, POSIX_FADV_DONTNEED);
	return 0;
}

static int torn_path(const char *folder, uint64_t name, uint64_t offset, char out[PATH_MAX])
{
	char file[64];

	snprintf(file, sizeof(file), "%020" PRIu64 ".%" PRIu64 ".torn", name, offset);
	return journal_path(folder, file, out);
}

/* Keeps [end, limit) aside and cuts it off. */
static int cut_tail(const char *folder, const struct journal_segment *segment, uint64_t end,
		    struct err *ret_err)
{
	char path[PATH_MAX], torn[PATH_MAX];
	struct buf tail = {0};
	size_t len = (size_t)(segment->limit - end);
	int fd = -1, r = torn_path(folder, segment->name, end, torn);

	if (r == 0)
		r = journal_segment_path(folder, segment->name, path);
	if (r == 0 && pread(segment->fd, buf_reserve(&tail, len), len, (off_t)end) != (ssize_t)len)
		r = errno ? -errno : -EIO;
	if (r == 0)
		r = io_replace_file(torn, tail.ptr, len, 0640);
	if (r == 0 &&
	    ((fd = open(path, O_WRONLY | O_CLOEXEC)) < 0 || ftruncate(fd, (off_t)end) < 0 || fsync(fd) < 0))
		r = -errno;
	if (fd >= 0)
		close(fd);
	buf_done(&tail);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "%s: the torn end cannot be put aside: %s", path, err_text(r));
	return r;
}

/* A whole file without a usable header, or without a frame, leaves the row of segments. */
static int put_aside(const char *folder, uint64_t name, struct err *ret_err)
{
	char path[PATH_MAX], torn[PATH_MAX];
	char live[PATH_MAX];
	int r = journal_segment_path(folder, name, path);

	if (r == 0)
		r = torn_path(folder, name, 0, torn);
	if (r == 0)
		r = journal_path(folder, "", live);
	if (r == 0 && rename(path, torn) < 0)
		r = -errno;
	if (r == 0)
		r = io_sync_folder(live);
	if (r < 0)
		err_set(ret_err, r, 0, 0, "%s: cannot be put aside: %s", path, err_text(r));
	return r;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* At most this many records can have been in bytes that are not readable any more. */
static void note_cut(uint64_t from, uint64_t bytes, uint64_t *cut)
{
	*cut = max(*cut, from + bytes / JOURNAL_RECORD_SIZE_MIN);
}

struct scan {
	const char *folder;
	const struct journal_key *key;
	uint64_t acknowledged;  /* as the head has it */
	bool any;               /* there was a segment, whole or not */
	uint64_t last;          /* the last whole number */
	uint64_t cut;           /* no number in what was cut off or put aside is above this */
	uint64_t segment, size; /* the last segment, as it is now */
	uint8_t node[JOURNAL_NODE_SIZE];
	struct tlog_range range; /* after the last whole frame */
	bool range_known;
};

/* Repairs the segment. ERR_END: it is out of the way now, look at the one before it. */
static int scan_segment(struct scan *scan, uint64_t name, struct err *ret_err)
{
	struct journal_segment *segment;
	struct err err = {0};
	struct journal_tail tail = {0};
	int r = journal_segment_open(scan->folder, name, &segment, ret_err);

	if (r == ERR_CORRUPT) {
		note_cut(name, JOURNAL_SEGMENT_SIZE_MAX, &scan->cut);
		r = put_aside(scan->folder, name, ret_err);
		return r < 0 ? r : ERR_END;
	}
	if (r < 0)
		return r;
	r = forget_cache(segment);
	if (r == 0)
		r = journal_tail_find(scan->folder, segment, scan->key, scan->acknowledged, &tail, &err);
	if (r < 0) {
		err_set(ret_err, r, 0, 0, "segment %020" PRIu64 " of %s: %s", name, scan->folder,
			err.code ? err.message : err_text(r));
	} else if (tail.last == 0) {
		scan->range = tail.after;
		scan->range_known = true;
		note_cut(name, segment->limit, &scan->cut);
		r = put_aside(scan->folder, name, ret_err);
		r = r < 0 ? r : ERR_END;
	} else {
		if (tail.end < segment->limit)
			r = cut_tail(scan->folder, segment, tail.end, ret_err);
		note_cut(tail.last, segment->limit - tail.end, &scan->cut);
		scan->last = tail.last;
		scan->segment = name;
		scan->size = tail.end;
		scan->range = tail.after;
		scan->range_known = true;
		memcpy(scan->node, segment->header.node, sizeof(scan->node));
	}
	journal_segment_close(segment);
	return r;
}

static int scan_segments(struct scan *scan, struct err *ret_err)
{
	for (;;) {
		struct journal_listing listing;
		int r = journal_list(scan->folder, 0, &listing);

		if (r < 0 || !listing.last)
			return r;
		scan->any = true;
		r = scan_segment(scan, listing.last, ret_err);
		if (r != ERR_END)
			return r;
	}
}

/* Where the tree goes on. The head's is ahead of the segments' only where the end of these is damaged or
   gone: then the leaves between are lost, but not used for other records. Without either, nothing is begun
   beside sealed segments: the last live one is never removed when it is sealed. */
static int find_tree(struct scan *scan, const struct journal_head *head, struct err *ret_err)
{
	struct tlog_range range;

	if (head && journal_head_tree(head, &range) == 0 && range.end > scan->range.end) {
		scan->range = range;
		scan->range_known = true;
	}
	if (scan->range_known || !journal_has_sealed(scan->folder))
		return 0;
	return err_set(
		ret_err, ERR_CORRUPT, 0, 0,
		"%s/live has no segment that says where the tree of the sealed ones goes on; put its last "
		"one back, or move the whole folder away and a new journal is begun",
		scan->folder);
}

/* The head that is there, NULL where there is none or a damaged one: all it knows better than the segments is
   what was durable behind their end. */
static int find_head(const char *folder, bool *ret_damaged, struct journal_head **ret_head,
		     struct err *ret_err)
{
	int r = journal_head_open(folder, true, ret_head);

	*ret_damaged = r == ERR_CORRUPT;
	if (r == 0 || r == -ENOENT || r == ERR_CORRUPT)
		return 0;
	if (r == ERR_VERSION)
		return err_set(
			ret_err, r, 0, 0,
			"%s/live/head was written by another version of this program; this one reads format "
			"version %d",
			folder, JOURNAL_VERSION);
	return err_set(ret_err, r, 0, 0, "%s/live/head: %s", folder, err_text(r));
}

static int make_head(const char *folder, bool damaged, struct journal_head **ret_head, struct err *ret_err)
{
	int r = damaged ? journal_head_remake(folder) : journal_head_create(folder);

	if (r == 0)
		r = journal_head_open(folder, true, ret_head);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s/live/head: %s", folder, err_text(r));
	if (damaged)
		err_set(ret_err, 0, 0, 0,
			"%s/live/head was damaged; it was made again from the segments, and the damaged one "
			"is kept as head.torn",
			folder);
	return 0;
}

/* Where the numbers go on. Clean is a fresh journal, or one closed cleanly that has since neither lost nor
   gained anything. */
static struct journal_recovery conclude(const struct scan *scan, const struct journal_head *head, bool clean)
{
	struct journal_recovery recovery = {.mark = {.segment = scan->segment, .end = scan->size},
					    .range = scan->range};
	struct journal_mark mark;
	uint64_t floor = journal_head_floor(head), promised;

	journal_head_load(head, &mark);
	promised = max(mark.durable, scan->last);
	recovery.promised = recovery.mark.durable = promised;
	if (clean && mark.durable == scan->last)
		recovery.next = max(promised + 1, floor);
	else
		recovery.next = max(promised, max(scan->cut, floor)) + JOURNAL_SEQ_GAP;
	return recovery;
}

int journal_recover(const char *folder, const struct journal_key *key, struct journal_recovery *ret_recovery,
		    uint8_t ret_node[JOURNAL_NODE_SIZE], struct journal_head **ret_head, struct err *ret_err)
{
	struct scan scan = {.folder = folder, .key = key};
	struct journal_head *head = NULL;
	struct journal_mark mark = {0};
	bool clean, damaged;
	/* before anything is changed: it may be of a later version */
	int r = find_head(folder, &damaged, &head, ret_err);

	if (r == 0 && head) {
		journal_head_load(head, &mark);
		scan.acknowledged = mark.durable;
	}
	if (r == 0)
		r = scan_segments(&scan, ret_err);
	if (r == 0)
		r = find_tree(&scan, head, ret_err);
	if (r == 0)
		r = journal_node_ensure(folder, scan.last ? scan.node : NULL, ret_node, ret_err);
	if (r == 0 && scan.last && memcmp(ret_node, scan.node, JOURNAL_NODE_SIZE) != 0)
		r = err_set(ret_err, ERR_CORRUPT, 0, 0, "segment %020" PRIu64 " of %s is another journal's",
			    scan.segment, folder);
	clean = head ? journal_head_is_clean(head) : !scan.any && !damaged;
	if (r == 0 && !head)
		r = make_head(folder, damaged, &head, ret_err);
	if (r < 0) {
		journal_head_close(head);
		return r;
	}
	*ret_recovery = conclude(&scan, head, clean);
	*ret_head = head;
	return 0;
}
