/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_FILTER_H
#define DETECT_FILTER_H
/*
 * Sigma 2.1 filters as a rule set holds them: documents with "filter" in place of
 * "detection". ruleset_build() narrows the rules they name to (condition) and
 * (condition of the filter). One with "expires" (ours) lets everything through for
 * events received from then on; an event that does not say when it was received counts
 * as received when the set was built. Everything lives as long as the set.
 */
#include "detect/detect.h"

#define FILTERS_MAX 10000
#define FILTER_RULES_MAX 10000 /* that one names */
#define FILTER_NEVER INT64_MAX

struct filter_info {
	struct str id, title, author, description, file;
	struct logsource logsource; /* a part that is empty admits all rules */
	bool any;                   /* of the log source */
	const struct str *rules;    /* ids and names; none where any */
	size_t rule_count;
	int64_t expires;  /* µs; FILTER_NEVER */
	uint32_t applied; /* rules of the set that it narrows */
	uint32_t line;
};

/* Whether a filter narrows a rule: by its log source and by name, id or any. */
bool filter_names(const struct filter_info *filter, const struct rule_info *rule);

size_t ruleset_filter_count(const struct ruleset *set);
const struct filter_info *ruleset_filter(const struct ruleset *set, size_t index);

#endif
