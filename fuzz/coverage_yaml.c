/* SPDX-License-Identifier: Apache-2.0 */
/* coverage.yaml: loads or says why not; what loads can be asked. */
#include "coverage/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct talker_key key = {.peer = {1}, .source = STR("cef"), .name = STR("mx1")};
	struct registry *registry;
	struct err err = {0};

	if (registry_parse(str_of((const char *)data, size), &registry, &err) < 0) {
		must(err.message[0]);
		return 0;
	}
	must(registry_find(registry, &key) < (int)registry_count(registry));
	registry_is_relay(registry, key.peer);
	registry_is_rest(registry, 20000);
	registry_free(registry);
	return 0;
}
