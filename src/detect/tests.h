/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_TESTS_H
#define DETECT_TESTS_H
/* What stands under a rule's key "tests" (doc/formats/rules.md). Lives as long as the set. */
#include "detect/detect.h"

/* One of the events of a test: a log line or fields. */
struct rule_test_field {
	struct str key;
	struct value value;
};
struct rule_test_event {
	struct str source;          /* hint for the parser, may be empty */
	struct str raw;             /* the log line; empty where there are fields */
	struct logsource logsource; /* for fields; empty parts are taken from the rule */
	const struct rule_test_field *fields;
	size_t field_count;
	int64_t at;      /* µs, since the first event; absolute: since 1970 */
	int64_t every;   /* µs between repetitions */
	uint32_t repeat; /* as many events */
	bool absolute;
};
#define RULE_TEST_EVENTS_MAX 1000
#define RULE_TEST_REPEAT_MAX 100000

/* One of the cases under a rule's key "tests": an event as a log line or as fields. */
struct rule_test {
	struct str name;
	bool match;        /* what is expected */
	struct str source; /* hint for the parser, may be empty */
	struct str raw;    /* the log line; empty where there are fields */
	uint32_t line;
	struct logsource logsource; /* for fields; empty parts are taken from the rule */
	const struct rule_test_field *fields;
	size_t field_count;
	const struct rule_test_event *events; /* in place of the above: over time */
	size_t event_count;
};

const struct rule_test *ruleset_tests(const struct ruleset *set, size_t index, size_t *ret_count);

#endif
