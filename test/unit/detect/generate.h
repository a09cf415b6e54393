/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_DETECT_GENERATE_H
#define TEST_DETECT_GENERATE_H
/*
 * Random rules that know every modifier, and random events that are made of what
 * the rules look for, so that both matches and near misses are frequent. A rule is
 * a tree that can be written as YAML and made smaller. The same seed gives the same.
 */
#include "base/buf.h"
#include "detect/detect.h"
#include "oracle.h"

#define GENERATE_SELECTIONS 4
#define GENERATE_MAPS 3
#define GENERATE_ITEMS 3
#define GENERATE_VALUES 16
#define GENERATE_TEXT 96

enum generate_kind { GENERATE_STRING, GENERATE_PLAIN }; /* in quotes, or as it is */

struct generate_value {
	enum generate_kind kind;
	char text[GENERATE_TEXT];
};

struct generate_item {
	const char *field; /* "": a keyword */
	char modifiers[64];
	unsigned class;
	struct generate_value values[GENERATE_VALUES];
	unsigned count;
};

struct generate_selection {
	char name[16];
	bool keywords; /* a list of texts: the first item of the first mapping */
	struct {
		struct generate_item items[GENERATE_ITEMS];
		unsigned count;
	} maps[GENERATE_MAPS];
	unsigned map_count;
};

struct generate_rule {
	struct generate_selection selections[GENERATE_SELECTIONS];
	unsigned count;
	char condition[256];
};

extern const struct oracle_placeholder generate_placeholders[];
extern const size_t generate_placeholder_count;

struct random {
	uint64_t state;
};
struct random random_from(uint64_t seed);
uint32_t random_below(struct random *random, uint32_t limit);

void generate_rule(struct random *random, struct generate_rule *rule);
void generate_write(const struct generate_rule *rule, struct buf *out);

/* Of the words of some rules. The texts live in the arena. */
void generate_event(struct random *random, const struct generate_rule *rules, size_t count,
		    struct arena *arena, struct oracle_event *event);

/* As the program has it; log source product "p". */
void generate_convert(const struct oracle_event *from, struct arena *arena, struct event *event);

#endif
