/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_YAML_H
#define BASE_YAML_H
/*
 * YAML 1.2 documents as a tree, each node with its place in the file, for rules,
 * sources and configuration. libfyaml parses; this keeps what we need of it,
 * with caps on size, depth and node count because rule files come from strangers.
 * Anchors and aliases are refused: no rule needs them, and they can explode.
 * A tree lives in the arena it was read into. Duplicate keys are an error.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define YAML_SIZE_MAX (16u * 1024 * 1024)
#define YAML_DEPTH_MAX 64
#define YAML_NODES_MAX 1000000

enum yaml_type { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
	enum yaml_type type;
	bool plain; /* scalar written without quotes: may be null, true, a number */
	uint32_t line, column;
	uint32_t count;                  /* of items, or of pairs */
	struct str text;                 /* of a scalar; NUL-terminated */
	struct yaml_node *const *items;  /* of a sequence */
	struct yaml_node *const *keys;   /* of a mapping: scalars, */
	struct yaml_node *const *values; /* in the file's order */
};

/* All documents of a text. ret_docs points into the arena. 0, or a negative code with *ret_err filled. */
int yaml_parse(struct str text, struct arena *arena, struct yaml_node ***ret_docs, size_t *ret_count,
	       struct err *ret_err);

/* One document; ERR_SYNTAX where there is none or more than one. */
int yaml_parse_one(struct str text, struct arena *arena, struct yaml_node **ret_node, struct err *ret_err);

/* The same from a file, whose name the error carries. */
int yaml_read_file(const char *path, struct arena *arena, struct yaml_node ***ret_docs, size_t *ret_count,
		   struct err *ret_err);

/* A mapping's value by key; NULL where absent or node is NULL or no mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* Plain null, ~, Null, NULL or nothing (YAML 1.2 core schema). */
bool yaml_is_null(const struct yaml_node *node);
/* The text of a scalar, or fallback where node is NULL, null or no scalar. */
struct str yaml_text(const struct yaml_node *node, struct str fallback);
/* 0 or ERR_SYNTAX. Only plain scalars of the core schema. */
int yaml_bool(const struct yaml_node *node, bool *ret_value);
int yaml_int(const struct yaml_node *node, int64_t *ret_value);

/* Whether node is a mapping with no other keys than these, NULL-terminated; what names it in the message. 0
   or ERR_SYNTAX. */
int yaml_keys(const struct yaml_node *node, const char *what, const char *const *keys, struct err *ret_err);

/* err_set() at a node's place. */
#define yaml_error(err, node, ...) err_set((err), ERR_SYNTAX, (node)->line, (node)->column, __VA_ARGS__)

#endif
