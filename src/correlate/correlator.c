/* SPDX-License-Identifier: Apache-2.0 */
/* Findings in order, the lanes' clocks, and alerts. */
#include "correlate/private.h"

#define TIME_MAX (INT64_C(1) << 60) /* so that spans can be added and taken off */
#define CAUSE_ID_MAX 400            /* bytes of a rule's id in a cause */
#define SUPPRESS_SHARE 4            /* a quarter of all bytes, besides */

/* What suppression knows a rule by from one start to the next. */
static uint64_t rule_hash(const struct rule_info *info)
{
	uint64_t hash = hash_str(info->id.len ? info->id : info->title) ^ (uint64_t)info->suppress.span;

	for (size_t i = 0; i < info->suppress.by_count; i++)
		hash = hash_bytes_seeded(info->suppress.by[i].ptr, info->suppress.by[i].len, hash);
	return hash;
}

static void make_trackers(struct correlator *correlator)
{
	size_t count = ruleset_count(correlator->set);

	correlator->trackers = calloc(count + 1, sizeof(*correlator->trackers));
	correlator->rule_hashes = calloc(count + 1, sizeof(uint64_t));
	must(correlator->trackers && correlator->rule_hashes);
	for (size_t i = 0; i < count; i++) {
		struct tracker *tracker = &correlator->trackers[i];

		correlator->rule_hashes[i] = rule_hash(ruleset_info(correlator->set, i));
		tracker->correlation = ruleset_correlation(correlator->set, i);
		tracker->rule = (uint32_t)i;
		tracker->plan = &correlator->plan->rules[i];
		if (tracker->correlation)
			tracker->way = way_of(tracker->correlation);
		for (int lane = 0; lane < LANE_COUNT; lane++)
			tracker->since[lane] = tracker->forgotten[lane] = TIME_NEVER;
	}
}

struct correlator *correlator_new(const struct ruleset *set, const struct correlator_limits *limits)
{
	struct correlator *correlator = calloc(1, sizeof(*correlator));

	must(correlator);
	correlator->set = set;
	if (limits)
		correlator->limits = *limits;
	if (!correlator->limits.bytes)
		correlator->limits.bytes = CORRELATOR_BYTES;
	if (!correlator->limits.bytes_per_rule)
		correlator->limits.bytes_per_rule = CORRELATOR_BYTES_PER_RULE;
	if (!correlator->limits.lateness)
		correlator->limits.lateness = CORRELATOR_LATENESS;
	correlator->plan = finding_plan_new(set);
	correlator->suppress = suppress_new(correlator->limits.bytes / SUPPRESS_SHARE);
	make_trackers(correlator);
	for (int lane = 0; lane < LANE_COUNT; lane++)
		correlator->clocks[lane] = (struct clock_of_lane){TIME_NEVER, TIME_NEVER};
	return correlator;
}

static void free_keys(struct correlator *correlator, struct tracker *tracker)
{
	for (int lane = 0; lane < LANE_COUNT; lane++)
		while (tracker->order[lane].oldest)
			key_free(correlator, tracker->order[lane].oldest);
	free(tracker->buckets);
}

void correlator_free(struct correlator *correlator)
{
	if (!correlator)
		return;
	for (size_t i = 0; i < ruleset_count(correlator->set); i++)
		free_keys(correlator, &correlator->trackers[i]);
	for (int lane = 0; lane < LANE_COUNT; lane++)
		vec_done(&correlator->timers[lane]);
	vec_done(&correlator->repeated);
	finding_plan_free(correlator->plan);
	suppress_free(correlator->suppress);
	free(correlator->trackers);
	free(correlator->rule_hashes);
	free(correlator->scratch.values);
	free(correlator->numbers);
	buf_done(&correlator->cause);
	buf_done(&correlator->why);
	free(correlator);
}

/* -- alerts ---------------------------------------------------------------------------------------------- */

static struct str name_of(const struct rule_info *info)
{
	return str_head(info->id.len ? info->id : info->title, CAUSE_ID_MAX);
}

/* Hands an alert over, unless it is counted on an earlier one; then it says that. */
static void emit(struct correlator *correlator, struct correlator_alert *alert)
{
	const struct rule_info *info = ruleset_info(correlator->set, alert->rule);
	int64_t watermarks[LANE_COUNT];
	struct suppress_match match = {.rule = correlator->rule_hashes[alert->rule],
				       .lane = alert->lane,
				       .key = alert->key,
				       .cause = alert->cause,
				       .time = alert->time,
				       .span = info->suppress.span,
				       .watermarks = watermarks};
	struct suppress_answer answer;

	if (info->suppress.span > 0) {
		for (int lane = 0; lane < LANE_COUNT; lane++)
			watermarks[lane] = correlator->clocks[lane].watermark;
		answer = suppress_take(correlator->suppress, &match);
		alert->repeats = answer.repeats;
		if (answer.repeats) {
			alert->cause = answer.cause;
			alert->time = answer.last;
		}
	}
	correlator->visit(correlator->context, alert);
}

static void take_match(struct correlator *correlator, const struct finding *finding, int64_t time,
		       struct str key)
{
	struct correlator_alert alert = {.rule = finding->rule,
					 .record = finding->record,
					 .seq = finding->seq,
					 .time = time,
					 .lane = (enum lane)finding->lane,
					 .key = key};

	buf_clear(&correlator->cause);
	buf_printf(&correlator->cause, "%.*s/%llu/%lld",
		   STR_FMT(name_of(ruleset_info(correlator->set, finding->rule))),
		   (unsigned long long)finding->seq, (long long)finding->received);
	alert.cause = buf_str(&correlator->cause);
	emit(correlator, &alert);
}

/* The same rule, lane, key and beginning of the window: the same alert. */
static struct str cause_of(struct correlator *correlator, const struct key *key)
{
	buf_clear(&correlator->cause);
	buf_printf(&correlator->cause, "%.*s/%u/%016llx%016llx/%lld",
		   STR_FMT(name_of(ruleset_info(correlator->set, key->tracker->rule))), key->lane,
		   (unsigned long long)key->hash.high, (unsigned long long)key->hash.low,
		   (long long)key->from);
	return buf_str(&correlator->cause);
}

static bool text_value(const void *context, uint32_t place, struct str *ret_value)
{
	const struct key *key = context;

	return place != CORRELATION_NO_FIELD && key_value(str_of(key->text, key->text_len), place, ret_value);
}

static void emit_firing(struct correlator *correlator, const struct firing *firing)
{
	const struct tracker *tracker = firing->key->tracker;
	struct buf suppress = {0};
	struct correlator_alert alert = {.rule = tracker->rule,
					 .record = firing->record,
					 .seq = firing->seq,
					 .time = firing->to,
					 .lane = (enum lane)firing->key->lane};

	if (tracker->plan->silent)
		return;
	buf_clear(&correlator->why);
	firing_explain(correlator, firing, &correlator->why);
	suppress_key(tracker->plan, text_value, firing->key, &suppress);
	alert.why = buf_str(&correlator->why);
	alert.key = buf_str(&suppress);
	alert.cause = cause_of(correlator, firing->key);
	emit(correlator, &alert);
	buf_done(&suppress);
}

/* What came true is an event to the correlations that refer to this one. */
static void pass_on(struct correlator *correlator, const struct firing *firing)
{
	const struct key *key = firing->key;
	const struct plan_rule *plan = key->tracker->plan;
	struct buf texts = {0};

	for (uint32_t i = 0; i < plan->use_count; i++) {
		const struct plan_use *use = &correlator->plan->uses.items[plan->first_use + i];
		struct arrival arrival = {.time = firing->to,
					  .seq = firing->seq,
					  .record = firing->record,
					  .lane = (enum lane)key->lane,
					  .inner = true};
		struct note note;

		buf_clear(&texts);
		buf_reserve(&texts, 64);
		if (!note_make(use, text_value, key, &texts, &note))
			continue;
		arrival.value = note.value;
		arrival.position = note.position;
		arrival.hash = note.key;
		arrival.text = buf_str(&texts);
		track(correlator, &correlator->trackers[use->rule], &arrival);
	}
	buf_done(&texts);
}

void fire(struct correlator *correlator, const struct firing *firing)
{
	struct key *key = firing->key;
	const struct tracker *tracker = key->tracker;
	bool pinned = key->pinned, lasts = tracker->way == WAY_SLIDING || tracker->way == WAY_ORDERED;

	key->pinned = true;
	tell_repeats(correlator, key);
	key->from = firing->from;
	key->last = firing->to;
	key->end = lasts ? firing->from + tracker->correlation->timespan : TIME_NEVER;
	key->repeats = 0;
	emit_firing(correlator, firing);
	pass_on(correlator, firing);
	key->pinned = pinned;
}

/* -- repeats --------------------------------------------------------------------------------------------- */

void key_repeated(struct correlator *correlator, struct key *key, uint64_t count, int64_t time)
{
	const struct tracker *tracker = key->tracker;

	key->repeats += count;
	if (key->last < time)
		key->last = time;
	/* Where alerts are suppressed, the alert's repeats are the alerts that were. */
	if (key->repeat || tracker->plan->silent ||
	    ruleset_info(correlator->set, tracker->rule)->suppress.span > 0)
		return;
	vec_push(&correlator->repeated, key);
	key->repeat = (uint32_t)correlator->repeated.len;
}

void tell_repeats(struct correlator *correlator, struct key *key)
{
	struct correlator_alert alert = {.rule = key->tracker->rule,
					 .record = CORRELATOR_NO_RECORD,
					 .time = key->last,
					 .lane = (enum lane)key->lane,
					 .repeats = key->repeats};

	if (!key->repeat)
		return;
	correlator->repeated.items[key->repeat - 1] = NULL;
	key->repeat = 0;
	alert.cause = cause_of(correlator, key);
	if (correlator->visit)
		correlator->visit(correlator->context, &alert);
}

static void tell_all_repeats(struct correlator *correlator)
{
	for (size_t i = 0; i < correlator->repeated.len; i++)
		if (correlator->repeated.items[i])
			tell_repeats(correlator, correlator->repeated.items[i]);
	vec_clear(&correlator->repeated);
}

void correlator_speak(struct correlator *correlator, uint32_t rule)
{
	correlator->plan->rules[rule].silent = false;
}

/* -- time ------------------------------------------------------------------------------------------------ */

static int64_t at_most(int64_t time, int64_t limit)
{
	return time < limit ? time : limit;
}

static int64_t within_range(int64_t time)
{
	return time > TIME_MAX ? TIME_MAX : time < -TIME_MAX ? -TIME_MAX : time;
}

/* A clock that is wrong moves the watermark no further than the time of receipt. */
static void pass_time(struct correlator *correlator, enum lane lane, int64_t time)
{
	struct clock_of_lane *clock = &correlator->clocks[lane];
	int64_t lateness = correlator->limits.lateness;
	bool any = clock->newest != TIME_NEVER;
	bool replay = any && lane == LANE_IMPORT && time < clock->newest - lateness;

	if (any && time <= clock->newest && !replay)
		return;
	clock->newest = time;
	timers_run(correlator, lane, time - lateness);
	if (lane == LANE_IMPORT || clock->watermark < time - lateness)
		clock->watermark = time - lateness;
}

/* Keys are all over memory: those of the notes that come next are on their way meanwhile. */
static void look_ahead(const struct correlator *correlator, const struct findings *findings, size_t note,
		       unsigned lane)
{
	static const unsigned distances[] = {24, 16, 8};

	for (unsigned step = 0; step < sizeof(distances) / sizeof(distances[0]); step++)
		if (note + distances[step] < findings->notes.len) {
			const struct note *next = &findings->notes.items[note + distances[step]];

			key_expect(&correlator->trackers[next->correlation], next->key, lane, step);
		}
}

static void take_notes(struct correlator *correlator, const struct findings *findings,
		       const struct finding *finding, int64_t time)
{
	for (uint32_t i = 0; i < finding->note_count; i++) {
		const struct note *note = &findings->notes.items[finding->first_note + i];
		const struct arrival arrival = {
			.time = time,
			.seq = finding->seq,
			.value = note->value,
			.position = note->position,
			.record = finding->record,
			.lane = (enum lane)finding->lane,
			.hash = note->key,
			.text = str_of(findings->texts.ptr + note->key_at, note->key_len),
		};

		look_ahead(correlator, findings, finding->first_note + i, finding->lane);
		track(correlator, &correlator->trackers[note->correlation], &arrival);
	}
}

static void take_finding(struct correlator *correlator, const struct findings *findings,
			 const struct finding *finding)
{
	enum lane lane = (enum lane)finding->lane;
	int64_t received = finding->received ? within_range(finding->received) : TIME_MAX;
	int64_t time = at_most(within_range(finding->time), received + correlator->limits.lateness);

	if (finding->time == INT64_MAX && finding->rule == FINDING_TIME) {
		timers_run(correlator, lane, INT64_MAX);
		return;
	}
	pass_time(correlator, lane, at_most(time, received));
	if (finding->rule == FINDING_TIME)
		return;
	if (!correlator->plan->rules[finding->rule].silent)
		take_match(correlator, finding, time,
			   str_of(findings->texts.ptr + finding->key_at, finding->key_len));
	if (finding->note_count && lane != LANE_IMPORT && time < correlator->clocks[lane].watermark)
		correlator->late++;
	else
		take_notes(correlator, findings, finding, time);
}

void correlator_run(struct correlator *correlator, const struct findings *findings, correlator_visit *visit,
		    void *context)
{
	correlator->visit = visit;
	correlator->context = context;
	for (size_t i = 0; i < findings->items.len; i++)
		take_finding(correlator, findings, &findings->items.items[i]);
	tell_all_repeats(correlator);
	correlator->visit = NULL;
}

struct correlator_stats correlator_stats(const struct correlator *correlator)
{
	struct suppress_stats suppress = suppress_stats(correlator->suppress);

	return (struct correlator_stats){
		.keys = correlator->keys + suppress.keys,
		.bytes = correlator->bytes + suppress.bytes,
		.evicted = correlator->evicted + suppress.evicted,
		.late = correlator->late,
	};
}
