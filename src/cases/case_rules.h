/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_CASE_RULES_H
#define CASES_CASE_RULES_H
/*
 * The tables that cases are made by: how alerts become incidents and what a risk is (content/grouping.yaml),
 * how an incident is named and graded by GB/T 20986-2023 (content/compliance/categories.yaml, grading.yaml).
 * Read once when core starts, then only read, by any thread. doc/formats/incidents.md describes the files.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct case_rules;

/* folder: of content. zone: µs east of UTC, in which a number's year begins. The grading's test cases are
   tried: one that fails is an error of the file. */
int case_rules_load(const char *folder, int64_t zone, struct case_rules **ret_rules, struct err *ret_err);
void case_rules_free(struct case_rules *rules); /* NULL is fine */

/* Why an alert is in its incident, in words; why: as alert_reason() gives it. Nothing for what it cannot
   read. */
void case_rules_words(const struct case_rules *rules, struct str why, bool chinese, struct buf *out);

struct incident_category {
	struct str code, parent, name, name_zh, text; /* parent: empty for the ten of the standard */
};
size_t case_rules_category_count(const struct case_rules *rules);
const struct incident_category *case_rules_category(const struct case_rules *rules, size_t i);
const struct incident_category *case_rules_find_category(const struct case_rules *rules, struct str code);

struct incident_grade {
	unsigned level; /* 1 … 4 */
	struct str name, name_zh, text;
};
const struct incident_grade *case_rules_grade(const struct case_rules *rules, unsigned level); /* or NULL */

#endif
