/* SPDX-License-Identifier: Apache-2.0 */
/* What a check finds, and where, when somebody or something has been at the files. */
#include "archive_helper.h"

#include "journal/sealed_write.h"

struct found {
	VEC_OF(struct journal_span)
	uint64_t leaves;
	struct tlog_range range; /* of all leaves that were given, as long as they come in order from 0 */
};

static int take_span(void *context, const struct journal_span *span)
{
	vec_push((struct found *)context, *span);
	return 0;
}

static int take_leaf(void *context, uint64_t leaf, uint64_t seq, const struct tlog_hash *hash)
{
	struct found *found = context;

	assert_true(seq > leaf);
	if (found->range.end == leaf)
		tlog_range_append(&found->range, hash);
	found->leaves++;
	return 0;
}

static void check_range(const char *folder, uint64_t first, uint64_t last, struct found *found)
{
	struct err err = {0};

	*found = (struct found){0};
	if (journal_check(folder, NULL, first, last, take_span, take_leaf, found, &err) < 0)
		fail_msg("%s", err.message);
}

static void check(const char *folder, struct found *found)
{
	check_range(folder, 1, UINT64_MAX, found);
}

static void print_all(const struct found *found)
{
	for (size_t i = 0; i < found->len; i++) {
		const struct journal_span *span = &found->items[i];

		print_message("  %u segment %llu seq %llu-%llu leaves %llu-%llu %s\n", span->finding,
			      (unsigned long long)span->segment, (unsigned long long)span->first_seq,
			      (unsigned long long)span->last_seq, (unsigned long long)span->leaf_begin,
			      (unsigned long long)span->leaf_end, span->reason);
	}
}

/* Exactly one span is of that kind, from first to last; all others are whole. */
static void expect_one(struct found *found, enum journal_finding finding, uint64_t first, uint64_t last)
{
	unsigned count = 0;
	bool right = false;

	for (size_t i = 0; i < found->len; i++)
		if (found->items[i].finding != JOURNAL_WHOLE) {
			count++;
			right = found->items[i].finding == finding && found->items[i].first_seq == first &&
				found->items[i].last_seq == last;
		}
	if (count != 1 || !right) {
		print_all(found);
		fail_msg("not just finding %u from %llu to %llu", finding, (unsigned long long)first,
			 (unsigned long long)last);
	}
	vec_done(found);
}

static void expect_whole(const char *folder, size_t segments, uint64_t leaves)
{
	struct found found;

	check(folder, &found);
	if (found.len != segments || found.leaves != leaves)
		print_all(&found);
	assert_int_equal(found.len, segments);
	for (size_t i = 0; i < found.len; i++)
		assert_int_equal(found.items[i].finding, JOURNAL_WHOLE);
	assert_int_equal(found.leaves, leaves);
	assert_int_equal(found.range.end, leaves);
	vec_done(&found);
}

/* Four segments: 1-1000, 1001-2000, 2001-3000, 3001-3010. */
static void make(const char *folder, bool sealed)
{
	for (uint64_t i = 0; i < 3; i++)
		write_segment(folder, NULL, i * 1000 + 1, (i + 1) * 1000);
	write_segment(folder, NULL, 3001, 3010);
	if (!sealed)
		return;
	seal_all(folder, NULL);
	remove_live(folder);
}

static void path_of(const char *folder, uint64_t name, bool sealed, char path[PATH_MAX])
{
	assert_int_equal(sealed ? sealed_path(folder, name, path) : journal_segment_path(folder, name, path),
			 0);
}

static void test_whole(void **state)
{
	make(*state, false);
	expect_whole(*state, 4, 3010);
	seal_all(*state, NULL);
	expect_whole(*state, 4, 3010);
	remove_live(*state);
	expect_whole(*state, 4, 3010);
}

static void test_a_part(void **state)
{
	struct found found;

	make(*state, true);
	check_range(*state, 1500, 2500, &found);
	assert_int_equal(found.len, 2);
	assert_int_equal(found.items[0].first_seq, 1001);
	assert_int_equal(found.items[1].last_seq, 3000);
	vec_done(&found);
}

static void test_dropped(void **state)
{
	struct found found;
	char path[PATH_MAX];

	for (int sealed = 0; sealed < 2; sealed++) {
		static const uint64_t names[] = {1, 1001, 2001};

		for (size_t i = 0; i < 3; i++) {
			make(*state, sealed);
			path_of(*state, names[i], sealed, path);
			assert_int_equal(unlink(path), 0);
			check(*state, &found);
			expect_one(&found, JOURNAL_MISPLACED, names[i], names[i] + 999);
			folder_clear(*state);
		}
		make(*state, sealed);
		path_of(*state, 3001, false, path);
		assert_int_equal(unlink(path), 0);
		check(*state, &found);
		expect_one(&found, JOURNAL_LOST, 3001, 3010);
		folder_clear(*state);
	}
}

static void swap_files(const char *folder, uint64_t a, uint64_t b, bool sealed)
{
	char first[PATH_MAX], second[PATH_MAX], third[PATH_MAX + 8];

	path_of(folder, a, sealed, first);
	path_of(folder, b, sealed, second);
	snprintf(third, sizeof(third), "%s.x", first);
	assert_int_equal(rename(first, third) | rename(second, first) | rename(third, second), 0);
}

static void test_swapped(void **state)
{
	struct found found;

	for (int sealed = 0; sealed < 2; sealed++) {
		make(*state, sealed);
		swap_files(*state, 1001, 2001, sealed);
		check(*state, &found);
		assert_int_equal(found.len, 4);
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(found.items[i].finding,
					 i == 1 || i == 2 ? JOURNAL_MISPLACED : JOURNAL_WHOLE);
		assert_int_equal(found.items[1].first_seq, 1001);
		assert_int_equal(found.items[1].last_seq, 2000);
		assert_int_equal(found.items[2].first_seq, 2001);
		assert_int_equal(found.items[2].last_seq, 3000);
		vec_done(&found);
		folder_clear(*state);
	}
}

/* A segment of another journal that has the same numbers and leaves. */
static void test_of_another_journal(void **state)
{
	char other[] = "/tmp/wanglou-journal-XXXXXX", from[PATH_MAX], to[PATH_MAX];
	struct found found;
	struct buf bytes = {0};

	assert_non_null(mkdtemp(other));
	for (int sealed = 0; sealed < 2; sealed++) {
		make(*state, sealed);
		make(other, sealed);
		path_of(other, 1001, sealed, from);
		path_of(*state, 1001, sealed, to);
		read_whole(from, &bytes);
		write_whole(to, bytes.ptr, bytes.len);
		check(*state, &found);
		expect_one(&found, JOURNAL_MISPLACED, 1001, 2000);
		folder_clear(*state);
		folder_clear(other);
	}
	buf_done(&bytes);
	folder_remove(other);
}

/* A byte of record 1500 in the live segment: with its old checksum, then with a new one. */
static void test_live_record(void **state)
{
	struct found found;
	struct buf bytes = {0};
	struct journal_segment *segment;
	struct journal_frame frame = {0};
	char path[PATH_MAX];
	size_t at;
	uint64_t first, last;

	make(*state, false);
	path_of(*state, 1001, false, path);
	assert_int_equal(journal_segment_open(*state, 1001, &segment, NULL), 0);
	assert_int_equal(journal_segment_frame(segment, JOURNAL_PREFACE_SIZE, &frame), 0);
	read_whole(path, &bytes);
	at = str_find(str_head(buf_str(&bytes), JOURNAL_PREFACE_SIZE + journal_frame_size(&frame)),
		      STR("record 1001"));
	assert_true(at != STR_NOT_FOUND);
	first = frame.first_seq;
	last = journal_frame_last(&frame);
	bytes.ptr[at] = 'R';
	write_whole(path, bytes.ptr, bytes.len);
	check(*state, &found);
	expect_one(&found, JOURNAL_LOST, first, last);
	frame.payload_checksum = journal_payload_checksum((uint8_t *)bytes.ptr + JOURNAL_PREFACE_SIZE +
								  JOURNAL_FRAME_HEADER_SIZE,
							  frame.stored, segment->header.salt);
	journal_frame_encode(&frame, segment->header.salt, (uint8_t *)bytes.ptr + JOURNAL_PREFACE_SIZE);
	write_whole(path, bytes.ptr, bytes.len);
	check(*state, &found);
	expect_one(&found, JOURNAL_ALTERED, first, last);
	{ /* and it is not sealed */
		const struct journal_seal_options options = {0};
		struct err err = {0};

		assert_int_equal(journal_seal(*state, 1001, &options, NULL, &err), ERR_CORRUPT);
		assert_non_null(strstr(err.message, "somebody changed them"));
	}
	journal_segment_close(segment);
	buf_done(&bytes);
}

/* Writes a sealed segment again with record seq changed, all checksums right; the tiles and the cover too
   where they are to fit. */
static void forge(const char *folder, uint64_t name, uint64_t seq, bool tiles_too)
{
	struct all_records all;
	struct sealed *old, *new;
	struct buf bytes = {0};
	char other[] = "/tmp/wanglou-journal-XXXXXX", path[PATH_MAX];
	struct sealed_header header;
	uint8_t encoded[SEALED_HEADER_SIZE];
	const struct tlog_hash *tiles;

	/* The same records but one, written and sealed elsewhere; then the old header's tree put into the
	 * file. */
	assert_non_null(mkdtemp(other));
	records_read(folder, NULL, 1, &all);
	for (uint64_t first = 1; first <= name; first += 1000) {
		struct journal *journal = open_quick(other);

		for (uint64_t i = first; i < first + 1000; i++) {
			struct journal_record record = all.items[i - 1];

			if (record.seq == seq)
				record.bytes = STR("nothing to see here");
			assert_int_equal(journal_append(journal, &record, 1), 0);
		}
		journal_close(journal);
	}
	write_segment(other, NULL, 1, 1);
	seal_all(other, NULL);
	assert_int_equal(sealed_open(folder, name, NULL, &old, NULL), 0);
	assert_int_equal(sealed_open(other, name, NULL, &new, NULL), 0);
	assert_int_equal(sealed_path(other, name, path), 0);
	read_whole(path, &bytes);
	header = new->header;
	memcpy(header.node, old->header.node, sizeof(header.node));
	header.before = old->header.before;
	header.after = old->header.after;
	header.cover = old->header.cover;
	if (!tiles_too) {
		size_t len = sealed_tile_count(&header) * TLOG_HASH_SIZE;

		assert_int_equal(sealed_tiles(old, &tiles), 0);
		memcpy(bytes.ptr + header.tiles, tiles, len);
		header.tiles_checksum = hash_bytes_seeded(tiles, len, header.salt);
	}
	sealed_header_encode(&header, encoded);
	memcpy(bytes.ptr, encoded, sizeof(encoded));
	memcpy(bytes.ptr + bytes.len - sizeof(encoded), encoded, sizeof(encoded));
	assert_int_equal(sealed_path(folder, name, path), 0);
	write_whole(path, bytes.ptr, bytes.len);
	sealed_close(old);
	sealed_close(new);
	buf_done(&bytes);
	records_done(&all);
	folder_remove(other);
}

/* Segment 1001 has the leaves 1000 to 1999: 24 before the first whole 256, then 1024, 1280, 1536; from 1792
   on 208 behind the last. */
static void test_sealed_record(void **state)
{
	static const struct {
		uint64_t seq, first, last;
	} cases[] = {
		{1001, 1001, 1008}, {1010, 1009, 1024}, {1025, 1025, 1280}, {1500, 1281, 1536},
		{1792, 1537, 1792}, {1793, 1793, 1920}, {1990, 1985, 2000},
	};
	struct found found;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(*state, true);
		forge(*state, 1001, cases[i].seq, false);
		check(*state, &found);
		expect_one(&found, JOURNAL_ALTERED, cases[i].first, cases[i].last);
		folder_clear(*state);
	}
}

/* Tiles that fit the records do not fit the cover: then the cover says which leaves are not what they were.
 */
static void test_sealed_tiles(void **state)
{
	struct found found;

	make(*state, true);
	forge(*state, 1001, 1100, true);
	check(*state, &found);
	expect_one(&found, JOURNAL_ALTERED, 1025, 1536); /* the node over 1024 to 1535 */
}

/* A chain put together anew from some segment on holds together: only heads kept elsewhere can tell. But one
   segment made anew does not. */
static void test_resealed(void **state)
{
	char other[] = "/tmp/wanglou-journal-XXXXXX", path[PATH_MAX];
	struct buf bytes = {0};
	struct found found;
	struct sealed *new;
	struct sealed_header header;
	uint8_t encoded[SEALED_HEADER_SIZE], node[JOURNAL_NODE_SIZE];

	make(*state, true);
	assert_int_equal(journal_node(*state, node), 0);
	assert_non_null(mkdtemp(other));
	write_segment(other, NULL, 1, 1000);
	write_segment(other, NULL, 5001, 6000); /* other records under the numbers 1001 to 2000 */
	write_segment(other, NULL, 1, 1);
	seal_all(other, NULL);
	assert_int_equal(sealed_open(other, 1001, NULL, &new, NULL), 0);
	assert_int_equal(sealed_path(other, 1001, path), 0);
	read_whole(path, &bytes);
	header = new->header;
	memcpy(header.node, node, sizeof(node));
	sealed_header_encode(&header, encoded);
	memcpy(bytes.ptr, encoded, sizeof(encoded));
	assert_int_equal(sealed_path(*state, 1001, path), 0);
	write_whole(path, bytes.ptr, bytes.len);
	check(*state, &found);
	expect_one(&found, JOURNAL_MISPLACED, 2001, 3000); /* does not follow on it */
	sealed_close(new);
	buf_done(&bytes);
	folder_remove(other);
}

/* Of a frame that is lost the check says the same before the sealing and after it. */
static void test_lost_frame(void **state)
{
	struct found found;
	struct journal *journal;
	uint64_t first, last;

	for (uint64_t seq = 1001; seq <= 1050; seq += 7) { /* also the first and the last frame */
		write_segment(*state, NULL, 1, 1000);
		journal = open_quick(*state);
		append_range(journal, 1001, 1050, true);
		journal_close(journal);
		write_segment(*state, NULL, 1051, 1060);
		damage_frame(*state, 1001, seq, &first, &last);
		for (int i = 0; i < 3; i++) {
			check(*state, &found);
			expect_one(&found, JOURNAL_LOST, first, last);
			if (i == 0)
				seal_all(*state, NULL);
			else
				remove_live(*state);
		}
		folder_clear(*state);
	}
}

/* One header gone, then both. */
static void test_headers(void **state)
{
	struct found found;
	struct buf bytes = {0};
	char path[PATH_MAX];

	for (int sealed = 0; sealed < 2; sealed++) {
		make(*state, sealed);
		path_of(*state, 1001, sealed, path);
		read_whole(path, &bytes);
		bytes.ptr[100] ^= 1;
		write_whole(path, bytes.ptr, bytes.len);
		check(*state, &found);
		assert_int_equal(found.leaves, 3010);
		expect_one(&found, JOURNAL_WORN, 1001, 2000);
		bytes.ptr[sealed ? bytes.len - 100 : 2100] ^= 1;
		write_whole(path, bytes.ptr, bytes.len);
		check(*state, &found);
		expect_one(&found, JOURNAL_LOST, 1001, 2000);
		folder_clear(*state);
	}
	buf_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_whole),
		TEST_IN_FOLDER(test_a_part),
		TEST_IN_FOLDER(test_dropped),
		TEST_IN_FOLDER(test_swapped),
		TEST_IN_FOLDER(test_of_another_journal),
		TEST_IN_FOLDER(test_live_record),
		TEST_IN_FOLDER(test_sealed_record),
		TEST_IN_FOLDER(test_sealed_tiles),
		TEST_IN_FOLDER(test_resealed),
		TEST_IN_FOLDER(test_headers),
		TEST_IN_FOLDER(test_lost_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
