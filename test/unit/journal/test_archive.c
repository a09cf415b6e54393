/* SPDX-License-Identifier: Apache-2.0 */
/* The tree over live, sealed, pruned and deleted segments; retention; the list of segments. */
#include "archive_helper.h"

static const struct journal_key a_key = {{1, 2, 3}};

static unsigned class_of(void *context, const struct journal_record *record)
{
	(void)context;
	return record->listener;
}

/* Every node over these leaves is what the tree gives, or, where may_lack, it gives none. Returns how many it
   did not give. */
static unsigned check_nodes(const char *folder, const struct journal_key *key, const struct all_records *all,
			    bool may_lack)
{
	struct tlog_hash *nodes = calloc(all->len, sizeof(*nodes)), node;
	struct journal_tree *tree;
	struct err err = {0};
	unsigned lacking = 0;

	assert_non_null(nodes);
	for (size_t i = 0; i < all->len; i++)
		journal_leaf(&all->items[i], &nodes[i]);
	if (journal_tree_open(folder, key, &tree, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(journal_tree_size(tree), all->len);
	for (unsigned level = 0; all->len >> level; level++) {
		for (size_t i = 0; i < all->len >> level; i++) {
			int r = journal_tree_fetch(tree, level, i, &node);

			if (r == 0)
				assert_memory_equal(&node, &nodes[i], sizeof(node));
			else if (!may_lack || r != ERR_END)
				fail_msg("level %u, node %zu: %s", level, i, err_text(r));
			else
				lacking++;
		}
		for (size_t i = 0; i < all->len >> (level + 1); i++)
			tlog_node(&nodes[2 * i], &nodes[2 * i + 1], &nodes[i]);
	}
	assert_int_equal(journal_tree_fetch(tree, 0, all->len, &node), ERR_END);
	assert_int_equal(journal_tree_fetch(tree, 40, 0, &node), ERR_END);
	journal_tree_close(tree);
	free(nodes);
	return lacking;
}

/* Numbers and leaves are found both ways. */
static void check_numbers(const char *folder, const struct all_records *all)
{
	struct journal_tree *tree;

	assert_int_equal(journal_tree_open(folder, NULL, &tree, NULL), 0);
	for (size_t i = 0; i < all->len; i++) {
		uint64_t leaf, seq;

		assert_int_equal(journal_tree_leaf(tree, all->items[i].seq, &leaf), 0);
		assert_int_equal(leaf, i);
		assert_int_equal(journal_tree_seq(tree, i, &seq), 0);
		assert_int_equal(seq, all->items[i].seq);
		if (i && all->items[i].seq > all->items[i - 1].seq + 1)
			assert_int_equal(journal_tree_leaf(tree, all->items[i].seq - 1, &leaf), ERR_END);
	}
	journal_tree_close(tree);
}

static void make(const char *folder, const struct journal_key *key)
{
	write_segment(folder, key, 1, 700);
	write_segment(folder, key, 701, 703);
	forget_head(folder);
	write_segment(folder, key, 704, 6000);
	write_segment(folder, key, 6001, 6500);
	write_segment(folder, key, 6501, 6600);
}

static void test_tree(void **state)
{
	const struct journal_seal_options options = {.class_of = class_of};
	struct all_records all;

	make(*state, NULL);
	records_read(*state, NULL, 1, &all);
	check_nodes(*state, NULL, &all, false);
	check_numbers(*state, &all);
	assert_int_equal(journal_seal(*state, segment_name(*state, 2), &options, NULL, NULL), 0);
	check_nodes(*state, NULL, &all, false);
	seal_all(*state, &options);
	remove_live(*state);
	check_nodes(*state, NULL, &all, false);
	check_numbers(*state, &all);
	records_done(&all);
}

/* Lost frames take only the nodes above them away, before the sealing and after it. */
static void test_tree_with_losses(void **state)
{
	struct all_records all;
	struct journal *journal;
	uint64_t first, last;
	unsigned live;

	write_segment(*state, NULL, 1, 100);
	journal = open_quick(*state);
	append_range(journal, 101, 160, true);
	journal_close(journal);
	write_segment(*state, NULL, 161, 1000);
	write_segment(*state, NULL, 1001, 1010);
	records_read(*state, NULL, 1, &all);
	damage_frame(*state, 101, 101, &first, &last);
	damage_frame(*state, 101, 130, &first, &last);
	damage_frame(*state, 101, 160, &first, &last);
	live = check_nodes(*state, NULL, &all, true);
	assert_in_range(live, 3, 30);
	seal_all(*state, NULL);
	remove_live(*state);
	assert_in_range(check_nodes(*state, NULL, &all, true), 1, live);
	records_done(&all);
}

static int count_findings(void *context, const struct journal_span *span)
{
	((uint64_t *)context)[span->finding] += span->leaf_end - span->leaf_begin;
	return 0;
}

/* Which leaves a check finds whole, pruned, gone; none are anything else. */
static void expect_findings(const char *folder, const struct journal_key *key, uint64_t whole,
			    uint64_t pruned, uint64_t gone)
{
	uint64_t counts[JOURNAL_MISPLACED + 1] = {0};
	struct err err = {0};

	if (journal_check(folder, key, 1, UINT64_MAX, count_findings, NULL, counts, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(counts[JOURNAL_WHOLE], whole);
	assert_int_equal(counts[JOURNAL_PRUNED], pruned);
	assert_int_equal(counts[JOURNAL_GONE], gone);
	assert_int_equal(counts[JOURNAL_LOST] + counts[JOURNAL_ALTERED] + counts[JOURNAL_MISPLACED], 0);
}

/* Two of seven classes go, then one more; the rest reads, proves and checks as before. */
static void prune_and_look(const char *folder, const struct journal_key *key)
{
	const struct journal_seal_options options = {.class_of = class_of, .key = key};
	struct all_records all, some;
	struct buf bytes = {0};
	char path[PATH_MAX];
	size_t j = 0;
	uint64_t name;

	make(folder, key);
	records_read(folder, key, 1, &all);
	name = segment_name(folder, 2);
	seal_all(folder, &options);
	assert_int_equal(journal_prune(folder, key, name, 1 << 2, "too early", NULL), ERR_BUSY);
	remove_live(folder);
	assert_int_equal(journal_prune(folder, key, name, 1 << 2 | 1 << 5, "rule", NULL), 0);
	assert_int_equal(journal_prune(folder, key, name, 1 << 6, "rule", NULL), 0);
	records_read(folder, key, 1, &some);
	for (size_t i = 0; i < all.len; i++) {
		unsigned class = all.items[i].listener;
		bool gone = i >= 703 && i < 6000 && (class == 2 || class == 5 || class == 6);

		if (!gone) {
			assert_record(&some.items[j++], &all.items[i]);
		} else {
			struct arena *arena = arena_new(0);
			struct journal_record record;

			assert_int_equal(journal_get(folder, key, all.items[i].seq, arena, &record, NULL),
					 ERR_END);
			arena_free(arena);
		}
	}
	assert_int_equal(j, some.len);
	check_nodes(folder, key, &all, false);
	expect_findings(folder, key, some.len, all.len - some.len, 0);
	assert_int_equal(sealed_path(folder, name, path), 0);
	read_whole(path, &bytes);
	assert_true(str_find(buf_str(&bytes), STR("rule")) != STR_NOT_FOUND);
	buf_done(&bytes);
	records_done(&all);
	records_done(&some);
}

static void test_prune(void **state)
{
	prune_and_look(*state, NULL);
}

static void test_prune_encrypted(void **state)
{
	prune_and_look(*state, &a_key);
}

/* Of a pruned class nothing is left in the file, not in a dictionary either. */
static void test_pruned_bytes(void **state)
{
	struct journal *journal = open_quick(*state);
	const struct journal_seal_options options = {.class_of = class_of};
	struct journal_record record = {0};
	struct sealed *sealed;
	char text[600];

	for (unsigned i = 0; i < 12000; i++) {
		int len = snprintf(text, sizeof(text), "<1>x prog[1]: secret word %0500u", i * 2654435761u);

		record.listener = 1;
		record.bytes = str_of(text, (size_t)len);
		while (journal_append(journal, &record, 1) == -EAGAIN)
			;
	}
	record.listener = 2;
	assert_int_equal(journal_append(journal, &record, 1), 0);
	journal_close(journal);
	write_segment(*state, NULL, 1, 1);
	seal_all(*state, &options);
	remove_live(*state);
	assert_int_equal(sealed_open(*state, 1, NULL, &sealed, NULL), 0);
	assert_int_equal(sealed_load(sealed), 0);
	assert_true(sealed->index.streams.items[0].dictionary.stored > 0);
	sealed_close(sealed);
	assert_int_equal(journal_prune(*state, NULL, 1, 1 << 1, "", NULL), 0);
	assert_int_equal(sealed_open(*state, 1, NULL, &sealed, NULL), 0);
	assert_int_equal(sealed_load(sealed), 0);
	assert_int_equal(sealed->index.streams.items[0].dictionary.stored, 0);
	assert_int_equal(sealed->index.streams.items[0].bytes, 0);
	for (size_t i = 0; i < sealed->index.blocks.len; i++)
		assert_int_equal(sealed->index.blocks.items[i].kind,
				 sealed->index.blocks.items[i].stream == 0 ? SEALED_HASHES : SEALED_RECORDS);
	assert_true(sealed_bytes(sealed) < 12001 * 32 + 32768);
	sealed_close(sealed);
	expect_findings(*state, NULL, 2, 12000, 0);
}

static int see_state(void *context, const struct journal_segment_info *info)
{
	enum journal_segment_state **at = context;

	*(*at)++ = info->state;
	return 0;
}

static void test_delete(void **state)
{
	const struct journal_seal_options options = {.class_of = class_of};
	enum journal_segment_state states[8], *at = states;
	struct all_records all, some;
	struct journal_stat stat;

	make(*state, NULL);
	records_read(*state, NULL, 1, &all);
	seal_all(*state, &options);
	remove_live(*state);
	assert_int_equal(journal_prune(*state, NULL, segment_name(*state, 0), UINT32_MAX, "old", NULL), 0);
	assert_int_equal(journal_prune(*state, NULL, segment_name(*state, 2), 0x7f, "old", NULL), 0);
	assert_int_equal(journal_prune(*state, NULL, segment_name(*state, 2), 0x7f, "twice", NULL), 0);
	records_read(*state, NULL, 1, &some);
	assert_int_equal(some.len, 3 + 600);
	assert_record(&some.items[0], &all.items[700]);
	assert_record(&some.items[3], &all.items[6000]);
	records_done(&some);
	records_read(*state, NULL, all.items[1000].seq, &some);
	assert_record(&some.items[0], &all.items[6000]);
	assert_true(check_nodes(*state, NULL, &all, true) > 0);
	expect_findings(*state, NULL, 603, 0, 5997);
	assert_int_equal(journal_stat(*state, &stat), 0);
	assert_int_equal(stat.first_seq, 701);
	assert_int_equal(stat.segments, 5);
	assert_int_equal(journal_segments(*state, NULL, see_state, &at, NULL), 0);
	assert_int_equal(at - states, 5);
	assert_int_equal(states[0], JOURNAL_DELETED);
	assert_int_equal(states[1], JOURNAL_SEALED);
	assert_int_equal(states[2], JOURNAL_DELETED);
	assert_int_equal(states[4], JOURNAL_LIVE);
	{ /* what is left of the tree still gives its root, and the paths of the records that are there */
		struct journal_tree *tree;
		struct tlog_range range;
		struct tlog_hash node;

		assert_int_equal(journal_tree_open(*state, NULL, &tree, NULL), 0);
		assert_int_equal(tlog_range_fetch(0, all.len, journal_tree_fetch, tree, &range), 0);
		for (uint64_t leaf = 6000; leaf < all.len; leaf++)
			for (unsigned level = 0; (((leaf >> level) ^ 1) + 1) << level <= all.len; level++)
				if (((leaf >> level) ^ 1) << level >= 6000 || level >= 9)
					assert_int_equal(
						journal_tree_fetch(tree, level, (leaf >> level) ^ 1, &node),
						0);
		journal_tree_close(tree);
	}
	records_done(&all);
	records_done(&some);
}

/* A stranger's segment, or one that does not follow, is named. */
static void test_tree_of_strangers(void **state)
{
	char other[] = "/tmp/wanglou-journal-XXXXXX", from[PATH_MAX], to[PATH_MAX];
	struct journal_tree *tree;
	struct err err = {0};

	assert_non_null(mkdtemp(other));
	write_segment(*state, NULL, 1, 10);
	write_segment(*state, NULL, 11, 20);
	write_segment(other, NULL, 1, 10);
	write_segment(other, NULL, 11, 20);
	assert_int_equal(journal_segment_path(*state, 1, to) | journal_segment_path(other, 1, from), 0);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(journal_tree_open(*state, NULL, &tree, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.message, "another journal"));
	folder_remove(other);
}

static void test_empty(void **state)
{
	struct journal_tree *tree;
	struct tlog_hash hash;
	uint64_t value;

	assert_int_equal(journal_tree_open(*state, NULL, &tree, NULL), 0);
	assert_int_equal(journal_tree_size(tree), 0);
	assert_int_equal(journal_tree_fetch(tree, 0, 0, &hash), ERR_END);
	assert_int_equal(journal_tree_leaf(tree, 1, &value), ERR_END);
	assert_int_equal(journal_tree_seq(tree, 0, &value), ERR_END);
	journal_tree_close(tree);
	expect_findings(*state, NULL, 0, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_IN_FOLDER(test_tree),
		TEST_IN_FOLDER(test_tree_with_losses),
		TEST_IN_FOLDER(test_prune),
		TEST_IN_FOLDER(test_prune_encrypted),
		TEST_IN_FOLDER(test_pruned_bytes),
		TEST_IN_FOLDER(test_delete),
		TEST_IN_FOLDER(test_tree_of_strangers),
		TEST_IN_FOLDER(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
