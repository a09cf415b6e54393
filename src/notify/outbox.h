/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTIFY_OUTBOX_H
#define NOTIFY_OUTBOX_H
/*
 * Messages to people, on their way. Whoever has something to say adds it to the outbox in the transaction
 * that made it necessary; core hands them one by one to the notify process, which alone may connect out and
 * alone holds the channels' secrets, and keeps what came of it: sent when, or tried how often and why not.
 * The same key is taken once, so that a repeated tick says nothing twice.
 */
#include <stdint.h>

#include "db/db.h"

extern const struct db_schema notify_schema;

#define OUTBOX_SUBJECT_MAX 200 /* characters */
#define OUTBOX_TEXT_MAX (32u * 1024)
#define OUTBOX_FILE_MAX (8u * 1024 * 1024)

struct outbox_message {
	struct str key;     /* unique: what it is about, such as "rectification/12/reminder/2" */
	struct str channel; /* "mail", or the name of a channel in the settings; empty: every channel that
			       "kind" goes to */
	struct str kind;    /* "rectification", "deadline", "duty", "alert", "daily", "test" */
	struct str to;      /* a mail address; empty where the channel itself is the receiver */
	struct str subject, text;              /* plain text, Chinese first */
	struct str link;                       /* https://…; may be empty. Is a secret: in no log */
	struct str file_name, file_type, file; /* an attachment; may be empty */
	int64_t not_before;                    /* µs; 0: now */
};

/* 1 where it was added, 0 where its key was there; ERR_LIMIT. */
int outbox_add(struct db_tx *tx, const struct outbox_message *message, int64_t now);

#endif
