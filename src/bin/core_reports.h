/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CORE_REPORTS_H
#define BIN_CORE_REPORTS_H
/* A piece of core's work by the clock (core_work.h): what has to be reported to authorities, and who is
 * warned of it. */
#include "bin/core_work.h"

#define COMPLIANCE_FOLDER "compliance" /* of content, and below the data folder for what takes its place */

void core_reports(const struct core_context *context, int64_t now);

#endif
