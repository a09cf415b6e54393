/* SPDX-License-Identifier: Apache-2.0 */
#include "access/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/hash.h"

#define LOG_N 15
#define BLOCK_R 8
#define PARALLEL_P 3
#define LOG_N_MAX 20
#define MEMORY_MAX (UINT64_C(2) << 30)

static size_t count_characters(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return n;
}

static bool is_one_character(struct str text)
{
	for (size_t i = 1; i < text.len; i++)
		if (text.ptr[i] != text.ptr[0])
			return false;
	return true;
}

int password_check_policy(struct str password, struct str user_name, struct err *ret_err)
{
	if (!str_is_utf8(password) || str_find_char(password, 0) != STR_NOT_FOUND)
		return err_set(ret_err, ERR_RANGE, 0, 0, "the password is not text");
	if (count_characters(password) < PASSWORD_LENGTH_MIN)
		return err_set(ret_err, ERR_RANGE, 0, 0, "the password needs at least %d characters",
			       PASSWORD_LENGTH_MIN);
	if (password.len > PASSWORD_BYTES_MAX)
		return err_set(ret_err, ERR_RANGE, 0, 0, "the password has more than %d bytes",
			       PASSWORD_BYTES_MAX);
	if (is_one_character(password))
		return err_set(ret_err, ERR_RANGE, 0, 0, "the password repeats one character");
	if (str_ieq(password, user_name))
		return err_set(ret_err, ERR_RANGE, 0, 0, "the password is the account's name");
	return 0;
}

static bool derive(struct str password, const struct password_hash *hash, uint8_t out[PASSWORD_HASH_SIZE])
{
	if (hash->log_n < 1 || hash->log_n > LOG_N_MAX)
		return false;
	return EVP_PBE_scrypt(password.len ? password.ptr : "", password.len, hash->salt, sizeof(hash->salt),
			      UINT64_C(1) << hash->log_n, hash->r, hash->p, MEMORY_MAX, out,
			      PASSWORD_HASH_SIZE) == 1;
}

void password_make(struct str password, struct password_hash *ret_hash)
{
	*ret_hash = (struct password_hash){.log_n = LOG_N, .r = BLOCK_R, .p = PARALLEL_P};
	random_bytes(ret_hash->salt, sizeof(ret_hash->salt));
	must(derive(password, ret_hash, ret_hash->hash));
}

bool password_matches(struct str password, const struct password_hash *hash)
{
	uint8_t made[PASSWORD_HASH_SIZE];

	return derive(password, hash, made) && CRYPTO_memcmp(made, hash->hash, sizeof(made)) == 0;
}

void password_generate(char ret_password[PASSWORD_GENERATED_SIZE])
{
	static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
	uint8_t bytes[64];
	size_t used = sizeof(bytes), at = 0;

	while (at < PASSWORD_GENERATED_SIZE - 1) {
		if (at % 6 == 5) {
			ret_password[at++] = '-';
			continue;
		}
		if (used == sizeof(bytes)) {
			random_bytes(bytes, sizeof(bytes));
			used = 0;
		}
		if ((bytes[used] & 31) < 31) /* every letter equally likely */
			ret_password[at++] = alphabet[bytes[used] & 31];
		used++;
	}
	ret_password[at] = 0;
}
