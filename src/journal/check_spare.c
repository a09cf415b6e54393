/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file holds twice, or what follows from the rest: preface, headers, index, all
 * parts but blocks; the ranges and tiles. As long as one of the two is whole nothing is
 * lost, and a reader does not notice; a check must, for the next bad place may be in the
 * other one.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "journal/check_private.h"
#include "journal/segment.h"

/* The whole of len bytes at offset; a short file leaves zeros, which no header is. */
static void read_piece(int fd, uint64_t offset, uint8_t *out, size_t len)
{
	ssize_t n = pread(fd, out, len, (off_t)offset);

	memset(out + (n > 0 ? n : 0), 0, len - (size_t)(n > 0 ? n : 0));
}

/* The range behind each frame follows from its records, too. */
static bool trailers_are_whole(const struct check *check, const struct journal_mark *mark)
{
	struct journal_segment *segment;
	struct journal_frame frame = {0};
	struct tlog_range range;
	uint64_t offset = JOURNAL_PREFACE_SIZE;
	bool whole = true;

	if (journal_segment_open(check->folder, check->segment, &segment, NULL) < 0)
		return true;
	if (mark->segment == check->segment)
		journal_segment_limit(segment, mark->end);
	while (whole && journal_segment_frame(segment, offset, &frame) == 0) {
		uint64_t next = offset + journal_frame_size(&frame);

		whole = journal_segment_after(segment, offset, &frame, &range) == 0;
		journal_segment_forget(segment, offset, next);
		offset = next;
	}
	journal_segment_close(segment);
	return whole;
}

static const char *live_spares(const struct check *check, const struct journal_mark *mark, int fd)
{
	uint8_t bytes[JOURNAL_PREFACE_SIZE];

	read_piece(fd, 0, bytes, sizeof(bytes));
	if (memcmp(bytes, bytes + JOURNAL_PREFACE_COPY, JOURNAL_PREFACE_COPY) != 0)
		return "one of the file's two headers is damaged";
	return trailers_are_whole(check, mark) ? NULL : "the hashes behind a frame are damaged";
}

static const char *header_spares(int fd, uint64_t size)
{
	uint8_t bytes[SEALED_HEADER_SIZE];
	struct sealed_header header;

	for (int i = 0; i < 2; i++) {
		read_piece(fd, i ? size - sizeof(bytes) : 0, bytes, sizeof(bytes));
		if (sealed_header_decode(bytes, &header) < 0)
			return "one of the file's two headers is damaged";
	}
	return NULL;
}

/* Both places, each by itself. One that is damaged in both is found as a loss. */
static bool part_is_whole(struct sealed *sealed, struct sealed_part part, struct buf *scratch)
{
	uint64_t copy = part.copy;
	int first, second;

	if (!copy || !part.stored)
		return true;
	part.copy = 0;
	buf_clear(scratch);
	first = sealed_read_stored(sealed, &part, scratch);
	part.offset = copy;
	buf_clear(scratch);
	second = sealed_read_stored(sealed, &part, scratch);
	return first == second;
}

static const char *part_spares(struct sealed *sealed)
{
	const struct sealed_header *header = &sealed->header;
	const struct sealed_index *index = &sealed->index;
	const struct sealed_part whole_index = {header->index, header->index_copy, header->index_stored,
						header->index_plain, header->index_checksum};
	const struct tlog_hash *tiles;
	struct buf scratch = {0};
	bool whole;

	if ((header->flags & SEALED_DELETED) || sealed_load(sealed) < 0)
		return NULL;
	whole = part_is_whole(sealed, whole_index, &scratch);
	for (size_t i = 0; whole && i < index->streams.len; i++)
		whole = part_is_whole(sealed, index->streams.items[i].dictionary, &scratch);
	for (size_t i = 0; whole && i < index->chunks.len; i++)
		whole = part_is_whole(sealed, index->chunks.items[i], &scratch);
	for (size_t i = 0; whole && i < index->blocks.len; i++)
		whole = part_is_whole(sealed, index->blocks.items[i].part, &scratch);
	buf_done(&scratch);
	if (sealed_tiles(sealed, &tiles) < 0)
		return "the file's hashes of 256 leaves each are damaged";
	return whole ? NULL
		     : "one of two copies of the file's index or of what is needed to unpack is damaged";
}

static const char *sealed_spares(const struct check *check, const char *path, int fd)
{
	const char *damage = header_spares(fd, (uint64_t)lseek(fd, 0, SEEK_END));
	struct sealed *sealed;

	if (damage || sealed_open_path(path, check->key, &sealed, NULL) < 0)
		return damage;
	damage = part_spares(sealed);
	sealed_close(sealed);
	return damage;
}

int check_spares(struct check *check, const struct journal_mark *mark, const struct archive_node *node)
{
	char path[PATH_MAX];
	const char *damage;
	int fd, r;

	r = node->live ? journal_segment_path(check->folder, check->segment, path)
		       : sealed_path(check->folder, check->segment, path);
	fd = r == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return 0; /* it was sealed or replaced meanwhile */
	damage = node->live ? live_spares(check, mark, fd) : sealed_spares(check, path, fd);
	close(fd);
	return damage ? check_found(check, JOURNAL_WORN, node->name, node->last_seq, node->before.end,
				    node->after.end, damage)
		      : 0;
}
