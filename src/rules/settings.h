/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_SETTINGS_H
#define RULES_SETTINGS_H
/*
 * What people decided about rules and packs: DATA/rules/settings.yaml.
 *
 *	rules:
 *	  "b2faa051-eba1-50b6-b38f-3870ea2041a2":
 *	    enabled: false
 *	    suppress: {by: ["source.ip"], for: "1h"}      # or none: every match is an alert
 *	    reason: "the portal does that by itself"
 *	    author: "zhangsan"
 *	    changed: "2026-11-22T09:00:00Z"
 *	    title: "Path traversal to a system file"      # what it was called then
 *	packs:
 *	  "sigmahq":
 *	    enabled: true
 *	    version: "2026-11-01"
 *	    previous: "2026-10-01"
 *
 * An entry for a rule that is no longer there stays. An entry that is wrong is reported
 * with its line and left out, and the others hold; it must be put right before a command
 * changes the file. Everything lives in the arena given. One writer at a time:
 * settings_lock().
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "detect/detect.h"

#define SETTINGS_FILE "settings.yaml"
#define SETTINGS_ENTRIES_MAX 100000
#define PACK_NAME_MAX 64    /* letters, digits, - _ . ; begins with a letter or digit */
#define PACK_VERSION_MAX 64 /* the same */

enum rule_switch { SWITCH_UNSET, SWITCH_ON, SWITCH_OFF };

struct rule_setting {
	struct str id;            /* lower case */
	enum rule_switch enabled; /* unset: as its pack */
	bool has_suppress;        /* then suppress takes the place of the rule's own; a span of 0: none */
	struct rule_suppress suppress;
	struct str suppress_for; /* as written */
	struct str reason, author, changed, title;
	unsigned line;
};

struct pack_setting {
	struct str name, version, previous; /* version: the one in use; previous may be empty */
	bool enabled;
	struct str reason, author, changed;
	unsigned line;
};

struct settings {
	struct arena *arena;
	struct {
		VEC_OF(struct rule_setting)
	} rules;
	struct {
		VEC_OF(struct pack_setting)
	} packs;
	struct map *rule_places; /* id to 1 + index */
	unsigned wrong;          /* entries reported */
};

/* Parses a text; file is its name in reports. Always gives settings, of what is right. */
void settings_parse(struct settings *settings, struct arena *arena, const char *file, struct str text,
		    rule_report *report, void *context);
/* Reads FOLDER/settings.yaml; none there is fine. -errno where it cannot be read. */
int settings_read(struct settings *settings, struct arena *arena, const char *folder, rule_report *report,
		  void *context);
void settings_done(struct settings *settings);

/* NULL where nothing was decided; settings_edit_…() makes the entry. Ids are compared case aside. */
struct rule_setting *settings_rule(const struct settings *settings, struct str id);
struct rule_setting *settings_edit_rule(struct settings *settings, struct str id);
struct pack_setting *settings_pack(const struct settings *settings, struct str name);
struct pack_setting *settings_edit_pack(struct settings *settings, struct str name);
void settings_drop_pack(struct settings *settings, struct str name);

void settings_format(const struct settings *settings, struct buf *out);
/* Replaces FOLDER/settings.yaml as a whole. ERR_SYNTAX where entries were wrong: nothing is written. */
int settings_write(const struct settings *settings, const char *folder);

/* A lock against a second writer, freed by settings_unlock() or the end of the process; makes the folder.
   A descriptor, ERR_BUSY, or -errno. */
int settings_lock(const char *folder);
void settings_unlock(int lock);

/* What may be the name of a pack or a version, and so of a folder. */
bool pack_name_is_good(struct str name);

#endif
