/* SPDX-License-Identifier: Apache-2.0 */
/* The algorithms of the user-based security model: RFC 3414, 3826, 7860; the longer keys of AES as net-snmp
   makes them (draft-blumenthal-aes-usm-04). */
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "collect/snmp_private.h"

#define PASSWORD_TEXT                                                                         \
	(1024 * 1024) /* bytes of the repeated password that are hashed, RFC 3414 section A.2 \
		       */
#define DES_KEY 8

const struct snmp_auth snmp_auths[] = {
	{"MD5", "MD5", 12},       {"SHA", "SHA1", 12},      {"SHA224", "SHA224", 16},
	{"SHA256", "SHA256", 24}, {"SHA384", "SHA384", 32}, {"SHA512", "SHA512", 48},
	{NULL, NULL, 0},
};

/* DES is what triple DES is with one key three times; OpenSSL 3 has it alone only in its legacy provider. */
const struct snmp_priv snmp_privs[] = {
	{"DES", "DES-EDE3-CBC", 2 * DES_KEY},
	{"AES", "AES-128-CFB", 16},
	{"AES192", "AES-192-CFB", 24},
	{"AES256", "AES-256-CFB", 32},
	{NULL, NULL, 0},
};

bool snmp_key_of_password(const struct snmp_auth *auth, struct str password, uint8_t ret_key[SNMP_KEY_MAX],
			  size_t *ret_len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const EVP_MD *digest = EVP_get_digestbyname(auth->digest);
	unsigned len = 0;
	bool good = context && digest && EVP_DigestInit_ex(context, digest, NULL) == 1;

	for (size_t done = 0, n; good && done < PASSWORD_TEXT; done += n) {
		n = password.len < PASSWORD_TEXT - done ? password.len : PASSWORD_TEXT - done;
		good = EVP_DigestUpdate(context, password.ptr, n) == 1;
	}
	good = good && EVP_DigestFinal_ex(context, ret_key, &len) == 1;
	EVP_MD_CTX_free(context);
	*ret_len = len;
	return good;
}

/* Kul of RFC 3414 section 2.6. */
static bool localize(const struct snmp_user *user, const uint8_t *key, struct str engine_id, uint8_t *ret_key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context &&
		    EVP_DigestInit_ex(context, EVP_get_digestbyname(user->auth->digest), NULL) == 1 &&
		    EVP_DigestUpdate(context, key, user->key_len) == 1 &&
		    EVP_DigestUpdate(context, engine_id.ptr, engine_id.len) == 1 &&
		    EVP_DigestUpdate(context, key, user->key_len) == 1 &&
		    EVP_DigestFinal_ex(context, ret_key, NULL) == 1;

	EVP_MD_CTX_free(context);
	return good;
}

bool snmp_code(const struct snmp_user *user, struct str engine_id, struct str message, struct str code,
	       uint8_t ret_code[SNMP_AUTH_MAX])
{
	static const uint8_t zeros[SNMP_AUTH_MAX];
	uint8_t key[SNMP_KEY_MAX], whole[SNMP_KEY_MAX];
	size_t before = (size_t)(code.ptr - message.ptr), behind = before + code.len, len = 0;
	EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;
	OSSL_PARAM options[] = {
		OSSL_PARAM_construct_utf8_string("digest", (char *)user->auth->digest, 0),
		OSSL_PARAM_construct_end(),
	};
	bool good =
		context && localize(user, user->auth_key, engine_id, key) &&
		EVP_MAC_init(context, key, user->key_len, options) == 1 &&
		EVP_MAC_update(context, (const uint8_t *)message.ptr, before) == 1 &&
		EVP_MAC_update(context, zeros, code.len) == 1 &&
		EVP_MAC_update(context, (const uint8_t *)message.ptr + behind, message.len - behind) == 1 &&
		EVP_MAC_final(context, whole, &len, sizeof(whole)) == 1 && len >= user->auth->code_len;

	if (good)
		memcpy(ret_code, whole, user->auth->code_len);
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(algorithm);
	return good;
}

/* A key as long as the cipher wants: hashes of what is there are put behind it. */
static bool extend(const struct snmp_user *user, uint8_t *key, size_t len)
{
	unsigned more = 0;

	for (size_t have = user->key_len; have < len; have += more)
		if (EVP_Digest(key, have, key + have, &more, EVP_get_digestbyname(user->auth->digest),
			       NULL) != 1)
			return false;
	return true;
}

static void put_big_endian(uint8_t *out, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* RFC 3414 section 8.1.1.1: the key's second half hides the salt. */
static void prepare_des(uint8_t *key, uint8_t *iv, const uint8_t *salt)
{
	for (size_t i = 0; i < DES_KEY; i++)
		iv[i] = key[DES_KEY + i] ^ salt[i];
	memcpy(key + DES_KEY, key, DES_KEY);
	memcpy(key + 2 * DES_KEY, key, DES_KEY);
}

/* RFC 3826 section 3.1.2.1. */
static void prepare_aes(uint8_t *iv, int64_t boots, int64_t time, const uint8_t *salt)
{
	put_big_endian(iv, (uint32_t)boots);
	put_big_endian(iv + 4, (uint32_t)time);
	memcpy(iv + 8, salt, SNMP_SALT_SIZE);
}

static bool run_cipher(const char *name, const uint8_t *key, const uint8_t *iv, struct str in, bool encrypt,
		       struct buf *out)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	uint8_t *space = (uint8_t *)buf_reserve(out, in.len + EVP_MAX_BLOCK_LENGTH);
	int len = 0, last = 0;
	bool good = context &&
		    EVP_CipherInit_ex(context, EVP_get_cipherbyname(name), NULL, key, iv, encrypt) == 1 &&
		    EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
		    EVP_CipherUpdate(context, space, &len, (const uint8_t *)in.ptr, (int)in.len) == 1 &&
		    EVP_CipherFinal_ex(context, space + len, &last) == 1;

	EVP_CIPHER_CTX_free(context);
	if (good)
		out->len += (size_t)(len + last);
	return good;
}

bool snmp_crypt(const struct snmp_user *user, struct str engine_id, int64_t boots, int64_t time,
		const uint8_t salt[SNMP_SALT_SIZE], struct str in, bool encrypt, struct buf *out)
{
	uint8_t key[2 * SNMP_KEY_MAX], iv[16];
	bool des = user->priv == snmp_privs;
	static const char zeros[DES_KEY];
	size_t spare = des && encrypt ? (DES_KEY - in.len % DES_KEY) % DES_KEY : 0;

	if (!localize(user, user->priv_key, engine_id, key) || !extend(user, key, user->priv->key_len))
		return false;
	if (des)
		prepare_des(key, iv, salt);
	else
		prepare_aes(iv, boots, time, salt);
	if (spare) { /* DES takes whole blocks; BER knows where its own end is */
		char padded[65536 + DES_KEY];

		if (in.len > 65536)
			return false;
		memcpy(padded, in.ptr, in.len);
		memcpy(padded + in.len, zeros, spare);
		return run_cipher(user->priv->cipher, key, iv, str_of(padded, in.len + spare), true, out);
	}
	return run_cipher(user->priv->cipher, key, iv, in, encrypt, out);
}
