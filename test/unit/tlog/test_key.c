/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/hash.h"
#include "base/io.h"
#include "tlog/key.h"

static char folder[] = "/tmp/wanglou-key-XXXXXX";
static char path[128], other_path[128];

static const enum tlog_algorithm both[] = {TLOG_ED25519, TLOG_SM2};

static int setup(void **state)
{
	(void)state;
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/key", folder);
	snprintf(other_path, sizeof(other_path), "%s/other", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(other_path);
	return rmdir(folder);
}

/* Runs openssl(1) over the two files; {} are their names. */
static int openssl(const char *format)
{
	char command[1024];

	snprintf(command, sizeof(command), format, path, other_path);
	return system(command);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct tlog_key *key, *again, *public;
		uint8_t signature[TLOG_SIGNATURE_MAX], id[2][TLOG_KEY_ID_SIZE];
		struct buf pem = {0};
		struct err err = {0};
		struct stat status;
		size_t len;

		unlink(path);
		assert_int_equal(tlog_key_generate(both[i], &key), 0);
		assert_int_equal(tlog_key_save_private(key, path), 0);
		assert_int_equal(tlog_key_save_private(key, path), -EEXIST);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_mode & 0777, 0600);
		assert_int_equal(tlog_key_load_private(path, &again, &err), 0);
		assert_int_equal(tlog_key_algorithm(again), both[i]);
		tlog_key_public_pem(key, &pem);
		assert_int_equal(tlog_key_parse_public(buf_str(&pem), &public, &err), 0);
		assert_int_equal(tlog_key_algorithm(public), both[i]);
		tlog_key_id(key, STR("a"), id[0]);
		tlog_key_id(public, STR("a"), id[1]);
		assert_memory_equal(id[0], id[1], TLOG_KEY_ID_SIZE);
		tlog_key_id(public, STR("b"), id[1]);
		assert_memory_not_equal(id[0], id[1], TLOG_KEY_ID_SIZE);

		assert_int_equal(tlog_key_sign(public, "text", 4, signature, &len), ERR_DENIED);
		assert_int_equal(tlog_key_save_private(public, other_path), ERR_DENIED);
		assert_int_equal(tlog_key_sign(again, "text", 4, signature, &len), 0);
		assert_in_range(len, 60, TLOG_SIGNATURE_MAX);
		assert_true(tlog_key_verify(public, "text", 4, signature, len));
		assert_true(tlog_key_verify(key, "text", 4, signature, len));
		assert_false(tlog_key_verify(public, "texT", 4, signature, len));
		assert_false(tlog_key_verify(public, "text", 3, signature, len));
		assert_false(tlog_key_verify(public, "text", 4, signature, len - 1));
		assert_false(tlog_key_verify(public, "text", 4, signature, 0));
		for (size_t bit = 0; bit < len * 8; bit++) {
			signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_false(tlog_key_verify(public, "text", 4, signature, len));
			signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		tlog_key_free(key);
		tlog_key_free(again);
		tlog_key_free(public);
		buf_done(&pem);
	}
}

/* The key id of the standard: its own example key has none, so it is computed here by hand. */
static void test_id(void **state)
{
	static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
				  "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
				  "-----END PUBLIC KEY-----\n"; /* RFC 8032, section 7.1, test 1 */
	uint8_t text[5 + 1 + 1 + 32] = "a.org\n\x01", digest[SHA256_SIZE], id[TLOG_KEY_ID_SIZE];
	struct tlog_key *key;
	/* the same test's signature of the empty message */
	uint8_t signature[64];
	char hex[9];

	(void)state;
	assert_int_equal(tlog_key_parse_public(STR(pem), &key, NULL), 0);
	hex_decode(STR("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), text + 7, 32);
	sha256(text, sizeof(text), digest);
	tlog_key_id(key, STR("a.org"), id);
	assert_memory_equal(id, digest, sizeof(id));
	hex_decode(STR("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc6"
		       "1e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
		   signature, 64);
	assert_true(tlog_key_verify(key, "", 0, signature, 64));
	/* printf PEM | openssl pkey -pubin -outform DER | sha256sum */
	tlog_key_fingerprint(key, digest);
	hex_encode(digest, 4, hex);
	assert_string_equal(hex, "06e3fd8f");
	tlog_key_free(key);
}

static void test_openssl_reads(void **state)
{
	(void)state;
	if (system("openssl version >/dev/null 2>&1") != 0)
		skip();
	for (size_t i = 0; i < 2; i++) {
		struct tlog_key *key;
		struct buf pem = {0};

		unlink(path);
		unlink(other_path);
		tlog_key_generate(both[i], &key);
		assert_int_equal(tlog_key_save_private(key, path), 0);
		tlog_key_public_pem(key, &pem);
		io_replace_file(other_path, pem.ptr, pem.len, 0644);
		assert_int_equal(openssl("openssl pkey -in %s -pubout | cmp -s - %s"), 0);
		tlog_key_free(key);
		buf_done(&pem);
	}
}

/* openssl(1) signs with a key of its own making and we verify. */
static void test_openssl_signs(void **state)
{
	static const char *const make[] = {"openssl genpkey -algorithm ed25519 -out %s",
					   "openssl genpkey -algorithm sm2 -out %s"};
	static const char *const sign[] = {
		"printf text >%2$s.in && openssl pkeyutl -sign -rawin -inkey %1$s -in %2$s.in -out %2$s; "
		"rm %2$s.in",
		"printf text | openssl dgst -sm3 -sigopt distid:1234567812345678 -sign %1$s -out %2$s"};

	(void)state;
	if (system("openssl version >/dev/null 2>&1") != 0)
		skip();
	for (size_t i = 0; i < 2; i++) {
		struct tlog_key *key;
		struct err err = {0};
		struct buf signature = {0};

		unlink(path);
		assert_int_equal(openssl(make[i]), 0);
		assert_int_equal(openssl(sign[i]), 0);
		assert_int_equal(tlog_key_load_private(path, &key, &err), 0);
		assert_int_equal(tlog_key_algorithm(key), both[i]);
		assert_int_equal(io_read_file(other_path, 1000, &signature), 0);
		assert_true(tlog_key_verify(key, "text", 4, (uint8_t *)signature.ptr, signature.len));
		assert_false(tlog_key_verify(key, "test", 4, (uint8_t *)signature.ptr, signature.len));
		buf_done(&signature);
		tlog_key_free(key);
	}
}

/* The other way round: what we sign, openssl(1) takes. */
static void test_openssl_verifies(void **state)
{
	static const char *const verify[] = {
		"printf text >%1$s.in && openssl pkeyutl -verify -rawin -pubin -inkey %1$s -in %1$s.in "
		"-sigfile %2$s >/dev/null; r=$?; rm %1$s.in; exit $r",
		"printf text | openssl dgst -sm3 -sigopt distid:1234567812345678 -verify %1$s -signature "
		"%2$s "
		">/dev/null"};

	(void)state;
	if (system("openssl version >/dev/null 2>&1") != 0)
		skip();
	for (size_t i = 0; i < 2; i++) {
		uint8_t signature[TLOG_SIGNATURE_MAX];
		struct tlog_key *key;
		struct buf pem = {0};
		size_t len;

		tlog_key_generate(both[i], &key);
		tlog_key_public_pem(key, &pem);
		tlog_key_sign(key, "text", 4, signature, &len);
		io_replace_file(path, pem.ptr, pem.len, 0644);
		io_replace_file(other_path, signature, len, 0644);
		assert_int_equal(openssl(verify[i]), 0);
		signature[len - 1] ^= 1;
		io_replace_file(other_path, signature, len, 0644);
		assert_int_not_equal(openssl(verify[i]), 0);
		tlog_key_free(key);
		buf_done(&pem);
	}
}

static void expect_refused(int (*load)(const char *, struct tlog_key **, struct err *), const char *content,
			   int code, const char *message)
{
	struct tlog_key *key = NULL;
	struct err err = {0};

	io_replace_file(path, content, strlen(content), 0600);
	assert_int_equal(load(path, &key, &err), code);
	assert_null(key);
	assert_non_null(strstr(err.message, message));
	assert_string_equal(err.file, path);
}

static void test_refused(void **state)
{
	static const char public_pem[] = "-----BEGIN PUBLIC KEY-----\n"
					 "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
					 "-----END PUBLIC KEY-----\n";
	enum tlog_algorithm algorithm;
	struct tlog_key *key;
	struct err err = {0};
	struct buf text = {0};

	(void)state;
	unlink(path);
	assert_int_equal(tlog_key_load_private(path, &key, &err), -ENOENT);
	expect_refused(tlog_key_load_private, "", ERR_SYNTAX, "no private key");
	expect_refused(tlog_key_load_public, "garbage\n", ERR_SYNTAX, "no public key");
	expect_refused(tlog_key_load_private, public_pem, ERR_SYNTAX, "no private key");
	for (size_t i = 0; i < 20000; i++)
		buf_add_char(&text, 'x');
	expect_refused(tlog_key_load_public, buf_cstr(&text), ERR_LIMIT, "cannot read");
	buf_done(&text);
	if (system("openssl version >/dev/null 2>&1") == 0) {
		assert_int_equal(openssl("openssl genpkey -algorithm x25519 -out %s"), 0);
		assert_int_equal(tlog_key_load_private(path, &key, &err), ERR_UNKNOWN);
		assert_int_equal(openssl("openssl genpkey -algorithm ed25519 -aes128 -pass pass:x -out %s"),
				 0);
		assert_int_equal(tlog_key_load_private(path, &key, &err), ERR_DENIED);
	}
	assert_int_equal(tlog_algorithm_parse(STR("SM2"), &algorithm), 0);
	assert_int_equal(algorithm, TLOG_SM2);
	assert_string_equal(tlog_algorithm_name(TLOG_ED25519), "ed25519");
	assert_int_equal(tlog_algorithm_parse(STR("rsa"), &algorithm), ERR_UNKNOWN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_round_trip),       TEST(test_id),
		TEST(test_openssl_reads),    TEST(test_openssl_signs),
		TEST(test_openssl_verifies), TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
