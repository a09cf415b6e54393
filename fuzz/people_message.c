/* SPDX-License-Identifier: Apache-2.0 */
/* People as the directory process sends them to core, whatever they hold. */
#include "bin/directory_link.h"
#include "core_db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	int r = directory_link_receive(core_db(), str_of((const char *)data, size), &err);

	must(r == 0 || r == ERR_PROTOCOL);
	return 0;
}
