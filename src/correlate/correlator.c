/* SPDX-License-Identifier: Apache-2.0 */
/* Findings in order, the lanes' clocks, and alerts. */
#include "correlate/private.h"

struct correlator *correlator_new(const struct ruleset *set, const struct correlator_limits *limits)
{
	struct correlator *correlator = calloc(1, sizeof(*correlator));

	must(correlator);
	correlator->set = set;
	if (limits)
		correlator->limits = *limits;
	if (!correlator->limits.bytes)
		correlator->limits.bytes = CORRELATOR_BYTES;
	correlator->plan = finding_plan_new(set);
	correlator->suppress = suppress_new(correlator->limits.bytes / 4);
	return correlator;
}

void correlator_free(struct correlator *correlator)
{
	if (!correlator)
		return;
	finding_plan_free(correlator->plan);
	suppress_free(correlator->suppress);
	buf_done(&correlator->cause);
	free(correlator);
}

static void take_match(struct correlator *correlator, const struct finding *finding)
{
	const struct rule_info *info = ruleset_info(correlator->set, finding->rule);
	struct correlator_alert alert = {.rule = finding->rule,
					 .record = finding->record,
					 .seq = finding->seq,
					 .time = finding->time,
					 .lane = (enum lane)finding->lane};

	if (info->silent)
		return;
	buf_clear(&correlator->cause);
	buf_printf(&correlator->cause, "%.*s/%llu/%lld", STR_FMT(info->id), (unsigned long long)finding->seq,
		   (long long)finding->received);
	alert.cause = buf_str(&correlator->cause);
	correlator->visit(correlator->context, &alert);
}

void correlator_run(struct correlator *correlator, const struct findings *findings, correlator_visit *visit,
		    void *context)
{
	correlator->visit = visit;
	correlator->context = context;
	for (size_t i = 0; i < findings->items.len; i++)
		if (findings->items.items[i].rule != FINDING_TIME)
			take_match(correlator, &findings->items.items[i]);
}

void correlator_save(const struct correlator *correlator, struct buf *out)
{
	(void)correlator, (void)out;
}

int correlator_load(struct correlator *correlator, struct str bytes)
{
	(void)correlator;
	return bytes.len ? ERR_VERSION : 0;
}

struct correlator_stats correlator_stats(const struct correlator *correlator)
{
	(void)correlator;
	return (struct correlator_stats){0};
}
