/* SPDX-License-Identifier: Apache-2.0 */
/* A table of clocks as somebody else may have written it: out and in again it is the same. */
#include "coverage/clocks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct clocks *clocks, *again = NULL;
	struct buf one = {0}, two = {0};

	if (clocks_load(str_of((const char *)data, size), NULL, &clocks) < 0)
		return 0;
	clocks_save(clocks, &one);
	must(clocks_load(buf_str(&one), NULL, &again) == 0);
	clocks_save(again, &two);
	must(str_eq(buf_str(&one), buf_str(&two)));
	clocks_release(clocks);
	clocks_release(again);
	buf_done(&one);
	buf_done(&two);
	return 0;
}
