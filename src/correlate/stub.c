/* SPDX-License-Identifier: Apache-2.0 */
#include "correlate/correlate.h"
#include "base/vec.h"
#include <stdio.h>
#include <inttypes.h>
struct f {
	uint32_t rule, record;
	uint64_t seq;
	int64_t time, received;
	enum lane lane;
};
struct findings {
	VEC_OF(struct f)
};
struct findings *findings_new(void)
{
	return calloc(1, sizeof(struct findings));
}
void findings_free(struct findings *f)
{
	if (f)
		free(f->items);
	free(f);
}
void findings_clear(struct findings *f)
{
	f->len = 0;
}
struct finding_plan {
	int x;
};
struct finding_plan *finding_plan_new(const struct ruleset *set)
{
	(void)set;
	return calloc(1, 4);
}
void finding_plan_free(struct finding_plan *p)
{
	free(p);
}
void findings_add(struct findings *f, const struct finding_plan *plan, uint32_t rule,
		  const struct event *event, enum lane lane, int64_t time, uint32_t record)
{
	(void)plan;
	struct f x = {rule, record, event->seq, time, event->received, lane};
	vec_push(f, x);
}
void findings_add_time(struct findings *f, enum lane lane, int64_t time)
{
	(void)f, (void)lane, (void)time;
}
struct correlator {
	const struct ruleset *set;
};
struct correlator *correlator_new(const struct ruleset *set, const struct correlator_limits *l)
{
	(void)l;
	struct correlator *c = calloc(1, sizeof(*c));
	c->set = set;
	return c;
}
void correlator_free(struct correlator *c)
{
	free(c);
}
void correlator_run(struct correlator *c, const struct findings *f, correlator_visit *visit, void *context)
{
	for (size_t i = 0; i < f->len; i++) {
		char cause[256];
		const struct f *x = &f->items[i];
		int n = snprintf(cause, sizeof(cause), "%.*s/%" PRIu64 "/%" PRId64,
				 STR_FMT(ruleset_info(c->set, x->rule)->id), x->seq, x->received);
		struct correlator_alert a = {.rule = x->rule,
					     .record = x->record,
					     .seq = x->seq,
					     .time = x->time,
					     .lane = x->lane,
					     .cause = str_of(cause, (size_t)n)};
		if (!ruleset_info(c->set, x->rule)->silent)
			visit(context, &a);
	}
}
void correlator_save(const struct correlator *c, struct buf *out)
{
	(void)c;
	buf_add_u32(out, 7);
}
int correlator_load(struct correlator *c, struct str bytes)
{
	(void)c;
	return bytes.len == 4 ? 0 : ERR_CORRUPT;
}
struct correlator_stats correlator_stats(const struct correlator *c)
{
	(void)c;
	return (struct correlator_stats){0};
}
