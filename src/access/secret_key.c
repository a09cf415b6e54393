/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "access/seal.h"
#include "base/io.h"

int secret_key_load(const char *path, struct secret_key *ret_key, struct err *ret_err)
{
	struct secret_key key;
	struct buf bytes = {0};
	int r;

	random_bytes(key.bytes, sizeof(key.bytes));
	r = io_create_file(path, key.bytes, sizeof(key.bytes), 0600);
	if (r == -EEXIST) {
		r = io_read_file(path, 4096, &bytes);
		if (r == 0 && bytes.len != sizeof(key.bytes))
			r = ERR_CORRUPT;
		if (r == 0)
			memcpy(key.bytes, bytes.ptr, sizeof(key.bytes));
		buf_done(&bytes);
	}
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot read the key of the second factors, %s: %s", path,
			       err_text(r));
	*ret_key = key;
	return 0;
}

/* The account's number goes into the tag: a secret moved to another row opens nothing. */
static bool run(const struct secret_key *key, int64_t user, const uint8_t *in, uint8_t *out,
		uint8_t nonce[SEAL_NONCE], uint8_t tag[SEAL_TAG], bool seal)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int len = 0, rest = 0;
	bool good;

	must(context);
	good = EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key->bytes, nonce, seal) == 1 &&
	       EVP_CipherUpdate(context, NULL, &len, (const uint8_t *)&user, sizeof(user)) == 1 &&
	       EVP_CipherUpdate(context, out, &len, in, TOTP_SECRET_SIZE) == 1 &&
	       (seal || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, SEAL_TAG, tag) == 1) &&
	       EVP_CipherFinal_ex(context, out + len, &rest) == 1 &&
	       (!seal || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, SEAL_TAG, tag) == 1);
	EVP_CIPHER_CTX_free(context);
	return good && len + rest == TOTP_SECRET_SIZE;
}

void secret_seal(const struct secret_key *key, int64_t user, const uint8_t secret[TOTP_SECRET_SIZE],
		 uint8_t ret_sealed[SEALED_SIZE])
{
	random_bytes(ret_sealed, SEAL_NONCE);
	must(run(key, user, secret, ret_sealed + SEAL_NONCE, ret_sealed,
		 ret_sealed + SEAL_NONCE + TOTP_SECRET_SIZE, true));
}

int secret_open(const struct secret_key *key, int64_t user, struct str sealed,
		uint8_t ret_secret[TOTP_SECRET_SIZE])
{
	uint8_t bytes[SEALED_SIZE], secret[TOTP_SECRET_SIZE];

	if (sealed.len != SEALED_SIZE)
		return ERR_CORRUPT;
	memcpy(bytes, sealed.ptr, SEALED_SIZE);
	if (!run(key, user, bytes + SEAL_NONCE, secret, bytes, bytes + SEAL_NONCE + TOTP_SECRET_SIZE, false))
		return ERR_CORRUPT;
	memcpy(ret_secret, secret, sizeof(secret));
	return 0;
}
