/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RECORD_LINK_H
#define BIN_RECORD_LINK_H
/*
 * Records on their way from import and drill into the journal, over the local
 * socket of the collect process. Each message is acknowledged when its records are
 * durable, however long the disk takes.
 *
 * The far side may be killed between making records durable and saying so. Each
 * message therefore carries the last number known to be durable before it; when it
 * is sent a second time, the far side first looks behind that number whether the
 * records are there already, and appends only what is missing. So nothing is lost
 * and nothing is there twice.
 */
#include "base/buf.h"
#include "ipc/channel.h"
#include "journal/journal.h"

#define RECORD_MESSAGE_MAX (4u * 1024 * 1024)

struct record_link;

/* -ECONNREFUSED or -ENOENT where nothing runs on that data folder. socket is kept. */
int record_link_open(const char *socket, struct record_link **ret_link);
void record_link_close(struct record_link *link);

/* Collects a record; sends when the message is full. flags: JOURNAL_… 0, or what record_link_flush() says. */
int record_link_add(struct record_link *link, struct str hint, uint16_t flags, struct str bytes);

/* Sends what is left and waits until it is durable. Connects again for up to a minute where the far side went
 * away. */
int record_link_flush(struct record_link *link);

struct record_sink {
	const char *folder; /* of the journal */
	struct journal *journal;
};

/* The other side: a handler for ipc_server_start() whose context is a struct record_sink. */
int record_link_receive(void *sink, enum ipc_type type, struct str payload, uint64_t *ret_value,
			struct err *ret_err);

#endif
