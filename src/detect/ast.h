/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_AST_H
#define DETECT_AST_H
/*
 * A rule as parsed: what stands between its YAML and the compiled program. What
 * the rule says about itself and its tests live in the set's arena; the detection in
 * a scratch arena, from which compile.c copies what it keeps. Modifiers have been
 * applied to the values already.
 */
#include "base/clock.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "detect/tests.h"
#include "detect/pattern.h"
#include "base/regex.h"
#include "event/ip.h"

#define RULE_VALUES_MAX 200000 /* of one rule */
#define RULE_CONDITION_MAX 65536
#define RULE_DEPTH_MAX 64
#define RULE_TIMESPAN_MAX (366 * CLOCK_DAY)

enum test_type {
	TEST_PATTERN, /* text, with or without wildcards */
	TEST_NUMBER,  /* equal as text or as numbers */
	TEST_COMPARE, /* lt lte gt gte */
	TEST_REGEX,
	TEST_CIDR,
	TEST_TIME, /* a part of a point in time, compared */
	TEST_EXISTS,
	TEST_NULL,
	TEST_FIELDREF,
};

enum compare { COMPARE_EQ, COMPARE_LT, COMPARE_LTE, COMPARE_GT, COMPARE_GTE };
enum time_part { TIME_MINUTE, TIME_HOUR, TIME_DAY, TIME_WEEK, TIME_MONTH, TIME_YEAR };

/* One value of one item, ready to compile. */
struct test {
	uint8_t type;      /* enum test_type */
	uint8_t compare;   /* of TEST_COMPARE and TEST_TIME */
	uint8_t time_part; /* of TEST_TIME */
	uint8_t anchor;    /* of TEST_FIELDREF: ANCHOR_ bits */
	bool cased;
	bool exists; /* of TEST_EXISTS */
	uint32_t regex_flags;
	uint32_t group;         /* tests made from one value of the rule: any of them will do */
	struct pattern pattern; /* of TEST_PATTERN */
	struct str text;        /* the value as written; of TEST_REGEX and TEST_FIELDREF what they use */
	double number;
	struct ip_net net;
	const struct yaml_node *node; /* where it stands; until rule_parse() returns */
};

/* A detection item: "Field|modifiers: values". */
struct item {
	struct str field; /* empty: a keyword, any value of the event */
	bool all, neq;
	const struct test *tests;
	uint32_t test_count;
};

/* A selection's value: items that must all match, or alternatives. */
struct detection {
	enum { DETECT_ITEM, DETECT_ALL, DETECT_ANY } type;
	struct item *item;
	const struct detection *const *children;
	uint32_t count;
};

struct rule_selection {
	struct str name;
	const struct detection *detection;
};

enum condition_type { CONDITION_SELECTION, CONDITION_AND, CONDITION_OR, CONDITION_NOT };

struct condition {
	enum condition_type type;
	uint32_t selection; /* of CONDITION_SELECTION: its index */
	const struct condition *const *children;
	uint32_t count;
};

struct rule {
	struct rule_info info;
	struct rule_selection *selections;
	uint32_t selection_count;
	const struct condition *condition;
	const struct correlation_source *correlation; /* in the set's arena; NULL in a detection rule */
	const struct rule_test *tests;
	size_t test_count;
};

/* Values given for %placeholders%, by name; see modifier expand. */
struct placeholder {
	struct str name, value;
};
struct placeholders {
	VEC_OF(struct placeholder)
};

/* From one YAML document. 0 or a negative code with *ret_err filled. */
int rule_parse(const struct yaml_node *doc, const struct placeholders *placeholders, struct arena *arena,
	       struct arena *scratch, struct rule *ret_rule, struct err *ret_err);

/* Its detection section: selections and condition. */
int rule_parse_detection(const struct yaml_node *doc, const struct placeholders *placeholders,
			 struct arena *arena, struct rule *rule, struct err *ret_err);

/* The selections and condition of a section "detection" or "filter". */
int rule_parse_selections(const struct yaml_node *section, const struct placeholders *placeholders,
			  struct arena *arena, struct rule *rule, struct err *ret_err);

/* The section "logsource" of a document; it must state something. */
int rule_parse_logsource(const struct yaml_node *doc, struct arena *arena, struct logsource *ret_source,
			 struct err *ret_err);
bool rule_is_uuid(struct str text);

/* Sigma's "timespan": 30s, 15m, 24h, 7d … */
int rule_parse_timespan(const struct yaml_node *node, int64_t *ret_span, struct err *ret_err);

/* The project's own key "suppress". */
int rule_parse_suppress(const struct yaml_node *node, struct arena *arena, struct rule_suppress *ret_suppress,
			struct err *ret_err);

/* The project's own key "tests". */
int rule_parse_tests(const struct yaml_node *node, struct arena *arena, struct rule *rule,
		     struct err *ret_err);

/* Reads "Field|mod|mod" and its values into item. values: count scalars. */
int item_parse(const struct yaml_node *key, const struct yaml_node *const *values, uint32_t count,
	       const struct placeholders *placeholders, struct arena *arena, struct item *ret_item,
	       struct err *ret_err);

/* A condition over named selections. line and column are where text begins. */
int condition_parse(struct str text, const struct rule_selection *selections, uint32_t selection_count,
		    uint32_t line, uint32_t column, struct arena *arena,
		    const struct condition **ret_condition, struct err *ret_err);

#endif
