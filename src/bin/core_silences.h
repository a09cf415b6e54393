/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CORE_SILENCES_H
#define BIN_CORE_SILENCES_H
/* A piece of core's work by the clock (core_work.h): sources that are silent longer than somebody said they
   would be are told of as those are that fall silent (coverage.silent), so that the alarm that was held back
   is raised. */
#include "bin/core_work.h"

void core_silences_tell(const struct core_context *context, int64_t now);

#endif
