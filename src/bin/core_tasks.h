/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CORE_TASKS_H
#define BIN_CORE_TASKS_H
/* A piece of core's work by the clock (core_work.h): who has a task of an incident that is overdue is told,
   once for each time it was to be done by. */
#include "bin/core_work.h"

#define TASKS_TOLD_MAX 200 /* overdue ones looked at, the longest overdue first */

void core_tasks_remind(const struct core_context *context, int64_t now);

#endif
