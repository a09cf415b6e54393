/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_CORRELATION_H
#define DETECT_CORRELATION_H
/*
 * Sigma 2.1 correlation rules as a rule set holds them, after names were resolved.
 * What they mean over a stream of events is correlate/'s to decide. Everything
 * lives as long as the set.
 */
#include "base/hash.h"
#include "detect/detect.h"

#define CORRELATION_RULES_MAX 64    /* that one refers to */
#define CORRELATION_FIELDS_MAX 16   /* of group-by; of condition's field */
#define CORRELATION_DEPTH_MAX 16    /* correlations of correlations */
#define CORRELATION_COUNT_MAX 50000 /* that gte or gt of a count may ask for */

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

enum correlation_compare {
	CORRELATION_EQ,
	CORRELATION_NEQ,
	CORRELATION_LT,
	CORRELATION_LTE,
	CORRELATION_GT,
	CORRELATION_GTE,
	CORRELATION_COMPARES
};
const char *correlation_compare_name(enum correlation_compare compare);

#define CORRELATION_NO_FIELD UINT32_MAX

struct correlation {
	enum correlation_type type;
	const uint32_t *rules; /* indices in the set; may be correlations, never in a circle */
	uint32_t rule_count;
	const struct str *group_by; /* fields of the key */
	uint32_t group_count;
	const struct str *value_fields; /* condition's field, one or more; none where the type has none */
	uint32_t value_field_count;
	/* Where the matches of rule r have those fields (aliases resolved), [r * group_count + g]: a slot for
	   matcher_value(); where r is a correlation, an index into its group_by or CORRELATION_NO_FIELD. */
	const uint32_t *group_slots, *value_slots;
	int64_t timespan; /* µs */
	/* All of these must hold of the count, sum … */
	struct correlation_condition {
		enum correlation_compare compare;
		double value;
	} conditions[4];
	uint32_t condition_count;
	/* It cannot become untrue by more events, so it is known at once; else when the window is over. */
	bool at_once;
	uint32_t threshold;                 /* at once, of counts: the least that holds; at least 1 */
	const struct condition *expression; /* of temporal: boolean over the rules; or NULL */
	struct str condition;               /* as written, or in words */
	double percentile;                  /* of CORRELATION_VALUE_PERCENTILE: 0 … 100 */
	bool generate;                      /* the rules referred to make their own alerts too */
	struct hash128 content;             /* of all that a state of it depends on */
};

/* NULL where the rule is no correlation. */
const struct correlation *ruleset_correlation(const struct ruleset *set, size_t index);

/* Whether numbers meet the conditions; whether rules that were met (bit r) meet the expression. */
bool correlation_conditions_hold(const struct correlation *correlation, double number);
bool correlation_expression_holds(const struct correlation *correlation, uint64_t rules);

/* Where the fields of a rule's suppress.by are, as in group_slots; NULL where there are none. */
const uint32_t *ruleset_suppress_slots(const struct ruleset *set, size_t index);

/* The first value, null aside, of a slot in the event just run; false where it has none. */
bool matcher_value(const struct matcher *matcher, uint32_t slot, struct str *ret_text);

#endif
