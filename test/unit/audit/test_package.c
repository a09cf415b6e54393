/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A package of some records of a tree is written, taken apart, changed in one
 * place, put together again with a manifest that agrees, and checked.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "helper.h"

#include "audit/private.h"
#include "base/hash.h"
#include "journal/archive.h"

#define LEAVES 200
#define MEMBERS 8

static char folder[] = "/tmp/wanglou-package-XXXXXX";
static char path[64];
static struct tlog_key *key;
static const uint8_t node[TLOG_NODE_SIZE] = {1};

static struct journal_record record_of(uint64_t leaf)
{
	static char text[32];
	int len = snprintf(text, sizeof(text), "line %llu", (unsigned long long)leaf);

	return (struct journal_record){.seq = leaf + 1,
				       .received = INT64_C(1700000000000000) + (int64_t)leaf * CLOCK_SECOND,
				       .listener = 1,
				       .bytes = str_of(text, (size_t)len)};
}

static struct tlog_hash leaf_of(uint64_t leaf)
{
	struct journal_record record = record_of(leaf);
	struct tlog_hash hash;

	journal_leaf(&record, &hash);
	return hash;
}

static struct tlog_range range_of(uint64_t begin, uint64_t end)
{
	struct tlog_range range;

	tlog_range_init(&range, begin);
	for (; begin < end; begin++) {
		struct tlog_hash hash = leaf_of(begin);

		tlog_range_append(&range, &hash);
	}
	return range;
}

static struct tlog_head head_of(uint64_t size)
{
	struct tlog_head head = {
		.size = size, .seq = size, .time = INT64_C(1700000000000000) + (int64_t)size * CLOCK_SECOND};
	struct tlog_range range = range_of(0, size);

	memcpy(head.node, node, sizeof(node));
	tlog_range_root(&range, &head.root);
	return head;
}

/* -- a package ----------------------------------------------------------------------------------------- */

static void add_gap(struct parts *parts, uint64_t begin, uint64_t end)
{
	const struct audit_proof_line proof = {.nodes = range_of(begin, end)};
	struct buf line = {0};

	audit_proof_line(&proof, &line);
	buf_add_char(&line, '\n');
	audit_spool_add(&parts->proofs, buf_str(&line));
	buf_done(&line);
}

static void add_head(struct parts *parts, uint64_t size)
{
	const struct audit_proof_line proof = {.head = size};
	struct tlog_head head = head_of(size);
	struct buf line = {0};

	audit_proof_line(&proof, &line);
	buf_add_char(&line, '\n');
	audit_spool_add(&parts->proofs, buf_str(&line));
	add_signed(&parts->heads, &head, key);
	buf_done(&line);
}

static void add_records(struct parts *parts, uint64_t begin, uint64_t end)
{
	for (; begin < end; begin++) {
		struct journal_record record = record_of(begin);
		struct buf line = {0};

		audit_record_line(&record, begin, &line);
		buf_add_char(&line, '\n');
		audit_spool_add(&parts->records, buf_str(&line));
		buf_add_str(&parts->preview, buf_str(&line));
		buf_done(&line);
		parts->info.records++;
	}
}

/* 10 to 19, 30 and 100 to 109 of 200; heads at 10, 50 and 200. */
static void write_package(void)
{
	struct audit_heads heads = {0};
	const struct audit_export export = {.heads = &heads, .out = path};
	struct audit_export_summary summary = {0};
	struct parts parts = {.info = {.program = "test", .by = "li", .from = "", .to = "", .sources = ""}};
	struct err err = {0};

	memcpy(parts.info.node, node, sizeof(node));
	add_key(&heads, key, false);
	assert_int_equal(audit_spool_open(folder, &parts.records), 0);
	assert_int_equal(audit_spool_open(folder, &parts.proofs), 0);
	add_gap(&parts, 0, 10);
	add_head(&parts, 10);
	add_records(&parts, 10, 20);
	add_gap(&parts, 20, 30);
	add_records(&parts, 30, 31);
	add_gap(&parts, 31, 50);
	add_head(&parts, 50);
	add_gap(&parts, 50, 100);
	add_records(&parts, 100, 110);
	add_gap(&parts, 110, LEAVES);
	add_head(&parts, LEAVES);
	audit_spool_finish(&parts.records);
	audit_spool_finish(&parts.proofs);
	if (package_write(&export, &parts, &summary, &err) < 0)
		fail_msg("%s", err.message);
	assert_true(summary.bytes > 0);
	assert_int_equal(package_write(&export, &parts, &summary, &err), -EEXIST);
	audit_spool_close(&parts.records);
	audit_spool_close(&parts.proofs);
	buf_done(&parts.heads);
	buf_done(&parts.preview);
	audit_heads_done(&heads);
}

static struct audit_package_summary check(struct told *told, struct audit_heads *heads)
{
	const struct audit_report report = {.problem = tell, .context = told};
	struct audit_package_summary summary;
	struct err err = {0};

	if (audit_package_verify(path, heads, &report, &summary, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(summary.problems, told->count);
	return summary;
}

static struct audit_package_summary check_alone(struct told *told)
{
	struct audit_heads heads = {0};
	struct audit_package_summary summary;

	*told = (struct told){0};
	summary = check(told, &heads);
	audit_heads_done(&heads);
	return summary;
}

/* -- taken apart and put together ----------------------------------------------------------------------- */

struct member {
	char name[64];
	struct buf content;
};

static size_t take_apart(struct member members[MEMBERS])
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	size_t count = 0;

	archive_read_support_filter_zstd(archive);
	archive_read_support_format_tar(archive);
	assert_int_equal(archive_read_open_filename(archive, path, 65536), ARCHIVE_OK);
	while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
		struct member *member = &members[count++];
		size_t size = (size_t)archive_entry_size(entry);

		snprintf(member->name, sizeof(member->name), "%s", archive_entry_pathname(entry));
		member->content = (struct buf){0};
		assert_int_equal(archive_read_data(archive, buf_reserve(&member->content, size + 1), size),
				 size);
		member->content.len = size;
	}
	archive_read_free(archive);
	return count;
}

static void put_together(struct member *members, size_t count)
{
	struct archive *archive = archive_write_new();

	archive_write_set_format_pax_restricted(archive);
	archive_write_add_filter_zstd(archive);
	assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, members[i].name);
		archive_entry_set_size(entry, (int64_t)members[i].content.len);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
		archive_write_data(archive, members[i].content.ptr, members[i].content.len);
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
	for (size_t i = 0; i < count; i++)
		buf_done(&members[i].content);
}

static struct member *member_of(struct member *members, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	fail_msg("no member %s", name);
	return NULL;
}

/* Replaces the first from in a text with to. */
static void replace(struct buf *text, const char *from, const char *to)
{
	size_t at = str_find(buf_str(text), str_from(from));
	struct buf out = {0};

	assert_int_not_equal(at, STR_NOT_FOUND);
	buf_add_str(&out, str_head(buf_str(text), at));
	buf_add_str(&out, str_from(to));
	buf_add_str(&out, str_from_offset(buf_str(text), at + strlen(from)));
	buf_done(text);
	*text = out;
}

/* Gives the manifest the lengths and hashes of the members as they are now. */
static void agree(struct member *members, size_t count)
{
	struct audit_package_info info = {
		.program = "", .by = "", .from = "", .to = "", .sources = "", .records = 21};
	struct audit_package_file files[MEMBERS];

	memcpy(info.node, node, sizeof(node));
	for (size_t i = 1; i < count; i++) {
		snprintf(files[i].name, sizeof(files[i].name), "%s", members[i].name);
		files[i].bytes = members[i].content.len;
		sha256(members[i].content.ptr, members[i].content.len, files[i].sha256);
	}
	buf_clear(&members[0].content);
	audit_manifest(&info, files + 1, count - 1, &members[0].content);
}

static void change(const char *member, const char *from, const char *to)
{
	struct member members[MEMBERS];
	size_t count = take_apart(members);

	replace(&member_of(members, count, member)->content, from, to);
	agree(members, count);
	put_together(members, count);
}

/* -- tests --------------------------------------------------------------------------------------------- */

static int setup(void **state)
{
	(void)state;
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	if (!mkdtemp(folder) || tlog_key_generate(TLOG_ED25519, &key) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/package.tar.zst", folder);
	write_package();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tlog_key_free(key);
	unlink(path);
	return rmdir(folder);
}

static void test_fine(void **state)
{
	struct told told;
	struct audit_package_summary summary = check_alone(&told);

	(void)state;
	assert_int_equal(told.count, 0);
	assert_int_equal(summary.records, 21);
	assert_int_equal(summary.proven, 21);
	assert_int_equal(summary.heads_checked, 3);
	assert_int_equal(summary.first_seq, 11);
	assert_int_equal(summary.last_seq, 110);
	assert_int_equal(summary.signed_time, head_of(LEAVES).time);
}

/* The same without a change: what the tests below do to it is not what is found. */
static void test_put_together(void **state)
{
	struct member members[MEMBERS];
	struct told told;
	size_t count = take_apart(members);

	(void)state;
	assert_int_equal(count, 6);
	agree(members, count);
	put_together(members, count);
	check_alone(&told);
	assert_int_equal(told.count, 0);
}

/* What a record says is changed, in all places: the records of its part have no proof any more, the others
 * do. */
static void test_record_changed(void **state)
{
	struct audit_package_summary summary;
	struct told told;

	(void)state;
	change("records.ndjson", "\"line 12\"", "\"line 21\"");
	summary = check_alone(&told);
	assert_int_equal(told_first(&told, AUDIT_DIFFERS)->first_seq, 11);
	assert_int_equal(told_first(&told, AUDIT_DIFFERS)->last_seq, 31);
	assert_int_equal(told_of(&told, AUDIT_UNPROVEN), 1);
	assert_int_equal(summary.proven, 0); /* nor can what follows be, whose root depends on it */
	unlink(path);
	write_package();
	change("records.ndjson", "\"line 105\"", "\"line 501\"");
	summary = check_alone(&told);
	assert_int_equal(told_first(&told, AUDIT_DIFFERS)->first_seq, 101);
	assert_int_equal(told_first(&told, AUDIT_DIFFERS)->last_seq, 110);
	assert_int_equal(summary.proven, 11);
}

static void test_text_beside_the_proof(void **state)
{
	struct told told;

	(void)state;
	change("records.ndjson", "\"received\":\"2023-11-14T22:13:32.000000Z\"",
	       "\"received\":\"2023-11-14T23:13:32.000000Z\"");
	check_alone(&told);
	assert_string_equal(told_first(&told, AUDIT_PACKAGE)->file, "records.ndjson");
}

static void test_record_dropped(void **state)
{
	struct member members[MEMBERS];
	struct told told;
	size_t count = take_apart(members);
	struct buf *records = &member_of(members, count, "records.ndjson")->content;
	size_t end = str_find_char(buf_str(records), '\n') + 1;

	(void)state;
	memmove(records->ptr, records->ptr + end, records->len - end);
	records->len -= end;
	agree(members, count);
	put_together(members, count);
	check_alone(&told);
	assert_true(told_of(&told, AUDIT_PACKAGE) > 0);
	assert_int_equal(told_of(&told, AUDIT_UNPROVEN), 1);
}

static void test_member_missing(void **state)
{
	struct member members[MEMBERS];
	struct told told;
	size_t count = take_apart(members), at;

	(void)state;
	at = (size_t)(member_of(members, count, "index.html") - members);
	buf_done(&members[at].content);
	memmove(&members[at], &members[at + 1], (count - at - 1) * sizeof(members[0]));
	put_together(members, count - 1);
	check_alone(&told);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.problems[0].file, "index.html");
	assert_int_equal(told.problems[0].kind, AUDIT_PACKAGE);
}

/* Any byte of a member, without a word in the manifest. */
static void test_member_changed(void **state)
{
	static const char *const names[] = {"index.html", "heads.txt", "proofs.ndjson", "records.ndjson"};
	struct told told;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct member members[MEMBERS];
		size_t count = take_apart(members);
		struct buf *content = &member_of(members, count, names[i])->content;

		content->ptr[content->len / 2] ^= 1;
		put_together(members, count);
		check_alone(&told);
		assert_true(told_of(&told, AUDIT_PACKAGE) > 0);
		unlink(path);
		write_package();
	}
}

/* What comes behind the records does not count for them. */
static void test_order(void **state)
{
	struct member members[MEMBERS], moved;
	struct told told;
	size_t count = take_apart(members);
	struct member *proofs = member_of(members, count, "proofs.ndjson"), *last = &members[count - 1];
	struct audit_package_summary summary;

	(void)state;
	moved = *proofs;
	*proofs = *last;
	*last = moved;
	agree(members, count);
	put_together(members, count);
	summary = check_alone(&told);
	assert_int_equal(summary.records, 21);
	assert_int_equal(summary.proven, 0);
	assert_int_equal(told_of(&told, AUDIT_UNPROVEN), 1);
}

static void test_wrong_key(void **state)
{
	struct audit_heads heads = {0};
	struct tlog_key *other;
	struct told told = {0};
	struct audit_package_summary summary;

	(void)state;
	tlog_key_generate(TLOG_SM2, &other);
	add_key(&heads, other, true);
	summary = check(&told, &heads);
	assert_int_equal(told_of(&told, AUDIT_WRONG_KEY), 1);
	assert_int_equal(told_of(&told, AUDIT_UNPROVEN), 1);
	assert_int_equal(summary.proven, 0);
	audit_heads_done(&heads);
	tlog_key_free(other);
}

/* A head kept elsewhere that agrees, and one that does not: everything was signed a second time. */
static void test_given_heads(void **state)
{
	const struct audit_report report = {.problem = tell};

	(void)state;
	for (int changed = 0; changed < 2; changed++) {
		struct audit_heads heads = {0};
		struct tlog_head head = head_of(50);
		struct told told = {0};
		struct buf text = {0};
		struct audit_package_summary summary;

		head.root.bytes[3] ^= (uint8_t)changed;
		add_signed(&text, &head, key);
		add_key(&heads, key, true);
		audit_heads_add_text(&heads, buf_str(&text), "elsewhere", true, &report, NULL);
		summary = check(&told, &heads);
		assert_int_equal(summary.given_checked, !changed);
		assert_int_equal(told_of(&told, AUDIT_REWRITTEN), changed);
		assert_int_equal(summary.proven, changed ? 0 : 21);
		if (changed)
			assert_int_equal(told_first(&told, AUDIT_REWRITTEN)->last_seq, 31);
		buf_done(&text);
		audit_heads_done(&heads);
	}
}

/* Each byte of the file, flipped or cut off behind: something is told, or it is no package at all. */
static void test_each_byte(void **state)
{
	struct audit_package_summary summary;
	struct buf whole = {0};

	(void)state;
	assert_int_equal(io_read_file(path, 1 << 20, &whole), 0);
	for (size_t i = 0; i < whole.len; i += whole.len / 150) {
		for (int cut = 0; cut < 2; cut++) {
			struct audit_heads heads = {0};
			struct told told = {0};
			const struct audit_report report = {.problem = tell, .context = &told};
			int r;

			whole.ptr[i] ^= 0x10;
			io_replace_file(path, whole.ptr, cut ? i : whole.len, 0600);
			whole.ptr[i] ^= 0x10;
			r = audit_package_verify(path, &heads, &report, &summary, NULL);
			if (r == 0 && told.count == 0)
				assert_int_equal(summary.proven, 21); /* a byte that decides nothing */
			if (cut && i < whole.len - 20)
				assert_true(r < 0 || told.count > 0);
			audit_heads_done(&heads);
		}
	}
	buf_done(&whole);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fine),           TEST(test_put_together),
		TEST(test_record_changed), TEST(test_text_beside_the_proof),
		TEST(test_record_dropped), TEST(test_member_missing),
		TEST(test_member_changed), TEST(test_order),
		TEST(test_wrong_key),      TEST(test_given_heads),
		TEST(test_each_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
