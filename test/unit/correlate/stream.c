/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"

static const char rules_text[] =
	"title: r0\nname: r0\nlogsource: {product: p}\ndetection: {s: {t: ['0', '4']}, condition: s}\n---\n"
	"title: r1\nname: r1\nlogsource: {product: p}\ndetection: {s: {t: ['1', '5']}, condition: s}\n---\n"
	"title: r2\nname: r2\nlogsource: {product: p}\ndetection: {s: {t: ['2', '5']}, condition: s}\n---\n"
	"title: r3\nname: r3\nlogsource: {product: p}\ndetection: {s: {t: ['3', '4']}, condition: s}\n";

static void complain(void *context, const struct err *err)
{
	(void)context;
	fail_msg("%s:%u: %s", err->file, err->line, err->message);
}

struct ruleset *stream_rules(const char *text)
{
	struct ruleset_builder *builder = ruleset_builder_new();

	ruleset_add_text(builder, "correlations.yml", str_from(text), complain, NULL);
	ruleset_add_text(builder, "rules.yml", str_from(rules_text), complain, NULL);
	return ruleset_build(builder, false);
}

uint32_t stream_rule(const struct ruleset *set, const char *name)
{
	for (size_t i = 0; i < ruleset_count(set); i++)
		if (str_eq(ruleset_info(set, i)->name, str_from(name)))
			return (uint32_t)i;
	fail_msg("no rule %s", name);
	return 0;
}

unsigned stream_random(uint64_t *state, unsigned below)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (unsigned)((z ^ z >> 31) % below);
}

/* -- alerts to what they say ----------------------------------------------------------------------------- */

static int64_t time_of(const struct json_node *window, const char *name)
{
	const struct json_node *node = json_get(window, str_from(name));
	int64_t time = 0;

	assert_non_null(node);
	assert_int_equal(clock_parse(str_of(node->text, node->len), 0, &time), 0);
	return time;
}

static void read_why(struct said *said, struct str why)
{
	struct json_parser *parser = json_parser_new();
	const struct json_node *root, *group, *value;

	assert_int_equal(json_parse(parser, why, &root, NULL), 0);
	group = json_get(root, STR("group"));
	for (const struct json_node *item = json_first(group); item; item = json_next(group, item)) {
		const struct json_node *text = json_get(item, STR("value"));

		snprintf(said->key + strlen(said->key), sizeof(said->key) - strlen(said->key), "%.*s",
			 (int)text->len, text->text);
	}
	value = json_get(root, STR("value"));
	if (value)
		assert_int_equal(str_to_double(str_of(value->text, value->len), &said->value), 0);
	said->from = time_of(json_get(root, STR("window")), "from");
	said->to = time_of(json_get(root, STR("window")), "to");
	json_parser_free(parser);
}

static void listen(void *context, const struct correlator_alert *alert)
{
	struct outcome *outcome = context;
	struct said *said;

	if (alert->why.len == 0 && alert->repeats == 0)
		return; /* a match */
	if (alert->repeats) {
		for (size_t i = outcome->alerts.len; i-- > 0;) {
			said = &outcome->alerts.items[i];
			if (str_eq(str_from(said->cause), alert->cause)) {
				assert_true(alert->repeats > said->repeats);
				said->repeats = alert->repeats;
				return;
			}
		}
		fail_msg("a repeat of nothing: %.*s", STR_FMT(alert->cause));
	}
	said = vec_add_zero(&outcome->alerts);
	said->rule = alert->rule;
	snprintf(said->cause, sizeof(said->cause), "%.*s", STR_FMT(alert->cause));
	snprintf(said->why, sizeof(said->why), "%.*s", STR_FMT(alert->why));
	read_why(said, alert->why);
	assert_int_equal(said->to, alert->time);
}

/* -- running --------------------------------------------------------------------------------------------- */

static void add_attr(struct event *event, const char *name, const char *value)
{
	event_add_attr(event, str_from(name), hash_str(str_from(name)), value_string(str_from(value)), 0);
}

void stream_add(struct findings *findings, const struct finding_plan *plan, struct matcher *matcher,
		const struct sample *sample, size_t number, struct arena *arena)
{
	char type[16], key[16], value[16];
	const uint32_t *rules;
	struct event event;
	size_t count;

	arena_reset(arena);
	event_init(&event, arena);
	event.logsource.product = STR("p");
	event.seq = number + 1;
	event.received = sample->received;
	snprintf(type, sizeof(type), "%u", sample->rule);
	snprintf(key, sizeof(key), "k%u", sample->key);
	snprintf(value, sizeof(value), "%d", sample->value);
	add_attr(&event, "t", type);
	add_attr(&event, "g", key);
	if (sample->value >= 0)
		add_attr(&event, "v", value);
	count = matcher_run(matcher, &event, &rules);
	for (size_t i = 0; i < count; i++)
		findings_add(findings, plan, matcher, rules[i], &event, sample->lane, sample->time,
			     (uint32_t)number);
}

static void reload(const struct ruleset *set, const struct correlator_limits *limits,
		   struct correlator **correlator)
{
	struct correlator *next = correlator_new(set, limits);
	struct buf state = {0}, again = {0};

	correlator_save(*correlator, &state);
	assert_int_equal(correlator_load(next, buf_str(&state)), 0);
	correlator_save(next, &again);
	assert_int_equal(state.len, again.len);
	assert_memory_equal(state.ptr, again.ptr, state.len);
	correlator_free(*correlator);
	*correlator = next;
	buf_done(&state);
	buf_done(&again);
}

void stream_run(const struct ruleset *set, const struct stream *stream, uint64_t cuts, bool reloads,
		const struct correlator_limits *given, struct outcome *ret_outcome,
		struct correlator_stats *ret_stats)
{
	const struct correlator_limits usual = {.lateness = LATENESS}, *limits = given ? given : &usual;
	struct correlator *correlator = correlator_new(set, limits);
	struct finding_plan *plan = finding_plan_new(set);
	struct matcher *matcher = matcher_new(set);
	struct findings *findings = findings_new();
	struct arena *arena = arena_new(0);

	*ret_outcome = (struct outcome){0};
	for (size_t i = 0; i < stream->len; i++) {
		stream_add(findings, plan, matcher, &stream->items[i], i, arena);
		if (!cuts || stream_random(&cuts, 20))
			continue;
		correlator_run(correlator, findings, listen, ret_outcome);
		findings_clear(findings);
		if (reloads)
			reload(set, limits, &correlator);
	}
	for (enum lane lane = LANE_LIVE; lane < LANE_COUNT; lane++)
		findings_add_time(findings, lane, INT64_MAX);
	correlator_run(correlator, findings, listen, ret_outcome);
	if (ret_stats)
		*ret_stats = correlator_stats(correlator);
	correlator_free(correlator);
	finding_plan_free(plan);
	matcher_free(matcher);
	findings_free(findings);
	arena_free(arena);
}

void outcome_done(struct outcome *outcome)
{
	vec_done(&outcome->alerts);
}

static int compare(const void *a, const void *b)
{
	const struct said *left = a, *right = b;
	int order = strcmp(left->key, right->key);

	if (order == 0 && left->from != right->from)
		order = left->from < right->from ? -1 : 1;
	return order ? order : (int)left->rule - (int)right->rule;
}

void outcome_sort(struct outcome *outcome)
{
	if (outcome->alerts.len)
		qsort(outcome->alerts.items, outcome->alerts.len, sizeof(struct said), compare);
}

void outcome_equal(const struct outcome *a, const struct outcome *b, const char *what)
{
	for (size_t i = 0; i < a->alerts.len || i < b->alerts.len; i++) {
		const struct said *x = i < a->alerts.len ? &a->alerts.items[i] : NULL;
		const struct said *y = i < b->alerts.len ? &b->alerts.items[i] : NULL;

		if (x && y && x->rule == y->rule && strcmp(x->key, y->key) == 0 && x->from == y->from &&
		    x->to == y->to && fabs(x->value - y->value) < 1e-9 && x->repeats == y->repeats &&
		    (!y->why[0] || strcmp(x->why, y->why) == 0))
			continue;
		fail_msg("%s: alert %zu of %zu and %zu: %s %.6f-%.6f = %g, %llu repeats; %s %.6f-%.6f = %g, "
			 "%llu repeats\n%s\n%s",
			 what, i, a->alerts.len, b->alerts.len, x ? x->key : "none",
			 x ? (double)x->from / 1e6 : 0, x ? (double)x->to / 1e6 : 0, x ? x->value : 0,
			 x ? (unsigned long long)x->repeats : 0, y ? y->key : "none",
			 y ? (double)y->from / 1e6 : 0, y ? (double)y->to / 1e6 : 0, y ? y->value : 0,
			 y ? (unsigned long long)y->repeats : 0, x ? x->why : "", y ? y->why : "");
	}
}
