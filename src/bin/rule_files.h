/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RULE_FILES_H
#define BIN_RULE_FILES_H
/* Rules named on the command line, as rules and eval load them. */
#include "bin/command.h"
#include "detect/detect.h"

struct rule_files {
	struct ruleset_builder *builder; /* until rule_files_build() */
	struct ruleset *set;             /* from then on */
	size_t refused, paths;
	rule_report *report; /* NULL: on standard error */
	void *context;
};

void rule_files_init(struct rule_files *files, rule_report *report, void *context);
void rule_files_done(struct rule_files *files);

/* The values of --expand. EXIT_OK, or EXIT_USAGE with the reason on standard error. */
int rule_files_placeholders(const struct command *command, struct arguments *arguments,
			    struct rule_files *files);

/* Uses the file of --cache, or rules.cache in the folder; says on standard error where it is not to be
 * trusted. */
#define RULE_CACHE_OPTION                                                                          \
	{                                                                                          \
		"cache", "FILE|DIR",                                                               \
			"keep parsed rules there, so that they load faster (yours alone to write)" \
	}
void rule_files_cache(const struct command *command, struct arguments *arguments, struct rule_files *files);

/* EXIT_OK, or EXIT_FAILED with the reason on standard error. */
int rule_files_add(const struct command *command, struct rule_files *files, const char *path);
void rule_files_build(struct rule_files *files, bool all_rules);

#endif
