/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/scenario.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "bin/scenario_line.h"

#define HOURS 24
#define DAYS_MAX 60

struct stream {
	struct str source;
	long per_day;
	const struct yaml_node *lines;
};

struct step {
	struct str source;
	int64_t every, repeat;
	const struct yaml_node *lines;
};

struct attack {
	int64_t before_end; /* it begins so long before the end of the span */
	const struct yaml_node *values;
	struct step *steps;
	size_t count;
};

struct scenario {
	uint64_t seed;
	int64_t days;
	int64_t zone;
	int64_t hours[HOURS], hours_total; /* weight of each hour of the day, UTC+8 as a campus lives */
	const struct yaml_node *lists;
	struct stream *streams;
	size_t stream_count;
	struct attack *attacks;
	size_t attack_count;
};

#define CAMPUS_OFFSET (8 * CLOCK_HOUR)

/* --- loading ------------------------------------------------------------------------------------------ */

/* "90s", "15m", "6h", "5d" */
static int read_span(const struct yaml_node *node, int64_t *ret_span, struct err *ret_err)
{
	struct str text = yaml_text(node, STR(""));
	int64_t number, unit = 0;

	if (text.len) {
		char last = text.ptr[text.len - 1];

		unit = last == 's'   ? CLOCK_SECOND
		       : last == 'm' ? CLOCK_MINUTE
		       : last == 'h' ? CLOCK_HOUR
		       : last == 'd' ? CLOCK_DAY
				     : 0;
	}
	if (!unit || str_to_i64(str_head(text, text.len - 1), &number) < 0 || number < 0 || number > 100000)
		return err_set(ret_err, ERR_SYNTAX, node ? node->line : 0, node ? node->column : 0,
			       "expected a span such as 90s, 15m, 6h or 5d");
	*ret_span = number * unit;
	return 0;
}

static int read_list(const struct yaml_node *root, const char *name, const struct yaml_node **ret_list,
		     struct err *ret_err)
{
	const struct yaml_node *list = yaml_get(root, name);

	if (!list || list->type != YAML_SEQUENCE)
		return yaml_error(ret_err, list ? list : root, "'%s' must be a list", name);
	*ret_list = list;
	return 0;
}

static int read_lines(const struct yaml_node *owner, const struct yaml_node **ret_lines, struct err *ret_err)
{
	const struct yaml_node *lines = yaml_get(owner, "lines");

	if (!lines || lines->type != YAML_SEQUENCE || !lines->count)
		return yaml_error(ret_err, owner, "'lines' must list at least one line");
	for (uint32_t i = 0; i < lines->count; i++)
		if (lines->items[i]->type != YAML_SCALAR)
			return yaml_error(ret_err, lines->items[i], "a line is a text; quote it");
	*ret_lines = lines;
	return 0;
}

static int read_streams(const struct yaml_node *root, struct arena *arena, struct scenario *scenario,
			struct err *ret_err)
{
	const struct yaml_node *node = NULL;
	int r = read_list(root, "background", &node, ret_err);

	if (r < 0 || !node)
		return r;
	scenario->streams = arena_array(arena, struct stream, node->count + 1);
	for (uint32_t i = 0; i < node->count; i++) {
		struct stream *stream = &scenario->streams[scenario->stream_count++];
		int64_t per_day;

		stream->source = yaml_text(yaml_get(node->items[i], "source"), STR(""));
		if (yaml_int(yaml_get(node->items[i], "per_day"), &per_day) < 0 || per_day < 0 ||
		    per_day > 1000000)
			return yaml_error(ret_err, node->items[i],
					  "'per_day' must be a number up to 1000000");
		stream->per_day = (long)per_day;
		if (read_lines(node->items[i], &stream->lines, ret_err) < 0)
			return ERR_SYNTAX;
	}
	return 0;
}

static int read_step(const struct yaml_node *node, struct step *step, struct err *ret_err)
{
	const struct yaml_node *repeat = yaml_get(node, "repeat");

	*step = (struct step){
		.source = yaml_text(yaml_get(node, "source"), STR("")), .repeat = 1, .every = CLOCK_SECOND};
	if (repeat && (yaml_int(repeat, &step->repeat) < 0 || step->repeat < 1 || step->repeat > 100000))
		return yaml_error(ret_err, repeat, "'repeat' must be from 1 to 100000");
	if (yaml_get(node, "every") && read_span(yaml_get(node, "every"), &step->every, ret_err) < 0)
		return ERR_SYNTAX;
	return read_lines(node, &step->lines, ret_err);
}

static int read_attack(const struct yaml_node *node, struct arena *arena, struct attack *attack,
		       struct err *ret_err)
{
	const struct yaml_node *steps = yaml_get(node, "steps");
	int r = read_span(yaml_get(node, "before_end"), &attack->before_end, ret_err);

	if (r < 0)
		return r;
	if (!steps || steps->type != YAML_SEQUENCE)
		return yaml_error(ret_err, node, "'steps' must be a list");
	attack->values = yaml_get(node, "values");
	attack->steps = arena_array(arena, struct step, steps->count + 1);
	for (uint32_t i = 0; i < steps->count && r == 0; i++)
		r = read_step(steps->items[i], &attack->steps[attack->count++], ret_err);
	return r;
}

static int read_attacks(const struct yaml_node *root, struct arena *arena, struct scenario *scenario,
			struct err *ret_err)
{
	const struct yaml_node *node = NULL;
	int r = read_list(root, "attacks", &node, ret_err);

	if (r < 0 || !node)
		return r;
	scenario->attacks = arena_zalloc(arena, sizeof(struct attack) * (node->count + 1));
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = read_attack(node->items[i], arena, &scenario->attacks[scenario->attack_count++], ret_err);
	return r;
}

static int read_days(const struct yaml_node *root, struct scenario *scenario, struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(root, "days");

	scenario->days = 1;
	if (node && (yaml_int(node, &scenario->days) < 0 || scenario->days < 1 || scenario->days > DAYS_MAX))
		return yaml_error(ret_err, node, "'days' must be from 1 to %d", DAYS_MAX);
	return 0;
}

static int read_hours(const struct yaml_node *root, struct scenario *scenario, struct err *ret_err)
{
	const struct yaml_node *node = NULL;
	int r = read_list(root, "hours", &node, ret_err);

	if (r < 0 || !node)
		return r;
	if (node->count != HOURS)
		return yaml_error(ret_err, node, "'hours' must list 24 weights");
	for (int i = 0; i < HOURS; i++) {
		if (yaml_int(node->items[i], &scenario->hours[i]) < 0 || scenario->hours[i] < 0 ||
		    scenario->hours[i] > 1000)
			return yaml_error(ret_err, node->items[i], "a weight is a number from 0 to 1000");
		scenario->hours_total += scenario->hours[i];
	}
	return scenario->hours_total ? 0 : yaml_error(ret_err, node, "not all weights can be 0");
}

int scenario_load(const char *path, int64_t zone, struct arena *arena, struct scenario **ret_scenario,
		  struct err *ret_err)
{
	struct scenario *scenario = arena_struct(arena, struct scenario);
	struct yaml_node **docs;
	size_t count;
	int64_t seed = 1;
	int r = yaml_read_file(path, arena, &docs, &count, ret_err);

	if (r < 0)
		return r;
	if (count != 1 || docs[0]->type != YAML_MAPPING)
		r = err_set(ret_err, ERR_SYNTAX, 1, 0, "expected one scenario");
	if (r == 0) {
		yaml_int(yaml_get(docs[0], "seed"), &seed);
		scenario->seed = (uint64_t)seed;
		scenario->zone = zone;
		scenario->lists = yaml_get(docs[0], "lists");
		r = read_days(docs[0], scenario, ret_err);
	}
	if (r == 0)
		r = read_hours(docs[0], scenario, ret_err);
	if (r == 0)
		r = read_streams(docs[0], arena, scenario, ret_err);
	if (r == 0)
		r = read_attacks(docs[0], arena, scenario, ret_err);
	if (r < 0)
		err_set_file(ret_err, path);
	else
		*ret_scenario = scenario;
	return r;
}

int64_t scenario_span(const struct scenario *scenario)
{
	return scenario->days * CLOCK_DAY;
}

/* --- playing ------------------------------------------------------------------------------------------ */

struct play {
	const struct scenario *scenario;
	struct arena *arena;
	struct buf text;
	struct random random;
	struct {
		VEC_OF(struct scenario_line)
	} lines;
};

static void emit(struct play *play, int64_t time, struct str source, const struct yaml_node *choices,
		 const struct yaml_node *values)
{
	const struct yaml_node *line = choices->items[random_below(&play->random, choices->count)];

	if (play->lines.len >= SCENARIO_LINES_MAX)
		return;
	buf_clear(&play->text);
	scenario_line_expand(line->text, time, play->scenario->zone, values, play->scenario->lists,
			     &play->random, &play->text);
	vec_push(&play->lines,
		 ((struct scenario_line){time, source, arena_copy(play->arena, buf_str(&play->text))}));
}

static int64_t weight_at(const struct scenario *scenario, int64_t time)
{
	int64_t hour = (time + CAMPUS_OFFSET) / CLOCK_HOUR;

	return scenario->hours[((hour % HOURS) + HOURS) % HOURS];
}

/* One stream over the span, minute by minute: the expected number of lines of each minute, its fraction by
 * chance. */
static void play_stream(struct play *play, const struct stream *stream, int64_t from, int64_t to)
{
	const struct scenario *scenario = play->scenario;

	for (int64_t minute = from; minute < to; minute += CLOCK_MINUTE) {
		int64_t length = to - minute < CLOCK_MINUTE ? to - minute : CLOCK_MINUTE;
		double expected = (double)stream->per_day * (double)weight_at(scenario, minute) /
				  (double)scenario->hours_total * (double)length / (double)CLOCK_HOUR;
		uint64_t count = (uint64_t)expected;

		if (random_below(&play->random, 1000000) < (uint64_t)((expected - (double)count) * 1e6))
			count++;
		for (uint64_t i = 0; i < count; i++)
			emit(play, minute + (int64_t)random_below(&play->random, (uint64_t)length),
			     stream->source, stream->lines, NULL);
	}
}

static void play_attack(struct play *play, const struct attack *attack, int64_t from, int64_t to)
{
	int64_t time = to - attack->before_end;

	for (size_t i = 0; i < attack->count; i++) {
		const struct step *step = &attack->steps[i];

		for (int64_t n = 0; n < step->repeat; n++, time += step->every)
			if (time >= from && time < to)
				emit(play, time, step->source, step->lines, attack->values);
	}
}

static int by_time(const void *a, const void *b)
{
	int64_t x = ((const struct scenario_line *)a)->time, y = ((const struct scenario_line *)b)->time;

	return (x > y) - (x < y);
}

int scenario_play(const struct scenario *scenario, int64_t from, int64_t to, bool attacks,
		  struct arena *arena, struct scenario_line **ret_lines, size_t *ret_count)
{
	struct play play = {.scenario = scenario, .arena = arena};
	bool full;

	random_seed(&play.random, scenario->seed ^ (uint64_t)(from / CLOCK_SECOND));
	for (size_t i = 0; i < scenario->stream_count; i++)
		play_stream(&play, &scenario->streams[i], from, to);
	for (size_t i = 0; attacks && i < scenario->attack_count; i++)
		play_attack(&play, &scenario->attacks[i], from, to);
	full = play.lines.len >= SCENARIO_LINES_MAX;
	qsort(play.lines.items, play.lines.len, sizeof(*play.lines.items), by_time);
	*ret_lines = arena_array(arena, struct scenario_line, play.lines.len + 1);
	if (play.lines.len)
		memcpy(*ret_lines, play.lines.items, play.lines.len * sizeof(**ret_lines));
	*ret_count = play.lines.len;
	vec_done(&play.lines);
	buf_done(&play.text);
	return full ? ERR_LIMIT : 0;
}
