/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPC_CHANNEL_H
#define IPC_CHANNEL_H
/*
 * Messages between our processes over a Unix stream socket. Every message has a
 * 12-byte header: magic "WL", protocol version, type, payload length; the length
 * is checked against the type's cap in the table below before a byte is read. A
 * peer that sends anything else is disconnected (ERR_PROTOCOL), never trusted.
 *
 * A channel is blocking and used by one thread at a time.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define IPC_VERSION 1

/* MESSAGE(NAME, number, largest payload, "who sends it and what it means") */
#define IPC_MESSAGES(MESSAGE)                                                                      \
	MESSAGE(RULES, 1, 64u << 20, "analyze to core: the rules in force, by content hash")       \
	MESSAGE(ALERTS, 2, 64u << 20, "analyze to core: a batch of alerts")                        \
	MESSAGE(RECORDS, 3, 64u << 20, "to collect: records for the journal")                      \
	MESSAGE(ACK, 4, 8,                                                                         \
		"the answer: what the last message carried is durable; a number the type defines") \
	MESSAGE(FAILED, 5, 512, "the answer: it could not be taken now, and why; try again later") \
	MESSAGE(COVERAGE, 6, 64u << 20, "analyze to core: what was heard of whom, by batch")       \
	MESSAGE(TRAIL, 7, 64u << 20, "analyze to core: audit records, by batch")                   \
	MESSAGE(REPEATS, 8, 64u << 20, "analyze to core: how often alerts have repeated by now")   \
	MESSAGE(PEOPLE, 9, 64u << 20, "directory to core: all people of the directory")            \
	MESSAGE(SILENCE, 10, 8,                                                                    \
		"analyze to core: a source fell silent; answered 1 where somebody said it would")  \
	MESSAGE(DELIVER, 16, 16u << 20, "core to notify: a message for one channel")               \
	MESSAGE(REFUSED, 17, 512, "the answer: it will never be taken, and why")

enum ipc_type {
#define MESSAGE(name, number, max, doc) IPC_##name = (number),
	IPC_MESSAGES(MESSAGE)
#undef MESSAGE
};

struct ipc_channel;

/* Connects to a socket file. timeout (µs) bounds every later send and receive. 0 or -errno. */
int ipc_connect(const char *path, int64_t timeout, struct ipc_channel **ret_channel);
/* Wraps an accepted connection, which the channel then owns; without a timeout a receive waits for ever. */
struct ipc_channel *ipc_channel_new(int fd);
void ipc_channel_free(struct ipc_channel *channel);

/* 0, -errno, or ERR_LIMIT where payload is over the type's cap. */
int ipc_send(struct ipc_channel *channel, enum ipc_type type, struct str payload);

/* Sends and waits for the answer: 0 for ACK, its number in *ret_value unless that is NULL; -EAGAIN for
   FAILED and ERR_REFUSED for REFUSED, whose reason is in *ret_err; else as ipc_receive(). */
int ipc_call(struct ipc_channel *channel, enum ipc_type type, struct str payload, uint64_t *ret_value,
	     struct err *ret_err);

/* From any thread, while another may be in a call: that call and all later ones fail. */
void ipc_channel_abort(struct ipc_channel *channel);

/* The next message; the payload stays valid until the next call. 0; ERR_END where the peer closed between
   messages; ERR_PROTOCOL; -ETIMEDOUT; -errno. */
int ipc_receive(struct ipc_channel *channel, enum ipc_type *ret_type, struct str *ret_payload);

#endif
