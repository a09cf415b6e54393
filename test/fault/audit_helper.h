/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_FAULT_AUDIT_HELPER_H
#define TEST_FAULT_AUDIT_HELPER_H
/*
 * An archive of four segments with a signed head behind each, a copy of its heads
 * and its key elsewhere, and the whole check of it.
 */
#include "archive_helper.h"

#include "audit/heads.h"
#include "audit/place.h"
#include "audit/verify.h"

#define SEGMENT 300 /* records of each of the first three; the last has ten */
#define RECORDS (3 * SEGMENT + 10)

struct archive_case {
	char folder[64];   /* of the journal */
	char heads[96];    /* elsewhere */
	char key_path[96]; /* the public key there */
	struct tlog_key *key;
	int64_t signed_time;

	/* of the last check */
	struct audit_problem problems[64];
	size_t count;
	struct audit_summary summary;
};

static inline void case_tell(void *context, const struct audit_problem *problem)
{
	struct archive_case *c = context;

	assert_true(c->count < 64);
	c->problems[c->count++] = *problem;
}

static inline void append_file(const char *path, struct str bytes)
{
	FILE *file = fopen(path, "ab");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

/* Signs what is there now, as the archive process does. */
static inline void sign(struct archive_case *c, const char *folder, bool elsewhere)
{
	struct journal_tree *tree;
	struct journal_stat stat;
	struct tlog_head head = {0};
	struct tlog_range range;
	struct buf note = {0};
	char path[PATH_MAX];

	assert_int_equal(journal_tree_open(folder, NULL, &tree, NULL), 0);
	assert_int_equal(journal_stat(folder, &stat), 0);
	head.size = journal_tree_size(tree);
	assert_int_equal(tlog_range_fetch(0, head.size, journal_tree_fetch, tree, &range), 0);
	tlog_range_root(&range, &head.root);
	head.seq = stat.durable_seq;
	head.time = c->signed_time += CLOCK_MINUTE;
	assert_int_equal(journal_node(folder, head.node), 0);
	assert_int_equal(tlog_head_sign(&head, c->key, &note), 0);
	snprintf(path, sizeof(path), "%s/sealed", folder);
	io_make_folder(path, 0750);
	snprintf(path, sizeof(path), "%s/sealed/heads-20260101.txt", folder);
	append_file(path, buf_str(&note));
	if (elsewhere)
		append_file(c->heads, buf_str(&note));
	journal_tree_close(tree);
	buf_done(&note);
}

static inline void write_key(const struct tlog_key *key, const char *path)
{
	struct buf pem = {0};

	tlog_key_public_pem(key, &pem);
	assert_int_equal(io_replace_file(path, pem.ptr, pem.len, 0644), 0);
	buf_done(&pem);
}

static inline void put_key(const struct archive_case *c, const char *folder)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sealed", folder);
	io_make_folder(path, 0750);
	snprintf(path, sizeof(path), "%s/sealed/key-00000000.pem", folder);
	write_key(c->key, path);
}

/* Records 1 to RECORDS; sealed: all but the last segment. */
static inline void make_archive(struct archive_case *c, bool sealed)
{
	c->signed_time = INT64_C(1700000100000000);
	put_key(c, c->folder);
	for (uint64_t i = 0; i < 4; i++) {
		write_segment(c->folder, NULL, i * SEGMENT + 1, i < 3 ? (i + 1) * SEGMENT : RECORDS);
		sign(c, c->folder, true);
	}
	if (!sealed)
		return;
	seal_all(c->folder, NULL);
	remove_live(c->folder);
}

static inline void clear_archive(struct archive_case *c)
{
	char path[PATH_MAX];

	folder_clear(c->folder);
	snprintf(path, sizeof(path), "%s/sealed/heads-20260101.txt", c->folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/sealed/key-00000000.pem", c->folder);
	unlink(path);
	unlink(c->heads);
}

static inline int case_setup(void **state)
{
	struct archive_case *c = calloc(1, sizeof(*c));

	snprintf(c->folder, sizeof(c->folder), "/tmp/wanglou-audit-XXXXXX");
	if (!mkdtemp(c->folder) || tlog_key_generate(TLOG_ED25519, &c->key) < 0)
		return -1;
	snprintf(c->heads, sizeof(c->heads), "%s.heads", c->folder);
	snprintf(c->key_path, sizeof(c->key_path), "%s.pem", c->folder);
	write_key(c->key, c->key_path);
	*state = c;
	return 0;
}

static inline int case_teardown(void **state)
{
	struct archive_case *c = *state;
	char path[PATH_MAX];

	clear_archive(c);
	snprintf(path, sizeof(path), "%s/sealed", c->folder);
	rmdir(path);
	folder_remove(c->folder);
	unlink(c->key_path);
	tlog_key_free(c->key);
	free(c);
	return 0;
}

/* The check; with what is kept elsewhere, where these are not NULL. */
static inline void check_with(struct archive_case *c, const char *heads_file, const char *key_file)
{
	const struct audit_report report = {.problem = case_tell, .context = c};
	struct audit_segments segments = {0};
	struct audit_heads heads = {0};
	struct audit_place place;
	struct err err = {0};
	struct audit_verify verify = {.folder = c->folder, .segments = &segments, .report = &report};
	int r;

	c->count = 0;
	r = audit_place_find(c->folder, &place, &err);
	if (r == 0 && key_file)
		r = audit_heads_add_key(&heads, key_file, true, &err);
	if (r == 0)
		r = audit_heads_add_folder(&heads, place.sealed, &report, &err);
	if (r == 0 && heads_file)
		r = audit_heads_add_file(&heads, heads_file, true, &report, &err);
	audit_heads_check(&heads, place.has_node ? place.node : NULL, &report);
	if (r == 0)
		r = audit_segments_read(place.journal, NULL, &segments, &err);
	if (r == 0)
		r = audit_range_read(&segments, NULL, NULL, &verify.range, &err);
	if (r == 0)
		r = audit_verify(&verify, &heads, &c->summary, &err);
	if (r < 0)
		fail_msg("%s: %s", err_text(r), err.message);
	audit_heads_done(&heads);
	vec_done(&segments);
}

static inline void check_alone(struct archive_case *c)
{
	check_with(c, NULL, NULL);
}

static inline void check_elsewhere(struct archive_case *c)
{
	check_with(c, c->heads, c->key_path);
}

static inline void print_problems(const struct archive_case *c)
{
	for (size_t i = 0; i < c->count; i++)
		print_message("  %s %llu-%llu %s: %s\n", audit_problem_id(c->problems[i].kind),
			      (unsigned long long)c->problems[i].first_seq,
			      (unsigned long long)c->problems[i].last_seq, c->problems[i].file,
			      c->problems[i].text);
}

static inline void expect_fine(const struct archive_case *c, uint64_t heads)
{
	if (c->count)
		print_problems(c);
	assert_int_equal(c->count, 0);
	assert_int_equal(c->summary.records, RECORDS);
	assert_int_equal(c->summary.heads_checked, heads);
}

/* One problem is of that kind and has that range. */
static inline void expect_told(const struct archive_case *c, enum audit_problem_kind kind, uint64_t first,
			       uint64_t last)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->problems[i].kind == kind && c->problems[i].first_seq == first &&
		    c->problems[i].last_seq == last)
			return;
	print_problems(c);
	fail_msg("no %s from %llu to %llu", audit_problem_id(kind), (unsigned long long)first,
		 (unsigned long long)last);
}

static inline void expect_only(const struct archive_case *c, enum audit_problem_kind kind, uint64_t first,
			       uint64_t last)
{
	expect_told(c, kind, first, last);
	if (c->count != 1)
		print_problems(c);
	assert_int_equal(c->count, 1);
}

static inline void file_of(const struct archive_case *c, uint64_t name, bool sealed, char path[PATH_MAX])
{
	assert_int_equal(
		sealed ? sealed_path(c->folder, name, path) : journal_segment_path(c->folder, name, path), 0);
}

#define TEST_ARCHIVE(f) cmocka_unit_test_setup_teardown(f, case_setup, case_teardown)

#endif
