/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_SET_H
#define PARSE_SET_H
/* Inside parse/: a source set. What is not in its arena is listed, to be freed with it. */
#include "base/arena.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "event/origin.h"
#include "parse/recognise.h"
#include "parse/source.h"

#define SOURCES_MAX 4096
#define FRAGMENTS_MAX 256

struct fragment {
	struct str name, file;
	const struct yaml_node *node;
};

/* An origin of the values under name; of all names where that is empty. */
struct origin_note {
	struct str name;
	struct origin origin;
};

struct source_set {
	struct arena *arena;
	struct recognisers recognisers;
	struct {
		VEC_OF(struct source *)
	} sources;
	struct {
		VEC_OF(struct source_info)
	} infos;
	struct {
		VEC_OF(struct fragment)
	} fragments;
	struct {
		VEC_OF(struct map *)
	} maps;
	struct {
		VEC_OF(struct regex *)
	} regexes;
	struct {
		VEC_OF(struct origin_note)
	} origins;
	size_t slots_max;
	uint32_t branch_count;
};

/* A map that lives as long as the set. */
struct map *source_set_map(struct source_set *set);
const struct fragment *source_set_fragment(const struct source_set *set, struct str name);

#endif
