/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/set.h"

#include <stdlib.h>

#include "base/io.h"
#include "parse/compile.h"

/* A file that was read, and waits until all fragments are known. */
struct waiting {
	const char *file;
	const struct yaml_node *root;
};

struct loading {
	struct source_set *set;
	source_report *report;
	void *context;
	struct {
		VEC_OF(struct waiting)
	} waiting;
};

struct map *source_set_map(struct source_set *set)
{
	struct map *map = map_new();

	must(map);
	vec_push(&set->maps, map);
	return map;
}

const struct fragment *source_set_fragment(const struct source_set *set, struct str name)
{
	for (size_t i = 0; i < set->fragments.len; i++)
		if (str_eq(set->fragments.items[i].name, name))
			return &set->fragments.items[i];
	return NULL;
}

static struct source_set *set_new(void)
{
	struct source_set *set = calloc(1, sizeof(*set));

	must(set);
	set->arena = arena_new(0);
	must(set->arena);
	recognisers_init(&set->recognisers);
	return set;
}

void source_set_free(struct source_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->sources.len; i++)
		names_done(&set->sources.items[i]->names);
	for (size_t i = 0; i < set->maps.len; i++)
		map_free(set->maps.items[i]);
	for (size_t i = 0; i < set->regexes.len; i++)
		regex_free(set->regexes.items[i]);
	recognisers_done(&set->recognisers);
	vec_done(&set->sources);
	vec_done(&set->infos);
	vec_done(&set->fragments);
	vec_done(&set->maps);
	vec_done(&set->regexes);
	vec_done(&set->origins);
	arena_free(set->arena);
	free(set);
}

static int add_fragment(struct compiler *c, const struct yaml_node *root, const char *file)
{
	static const char *const keys[] = {"fragment", "title", BLOCK_KEYS, NULL};
	struct fragment fragment = {.file = arena_copy(c->arena, str_from(file)), .node = root};
	int r = compile_keys(c, root, keys);

	if (r == 0)
		r = compile_text(c, yaml_get(root, "fragment"), "fragment", &fragment.name);
	if (r == 0 && source_set_fragment(c->set, fragment.name))
		r = compile_error(c, root, "there is a fragment '%.*s' already",
				  STR_FMT(str_head(fragment.name, 60)));
	if (r == 0 && c->set->fragments.len == FRAGMENTS_MAX)
		r = compile_error(c, root, "more than %d fragments", FRAGMENTS_MAX);
	if (r == 0)
		vec_push(&c->set->fragments, fragment);
	return r;
}

static int add_source(struct compiler *c, const struct yaml_node *root, const char *file)
{
	struct source_set *set = c->set;
	int r;

	c->source = arena_struct(c->arena, struct source);
	c->source->file = arena_copy(c->arena, str_from(file));
	r = compile_source(c, root);
	if (r < 0)
		return r;
	must(event_make_constant(FIELD_ID_EVENT_DATASET, c->source->id, &c->source->dataset) == 0);
	vec_push(&set->sources, c->source);
	vec_push(&set->infos, ((struct source_info){c->source->id, c->source->title, c->source->file,
						    c->source->sample_count}));
	if (c->source->slot_count > set->slots_max)
		set->slots_max = c->source->slot_count;
	return 0;
}

static int add_root(struct compiler *c, const struct yaml_node *root, const char *file)
{
	if (root->type != YAML_MAPPING)
		return compile_error(c, root, "a source file is a mapping");
	if (!yaml_get(root, "id"))
		return compile_error(c, root, "neither 'id' (a source) nor 'fragment' is there");
	return add_source(c, root, file);
}

static void report_file(const struct loading *loading, struct err *err, const char *file)
{
	err_set_file(err, file);
	if (loading->report)
		loading->report(loading->context, err);
}

/* A file holds one source or one fragment. */
static int read_file(const char *file, void *context)
{
	struct loading *loading = context;
	struct err err = {0};
	struct compiler c = {.set = loading->set, .arena = loading->set->arena, .err = &err};
	struct yaml_node **docs;
	size_t count;
	int r = yaml_read_file(file, c.arena, &docs, &count, &err);

	if (r == 0 && count != 1)
		r = err_set(&err, ERR_SYNTAX, 1, 1, "a source file holds one document");
	if (r == 0 && docs[0]->type == YAML_MAPPING && yaml_get(docs[0], "fragment"))
		r = add_fragment(&c, docs[0], file);
	else if (r == 0)
		vec_push(&loading->waiting,
			 ((struct waiting){arena_copy(c.arena, str_from(file)).ptr, docs[0]}));
	if (r < 0)
		report_file(loading, &err, file);
	return 0;
}

static void add_waiting(const struct loading *loading, const struct waiting *waiting)
{
	struct err err = {0};
	struct compiler c = {.set = loading->set, .arena = loading->set->arena, .err = &err};

	if (add_root(&c, waiting->root, waiting->file) < 0)
		report_file(loading, &err, waiting->file);
}

int source_set_load(const char *path, source_report *report, void *context, struct source_set **ret_set)
{
	struct loading loading = {.set = set_new(), .report = report, .context = context};
	int r = io_walk(path, ".yaml", read_file, &loading);

	for (size_t i = 0; i < loading.waiting.len && r == 0; i++)
		add_waiting(&loading, &loading.waiting.items[i]);
	vec_done(&loading.waiting);
	if (r < 0) {
		source_set_free(loading.set);
		return r;
	}
	recognisers_sort(&loading.set->recognisers);
	*ret_set = loading.set;
	return 0;
}

size_t source_set_count(const struct source_set *set)
{
	return set->sources.len;
}

const struct source_info *source_set_info(const struct source_set *set, size_t index)
{
	must(index < set->infos.len);
	return &set->infos.items[index];
}
