/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/reader_private.h"

void reader_cutter_init(struct reader_cutter *cutter, size_t record_max, bool documents)
{
	*cutter = (struct reader_cutter){
		.record_max = record_max, .documents = documents, .line = 1, .last = '\n'};
}

static uint64_t count_lines(struct str text)
{
	uint64_t lines = 0;

	for (size_t at; (at = str_find_char(text, '\n')) != STR_NOT_FOUND; lines++)
		text = str_from_offset(text, at + 1);
	return lines;
}

/* Moves the front of the window over so many bytes, in which so many lines end. */
static void advance(struct reader_cutter *cutter, struct str *window, size_t len, uint64_t lines,
		    size_t *used)
{
	cutter->line += lines;
	cutter->last = window->ptr[len - 1];
	cutter->seen = 0;
	*used += len;
	*window = str_from_offset(*window, len);
}

static void drop(struct reader_cutter *cutter, struct str *window, size_t len, size_t *used)
{
	if (len)
		advance(cutter, window, len, count_lines(str_head(*window, len)), used);
}

/* The record is the first len bytes of the window, which stays where it is. */
static void give(const struct reader_cutter *cutter, struct str window, size_t len,
		 struct reader_record *ret_record)
{
	ret_record->truncated = len > cutter->record_max;
	ret_record->bytes = str_head(window, ret_record->truncated ? cutter->record_max : len);
	ret_record->line = cutter->line;
}

static bool cut_line(struct reader_cutter *cutter, struct str window, bool end,
		     struct reader_record *ret_record, size_t *used)
{
	while (window.len > cutter->seen || (end && window.len)) {
		const size_t more = str_find_char(str_from_offset(window, cutter->seen), '\n');
		const bool ended = more != STR_NOT_FOUND;
		const size_t with_end = ended ? cutter->seen + more + 1 : window.len;
		size_t len = with_end - ended;

		if (cutter->discarding) {
			cutter->discarding = !ended;
			advance(cutter, &window, with_end, ended, used);
			continue;
		}
		if (!ended && !end && len <= cutter->record_max + 1) { /* 1 for a CR at the end */
			cutter->seen = len;
			return false;
		}
		len -= len && window.ptr[len - 1] == '\r' && (ended || end);
		if (len)
			give(cutter, window, len, ret_record);
		advance(cutter, &window, with_end, ended, used);
		if (len) {
			cutter->discarding = !ended && !end;
			return true;
		}
	}
	return false;
}

/* Drops what stands between documents: white space, and the brackets and commas of the outer array. */
static void drop_between(struct reader_cutter *cutter, struct str *window, size_t *used)
{
	size_t at = 0;

	for (; at < window->len; at++) {
		const char c = window->ptr[at];

		if (c == '[' && !cutter->in_array)
			cutter->in_array = true;
		else if (c == ']' && cutter->in_array)
			cutter->in_array = false;
		else if (!char_is_space(c) && (c != ',' || !cutter->in_array))
			break;
	}
	drop(cutter, window, at, used);
}

/* Where a container or string ends, by brackets and quotes alone: whether it is valid is for others to say.
   One that is not, having a line end in a string, ends there; and one that was never closed is given up
   where it is being discarded and another begins a line. */
static size_t find_nested_end(struct reader_cutter *cutter, struct str window)
{
	for (size_t i = cutter->seen; i < window.len; i++) {
		const char c = window.ptr[i];

		if (cutter->discarding && !cutter->in_array && c == '{' &&
		    (i ? window.ptr[i - 1] : cutter->last) == '\n')
			return i;
		if (cutter->in_string && c == '\n')
			return i;
		if (cutter->in_string) {
			cutter->in_string = cutter->escaped || c != '"';
			cutter->escaped = !cutter->escaped && c == '\\';
		} else if (c == '"') {
			cutter->in_string = true;
			continue;
		} else if (c == '{' || c == '[') {
			cutter->depth++;
		} else if (c == '}' || c == ']') {
			cutter->depth--;
		} else {
			continue;
		}
		if (!cutter->depth && !cutter->in_string)
			return i + 1;
	}
	return STR_NOT_FOUND;
}

/* Anything else ends with the line, and in the array with the element. */
static size_t find_plain_end(const struct reader_cutter *cutter, struct str window)
{
	for (size_t i = cutter->seen; i < window.len; i++) {
		const char c = window.ptr[i];

		if (c == '\n' || (cutter->in_array && (c == ',' || c == ']')))
			return i;
	}
	return STR_NOT_FOUND;
}

static size_t find_end(struct reader_cutter *cutter, struct str window)
{
	const char first = window.ptr[0];

	if (cutter->depth || cutter->in_string || (!cutter->discarding && strchr("{[\"", first) && first))
		return find_nested_end(cutter, window);
	return find_plain_end(cutter, window);
}

/* Drops the rest of a document that was cut, up to where the next may begin. */
static void discard_document(struct reader_cutter *cutter, struct str *window, size_t *used)
{
	const size_t len = window->len ? find_end(cutter, *window) : STR_NOT_FOUND;

	if (len != STR_NOT_FOUND) {
		cutter->discarding = cutter->in_string = cutter->escaped = false;
		cutter->depth = 0;
	}
	drop(cutter, window, len != STR_NOT_FOUND ? len : window->len, used);
}

static bool cut_document(struct reader_cutter *cutter, struct str window, bool end,
			 struct reader_record *ret_record, size_t *used)
{
	struct str head;
	size_t len;

	if (cutter->discarding)
		discard_document(cutter, &window, used);
	if (cutter->discarding)
		return false;
	if (!cutter->seen)
		drop_between(cutter, &window, used);
	if (!window.len)
		return false;
	head = str_head(window, cutter->record_max + 1);
	len = find_end(cutter, head);
	if (len == STR_NOT_FOUND && !end && head.len <= cutter->record_max) {
		cutter->seen = head.len;
		return false;
	}
	if (len == STR_NOT_FOUND) {
		const bool open = cutter->depth || cutter->in_string;

		cutter->discarding = head.len > cutter->record_max;
		give(cutter, window, head.len, ret_record);
		drop(cutter, &window, head.len, used);
		ret_record->truncated |= open;
		return true;
	}
	cutter->in_string = cutter->escaped = false; /* an invalid one may have been given up inside */
	cutter->depth = 0;
	give(cutter, window, len, ret_record);
	drop(cutter, &window, len, used);
	return true;
}

bool reader_cut(struct reader_cutter *cutter, struct str window, bool end, struct reader_record *ret_record,
		size_t *ret_used)
{
	*ret_used = 0;
	return cutter->documents ? cut_document(cutter, window, end, ret_record, ret_used)
				 : cut_line(cutter, window, end, ret_record, ret_used);
}
