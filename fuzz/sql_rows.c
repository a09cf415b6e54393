/* SPDX-License-Identifier: Apache-2.0 */
/* An answer of the store in two pieces, however it looks, becomes JSON. */
#include <jansson.h>

#include "base/err.h"
#include "web/sql_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t cut = size ? data[0] % size : 0;
	struct buf out = {0};
	struct sql_rows rows = {.out = &out};
	json_t *parsed;
	int r;

	buf_add_char(&out, '{');
	r = sql_rows_take(&rows, str_of((const char *)data, cut));
	if (r == 0)
		r = sql_rows_take(&rows, str_of((const char *)data + cut, size - cut));
	if (r == 0 || rows.full) {
		sql_rows_finish(&rows);
		buf_add_char(&out, '}');
		parsed = json_loadb(out.ptr, out.len, JSON_ALLOW_NUL, NULL);
		must(parsed);
		json_decref(parsed);
	}
	sql_rows_done(&rows);
	buf_done(&out);
	return 0;
}
