/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/lines.h"

bool lines_next(struct lines *lines, struct str *ret_line)
{
	struct str line;

	while (str_split(&lines->rest, '\n', &line)) {
		lines->number++;
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (line.len) {
			*ret_line = line;
			return true;
		}
	}
	return false;
}

size_t lines_estimate(struct str body, size_t max)
{
	const char *at = body.ptr, *end = body.ptr + body.len;
	size_t count = 1;

	while (count < max && at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		count++;
	}
	return count < max ? count : max;
}
