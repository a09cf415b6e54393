/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_STEPS_H
#define PARSE_STEPS_H
/* Inside parse/: what step files share. A new step is one file and one line in steps.c. */
#include "parse/compile.h"

/* Keys every step takes beside its own. */
#define STEP_KEYS "from", "optional", "if", "unless"

/* Longer names of attributes are cut, so that deep nesting cannot multiply a record's size. */
#define NAME_MAX_LEN 512

/* Runs one step on its text: 0, or why it failed. Steps that do not apply give 0. */
int step_run(struct run *run, const struct step *step);

/* What a syslog header says, into fields; structured data into attributes. */
void run_header(struct run *run, const struct syslog_header *header);

/* True where path and a dot are what one of the prefixes to strip stands for: "Event.System.",
 * "Event.UserData.*." */
bool name_is_stripped(const struct str_list *strips, struct str path);

/* prefix + separator + name in the arena; name itself where prefix is empty. */
struct str name_join(struct arena *arena, struct str prefix, char separator, struct str name);

/* Adds an attribute under name_join(prefix, separator, name), which is put together only where the source has
   no name of its own for it; returns that. */
const struct name *run_add_joined(struct run *run, struct str prefix, char separator, struct str name,
				  struct value value);

#endif
