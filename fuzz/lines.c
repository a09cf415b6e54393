/* SPDX-License-Identifier: Apache-2.0 */
/* Lines are never empty, hold no LF, and all other bytes are in one of them or were a CR or LF. */
#include <stdint.h>

#include "base/err.h"
#include "collect/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = {(const char *)data, size}, line;
	struct lines lines = lines_of(body);
	size_t count = 0, bytes = 0, ends = 0;

	for (; lines_next(&lines, &line); count++) {
		must(line.len && str_find_char(line, '\n') == STR_NOT_FOUND);
		bytes += line.len;
	}
	for (size_t i = 0; i < size; i++)
		ends += data[i] == '\n' || (data[i] == '\r' && (i + 1 == size || data[i + 1] == '\n'));
	must(bytes + ends == size);
	must(count <= lines_estimate(body, size + 1));
	return 0;
}
