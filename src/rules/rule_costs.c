/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rule_costs.h"

#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/map.h"
#include "base/vec.h"

#define FILE_MAX (64u * 1024 * 1024)

struct sum {
	char *id;
	uint64_t text; /* a hash of the rule's */
	struct rule_cost cost;
};

struct rule_costs {
	const char *path;
	pthread_mutex_t lock; /* guards what follows */
	struct map *at;       /* id → index in sums, from 1 */
	struct {
		VEC_OF(struct sum)
	} sums;
	bool changed;
};

/* The rule's place; a new or changed one is empty. NULL where there are too many. */
static struct sum *place(struct rule_costs *costs, struct str id, uint64_t text)
{
	uint64_t *at = map_get(costs->at, id);
	struct sum *sum;

	if (!at && costs->sums.len >= RULE_COSTS_MAX)
		return NULL;
	if (!at) {
		sum = vec_add_zero(&costs->sums);
		sum->id = strndup(id.ptr, id.len);
		must(sum->id);
		*map_put(costs->at, id, NULL) = costs->sums.len;
		sum->text = text;
		return sum;
	}
	sum = &costs->sums.items[*at - 1];
	if (sum->text != text)
		sum->cost = (struct rule_cost){0};
	sum->text = text;
	return sum;
}

static uint64_t integer(const json_t *item, const char *name)
{
	json_int_t value = json_integer_value(json_object_get(item, name));

	return value > 0 ? (uint64_t)value : 0;
}

static void read_sum(struct rule_costs *costs, const json_t *item)
{
	const char *id = json_string_value(json_object_get(item, "id"));
	const char *text = json_string_value(json_object_get(item, "text"));
	struct sum *sum = id ? place(costs, str_from(id), text ? strtoull(text, NULL, 16) : 0) : NULL;

	if (!sum)
		return;
	sum->cost.stats = (struct rule_stats){
		.candidates = integer(item, "candidates"),
		.matches = integer(item, "matches"),
		.samples = integer(item, "samples"),
		.nanoseconds = integer(item, "nanoseconds"),
	};
	sum->cost.aside = json_is_true(json_object_get(item, "aside"));
}

struct rule_costs *rule_costs_open(const char *path)
{
	struct rule_costs *costs = calloc(1, sizeof(*costs));
	struct buf text = {0};
	json_t *list = NULL;

	must(costs);
	costs->path = path;
	costs->at = map_new();
	must(costs->at);
	pthread_mutex_init(&costs->lock, NULL);
	if (io_read_file(path, FILE_MAX, &text) == 0)
		list = json_loadb(text.len ? text.ptr : "", text.len, 0, NULL);
	for (size_t i = 0; i < json_array_size(list); i++)
		read_sum(costs, json_array_get(list, i));
	json_decref(list);
	buf_done(&text);
	return costs;
}

void rule_costs_begin(struct rule_costs *costs)
{
	for (size_t i = 0; i < costs->sums.len; i++)
		costs->sums.items[i].cost.aside = false;
}

void rule_costs_free(struct rule_costs *costs)
{
	if (!costs)
		return;
	for (size_t i = 0; i < costs->sums.len; i++)
		free(costs->sums.items[i].id);
	vec_done(&costs->sums);
	map_free(costs->at);
	pthread_mutex_destroy(&costs->lock);
	free(costs);
}

void rule_costs_source_init(struct rule_costs_source *source, const struct ruleset *set)
{
	source->set = set;
	source->told = calloc(ruleset_count(set) + 1, sizeof(*source->told));
	must(source->told);
}

void rule_costs_source_done(struct rule_costs_source *source)
{
	free(source->told);
	*source = (struct rule_costs_source){0};
}

static void add(struct rule_stats *to, const struct rule_stats *now, const struct rule_stats *told)
{
	to->candidates += now->candidates - told->candidates;
	to->matches += now->matches - told->matches;
	to->samples += now->samples - told->samples;
	to->nanoseconds += now->nanoseconds - told->nanoseconds;
}

void rule_costs_add(struct rule_costs *costs, struct rule_costs_source *source, const struct matcher *matcher)
{
	size_t count = ruleset_count(source->set);

	pthread_mutex_lock(&costs->lock);
	for (uint32_t i = 0; i < count; i++) {
		const struct rule_info *info = ruleset_info(source->set, i);
		bool aside = matcher_is_aside(matcher, i) || ruleset_is_aside(source->set, i);
		struct rule_stats now;
		struct sum *sum;

		matcher_rule_stats(matcher, i, &now);
		if (now.candidates == source->told[i].candidates && !aside)
			continue;
		sum = place(costs, info->id, hash_str(info->yaml));
		if (sum) {
			add(&sum->cost.stats, &now, &source->told[i]);
			sum->cost.aside |= aside;
			costs->changed = true;
		}
		source->told[i] = now;
	}
	pthread_mutex_unlock(&costs->lock);
}

static void write_sums(struct rule_costs *costs, struct buf *out)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < costs->sums.len; i++) {
		const struct sum *sum = &costs->sums.items[i];

		buf_add_str(out, i ? STR(",\n{\"id\":") : STR("\n{\"id\":"));
		buf_add_json_string(out, str_from(sum->id));
		buf_printf(out,
			   ",\"text\":\"%016" PRIx64 "\",\"candidates\":%" PRIu64 ",\"matches\":%" PRIu64
			   ",\"samples\":%" PRIu64 ",\"nanoseconds\":%" PRIu64 "%s}",
			   sum->text, sum->cost.stats.candidates, sum->cost.stats.matches,
			   sum->cost.stats.samples, sum->cost.stats.nanoseconds,
			   sum->cost.aside ? ",\"aside\":true" : "");
	}
	buf_add_str(out, STR("\n]\n"));
}

int rule_costs_save(struct rule_costs *costs)
{
	struct buf out = {0};
	bool changed;
	int r = 0;

	pthread_mutex_lock(&costs->lock);
	changed = costs->changed;
	costs->changed = false;
	if (changed)
		write_sums(costs, &out);
	pthread_mutex_unlock(&costs->lock);
	if (changed)
		r = io_replace_file(costs->path, out.ptr, out.len, 0640);
	buf_done(&out);
	return r;
}

size_t rule_costs_aside(struct rule_costs *costs)
{
	size_t count = 0;

	pthread_mutex_lock(&costs->lock);
	for (size_t i = 0; i < costs->sums.len; i++)
		count += costs->sums.items[i].cost.aside;
	pthread_mutex_unlock(&costs->lock);
	return count;
}

struct rule_cost rule_costs_get(struct rule_costs *costs, struct str rule_id)
{
	struct rule_cost cost = {0};
	uint64_t *at;

	pthread_mutex_lock(&costs->lock);
	at = map_get(costs->at, rule_id);
	if (at)
		cost = costs->sums.items[*at - 1].cost;
	pthread_mutex_unlock(&costs->lock);
	return cost;
}

double rule_cost_time(const struct rule_stats *stats)
{
	return stats->samples
		       ? (double)stats->nanoseconds / (double)stats->samples * (double)stats->candidates
		       : 0;
}
