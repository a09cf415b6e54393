/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_AUDIT_WORDS_H
#define BIN_AUDIT_WORDS_H
/* What 'wanglou audit' can do: one function a word, in a file of its own, listed in cmd_audit.c. Each reads
   its own operands behind the word, and returns an EXIT_… code. */
#include "bin/config.h"

struct audit_call {
	const struct command *command;
	const struct arguments *arguments;
	const struct config *config;
	struct arena *arena;
	size_t cursor; /* of the operands behind the word */
};

int audit_override(struct audit_call *call);
int audit_word_coverage(struct audit_call *call);
int audit_word_verify(struct audit_call *call);
int audit_word_prove(struct audit_call *call);
int audit_word_consistency(struct audit_call *call);
int audit_word_export(struct audit_call *call);
int audit_word_heads(struct audit_call *call);
int audit_word_key(struct audit_call *call);

#endif
