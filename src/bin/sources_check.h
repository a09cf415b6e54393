/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SOURCES_CHECK_H
#define BIN_SOURCES_CHECK_H
#include "bin/command.h"
#include "parse/source.h"

/* wanglou sources check: the files of content/onboarding load, and the sources that they expect are there. */
int sources_check(const struct command *command, const struct arguments *arguments,
		  const struct source_set *set);

#endif
