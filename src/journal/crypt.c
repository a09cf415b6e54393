/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/crypt.h"

#include <endian.h>
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "base/hash.h"
#include "base/io.h"
#include "journal/folder.h"
#include "journal/segment.h"

/* scrypt's cost, 64 MiB twice: what OWASP's password storage recommendations name for scrypt. */
#define SCRYPT_N (1u << 16)
#define SCRYPT_R 8
#define SCRYPT_P 2
#define SCRYPT_MEMORY (UINT64_C(96) * 1024 * 1024)

int journal_key_parse(struct str text, struct journal_key *ret_key, struct err *ret_err)
{
	struct journal_key key;

	if (hex_decode(str_trim(text), key.bytes, sizeof(key.bytes)) < 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "a journal's key is %d hex digits; make one with: openssl rand -hex %d",
			       2 * JOURNAL_KEY_SIZE, JOURNAL_KEY_SIZE);
	*ret_key = key;
	return 0;
}

/* --- the salt of a passphrase --------------------------------------------------------------------------- */

/* salt: 8 bytes magic "WLJSALT1", 16 bytes salt, 8 bytes XXH3-64 of these 24. */
static const uint8_t salt_magic[8] = {'W', 'L', 'J', 'S', 'A', 'L', 'T', '1'};

#define SALT_SIZE 16
#define SALT_CHECKSUM (sizeof(salt_magic) + SALT_SIZE)
#define SALT_FILE_SIZE (SALT_CHECKSUM + sizeof(uint64_t))

static int salt_read(const char *path, uint8_t ret_salt[SALT_SIZE])
{
	struct buf content = {0};
	uint64_t checksum = 0;
	int r = io_read_file(path, SALT_FILE_SIZE, &content);

	if (r == ERR_LIMIT || (r == 0 && content.len != SALT_FILE_SIZE))
		r = ERR_CORRUPT;
	if (r == 0)
		memcpy(&checksum, content.ptr + SALT_CHECKSUM, sizeof(checksum));
	if (r == 0 && (memcmp(content.ptr, salt_magic, sizeof(salt_magic)) != 0 ||
		       le64toh(checksum) != hash_bytes(content.ptr, SALT_CHECKSUM)))
		r = ERR_CORRUPT;
	if (r == 0)
		memcpy(ret_salt, content.ptr + sizeof(salt_magic), SALT_SIZE);
	buf_done(&content);
	return r;
}

/* With a new salt nobody could read what was encrypted with the one that is missing. */
static bool is_encrypted(const char *folder)
{
	struct journal_segment *segment;
	struct journal_listing listing;
	bool encrypted;

	if (journal_list(folder, 0, &listing) < 0 || !listing.last ||
	    journal_segment_open(folder, listing.last, &segment, NULL) < 0)
		return false;
	encrypted = segment->header.flags & JOURNAL_ENCRYPTED;
	journal_segment_close(segment);
	return encrypted;
}

static int salt_make(const char *folder, const char *path, uint8_t ret_salt[SALT_SIZE])
{
	uint8_t content[SALT_FILE_SIZE];
	uint64_t checksum;
	int r = journal_make_folder(folder);

	if (r < 0)
		return r;
	memcpy(content, salt_magic, sizeof(salt_magic));
	random_bytes(content + sizeof(salt_magic), SALT_SIZE);
	checksum = htole64(hash_bytes(content, SALT_CHECKSUM));
	memcpy(content + SALT_CHECKSUM, &checksum, sizeof(checksum));
	r = io_replace_file(path, content, sizeof(content), 0640);
	if (r == 0)
		memcpy(ret_salt, content + sizeof(salt_magic), SALT_SIZE);
	return r;
}

static int salt_find(const char *folder, bool make, uint8_t ret_salt[SALT_SIZE], struct err *ret_err)
{
	char path[PATH_MAX];
	int r = journal_path(folder, "salt", path);

	if (r == 0)
		r = salt_read(path, ret_salt);
	if (r == -ENOENT && make && !is_encrypted(folder))
		r = salt_make(folder, path, ret_salt);
	if (r == -ENOENT || r == ERR_CORRUPT)
		return err_set(ret_err, r, 0, 0,
			       "%s %s; without it the passphrase opens nothing: put it back from a copy",
			       path, r == ERR_CORRUPT ? "is damaged" : "is missing");
	return r < 0 ? err_set(ret_err, r, 0, 0, "%s: %s", path, err_text(r)) : 0;
}

int journal_key_derive(const char *folder, struct str passphrase, bool make, struct journal_key *ret_key,
		       struct err *ret_err)
{
	uint8_t salt[SALT_SIZE];
	int r = salt_find(folder, make, salt, ret_err);

	if (r < 0)
		return r;
	if (EVP_PBE_scrypt(passphrase.ptr, passphrase.len, salt, sizeof(salt), SCRYPT_N, SCRYPT_R, SCRYPT_P,
			   SCRYPT_MEMORY, ret_key->bytes, sizeof(ret_key->bytes)) != 1)
		return err_set(ret_err, -ENOMEM, 0, 0,
			       "no key can be made of the passphrase: not enough memory");
	return 0;
}

/* --- the key of a segment ------------------------------------------------------------------------------- */

/* HKDF-SHA-256 without a salt, for the key is random or scrypt's. */
static void derive(const struct journal_key *key, uint8_t *info, size_t info_len, uint8_t *out,
		   size_t out_len)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key->bytes, sizeof(key->bytes)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, info_len),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);

	must(context && EVP_KDF_derive(context, out, out_len, params) == 1);
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
}

void journal_key_segment(const struct journal_key *key, const struct journal_segment_header *header,
			 struct journal_key *ret_key)
{
	static const char label[] = "journal segment"; /* and its NUL */
	uint64_t numbers[2] = {htole64(header->first_seq), htole64(header->salt)};
	uint8_t info[sizeof(label) + JOURNAL_NODE_SIZE + sizeof(numbers)];

	memcpy(info, label, sizeof(label));
	memcpy(info + sizeof(label), header->node, JOURNAL_NODE_SIZE);
	memcpy(info + sizeof(label) + JOURNAL_NODE_SIZE, numbers, sizeof(numbers));
	derive(key, info, sizeof(info), ret_key->bytes, sizeof(ret_key->bytes));
}

void journal_key_check(const struct journal_key *segment_key, uint8_t ret_check[JOURNAL_KEY_CHECK_SIZE])
{
	uint8_t info[] = "journal key check"; /* and its NUL */

	derive(segment_key, info, sizeof(info), ret_check, JOURNAL_KEY_CHECK_SIZE);
}

/* --- AES-256-GCM ---------------------------------------------------------------------------------------- */

static EVP_CIPHER_CTX *cipher_start(const struct journal_key *key, const uint8_t *nonce, struct str aad,
				    bool seal)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int len;

	must(context &&
	     EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key->bytes, nonce, seal ? 1 : 0) == 1);
	if (aad.len)
		must(EVP_CipherUpdate(context, NULL, &len, (const uint8_t *)aad.ptr, (int)aad.len) == 1);
	return context;
}

void journal_crypt_seal(const struct journal_key *key, const uint8_t nonce[JOURNAL_NONCE_SIZE],
			struct str aad, const void *in, size_t len, void *out,
			uint8_t ret_tag[JOURNAL_TAG_SIZE])
{
	EVP_CIPHER_CTX *context = cipher_start(key, nonce, aad, true);
	uint8_t none[1];
	int done;

	must(len <= INT_MAX && EVP_CipherUpdate(context, out, &done, in, (int)len) == 1 &&
	     EVP_CipherFinal_ex(context, none, &done) == 1 &&
	     EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, JOURNAL_TAG_SIZE, ret_tag) == 1);
	EVP_CIPHER_CTX_free(context);
}

int journal_crypt_open(const struct journal_key *key, const uint8_t nonce[JOURNAL_NONCE_SIZE], struct str aad,
		       const void *in, size_t len, const uint8_t tag[JOURNAL_TAG_SIZE], void *out)
{
	EVP_CIPHER_CTX *context = cipher_start(key, nonce, aad, false);
	uint8_t none[1];
	bool genuine;
	int done;

	must(len <= INT_MAX && EVP_CipherUpdate(context, out, &done, in, (int)len) == 1 &&
	     EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, JOURNAL_TAG_SIZE, (void *)tag) == 1);
	genuine = EVP_CipherFinal_ex(context, none, &done) == 1;
	EVP_CIPHER_CTX_free(context);
	return genuine ? 0 : ERR_DENIED;
}
