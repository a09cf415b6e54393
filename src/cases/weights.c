/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/weights.h"

#include "cases/private.h"

static const struct {
	const char *name;
	enum entity_kind kind;
} shares[SHARE_COUNT] = {
#define X(id, name, kind) {name, ENTITY_##kind},
	SHARES(X)
#undef X
};

static const char *const phrases[PHRASE_COUNT] = {
#define X(id, name, kind) name,
	SHARES(X)
#undef X
#define X(name) #name,
		PHRASES(X)
#undef X
};

const char *share_name(enum share share)
{
	return shares[share].name;
}

enum entity_kind share_kind(enum share share)
{
	return shares[share].kind;
}

/* Where a number of the file goes: one level of names above it or none. */
static const struct number {
	const char *group, *name;
	size_t offset;
	int64_t min, max;
} numbers[] = {
#define AT(member) offsetof(struct case_rules, member)
	{NULL, "threshold", AT(threshold), 1, 1000},
	{NULL, "merge", AT(merge), 1, 1001},
	{NULL, "related", AT(related), 1, 1001},
	{NULL, "half_life", AT(half_life), 1, 100000},
	{"zones", "hours", AT(zone_hours), 0, 26},
	{"zones", "step", AT(zone_step), 15, 60},
	{"zones", "minutes", AT(zone_minutes), 0, 1440},
	{"zones", "records", AT(zone_records), 0, 1000000000},
	{"zones", "slack", AT(zone_slack), 0, 7},
	{"zones", "points", AT(zone_points), 0, 1000},
	{"bonus", "next_stage", AT(next_stage), 0, 1000},
	{"bonus", "same_rule", AT(same_rule), 0, 1000},
	{"bonus", "same_technique", AT(same_technique), 0, 1000},
	{"bonus", "same_tactic", AT(same_tactic), 0, 1000},
	{NULL, "chain_keep", AT(chain_keep), 1, 10000},
	{"limits", "alerts", AT(alerts_max), 1, 1000000},
	{"limits", "hours", AT(hours_max), 1, 10000},
	{"limits", "hosts", AT(hosts_max), 1, 100000},
	{"limits", "entities", AT(entities_max), 1, 100000},
	{"limits", "candidates", AT(candidates_max), 1, 1000},
	{"risk", "half_life_hours", AT(risk_half_life), 1, 100000},
	{"score", "tactic", AT(score_tactic), 0, 1000},
	{"score", "host", AT(score_host), 0, 1000},
};

static int read_number(const struct yaml_node *map, const char *name, int64_t min, int64_t max,
		       int64_t *ret_value, struct err *ret_err)
{
	const struct yaml_node *node = yaml_get(map, name);

	if (!node)
		return err_set(ret_err, ERR_SYNTAX, map ? map->line : 0, 0, "%s is missing", name);
	if (yaml_int(node, ret_value) < 0 || *ret_value < min || *ret_value > max)
		return yaml_error(ret_err, node, "%s is a whole number from %lld to %lld", name,
				  (long long)min, (long long)max);
	return 0;
}

static int read_numbers(const struct yaml_node *root, struct case_rules *rules, struct err *ret_err)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && r == 0; i++) {
		const struct number *n = &numbers[i];
		const struct yaml_node *map = n->group ? yaml_get(root, n->group) : root;

		r = read_number(map, n->name, n->min, n->max, (int64_t *)((char *)rules + n->offset),
				ret_err);
	}
	for (size_t i = 0; i < SHARE_COUNT && r == 0; i++) {
		const struct yaml_node *map = yaml_get(yaml_get(root, "entities"), shares[i].name);

		r = read_number(map, "points", 0, 1000, &rules->shares[i].points, ret_err);
		if (r == 0)
			r = read_number(map, "common", 1, 100000, &rules->shares[i].common, ret_err);
	}
	return r;
}

/* Files from before there was this number go on with what it is by default. */
static int read_short_host(const struct yaml_node *root, struct case_rules *rules, struct err *ret_err)
{
	rules->short_host = 800;
	return yaml_get(root, "short_host")
		       ? read_number(root, "short_host", 0, 1000, &rules->short_host, ret_err)
		       : 0;
}

static struct str lower(struct arena *arena, struct str text)
{
	char *copy = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = char_lower(text.ptr[i]);
	copy[text.len] = 0;
	return str_of(copy, text.len);
}

static int read_names(const struct yaml_node *root, const char *name, struct arena *arena, struct names *ret,
		      struct err *ret_err)
{
	const struct yaml_node *list = yaml_get(yaml_get(root, "ignored"), name);
	struct str *items;

	if (!list)
		return 0;
	if (list->type != YAML_SEQUENCE)
		return yaml_error(ret_err, list, "%s is a list of names", name);
	items = arena_array(arena, struct str, list->count + 1);
	for (uint32_t i = 0; i < list->count; i++)
		items[i] = lower(arena, yaml_text(list->items[i], (struct str){0}));
	*ret = (struct names){items, list->count};
	return 0;
}

static int read_nets(const struct yaml_node *root, struct case_rules *rules, struct err *ret_err)
{
	struct names texts = {0};
	int r = read_names(root, "address", rules->arena, &texts, ret_err);

	rules->nets = arena_array(rules->arena, struct ip_net, texts.count + 1);
	for (size_t i = 0; i < texts.count && r == 0; i++)
		if (ip_net_parse(texts.items[i], &rules->nets[rules->net_count++]) < 0)
			r = err_set(ret_err, ERR_SYNTAX, 0, 0, "'%.*s' is no range of addresses",
				    STR_FMT(texts.items[i]));
	return r;
}

/* "execution", or {id: execution, en: …, zh: …}: what it is called */
static void read_stage(const struct yaml_node *node, struct case_rules *rules)
{
	const size_t i = rules->stage_count++;
	const struct str id = yaml_text(yaml_get(node, "id"), yaml_text(node, (struct str){0}));

	rules->stages[i] = arena_copy(rules->arena, id);
	rules->stage_names[0][i] = arena_copy(rules->arena, yaml_text(yaml_get(node, "en"), id));
	rules->stage_names[1][i] = arena_copy(rules->arena, yaml_text(yaml_get(node, "zh"), id));
}

static int read_stages(const struct yaml_node *root, struct case_rules *rules, struct err *ret_err)
{
	const struct yaml_node *list = yaml_get(root, "stages");

	if (!list || list->type != YAML_SEQUENCE || list->count > STAGES_MAX)
		return err_set(ret_err, ERR_SYNTAX, list ? list->line : 0, 0,
			       "stages is a list of at most %d tactics", STAGES_MAX);
	for (uint32_t i = 0; i < list->count; i++)
		read_stage(list->items[i], rules);
	return 0;
}

static int read_levels(const struct yaml_node *map, int64_t levels[ALERT_LEVEL_COUNT], struct err *ret_err)
{
	int r = 0;

	for (int i = 0; i < ALERT_LEVEL_COUNT && r == 0; i++)
		r = read_number(map, alert_level_name(i), 0, 10000, &levels[i], ret_err);
	return r;
}

static int read_criticalities(const struct yaml_node *map, struct arena *arena, struct criticalities *table,
			      struct err *ret_err)
{
	if (!map || map->type != YAML_MAPPING || map->count > CRITICALITIES_MAX)
		return err_set(ret_err, ERR_SYNTAX, map ? map->line : 0, 0,
			       "criticality maps at most %d names to points", CRITICALITIES_MAX);
	for (uint32_t i = 0; i < map->count; i++) {
		struct criticality *item = &table->items[table->count++];

		item->name = arena_copy(arena, map->keys[i]->text);
		if (yaml_int(map->values[i], &item->points) < 0 || item->points < -1000 ||
		    item->points > 1000)
			return yaml_error(ret_err, map->values[i], "points are a number up to 1000");
	}
	return 0;
}

static int read_words(const struct yaml_node *root, struct case_rules *rules, struct err *ret_err)
{
	const struct yaml_node *words = yaml_get(root, "words");

	for (size_t i = 0; i < PHRASE_COUNT; i++) {
		const struct yaml_node *node = yaml_get(words, phrases[i]);
		struct str en = yaml_text(yaml_get(node, "en"), (struct str){0});
		struct str zh = yaml_text(yaml_get(node, "zh"), (struct str){0});

		if (!en.len || !zh.len)
			return err_set(ret_err, ERR_SYNTAX, words ? words->line : 0, 0,
				       "words: %s needs zh and en", phrases[i]);
		rules->words[0][i] = arena_copy(rules->arena, en);
		rules->words[1][i] = arena_copy(rules->arena, zh);
	}
	return 0;
}

static int read_risk(const struct yaml_node *root, struct case_rules *rules, struct err *ret_err)
{
	const struct yaml_node *risk = yaml_get(root, "risk"), *score = yaml_get(root, "score");
	const struct yaml_node *precision = yaml_get(risk, "precision");
	int r = read_levels(yaml_get(risk, "level"), rules->risk_level, ret_err);

	if (r == 0)
		r = read_levels(yaml_get(score, "level"), rules->score_level, ret_err);
	if (r == 0)
		r = read_number(precision, "least", 0, 100, &rules->precision_least, ret_err);
	if (r == 0)
		r = read_number(precision, "weight", 1, 1000, &rules->precision_weight, ret_err);
	if (r == 0)
		r = read_criticalities(yaml_get(risk, "criticality"), rules->arena, &rules->risk_criticality,
				       ret_err);
	return r < 0 ? r
		     : read_criticalities(yaml_get(score, "criticality"), rules->arena,
					  &rules->score_criticality, ret_err);
}

int case_rules_read(const struct yaml_node *root, struct case_rules *rules, struct err *ret_err)
{
	int r = read_numbers(root, rules, ret_err);

	if (r == 0)
		r = read_short_host(root, rules, ret_err);
	if (r == 0)
		r = read_names(root, "host", rules->arena, &rules->hosts, ret_err);
	if (r == 0)
		r = read_names(root, "user", rules->arena, &rules->users, ret_err);
	if (r == 0)
		r = read_names(root, "domain", rules->arena, &rules->domains, ret_err);
	if (r == 0)
		r = read_names(root, "file_hash", rules->arena, &rules->hashes, ret_err);
	if (r == 0)
		r = read_nets(root, rules, ret_err);
	if (r == 0)
		r = read_levels(yaml_get(root, "evidence"), rules->evidence, ret_err);
	if (r == 0)
		r = read_stages(root, rules, ret_err);
	if (r == 0)
		r = read_risk(root, rules, ret_err);
	return r < 0 ? r : read_words(root, rules, ret_err);
}

int64_t criticality_points(const struct criticalities *table, struct str name)
{
	int64_t fallback = 0;

	for (size_t i = 0; i < table->count; i++) {
		if (str_ieq(table->items[i].name, name))
			return table->items[i].points;
		if (!table->items[i].name.len)
			fallback = table->items[i].points;
	}
	return fallback;
}

unsigned case_rules_stage(const struct case_rules *rules, struct str tactic)
{
	for (size_t i = 0; i < rules->stage_count; i++)
		if (str_eq(rules->stages[i], tactic))
			return (unsigned)i + 1;
	return 0;
}

bool names_hold(const struct names *names, struct str value)
{
	for (size_t i = 0; i < names->count; i++) {
		struct str name = names->items[i];

		if (name.len > 1 && name.ptr[0] == '*' && str_ends(value, str_from_offset(name, 1)))
			return true;
		if (name.len > 1 && name.ptr[name.len - 1] == '*' &&
		    str_starts(value, str_head(name, name.len - 1)))
			return true;
		if (str_eq(name, value))
			return true;
	}
	return false;
}

bool case_rules_ignore_address(const struct case_rules *rules, struct str address)
{
	uint8_t ip[16];

	if (ip_parse(address, ip) < 0)
		return true;
	for (size_t i = 0; i < rules->net_count; i++)
		if (ip_net_contains(&rules->nets[i], ip))
			return true;
	return false;
}
