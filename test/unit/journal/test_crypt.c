/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption at rest: what is in the files, whose key opens them, and what changes to them show. */
#include "helper.h"

#include <errno.h>

#include "base/hash.h"
#include "base/io.h"
#include "journal/crypt.h"
#include "journal/segment.h"

#define FIRST "live/00000000000000000001.wlj"

static const struct journal_key right = {{1, 2, 3}}, wrong = {{1, 2, 4}};

static struct journal *open_key(const char *folder, const struct journal_key *key)
{
	const struct journal_options options = {.key = key, .commit_delay = 200, .reserve_bytes = 1};
	struct journal *journal;
	struct err err = {0};

	if (journal_open(folder, &options, NULL, NULL, &journal, &err) < 0)
		fail_msg("%s", err.message);
	return journal;
}

static void expect_denied(const char *folder, const struct journal_key *key, const char *message)
{
	const struct journal_options options = {.key = key};
	struct journal *journal;
	struct err err = {0};

	assert_int_equal(journal_open(folder, &options, NULL, NULL, &journal, &err), ERR_DENIED);
	if (!strstr(err.message, message))
		fail_msg("%s", err.message);
}

static struct journal_reader *reader_key(const char *folder, const struct journal_key *key)
{
	struct journal_reader *reader;

	assert_int_equal(journal_reader_open(folder, key, 1, &reader, NULL), 0);
	return reader;
}

/* Records first to last, then end. */
static void expect_read(const char *folder, const struct journal_key *key, uint64_t first, uint64_t last,
			int end)
{
	struct journal_reader *reader = reader_key(folder, key);
	struct journal_record record;

	for (uint64_t n = first; n <= last; n++) {
		assert_int_equal(journal_reader_next(reader, &record, NULL), 0);
		record_check(&record, n);
		if (n % 3 == 0)
			journal_reader_release(reader);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(journal_reader_next(reader, &record, NULL), end);
	journal_reader_close(reader);
}

/* Test case 16 of the GCM specification (McGrew, Viega), which has a 60-byte text and 20 bytes of AAD. */
static void test_gcm(void **state)
{
	struct journal_key key;
	uint8_t nonce[12], text[60], aad[20], expected[60], tag[16], cipher[60], ret_tag[16];
	struct str aad_str = {(const char *)aad, sizeof(aad)};

	(void)state;
	hex_decode(STR("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"), key.bytes, 32);
	hex_decode(STR("cafebabefacedbaddecaf888"), nonce, 12);
	hex_decode(
		STR("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
		    "49a6b525b16aedf5aa0de657ba637b39"),
		text, 60);
	hex_decode(STR("feedfacedeadbeeffeedfacedeadbeefabaddad2"), aad, 20);
	hex_decode(
		STR("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
		    "56828838c5f61e6393ba7a0abcc9f662"),
		expected, 60);
	hex_decode(STR("76fc6ece0f4e1768cddf8853bb2d551b"), tag, 16);
	journal_crypt_seal(&key, nonce, aad_str, text, sizeof(text), cipher, ret_tag);
	assert_memory_equal(cipher, expected, sizeof(cipher));
	assert_memory_equal(ret_tag, tag, sizeof(tag));
	assert_int_equal(journal_crypt_open(&key, nonce, aad_str, cipher, 60, tag, cipher), 0); /* in place */
	assert_memory_equal(cipher, text, sizeof(text));
	for (int what = 0; what < 4; what++) {
		uint8_t *const bytes[] = {expected, nonce, aad, tag};

		bytes[what][3] ^= 1;
		assert_int_equal(journal_crypt_open(&key, nonce, aad_str, expected, 60, tag, cipher),
				 ERR_DENIED);
		bytes[what][3] ^= 1;
	}
	assert_int_equal(journal_crypt_open(&right, nonce, aad_str, expected, 60, tag, cipher), ERR_DENIED);
}

static void test_key_file(void **state)
{
	static const char *const bad[] = {
		"", "00", "zz0000000000000000000000000000000000000000000000000000000000zz",
		"0000000000000000000000000000000000000000000000000000000000000000 0"};
	struct journal_key key;
	struct err err = {0};

	(void)state;
	assert_int_equal(
		journal_key_parse(STR(" 0102030000000000000000000000000000000000000000000000000000000000\n"),
				  &key, &err),
		0);
	assert_memory_equal(&key, &right, sizeof(key));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(journal_key_parse(str_from(bad[i]), &key, &err), ERR_SYNTAX);
		assert_non_null(strstr(err.message, "openssl rand -hex 32"));
	}
}

static void test_passphrase(void **state)
{
	struct journal_key key, again, other;
	struct journal *journal;
	struct err err = {0};
	char salt[256];

	snprintf(salt, sizeof(salt), "%s/live/salt", (char *)*state);
	assert_int_equal(journal_key_derive(*state, STR("correct horse"), false, &key, &err), -ENOENT);
	assert_non_null(strstr(err.message, "is missing"));
	assert_int_equal(journal_key_derive(*state, STR("correct horse"), true, &key, &err), 0);
	assert_int_equal(journal_key_derive(*state, STR("correct horse"), false, &again, &err), 0);
	assert_memory_equal(&key, &again, sizeof(key));
	assert_int_equal(journal_key_derive(*state, STR("battery staple"), false, &other, &err), 0);
	assert_memory_not_equal(&key, &other, sizeof(key));
	journal = open_key(*state, &key);
	append_range(journal, 1, 5, true);
	journal_close(journal);
	expect_denied(*state, &other, "another key (or passphrase)");
	/* No new salt beside what the old one encrypted. */
	assert_int_equal(io_replace_file(salt, "damaged", 7, 0600), 0);
	assert_int_equal(journal_key_derive(*state, STR("correct horse"), true, &again, &err), ERR_CORRUPT);
	assert_int_equal(unlink(salt), 0);
	assert_int_equal(journal_key_derive(*state, STR("correct horse"), true, &again, &err), -ENOENT);
	assert_non_null(strstr(err.message, "put it back"));
	assert_int_equal(access(salt, F_OK), -1);
}

static void test_an_encrypted_journal(void **state)
{
	struct journal *journal = open_key(*state, &right);
	struct buf bytes = {0};
	char path[256];

	append_range(journal, 1, 10, true);
	append_range(journal, 11, 40, false);
	expect_read(*state, &right, 1, 40, ERR_END);
	journal_close(journal);
	expect_read(*state, &right, 1, 40, ERR_END);
	snprintf(path, sizeof(path), "%s/" FIRST, (char *)*state);
	assert_int_equal(io_read_file(path, 1 << 20, &bytes), 0);
	assert_null(memmem(bytes.ptr, bytes.len, "record", 6));
	assert_null(memmem(bytes.ptr, bytes.len, "hint", 4));
	journal = open_key(*state, &right);
	append_range(journal, 41, 45, true);
	journal_close(journal);
	expect_read(*state, &right, 1, 45, ERR_END);
	buf_done(&bytes);
}

static void test_wrong_or_missing_key(void **state)
{
	struct journal *journal = open_key(*state, &right);
	struct journal_reader *reader;
	struct journal_record record;
	struct err err = {0};

	append_range(journal, 1, 10, true);
	journal_close(journal);
	expect_denied(*state, &wrong, "another key");
	expect_denied(*state, NULL, "no key was given");
	expect_read(*state, &wrong, 1, 0, ERR_DENIED);
	expect_read(*state, NULL, 1, 0, ERR_DENIED);
	reader = reader_key(*state, &wrong);
	assert_true(journal_reader_wait(reader, LONG_WAIT));
	assert_int_equal(journal_reader_next(reader, &record, &err), ERR_DENIED);
	assert_non_null(strstr(err.message, "another key"));
	journal_reader_close(reader);
	expect_read(*state, &right, 1, 10, ERR_END);
}

/* Segment by segment: encryption begins at a start of the writer. */
static void test_from_plain_to_encrypted(void **state)
{
	struct journal *journal = open_quick(*state);

	append_range(journal, 1, 10, true);
	journal_close(journal);
	journal = open_key(*state, &right);
	append_range(journal, 11, 20, true);
	journal_close(journal);
	expect_read(*state, &right, 1, 20, ERR_END);
	expect_read(*state, NULL, 1, 10, ERR_DENIED);
}

/* The tree does not depend on the encryption: the same records have the same leaves. */
static void test_the_same_tree(void **state)
{
	struct tlog_range after[2];

	for (int i = 0; i < 2; i++) {
		struct journal *journal = open_key(*state, i ? &right : NULL);
		struct journal_segment *segment;

		append_range(journal, 1, 7, true);
		journal_close(journal);
		journal = open_key(*state, i ? &right : NULL);
		append_range(journal, 8, 8, true);
		journal_close(journal);
		assert_int_equal(journal_segment_open(*state, 8, &segment, NULL), 0);
		after[i] = segment->header.before;
		journal_segment_close(segment);
		folder_clear(*state);
	}
	assert_int_equal(after[0].end, 7);
	assert_int_equal(after[0].count, after[1].count);
	assert_memory_equal(after[0].hashes, after[1].hashes, after[0].count * sizeof(after[0].hashes[0]));
}

/* Somebody without the key changes the file and makes the checksums right, which need none. */
static void tamper(const char *folder, int what)
{
	struct journal_segment *segment;
	struct journal_frame frame;
	struct buf bytes = {0};
	uint64_t offset = JOURNAL_PREFACE_SIZE;
	uint8_t *at;
	char path[256];

	snprintf(path, sizeof(path), "%s/" FIRST, folder);
	assert_int_equal(journal_segment_open(folder, 1, &segment, NULL), 0);
	assert_int_equal(io_read_file(path, 1 << 20, &bytes), 0);
	assert_int_equal(journal_segment_frame(segment, offset, &frame), 0);
	offset += journal_frame_size(&frame);
	assert_int_equal(journal_segment_frame(segment, offset, &frame), 0);
	at = (uint8_t *)bytes.ptr + offset;
	if (what == 0)
		at[JOURNAL_FRAME_HEADER_SIZE + 20] ^= 1;
	else if (what == 1)
		frame.time++;
	else if (what == 2)
		frame.tag[0] ^= 1;
	else if (what == 3)
		frame.nonce[0] ^= 1;
	frame.payload_checksum =
		journal_payload_checksum(at + JOURNAL_FRAME_HEADER_SIZE, frame.stored, segment->header.salt);
	journal_frame_encode(&frame, segment->header.salt, at);
	assert_int_equal(io_replace_file(path, bytes.ptr, bytes.len, 0600), 0);
	journal_segment_close(segment);
	buf_done(&bytes);
}

static void test_tampering(void **state)
{
	for (int what = 0; what < 5; what++) { /* the last one: nothing */
		struct journal *journal = open_key(*state, &right);
		struct journal_reader *reader;
		struct journal_record record;
		struct err err = {0};

		append_range(journal, 1, 3, true);
		journal_close(journal);
		tamper(*state, what);
		journal_close(open_key(*state, &right));
		reader = reader_key(*state, &right);
		assert_int_equal(journal_reader_next(reader, &record, &err), 0);
		if (what < 4) {
			assert_int_equal(journal_reader_next(reader, &record, &err), ERR_CORRUPT);
			assert_non_null(strstr(err.message, "records 2 to 2 were changed"));
		} else {
			assert_int_equal(journal_reader_next(reader, &record, &err), 0);
		}
		assert_int_equal(journal_reader_next(reader, &record, &err), 0);
		record_check(&record, 3);
		journal_reader_close(reader);
		folder_clear(*state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gcm),
		cmocka_unit_test(test_key_file),
		TEST_IN_FOLDER(test_passphrase),
		TEST_IN_FOLDER(test_an_encrypted_journal),
		TEST_IN_FOLDER(test_wrong_or_missing_key),
		TEST_IN_FOLDER(test_from_plain_to_encrypted),
		TEST_IN_FOLDER(test_the_same_tree),
		TEST_IN_FOLDER(test_tampering),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
