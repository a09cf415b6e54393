/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_BUDGET_H
#define DETECT_BUDGET_H
/*
 * Inside detect/: what a rule may cost. Rules come from strangers, and so do the
 * events that make them slow; the others must not pay for it.
 *
 * One evaluation: work is counted where it is done (bytes looked at, searches), and
 * after BUDGET_WORK of it the thread's CPU time is looked at. After BUDGET_RULE_NS the
 * evaluation is cut short: the rule does not match this event, and nothing of what
 * was left open is remembered for other rules.
 *
 * Many evaluations: a rule that was cut short, or whose sampled time within
 * BUDGET_WINDOW events says so, is suspected, and each of its evaluations is timed from
 * then on. If they take BUDGET_TRIAL_NS within BUDGET_WINDOW events, and at least one
 * part in BUDGET_SHARE of all that the thread does, the rule is set aside for all
 * threads. If not, nothing has happened to it.
 *
 * All verdicts are by the CPU time of the thread: on a machine with other work,
 * time passes for a rule that does nothing. The cheap clock of the samples only
 * raises suspicion.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "detect/detect.h"

#define BUDGET_WORK (1 << 20)                     /* between two looks at the clock */
#define BUDGET_SEARCH (64 * 1024)                 /* what a search of a regular expression counts as … */
#define BUDGET_SEARCH_BYTE 16                     /* … and so much for each byte that it searches */
#define BUDGET_VALUE 16                           /* what looking at a value counts as, besides its length */
#define BUDGET_RULE_NS (50 * UINT64_C(1000000))   /* one evaluation */
#define BUDGET_WINDOW 65536                       /* events */
#define BUDGET_TRIAL_NS (100 * UINT64_C(1000000)) /* of a rule, within the window … */
#define BUDGET_SHARE 10                           /* … and a tenth of the thread's time */
#define BUDGET_TRIALS 8                           /* rules suspected at a time */
/* Half of what would condemn, among the sampled. */
#define BUDGET_SUSPECT_NS (BUDGET_TRIAL_NS / 2 / MATCHER_SAMPLING)

/* A matcher's. */
struct budget {
	int64_t work;      /* left until the next look */
	uint64_t started;  /* CPU time at the first look of this evaluation; 0: none yet */
	bool out;          /* the evaluation is cut short */
	bool cut;          /* something of it was */
	uint32_t *sampled; /* nanoseconds of each rule within the window */
	uint32_t window;   /* the event's stamp at which it began */
	struct trial {
		uint32_t rule, from; /* and the event's stamp */
		uint64_t thread;     /* CPU time of the thread when it began */
		uint64_t spent, cut;
	} trials[BUDGET_TRIALS];
	unsigned trial_count;
};

/* A rule set's: which rules are set aside. Flags are read with every evaluation and seldom written. */
struct aside;
struct aside *aside_new(size_t rules);
void aside_free(struct aside *aside);
const _Atomic uint64_t *aside_flags(const struct aside *aside); /* bits, by rule */

struct matcher;
void budget_init(struct budget *budget, size_t rules);
void budget_done(struct budget *budget);

/* Called when the work is used up: false where the evaluation must end. */
bool budget_look(struct budget *budget);

/* Counts work; false where the evaluation must end. */
static inline bool budget_spend(struct budget *budget, uint64_t work)
{
	budget->work -= (int64_t)work;
	return budget->work >= 0 || budget_look(budget);
}

/* Before an evaluation. */
static inline void budget_begin(struct budget *budget)
{
	budget->work = BUDGET_WORK;
	budget->started = 0;
	budget->out = budget->cut = false;
}

/* The rule's evaluation, timed by the sampling; or something of it was cut short. */
void budget_sample(struct matcher *matcher, uint32_t rule, uint64_t nanoseconds);
void budget_suspect(struct matcher *matcher, uint32_t rule);

/* The rule's trial, or NULL; judges it with the CPU time that an evaluation took. */
struct trial *budget_trial(struct budget *budget, uint32_t rule);
void budget_judge(struct matcher *matcher, struct trial *trial, uint64_t nanoseconds);

#endif
