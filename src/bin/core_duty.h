/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CORE_DUTY_H
#define BIN_CORE_DUTY_H
/* Pieces of core's work by the clock (core_work.h): who is called, and the daily safety report. The table of
   escalation is read at every call, so that a change of it holds within a minute. */
#include "bin/core_work.h"

void core_duty_escalate(const struct core_context *context, int64_t now);
void core_duty_report(const struct core_context *context, int64_t now);

#endif
