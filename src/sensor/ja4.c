/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/ja4.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

#define EXTENSION_NAME 0x0000
#define EXTENSION_ALPN 0x0010
#define HASH_DIGITS 12
#define TEXT_MAX (JA4_VALUES_MAX * 2 * 5 + 1)

static const struct {
	uint16_t version;
	const char *text;
} versions[] = {{0x0304, "13"}, {0x0303, "12"}, {0x0302, "11"}, {0x0301, "10"}, {0x0300, "s3"},
		{0x0002, "s2"}, {0xfeff, "d1"}, {0xfefd, "d2"}, {0xfefc, "d3"}};

bool ja4_is_grease(uint16_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

static size_t without_grease(uint16_t *values, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!ja4_is_grease(values[i]))
			values[kept++] = values[i];
	return kept;
}

static int compare(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* "002f,0035,…" behind what is there already. */
static size_t add_values(const uint16_t *values, size_t count, bool named, char *out, size_t len)
{
	bool first = true;

	for (size_t i = 0; i < count; i++) {
		if (!named && (values[i] == EXTENSION_NAME || values[i] == EXTENSION_ALPN))
			continue;
		if (!first)
			out[len++] = ',';
		first = false;
		for (int shift = 12; shift >= 0; shift -= 4)
			out[len++] = "0123456789abcdef"[values[i] >> shift & 15];
	}
	return len;
}

static void add_hash(const char *text, size_t len, char *out)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];

	sha256(text, len, digest);
	hex_encode(digest, SHA256_SIZE, hex);
	memcpy(out, len ? hex : "000000000000", HASH_DIGITS);
	out[HASH_DIGITS] = 0;
}

static const char *version_text(uint16_t version)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (versions[i].version == version)
			return versions[i].text;
	return "00";
}

/* First and last character; of bytes that are no letters or digits the digits of their hex. */
static void alpn_text(struct str alpn, char out[3])
{
	uint8_t first = alpn.len ? (uint8_t)alpn.ptr[0] : 0;
	uint8_t last = alpn.len ? (uint8_t)alpn.ptr[alpn.len - 1] : 0;

	if (!alpn.len) {
		memcpy(out, "00", 3);
	} else if (first < 0x80 && last < 0x80 && isalnum(first) && isalnum(last)) {
		out[0] = (char)first;
		out[1] = (char)last;
	} else {
		out[0] = "0123456789abcdef"[first >> 4];
		out[1] = "0123456789abcdef"[last & 15];
	}
	out[2] = 0;
}

void ja4_format(struct ja4_hello *hello, char out[JA4_SIZE])
{
	char text[TEXT_MAX], alpn[3], ciphers[HASH_DIGITS + 1], extensions[HASH_DIGITS + 1];
	size_t cipher_count = without_grease(hello->ciphers, hello->cipher_count);
	size_t extension_count = without_grease(hello->extensions, hello->extension_count);
	size_t signature_count = without_grease(hello->signatures, hello->signature_count), len;

	qsort(hello->ciphers, cipher_count, sizeof(uint16_t), compare);
	qsort(hello->extensions, extension_count, sizeof(uint16_t), compare);
	add_hash(text, add_values(hello->ciphers, cipher_count, true, text, 0), ciphers);
	len = add_values(hello->extensions, extension_count, false, text, 0);
	if (extension_count && signature_count) {
		text[len++] = '_';
		len = add_values(hello->signatures, signature_count, true, text, len);
	}
	add_hash(text, len, extensions);
	alpn_text(hello->alpn, alpn);
	snprintf(out, JA4_SIZE, "%c%s%c%02u%02u%s_%s_%s", hello->transport, version_text(hello->version),
		 hello->has_name ? 'd' : 'i', (unsigned)(cipher_count < 99 ? cipher_count : 99),
		 (unsigned)(extension_count < 99 ? extension_count : 99), alpn, ciphers, extensions);
}
