/* SPDX-License-Identifier: Apache-2.0 */
#include "helper.h"

#include "audit/package.h"
#include "base/arena.h"
#include "base/json.h"

static const struct journal_record records[] = {
	{.seq = 1, .received = 0, .listener = 0},
	{.seq = 77,
	 .received = INT64_C(1795336200123456),
	 .peer = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 9},
	 .listener = 1,
	 .flags = 3,
	 .hint = {"sshd", 4},
	 .bytes = {"a \"quoted\"\n\\ line\x01 \xe6\x9c\x9b", 21}},
	{.seq = UINT64_MAX,
	 .received = -1,
	 .peer = {0x20, 1, 0xd, 0xb8, [15] = 1},
	 .listener = 999,
	 .flags = UINT16_MAX,
	 .hint = {"\xff\x00", 2},
	 .bytes = {"\x80\0abc", 5}},
};

static void test_round_trip(void **state)
{
	struct json_parser *parser = json_parser_new();
	struct arena *arena = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		const struct journal_record *record = &records[i];
		struct journal_record again;
		struct buf line = {0};
		uint64_t leaf;

		audit_record_line(record, 1000 + i, &line);
		assert_int_equal(audit_record_read(parser, buf_str(&line), arena, &again, &leaf), 0);
		assert_int_equal(leaf, 1000 + i);
		assert_int_equal(again.seq, record->seq);
		assert_int_equal(again.received, record->received);
		assert_int_equal(again.listener, record->listener);
		assert_int_equal(again.flags, record->flags);
		assert_memory_equal(again.peer, record->peer, 16);
		assert_true(str_eq(again.hint, record->hint));
		assert_true(str_eq(again.bytes, record->bytes));
		buf_done(&line);
	}
	json_parser_free(parser);
	arena_free(arena);
}

/* No bit of a line can be another and be taken for the same record; what people read is what is proven. */
static void test_each_bit(void **state)
{
	struct json_parser *parser = json_parser_new();
	struct arena *arena = arena_new(0);
	struct tlog_hash hash, changed;
	struct journal_record again;
	struct buf line = {0};
	uint64_t leaf;

	(void)state;
	audit_record_line(&records[1], 5, &line);
	tlog_leaf("", 0, "", 0, &hash);
	for (size_t bit = 0; bit < line.len * 8; bit++) {
		line.ptr[bit / 8] = (char)(line.ptr[bit / 8] ^ 1 << bit % 8);
		arena_reset(arena);
		if (audit_record_read(parser, buf_str(&line), arena, &again, &leaf) == 0) {
			bool same =
				leaf == 5 && again.seq == records[1].seq &&
				again.received == records[1].received &&
				again.listener == records[1].listener && again.flags == records[1].flags &&
				memcmp(again.peer, records[1].peer, 16) == 0 &&
				str_eq(again.hint, records[1].hint) && str_eq(again.bytes, records[1].bytes);

			assert_false(same);
		}
		line.ptr[bit / 8] = (char)(line.ptr[bit / 8] ^ 1 << bit % 8);
	}
	(void)changed;
	json_parser_free(parser);
	arena_free(arena);
	buf_done(&line);
}

/* Texts beside the numbers that say something else. */
static void test_lies(void **state)
{
	static const char *const changes[][2] = {
		{"2026-11-22T08:30:00.123456Z", "2026-11-22T09:30:00.123456Z"},
		{"\"10.0.0.9\"", "\"10.0.0.8\""},
		{"syslog-udp", "syslog-tcp"},
		{"\"flags\":3", "\"flags\":3,\"more\":1"},
		{"\"hint\":\"sshd\"", "\"hint_base64\":\"c3NoZA==\""},
		{"{\"seq\"", "{ \"seq\""},
	};
	struct json_parser *parser = json_parser_new();
	struct arena *arena = arena_new(0);
	struct buf line = {0}, changed = {0};
	struct journal_record again;
	uint64_t leaf;

	(void)state;
	audit_record_line(&records[1], 5, &line);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		size_t at = str_find(buf_str(&line), str_from(changes[i][0]));

		assert_int_not_equal(at, STR_NOT_FOUND);
		buf_clear(&changed);
		buf_add_str(&changed, str_head(buf_str(&line), at));
		buf_add_str(&changed, str_from(changes[i][1]));
		buf_add_str(&changed, str_from_offset(buf_str(&line), at + strlen(changes[i][0])));
		assert_int_equal(audit_record_read(parser, buf_str(&changed), arena, &again, &leaf),
				 ERR_SYNTAX);
	}
	json_parser_free(parser);
	arena_free(arena);
	buf_done(&line);
	buf_done(&changed);
}

static void test_proofs(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"{\"head\":0}",
		"{\"head\":72057594037927936}",
		"{\"begin\":3,\"end\":3,\"nodes\":[]}",
		"{\"begin\":4,\"end\":3,\"nodes\":[]}",
		"{\"begin\":3,\"end\":4,\"nodes\":[]}",
		"{\"begin\":3,\"end\":4,\"nodes\":[\"AA==\"]}",
		"{\"begin\":3,\"end\":4,\"nodes\":[1]}",
		"{\"begin\":0,\"end\":72057594037927935,\"nodes\":[]}",
	};
	struct json_parser *parser = json_parser_new();
	struct audit_proof_line proof = {0}, again;
	struct buf line = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(audit_proof_read(parser, str_from(bad[i]), &again), ERR_SYNTAX);
	tlog_range_init(&proof.nodes, 5);
	for (uint64_t n = 5; n < 77; n++) {
		struct tlog_hash leaf = test_leaf(n, UINT64_MAX);

		tlog_range_append(&proof.nodes, &leaf);
	}
	audit_proof_line(&proof, &line);
	assert_int_equal(audit_proof_read(parser, buf_str(&line), &again), 0);
	assert_int_equal(again.nodes.begin, 5);
	assert_int_equal(again.nodes.end, 77);
	assert_memory_equal(again.nodes.hashes, proof.nodes.hashes,
			    proof.nodes.count * sizeof(struct tlog_hash));
	buf_clear(&line);
	proof.head = 99;
	audit_proof_line(&proof, &line);
	assert_int_equal(audit_proof_read(parser, buf_str(&line), &again), 0);
	assert_int_equal(again.head, 99);
	json_parser_free(parser);
	buf_done(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_each_bit),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_proofs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
