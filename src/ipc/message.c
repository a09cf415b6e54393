/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/message.h"

#include "base/err.h"

void message_put_str(struct buf *buf, struct str s)
{
	must(s.len <= UINT32_MAX);
	buf_add_u32(buf, (uint32_t)s.len);
	buf_add_str(buf, s);
}

static void take(struct message_reader *reader, void *out, size_t len)
{
	if (reader->bad || reader->rest.len < len) {
		reader->bad = true;
		memset(out, 0, len);
		return;
	}
	memcpy(out, reader->rest.ptr, len);
	reader->rest = str_from_offset(reader->rest, len);
}

uint32_t message_get_u32(struct message_reader *reader)
{
	uint32_t value;

	take(reader, &value, sizeof(value));
	return value;
}

uint64_t message_get_u64(struct message_reader *reader)
{
	uint64_t value;

	take(reader, &value, sizeof(value));
	return value;
}

struct str message_get_str(struct message_reader *reader)
{
	uint32_t len = message_get_u32(reader);
	struct str s;

	if (reader->bad || reader->rest.len < len) {
		reader->bad = true;
		return (struct str){0};
	}
	s = str_head(reader->rest, len);
	reader->rest = str_from_offset(reader->rest, len);
	return s;
}

bool message_complete(const struct message_reader *reader)
{
	return !reader->bad && reader->rest.len == 0;
}
