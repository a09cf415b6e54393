/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_TAXONOMY_H
#define RULES_TAXONOMY_H
/*
 * Which fields the events of a log source have: CONTENT/taxonomy.yaml.
 *
 *	several: [Keywords]                       # may have several values in one event
 *	sources:
 *	  - product: windows                      # for all that state at least this much
 *	    fields: EventID Channel Computer
 *	  - {product: windows, category: process_creation, fields: Image CommandLine}
 *
 * A log source is known where an entry that states a category or service fits it; its
 * fields are those of all entries that fit, and the ECS fields. Names that end in .* stand
 * for all below. Constant once read.
 */
#include "base/map.h"
#include "base/vec.h"
#include "detect/detect.h"

#define TAXONOMY_SOURCES_MAX 4096

struct taxonomy_source {
	struct logsource source;
	struct str fields; /* between spaces */
};

struct taxonomy {
	struct {
		VEC_OF(struct taxonomy_source)
	} sources;
	struct map *several;
};

int taxonomy_load(struct taxonomy *taxonomy, const char *file, struct arena *arena, struct err *ret_err);
void taxonomy_done(struct taxonomy *taxonomy);

bool taxonomy_knows(const struct taxonomy *taxonomy, const struct logsource *source);
bool taxonomy_has(const struct taxonomy *taxonomy, const struct logsource *source, struct str field);
bool taxonomy_several(const struct taxonomy *taxonomy, struct str field);
/* The name nearest to one that is not there, to show; empty where none is near. */
struct str taxonomy_nearest(const struct taxonomy *taxonomy, const struct logsource *source,
			    struct str field);

#endif
