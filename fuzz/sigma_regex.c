/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/regex_literal.h"

/* Pattern, a newline, a text: where the pattern matches, its literal is in the text, case aside. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_of((const char *)data, size), first;
	struct regex_scratch *scratch = regex_scratch_new(0);
	struct regex *regex;
	bool found = false;

	if (str_split(&text, '\n', &first) && regex_compile(first, size % 8, &regex, NULL) == 0) {
		char *room = malloc(first.len + 1);
		struct str literal = regex_literal(regex, first, room);

		for (size_t at = 0; at + literal.len <= text.len; at++)
			found |= str_ieq(str_head(str_from_offset(text, at), literal.len), literal);
		must(found || regex_search(regex, text, scratch) != REGEX_MATCH);
		regex_free(regex);
		free(room);
	}
	regex_scratch_free(scratch);
	return 0;
}
