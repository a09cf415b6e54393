/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_EDIT_H
#define RULES_EDIT_H
/*
 * What people change about rules, for the command and the console alike. A change is
 * made under a lock that admits one writer: first it goes into the audit trail (the
 * caller's record), then into the log of changes with what stood there before, and
 * only then into its file. So every one of them can be shown, and undone while
 * nothing else was changed there since.
 *
 *	FOLDER/local/ID.yml     rules of this platform: new ones, and those that take the place of shipped
 *ones FOLDER/changes.ndjson   the log: a JSON object a line
 *
 * Functions return 0; 1 where it is so already and nothing was done; a negative code with *ret_err filled.
 */
#include "base/buf.h"
#include "rules/rules.h"

#define RULE_REASON_MAX 1000
#define RULE_TEXT_MAX (256u * 1024) /* of a rule that is saved */
#define RULE_CHANGES_MAX \
	(64u * 1024 * 1024) /* bytes of the log; a fuller one is begun anew, the old is kept */
#define SUPPRESS_FIELDS_MAX 16

/* Has it durable in the audit trail. Else it says why by itself and returns a negative code, which comes back
   with an empty err; nothing is changed then. detail: JSON. */
typedef int rule_record(void *context, const char *action, struct str object, struct str detail);

struct rule_edit_options {
	const struct rules_paths *paths;
	struct str author; /* outlives the edit, as the paths do */
	rule_record *record;
	void *context;
	rule_report *report; /* told what does not load */
	void *report_context;
};

struct rule_edit {
	struct rule_edit_options options;
	struct ruleset *set; /* all rules, those that are off too */
	struct settings settings;
	int lock;
	char time[32];
};

/* Waits up to 5 s for another writer (ERR_BUSY). ERR_SYNTAX where settings.yaml must be put right first. */
int rule_edit_begin(struct rule_edit *edit, const struct rule_edit_options *options, struct err *ret_err);
void rule_edit_done(struct rule_edit *edit);

int rule_edit_switch(struct rule_edit *edit, const struct rule_info *info, bool on, struct str reason,
		     struct err *ret_err);
int rule_edit_switch_pack(struct rule_edit *edit, struct pack_setting *pack, bool on, struct str reason,
			  struct err *ret_err);

/* -- packs: no changes of the log, since the version before is what undoes them
 * ------------------------------ */

struct pack_manifest;
/* What pack_stage() made is put in force under manifest's name and version; where that fails, and where it is
   in force already (1), the stage is taken away. manifest outlives the edit. */
int rule_edit_import(struct rule_edit *edit, const struct pack_manifest *manifest, struct str reason,
		     struct err *ret_err);
/* Puts a version that is still there in force. ERR_END where it is not. *ret_manifest: of it; may be NULL. */
int rule_edit_roll_back(struct rule_edit *edit, struct pack_setting *pack, struct str version,
			struct str reason, struct pack_manifest *ret_manifest, struct err *ret_err);
/* The pack with its files; settings and exceptions for its rules stay. */
int rule_edit_remove_pack(struct rule_edit *edit, struct pack_setting *pack, struct str reason,
			  struct err *ret_err);

/* span: as written, such as "1h"; suppress->span 0: every match is an alert. */
int rule_edit_suppress(struct rule_edit *edit, const struct rule_info *info,
		       const struct rule_suppress *suppress, struct str span, struct str reason,
		       struct err *ret_err);

/* The text of one file takes the place of the rule of that id, or becomes a new one; it must load and hold
   it. */
int rule_edit_save(struct rule_edit *edit, struct str id, struct str text, struct str reason,
		   struct err *ret_err);
/* The file of local/ goes: what is shipped under that id holds again. ERR_END where there is none. */
int rule_edit_remove(struct rule_edit *edit, struct str id, struct str reason, struct err *ret_err);
/* LOCAL/ID.yml, appended; ERR_END where there is none. */
int rule_local_text(const struct rules_paths *paths, struct str id, struct buf *ret_text);

/* Makes a change of the log unmade. ERR_END: there is none of that number; ERR_BUSY: it was changed since. */
int rule_edit_undo(struct rule_edit *edit, uint64_t number, struct str *ret_rule, struct err *ret_err);

/* "2h by source.ip"; nothing where every match is an alert. */
void rule_suppress_text(const struct rule_suppress *suppress, struct buf *out);

/* -- the log -------------------------------------------------------------------------------------------- */

enum rule_thing { THING_SETTING, THING_TEXT, THING_EXCEPTION };
const char *rule_thing_name(enum rule_thing thing);

struct rule_change {
	uint64_t number; /* from 1 */
	enum rule_thing thing;
	struct str time, by, action; /* RFC 3339; "rules.disable" … */
	struct str key;              /* the rule's id, or the exception's */
	struct str rules;            /* ids that it is about, with spaces between */
	struct str title, reason;
	bool existed, exists; /* before, after */
	struct str before, after;
};

/* The changes about a rule, oldest first; rule empty: all. What visit returns other than 0 ends it. The views
   live until it returns. */
typedef int rule_change_visit(void *context, const struct rule_change *change);
int rule_changes(const struct rules_paths *paths, struct str rule, rule_change_visit *visit, void *context);

/* -- inside rules/ -------------------------------------------------------------------------------------- */

/* Carries a change out: number, time and by are filled in, before and existed are read. */
int rule_edit_apply(struct rule_edit *edit, struct rule_change *change, struct str detail,
		    struct err *ret_err);
/* A UUID; an id becomes the name of a file. */
bool rule_id_is_good(struct str id);

#endif
