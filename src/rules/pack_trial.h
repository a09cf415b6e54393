/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_PACK_TRIAL_H
#define RULES_PACK_TRIAL_H
/*
 * An archive of rules that somebody uploaded, tried before it is put in force, as files:
 * core, which has accounts and secrets, writes what it was sent and does not look into
 * it; the hunt process, which has nothing but the right to read, unpacks it and says what
 * it would change. Core then takes the unpacked files for what they are: names and texts of rules
 * (pack_import.staged).
 *
 *	RULES/imports/ID.archive  as uploaded
 *	RULES/imports/ID.json     asked; written last, deleted first, by core
 *	UNPACKED/ID/              what pack_stage() made of it, by the hunt process
 *	UNPACKED/ID.json          the report, a JSON object (pack_trial_report.c, api.yaml's RuleImport)
 *
 * A person has one; few wait at once; what is older than a day is deleted by whoever asks next.
 */
#include "base/words.h"
#include "rules/hunt_request.h"
#include "rules/rules.h"

#define PACK_TRIALS_MAX 4
#define PACK_ORIGIN_MAX 500 /* bytes */
#define PACK_REPORT_MAX (4u * 1024 * 1024)
#define PACK_NEWS_SHOWN 200 /* rules of each kind that a report names; all are counted */

struct pack_trial {
	char id[HUNT_ID_SIZE];
	struct str name, version, origin, by; /* version: may be empty, as for pack_import */
	enum words_language language;         /* of who asks: pack_trial_add() takes the thread's */
};

/* Asks: fills trial->id; what the same person asked before goes. ERR_BUSY where PACK_TRIALS_MAX are there. */
int pack_trial_add(const char *rules, struct pack_trial *trial, struct str archive);
/* ERR_END where there is none. */
int pack_trial_remove(const char *rules, struct str id);
/* Texts live in arena. ERR_END where there is none; ERR_SYNTAX. */
int pack_trial_read(const char *rules, struct str id, struct arena *arena, struct pack_trial *ret_trial);

/* Appended. ERR_END where there is nothing yet. */
int pack_trial_report_read(const char *unpacked, struct str id, struct buf *ret_text);
/* UNPACKED/ID, in arena. */
const char *pack_trial_stage(const char *unpacked, struct str id, struct arena *arena);

/* What a person saw of the report, and so agreed to. */
struct pack_seen {
	struct str version, base, sha256; /* base: in force when it was made; empty: none */
};
struct rule_edit;
struct pack_manifest;
/* Puts in force what the hunt process unpacked, for the edit's author; some 0.5 ms a rule. 0; 1: it is in
   force already. ERR_END: there is no such trial, or nothing of it; ERR_BUSY: it is not what was seen, or
   another version was put in force since. The trial stays. */
int pack_trial_enforce(struct rule_edit *edit, const char *unpacked, struct str id,
		       const struct pack_seen *seen, struct str reason, struct pack_manifest *ret_manifest,
		       struct err *ret_err);

/* In the hunt process, at its start: what was under way when it ended has failed, since it may be what ended
 * it. */
void pack_trial_start(const char *unpacked);
/* In the hunt process: unpacks the oldest that has no report, and deletes what nobody asks for any more.
   Bounded by pack.h's limits. False: there was nothing to do. */
bool pack_trial_turn(const struct rules_paths *paths, const char *unpacked);

/* -- inside rules/ -------------------------------------------------------------------------------------- */

/* Does it, and writes what came of it. */
void pack_trial_run(const struct rules_paths *paths, const char *unpacked, const struct pack_trial *trial,
		    struct arena *arena, struct buf *ret_report);

#endif
