/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RULES_WATCH_H
#define BIN_RULES_WATCH_H
/*
 * The rules in force, and what becomes of them when their files change while the
 * platform runs: the change is in the audit trail before it takes effect, the
 * new set is compiled in the watching thread, and the pipeline takes it from the next
 * batch on. A set that cannot be read leaves the old one in force, and says so.
 */
#include "bin/pipeline.h"
#include "bin/process.h"

#define RULES_WATCH_EVERY CLOCK_SECOND

struct rules_watch;

/* Loads the rules: 0, or a negative code with *ret_err filled where their folder cannot be read. */
int rules_watch_start(const struct process *process, struct rules_watch **ret_watch, struct err *ret_err);
void rules_watch_free(struct rules_watch *watch); /* NULL is fine */

struct rulebook *rules_watch_rules(const struct rules_watch *watch); /* in force; the watch's */

/* Once in a while: takes up what changed, once the files have been left alone since the last look, and says
   which rules were set aside since. */
void rules_watch_look(struct rules_watch *watch, struct pipeline *pipeline);

#endif
