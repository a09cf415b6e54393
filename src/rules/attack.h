/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_ATTACK_H
#define RULES_ATTACK_H
/*
 * MITRE ATT&CK as far as rules name it: tactics and techniques out of
 * CONTENT/attack. Read once; constant afterwards. Who shows names to people
 * (the console) loads the Chinese ones too; commands speak English.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define ATTACK_TACTICS_MAX 32
#define ATTACK_TECHNIQUES_MAX 10000
#define ATTACK_NONE UINT32_MAX

struct attack_tactic {
	struct str id, shortname, name; /* TA0001, initial-access, Initial Access */
};

struct attack_technique {
	struct str id, name; /* T1059.001, PowerShell */
	struct str name_zh;  /* empty: it is called by its English name */
	uint32_t tactics;    /* bits by index of the tactic */
	uint32_t parent;     /* of a sub-technique; ATTACK_NONE */
};

struct attack {
	struct attack_tactic tactics[ATTACK_TACTICS_MAX];
	uint32_t tactic_count;
	struct attack_technique *techniques; /* in the order of the file, which is that of the ids */
	uint32_t technique_count;
	struct map *places; /* id in lower case to 1 + index */
};

/* 0, or a negative code with *ret_err filled: of a bad line, its place. */
int attack_load(struct attack *attack, const char *folder, struct arena *arena, struct err *ret_err);
/* The same for techniques.zh-CN.tsv; after a failure, the names before the bad line are there. */
int attack_load_chinese(struct attack *attack, const char *folder, struct arena *arena, struct err *ret_err);
void attack_done(struct attack *attack);

/* Of a Sigma tag. Groups, software, campaigns and mitigations count as known and are neither. */
enum attack_kind { ATTACK_OTHER, ATTACK_TACTIC, ATTACK_TECHNIQUE, ATTACK_KNOWN, ATTACK_UNKNOWN };
enum attack_kind attack_tag(const struct attack *attack, struct str tag, uint32_t *ret_index);

/* Of an unknown tag: it names a technique whose number is above all in the tables. */
bool attack_is_newer(const struct attack *attack, struct str tag);

#endif
