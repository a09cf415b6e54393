/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CONTENT_H
#define BIN_CONTENT_H
/* The content folder for commands that need no data folder: --content, $WANGLOU_CONTENT, ./content, the
 * system's. */
#include "bin/command.h"
#include "parse/source.h"

#define CONTENT_OPTION                                                                                   \
	{                                                                                                \
		"content", "DIR",                                                                        \
			"log sources (default: $WANGLOU_CONTENT, ./content, /usr/share/wanglou/content)" \
	}

const char *content_folder(const struct arguments *arguments);

/* Its sources; those that do not load are named on standard error. EXIT_OK or EXIT_FAILED with the reason
 * there. */
int content_load_sources(const struct command *command, const struct arguments *arguments,
			 struct source_set **ret_sources);

#endif
