/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "collect/follow_private.h"

/* A state file is read or refused; lines lie inside the bytes, are not empty and hold no line end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_of((const char *)data, size), rest = text, line;
	struct follow_places places;
	bool skipping = size & 1, truncated;
	uint64_t seq;

	if (follow_state_read(text, &places, &seq) == 0)
		follow_places_done(&places);
	while (follow_cut(&rest, size & 2, &skipping, &line, &truncated))
		must(line.len && line.ptr >= text.ptr && line.ptr + line.len <= text.ptr + text.len &&
		     !memchr(line.ptr, '\n', line.len));
	must(rest.len == 0 || !(size & 2));
	return 0;
}
