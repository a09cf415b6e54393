/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is written as an identifier is refused, or kept in a way that is kept as it is. The first byte
   says of which kind it is. */
#include <string.h>

#include "people/identifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum identifier_kind kind =
		size ? (enum identifier_kind)(1 + data[0] % IDENTIFIER_MAC) : IDENTIFIER_HOST;
	struct str text = str_of((const char *)data + 1, size ? size - 1 : 0);
	struct buf once = {0}, again = {0}, list = {0};

	if (size && identifier_write(kind, text, &once, NULL) == 0) {
		must(once.len && str_find_char(buf_str(&once), '\n') == STR_NOT_FOUND);
		must(identifier_write(kind, buf_str(&once), &again, NULL) == 0);
		must(str_eq(buf_str(&once), buf_str(&again)));
		must(identifiers_add(&list, kind, text, NULL) == 0 && identifiers_finish(&list, NULL) == 0);
		must(list.len == once.len + strlen(identifier_kind_name(kind)) + 2);
	}
	buf_done(&once);
	buf_done(&again);
	buf_done(&list);
	return 0;
}
