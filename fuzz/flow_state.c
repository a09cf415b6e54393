/* SPDX-License-Identifier: Apache-2.0 */
/* The file of what the flow decoder remembers; its sum is made right first. */
#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "flow/flow.h"

#define SUM 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct flow_options options = {0};
	struct flow_decoder *decoder = flow_decoder_new(&options);
	struct buf state = {0}, again = {0};
	int64_t now = INT64_C(1700000000000000);

	buf_add(&state, data, size);
	buf_add_u64(&state, hash_bytes(data, size));
	if (flow_state_read(decoder, buf_str(&state), now) == 0) {
		struct flow_decoder *other = flow_decoder_new(&options);

		flow_state_write(decoder, &again);
		must(flow_state_read(other, buf_str(&again), now) == 0);
		flow_decoder_free(other);
	}
	flow_decoder_free(decoder);
	buf_done(&state);
	buf_done(&again);
	return 0;
}
