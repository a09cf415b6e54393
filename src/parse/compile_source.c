/* SPDX-License-Identifier: Apache-2.0 */
/* The top level of a source file. */
#include "parse/compile.h"

#include <stdlib.h>

#include "parse/set.h"

#define USES_MAX 8
#define ID_MAX 64

static int compile_id(struct compiler *c, const struct yaml_node *node)
{
	int r = compile_text(c, node, "id", &c->source->id);

	if (r < 0)
		return r;
	if (!node->text.len || node->text.len > ID_MAX)
		return compile_error(c, node, "an id has 1 to %d letters", ID_MAX);
	for (size_t i = 0; i < node->text.len; i++) {
		char ch = node->text.ptr[i];

		if (!char_is_digit(ch) && !(ch >= 'a' && ch <= 'z') && ch != '-' && ch != '_')
			return compile_error(c, node, "an id is made of a-z, 0-9, - and _");
	}
	for (size_t i = 0; i < c->set->sources.len; i++)
		if (str_eq(c->set->sources.items[i]->id, node->text))
			return compile_error(c, node, "%.*s has this id already",
					     STR_FMT(c->set->sources.items[i]->file));
	return 0;
}

static int compile_renames(struct compiler *c, const struct yaml_node *node)
{
	struct str out;
	int r = 0;

	if (node->type != YAML_MAPPING)
		return compile_error(c, node, "rename is a mapping from the source's name to the one wanted");
	for (uint32_t i = 0; i < node->count && r == 0; i++) {
		r = compile_text(c, node->values[i], "a name", &out);
		if (r == 0 && (!out.len || !node->keys[i]->text.len))
			r = compile_error(c, node->values[i], "a name is empty");
		if (r == 0 && names_rename(&c->source->names, node->keys[i]->text, out) < 0)
			r = compile_error(c, node->keys[i], "renamed already");
	}
	return r;
}

/* The blocks of the fragments that are used, then the source's own. */
static int compile_program(struct compiler *c, const struct yaml_node *root)
{
	const struct yaml_node *use = yaml_get(root, "use");
	const struct block *blocks[USES_MAX + 1];
	struct str_list names = {0};
	int r = use ? compile_list(c, use, "use", USES_MAX, &names) : 0;

	for (size_t i = 0; i < names.count && r == 0; i++) {
		const struct fragment *fragment = source_set_fragment(c->set, names.items[i]);

		if (!fragment)
			return compile_error(c, use, "there is no fragment '%.*s'",
					     STR_FMT(str_head(names.items[i], 60)));
		r = compile_block(c, fragment->node, &blocks[i]);
		if (r < 0 && c->err)
			err_set_file(c->err, fragment->file.ptr);
	}
	if (r == 0)
		r = compile_block(c, root, &blocks[names.count]);
	if (r == 0)
		c->source->program = compile_join(c, blocks, names.count + 1);
	return r;
}

static int compile_recognisers(struct compiler *c, const struct yaml_node *node)
{
	int r = 0;

	if (node->type != YAML_SEQUENCE)
		return recognisers_add(&c->set->recognisers, c, node);
	for (uint32_t i = 0; i < node->count && r == 0; i++)
		r = recognisers_add(&c->set->recognisers, c, node->items[i]);
	return r;
}

static int compile_samples(struct compiler *c, const struct yaml_node *node)
{
	if (node->type != YAML_SEQUENCE)
		return compile_error(c, node, "samples is a list");
	c->source->samples = node;
	c->source->sample_count = node->count;
	return 0;
}

/* NAME or {text: NAME, program: NAME or [NAME, …]} */
static int compile_inner(struct compiler *c, const struct yaml_node *node)
{
	static const char *const keys[] = {"text", "program", NULL};
	const struct yaml_node *text = node, *program = NULL;
	int r = 0;

	if (node->type == YAML_MAPPING) {
		r = compile_keys(c, node, keys);
		text = yaml_get(node, "text");
		program = yaml_get(node, "program");
		if (r == 0 && (!text || !program))
			return compile_error(c, node, "'text' and 'program' are both needed here");
	}
	if (r == 0)
		r = compile_operand(c, text, &c->source->inner);
	if (r == 0 && program)
		r = compile_operands(c, program, &c->source->inner_program);
	c->source->has_inner = true;
	return r;
}

static int compile_parts(struct compiler *c, const struct yaml_node *root)
{
	const struct yaml_node *node;
	int r = compile_id(c, yaml_get(root, "id"));

	if (r == 0 && !(node = yaml_get(root, "title")))
		r = compile_error(c, root, "'title' is missing");
	else if (r == 0)
		r = compile_text(c, node, "title", &c->source->title);
	if (r == 0)
		r = compile_bool(c, yaml_get(root, "generic"), false, &c->source->generic);
	if (r == 0 && (node = yaml_get(root, "zone"))) {
		r = compile_zone(c, node, &c->source->zone);
		c->source->has_zone = true;
	}
	if (r == 0 && (node = yaml_get(root, "rename")))
		r = compile_renames(c, node);
	if (r == 0 && (node = yaml_get(root, "parse")))
		r = compile_steps(c, node);
	if (r == 0)
		r = compile_program(c, root);
	if (r == 0 && (node = yaml_get(root, "inner")))
		r = compile_inner(c, node);
	if (r == 0 && (node = yaml_get(root, "samples")))
		r = compile_samples(c, node);
	if (r == 0 && !(node = yaml_get(root, "recognise")))
		r = compile_error(c, root, "'recognise' is missing");
	else if (r == 0)
		r = compile_recognisers(c, node);
	return r;
}

int compile_source(struct compiler *c, const struct yaml_node *root)
{
	static const char *const keys[] = {"id",  "title", "zone",    "recognise", "rename",  "parse",
					   "use", "inner", "samples", BLOCK_KEYS,  "generic", NULL};
	size_t recognisers = c->set->recognisers.len;
	int r = compile_keys(c, root, keys);

	if (r < 0)
		return r;
	if (c->set->sources.len == SOURCES_MAX)
		return compile_error(c, root, "more than %d sources", SOURCES_MAX);
	names_init(&c->source->names);
	r = compile_parts(c, root);
	if (r < 0) {
		names_done(&c->source->names);
		c->set->recognisers.len = recognisers;
		return r;
	}
	c->source->slot_count = names_slot_count(&c->source->names);
	names_finish(&c->source->names);
	return 0;
}
