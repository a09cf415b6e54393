/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTIFY_DELIVER_H
#define NOTIFY_DELIVER_H
/*
 * One try to bring a message to its channel, and the message on its way from core to the notify process
 * (IPC_DELIVER, doc/formats/notify.md). TLS is always verified, redirects are never followed, answers are
 * capped, and a try ends after DELIVER_TIMEOUT. Any thread.
 */
#include "notify/channels.h"
#include "notify/outbox.h"

#define DELIVER_CONNECT_TIMEOUT (10 * CLOCK_SECOND)
#define DELIVER_TIMEOUT (60 * CLOCK_SECOND)
#define DELIVER_REST 60 /* seconds that a channel rests where the other side says: too often */

struct delivery {
	struct outbox_message message;
	int64_t created; /* µs */
};

void deliver_encode(const struct outbox_message *message, int64_t created, struct buf *out);
/* Views of payload. 0; ERR_PROTOCOL where it is none; ERR_LIMIT where a part is larger than the outbox takes.
 */
int deliver_decode(struct str payload, struct delivery *ret_delivery);

struct mail_server {
	const char *url;                  /* smtp://host:port or smtps://host:port; empty: no mail */
	const char *user, *password, *ca; /* empty: none; the system's authorities */
	struct mailbox from;
};

/* smtp:// or smtps://, a host, and no path, user or password. */
bool mail_server_valid(const char *url);

struct deliverer; /* counts what went where in the last minute */

struct deliverer *deliverer_new(void);
void deliverer_free(struct deliverer *deliverer); /* NULL is fine */

struct outcome {
	enum verdict verdict;
	unsigned rest; /* seconds; of VERDICT_REST */
	char reason[ROBOT_REASON_SIZE];
};

void deliver(struct deliverer *deliverer, const struct mail_server *server, const struct channels *channels,
	     const struct delivery *delivery, int64_t now, struct outcome *ret_outcome);

/* Before threads. */
int deliver_start(struct err *ret_err);

#endif
