/* SPDX-License-Identifier: Apache-2.0 */
/* A saved state, its checksum made right so that what is behind it is reached; what is taken can be saved. */
#include "base/hash.h"
#include "coverage/coverage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct registry *registry;
	struct coverage_options options = {.talkers_max = 64};
	struct coverage *coverage;
	struct buf bytes = {0};
	struct err err = {0};
	uint64_t end;

	if (!registry)
		must(registry_parse(STR("sources: [{name: a, every: 5}]"), &registry, &err) == 0);
	options.registry = registry;
	coverage = coverage_new(&options);
	buf_add(&bytes, data, size);
	buf_add_u64(&bytes, hash_bytes(bytes.ptr, bytes.len));
	if (coverage_restore(coverage, buf_str(&bytes), STR("0123456789abcdef"), &end) == 0)
		coverage_save(coverage, STR("0123456789abcdef"), end, &bytes);
	coverage_free(coverage);
	buf_done(&bytes);
	return 0;
}
