/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SOURCES_SUGGEST_H
#define BIN_SOURCES_SUGGEST_H
/* wanglou sources suggest: what unknown lines look like, and drafts of source files for them. */
#include "bin/command.h"

/* Behind the verb the peer's address may stand. An EXIT_… code. */
int sources_suggest(const struct command *command, struct arguments *arguments);

#endif
