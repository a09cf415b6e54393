/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "sensor/http.h"

#define CHUNK_DIGITS_MAX 15

static struct str next_line(struct str *rest)
{
	struct str line;

	if (!str_split(rest, '\n', &line))
		return (struct str){0};
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

size_t http_head_len(struct str text, size_t *scanned)
{
	size_t at = *scanned;

	for (;;) {
		size_t end = str_find_char(str_from_offset(text, at), '\n');

		if (end == STR_NOT_FOUND) {
			*scanned = at;
			return 0;
		}
		end += at + 1;
		if (end < text.len && text.ptr[end] == '\n')
			return end + 1;
		if (end + 1 < text.len && text.ptr[end] == '\r' && text.ptr[end + 1] == '\n')
			return end + 2;
		if (end + 1 >= text.len) {
			*scanned = at; /* what is behind this line end is not there yet */
			return 0;
		}
		at = end;
	}
}

/* METHOD SP target SP HTTP/1.x; the target may hold spaces, if wrongly. */
static bool parse_request_line(struct str line, struct http_head *head)
{
	size_t space = str_find_char(line, ' '), last = line.len;

	if (space == STR_NOT_FOUND || space == 0)
		return false;
	while (last > space + 1 && line.ptr[last - 1] != ' ')
		last--;
	if (!str_starts(str_from_offset(line, last), STR("HTTP/1.")) || last <= space + 1)
		return false;
	head->method = str_head(line, space);
	head->target = str_trim(str_of(line.ptr + space + 1, last - space - 1));
	head->version = str_head(str_from_offset(line, last + 5), 3);
	return true;
}

static bool parse_status_line(struct str line, struct http_head *head)
{
	if (!str_starts(line, STR("HTTP/1.")) || line.len < 12 || line.ptr[8] != ' ')
		return false;
	for (int i = 9; i < 12; i++) {
		if (!char_is_digit(line.ptr[i]))
			return false;
		head->status = (uint16_t)(head->status * 10 + line.ptr[i] - '0');
	}
	head->version = str_head(str_from_offset(line, 5), 3);
	return true;
}

static void parse_header(struct str name, struct str value, struct http_head *head)
{
	const struct {
		struct str name;
		struct str *to;
	} texts[] = {{STR("host"), &head->host},
		     {STR("user-agent"), &head->user_agent},
		     {STR("referer"), &head->referrer},
		     {STR("content-type"), &head->content_type}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (str_ieq(name, texts[i].name)) {
			if (!texts[i].to->len)
				*texts[i].to = value;
			return;
		}
	if (str_ieq(name, STR("content-length")))
		head->has_length = str_to_u64(value, &head->length) == 0 && head->length < INT64_MAX;
	else if (str_ieq(name, STR("transfer-encoding")))
		head->chunked =
			value.len >= 7 && str_ieq(str_from_offset(value, value.len - 7), STR("chunked"));
}

bool http_parse_head(struct str text, bool is_answer, struct http_head *ret_head)
{
	struct http_head head = {0};
	struct str line = next_line(&text);

	if (!(is_answer ? parse_status_line(line, &head) : parse_request_line(line, &head)))
		return false;
	while ((line = next_line(&text)).len) {
		size_t colon = str_find_char(line, ':');

		if (colon != STR_NOT_FOUND && !char_is_space(line.ptr[0]))
			parse_header(str_trim(str_head(line, colon)),
				     str_trim(str_from_offset(line, colon + 1)), &head);
	}
	*ret_head = head;
	return true;
}

bool http_chunk_size(struct str line, uint64_t *ret_size)
{
	uint64_t size = 0;
	size_t digits = 0;

	for (; digits < line.len && digits <= CHUNK_DIGITS_MAX; digits++) {
		char c = char_lower(line.ptr[digits]);

		if (char_is_digit(c))
			size = size << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			size = size << 4 | (uint64_t)(c - 'a' + 10);
		else
			break;
	}
	*ret_size = size;
	return digits && digits <= CHUNK_DIGITS_MAX &&
	       (digits == line.len || line.ptr[digits] == ';' || char_is_space(line.ptr[digits]));
}
