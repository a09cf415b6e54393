/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_PRIVATE_H
#define BIN_PRIVATE_H
/* Inside bin/: what main.c needs of the command line. */
#include <stdio.h>

#include "bin/command.h"

/* EXIT_OK, or EXIT_USAGE with the reason already on standard error. */
int arguments_read(const struct command *command, int argc, char **argv, struct arguments *arguments);
void command_help(const struct command *command, FILE *out);

#endif
