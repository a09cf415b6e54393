/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_CHECK_PRIVATE_H
#define RULES_CHECK_PRIVATE_H
/* Inside rules/: a checker, the rule at hand, and how something is said of it. */
#include "base/map.h"
#include "detect/ast.h"
#include "rules/check.h"

/* A name or id that a correlation or filter refers to, to be found once all files were seen. */
struct reference {
	struct str name, file, rule, title;
	unsigned line, column;
};

/* A tag that ATT&CK's tables do not have, told once with how many rules carry it. */
struct strange_tag {
	struct str tag;
	size_t rules;
	struct reference first;
};

/* Said at the end, unless the rule turns out to stand only for correlations: it makes no alerts then. */
struct late_finding {
	struct reference place; /* name: the rule's name */
	enum severity severity;
	const char *code;
	struct str message;
};

struct checker {
	struct checker_options options;
	struct arena *arena, *scratch; /* for good; for one file */
	struct map *digests, *titles;  /* to 1 + index of the file */
	struct map *names;             /* ids and names, lower case */
	struct {
		VEC_OF(struct str)
	} files; /* of each rule */
	struct {
		VEC_OF(struct reference)
	} references;
	struct {
		VEC_OF(struct strange_tag)
	} strange;
	struct {
		VEC_OF(struct late_finding)
	} late;
	struct map *
		counted; /* names and ids, lower case, of rules that correlations without generate refer to */
	struct placeholders placeholders;
};

/* The rule at hand. */
struct subject {
	struct checker *checker;
	const char *file;
	const struct yaml_node *doc;
	const struct rule *rule;
	struct str id, title;
	struct map *fields_said;
};

/* At a node of the document; NULL: at the document. */
__attribute__((format(printf, 5, 6))) void check_say(const struct subject *subject, enum severity severity,
						     const char *code, const struct yaml_node *node,
						     const char *format, ...);

/* The key of a mapping; NULL where there is none. */
const struct yaml_node *check_key(const struct yaml_node *mapping, struct str key);

/* Fields, regular expressions and the condition of subject's rule, which is parsed. */
void check_detection(struct subject *subject);

#endif
