/* SPDX-License-Identifier: Apache-2.0 */
/* What event/origin.h asks for: noted while sources are compiled. */
#include "parse/compile.h"
#include "parse/set.h"

static void note(struct compiler *c, struct str name, struct origin origin)
{
	origin.source = c->source->id;
	vec_push(&c->set->origins, ((struct origin_note){name, origin}));
}

void origins_note_map(struct compiler *c, const struct yaml_node *from, const struct mapping *mapping,
		      enum field_id field)
{
	bool sequence = from->type == YAML_SEQUENCE;
	struct origin origin = {.kind = mapping->dates ? ORIGIN_LOST : ORIGIN_FIELD, .field = field};

	if (mapping->joined || mapping->convert_count || mapping->table)
		return; /* the attribute is stored too */
	for (uint32_t i = 0; i < mapping->from.count; i++)
		if (mapping->from.items[i].kind == OPERAND_ATTR)
			note(c, sequence ? from->items[i]->text : from->text, origin);
}

void origins_note_alias(struct compiler *c, struct str name, const struct yaml_node *from,
			const struct mapping *mapping)
{
	bool sequence = from->type == YAML_SEQUENCE;
	bool whole = !mapping->joined && !mapping->convert_count && !mapping->table;

	for (uint32_t i = 0; i < mapping->from.count; i++) {
		struct origin origin = {.kind = ORIGIN_LOST};

		if (whole && mapping->from.items[i].kind == OPERAND_ATTR)
			origin = (struct origin){.kind = ORIGIN_ATTRIBUTE,
						 .attribute = sequence ? from->items[i]->text : from->text};
		note(c, name, origin);
	}
}

void origins_note_any(struct compiler *c)
{
	note(c, (struct str){0}, (struct origin){.kind = ORIGIN_LOST});
}

void source_set_origins(const void *set_given, struct str name, origin_visit *visit, void *context)
{
	const struct source_set *set = set_given;

	for (size_t i = 0; i < set->origins.len; i++) {
		const struct origin_note *at = &set->origins.items[i];

		if (!at->name.len || str_eq(at->name, name))
			visit(context, &at->origin);
	}
}
