/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/vec.h"

void buf_done(struct buf *buf)
{
	free(buf->ptr);
	*buf = (struct buf){0};
}

char *buf_grow(struct buf *buf, size_t more)
{
	must(more <= SIZE_MAX / 4 && buf->len <= SIZE_MAX / 4);
	buf->ptr = vec_grow(buf->ptr, &buf->capacity, buf->len + more, 1);
	return buf->ptr + buf->len;
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (!len)
		return;
	memcpy(buf_reserve(buf, len), bytes, len);
	buf->len += len;
}

void buf_add_str(struct buf *buf, struct str s)
{
	buf_add(buf, s.ptr, s.len);
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list args, again;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	must(len >= 0);
	vsnprintf(buf_reserve(buf, (size_t)len + 1), (size_t)len + 1, fmt, again);
	buf->len += (size_t)len;
	va_end(again);
	va_end(args);
}

const char *buf_cstr(struct buf *buf)
{
	*buf_reserve(buf, 1) = 0;
	return buf->ptr;
}

/* One escape of RFC 8259 section 7 for a byte below 0x20, a quote or a backslash. */
static void add_json_escape(struct buf *buf, unsigned char c)
{
	static const char short_form[256] = {['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
					     ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};

	if (short_form[c])
		buf_printf(buf, "\\%c", short_form[c]);
	else
		buf_printf(buf, "\\u%04x", c);
}

/* Length of the well-formed UTF-8 sequence at the start of s, 0 where there is none. */
static size_t utf8_prefix(struct str s)
{
	for (size_t n = 1; n <= 4 && n <= s.len; n++)
		if (str_is_utf8(str_head(s, n)))
			return n;
	return 0;
}

void buf_add_json_string(struct buf *buf, struct str s)
{
	buf_add_char(buf, '"');
	for (size_t i = 0; i < s.len;) {
		unsigned char c = (unsigned char)s.ptr[i];
		size_t n = 1;

		if (c < 0x20 || c == '"' || c == '\\') {
			add_json_escape(buf, c);
		} else if (c < 0x80) {
			buf_add_char(buf, (char)c);
		} else if ((n = utf8_prefix(str_from_offset(s, i))) != 0) {
			buf_add(buf, s.ptr + i, n);
		} else {
			buf_add(buf, "\xEF\xBF\xBD", 3);
			n = 1;
		}
		i += n;
	}
	buf_add_char(buf, '"');
}

void buf_add_varint(struct buf *buf, uint64_t value)
{
	char *p = buf_reserve(buf, 10);
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		p[n++] = (char)(value | 0x80);
	p[n++] = (char)value;
	buf->len += n;
}

void buf_add_u32(struct buf *buf, uint32_t value)
{
	buf_add(buf, &value, sizeof(value));
}
void buf_add_u64(struct buf *buf, uint64_t value)
{
	buf_add(buf, &value, sizeof(value));
}
