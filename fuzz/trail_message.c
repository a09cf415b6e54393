/* SPDX-License-Identifier: Apache-2.0 */
/* Audit records as analyze sends them to core, whatever they hold. */
#include "bin/trail_link.h"
#include "core_db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int r = trail_link_receive(core_db(), str_of((const char *)data, size));

	must(r == 0 || r == ERR_PROTOCOL);
	return 0;
}
