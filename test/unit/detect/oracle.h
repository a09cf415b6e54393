/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_DETECT_ORACLE_H
#define TEST_DETECT_ORACLE_H
/*
 * A third opinion: whether a rule matches an event, written from the Sigma
 * specification and doc/formats/rules.md over the YAML text, as simply as can be
 * and without anything of detect/. Slow; no indices, no compilation, no sharing.
 */
#include "base/yaml.h"

struct oracle_value {
	struct str key, text;
	bool null, ecs; /* an ECS field, not an attribute */
	bool constant;  /* an ECS field that a source states */
	bool copy;      /* an ECS field with the text of the value before it */
};

struct oracle_event {
	struct oracle_value values[64];
	size_t count;
	struct str raw;
};

/* Values of %name%. */
struct oracle_placeholder {
	struct str name, value;
};

/* Whether the rule matches; the log source is not looked at. The rule must be one that loads. */
bool oracle_matches(const struct yaml_node *rule, const struct oracle_event *event,
		    const struct oracle_placeholder *placeholders, size_t placeholder_count);

/* Also for whoever makes events. Results live in the arena. */
struct str oracle_base64(struct str bytes, struct arena *arena);
struct str oracle_utf16(struct str utf8, const char *modifier, struct arena *arena);

#endif
