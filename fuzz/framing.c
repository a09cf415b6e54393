/* SPDX-License-Identifier: Apache-2.0 */
/* Framing must give the same frames whether the stream comes at once or byte by byte. */
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "collect/framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t run(struct str stream, size_t step)
{
	enum framing_result result = FRAMING_MORE;
	struct framing framing;
	struct frame frame;
	uint64_t digest = 0;
	size_t used;

	framing_init(&framing, 32);
	for (size_t have = step < stream.len ? step : stream.len; result <= FRAMING_FRAME;
	     stream.ptr += used) {
		bool end = have == stream.len;

		result = framing_next(&framing, str_head(stream, have), end, &used, &frame);
		if (result == FRAMING_FRAME)
			digest = hash_bytes_seeded(frame.message.ptr, frame.message.len,
						   digest + frame.truncated);
		else if (result == FRAMING_MORE && end)
			break;
		must(used <= have);
		stream.len -= used;
		have -= used;
		if (result == FRAMING_MORE)
			have = have + step < stream.len ? have + step : stream.len;
	}
	return digest + result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str stream = {(const char *)data, size};

	must(run(stream, size) == run(stream, 1));
	return 0;
}
