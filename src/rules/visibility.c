/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/visibility.h"

#include "base/io.h"
#include "base/map.h"
#include "base/yaml.h"
#include "detect/correlation.h"

/* -- what sources give ---------------------------------------------------------------------------------- */

static bool has_text(const struct texts *texts, struct str text)
{
	for (size_t i = 0; i < texts->len; i++)
		if (str_ieq(texts->items[i], text))
			return true;
	return false;
}

static void add_text(struct texts *texts, struct str text, struct arena *arena)
{
	if (text.len && !has_text(texts, text))
		vec_push(texts, arena_copy(arena, text));
}

static void read_sigma(struct log_origin *origin, const struct yaml_node *node, struct arena *arena)
{
	struct {
		const char *key;
		struct texts *texts;
	} parts[] = {{"product", &origin->products},
		     {"category", &origin->categories},
		     {"service", &origin->services}};

	for (int i = 0; i < 3; i++)
		add_text(parts[i].texts, yaml_text(yaml_get(node, parts[i].key), (struct str){0}), arena);
}

/* Every "sigma" but those that samples expect. */
static void read_below(struct log_origin *origin, const struct yaml_node *node, struct arena *arena)
{
	if (node->type == YAML_SCALAR)
		return;
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->type == YAML_SEQUENCE)
			read_below(origin, node->items[i], arena);
		else if (str_eq(node->keys[i]->text, STR("sigma")))
			read_sigma(origin, node->values[i], arena);
		else if (!str_eq(node->keys[i]->text, STR("samples")))
			read_below(origin, node->values[i], arena);
	}
}

static int read_origin(const char *path, void *context)
{
	struct log_origins *origins = context;
	struct arena *scratch = arena_new(0), *arena = origins->arena;
	const struct yaml_node *uses;
	struct yaml_node **docs;
	struct err err = {0};
	size_t count = 0;

	must(scratch);
	if (origins->len < SOURCES_MAX && yaml_read_file(path, scratch, &docs, &count, &err) == 0 &&
	    count == 1) {
		struct log_origin *origin = vec_add_zero(origins);

		origin->id = arena_copy(arena, yaml_text(yaml_get(docs[0], "id"), (struct str){0}));
		origin->fragment =
			arena_copy(arena, yaml_text(yaml_get(docs[0], "fragment"), (struct str){0}));
		origin->title = arena_copy(arena, yaml_text(yaml_get(docs[0], "title"), (struct str){0}));
		uses = yaml_get(docs[0], "use");
		if (uses && uses->type == YAML_SCALAR)
			add_text(&origin->uses, uses->text, arena);
		for (uint32_t i = 0; uses && uses->type == YAML_SEQUENCE && i < uses->count; i++)
			add_text(&origin->uses, yaml_text(uses->items[i], (struct str){0}), arena);
		read_below(origin, docs[0], arena);
	}
	arena_free(scratch);
	return 0;
}

static void add_fragment(struct log_origin *origin, const struct log_origin *fragment, struct arena *arena)
{
	const struct texts *from[] = {&fragment->uses, &fragment->products, &fragment->categories,
				      &fragment->services};
	struct texts *to[] = {&origin->uses, &origin->products, &origin->categories, &origin->services};

	for (int i = 0; i < 4; i++)
		for (size_t k = 0; k < from[i]->len; k++)
			add_text(to[i], from[i]->items[k], arena);
}

static void take_fragments(struct log_origins *origins, struct log_origin *origin)
{
	for (size_t i = 0; i < origin->uses.len && i < SOURCES_MAX; i++)
		for (size_t k = 0; k < origins->len; k++)
			if (origins->items[k].fragment.len && &origins->items[k] != origin &&
			    str_eq(origins->items[k].fragment, origin->uses.items[i]))
				add_fragment(origin, &origins->items[k], origins->arena);
}

int log_origins_read(struct log_origins *origins, const char *folder, struct arena *arena)
{
	int r;

	*origins = (struct log_origins){.arena = arena};
	r = io_walk(folder, ".yaml", read_origin, origins);
	for (size_t i = 0; r == 0 && i < origins->len; i++) {
		take_fragments(origins, &origins->items[i]);
		origins->items[i].heard = str_starts(origins->items[i].id, STR("wanglou-"));
	}
	if (r < 0)
		log_origins_done(origins);
	return r;
}

void log_origins_done(struct log_origins *origins)
{
	for (size_t i = 0; i < origins->len; i++) {
		vec_done(&origins->items[i].uses);
		vec_done(&origins->items[i].products);
		vec_done(&origins->items[i].categories);
		vec_done(&origins->items[i].services);
	}
	vec_done(origins);
}

bool log_origins_hear(struct log_origins *origins, struct str id)
{
	for (size_t i = 0; i < origins->len; i++)
		if (id.len && str_eq(origins->items[i].id, id))
			return origins->items[i].heard = true;
	return false;
}

/* registry_set … are registry_event too (doc/formats/rules.md, "Which events a rule sees"). */
static bool has_category(const struct texts *categories, struct str category)
{
	static const char *const narrower[] = {"registry_add", "registry_set", "registry_delete",
					       "registry_rename"};

	if (has_text(categories, category))
		return true;
	for (int i = 0; str_ieq(category, STR("registry_event")) && i < 4; i++)
		if (has_text(categories, str_from(narrower[i])))
			return true;
	return false;
}

bool log_origin_has(const struct log_origin *origin, const struct logsource *source)
{
	return (!source->product.len || has_text(&origin->products, source->product)) &&
	       (!source->category.len || has_category(&origin->categories, source->category)) &&
	       (!source->service.len || has_text(&origin->services, source->service));
}

/* -- what rules see -------------------------------------------------------------------------------------- */

static bool is_fed(const struct log_origins *origins, const struct logsource *source)
{
	for (size_t i = 0; i < origins->len; i++)
		if (origins->items[i].heard && log_origin_has(&origins->items[i], source))
			return true;
	return false;
}

const struct logsource *visibility_missing(const struct ruleset *set, size_t index,
					   const struct log_origins *origins)
{
	const struct correlation *correlation = ruleset_correlation(set, index);
	const struct rule_info *info = ruleset_info(set, index);
	const struct logsource *missing = NULL;

	if (!correlation)
		return is_fed(origins, &info->logsource) ? NULL : &info->logsource;
	for (uint32_t i = 0; !missing && i < correlation->rule_count; i++)
		missing = visibility_missing(set, correlation->rules[i], origins);
	return missing;
}

struct making {
	struct visibility *visibility;
	const struct log_origins *origins;
	struct map *blind; /* log source to 1 + index */
	struct map *pairs; /* log source and technique met */
};

static struct str source_text(struct arena *arena, const struct logsource *source, uint32_t technique)
{
	return arena_printf(arena, "%.*s/%.*s/%.*s/%u", STR_FMT(source->product), STR_FMT(source->category),
			    STR_FMT(source->service), technique);
}

static struct blind_source *blind_of(struct making *making, const struct logsource *source)
{
	struct visibility *visibility = making->visibility;
	bool is_new;
	uint64_t *place = map_put(making->blind, source_text(visibility->arena, source, 0), &is_new);

	if (is_new) {
		*place = visibility->blind.len + 1;
		vec_push(&visibility->blind, ((struct blind_source){.source = *source}));
	}
	return &visibility->blind.items[*place - 1];
}

static void count_tags(struct making *making, const struct rule_info *info, const struct logsource *missing)
{
	struct visibility *visibility = making->visibility;
	bool tagged = false, is_new;

	for (size_t i = 0; i < info->tag_count; i++) {
		uint32_t index;
		enum attack_kind kind = attack_tag(visibility->attack, info->tags[i], &index);

		visibility->unknown += kind == ATTACK_UNKNOWN;
		if (kind != ATTACK_TECHNIQUE)
			continue;
		tagged = true;
		visibility->techniques[index].rules++;
		visibility->techniques[index].visible += missing == NULL;
		if (!missing)
			continue;
		map_put(making->pairs, source_text(visibility->arena, missing, index + 1), &is_new);
		if (is_new)
			blind_of(making, missing)->techniques++;
	}
	visibility->untagged += !tagged;
}

static int compare_blind(const void *left, const void *right)
{
	const struct blind_source *a = left, *b = right;

	if (a->techniques != b->techniques)
		return a->techniques > b->techniques ? -1 : 1;
	return a->rules > b->rules ? -1 : a->rules < b->rules;
}

void visibility_make(struct visibility *visibility, const struct ruleset *set, const struct attack *attack,
		     const struct log_origins *origins, struct arena *arena, visibility_on *on, void *context)
{
	struct making making = {visibility, origins, map_new(), map_new()};

	*visibility = (struct visibility){.arena = arena, .attack = attack};
	visibility->techniques =
		arena_zalloc(arena, (attack->technique_count + 1) * sizeof(*visibility->techniques));
	for (size_t i = 0; i < ruleset_count(set); i++) {
		const struct rule_info *info = ruleset_info(set, i);
		const struct logsource *missing;

		if (!on(context, info))
			continue;
		missing = visibility_missing(set, i, origins);
		visibility->rules++;
		visibility->rules_visible += missing == NULL;
		if (missing)
			blind_of(&making, missing)->rules++;
		count_tags(&making, info, missing);
	}
	if (visibility->blind.len)
		qsort(visibility->blind.items, visibility->blind.len, sizeof(struct blind_source),
		      compare_blind);
	map_free(making.blind);
	map_free(making.pairs);
}

void visibility_done(struct visibility *visibility)
{
	vec_done(&visibility->blind);
}
