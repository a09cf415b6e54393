/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/budget.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "detect/match.h"

struct aside {
	pthread_mutex_t lock; /* of the list */
	struct {
		VEC_OF(struct rule_aside)
	} list;
	_Atomic uint64_t flags[];
};

/* -- the list ------------------------------------------------------------------------------------------ */

struct aside *aside_new(size_t rules)
{
	struct aside *aside = calloc(1, sizeof(*aside) + (rules / 64 + 1) * sizeof(aside->flags[0]));

	must(aside);
	pthread_mutex_init(&aside->lock, NULL);
	return aside;
}

void aside_free(struct aside *aside)
{
	if (!aside)
		return;
	pthread_mutex_destroy(&aside->lock);
	vec_done(&aside->list);
	free(aside);
}

const _Atomic uint64_t *aside_flags(const struct aside *aside)
{
	return aside->flags;
}

static void aside_add(struct aside *aside, const struct rule_aside *entry)
{
	uint64_t bit = UINT64_C(1) << entry->rule % 64;

	if (atomic_fetch_or_explicit(&aside->flags[entry->rule / 64], bit, memory_order_relaxed) & bit)
		return;
	pthread_mutex_lock(&aside->lock);
	vec_push(&aside->list, *entry);
	pthread_mutex_unlock(&aside->lock);
}

bool ruleset_is_aside(const struct ruleset *set, size_t index)
{
	must(index < set->rules.len);
	return atomic_load_explicit(&set->aside->flags[index / 64], memory_order_relaxed) >> index % 64 & 1;
}

size_t ruleset_aside(const struct ruleset *set, rule_aside_seen *seen, void *context)
{
	struct aside *aside = set->aside;
	size_t count;

	pthread_mutex_lock(&aside->lock);
	count = aside->list.len;
	for (size_t i = 0; i < count && seen; i++)
		seen(context, &aside->list.items[i]);
	pthread_mutex_unlock(&aside->lock);
	return count;
}

static bool is_same_rule(const struct rule_info *a, const struct rule_info *b)
{
	return str_eq(a->id, b->id) && str_eq(a->title, b->title) && str_eq(a->yaml, b->yaml);
}

void ruleset_keep_aside(const struct ruleset *set, const struct ruleset *old)
{
	struct aside *from = old->aside;

	pthread_mutex_lock(&from->lock);
	for (size_t i = 0; i < from->list.len; i++) {
		struct rule_aside entry = from->list.items[i];
		const struct rule_info *info = &old->rules.items[entry.rule].info;

		for (uint32_t k = 0; k < set->rules.len; k++) {
			entry.rule = k;
			if (is_same_rule(&set->rules.items[k].info, info))
				aside_add(set->aside, &entry);
		}
	}
	pthread_mutex_unlock(&from->lock);
}

/* -- one evaluation ------------------------------------------------------------------------------------ */

void budget_init(struct budget *budget, size_t rules)
{
	*budget = (struct budget){.sampled = calloc(rules + 1, sizeof(uint32_t))};
	must(budget->sampled);
	budget_begin(budget);
}

void budget_done(struct budget *budget)
{
	free(budget->sampled);
}

bool budget_look(struct budget *budget)
{
	uint64_t now;

	if (budget->out)
		return false;
	now = clock_thread();
	if (!budget->started)
		budget->started = now;
	budget->out = now - budget->started > BUDGET_RULE_NS;
	budget->cut |= budget->out;
	budget->work = BUDGET_WORK;
	return !budget->out;
}

/* -- many of them -------------------------------------------------------------------------------------- */

static void end_trial(struct budget *budget, struct trial *trial)
{
	*trial = budget->trials[--budget->trial_count];
}

struct trial *budget_trial(struct budget *budget, uint32_t rule)
{
	for (unsigned i = 0; i < budget->trial_count; i++)
		if (budget->trials[i].rule == rule)
			return &budget->trials[i];
	return NULL;
}

void budget_suspect(struct matcher *matcher, uint32_t rule)
{
	struct budget *budget = &matcher->budget;

	if (budget->trial_count == BUDGET_TRIALS || budget_trial(budget, rule))
		return;
	budget->trials[budget->trial_count++] =
		(struct trial){.rule = rule, .from = matcher->stamp, .thread = clock_thread()};
}

/* A new window begins; trials that ran a whole one without a verdict end. */
static void next_window(struct matcher *matcher)
{
	struct budget *budget = &matcher->budget;

	memset(budget->sampled, 0, matcher->set->rules.len * sizeof(*budget->sampled));
	budget->window = matcher->stamp;
	for (unsigned i = budget->trial_count; i-- > 0;)
		if (matcher->stamp - budget->trials[i].from >= BUDGET_WINDOW)
			end_trial(budget, &budget->trials[i]);
}

void budget_sample(struct matcher *matcher, uint32_t rule, uint64_t nanoseconds)
{
	struct budget *budget = &matcher->budget;

	if (matcher->stamp - budget->window >= BUDGET_WINDOW)
		next_window(matcher);
	if (nanoseconds > UINT32_MAX - budget->sampled[rule])
		nanoseconds = UINT32_MAX - budget->sampled[rule];
	budget->sampled[rule] += (uint32_t)nanoseconds;
	if (budget->sampled[rule] >= BUDGET_SUSPECT_NS)
		budget_suspect(matcher, rule);
}

void budget_judge(struct matcher *matcher, struct trial *trial, uint64_t nanoseconds)
{
	uint64_t thread;

	if (matcher->stamp - trial->from >= BUDGET_WINDOW) {
		end_trial(&matcher->budget, trial);
		return;
	}
	trial->spent += nanoseconds;
	trial->cut += matcher->budget.cut;
	if (trial->spent < BUDGET_TRIAL_NS)
		return;
	thread = clock_thread() - trial->thread;
	if (trial->spent >= thread / BUDGET_SHARE)
		aside_add(matcher->set->aside, &(struct rule_aside){.rule = trial->rule,
								    .at = clock_now(),
								    .events = matcher->stamp - trial->from,
								    .nanoseconds = trial->spent,
								    .thread_nanoseconds = thread,
								    .cut_short = trial->cut});
	end_trial(&matcher->budget, trial);
}
