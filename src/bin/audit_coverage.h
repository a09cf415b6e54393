/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_AUDIT_COVERAGE_H
#define BIN_AUDIT_COVERAGE_H
/* wanglou audit coverage: who talked, who should have, and where nothing could be heard. */
#include "bin/config.h"

/* Beside --from, --to, --source and --json, for the table of cmd_audit.c. */
#define AUDIT_COVERAGE_OPTIONS                                                                     \
	{                                                                                          \
		"by", "hour|day|all",                                                              \
			"coverage: a line for each hour, day or source; default: what fits --from" \
	}

/* EXIT_OK where nothing is missing, EXIT_FINDING where it was blind. */
int audit_coverage(const struct command *command, const struct arguments *arguments,
		   const struct config *config, struct arena *arena);

#endif
