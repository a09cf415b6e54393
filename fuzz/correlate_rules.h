/* SPDX-License-Identifier: Apache-2.0 */
/* A correlation of each way of deciding, for states that are loaded. */
#include "detect/correlation.h"

static void no_report(void *context, const struct err *err)
{
	(void)context, (void)err;
}

static const struct ruleset *correlate_rules(void)
{
	static const char text[] =
		"title: a\nname: a\nlogsource: {product: p}\ndetection: {s: {A: 1}, condition: s}\n"
		"---\ntitle: b\nname: b\nlogsource: {product: p}\ndetection: {s: {A: 2}, condition: s}\n"
		"---\ntitle: 1\ncorrelation: {type: event_count, rules: [a], timespan: 1m, condition: {gte: "
		"3}}\n"
		"---\ntitle: 2\ncorrelation: {type: value_count, rules: [a], timespan: 1m, condition: "
		"{field: v, gte: 3}}\n"
		"---\ntitle: 3\ncorrelation: {type: temporal, rules: [a, b], timespan: 1m}\n"
		"---\ntitle: 4\ncorrelation: {type: temporal_ordered, rules: [a, b], timespan: 1m}\n"
		"---\ntitle: 5\ncorrelation: {type: value_median, rules: [a], timespan: 1m, condition: "
		"{field: v, gte: 3}}\n"
		"---\ntitle: 6\ncorrelation: {type: new_terms, rules: [a], timespan: 1m, group-by: [v]}\n";
	static const struct ruleset *set;
	struct ruleset_builder *builder;

	if (!set) {
		builder = ruleset_builder_new();
		ruleset_add_text(builder, "rules", STR(text), no_report, NULL);
		set = ruleset_build(builder, false);
	}
	return set;
}
