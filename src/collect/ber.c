/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/ber.h"

#include <inttypes.h>

#define LENGTH_BYTES_MAX 4

bool ber_next(struct str *rest, uint8_t *ret_tag, struct str *ret_content)
{
	size_t head = 2, len;

	if (rest->len < head)
		return false;
	len = (uint8_t)rest->ptr[1];
	if (len >= 0x80) {
		size_t bytes = len & 0x7f;

		if (!bytes || bytes > LENGTH_BYTES_MAX || rest->len < head + bytes)
			return false;
		for (len = 0; bytes--; head++)
			len = len << 8 | (uint8_t)rest->ptr[head];
	}
	if (len > rest->len - head)
		return false;
	*ret_tag = (uint8_t)rest->ptr[0];
	*ret_content = str_of(rest->ptr + head, len);
	*rest = str_from_offset(*rest, head + len);
	return true;
}

bool ber_take(struct str *rest, uint8_t tag, struct str *ret_content)
{
	uint8_t found;

	return ber_next(rest, &found, ret_content) && found == tag;
}

bool ber_integer(struct str content, int64_t *ret_value)
{
	uint64_t value;

	if (!content.len || content.len > 8)
		return false;
	value = content.ptr[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < content.len; i++)
		value = value << 8 | (uint8_t)content.ptr[i];
	*ret_value = (int64_t)value;
	return true;
}

bool ber_unsigned(struct str content, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (!content.len || content.len > 9 || (content.len == 9 && content.ptr[0]))
		return false;
	for (size_t i = 0; i < content.len; i++)
		value = value << 8 | (uint8_t)content.ptr[i];
	*ret_value = value;
	return true;
}

bool ber_take_integer(struct str *rest, int64_t *ret_value)
{
	struct str content;

	return ber_take(rest, BER_INTEGER, &content) && ber_integer(content, ret_value);
}

/* One part, seven bits a byte. */
static bool take_part(struct str *rest, uint64_t *ret_part)
{
	uint64_t part = 0;

	while (rest->len) {
		uint8_t byte = (uint8_t)rest->ptr[0];

		*rest = str_from_offset(*rest, 1);
		part = part << 7 | (byte & 0x7f);
		if (part > (uint64_t)UINT32_MAX + 80) /* the first holds two */
			return false;
		if (byte < 0x80) {
			*ret_part = part;
			return true;
		}
	}
	return false;
}

bool ber_add_oid(struct str content, struct buf *out, size_t *ret_last)
{
	uint64_t part, first;
	size_t last;

	if (!take_part(&content, &part))
		return false;
	first = part < 80 ? part / 40 : 2;
	buf_printf(out, "%" PRIu64, first);
	last = out->len;
	buf_printf(out, ".%" PRIu64, part - 40 * first);
	for (unsigned count = 2; content.len; count++) {
		if (count == BER_OID_PARTS_MAX || !take_part(&content, &part) || part > UINT32_MAX)
			return false;
		last = out->len;
		buf_printf(out, ".%" PRIu64, part);
	}
	if (ret_last)
		*ret_last = last;
	return true;
}

void ber_put(struct buf *out, uint8_t tag, struct str content)
{
	buf_add_char(out, (char)tag);
	if (content.len < 0x80) {
		buf_add_char(out, (char)content.len);
	} else {
		buf_add_char(out, (char)0x82); /* messages are shorter than 64 KiB */
		buf_add_char(out, (char)(content.len >> 8));
		buf_add_char(out, (char)content.len);
	}
	buf_add_str(out, content);
}

void ber_put_integer(struct buf *out, uint8_t tag, int64_t value)
{
	char bytes[8];
	size_t from = 0;

	for (size_t i = 0; i < 8; i++)
		bytes[i] = (char)((uint64_t)value >> (56 - 8 * i));
	while (from < 7 && ((bytes[from] == 0 && !(bytes[from + 1] & 0x80)) ||
			    (bytes[from] == (char)0xff && (bytes[from + 1] & 0x80))))
		from++;
	ber_put(out, tag, str_of(bytes + from, 8 - from));
}
