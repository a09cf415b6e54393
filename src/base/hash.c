/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <openssl/evp.h>
#include <sys/random.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/err.h"

uint64_t hash_bytes(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes ? bytes : "", len);
}

uint64_t hash_bytes_seeded(const void *bytes, size_t len, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes ? bytes : "", len, seed);
}

struct hash128 hash_bytes_wide(const void *bytes, size_t len)
{
	XXH128_hash_t hash = XXH3_128bits(bytes ? bytes : "", len);

	return (struct hash128){hash.low64, hash.high64};
}

void sha256(const void *bytes, size_t len, uint8_t ret_digest[SHA256_SIZE])
{
	must(EVP_Digest(bytes ? bytes : "", len, ret_digest, NULL, EVP_sha256(), NULL) == 1);
}

void hex_encode(const void *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * len] = 0;
}

static int hex_digit(char c)
{
	if (char_is_digit(c))
		return c - '0';
	c = char_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hex_decode(struct str text, void *out, size_t len)
{
	uint8_t *p = out;

	if (text.len != 2 * len)
		return ERR_SYNTAX;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return ERR_SYNTAX;
		p[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

void random_bytes(void *out, size_t len)
{
	must(getentropy(out, len) == 0);
}
