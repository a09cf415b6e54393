/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_CORRELATION_SOURCE_H
#define DETECT_CORRELATION_SOURCE_H
/* A correlation as parsed, before the rules it names are looked up. In the set's arena. */
#include "detect/ast.h"
#include "detect/correlation.h"

#define CORRELATION_ALIASES_MAX 256

struct correlation_name {
	struct str text; /* a rule's name or id */
	uint32_t line, column;
};

/* In the events of that rule, field stands for the alias. */
struct correlation_alias {
	struct str alias, field;
	struct correlation_name rule;
};

struct correlation_source {
	struct correlation made; /* all but rules and slots */
	const struct correlation_name *names;
	const struct correlation_alias *aliases;
	uint32_t name_count, alias_count;
	uint32_t line, column; /* of the section */
};

/* A document with "correlation", all in the set's arena. */
int correlation_parse(const struct yaml_node *doc, struct arena *arena, struct rule *rule,
		      struct err *ret_err);

#endif
