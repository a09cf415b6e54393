/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include "base/err.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void buf_add_base64(struct buf *buf, const void *bytes, size_t len)
{
	const uint8_t *in = bytes;
	char *out = buf_reserve(buf, BASE64_SIZE(len));

	buf->len += BASE64_SIZE(len);
	for (; len >= 3; len -= 3, in += 3) {
		*out++ = digits[in[0] >> 2];
		*out++ = digits[(in[0] & 3) << 4 | in[1] >> 4];
		*out++ = digits[(in[1] & 15) << 2 | in[2] >> 6];
		*out++ = digits[in[2] & 63];
	}
	if (!len)
		return;
	*out++ = digits[in[0] >> 2];
	*out++ = digits[(in[0] & 3) << 4 | (len == 2 ? in[1] >> 4 : 0)];
	*out++ = len == 2 ? digits[(in[1] & 15) << 2] : '=';
	*out = '=';
}

static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int base64_decode(struct str text, size_t max, void *out, size_t *ret_len)
{
	size_t padding = 0, len;
	uint8_t *to = out;

	if (text.len % 4)
		return ERR_SYNTAX;
	while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
		padding++;
	len = text.len / 4 * 3 - padding;
	if (len > max)
		return ERR_LIMIT;
	for (size_t i = 0, done = 0; i < text.len; i += 4) {
		uint32_t word = 0;
		size_t count = i + 4 == text.len ? 4 - padding : 4;

		for (size_t k = 0; k < 4; k++) {
			int value = k < count ? digit_value(text.ptr[i + k]) : 0;

			if (value < 0)
				return ERR_SYNTAX;
			word = word << 6 | (uint32_t)value;
		}
		for (size_t k = 0; k < 3; k++, word <<= 8) {
			if (done < len)
				to[done++] = (uint8_t)(word >> 16);
			else if (word >> 16 & 0xff) /* bits that no byte has */
				return ERR_SYNTAX;
		}
	}
	*ret_len = len;
	return 0;
}
