/* SPDX-License-Identifier: Apache-2.0 */
/* What analyze sends to core, the first byte choosing between alerts and rules. */
#include "bin/alert_link.h"
#include "core_db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	uint64_t value;

	if (size)
		alert_link_receive(core_db(), 0, data[0] & 1 ? IPC_ALERTS : IPC_RULES,
				   str_of((const char *)data + 1, size - 1), &value, &err);
	return 0;
}
