/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs and packages from archives that retention or damage has been at. */
#include "audit_helper.h"

#include "audit/export.h"
#include "audit/package.h"
#include "audit/prove.h"
#include "base/json.h"

struct opened {
	struct audit_heads heads;
	struct audit_segments segments;
	struct audit_place place;
	struct audit_report report;
};

static void open_case(struct archive_case *c, struct opened *opened)
{
	*opened = (struct opened){.report = {.problem = case_tell, .context = c}};
	c->count = 0;
	assert_int_equal(audit_place_find(c->folder, &opened->place, NULL), 0);
	assert_int_equal(audit_heads_add_folder(&opened->heads, opened->place.sealed, &opened->report, NULL),
			 0);
	audit_heads_check(&opened->heads, opened->place.node, &opened->report);
	assert_int_equal(audit_segments_read(c->folder, NULL, &opened->segments, NULL), 0);
}

static void close_case(struct opened *opened)
{
	audit_heads_done(&opened->heads);
	vec_done(&opened->segments);
}

/* Exports, checks the package by itself and gives what both say. */
static struct audit_export_summary export_and_check(struct archive_case *c, const char *from, const char *to,
						    const char *source,
						    struct audit_package_summary *ret_package)
{
	struct audit_source sources[1];
	struct audit_heads none = {0};
	struct audit_export_summary summary;
	struct opened opened;
	struct err err = {0};
	char out[96];
	struct audit_export export = {.folder = c->folder,
				      .segments = &opened.segments,
				      .heads = &opened.heads,
				      .out = out,
				      .program = "test",
				      .by = "li",
				      .from = from,
				      .to = to,
				      .sources = sources,
				      .source_count = source ? 1 : 0};

	snprintf(out, sizeof(out), "%s.tar.zst", c->folder);
	unlink(out);
	open_case(c, &opened);
	export.node = opened.place.node;
	export.report = &opened.report;
	if (source)
		assert_int_equal(audit_source_read(source, &sources[0]), 0);
	if (audit_range_read(&opened.segments, from, to, &export.range, &err) < 0 ||
	    audit_export(&export, &summary, &err) < 0)
		fail_msg("%s", err.message);
	if (audit_package_verify(out, &none, &opened.report, ret_package, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(ret_package->records, summary.records);
	assert_int_equal(ret_package->proven, summary.records - summary.unproven);
	close_case(&opened);
	audit_heads_done(&none);
	unlink(out);
	return summary;
}

static void test_all(void **state)
{
	struct archive_case *c = *state;
	struct audit_package_summary package;
	struct audit_export_summary summary;

	for (int sealed = 0; sealed < 2; sealed++) {
		make_archive(c, sealed);
		summary = export_and_check(c, NULL, NULL, NULL, &package);
		assert_int_equal(c->count, 0);
		assert_int_equal(summary.records, RECORDS);
		assert_int_equal(package.proven, RECORDS);
		assert_int_equal(package.signed_time, c->signed_time);
		clear_archive(c);
	}
}

/* Parts by number, hint and peer. Between which heads they lie is shown. */
static void test_some(void **state)
{
	static const struct {
		const char *from, *to, *source;
		uint64_t records;
	} cases[] = {
		{"301", "301", NULL, 1},
		{"250", "650", NULL, 401},
		{"905", NULL, NULL, 6},
		{NULL, NULL, "hint", RECORDS - RECORDS / 3},
		{NULL, NULL, "192.0.2.7", 4},      /* numbers 7, 263, 519, 775 */
		{"100", "600", "192.0.2.0/30", 8}, /* 256 to 259 and 512 to 515 */
		{NULL, NULL, "syslog-udp", 130},   /* n % 7 == 1 */
	};
	struct archive_case *c = *state;
	struct audit_package_summary package;

	make_archive(c, true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct audit_export_summary summary =
			export_and_check(c, cases[i].from, cases[i].to, cases[i].source, &package);

		assert_int_equal(c->count, 0);
		assert_int_equal(summary.records, cases[i].records);
		assert_int_equal(summary.unproven, 0);
		assert_true(package.heads_checked >= 1);
	}
	export_and_check(c, "650", "700", NULL, &package);
	assert_int_equal(package.heads_checked, 2); /* behind 600 and behind 900 */
}

static void test_tail(void **state)
{
	struct archive_case *c = *state;
	struct audit_package_summary package;
	struct audit_export_summary summary;

	make_archive(c, true);
	write_segment(c->folder, NULL, RECORDS + 1, RECORDS + 20);
	summary = export_and_check(c, "900", NULL, NULL, &package);
	assert_int_equal(summary.records, 31);
	assert_int_equal(summary.unproven, 20);
	expect_only(c, AUDIT_UNPROVEN, RECORDS + 1, RECORDS + 20);
}

/* Retention is no tampering: the rest is checked, proven and exported as before. */
static void test_deleted(void **state)
{
	struct archive_case *c = *state;
	struct audit_package_summary package;

	make_archive(c, true);
	assert_int_equal(journal_prune(c->folder, NULL, SEGMENT + 1, UINT32_MAX, "test", NULL), 0);
	check_elsewhere(c);
	if (c->count)
		print_problems(c);
	assert_int_equal(c->count, 0);
	assert_int_equal(c->summary.removed, SEGMENT);
	assert_int_equal(c->summary.records, RECORDS - SEGMENT);
	assert_int_equal(c->summary.heads_checked, 8); /* the one at its end, too: the cover is there */
	assert_int_equal(export_and_check(c, NULL, NULL, NULL, &package).records, RECORDS - SEGMENT);
	assert_int_equal(package.proven, RECORDS - SEGMENT);
	assert_int_equal(c->count, 0);
}

/* A frame in the middle is damaged: what is before it and what is behind it is proven all the same. */
static void test_damaged(void **state)
{
	struct archive_case *c = *state;
	struct audit_package_summary package;
	struct journal *journal;
	struct audit_export_summary summary;
	struct buf bytes = {0};
	char path[PATH_MAX];
	size_t at;

	c->signed_time = INT64_C(1700000100000000);
	put_key(c, c->folder);
	write_segment(c->folder, NULL, 1, 50);
	sign(c, c->folder, true);
	journal = open_quick(c->folder);
	append_range(journal, 51, 80, true); /* a frame each */
	journal_close(journal);
	sign(c, c->folder, true);
	write_segment(c->folder, NULL, 81, 100);
	sign(c, c->folder, true);
	file_of(c, 51, false, path);
	read_whole(path, &bytes);
	at = str_find(buf_str(&bytes), STR("record 60"));
	assert_int_not_equal(at, STR_NOT_FOUND);
	bytes.ptr[at] = 'R';
	write_whole(path, bytes.ptr, bytes.len);
	check_elsewhere(c);
	expect_only(c, AUDIT_LOST, 60, 60);
	assert_int_equal(c->summary.heads_checked, 6);
	summary = export_and_check(c, NULL, NULL, NULL, &package);
	assert_int_equal(summary.records, 99);
	assert_true(package.proven >= 90); /* 51 to 59 wait for a head that the lost leaf is under */
	buf_done(&bytes);
}

/* --- proofs --------------------------------------------------------------------------------------------- */

static void test_prove(void **state)
{
	struct archive_case *c = *state;
	struct opened opened;
	struct audit_archive archive = {.folder = c->folder};
	struct buf json = {0};
	struct err err = {0};

	make_archive(c, true);
	open_case(c, &opened);
	archive.heads = &opened.heads;
	archive.node = opened.place.node;
	assert_int_equal(journal_tree_open(c->folder, NULL, &archive.tree, NULL), 0);
	for (uint64_t seq = 1; seq <= RECORDS; seq += 13) {
		buf_clear(&json);
		if (audit_prove_inclusion(&archive, seq, 0, &json, &err) < 0)
			fail_msg("%llu: %s", (unsigned long long)seq, err.message);
		assert_int_equal(json.ptr[json.len - 1], '}');
	}
	assert_int_equal(audit_prove_inclusion(&archive, RECORDS + 1, 0, &json, &err), ERR_END);
	assert_int_equal(audit_prove_inclusion(&archive, 500, 400, &json, &err), ERR_RANGE);
	for (uint64_t first = 1; first <= RECORDS; first += 101)
		for (uint64_t second = first; second <= RECORDS; second += 97) {
			buf_clear(&json);
			assert_int_equal(audit_prove_consistency(&archive, first, second, &json, &err), 0);
		}
	assert_int_equal(audit_prove_consistency(&archive, 0, 5, &json, &err), ERR_RANGE);
	assert_int_equal(audit_prove_consistency(&archive, 5, 4, &json, &err), ERR_RANGE);
	assert_int_equal(audit_prove_consistency(&archive, 5, RECORDS + 1, &json, &err), ERR_RANGE);
	journal_tree_close(archive.tree);
	close_case(&opened);
	buf_done(&json);
}

/* No proof is handed out that contradicts a head. */
static void test_prove_nothing_false(void **state)
{
	struct archive_case *c = *state;
	struct opened opened;
	struct audit_archive archive = {.folder = c->folder};
	struct buf json = {0};
	struct err err = {0};

	make_archive(c, true);
	open_case(c, &opened);
	for (size_t i = 0; i < opened.heads.len; i++)
		opened.heads.items[i].head.root.bytes[0] ^= 1;
	archive.heads = &opened.heads;
	archive.node = opened.place.node;
	assert_int_equal(journal_tree_open(c->folder, NULL, &archive.tree, NULL), 0);
	assert_int_equal(audit_prove_inclusion(&archive, 5, 0, &json, &err), ERR_CORRUPT);
	assert_int_equal(audit_prove_consistency(&archive, SEGMENT, RECORDS, &json, &err), ERR_CORRUPT);
	journal_tree_close(archive.tree);
	close_case(&opened);
	buf_done(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_ARCHIVE(test_all),
		TEST_ARCHIVE(test_some),
		TEST_ARCHIVE(test_tail),
		TEST_ARCHIVE(test_deleted),
		TEST_ARCHIVE(test_damaged),
		TEST_ARCHIVE(test_prove),
		TEST_ARCHIVE(test_prove_nothing_false),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
