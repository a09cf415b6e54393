/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SOURCES_CLOCKS_H
#define BIN_SOURCES_CLOCKS_H
/* wanglou sources clocks: whose times are corrected, by how much, since when. */
#include "bin/command.h"

/* An EXIT_… code. */
int sources_clocks(const struct command *command, struct arguments *arguments);

#endif
