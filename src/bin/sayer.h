/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_SAYER_H
#define BIN_SAYER_H
/*
 * Notices of a process that goes on whether or not they can be written now: what
 * cannot is kept, in order, and tried again. At most SAYER_WAITING_MAX wait; then
 * the oldest is dropped, and that is logged. One thread.
 */
#include "base/buf.h"
#include "base/err.h"

#define SAYER_WAITING_MAX 64

struct sayer;

/* socket: of the collect process, kept. */
struct sayer *sayer_new(const char *socket);
void sayer_free(struct sayer *sayer); /* NULL is fine */

/* Logs the message and says it. members as in notice_platform(). 0, or why it waits. */
int sayer_say(struct sayer *sayer, const char *event, const char *level, struct str members, const char *fmt,
	      ...) __attribute__((format(printf, 5, 6)));

/* Tries what waits; 0 where nothing does any more. Call it now and then. */
int sayer_retry(struct sayer *sayer);

/* True where the collect process answers: then the journal is in order. */
bool sayer_reaches(const struct sayer *sayer);

#endif
