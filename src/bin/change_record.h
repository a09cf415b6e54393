/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CHANGE_RECORD_H
#define BIN_CHANGE_RECORD_H
/* What changed (bin/changes.h) in the audit trail, durable before it takes effect. For processes. */
#include "bin/changes.h"
#include "bin/process.h"

typedef void find_changes(const struct config *config, const char *state, struct changes *ret_changes);

/* Looks for changes against the state file and records them as action, waiting some seconds for collect;
   save: the state file is ours to replace. 0 where there are none, or they are recorded; else nothing may
   take effect. */
int change_record(const struct process *process, find_changes *find, const char *state, const char *action,
		  bool save);

#endif
