/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RECORD_LINK_H
#define BIN_RECORD_LINK_H
/*
 * Records on their way into the journal over the local socket of the collect
 * process: what import and drill bring, what processes of their own collect (sensor,
 * kafka), and what the platform says about itself (bin/notice.h). Each message is acknowledged when its
 * records are durable, however long the disk takes; a sender that cannot wait so long says so.
 *
 * The far side may be killed between making records durable and saying so. Each
 * message therefore carries the last number known to be durable before it; when it
 * is sent a second time, the far side first looks behind that number whether the
 * records are there already, and appends only what is missing. So nothing is lost
 * and nothing is there twice.
 *
 * A record says how it came: LISTENER_LOCAL, LISTENER_PLATFORM, or a listener that the
 * sink lets this user speak for; any other is refused. Who reaches the socket is one of
 * our processes or root, by the file's mode.
 */
#include "base/buf.h"
#include "ipc/server.h"
#include "journal/journal.h"

#define RECORD_SPEAKERS_MAX 8
#define RECORD_MESSAGE_MAX (4u * 1024 * 1024)

struct record_link;

/* -ECONNREFUSED or -ENOENT where nothing runs on that data folder. socket is kept. */
int record_link_open(const char *socket, struct record_link **ret_link);
/* The same for somebody who waits at most patience µs for each answer; where that has passed, flush says
   -ETIMEDOUT or why not, and the link is to be closed: whether the records came is not known. */
int record_link_open_within(const char *socket, int64_t patience, struct record_link **ret_link);
void record_link_close(struct record_link *link);

/* Asks what is durable by now, before the first record of a message; shows too whether the far side is there.
 */
int record_link_refresh(struct record_link *link);

/* Collects a record; sends when the message is full. flags: JOURNAL_… 0, or what record_link_flush() says. */
int record_link_add(struct record_link *link, struct str hint, uint16_t flags, struct str bytes);

/* The same for what came by another listener than LISTENER_LOCAL. Notices (PLATFORM, AUDIT) and other records
   do not share a message. */
int record_link_add_from(struct record_link *link, uint16_t listener, struct str hint, struct str bytes);

/* Sends what is left and waits until it is durable. Connects again for up to a minute where the far side went
 * away. */
int record_link_flush(struct record_link *link);

struct record_sink {
	const char *folder;            /* of the journal */
	const struct journal_key *key; /* NULL: not encrypted */
	struct journal *journal;
	/* Who may speak for a listener, beside root for LISTENER_AUDIT */
	struct record_speaker {
		uint16_t listener;
		uid_t user;
	} speakers[RECORD_SPEAKERS_MAX];
	size_t speaker_count;
};

/* The other side: a handler for ipc_server_start() whose context is a struct record_sink. */
int record_link_receive(void *sink, uid_t user, enum ipc_type type, struct str payload, uint64_t *ret_value,
			struct err *ret_err);

#endif
