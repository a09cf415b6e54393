/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_COMPILE_H
#define PARSE_COMPILE_H
/*
 * From the YAML of a source file to its program. All functions return 0, or a
 * negative code with compiler->err filled at the node that is wrong.
 */
#include "base/yaml.h"
#include "parse/program.h"
#include "parse/recognise.h"
#include "parse/run.h"

struct source_set;
struct column;

struct compiler {
	struct source_set *set;
	struct source *source;
	struct arena *arena; /* of the set */
	struct err *err;
	unsigned depth;
};

#define compile_error(c, node, ...) yaml_error((c)->err, (node), __VA_ARGS__)

/* Refuses keys outside the list (ends with NULL), naming the nearest one; and nodes that are no mapping. */
int compile_keys(struct compiler *c, const struct yaml_node *node, const char *const *allowed);

/* A text; refuses others. what is named in the message. */
int compile_text(struct compiler *c, const struct yaml_node *node, const char *what, struct str *ret_text);
/* A text or a sequence of texts. */
int compile_list(struct compiler *c, const struct yaml_node *node, const char *what, size_t max,
		 struct str_list *ret_list);
/* true, false; fallback where node is NULL. */
int compile_bool(struct compiler *c, const struct yaml_node *node, bool fallback, bool *ret_value);
/* A text of length 1 (also \t); fallback where node is NULL. */
int compile_char(struct compiler *c, const struct yaml_node *node, char fallback, char *ret_char);

int compile_operand(struct compiler *c, const struct yaml_node *node, struct operand *ret_operand);
int compile_operands(struct compiler *c, const struct yaml_node *node, struct operands *ret_operands);
int compile_column(struct compiler *c, const struct yaml_node *node, struct str name,
		   struct column *ret_column);
int compile_table(struct compiler *c, const struct yaml_node *node, const struct table **ret_table);
int compile_zone(struct compiler *c, const struct yaml_node *node, int64_t *ret_zone);

/* The keys of a block: alias, sigma, map, set, switch. */
#define BLOCK_KEYS "alias", "sigma", "map", "set", "switch"
/* A block out of those keys of node; other keys are the caller's. */
int compile_block(struct compiler *c, const struct yaml_node *node, const struct block **ret_block);
/* Several blocks one after the other. */
const struct block *compile_join(struct compiler *c, const struct block *const *blocks, size_t count);

int compile_steps(struct compiler *c, const struct yaml_node *node);
int compile_convert(struct compiler *c, const struct yaml_node *node, struct convert *ret_convert);
/* origins.c: what a line of map or alias does to where values are stored. */
void origins_note_map(struct compiler *c, const struct yaml_node *from, const struct mapping *mapping,
		      enum field_id field);
void origins_note_alias(struct compiler *c, struct str name, const struct yaml_node *from,
			const struct mapping *mapping);
/* A step of this source makes attributes, under names of the event's own, that are not stored. */
void origins_note_any(struct compiler *c);

int compile_regex(struct compiler *c, const struct yaml_node *node, const struct regex **ret_regex);

/* A whole file that has an id. Its source is added to the set only where all is well. */
int compile_source(struct compiler *c, const struct yaml_node *root);

#endif
