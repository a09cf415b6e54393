/* SPDX-License-Identifier: Apache-2.0 */
/* What one sees: when alerts come, what they say, lanes, limits, correlations of correlations, state. */
#include "stream.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

#define START (INT64_C(1790000000) * SECOND)

static void add(struct stream *stream, double second, unsigned rule, int value)
{
	int64_t time = START + (int64_t)(second * 1e6);

	vec_push(stream, ((struct sample){.time = time, .received = time, .rule = rule, .value = value}));
}

static struct outcome run_text(const char *text, struct stream *stream)
{
	struct ruleset *set = stream_rules(text);
	struct outcome outcome;

	stream_run(set, stream, 0, false, NULL, &outcome, NULL);
	ruleset_free(set);
	vec_done(stream);
	return outcome;
}

/* What settled entries are thinned out to must still be enough for an event that is late. */
static void test_thinned_out(void **state)
{
	static const char *const texts[] = {
		"title: c\nname: c\ncorrelation: {type: temporal, rules: [r0, r1, r2], timespan: 30s}\n",
		"title: c\nname: c\ncorrelation: {type: temporal_ordered, rules: [r0, r1, r2], timespan: "
		"30s}\n",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct stream stream = {0};
		struct outcome outcome;

		for (int n = 0; n <= 100; n++)
			add(&stream, n / 10.0, 0, 0);
		for (int n = 0; n < 100; n++)
			add(&stream, 31.5 + n / 25.0, 2, 0);
		add(&stream, 31, 1, 0);
		outcome = run_text(texts[i], &stream);
		assert_int_equal(outcome.alerts.len, 1);
		assert_int_equal(outcome.alerts.items[0].from, START + 10 * SECOND);
		assert_int_equal(outcome.alerts.items[0].to, START + 31 * SECOND + SECOND / 2);
		outcome_done(&outcome);
	}
}

#define HEAD(name) "title: " name "\nname: " name "\ncorrelation: "

/* -- when ------------------------------------------------------------------------------------------------ */

static void test_repeats(void **state)
{
	struct stream stream = {0};
	struct outcome outcome;

	(void)state;
	for (int n = 0; n < 130; n++)
		add(&stream, n, 0, 0);
	outcome = run_text(HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: 5}}\n",
			   &stream);
	/* At 0 … 4, until 60; at 60 … 64, until 120; at 120 … 124. */
	assert_int_equal(outcome.alerts.len, 3);
	assert_int_equal(outcome.alerts.items[0].to, START + 4 * SECOND);
	assert_int_equal(outcome.alerts.items[0].repeats, 55);
	assert_int_equal(outcome.alerts.items[1].from, START + 60 * SECOND);
	assert_int_equal(outcome.alerts.items[2].repeats, 5);
	outcome_done(&outcome);
}

/* A timespan is the distance that is too far. */
static void test_border(void **state)
{
	for (int late = 0; late < 2; late++) {
		struct stream stream = {0};
		struct outcome outcome;

		(void)state;
		add(&stream, 0, 0, 0);
		add(&stream, late ? 60 : 59.999999, 0, 0);
		outcome = run_text(
			HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: 2}}\n",
			&stream);
		assert_int_equal(outcome.alerts.len, !late);
		outcome_done(&outcome);
	}
}

static void visit_kinds(void *context, const struct correlator_alert *alert)
{
	struct buf *out = context;

	buf_printf(out, "%u%s ", alert->rule, alert->repeats ? "r" : "");
}

/* Which rules make alerts, in which order: by generate, by whom it is referred to. */
static const char *alerts_of(const char *text, struct stream *stream, struct buf *out)
{
	struct ruleset *set = stream_rules(text);
	struct correlator *correlator = correlator_new(set, NULL);
	struct finding_plan *plan = finding_plan_new(set);
	struct matcher *matcher = matcher_new(set);
	struct findings *findings = findings_new();
	struct arena *arena = arena_new(0);

	buf_clear(out);
	for (size_t i = 0; i < stream->len; i++)
		stream_add(findings, plan, matcher, &stream->items[i], i, arena);
	correlator_run(correlator, findings, visit_kinds, out);
	correlator_free(correlator);
	finding_plan_free(plan);
	matcher_free(matcher);
	findings_free(findings);
	arena_free(arena);
	ruleset_free(set);
	vec_done(stream);
	return buf_cstr(out);
}

static void test_generate(void **state)
{
	static const struct {
		const char *text, *alerts;
	} cases[] = {
		/* Rule 0 is the correlation, r0 is 1; with two of them 2. */
		{HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: 2}}\n", "0 0r "},
		{HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: 2}, generate: "
			   "true}\n",
		 "1 1 0 1 0r "},
		{HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: 2}, generate: "
			   "true}\n---\n" HEAD("d") "{type: event_count, rules: [r0], timespan: 1m, "
						    "condition: {gte: 9}}\n",
		 "2 2 0 2 0r "},
		/* d refers to c, which becomes silent; with generate it does not. */
		{HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: 2}}\n---\n" HEAD(
			 "d") "{type: event_count, rules: [c], timespan: 1m, condition: {gte: 1}}\n",
		 "1 "},
		{HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: 2}}\n---\n" HEAD(
			 "d") "{type: event_count, rules: [c], timespan: 1m, condition: {gte: 1}, generate: "
			      "true}\n",
		 "0 1 0r "},
		{HEAD("c") "{type: event_count, rules: [r3], timespan: 1m, condition: {gte: 2}}\n", "1 1 1 "},
	};
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stream stream = {0};

		for (int n = 0; n < 3; n++)
			add(&stream, n, 0, 0);
		assert_string_equal(alerts_of(cases[i].text, &stream, &out), cases[i].alerts);
	}
	buf_done(&out);
}

/* Three windows of failures, then a success: three in a row of correlations. */
static void test_chain(void **state)
{
	static const char text[] = HEAD(
		"guess") "{type: event_count, rules: [r0], group-by: [g, v], timespan: 10s, condition: {gte: "
			 "3}}\n"
			 "---\n" HEAD("spray") "{type: value_count, rules: [guess], group-by: [g], timespan: "
					       "1m, condition: {field: user, gte: 3}, "
					       "aliases: {user: {guess: v}}}\n"
					       "---\n" HEAD("in") "{type: temporal_ordered, rules: [spray, "
								  "r1], group-by: [g], timespan: 2m}\n";
	struct stream stream = {0};
	struct outcome outcome;

	(void)state;
	add(&stream, 0, 1, 7); /* a success before */
	for (int user = 0; user < 3; user++)
		for (int n = 0; n < 4; n++)
			add(&stream, 1 + user * 4 + n, 0, user);
	add(&stream, 60, 1, 1);
	outcome = run_text(text, &stream);
	assert_int_equal(outcome.alerts.len, 1);
	assert_int_equal(outcome.alerts.items[0].from,
			 START + 11 * SECOND); /* the third user's third guess */
	assert_int_equal(outcome.alerts.items[0].to, START + 60 * SECOND);
	assert_string_equal(outcome.alerts.items[0].key, "k0");
	outcome_done(&outcome);
}

/* An inner window that is decided late is in time for the outer one. */
static void test_chain_of_closed(void **state)
{
	static const char text[] =
		HEAD("few") "{type: event_count, rules: [r0], group-by: [g], timespan: 10s, condition: {lt: "
			    "3}}\n---\n" HEAD(
				    "c") "{type: temporal, rules: [few, r1], group-by: [g], timespan: 5s}\n";
	struct stream stream = {0};
	struct outcome outcome;

	(void)state;
	add(&stream, 0, 0, 0);
	add(&stream, 8, 1, 0);
	add(&stream, 500, 2, 0); /* time jumps: r1 must not be forgotten before 10 s are decided */
	outcome = run_text(text, &stream);
	assert_int_equal(outcome.alerts.len, 1);
	assert_int_equal(outcome.alerts.items[0].to, START + 10 * SECOND);
	outcome_done(&outcome);
}

/* -- lanes ----------------------------------------------------------------------------------------------- */

static void test_lanes(void **state)
{
	static const char text[] = HEAD(
		"c") "{type: event_count, rules: [r0], group-by: [g], timespan: 1m, condition: {gte: 3}}\n";
	struct correlator_stats stats;
	struct ruleset *set = stream_rules(text);
	struct stream stream = {0};
	struct outcome outcome;

	(void)state;
	/* Two live, one of a drill: nothing. An old one is late. */
	add(&stream, 0, 0, 0);
	add(&stream, 1, 0, 0);
	add(&stream, 2, 0, 0);
	stream.items[2].lane = LANE_DRILL;
	add(&stream, 30, 2, 0);
	add(&stream, 3, 0, 0);
	stream_run(set, &stream, 0, false, NULL, &outcome, &stats);
	assert_int_equal(outcome.alerts.len, 0);
	assert_int_equal(stats.late, 1);
	outcome_done(&outcome);
	vec_clear(&stream);
	/* Today's file, then yesterday's, then yesterday's again: the same alert has the same cause. */
	for (int n = 0; n < 9; n++) {
		add(&stream, n % 3 - (n < 3 ? 0 : 86400), 0, 0);
		stream.items[n].lane = LANE_IMPORT;
		stream.items[n].received = START + 10 * SECOND;
	}
	stream_run(set, &stream, 0, false, NULL, &outcome, &stats);
	assert_int_equal(outcome.alerts.len, 2);
	assert_int_equal(outcome.alerts.items[0].to, START + 2 * SECOND);
	assert_int_equal(outcome.alerts.items[1].to, START + 2 * SECOND - 86400 * SECOND);
	assert_int_equal(stats.late, 0);
	outcome_done(&outcome);
	vec_done(&stream);
	ruleset_free(set);
}

/* In the import lane what is open when a key jumps back is decided first. */
static void test_import_jumps_back(void **state)
{
	struct stream stream = {0};
	struct outcome outcome;

	(void)state;
	for (int n = 0; n < 4; n++) {
		add(&stream, n % 2 - (n < 2 ? 0 : 86400), 0, 0);
		stream.items[n].lane = LANE_IMPORT;
	}
	outcome = run_text(HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {lt: 3}}\n",
			   &stream);
	assert_int_equal(outcome.alerts.len, 2);
	assert_int_equal(outcome.alerts.items[0].from, START);
	assert_int_equal(outcome.alerts.items[1].from, START - 86400 * SECOND);
	outcome_done(&outcome);
}

/* The clock of the lane goes back too: windows of the earlier time are decided in its time. */
static void test_import_is_decided(void **state)
{
	struct buf out = {0};
	struct stream stream = {0};

	(void)state;
	add(&stream, 0, 0, 0);
	add(&stream, -86400, 0, 0);
	add(&stream, -86400 + 600, 2, 0);
	for (int n = 0; n < 3; n++)
		stream.items[n].lane = LANE_IMPORT;
	assert_string_equal(
		alerts_of(HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {lt: 3}, "
				    "generate: true}\n",
			  &stream, &out),
		"1 1 0 0 3 ");
	buf_done(&out);
}

/* A peer whose clock is a day ahead does not make the others late. */
static void test_fast_clock(void **state)
{
	struct stream stream = {0};
	struct outcome outcome;

	(void)state;
	add(&stream, 0, 0, 0);
	add(&stream, 1, 2, 0);
	stream.items[1].time += 86400 * SECOND;
	add(&stream, 2, 0, 0);
	outcome = run_text(HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: 2}}\n",
			   &stream);
	assert_int_equal(outcome.alerts.len, 1);
	outcome_done(&outcome);
}

/* -- limits ---------------------------------------------------------------------------------------------- */

static void test_evicted(void **state)
{
	const struct correlator_limits limits = {.bytes_per_rule = 8 * 1024, .lateness = LATENESS};
	struct ruleset *set = stream_rules(HEAD("c") "{type: event_count, rules: [r0], group-by: [g], "
						     "timespan: 10m, condition: {gte: 20}}\n");
	struct correlator_stats stats;
	struct stream stream = {0};
	struct outcome outcome;

	(void)state;
	for (int n = 0; n < 400; n++) {
		add(&stream, n, 0, 0);
		stream.items[n].key = n % 4 == 0 ? 1000 : (unsigned)n; /* one that is always touched */
	}
	stream_run(set, &stream, 7, true, &limits, &outcome, &stats);
	assert_true(outcome.alerts.len >= 1);
	assert_string_equal(outcome.alerts.items[0].key, "k1000");
	assert_true(stats.evicted > 100);
	assert_true(stats.bytes <= limits.bytes_per_rule);
	outcome_done(&outcome);
	vec_done(&stream);
	ruleset_free(set);
}

/* More events of a key than are remembered: what is in order comes true all the same. */
static void test_flood_of_one_key(void **state)
{
	struct ruleset *set = stream_rules(
		HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: "
			  "50000}}\n---\n" HEAD("d") "{type: event_count, rules: [r1], timespan: 1m, "
						     "condition: {lt: 200000}}\n---\n" HEAD(
							     "e") "{type: event_count, rules: [r1], "
								  "timespan: 1m, condition: {eq: 100000}}\n");
	struct correlator_stats stats;
	struct stream stream = {0};
	struct outcome outcome;

	(void)state;
	for (int n = 0; n < 90000; n++)
		add(&stream, n * 0.0013, 0, 0); /* 46,154 a minute */
	for (int n = 0; n < 100000; n++)
		add(&stream, 200 + n * 0.0005, n < 50000 ? 1 : 5, 0);
	for (int n = 0; n < 50000; n++)
		add(&stream, 400 + n * 0.001, 0, 0);
	stream_run(set, &stream, 0, false, NULL, &outcome, &stats);
	assert_int_equal(outcome.alerts.len, 3);
	assert_true(outcome.alerts.items[0].value == 100000 && outcome.alerts.items[1].value == 100000);
	assert_int_equal(outcome.alerts.items[2].from, START + 400 * SECOND);
	assert_int_equal(outcome.alerts.items[2].value, 50000);
	outcome_done(&outcome);
	vec_done(&stream);
	ruleset_free(set);
}

/* -- the state ------------------------------------------------------------------------------------------- */

static void feed(struct correlator *correlator, const struct ruleset *set, const struct stream *stream,
		 struct buf *out)
{
	struct finding_plan *plan = finding_plan_new(set);
	struct matcher *matcher = matcher_new(set);
	struct findings *findings = findings_new();
	struct arena *arena = arena_new(0);

	for (size_t i = 0; i < stream->len; i++)
		stream_add(findings, plan, matcher, &stream->items[i], i, arena);
	correlator_run(correlator, findings, visit_kinds, out);
	finding_plan_free(plan);
	matcher_free(matcher);
	findings_free(findings);
	arena_free(arena);
}

#define RULE_C HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gte: 3}}\n"

/* Another rule is added and one changes: what did not change goes on. */
static void test_load_into_other_rules(void **state)
{
	static const struct {
		const char *text, *alerts;
	} cases[] = {
		{RULE_C, "0 "},
		{HEAD("a") "{type: temporal, rules: [r1], timespan: 1m}\n---\n" RULE_C, "1 "},
		{HEAD("c") "{type: event_count, rules: [r0], timespan: 2m, condition: {gte: 3}}\n", ""},
		{HEAD("c") "{type: event_count, rules: [r0], timespan: 1m, condition: {gt: 2}}\n", ""},
		{HEAD("c") "{type: event_count, rules: [r0, r1], timespan: 1m, condition: {gte: 3}}\n", ""},
	};
	struct ruleset *first = stream_rules(RULE_C);
	struct correlator *correlator = correlator_new(first, NULL);
	struct buf out = {0}, saved = {0};
	struct stream stream = {0};

	(void)state;
	add(&stream, 0, 0, 0);
	add(&stream, 1, 0, 0);
	feed(correlator, first, &stream, &out);
	correlator_save(correlator, &saved);
	stream.len = 0;
	add(&stream, 2, 0, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ruleset *set = stream_rules(cases[i].text);
		struct correlator *next = correlator_new(set, NULL);

		buf_clear(&out);
		assert_int_equal(correlator_load(next, buf_str(&saved)), 0);
		feed(next, set, &stream, &out);
		assert_string_equal(buf_cstr(&out), cases[i].alerts);
		correlator_free(next);
		ruleset_free(set);
	}
	correlator_free(correlator);
	ruleset_free(first);
	vec_done(&stream);
	buf_done(&out);
	buf_done(&saved);
}

/* Of damaged bytes nothing is taken, and what was there stays. */
static void test_damaged_state(void **state)
{
	struct ruleset *set = stream_rules(RULE_C);
	struct correlator *correlator = correlator_new(set, NULL);
	struct buf out = {0}, saved = {0}, again = {0};
	struct stream stream = {0};

	(void)state;
	add(&stream, 0, 0, 0);
	feed(correlator, set, &stream, &out);
	correlator_save(correlator, &saved);
	for (size_t i = 0; i < saved.len; i++) {
		saved.ptr[i] ^= 0x10;
		assert_int_equal(correlator_load(correlator, buf_str(&saved)),
				 i >= 4 && i < 8 ? ERR_VERSION : ERR_CORRUPT);
		saved.ptr[i] ^= 0x10;
		assert_int_equal(correlator_load(correlator, str_of(saved.ptr, i)), ERR_CORRUPT);
	}
	correlator_save(correlator, &again);
	assert_int_equal(saved.len, again.len);
	assert_memory_equal(saved.ptr, again.ptr, saved.len);
	correlator_free(correlator);
	ruleset_free(set);
	vec_done(&stream);
	buf_done(&out);
	buf_done(&saved);
	buf_done(&again);
}

/* -- what alerts say ------------------------------------------------------------------------------------- */

static void test_why(void **state)
{
	struct stream stream = {0};
	struct outcome outcome;

	(void)state;
	for (int n = 0; n < 30; n++)
		add(&stream, n, n == 7 ? 1 : 0, n);
	outcome = run_text("title: Many values\nname: c\ncorrelation: {type: value_count, rules: [r0, r1], "
			   "group-by: [g], "
			   "timespan: 1m, condition: {field: v, gt: 24, gte: 3}}\n",
			   &stream);
	assert_int_equal(outcome.alerts.len, 1);
	assert_string_equal(
		outcome.alerts.items[0].why,
		"{\"type\":\"value_count\",\"timespan\":60,\"rules\":[{\"count\":24,\"id\":\"\",\"title\":"
		"\"r0\"},"
		"{\"count\":1,\"id\":\"\",\"title\":\"r1\"}],\"group\":[{\"field\":\"g\",\"value\":\"k0\"}],"
		"\"fields\":[\"v\"],\"value\":25,\"condition\":\"gt 24 and gte 3\",\"evaluated\":\"25 gt 24 "
		"and 25 gte 3\","
		"\"window\":{\"from\":\"2026-09-21T14:13:20.000000Z\",\"to\":\"2026-09-21T14:13:44.000000Z\"}"
		","
		"\"first\":1,\"last\":25,\"samples\":[1,2,3,4,6,7,8,9,11,12,13,14,16,17,18,19,21,22,23,25]}");
	outcome_done(&outcome);
}

/* A correlation's own suppress: by the fields of its key. */
static void test_suppressed(void **state)
{
	static const char text[] = "title: c\nname: c\nsuppress: {by: [g], for: 1h}\n"
				   "correlation: {type: event_count, rules: [r0], group-by: [g, v], "
				   "timespan: 1m, condition: {gte: 2}}\n";
	struct buf out = {0};
	struct stream stream = {0};

	(void)state;
	for (int n = 0; n < 8; n++) {
		add(&stream, n, 0, n % 4);
		stream.items[n].key = n % 4 == 3; /* one of four has a key of its own */
	}
	assert_string_equal(alerts_of(text, &stream, &out), "0 0r 0r 0 ");
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thinned_out),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_border),
		cmocka_unit_test(test_generate),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_chain_of_closed),
		cmocka_unit_test(test_lanes),
		cmocka_unit_test(test_import_jumps_back),
		cmocka_unit_test(test_import_is_decided),
		cmocka_unit_test(test_fast_clock),
		cmocka_unit_test(test_evicted),
		cmocka_unit_test(test_flood_of_one_key),
		cmocka_unit_test(test_load_into_other_rules),
		cmocka_unit_test(test_damaged_state),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_suppressed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
