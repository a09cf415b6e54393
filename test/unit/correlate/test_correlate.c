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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_thinned_out)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
