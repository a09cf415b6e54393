/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every type over streams of chance, with events out of order, late ones, clocks that
 * are wrong and bursts, against a reference that does what doc/formats/rules.md says in the
 * plainest way: it forgets nothing and looks at every window. And against itself with the
 * stream cut into batches anywhere, and the state saved and loaded at every cut.
 */
#include "stream.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

#define KEYS_MAX 8

struct kind {
	const char *name, *body; /* of the section but timespan */
	bool at_once;
	double threshold; /* of gte */
	unsigned keys, values;
};

static const struct kind kinds[] = {
	{"count", "type: event_count, rules: [r0, r1], group-by: [g], condition: {gte: 5}", true, 5, 3, 4},
	{"count1", "type: event_count, rules: [r0], group-by: [g], condition: {gt: 0}", true, 1, 3, 4},
	{"count-all", "type: event_count, rules: [r0], condition: {gte: 12}", true, 12, 1, 4},
	{"count-many", "type: event_count, rules: [r0, r1, r2], group-by: [g], condition: {gt: 70}", true, 71,
	 2, 4},
	{"values", "type: value_count, rules: [r0, r1], group-by: [g], condition: {field: v, gte: 4}", true,
	 4, 3, 9},
	{"values-many",
	 "type: value_count, rules: [r0, r1, r2, r3], group-by: [g], condition: {field: [v, t], gte: 21}",
	 true, 21, 1, 7},
	{"temporal", "type: temporal, rules: [r2, r0, r3], group-by: [g]", true, 3, 3, 4},
	{"temporal-2", "type: temporal, rules: [r0, r1, r2], group-by: [g], condition: {gte: 2}", true, 2, 3,
	 4},
	{"boolean",
	 "type: temporal, rules: [r0, r1, r2, r3], group-by: [g], condition: r0 and (r1 or all of them)",
	 true, 0, 3, 4},
	{"ordered", "type: temporal_ordered, rules: [r1, r3, r0], group-by: [g]", true, 3, 3, 4},
	{"ordered-2", "type: temporal_ordered, rules: [r0, r3], group-by: [g]", true, 2, 2, 4},
	{"sum", "type: value_sum, rules: [r0, r1], group-by: [g], condition: {field: v, gte: 40}", true, 40,
	 3, 20},
	{"count-lt", "type: event_count, rules: [r0, r1], group-by: [g], condition: {lt: 4}", false, 0, 3, 4},
	{"count-range", "type: event_count, rules: [r0], group-by: [g], condition: {gte: 3, lte: 5}", false,
	 0, 3, 4},
	{"values-eq", "type: value_count, rules: [r0, r1], group-by: [g], condition: {field: v, eq: 3}",
	 false, 0, 3, 4},
	{"boolean-not",
	 "type: temporal, rules: [r0, r1, r2], group-by: [g], condition: r0 and not (r1 or r2)", false, 0, 5,
	 4},
	{"sum-neq", "type: value_sum, rules: [r0, r1], group-by: [g], condition: {field: v, neq: 20}", false,
	 0, 3, 9},
	{"avg", "type: value_avg, rules: [r0, r1], group-by: [g], condition: {field: v, gt: 5}", false, 0, 3,
	 12},
	{"percentile",
	 "type: value_percentile, rules: [r0], group-by: [g], condition: {field: v, percentile: 90, gte: 9}",
	 false, 0, 3, 12},
	{"median", "type: value_median, rules: [r0, r1], group-by: [g], condition: {field: v, lt: 4}", false,
	 0, 3, 12},
	{"terms", "type: new_terms, rules: [r0, r2], group-by: [g]", true, 0, 8, 4},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* -- the reference --------------------------------------------------------------------------------------- */

struct happened {
	int64_t time;
	size_t number;
	unsigned position;
	uint64_t value;
	double amount;
};

struct place {
	struct {
		VEC_OF(struct happened)
	} list; /* by time and number */
	int64_t end;
	size_t alert; /* 1 + index */
	int64_t last;
	bool known;
};

struct reference {
	const struct kind *kind;
	const struct correlation *correlation;
	uint32_t rule;
	struct place places[KEYS_MAX];
	int64_t newest, since, span;
	struct outcome *outcome;
};

static double reference_number(const struct reference *reference, const struct place *place, size_t first,
			       size_t last, uint64_t *ret_rules)
{
	const struct happened *list = place->list.items;
	double amounts[4096], sum = 0, distinct = 0, rank;
	size_t count = last - first + 1;

	*ret_rules = 0;
	assert_true(count <= 4096);
	for (size_t i = 0; i < count; i++) {
		bool met = false;
		size_t at = i;

		for (size_t k = first; k < first + i; k++)
			met = met || list[k].value == list[first + i].value;
		distinct += !met;
		*ret_rules |= UINT64_C(1) << list[first + i].position;
		sum += list[first + i].amount;
		for (; at > 0 && amounts[at - 1] > list[first + i].amount; at--)
			amounts[at] = amounts[at - 1];
		amounts[at] = list[first + i].amount;
	}
	rank = (reference->correlation->type == CORRELATION_VALUE_MEDIAN
			? 50
			: reference->correlation->percentile) /
	       100 * (double)(count - 1);
	switch (reference->correlation->type) {
	case CORRELATION_EVENT_COUNT:
		return (double)count;
	case CORRELATION_VALUE_SUM:
		return sum;
	case CORRELATION_VALUE_AVG:
		return sum / (double)count;
	case CORRELATION_VALUE_PERCENTILE:
	case CORRELATION_VALUE_MEDIAN:
		return (size_t)rank + 1 >= count
			       ? amounts[count - 1]
			       : amounts[(size_t)rank] +
					 (rank - (double)(size_t)rank) *
						 (amounts[(size_t)rank + 1] - amounts[(size_t)rank]);
	default:
		return distinct;
	}
}

static bool reference_holds(const struct reference *reference, const struct place *place, size_t first,
			    size_t last, double *ret_number)
{
	uint64_t rules;

	*ret_number = reference_number(reference, place, first, last, &rules);
	if (reference->correlation->expression)
		return correlation_expression_holds(reference->correlation, rules);
	if (reference->kind->at_once)
		return *ret_number >= reference->kind->threshold;
	return correlation_conditions_hold(reference->correlation, *ret_number);
}

static void reference_say(struct reference *reference, unsigned key, int64_t from, int64_t to, double number)
{
	struct said *said = vec_add_zero(&reference->outcome->alerts);

	said->rule = reference->rule;
	said->from = from;
	said->to = to;
	said->value = number;
	if (reference->correlation->group_count)
		snprintf(said->key, sizeof(said->key), "k%u", key);
	reference->places[key].alert = reference->outcome->alerts.len;
}

static bool is_behind(const struct happened *a, const struct happened *b)
{
	return a->time != b->time ? a->time > b->time : a->number > b->number;
}

static size_t reference_insert(struct place *place, const struct happened *happened)
{
	size_t at = place->list.len;

	vec_push(&place->list, *happened);
	for (; at > 0 && is_behind(&place->list.items[at - 1], happened); at--)
		place->list.items[at] = place->list.items[at - 1];
	place->list.items[at] = *happened;
	return at;
}

static void reference_remove(struct place *place, size_t count)
{
	place->list.len -= count;
	memmove(place->list.items, place->list.items + count, place->list.len * sizeof(struct happened));
}

/* The latest start of a chain of the rules before position, all before entry number before. */
static int64_t chain(const struct place *place, unsigned position, size_t before)
{
	int64_t best = INT64_MIN;

	for (size_t i = 0; i < before; i++) {
		int64_t start;

		if (place->list.items[i].position != position ||
		    place->list.items[i].number == place->list.items[before].number)
			continue;
		start = position ? chain(place, position - 1, i) : place->list.items[i].time;
		best = start > best ? start : best;
	}
	return best;
}

/* The window that ends with entry last: whether it holds, and its tightest beginning. */
static bool reference_window(const struct reference *reference, const struct place *place, size_t last,
			     int64_t *ret_from, double *ret_number)
{
	const struct happened *list = place->list.items;
	size_t first = last;
	double number;

	if (reference->correlation->type == CORRELATION_TEMPORAL_ORDERED) {
		unsigned position = reference->correlation->rule_count - 1;

		if (list[last].position != position)
			return false;
		*ret_from = chain(place, position - 1, last);
		*ret_number = position + 1;
		return *ret_from != INT64_MIN && list[last].time - *ret_from < reference->span;
	}
	while (first > 0 && list[last].time - list[first - 1].time < reference->span)
		first--;
	if (!reference_holds(reference, place, first, last, ret_number))
		return false;
	while (first < last && reference_holds(reference, place, first + 1, last, &number)) {
		*ret_number = number;
		first++;
	}
	*ret_from = list[first].time;
	return true;
}

static void reference_at_once(struct reference *reference, unsigned key, const struct happened *happened)
{
	struct place *place = &reference->places[key];
	size_t at;

	if (happened->time < place->end) {
		reference->outcome->alerts.items[place->alert - 1].repeats++;
		return;
	}
	at = reference_insert(place, happened);
	for (size_t last = at; last < place->list.len; last++) {
		int64_t from;
		double number;
		size_t gone = 0;

		if (!reference_window(reference, place, last, &from, &number))
			continue;
		reference_say(reference, key, from, place->list.items[last].time, number);
		place->end = from + reference->span;
		for (; gone < place->list.len && place->list.items[gone].time < place->end; gone++)
			reference->outcome->alerts.items[place->alert - 1].repeats +=
				gone > last &&
				place->list.items[gone].number != place->list.items[last].number;
		reference_remove(place, gone);
		return;
	}
}

static void reference_close(struct reference *reference, int64_t limit)
{
	for (unsigned key = 0; key < KEYS_MAX; key++) {
		struct place *place = &reference->places[key];

		while (place->list.len && place->list.items[0].time + reference->span <= limit) {
			int64_t from = place->list.items[0].time;
			size_t count = 0;
			double number;

			while (count < place->list.len &&
			       place->list.items[count].time < from + reference->span)
				count++;
			if (reference_holds(reference, place, 0, count - 1, &number))
				reference_say(reference, key, from, from + reference->span, number);
			reference_remove(place, count);
		}
	}
}

static void reference_term(struct reference *reference, unsigned key, const struct happened *happened)
{
	struct place *place = &reference->places[key];
	bool is_new = !place->known || happened->time - place->last >= reference->span;

	if (reference->since == INT64_MIN)
		reference->since = happened->time;
	if (is_new && happened->time - reference->since >= reference->span)
		reference_say(reference, key, happened->time, happened->time, 0);
	if (!place->known || place->last < happened->time)
		place->last = happened->time;
	place->known = true;
}

/* The rules' places in the list, of those that match; in the order of the set. */
static unsigned positions_of(const struct reference *reference, unsigned type, const uint32_t rules[4],
			     int ret_positions[2])
{
	static const unsigned matched[] = {1, 2, 4, 8, 1 | 8, 2 | 4};
	unsigned count = 0;

	for (unsigned rule = 0; rule < 4; rule++)
		for (uint32_t i = 0; matched[type] >> rule & 1 && i < reference->correlation->rule_count; i++)
			if (reference->correlation->rules[i] == rules[rule])
				ret_positions[count++] = (int)i;
	return count;
}

static void reference_take(struct reference *reference, const struct sample *sample, size_t number,
			   int position)
{
	int64_t latest = sample->received + LATENESS;
	struct happened happened = {.time = sample->time < latest ? sample->time : latest,
				    .number = number,
				    .position = (unsigned)position,
				    .value = (unsigned)position,
				    .amount = sample->value};
	int64_t moves = sample->time < sample->received ? sample->time : sample->received;
	unsigned key = reference->correlation->group_count ? sample->key : 0;

	if (moves > reference->newest)
		reference->newest = moves;
	reference_close(reference, reference->kind->at_once ? INT64_MIN : reference->newest - LATENESS);
	if (position < 0 || happened.time < reference->newest - LATENESS)
		return;
	if (reference->correlation->value_field_count && sample->value < 0)
		return;
	if (reference->correlation->type == CORRELATION_VALUE_COUNT)
		happened.value = (uint64_t)sample->value +
				 (reference->correlation->value_field_count > 1 ? sample->rule * 1000u : 0);
	if (reference->correlation->type == CORRELATION_NEW_TERMS)
		reference_term(reference, key, &happened);
	else if (reference->kind->at_once)
		reference_at_once(reference, key, &happened);
	else
		reference_insert(&reference->places[key], &happened);
}

static void reference_run(const struct kind *kind, const struct ruleset *set, const struct stream *stream,
			  struct outcome *ret_outcome)
{
	const uint32_t rules[4] = {stream_rule(set, "r0"), stream_rule(set, "r1"), stream_rule(set, "r2"),
				   stream_rule(set, "r3")};
	struct reference reference = {.kind = kind,
				      .rule = stream_rule(set, "c"),
				      .newest = INT64_MIN,
				      .since = INT64_MIN,
				      .outcome = ret_outcome};

	*ret_outcome = (struct outcome){0};
	reference.correlation = ruleset_correlation(set, reference.rule);
	for (unsigned i = 0; i < KEYS_MAX; i++)
		reference.places[i].end = INT64_MIN;
	reference.span = reference.correlation->timespan;
	for (size_t i = 0; i < stream->len; i++) {
		int positions[2] = {-1, -1};
		unsigned count = positions_of(&reference, stream->items[i].rule, rules, positions);

		for (unsigned k = 0; k < (count ? count : 1); k++)
			reference_take(&reference, &stream->items[i], i, positions[k]);
	}
	if (!kind->at_once)
		reference_close(&reference, INT64_MAX);
	for (unsigned i = 0; i < KEYS_MAX; i++)
		vec_done(&reference.places[i].list);
}

/* -- streams --------------------------------------------------------------------------------------------- */

/* Time goes on by 0 to step seconds; in bursts it stands nearly still. */
static void make_stream(const struct kind *kind, uint64_t seed, size_t count, struct stream *ret_stream)
{
	int64_t now = INT64_C(1790000000) * SECOND;
	unsigned step = 1 + stream_random(&seed, 4000), burst = 0;
	/* In a flood two rules are nearly all there is. */
	unsigned flood = stream_random(&seed, 3) ? 0 : 30 + stream_random(&seed, 300);
	unsigned flood_rules[] = {stream_random(&seed, 4), stream_random(&seed, 4)};

	*ret_stream = (struct stream){0};
	for (size_t i = 0; i < count; i++) {
		struct sample sample = {.rule = stream_random(&seed, stream_random(&seed, 8) ? 4 : 6),
					.key = stream_random(&seed, kind->keys),
					.value = (int)stream_random(&seed, kind->values)};

		if (stream_random(&seed, 60) == 0)
			burst = stream_random(&seed, 150);
		if (burst)
			burst--;
		if (flood && stream_random(&seed, flood))
			sample.rule = flood_rules[stream_random(&seed, 2)];
		now += (int64_t)stream_random(&seed, burst ? 20 : flood ? 250 : step) * 1000;
		if (stream_random(&seed, 200) == 0)
			now += (int64_t)stream_random(&seed, 60) * SECOND;
		sample.received = now;
		sample.time = now;
		if (stream_random(&seed, 4) == 0) /* out of order */
			sample.time -= (int64_t)stream_random(&seed, 9000) * 1000;
		if (stream_random(&seed, 3) == 0) /* whole seconds */
			sample.time -= sample.time % SECOND;
		if (stream_random(&seed, 50) == 0) /* too late */
			sample.time -= (int64_t)stream_random(&seed, 40) * SECOND;
		if (stream_random(&seed, 50) == 0) /* a clock that is fast */
			sample.time += (int64_t)stream_random(&seed, 40) * SECOND;
		if (stream_random(&seed, 40) == 0)
			sample.value = -1;
		if (kind->values > 6 && sample.value == 0 && stream_random(&seed, 30))
			sample.value = 1; /* one value is rare */
		if (kind->keys > 4 && sample.key > 2 && stream_random(&seed, 30))
			sample.key = 0; /* some keys are */
		vec_push(ret_stream, sample);
	}
}

static struct ruleset *rules_of(const struct kind *kind, int span)
{
	char text[1024];

	snprintf(text, sizeof(text), "title: c\nname: c\ncorrelation: {timespan: %ds, %s}\n", span,
		 kind->body);
	return stream_rules(text);
}

static void check_stream(const struct kind *kind, const struct ruleset *set, uint64_t seed, size_t count,
			 size_t *ret_alerts)
{
	struct outcome expected, whole, cut, reloaded;
	struct stream stream;
	char what[96];

	snprintf(what, sizeof(what), "%s, seed %llu", kind->name, (unsigned long long)seed);
	make_stream(kind, seed, count, &stream);
	stream_run(set, &stream, 0, false, NULL, &whole, NULL);
	stream_run(set, &stream, seed + 1, false, NULL, &cut, NULL);
	stream_run(set, &stream, seed + 1, true, NULL, &reloaded, NULL);
	outcome_equal(&cut, &whole, what);
	outcome_equal(&reloaded, &whole, what);
	reference_run(kind, set, &stream, &expected);
	outcome_sort(&expected);
	outcome_sort(&whole);
	outcome_equal(&whole, &expected, what);
	*ret_alerts += whole.alerts.len;
	outcome_done(&expected);
	outcome_done(&whole);
	outcome_done(&cut);
	outcome_done(&reloaded);
	vec_done(&stream);
}

static void test_reference(void **state)
{
	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		struct ruleset *sets[] = {rules_of(&kinds[i], 30), rules_of(&kinds[i], 7)};
		size_t alerts = 0;

		for (uint64_t seed = 1; seed <= 60; seed++)
			check_stream(&kinds[i], sets[seed % 2], seed * 1000003 + i, seed % 5 < 2 ? 1000 : 300,
				     &alerts);
		printf("%s: %zu alerts\n", kinds[i].name, alerts);
		assert_true(alerts >= 20);
		ruleset_free(sets[0]);
		ruleset_free(sets[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_reference)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
