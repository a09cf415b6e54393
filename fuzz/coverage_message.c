/* SPDX-License-Identifier: Apache-2.0 */
/* What analyze sends to core of who talked, whatever it holds. */
#include "coverage/ledger.h"
#include "core_db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t value;

	ledger_apply(core_db(), str_of((const char *)data, size), &value);
	return 0;
}
