/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/hash.h"
#include "store/private.h"
#include "store/server.h"

static bool same(const char *given, const char *expected)
{
	uint8_t digests[2][SHA256_SIZE];

	sha256(given, strlen(given), digests[0]);
	sha256(expected, strlen(expected), digests[1]);
	return CRYPTO_memcmp(digests[0], digests[1], SHA256_SIZE) == 0;
}

/* "Basic base64(user:password)", RFC 7617. */
static bool basic_allowed(const char *header, const char *user, const char *password)
{
	char text[2 * STORE_PASSWORD_MAX + 8], *colon;
	size_t len = strlen(header);
	int decoded;

	if (len > sizeof(text) || len % 4)
		return false;
	decoded = EVP_DecodeBlock((unsigned char *)text, (const unsigned char *)header, (int)len);
	if (decoded < 0)
		return false;
	text[decoded] = 0;
	colon = strchr(text, ':');
	if (!colon)
		return false;
	*colon = 0;
	return same(text, user) && same(colon + 1, password);
}

bool call_allowed(const struct http_request *request, const char *user, const char *password)
{
	const char *basic = http_header(request, "Authorization");
	const char *given_user = http_header(request, "X-ClickHouse-User");
	const char *given_password = http_header(request, "X-ClickHouse-Key");

	if (basic && strncmp(basic, "Basic ", 6) == 0)
		return basic_allowed(basic + 6, user, password);
	if (!given_user)
		given_user = http_argument(request, "user");
	if (!given_password)
		given_password = http_argument(request, "password");
	return given_user && given_password && same(given_user, user) && same(given_password, password);
}
