/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTIFY_OUTBOX_H
#define NOTIFY_OUTBOX_H
/*
 * Messages to people, on their way. Whoever has something to say adds it to the outbox in the transaction
 * that made it necessary; core hands them one by one to the notify process, which alone may connect out and
 * alone holds the channels' secrets, and keeps what came of it: sent when, or tried how often and why not.
 * The same key is taken once, so that a repeated tick says nothing twice.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
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

/* Whether every part is within its limit; the key is not empty. */
bool outbox_fits(const struct outbox_message *message);

/* The beginning of a text for a subject or a line: at most so many bytes, no character halved. */
struct str outbox_cut(struct str text, size_t bytes);

/* 1 where it was added, 0 where its key was there; ERR_LIMIT. */
int outbox_add(struct db_tx *tx, const struct outbox_message *message, int64_t now);

/* --- sending: core's thread ----------------------------------------------------------------------------- */

#define OUTBOX_PAUSE_FIRST (1 * CLOCK_MINUTE) /* doubled with each try that failed … */
#define OUTBOX_PAUSE_MAX (6 * CLOCK_HOUR)     /* … up to this */
#define OUTBOX_PATIENCE (3 * CLOCK_DAY)       /* since it was due first; then it has failed for good */
#define OUTBOX_RESEND (7 * CLOCK_DAY)         /* how long what failed may be sent again */
#define OUTBOX_KEPT (190 * CLOCK_DAY)         /* how long it is told what was sent */

/* Numbered as stored: never renumber. OUTBOX_STATE(NAME, number, "name") */
#define OUTBOX_STATES(STATE)                                                                  \
	STATE(WAITING, 0, "waiting")                                                          \
	STATE(SENT, 1, "sent")                                                                \
	STATE(FAILED, 2, "failed")   /* the other side will never take it, or time ran out */ \
	STATE(SPREAD, 3, "spread")   /* became one message for each channel of its kind */    \
	STATE(DROPPED, 4, "dropped") /* somebody gave it up, or what it is about was withdrawn */

enum outbox_state {
#define STATE(id, n, name) OUTBOX_##id = (n),
	OUTBOX_STATES(STATE)
#undef STATE
		OUTBOX_STATE_COUNT
};

const char *outbox_state_name(enum outbox_state state);
int outbox_state_parse(struct str name, enum outbox_state *ret_state); /* 0 or ERR_UNKNOWN */

struct outbox_row {
	int64_t id, created, due, next, finished; /* µs; next: of the next try; finished 0: not yet */
	enum outbox_state state;
	unsigned tries;
	struct str error; /* of the last try; may be empty */
	bool whole;       /* nothing of it is forgotten, so that it could be sent again */
	/* Link and file are forgotten once it is sent or dropped, and OUTBOX_RESEND after it failed: the link
	   is a secret, the file is kept by whom it belongs to. */
	struct outbox_message message;
};

/* Returns non-zero to stop; views live until it returns. */
typedef int outbox_visit(void *context, const struct outbox_row *row);

/* The message that has waited longest of those due now. 1 and visit was called, 0 where none is, or a
   negative code. */
int outbox_next(struct db_tx *tx, int64_t now, outbox_visit *visit, void *context);

/* What came of a try. */
int outbox_sent(struct db_tx *tx, int64_t id, int64_t now);
int outbox_failed(struct db_tx *tx, int64_t id, bool for_good, struct str reason, int64_t now);

/* Nothing goes to the channel before that time, and that is no try of anything that waits for it. */
int outbox_rest(struct db_tx *tx, struct str channel, int64_t until);

/* In place of a message without a channel: one for each, under its key and "@" and the channel's name. */
int outbox_spread(struct db_tx *tx, int64_t id, const struct str *channels, size_t count, int64_t now);

/* µs until the next try, behind so many that failed. */
int64_t outbox_pause(unsigned tries);

/* --- for people ----------------------------------------------------------------------------------------- */

struct outbox_filter {
	unsigned states;  /* bits; 0: all */
	bool undelivered; /* those alone that failed, or waits after a try that did */
	struct str kind, channel, key_prefix;
	int64_t cursor; /* of the page before; 0: the first */
	unsigned limit;
};

/* Newest first, without text, link and file. *ret_next 0: that was all. */
int outbox_list(struct db_tx *tx, const struct outbox_filter *filter, outbox_visit *visit, void *context,
		int64_t *ret_next);
int outbox_get(struct db_tx *tx, int64_t id, outbox_visit *visit, void *context); /* ERR_END */

#define OUTBOX_ERROR_MAX 300 /* bytes kept of a reason */

/* How a channel does. error: of the newest message that could not be sent, empty where there is none. */
struct outbox_channel {
	int64_t sent, failed; /* µs: when the last one was; 0: never */
	int64_t waiting;      /* messages */
	char error[OUTBOX_ERROR_MAX + 1];
};
int outbox_channel_read(struct db_tx *tx, struct str channel, struct outbox_channel *ret_channel);

/* What failed is due again as if it were new, and what waits after a try that failed is tried now. ERR_END:
   there is none of that number; ERR_REFUSED: it was sent or dropped; ERR_RANGE: parts of it are forgotten. */
int outbox_resend(struct db_tx *tx, int64_t id, int64_t now);
/* The same of all of a channel for which it can be done; empty: of every channel. How many. */
int outbox_resend_all(struct db_tx *tx, struct str channel, int64_t now);
/* It is not to be sent any more. ERR_END; ERR_REFUSED: it was sent or dropped. */
int outbox_drop(struct db_tx *tx, int64_t id, int64_t now);

/* Takes back what waits or has failed under keys with that prefix: what it is about has been withdrawn. How
 * many.
 */
int outbox_cancel(struct db_tx *tx, struct str key_prefix, struct str reason, int64_t now);

/* What has waited for longer than patience, as where nothing is configured that could send it, has failed. */
int outbox_expire(struct db_tx *tx, int64_t now);

#define OUTBOX_PRUNE_STEP 500
/* Forgets what was finished before that time, at most a step; how many. */
int outbox_prune(struct db_tx *tx, int64_t before);
/* Forgets links and files of what failed before that time; how many. */
int outbox_forget(struct db_tx *tx, int64_t before);

#endif
