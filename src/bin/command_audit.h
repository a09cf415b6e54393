/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_COMMAND_AUDIT_H
#define BIN_COMMAND_AUDIT_H
/*
 * Commands in the audit trail (doc/formats/notices.md): who is about to do what,
 * durable in the journal before it is done. Where the system runs the collect
 * process writes it; where it does not, the command opens the journal itself and
 * gives new files to the user that the others belong to.
 */
#include "base/str.h"
#include "bin/config.h"

enum audit_need {
	AUDIT_MUST,    /* it changes something: not done where it cannot be recorded */
	AUDIT_READING, /* it only reads: done with a note where nobody may write the data folder, as on a copy
			*/
};

/* detail is a JSON object or empty. EXIT_OK to go on, else the reason is on standard error. */
int command_audit(const struct command *command, const struct config *config, enum audit_need need,
		  const char *action, struct str object, struct str detail);

/* The login name of the person, not of root whom that person became. */
#define COMMAND_PERSON_SIZE 256
void command_person(char out[COMMAND_PERSON_SIZE]);

/* The record that command_audit() would write, for a command that has the journal or a link open. Appended to
   out. */
struct buf;
void command_audit_format(const char *action, struct str object, struct str detail, struct buf *out);

/* What root wrote into the journal, given to the user whom the folder belonged to before: take the owner
   before the journal is opened, restore when it is closed. Nothing where we are not root. */
struct journal_owner {
	unsigned user, group;
	bool made; /* the folder was not there */
};
struct journal_owner command_journal_owner(const struct config *config);
void command_restore_owner(const struct config *config, const struct journal_owner *owner);

#endif
