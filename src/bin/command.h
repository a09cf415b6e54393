/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_COMMAND_H
#define BIN_COMMAND_H
/*
 * The command line: one const struct per subcommand, each in its own file
 * cmd_<name>.c, listed in main.c. Options are declared as a table from which
 * parsing and --help come.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { EXIT_OK = 0, EXIT_FINDING = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

struct arguments;

struct option_def {
	const char *name;  /* "rules", without dashes */
	const char *value; /* what it takes: "PATH"; NULL for a flag */
	const char *help;
};

struct command {
	const char *name;
	const char *summary;              /* one line for wanglou --help */
	const char *usage;                /* what follows the name: "--rules PATH … [FILE…|-]" */
	const char *details;              /* more text for --help, or NULL */
	const struct option_def *options; /* ends with an all-zero entry */
	int (*run)(const struct command *command, struct arguments *arguments); /* returns EXIT_… */
};

/* What was given, in order. Values point into argv. */
#define ARGUMENTS_MAX 4096
struct arguments {
	struct {
		const struct option_def *option; /* NULL for an operand */
		const char *value;
	} items[ARGUMENTS_MAX];
	size_t count;
};

/* Last value of an option, or fallback. A given flag has the value "". */
const char *argument_value(const struct arguments *arguments, const char *name, const char *fallback);
bool argument_flag(const struct arguments *arguments, const char *name);
/* Steps through the values of an option (name) or the operands (name NULL): start with *cursor 0. NULL at the
 * end. */
const char *argument_next(const struct arguments *arguments, const char *name, size_t *cursor);
/* A number within limits; on nonsense says so on standard error and returns ERR_RANGE. */
int argument_integer(const struct arguments *arguments, const char *name, long fallback, long min, long max,
		     long *ret_value);

/* "wanglou NAME: message" and where to find help on standard error; returns EXIT_USAGE. */
int usage_error(const struct command *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "wanglou NAME: message" on standard error; returns EXIT_FAILED. */
int command_failed(const struct command *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int command_failed_err(const struct command *command, const struct err *err);

#endif
