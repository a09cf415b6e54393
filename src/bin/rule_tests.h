/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RULE_TESTS_H
#define BIN_RULE_TESTS_H
/* The events under "tests:" in rule files, run through parser and matcher. */
#include "bin/command.h"
#include "bin/rule_files.h"
#include "detect/tests.h"
#include "parse/source.h"

/* EXIT_OK; EXIT_FINDING where a test fails, a rule does not load or there are no tests; EXIT_FAILED. */
int rule_tests_run(const struct command *command, struct arguments *arguments,
		   const struct rule_files *files);

/* The tests of one rule of a set, each with whether it passed. */
typedef void rule_test_seen(void *context, const struct rule_test *test, bool passed);
void rule_tests_of(const struct ruleset *set, uint32_t rule, const struct source_set *sources,
		   rule_test_seen *seen, void *context);

#endif
