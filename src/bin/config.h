/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CONFIG_H
#define BIN_CONFIG_H
/*
 * What the operator decides: wanglou.yaml in the data folder (settings.def lists
 * what may stand there), and the folders given on the command line. Made once by
 * the supervisor and again, the same, by each of its processes.
 */
#include <stdint.h>

#include "base/str.h"
#include "bin/command.h"

struct arena;
struct buf;

enum config_setting_index {
#define TEXT(member, path, fallback, doc) CONFIG_##member,
#define NUMBER(member, path, fallback, min, max, doc) CONFIG_##member,
#include "bin/settings.def"
#undef TEXT
#undef NUMBER
	CONFIG_SETTING_COUNT
};

struct config {
	const char *data;    /* absolute; holds journal/ store/ core/ cursor/ run/ */
	const char *content; /* sources and rules */
	const char *ui;      /* the built console */
#define TEXT(member, path, fallback, doc) const char *member;
#define NUMBER(member, path, fallback, min, max, doc) long member;
#include "bin/settings.def"
#undef TEXT
#undef NUMBER
	unsigned lines[CONFIG_SETTING_COUNT]; /* of wanglou.yaml; 0: the default */
};

/* The options every command with a data folder takes; put them into its table. */
#define CONFIG_OPTIONS                                                                                    \
	{"data", "DIR", "the data folder (default: $WANGLOU_DATA, else ./data)"},                         \
		{"content", "DIR",                                                                        \
		 "sources and rules (default: $WANGLOU_CONTENT, ./content, /usr/share/wanglou/content)"}, \
	{                                                                                                 \
		"ui", "DIR", "the built console (default: $WANGLOU_UI, ./ui/dist, /usr/share/wanglou/ui)" \
	}

/* Reads DATA/wanglou.yaml where it is there. Texts live in arena. 0, or a negative code with *ret_err filled.
 */
int config_load(const struct arguments *arguments, struct arena *arena, struct config *ret_config,
		struct err *ret_err);

/* Writes a wanglou.yaml with every setting, its default and its meaning, where there is none yet. */
int config_write_template(const struct config *config, struct err *ret_err);

struct config_setting {
	const char *name, *value, *fallback; /* as text; value lives until visit returns */
	const char *about;                   /* what it is, in English */
	unsigned line;                       /* of wanglou.yaml; 0: it says nothing, the default holds */
};

/* Calls visit for each setting, in the order of settings.def. */
void config_settings(const struct config *config,
		     void (*visit)(void *context, const struct config_setting *setting), void *context);

/* The value of a setting as people may see it, appended: of a URL neither password nor query. */
void config_add_shown(struct str value, struct buf *out);

/* analyze.zone in µs east of UTC. 0, or a negative code with *ret_err filled. */
int config_zone(const struct config *config, int64_t *ret_zone, struct err *ret_err);

/* The key of an encrypted journal, from journal.key_file or journal.passphrase_file, in arena; *ret_key is
   NULL where neither is set. The files must not be readable by others. make: a new journal's salt is made.
   For the supervisor and for commands; a process has its journal_key. */
struct journal_key;
int config_journal_key(const struct config *config, struct arena *arena, bool make,
		       const struct journal_key **ret_key, struct err *ret_err);

/* Appends what is in a file that only its owner, or a group made for it, can read. */
int config_read_secret(const char *path, size_t max, struct buf *text, struct err *ret_err);

/* "DATA/name" in arena. */
const char *config_path(const struct config *config, struct arena *arena, const char *name);

#endif
