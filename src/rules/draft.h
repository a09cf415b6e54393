/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_DRAFT_H
#define RULES_DRAFT_H
/*
 * A rule somebody is writing: its text as it would load among the rules there are, and
 * what is doubtful about it. Rules of other files come along where the text refers to them
 * by id or name, as correlations do.
 */
#include "rules/check.h"

struct draft_options {
	const struct ruleset *others; /* may be NULL */
	struct str id;                /* of the rule that is meant; empty: the last that makes alerts */
	struct str text;
	const char *exceptions; /* a folder of filters that hold for it; NULL: none do */
	struct str except;      /* one more; may be empty */
};

struct draft {
	struct ruleset *set;
	uint32_t rule; /* index: of the one that is meant */
};

/* 0, or the first thing that does not load in *ret_err, with its place. ERR_UNKNOWN where the text does not
   hold the rule. */
int draft_load(struct draft *draft, const struct draft_options *options, struct err *ret_err);
void draft_done(struct draft *draft);

/* Says what does not load (error, "refused") and what is doubtful. attack and taxonomy may be NULL. True
   where it loads. */
bool draft_check(const struct ruleset *others, struct str text, const struct attack *attack,
		 const struct taxonomy *taxonomy, check_report *report, void *context);

#endif
