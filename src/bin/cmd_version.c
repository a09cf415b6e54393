/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "bin/command.h"

static int run(const struct command *command, struct arguments *arguments)
{
	(void)command, (void)arguments;
	printf("wanglou %s\n", WANGLOU_VERSION);
	return EXIT_OK;
}

const struct command cmd_version = {
	.name = "version",
	.summary = "print the version",
	.usage = "",
	.run = run,
};
