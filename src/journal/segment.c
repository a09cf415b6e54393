/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/folder.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 /* Linux 5.14 */
#endif

#define PAGE 4096u
#define RESYNC_STEP (64u * 1024)
#define SEEK_LINEAR (256u * 1024) /* below this a walk from frame to frame is as fast as a search */

/* Makes sure that the bytes can be read without a signal. */
static int touch(const struct journal_segment *segment, uint64_t offset, uint64_t len)
{
	uint64_t from = offset & ~(uint64_t)(PAGE - 1);
	void *page = (void *)(segment->map + from);

	if (madvise(page, offset + len - from, MADV_POPULATE_READ) == 0 || errno == EINVAL)
		return 0; /* EINVAL: a kernel that does not know it */
	return errno == EINTR || errno == EAGAIN ? touch(segment, offset, len) : ERR_CORRUPT;
}

static int version_error(const char *path, const struct journal_segment *segment, struct err *ret_err)
{
	unsigned version = journal_preface_version(segment->map, JOURNAL_PREFACE_SIZE);

	return err_set(ret_err, ERR_VERSION, 0, 0,
		       "%s is of format version %u, written by %s version of this program, which reads it; "
		       "this one reads version %d (or the header is damaged)",
		       path, version, version < JOURNAL_VERSION ? "an earlier" : "a later", JOURNAL_VERSION);
}

static int open_error(const char *path, int code, struct err *ret_err)
{
	return err_set(ret_err, code, 0, 0, "%s: %s", path,
		       code == ERR_CORRUPT ? "the header of this segment is damaged" : err_text(code));
}

int journal_segment_open(const char *folder, uint64_t name, struct journal_segment **ret_segment,
			 struct err *ret_err)
{
	struct journal_segment *segment;
	char path[PATH_MAX];
	void *map;
	int fd, r = journal_segment_path(folder, name, path);

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return open_error(path, -errno, ret_err);
	map = mmap(NULL, JOURNAL_SEGMENT_SIZE_MAX, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		r = -errno;
		close(fd);
		return open_error(path, r, ret_err);
	}
	segment = malloc(sizeof(*segment));
	must(segment);
	*segment = (struct journal_segment){.map = map, .fd = fd, .name = name};
	journal_segment_limit(segment, UINT64_MAX);
	r = segment->limit < JOURNAL_PREFACE_SIZE ? ERR_CORRUPT : touch(segment, 0, JOURNAL_PREFACE_SIZE);
	if (r == 0)
		r = journal_preface_decode(segment->map, JOURNAL_PREFACE_SIZE, &segment->header);
	if (r == 0 && segment->header.first_seq != name)
		r = ERR_CORRUPT;
	if (r < 0) {
		r = r == ERR_VERSION ? version_error(path, segment, ret_err) : open_error(path, r, ret_err);
		journal_segment_close(segment);
		return r;
	}
	*ret_segment = segment;
	return 0;
}

void journal_segment_close(struct journal_segment *segment)
{
	if (!segment)
		return;
	munmap((void *)segment->map, JOURNAL_SEGMENT_SIZE_MAX);
	close(segment->fd);
	free(segment);
}

int journal_segment_key(const struct journal_segment *segment, const struct journal_key *key,
			struct journal_key *ret_key, struct err *ret_err)
{
	const struct journal_segment_header *header = &segment->header;
	struct journal_key segment_key;
	uint8_t check[JOURNAL_KEY_CHECK_SIZE];

	if (!(header->flags & JOURNAL_ENCRYPTED))
		return 0;
	if (!key)
		return err_set(ret_err, ERR_DENIED, 0, 0,
			       "segment %020" PRIu64 " is encrypted, and no key was given", segment->name);
	journal_key_segment(key, header, &segment_key);
	journal_key_check(&segment_key, check);
	if (memcmp(check, header->key_check, sizeof(check)) != 0)
		return err_set(ret_err, ERR_DENIED, 0, 0,
			       "segment %020" PRIu64
			       " is encrypted with another key (or passphrase) than the one given",
			       segment->name);
	*ret_key = segment_key;
	return 0;
}

void journal_segment_limit(struct journal_segment *segment, uint64_t end)
{
	struct stat status;
	uint64_t size = fstat(segment->fd, &status) == 0 ? (uint64_t)status.st_size : 0;

	if (size > JOURNAL_SEGMENT_SIZE_MAX)
		size = JOURNAL_SEGMENT_SIZE_MAX;
	segment->limit = end < size ? end : size;
}

int journal_segment_frame(const struct journal_segment *segment, uint64_t offset,
			  struct journal_frame *ret_frame)
{
	struct journal_frame frame = {0};
	int r;

	if (offset + JOURNAL_FRAME_HEADER_SIZE > segment->limit)
		return ERR_END;
	r = touch(segment, offset, JOURNAL_FRAME_HEADER_SIZE);
	if (r == 0)
		r = journal_frame_decode(segment->map + offset, segment->header.salt, &frame);
	if (r < 0)
		return r;
	if (journal_frame_size(&frame) > segment->limit - offset)
		return ERR_CORRUPT;
	*ret_frame = frame;
	return 0;
}

int journal_segment_verify(const struct journal_segment *segment, uint64_t offset,
			   const struct journal_frame *frame)
{
	uint64_t at = offset + JOURNAL_FRAME_HEADER_SIZE;

	if (touch(segment, at, frame->stored) < 0)
		return ERR_CORRUPT;
	if (journal_payload_checksum(segment->map + at, frame->stored, segment->header.salt) !=
	    frame->payload_checksum)
		return ERR_CORRUPT;
	return 0;
}

int journal_segment_records(const struct journal_segment *segment, uint64_t offset,
			    const struct journal_frame *frame, const struct journal_key *segment_key,
			    struct buf *scratch, const uint8_t **ret_records, size_t *ret_len)
{
	const uint8_t *header = segment->map + offset, *payload = header + JOURNAL_FRAME_HEADER_SIZE;
	uint8_t aad[JOURNAL_FRAME_AAD_SIZE];
	int r = 0;

	if (segment->header.flags & JOURNAL_ENCRYPTED) {
		if (!segment_key)
			return ERR_DENIED;
		journal_frame_aad(header, aad);
		buf_clear(scratch);
		r = journal_crypt_open(segment_key, frame->nonce, str_of((const char *)aad, sizeof(aad)),
				       payload, frame->stored, frame->tag,
				       buf_reserve(scratch, frame->stored));
		payload = (const uint8_t *)scratch->ptr;
		scratch->len = r < 0 ? 0 : frame->stored;
	}
	if (r < 0)
		return r;
	*ret_records = payload;
	*ret_len = frame->stored;
	return 0;
}

int journal_segment_after(const struct journal_segment *segment, uint64_t offset,
			  const struct journal_frame *frame, struct tlog_range *ret_range)
{
	uint64_t at = offset + JOURNAL_FRAME_HEADER_SIZE + frame->stored;
	uint32_t len = journal_trailer_size(frame);

	if (touch(segment, at, len) < 0)
		return ERR_CORRUPT;
	if (journal_payload_checksum(segment->map + at, len, segment->header.salt) != frame->trailer_checksum)
		return ERR_CORRUPT;
	journal_trailer_decode(segment->map + at, frame->leaf + frame->count, ret_range);
	return 0;
}

/* Looks for a frame header at every place one may start at in [from, to); to where there is none. */
static uint64_t resync_step(const struct journal_segment *segment, uint64_t from, uint64_t to)
{
	struct journal_frame frame;

	for (uint64_t at = from; at < to; at += JOURNAL_ALIGN)
		if (segment->map[at] == 'W' && segment->map[at + 1] == 'L' &&
		    journal_frame_decode(segment->map + at, segment->header.salt, &frame) != ERR_CORRUPT)
			return at;
	return to;
}

uint64_t journal_segment_resync(const struct journal_segment *segment, uint64_t offset, uint64_t end)
{
	uint64_t last, to;

	if (end > segment->limit)
		end = segment->limit;
	if (end < JOURNAL_FRAME_HEADER_SIZE)
		return end;
	last = end - JOURNAL_FRAME_HEADER_SIZE + 1; /* no header can start here or later */
	for (uint64_t at = (offset + JOURNAL_ALIGN - 1) / JOURNAL_ALIGN * JOURNAL_ALIGN; at < last; at = to) {
		to = at + RESYNC_STEP < last ? at + RESYNC_STEP : last;
		if (touch(segment, at, to - at + JOURNAL_FRAME_HEADER_SIZE - 1) == 0) {
			uint64_t found = resync_step(segment, at, to);

			if (found < to)
				return found;
		}
		to = (to + JOURNAL_ALIGN - 1) / JOURNAL_ALIGN * JOURNAL_ALIGN;
	}
	return end;
}

uint64_t journal_segment_seek(const struct journal_segment *segment, uint64_t seq)
{
	uint64_t low = JOURNAL_PREFACE_SIZE, high = segment->limit;

	while (high > low + SEEK_LINEAR) {
		uint64_t middle = low + (high - low) / 2;
		uint64_t found = journal_segment_resync(segment, middle, high);
		struct journal_frame frame;

		if (found < high && journal_segment_frame(segment, found, &frame) == 0 &&
		    frame.first_seq <= seq)
			low = found;
		else
			high = middle;
	}
	return low;
}

void journal_segment_forget(const struct journal_segment *segment, uint64_t from, uint64_t to)
{
	from &= ~(uint64_t)(PAGE - 1);
	to &= ~(uint64_t)(PAGE - 1);
	if (from < to)
		madvise((void *)(segment->map + from), to - from, MADV_DONTNEED);
}
