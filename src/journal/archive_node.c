/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/archive_node.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"

/* Which live segment a file holds whose name is another. */
static uint64_t live_name(const char *folder, uint64_t name)
{
	struct journal_segment_header header = {0};
	uint8_t bytes[JOURNAL_PREFACE_SIZE];
	char path[PATH_MAX];
	int fd = journal_segment_path(folder, name, path) < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	bool whole = fd >= 0 && io_read(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes) &&
		     journal_preface_decode(bytes, sizeof(bytes), &header) == 0;

	if (fd >= 0)
		close(fd);
	return whole && header.first_seq != name ? header.first_seq : 0;
}

static int read_live(const char *folder, uint64_t name, const struct journal_mark *mark, uint64_t until,
		     struct archive_node *ret_node, uint64_t *ret_other, struct err *ret_err)
{
	struct journal_segment *segment;
	struct journal_frame frame = {0};
	struct archive_tail tail;
	int r = journal_segment_open(folder, name, &segment, ret_err);

	if (r == ERR_CORRUPT && ret_other)
		*ret_other = live_name(folder, name);
	if (r < 0)
		return r;
	archive_bound(segment, mark, until);
	archive_tail(segment, &tail);
	*ret_node = (struct archive_node){.name = name,
					  .last_seq = tail.last_seq ? tail.last_seq : name - 1,
					  .live = true,
					  .encrypted = segment->header.flags & JOURNAL_ENCRYPTED,
					  .before = segment->header.before,
					  .after = tail.after,
					  .after_known = true};
	memcpy(ret_node->node, segment->header.node, sizeof(ret_node->node));
	if (journal_segment_frame(segment, JOURNAL_PREFACE_SIZE, &frame) == 0)
		ret_node->follows = frame.follows;
	journal_segment_close(segment);
	return 0;
}

static int read_sealed(const char *folder, uint64_t name, struct archive_node *ret_node, uint64_t *ret_other,
		       struct err *ret_err)
{
	struct sealed *sealed = NULL;
	const struct sealed_header *header;
	char path[PATH_MAX];
	int r = sealed_path(folder, name, path);

	if (r == 0)
		r = sealed_open_path(path, NULL, &sealed, ret_err);
	if (r < 0)
		return r;
	must(sealed);
	header = &sealed->header;
	if (header->first_seq == name) {
		*ret_node = (struct archive_node){.name = name,
						  .last_seq = header->last_seq,
						  .follows = header->follows,
						  .lost = header->lost,
						  .deleted = header->flags & SEALED_DELETED,
						  .encrypted = header->flags & SEALED_ENCRYPTED,
						  .before = header->before,
						  .after = header->after,
						  .after_known = true,
						  .cover = header->cover};
		memcpy(ret_node->node, header->node, sizeof(ret_node->node));
	} else {
		if (ret_other)
			*ret_other = header->first_seq;
		r = err_set(ret_err, ERR_CORRUPT, 0, 0, "%s holds another segment", path);
	}
	sealed_close(sealed);
	return r;
}

int archive_node_read(const char *folder, const struct archive_entry *entry, const struct journal_mark *mark,
		      uint64_t until, struct archive_node *ret_node, uint64_t *ret_other, struct err *ret_err)
{
	int r = -ENOENT;

	if (ret_other)
		*ret_other = 0;
	if (entry->sealed)
		r = read_sealed(folder, entry->name, ret_node, ret_other, ret_err);
	if (r < 0 && entry->live)
		r = read_live(folder, entry->name, mark, until, ret_node, ret_other, ret_err);
	if (r == -ENOENT && !entry->sealed) /* sealed since the folder was listed */
		r = read_sealed(folder, entry->name, ret_node, ret_other, ret_err);
	return r;
}
