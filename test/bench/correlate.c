/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matches through findings and correlator in a second of one core, by the number of keys.
 * All events match the one rule. "net" is without the matcher, whose own time over the
 * same events is measured in the same run and taken off. Median of five runs.
 *
 * usage: bench_correlate [EVENTS]
 */
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/hash.h"
#include "correlate/correlate.h"

#define RUNS 5
#define BATCH 4096
#define VALUES 1800
#define KEYS_MAX 100000
#define STEP CLOCK_MILLISECOND /* between events */

static const char base_rule[] = "title: base\nname: base\nlogsource: {product: p}\n"
				"detection: {s: {event.outcome: failure}, condition: s}\n---\n";

static const struct {
	const char *name, *body;
} kinds[] = {
	{"event_count",
	 "{type: event_count, rules: [base], group-by: [source.ip], timespan: 1m, condition: {gte: 50000}}"},
	{"value_count", "{type: value_count, rules: [base], group-by: [source.ip], timespan: 1m, condition: "
			"{field: user.name, "
			"gte: 2000}}"},
	{"temporal_ordered",
	 "{type: temporal_ordered, rules: [base, never], group-by: [source.ip], timespan: 1m}"},
	{"value_sum", "{type: value_sum, rules: [base], group-by: [source.ip], timespan: 1m, condition: "
		      "{field: bytes, gte: 1e9}}"},
	{"value_median", "{type: value_median, rules: [base], group-by: [source.ip], timespan: 1m, "
			 "condition: {field: bytes, gte: "
			 "1e9}}"},
	{"new_terms", "{type: new_terms, rules: [base], group-by: [source.ip], timespan: 1h}"},
};

struct texts {
	char (*items)[24];
	size_t count;
};

static struct texts make_texts(const char *format, size_t count)
{
	struct texts texts = {calloc(count, sizeof(*texts.items)), count};

	must(texts.items);
	for (size_t i = 0; i < count; i++)
		snprintf(texts.items[i], sizeof(texts.items[i]), format, (int)(i >> 16 & 255),
			 (int)(i >> 8 & 255), (int)(i & 255));
	return texts;
}

static void complain(void *context, const struct err *err)
{
	(void)context;
	fprintf(stderr, "%u: %s\n", err->line, err->message);
	exit(1);
}

static struct ruleset *rules_of(const char *body)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct buf text = {0};
	struct ruleset *set;

	buf_printf(&text,
		   "%stitle: never\nname: never\nlogsource: {product: p}\ndetection: {s: {event.outcome: x}, "
		   "condition: "
		   "s}\n---\ntitle: c\ncorrelation: %s\n",
		   base_rule, body);
	ruleset_add_text(builder, "bench", buf_str(&text), complain, NULL);
	set = ruleset_build(builder, false);
	buf_done(&text);
	return set;
}

/* µs of this thread's own, so that what else the machine does does not count. */
static int64_t cpu_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return time.tv_sec * CLOCK_SECOND + time.tv_nsec / 1000;
}

static void count_alert(void *context, const struct correlator_alert *alert)
{
	*(uint64_t *)context += alert->repeats == 0;
}

static void add_attr(struct event *event, const char *name, const char *value)
{
	event_add_attr(event, str_from(name), hash_str(str_from(name)), value_string(str_from(value)), 0);
}

struct figures {
	double matcher, all; /* seconds */
	uint64_t alerts;
	struct correlator_stats stats;
};

/* One pass over events events; correlates: else the matcher alone. */
static double pass(const struct ruleset *set, struct texts keys, struct texts values, size_t events,
		   bool correlates, struct figures *figures)
{
	const struct correlator_limits limits = {.bytes_per_rule = CORRELATOR_BYTES};
	struct correlator *correlator = correlator_new(set, &limits);
	struct finding_plan *plan = finding_plan_new(set);
	struct matcher *matcher = matcher_new(set);
	struct findings *findings = findings_new();
	struct arena *arena = arena_new(0);
	int64_t time = INT64_C(1790000000) * CLOCK_SECOND, start;
	const uint32_t *rules;
	struct event event;
	double seconds;

	event_init(&event, arena);
	event.logsource.product = STR("p");
	add_attr(&event, "event.outcome", "failure");
	add_attr(&event, "source.ip", "");
	add_attr(&event, "user.name", "");
	add_attr(&event, "bytes", "1500");
	figures->alerts = 0;
	start = cpu_time();
	for (size_t i = 0; i < events; i++) {
		/* A generator's order: neighbours in time are no neighbours in memory. */
		event.attrs[1].value = value_string(str_from(keys.items[i * 7919 % keys.count]));
		event.attrs[2].value = value_string(str_from(values.items[i * 104729 % values.count]));
		event.seq = i + 1;
		event.received = time += STEP;
		if (matcher_run(matcher, &event, &rules) != 1)
			exit(1);
		if (!correlates)
			continue;
		findings_add(findings, plan, matcher, rules[0], &event, LANE_LIVE, time,
			     (uint32_t)(i % BATCH));
		if (i % BATCH == BATCH - 1) {
			correlator_run(correlator, findings, count_alert, &figures->alerts);
			findings_clear(findings);
		}
	}
	seconds = (double)(cpu_time() - start) / 1e6;
	figures->stats = correlator_stats(correlator);
	correlator_free(correlator);
	finding_plan_free(plan);
	matcher_free(matcher);
	findings_free(findings);
	arena_free(arena);
	return seconds;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static double median(double *runs)
{
	qsort(runs, RUNS, sizeof(*runs), compare);
	return runs[RUNS / 2];
}

static void measure(const char *name, const struct ruleset *set, size_t key_count, size_t events)
{
	struct texts keys = make_texts("10.%d.%d.%d", key_count), values = make_texts("user%d.%d.%d", VALUES);
	double matcher[RUNS], all[RUNS];
	struct figures figures = {0};

	for (int run = 0; run < RUNS; run++) {
		matcher[run] = pass(set, keys, values, events, false, &figures);
		all[run] = pass(set, keys, values, events, true, &figures);
	}
	figures.matcher = median(matcher);
	figures.all = median(all);
	printf("%-17s %8zu %10.2f %10.2f %10.2f %8llu %8llu %8.1f\n", name, key_count,
	       (double)events / (figures.all - figures.matcher) / 1e6, (double)events / figures.all / 1e6,
	       (double)events / figures.matcher / 1e6, (unsigned long long)figures.alerts,
	       (unsigned long long)figures.stats.evicted, (double)figures.stats.bytes / 1e6);
	fflush(stdout);
	free(keys.items);
	free(values.items);
}

int main(int argc, char **argv)
{
	static const size_t key_counts[] = {1, 1000, KEYS_MAX};
	size_t events = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;

	printf("%-17s %8s %10s %10s %10s %8s %8s %8s\n", "type", "keys", "net M/s", "all M/s", "matcher",
	       "alerts", "evicted", "state/MB");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct ruleset *set = rules_of(kinds[i].body);

		for (size_t k = 0; k < sizeof(key_counts) / sizeof(key_counts[0]); k++)
			measure(kinds[i].name, set, key_counts[k], events);
		ruleset_free(set);
	}
	return 0;
}
