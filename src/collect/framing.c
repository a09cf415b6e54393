/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/framing.h"

void framing_init(struct framing *framing, size_t cap)
{
	*framing = (struct framing){.cap = cap};
}

/* LF and NUL end a line (RFC 6587 section 3.4.2), and a CR goes with them. */
static bool is_line_end(char c)
{
	return c == '\n' || c == 0;
}

/* The first LF or NUL at or behind offset from; data.len where there is none. */
static size_t find_line_end(struct str data, size_t from)
{
	size_t end = data.len;
	const char *found = from < end ? memchr(data.ptr + from, '\n', end - from) : NULL;

	if (found)
		end = (size_t)(found - data.ptr);
	found = from < end ? memchr(data.ptr + from, 0, end - from) : NULL;
	return found ? (size_t)(found - data.ptr) : end;
}

/* Drops what is left of a message that was cut. Returns the bytes dropped. */
static size_t drop_rest(struct framing *framing, struct str data)
{
	size_t n;

	if (framing->skip_line) {
		n = find_line_end(data, 0);
		framing->skip_line = n == data.len;
		return n;
	}
	n = framing->skip < data.len ? framing->skip : data.len;
	framing->skip -= n;
	return n;
}

/* "\r\n" ends a line too, and lone line ends stand between frames. */
static size_t count_line_ends(struct str data)
{
	size_t n = 0;

	while (n < data.len && (is_line_end(data.ptr[n]) || data.ptr[n] == '\r'))
		n++;
	return n;
}

enum count_kind { COUNT_NONE, COUNT_UNFINISHED, COUNT_FOUND, COUNT_TOO_LONG };

/* MSG-LEN SP at the front of data. *ret_len is the length of both. */
static enum count_kind read_count(struct str data, uint64_t *ret_count, size_t *ret_len)
{
	uint64_t count = 0;
	size_t n = 0;

	if (data.ptr[0] == '0')
		return COUNT_NONE;
	for (; n < data.len && char_is_digit(data.ptr[n]); n++) {
		if (n == FRAMING_DIGITS_MAX)
			return COUNT_TOO_LONG;
		count = count * 10 + (uint64_t)(data.ptr[n] - '0');
	}
	if (n == data.len)
		return COUNT_UNFINISHED;
	if (n == 0 || data.ptr[n] != ' ')
		return COUNT_NONE;
	*ret_count = count;
	*ret_len = n + 1;
	return COUNT_FOUND;
}

static struct str trim_line_ends(struct str message)
{
	while (message.len &&
	       (is_line_end(message.ptr[message.len - 1]) || message.ptr[message.len - 1] == '\r'))
		message.len--;
	return message;
}

static enum framing_result take_counted(struct framing *framing, struct str data, uint64_t count,
					bool end_of_stream, size_t *ret_used, struct frame *ret_frame)
{
	size_t want = count < framing->cap ? (size_t)count : framing->cap;
	bool short_of = data.len < want;

	if (short_of && !end_of_stream)
		return FRAMING_MORE;
	ret_frame->message = str_head(data, want);
	ret_frame->truncated = short_of || count > want;
	framing->skip = short_of ? 0 : (size_t)count - want;
	framing->counted = true;
	*ret_used = ret_frame->message.len;
	ret_frame->message = trim_line_ends(ret_frame->message);
	return FRAMING_FRAME;
}

static enum framing_result take_line(struct framing *framing, struct str data, bool end_of_stream,
				     size_t *ret_used, struct frame *ret_frame)
{
	size_t end = find_line_end(data, framing->searched);
	bool whole = end < data.len || end_of_stream;

	framing->searched = end;
	if (!whole && end <= framing->cap + 1) /* one more: the CR of a line as long as the cap */
		return FRAMING_MORE;
	framing->searched = 0;
	*ret_used = end;
	if (end > 0 && end <= framing->cap + 1 && data.ptr[end - 1] == '\r')
		end--;
	ret_frame->truncated = end > framing->cap;
	if (ret_frame->truncated) {
		end = *ret_used = framing->cap;
		framing->skip_line = true;
	}
	ret_frame->message = str_head(data, end);
	return FRAMING_FRAME;
}

/* A frame at the front of data, behind line ends and what was to be dropped. */
static enum framing_result take_frame(struct framing *framing, struct str data, bool end_of_stream,
				      size_t *ret_used, struct frame *ret_frame)
{
	enum framing_result result;
	uint64_t count = 0;
	size_t len = 0;
	enum count_kind kind = read_count(data, &count, &len);

	if (kind == COUNT_UNFINISHED && !end_of_stream)
		return FRAMING_MORE;
	if (kind == COUNT_TOO_LONG || (kind != COUNT_FOUND && framing->counted && data.ptr[0] != '<'))
		return FRAMING_INVALID;
	if (kind != COUNT_FOUND)
		return take_line(framing, data, end_of_stream, ret_used, ret_frame);
	if (count > FRAMING_OCTETS_MAX)
		return FRAMING_OVERSIZED;
	result = take_counted(framing, str_from_offset(data, len), count, end_of_stream, ret_used, ret_frame);
	if (result == FRAMING_FRAME)
		*ret_used += len;
	return result;
}

/* Steps over what is no frame; true where one may begin at *start. */
static bool find_start(struct framing *framing, struct str data, size_t *start)
{
	if (framing->skip || framing->skip_line)
		*start += drop_rest(framing, str_from_offset(data, *start));
	if (framing->searched == 0)
		*start += count_line_ends(str_from_offset(data, *start));
	return *start < data.len && !framing->skip;
}

enum framing_result framing_next(struct framing *framing, struct str data, bool end_of_stream,
				 size_t *ret_used, struct frame *ret_frame)
{
	enum framing_result result = FRAMING_MORE;
	size_t start = 0, used;

	while (find_start(framing, data, &start)) {
		used = 0;
		result = take_frame(framing, str_from_offset(data, start), end_of_stream, &used, ret_frame);
		start += used;
		if (result != FRAMING_FRAME || ret_frame->message.len)
			break;
		result = FRAMING_MORE; /* a counted message of line ends only */
	}
	*ret_used = start;
	return result;
}
