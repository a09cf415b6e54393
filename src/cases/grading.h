/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_GRADING_H
#define CASES_GRADING_H
/* Inside cases/: content/compliance/categories.yaml and grading.yaml, and what they say of an incident. */
#include "cases/weights.h"

#define FACTS_MAX 64 /* techniques, tactics looked at */

/* What a proposal rests on. */
struct facts {
	struct str techniques[FACTS_MAX], tactics[FACTS_MAX];
	size_t technique_count, tactic_count;
	enum alert_level severity;
	int64_t hosts, mlps_level;
	struct str criticality; /* of the gravest asset */
};

struct proposal {
	struct str category, by; /* by: the technique or tactic that decided; may be empty */
	struct str importance, loss;
	unsigned level;
};

int grading_load(const char *folder, struct case_rules *rules, struct err *ret_err);
void grading_propose(const struct case_rules *rules, const struct facts *facts,
		     struct proposal *ret_proposal);

#endif
