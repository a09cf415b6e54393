/* SPDX-License-Identifier: Apache-2.0 */
/* Rule files to a rule set: reading, reporting, grouping by log source. */
#include <errno.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/io.h"
#include "detect/compile.h"
#include "detect/program.h"
#include "detect/rule_cache.h"
#include "detect/logsource.h"

struct ruleset_builder {
	struct ruleset *set;
	struct map *predicates;
	struct map *ids; /* of rules to 1 + index */
	struct placeholders placeholders;
	rule_choose *choose;
	void *choose_context;
	rule_report *report; /* of the last ruleset_add(), for what turns out when the set is built */
	void *report_context;
	struct arena *scratch; /* documents of one file, and detections as parsed */
	struct rule_cache *cache;
	bool without_texts;
};

struct loading {
	struct ruleset_builder *builder;
	rule_report *report;
	void *context;
};

struct ruleset_builder *ruleset_builder_new(void)
{
	struct ruleset_builder *builder = calloc(1, sizeof(*builder));
	struct ruleset *set = calloc(1, sizeof(*set));

	must(builder && set);
	set->arena = arena_new(ARENA_BLOCK_HUGE);
	set->slot_by_name = map_new();
	set->group_by_source = map_new();
	for (unsigned id = 0; id < FIELD_COUNT; id++)
		set->slot_of_field[id] = SLOT_NONE;
	builder->set = set;
	builder->predicates = map_new();
	builder->ids = map_new();
	builder->scratch = arena_new(0);
	must(set->arena && builder->scratch);
	return builder;
}

struct arena *ruleset_arena(struct ruleset_builder *builder)
{
	return builder->set->arena;
}

static void builder_free(struct ruleset_builder *builder)
{
	map_free(builder->predicates);
	map_free(builder->ids);
	vec_done(&builder->placeholders);
	rule_cache_free(builder->cache);
	arena_free(builder->scratch);
	free(builder);
}

void ruleset_expand(struct ruleset_builder *builder, struct str name, struct str value)
{
	struct arena *arena = builder->set->arena;

	vec_push(&builder->placeholders,
		 ((struct placeholder){arena_copy(arena, name), arena_copy(arena, value)}));
}

void ruleset_choose(struct ruleset_builder *builder, rule_choose *choose, void *context)
{
	builder->choose = choose;
	builder->choose_context = context;
}

void ruleset_without_texts(struct ruleset_builder *builder)
{
	builder->without_texts = true;
}

int ruleset_cache(struct ruleset_builder *builder, const char *path, struct err *ret_err)
{
	rule_cache_free(builder->cache);
	return rule_cache_open(path, &builder->cache, ret_err);
}

static int check_id(struct ruleset_builder *builder, const struct yaml_node *doc, const struct rule *rule,
		    struct err *ret_err)
{
	struct ruleset *set = builder->set;
	uint64_t *place;

	if (rule->info.id.len == 0)
		return 0;
	place = map_put(builder->ids, rule->info.id, NULL);
	if (*place)
		return err_set(ret_err, ERR_DUPLICATE, yaml_get(doc, "id")->line, yaml_get(doc, "id")->column,
			       "the rule in %.*s has the same id",
			       STR_FMT(set->rules.items[*place - 1].info.file));
	*place = set->rules.len + 1;
	return 0;
}

/* A rule, unless the caller wants it left out. */
static int add_rule(struct ruleset_builder *builder, const struct yaml_node *doc, struct str file,
		    struct str text, struct err *ret_err)
{
	struct ruleset *set = builder->set;
	struct rule rule;
	int r = rule_parse(doc, &builder->placeholders, set->arena, builder->scratch, &rule, ret_err);

	if (r < 0)
		return r;
	rule.info.file = file;
	rule.info.yaml = text;
	if (builder->choose && !builder->choose(builder->choose_context, &rule.info))
		return 0;
	r = check_id(builder, doc, &rule, ret_err);
	if (r == 0 && rule.correlation)
		correlation_add(set, &rule);
	else if (r == 0)
		compile_rule(set, builder->predicates, &rule);
	return r;
}

static void add_document(const struct loading *loading, const struct yaml_node *doc, struct str file,
			 struct str text)
{
	struct ruleset_builder *builder = loading->builder;
	struct err err = {0};
	int r = yaml_get(doc, "filter")
			? filter_add(builder->set, builder->predicates, &builder->placeholders, doc, file,
				     builder->scratch, &err)
			: add_rule(builder, doc, file, text, &err);

	if (r < 0) {
		err_set_file(&err, file.ptr);
		loading->report(loading->context, &err);
	}
}

/* What came of reading a file: its rules, or why there are none. */
static void add_yaml(const struct loading *loading, const char *file, const struct rule_yaml *yaml, int r,
		     struct err *err)
{
	struct ruleset_builder *builder = loading->builder;
	struct arena *arena = builder->set->arena;
	struct str text;

	if (r == 0 && yaml->count == 0)
		r = err_set(err, ERR_SYNTAX, 1, 1, "the file is empty");
	if (r < 0) {
		err_set_file(err, file);
		loading->report(loading->context, err);
		return;
	}
	text = builder->without_texts ? (struct str){0} : arena_copy(arena, yaml->text);
	for (size_t i = 0; i < yaml->count; i++)
		add_document(loading, yaml->docs[i], arena_copy(arena, str_from(file)), text);
}

static void start_loading(const struct loading *loading)
{
	loading->builder->report = loading->report;
	loading->builder->report_context = loading->context;
}

void ruleset_add_text(struct ruleset_builder *builder, const char *file, struct str text, rule_report *report,
		      void *context)
{
	const struct loading loading = {builder, report, context};
	struct rule_yaml yaml = {.text = text};
	struct err err = {0};
	int r;

	start_loading(&loading);
	arena_reset(builder->scratch);
	r = builder->cache ? rule_cache_parse(builder->cache, text, builder->scratch, &yaml, &err)
			   : yaml_parse(text, builder->scratch, &yaml.docs, &yaml.count, &err);
	add_yaml(&loading, file, &yaml, r, &err);
}

/* As rule_cache_read(); the text is then in bytes. */
static int read_file(const char *path, struct arena *arena, struct buf *bytes, struct rule_yaml *ret_yaml,
		     struct err *ret_err)
{
	int r = io_read_file(path, YAML_SIZE_MAX, bytes);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot read: %s", err_text(r));
	ret_yaml->text = buf_str(bytes);
	return yaml_parse(ret_yaml->text, arena, &ret_yaml->docs, &ret_yaml->count, ret_err);
}

/* Files that cannot be read are reported like rules that do not load. */
static int add_file(const char *path, void *context)
{
	const struct loading *loading = context;
	struct ruleset_builder *builder = loading->builder;
	struct rule_yaml yaml = {0};
	struct buf bytes = {0};
	struct err err = {0};
	int r;

	arena_reset(builder->scratch);
	r = builder->cache ? rule_cache_read(builder->cache, path, builder->scratch, &yaml, &err)
			   : read_file(path, builder->scratch, &bytes, &yaml, &err);
	add_yaml(loading, path, &yaml, r, &err);
	buf_done(&bytes);
	return 0;
}

static bool ends_in(const char *path, const char *suffix)
{
	return str_ends(str_from(path), str_from(suffix));
}

static int add_rule_file(const char *path, void *context)
{
	return ends_in(path, ".yml") || ends_in(path, ".yaml") ? add_file(path, context) : 0;
}

int ruleset_add(struct ruleset_builder *builder, const char *path, rule_report *report, void *context)
{
	struct loading loading = {builder, report, context};
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	start_loading(&loading);
	return S_ISDIR(st.st_mode) ? io_walk(path, "", add_rule_file, &loading) : add_file(path, &loading);
}

static uint64_t group_of(struct ruleset *set, const struct compiled_rule *rule)
{
	char key[SOURCE_KEY_MAX];
	size_t len = source_key(&rule->info.logsource, set->all_rules ? 0 : SOURCE_ALL, key);
	bool is_new;
	uint64_t *place = map_put(set->group_by_source, str_of(key, len), &is_new);

	if (is_new) {
		*place = set->groups.len;
		vec_add_zero(&set->groups);
	}
	return *place;
}

/* Rules go to the group of their log source, or all to one. */
static void make_groups(struct ruleset *set)
{
	uint64_t *group_at = calloc(set->rules.len + 1, sizeof(*group_at));

	must(group_at);
	for (size_t i = 0; i < set->rules.len; i++) {
		if (set->rules.items[i].info.kind != RULE_DETECTION)
			continue;
		group_at[i] = group_of(set, &set->rules.items[i]);
		set->groups.items[group_at[i]].rule_count++;
	}
	for (size_t i = 0; i < set->groups.len; i++) {
		struct group *group = &set->groups.items[i];

		group->rules = arena_array(set->arena, uint32_t, group->rule_count);
		group->rule_count = 0;
	}
	for (size_t i = 0; i < set->rules.len; i++) {
		struct group *group;

		if (set->rules.items[i].info.kind != RULE_DETECTION)
			continue;
		group = &set->groups.items[group_at[i]];
		((uint32_t *)group->rules)[group->rule_count++] = (uint32_t)i;
	}
	free(group_at);
}

static void make_indices(struct ruleset *set)
{
	struct index_maker *maker = index_maker_new(set);

	for (size_t i = 0; i < set->groups.len; i++) {
		struct group *group = &set->groups.items[i];

		index_make(maker, group->rules, group->rule_count, &group->index);
	}
	index_maker_free(maker);
}

struct ruleset *ruleset_build(struct ruleset_builder *builder, bool all_rules)
{
	struct ruleset *set = builder->set;

	set->all_rules = all_rules;
	set->built = clock_now();
	filters_apply(set);
	correlations_resolve(set, builder->report, builder->report_context);
	if (builder->cache) {
		set->cached_files = rule_cache_hits(builder->cache);
		rule_cache_save(builder->cache); /* without it the next load takes longer, that is all */
	}
	builder_free(builder); /* before the indices are made, for the memory */
	make_groups(set);
	make_indices(set);
	set->aside = aside_new(set->rules.len);
	return set;
}

void ruleset_free(struct ruleset *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->predicates.len; i++) {
		const struct predicate *predicate = &set->predicates.items[i];

		if (predicate->type == PREDICATE_REGEX)
			regex_free((struct regex *)predicate->regex);
		else if (predicate->type == PREDICATE_SET)
			map_free((struct map *)predicate->set);
		else if (predicate->type == PREDICATE_LITERALS)
			literal_set_done((struct literal_set *)predicate->literals);
	}
	map_free(set->slot_by_name);
	map_free(set->group_by_source);
	vec_done(&set->rules);
	vec_done(&set->nodes);
	vec_done(&set->predicates);
	vec_done(&set->selections);
	vec_done(&set->slots);
	vec_done(&set->groups);
	vec_done(&set->filters);
	aside_free(set->aside);
	arena_free(set->arena);
	free(set);
}

#define RULE_HASH_BYTES 16

void ruleset_hash(struct ruleset *set)
{
	struct buf text = {0};

	for (size_t i = 0; i < set->rules.len; i++) {
		struct rule_info *info = &set->rules.items[i].info;
		char *hex = arena_alloc(set->arena, 2 * RULE_HASH_BYTES + 1);
		uint8_t digest[SHA256_SIZE];

		buf_clear(&text);
		buf_add_str(&text, info->id);
		buf_add_str(&text, info->yaml);
		sha256(text.ptr, text.len, digest);
		hex_encode(digest, RULE_HASH_BYTES, hex);
		info->hash = str_of(hex, 2 * RULE_HASH_BYTES);
	}
	buf_done(&text);
}

size_t ruleset_count(const struct ruleset *set)
{
	return set->rules.len;
}

size_t ruleset_cached_files(const struct ruleset *set)
{
	return set->cached_files;
}

const struct rule_info *ruleset_info(const struct ruleset *set, size_t index)
{
	must(index < set->rules.len);
	return &set->rules.items[index].info;
}

const struct rule_test *ruleset_tests(const struct ruleset *set, size_t index, size_t *ret_count)
{
	must(index < set->rules.len);
	*ret_count = set->rules.items[index].test_count;
	return set->rules.items[index].tests;
}
