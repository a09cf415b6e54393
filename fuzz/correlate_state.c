/* SPDX-License-Identifier: Apache-2.0 */
/* A saved state of correlations, its checksum made right so that what is behind it is reached; what is taken
   goes on and can be saved. */
#include "base/hash.h"
#include "correlate/correlate.h"
#include "correlate_rules.h"

static void ignore(void *context, const struct correlator_alert *alert)
{
	(void)context, (void)alert;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct correlator *correlator = correlator_new(correlate_rules(), NULL);
	struct findings *findings = findings_new();
	struct buf bytes = {0};

	buf_add_u64(&bytes, UINT64_C(0x14f434c57)); /* "WLCO", version 1 */
	buf_add_u64(&bytes, hash_bytes(data, size));
	buf_add(&bytes, data, size);
	for (int lane = 0; correlator_load(correlator, buf_str(&bytes)) == 0 && lane < LANE_COUNT; lane++)
		findings_add_time(findings, (enum lane)lane, INT64_MAX);
	correlator_run(correlator, findings, ignore, NULL);
	correlator_save(correlator, &bytes);
	correlator_free(correlator);
	findings_free(findings);
	buf_done(&bytes);
	return 0;
}
