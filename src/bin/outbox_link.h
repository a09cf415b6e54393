/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_OUTBOX_LINK_H
#define BIN_OUTBOX_LINK_H
/*
 * What waits in the outbox, on its way from core to the notify process: one message after the other, on a
 * thread of its own, so that a mail server that hangs holds up nothing but messages. A channel that was slow
 * to fail rests for a minute, so that it does not hold up the others either.
 *
 * A message is sent at least once: where the answer is lost it goes again, with the same Message-ID.
 */
#include "db/db.h"
#include "ipc/channel.h"
#include "notify/outbox.h"

#define CHANNELS_FILE "notify/channels.json" /* below the data folder */
#define CHANNELS_FILE_MAX (64u * 1024)

struct outbox_link;

/* socket and channels (the file) are kept, not copied. */
struct outbox_link *outbox_link_start(struct db *db, const char *socket, const char *channels);
void outbox_link_stop(struct outbox_link *link); /* NULL is fine; does not wait for a try that runs */

/* One try over a connection: 0: delivered; 1: not now, come back in *ret_rest seconds; ERR_REFUSED: never;
   -EAGAIN: it failed, both with the reason in *ret_err; else the connection is lost. */
int outbox_call(struct ipc_channel *channel, const struct outbox_message *message, int64_t created,
		unsigned *ret_rest, struct err *ret_err);

#endif
