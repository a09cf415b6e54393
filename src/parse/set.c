/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/set.h"

#include <stdlib.h>

#include "base/io.h"
#include "parse/compile.h"

struct loading {
	struct source_set *set;
	source_report *report;
	void *context;
	bool fragments; /* first pass: only those */
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
	vec_push(&set->sources, c->source);
	vec_push(&set->infos, ((struct source_info){c->source->id, c->source->title, c->source->file,
						    c->source->sample_count}));
	if (c->source->slot_count > set->slots_max)
		set->slots_max = c->source->slot_count;
	return 0;
}

/* A file holds one source or one fragment; the two passes take one kind each. */
static int load_root(struct compiler *c, const struct yaml_node *root, const char *file, bool fragments)
{
	if (root->type != YAML_MAPPING)
		return fragments ? 0 : compile_error(c, root, "a source file is a mapping");
	if (yaml_get(root, "fragment"))
		return fragments ? add_fragment(c, root, file) : 0;
	if (fragments)
		return 0;
	if (!yaml_get(root, "id"))
		return compile_error(c, root, "neither 'id' (a source) nor 'fragment' is there");
	return add_source(c, root, file);
}

static int load_file(const char *file, void *context)
{
	struct loading *loading = context;
	struct err err = {0};
	struct compiler c = {.set = loading->set, .arena = loading->set->arena, .err = &err};
	struct yaml_node **docs;
	size_t count;
	int r = yaml_read_file(file, c.arena, &docs, &count, &err);

	if (r == 0 && count != 1)
		r = err_set(&err, ERR_SYNTAX, 1, 1, "a source file holds one document");
	else if (r < 0 && loading->fragments)
		return 0; /* the second pass reports it */
	err_set_file(&err, file);
	if (r == 0)
		r = load_root(&c, docs[0], file, loading->fragments);
	else if (loading->fragments)
		return 0;
	if (r < 0 && loading->report)
		loading->report(loading->context, &err);
	return 0;
}

int source_set_load(const char *path, source_report *report, void *context, struct source_set **ret_set)
{
	struct loading loading = {set_new(), report, context, true};
	int r = io_walk(path, ".yaml", load_file, &loading);

	loading.fragments = false;
	if (r == 0)
		r = io_walk(path, ".yaml", load_file, &loading);
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
