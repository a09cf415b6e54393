/* SPDX-License-Identifier: Apache-2.0 */
/* What analyze sends to core, the first byte choosing between alerts, rules and repeats. */
#include "bin/alert_link.h"
#include "core_db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum ipc_type types[] = {IPC_ALERTS, IPC_RULES, IPC_REPEATS, IPC_ALERTS};

	if (size)
		alert_link_receive(core_db(), NULL, types[data[0] & 3],
				   str_of((const char *)data + 1, size - 1));
	return 0;
}
