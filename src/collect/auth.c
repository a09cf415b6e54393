/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/auth.h"

#include "base/err.h"

#define CREDENTIALS_MAX 1024 /* bytes of a header's value */

int auth_init(struct auth *auth, const char *const *tokens, size_t count)
{
	if (count > COLLECT_TOKENS_MAX)
		return ERR_RANGE;
	auth->count = count;
	for (size_t i = 0; i < count; i++) {
		if (strlen(tokens[i]) < COLLECT_TOKEN_MIN)
			return ERR_RANGE;
		sha256(tokens[i], strlen(tokens[i]), auth->digests[i]);
	}
	return 0;
}

static bool is_known(const struct auth *auth, struct str token)
{
	uint8_t digest[SHA256_SIZE];
	unsigned known = 0;

	sha256(token.ptr, token.len, digest);
	for (size_t i = 0; i < auth->count; i++) {
		unsigned difference = 0;

		for (size_t j = 0; j < SHA256_SIZE; j++)
			difference |= digest[j] ^ auth->digests[i][j];
		known |= difference == 0;
	}
	return known;
}

static int base64_digit(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(alphabet, c) : NULL;

	return found ? (int)(found - alphabet) : -1;
}

/* RFC 4648 section 4, padding optional. out holds 3 bytes for 4. The length, or STR_NOT_FOUND. */
static size_t base64_decode(struct str text, char *out)
{
	uint32_t bits = 0;
	size_t len = 0;

	while (text.len && text.ptr[text.len - 1] == '=')
		text.len--;
	for (size_t i = 0; i < text.len; i++) {
		int digit = base64_digit(text.ptr[i]);

		if (digit < 0)
			return STR_NOT_FOUND;
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4)
			out[len++] = (char)(bits >> (6 - 2 * (i % 4)));
	}
	return len;
}

/* The part behind the first colon of base64(user:token). */
static bool is_known_pair(const struct auth *auth, struct str encoded)
{
	char decoded[CREDENTIALS_MAX];
	size_t len = base64_decode(encoded, decoded);
	struct str pair, user;

	if (len == STR_NOT_FOUND)
		return false;
	pair = str_of(decoded, len);
	return str_split(&pair, ':', &user) && is_known(auth, pair);
}

static const struct scheme {
	struct str name; /* in any case, RFC 9110 section 11.1 */
	bool (*check)(const struct auth *auth, struct str credentials);
} schemes[] = {
	{{"Bearer ", 7}, is_known},
	{{"Basic ", 6}, is_known_pair},
	{{"ApiKey ", 7}, is_known_pair},
	{{"Splunk ", 7}, is_known},
};

/* NULL where the value is of none. */
static const struct scheme *find_scheme(struct str value)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]) && value.len <= CREDENTIALS_MAX; i++)
		if (str_ieq(str_head(value, schemes[i].name.len), schemes[i].name))
			return &schemes[i];
	return NULL;
}

bool auth_check(const struct auth *auth, const char *header)
{
	struct str value = str_from(header);
	const struct scheme *scheme = find_scheme(value);

	if (!auth->count)
		return true;
	return scheme && scheme->check(auth, str_trim(str_from_offset(value, scheme->name.len)));
}

bool auth_is_scheme(const char *header)
{
	return find_scheme(str_from(header)) != NULL;
}
