/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CHANGES_H
#define BIN_CHANGES_H
/*
 * What somebody changed in the settings and in the content since a process last
 * recorded it, for the audit trail: the processes find it when they load, since
 * files are changed with an editor and nobody asks us. Each keeps what it saw in a
 * state file of its own, replaced when the record is durable: until then the same
 * change is found again.
 *
 * A setting's value is text and never a secret (those are in files that settings
 * name), but for passwords and keys within a URL, which are left out.
 */
#include "base/buf.h"
#include "bin/config.h"

#define CHANGES_LISTED_MAX 1000 /* files named in one list; the rest is counted */

struct changes {
	bool any;
	struct buf detail; /* the record's, a JSON object */
	struct buf state;  /* the state file's new content */
};

/* Against a state file that need not be there yet: then against the defaults, and any is true. */
void changes_of_settings(const struct config *config, const char *state, struct changes *ret_changes);

/* Sources and rules below the content folder, and DATA/rules; where there is no state file they are only
 * counted. */
void changes_of_content(const struct config *config, const char *state, struct changes *ret_changes);

/* The record is durable. 0 or a negative code. */
int changes_save(const struct changes *changes, const char *state);
void changes_done(struct changes *changes);

/* The text of the audit record, appended to out. */
void changes_format(const struct changes *changes, const char *action, const char *object, struct buf *out);

#endif
