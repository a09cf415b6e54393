/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_FILTER_BUILD_H
#define DETECT_FILTER_BUILD_H
/* From a document with "filter" to rules that are narrowed by it. */
#include "detect/ast.h"
#include "detect/filter.h"

struct map;

struct filter {
	struct filter_info info;
	uint32_t root;
	uint32_t expired; /* its predicate, or SLOT_NONE */
};

/* A document with "filter": ret_rule gets selections and condition alone, in scratch. */
int filter_parse(const struct yaml_node *doc, const struct placeholders *placeholders, struct arena *arena,
		 struct arena *scratch, struct filter_info *ret_info, struct rule *ret_rule,
		 struct err *ret_err);

/* Reads and compiles a document with "filter"; filters_apply() narrows the rules by all of them. */
int filter_add(struct ruleset *set, struct map *predicates, const struct placeholders *placeholders,
	       const struct yaml_node *doc, struct str file, struct arena *scratch, struct err *ret_err);
void filters_apply(struct ruleset *set);

#endif
