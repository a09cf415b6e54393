/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "collect/follow_private.h"
#include "collect/sink.h"

/* The first byte says which rule and end: records lie in the text in order, what is between them are blank
   lines, and each is found again by its bytes. The rest of the text is also a file of rules, read or refused.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct regex *pattern;
	static struct regex_scratch *scratch;
	struct str text = str_of((const char *)data + 1, size ? size - 1 : 0), rest = text, record;
	const int mode = size ? data[0] : 0;
	struct follow_rule rule = {.max_lines = 1 + mode % 5, .max_bytes = 40};
	struct follow_rules *rules;
	bool skipping = false, truncated;

	if (!pattern) {
		must(regex_compile(STR("^[^ \t]"), 0, &pattern, NULL) == 0);
		scratch = regex_scratch_new(0);
	}
	rule.start = mode & 16 ? pattern : NULL;
	rule.goes_on = mode & 16 ? NULL : pattern;
	for (struct str before = rest;
	     follow_join(&rule, scratch, &rest, (mode >> 5) % 3, &skipping, &record, &truncated);
	     before = rest) {
		struct str again = before;
		bool again_skipping = false;

		must(record.len && record.ptr >= before.ptr &&
		     record.ptr + record.len <= text.ptr + text.len);
		must(str_trim(str_of(before.ptr, (size_t)(record.ptr - before.ptr))).len == 0);
		must(truncated || follow_skip_record(&again, &again_skipping, record));
		must(truncated || (again.ptr <= rest.ptr &&
				   str_trim(str_of(again.ptr, (size_t)(rest.ptr - again.ptr))).len == 0));
	}
	must(rest.len == 0 || (mode >> 5) % 3 != FOLLOW_GONE);
	if (follow_rules_parse(text, &rules, NULL) == 0)
		follow_rules_free(rules);
	return 0;
}
