/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CORE_RECTIFICATION_H
#define BIN_CORE_RECTIFICATION_H
/* Notifications to units in core: what they rest on, and the reminders by the clock. */
#include "bin/core_work.h"
#include "rectification/centre.h"

/* From content and settings; NULL, said in the log, where the policy cannot be read. Lives in the process's
   arena. */
const struct rectification_office *core_rectification_office(struct process *process,
							     const struct calendar *calendar);

void core_rectification_remind(const struct core_context *context, int64_t now);

#endif
