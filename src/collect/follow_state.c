/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "collect/follow.h"
#include "collect/follow_private.h"

#define HEADER "wanglou follow "
#define VERSION 2
#define VERSION_WITHOUT_TAIL 1
#define NUMBERS 7 /* before the path; 5 without a tail */

void follow_state_write(const struct follow_files *files, uint64_t seq, struct buf *out)
{
	size_t start = out->len;

	buf_printf(out, HEADER "%d\nseq %" PRIu64 "\n", VERSION, seq);
	for (size_t i = 0; i < files->len; i++) {
		const struct follow_place *place = &files->items[i].place;

		buf_printf(out,
			   "%" PRIu64 " %" PRIu64 " %d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n",
			   place->inode, place->offset, place->skipping, place->fingerprint.len,
			   place->fingerprint.hash, place->tail.len, place->tail.hash, place->path);
	}
	buf_printf(out, "sum %016" PRIx64 "\n", hash_bytes(out->ptr + start, out->len - start));
}

static int read_place(struct str line, size_t count, struct follow_places *places)
{
	uint64_t numbers[NUMBERS] = {0};
	struct str part;
	char *path;

	for (size_t i = 0; i < count; i++)
		if (!str_split(&line, ' ', &part) || str_to_u64(part, &numbers[i]) < 0)
			return ERR_CORRUPT;
	if (!line.len || numbers[3] > FINGERPRINT_MAX || numbers[1] > INT64_MAX || numbers[5] > TAIL_MAX ||
	    numbers[5] > numbers[1] || places->len == FOLLOW_FILES_MAX)
		return ERR_CORRUPT;
	path = strndup(line.ptr, line.len);
	must(path);
	vec_push(places, ((struct follow_place){.path = path,
						.inode = numbers[0],
						.offset = numbers[1],
						.skipping = numbers[2] != 0,
						.fingerprint = {numbers[3], numbers[4]},
						.tail = {numbers[5], numbers[6]}}));
	return 0;
}

/* Takes the last line off and compares. */
static int check_sum(struct str *text)
{
	static const size_t len = sizeof("sum 0123456789abcdef\n") - 1;
	char expected[32];
	struct str sum;

	if (text->len < len)
		return ERR_CORRUPT;
	sum = str_from_offset(*text, text->len - len);
	*text = str_head(*text, text->len - len);
	snprintf(expected, sizeof(expected), "sum %016" PRIx64 "\n", hash_str(*text));
	return str_eq(sum, str_from(expected)) ? 0 : ERR_CORRUPT;
}

int follow_state_read(struct str text, struct follow_places *ret_places, uint64_t *ret_seq)
{
	struct follow_places places = {0};
	struct str line = {0};
	uint64_t version = 0, seq;
	int r = check_sum(&text);

	if (r == 0 && (!str_split(&text, '\n', &line) || !str_starts(line, STR(HEADER)) ||
		       str_to_u64(str_from_offset(line, sizeof(HEADER) - 1), &version) < 0))
		r = ERR_CORRUPT;
	if (r == 0 && version != VERSION && version != VERSION_WITHOUT_TAIL)
		r = ERR_VERSION;
	if (r == 0 && (!str_split(&text, '\n', &line) || !str_starts(line, STR("seq ")) ||
		       str_to_u64(str_from_offset(line, 4), &seq) < 0))
		r = ERR_CORRUPT;
	while (r == 0 && str_split(&text, '\n', &line))
		r = read_place(line, version == VERSION ? NUMBERS : NUMBERS - 2, &places);
	if (r < 0) {
		follow_places_done(&places);
		return r;
	}
	*ret_places = places;
	*ret_seq = seq;
	return 0;
}

void follow_places_done(struct follow_places *places)
{
	for (size_t i = 0; i < places->len; i++)
		free(places->items[i].path);
	vec_done(places);
}
