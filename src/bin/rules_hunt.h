/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RULES_HUNT_H
#define BIN_RULES_HUNT_H
/* wanglou rules hunt: a rule held against what is stored already. */
#include "bin/command.h"

int rules_hunt(const struct command *command, struct arguments *arguments);

#endif
