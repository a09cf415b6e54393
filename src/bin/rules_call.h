/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RULES_CALL_H
#define BIN_RULES_CALL_H
/*
 * A call of 'wanglou rules': one file for each group of actions (rules_*.c), listed in
 * the table of cmd_rules.c. What changes something is written into the audit trail
 * before it is done (rules_edit), under a lock that admits one writer.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "bin/config.h"
#include "rules/edit.h"

struct rules_call {
	const struct command *command;
	struct arguments *arguments;
	size_t cursor; /* of operands, behind the action */
	struct arena *arena;
	struct config config;
	struct rules_paths paths;
	bool json;
};

typedef int rules_action(struct rules_call *call); /* EXIT_… */
rules_action rules_check, rules_list, rules_show, rules_enable, rules_disable, rules_suppress, rules_except,
	rules_exceptions, rules_unexcept, rules_import, rules_packs, rules_rollback, rules_remove,
	rules_coverage, rules_report, rules_hunt;

/* The next operand; NULL at the end. */
const char *rules_operand(struct rules_call *call);
/* EXIT_USAGE with the reason on standard error where more operands follow. */
int rules_no_more(struct rules_call *call);

/* All rules of the platform with its settings; what does not load is named on standard error. */
struct rules_all {
	struct ruleset *set;
	struct settings settings;
};
int rules_all_load(const struct rules_call *call, struct rules_all *all);
void rules_all_done(struct rules_all *all);

/* The rule of an id, of its beginning where that is enough, or of a name. EXIT_OK, or EXIT_FAILED with the
   reason on standard error. */
int rules_find(const struct rules_call *call, const struct ruleset *set, const char *word, size_t *ret_index);

/* A change: locks, loads; refuses where settings.yaml must be put right first. The author is who calls. */
int rules_edit_begin(const struct rules_call *call, struct rule_edit *edit);
void rules_edit_done(struct rule_edit *edit);
/* EXIT_… for what a function of rules/edit.h returned, with the reason on standard error. */
int rules_edit_status(const struct rules_call *call, const struct rule_edit *edit, int r,
		      const struct err *err);
/* Into the audit trail; detail is a JSON object. Only then may the change be made. */
int rules_edit_record(const struct rules_call *call, const char *action, struct str object,
		      struct str detail);

/* The text of an option that must be given; EXIT_USAGE where it is not, or longer than max bytes. */
int rules_needs(const struct rules_call *call, const char *option, size_t max, struct str *ret_text);

/* JSON, a member at a time: "{" or "," before it. */
void rules_json_key(struct buf *line, const char *key);
void rules_json_text(struct buf *line, const char *key, struct str value);
void rules_json_texts(struct buf *line, const char *key, const struct str *values, size_t count);
/* Ends the object, prints and empties it. */
void rules_json_print(struct buf *line);

/* Prints text in so many columns of the terminal, cut or filled with spaces; a Chinese character takes two.
 */
void rules_column(struct str text, unsigned columns);

#endif
