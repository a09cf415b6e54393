/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/remove.h"
#include "journal/sealed.h"

/* One of its two places, where it has two, must be whole. */
static int check_part(struct sealed *sealed, const struct sealed_part *part, struct buf *scratch)
{
	buf_clear(scratch);
	return part->stored ? sealed_read_stored(sealed, part, scratch) : 0;
}

static int check_parts(struct sealed *sealed)
{
	const struct sealed_index *index = &sealed->index;
	const struct tlog_hash *tiles;
	struct buf scratch = {0};
	int r = sealed_load(sealed);

	if (r == ERR_END)
		return 0; /* deleted: it is the header alone */
	for (size_t i = 0; r == 0 && i < index->streams.len; i++)
		r = check_part(sealed, &index->streams.items[i].dictionary, &scratch);
	for (size_t i = 0; r == 0 && i < index->blocks.len; i++)
		r = check_part(sealed, &index->blocks.items[i].part, &scratch);
	for (size_t i = 0; r == 0 && i < index->chunks.len; i++)
		r = check_part(sealed, &index->chunks.items[i], &scratch);
	if (r == 0)
		r = sealed_tiles(sealed, &tiles);
	buf_done(&scratch);
	return r;
}

int journal_sealed_is_whole(const char *folder, uint64_t name, struct tlog_range *ret_before,
			    struct tlog_range *ret_after, struct err *ret_err)
{
	struct sealed *sealed;
	int r = sealed_open(folder, name, NULL, &sealed, ret_err);

	if (r < 0)
		return r;
	sealed_forget(sealed); /* what the disk has is what counts */
	r = check_parts(sealed);
	if (r == 0) {
		*ret_before = sealed->header.before;
		*ret_after = sealed->header.after;
	} else {
		err_set(ret_err, r, 0, 0, "%s: %s; the live segment stays", sealed->path, err_text(r));
	}
	sealed_close(sealed);
	return r;
}
