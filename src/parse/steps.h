/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_STEPS_H
#define PARSE_STEPS_H
/* Inside parse/: what step files share. A new step is one file and one line in steps.c. */
#include "parse/compile.h"

/* A name known when the source was compiled. */
struct column {
	struct str name;
	uint64_t hash;
	uint16_t slot;
	bool temporary; /* only for the program: its name begins with _ */
};

static inline void run_emit(struct run *run, const struct column *column, struct value value)
{
	if (!column->temporary)
		event_add_attr(run->event, column->name, column->hash, value, 0);
	run_note(run, column->slot, value, column->temporary ? 0 : (uint16_t)run->event->attr_count);
}

/* Keys every step takes beside its own. */
#define STEP_KEYS "from", "optional", "if", "unless"

/* Longer names of attributes are cut, so that deep nesting cannot multiply a record's size. */
#define NAME_MAX_LEN 512

/* False where a step's condition keeps it from being run, as far as can be told at once: most sources with
   many steps run few of them. */
static inline bool step_may_apply(const struct run *run, const struct step *step)
{
	const struct slot *slot = &run->parser->slots[step->condition.slot];

	return !step->only_if || step->negated || step->condition.kind != OPERAND_ATTR ||
	       slot->stamp != run->parser->stamp || table_may_have(step->only_if, value_str(slot->value));
}

/* Runs one step on its text: 0, or why it failed. Steps that do not apply give 0. */
int step_run(struct run *run, const struct step *step);

/* Sets a field that is a date. */
void run_set_time(struct run *run, enum field_id id, int64_t time);

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
