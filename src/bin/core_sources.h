/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CORE_SOURCES_H
#define BIN_CORE_SOURCES_H
/* In core: what the console needs to know to connect sources: where this server listens, how devices are
   told, and what analyze keeps of lines that nobody knows. */
#include "bin/process.h"
#include "web/web.h"

/* Everything lives as long as the process. */
void core_sources_options(struct process *process, struct web_options *options);

#endif
