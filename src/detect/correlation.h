/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_CORRELATION_H
#define DETECT_CORRELATION_H
/*
 * Sigma 2.1 correlation rules as a rule set holds them, after names were resolved.
 * What they mean over a stream of events is correlate/'s to decide. Everything
 * lives as long as the set.
 */
#include "detect/detect.h"

#define CORRELATION_RULES_MAX 64  /* that one refers to */
#define CORRELATION_FIELDS_MAX 16 /* of group-by */

enum correlation_type {
	CORRELATION_EVENT_COUNT,
	CORRELATION_VALUE_COUNT,
	CORRELATION_TEMPORAL,
	CORRELATION_TEMPORAL_ORDERED,
	CORRELATION_VALUE_SUM,
	CORRELATION_VALUE_AVG,
	CORRELATION_VALUE_PERCENTILE,
	CORRELATION_VALUE_MEDIAN,
	CORRELATION_NEW_TERMS, /* ours: a key not met within timespan, once the rule has watched that long */
	CORRELATION_TYPES
};
const char *correlation_type_name(enum correlation_type type);

struct correlation {
	enum correlation_type type;
	const uint32_t *rules; /* indices in the set; may be correlations, never in a circle */
	uint32_t rule_count;
	/* Fields of the key; of each, the field to read in an event of each rule (aliases resolved). */
	const struct str *group_by;
	uint32_t group_count;
	const struct str *const *group_fields; /* [group_count][rule_count] */
	const struct str *value_fields; /* condition's field, one or more; empty where the type has none */
	uint32_t value_field_count;
	int64_t timespan; /* µs */
	/* All of these must hold of the count, sum … */
	struct {
		enum {
			CORRELATION_EQ,
			CORRELATION_NEQ,
			CORRELATION_LT,
			CORRELATION_LTE,
			CORRELATION_GT,
			CORRELATION_GTE
		} compare;
		double value;
	} conditions[4];
	uint32_t condition_count;
	double percentile; /* of CORRELATION_VALUE_PERCENTILE: 0 … 100 */
	bool generate;     /* the rules referred to make their own alerts too */
};

/* NULL where the rule is no correlation. */
const struct correlation *ruleset_correlation(const struct ruleset *set, size_t index);

#endif
