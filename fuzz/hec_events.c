/* SPDX-License-Identifier: Apache-2.0 */
/* Each event has an error or an envelope of the body with an event in it, and the body comes to its end. */
#include <stdint.h>

#include "base/err.h"
#include "collect/hec_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hec_events events = {{(const char *)data, size}, 256, json_parser_new()};
	struct hec_event event;
	size_t left = size + 1;

	for (; hec_events_next(&events, &event); left = events.rest.len) {
		must(events.rest.len < left);
		must(event.code || (event.envelope.len >= sizeof("{\"event\":1}") - 1 &&
				    event.envelope.len <= 256 && event.envelope.ptr >= (const char *)data &&
				    event.envelope.ptr + event.envelope.len <= (const char *)data + size));
	}
	json_parser_free(events.json);
	return 0;
}
