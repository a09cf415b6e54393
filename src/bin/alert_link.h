/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_ALERT_LINK_H
#define BIN_ALERT_LINK_H
/*
 * Alerts on their way from analyze to core. A worker appends each alert to its
 * batch's buffer, already encoded; the committer sends the buffer in messages of
 * at most ALERT_MESSAGE_MAX and has each acknowledged. On every new connection
 * the rules in force go first, so that core can show the text that fired.
 */
#include "base/buf.h"
#include "cases/alert.h"
#include "detect/detect.h"
#include "event/event.h"
#include "ipc/server.h"

#define ALERT_MESSAGE_MAX (8u * 1024 * 1024)

/* Appends one alert; why is a JSON object. Of an audit record it keeps rule, time and number alone. */
void alert_link_add(struct buf *alerts, const struct rule_info *rule, const struct event *event,
		    struct str why);

struct alert_link;

struct alert_link *alert_link_new(const char *socket); /* path is kept */
void alert_link_free(struct alert_link *link);

/* Delivers what alert_link_add() collected (IPC_ALERTS), or trail_link_add() (IPC_TRAIL); connects where it
   must. 0 when core has it all, else a negative code and the caller sends the whole buffer again later. */
int alert_link_send(struct alert_link *link, const struct ruleset *rules, enum ipc_type type,
		    const struct buf *items);

/* The other side: a handler for ipc_server_start() whose context is core's struct db. */
int alert_link_receive(void *db, uid_t user, enum ipc_type type, struct str payload, uint64_t *ret_value,
		       struct err *ret_err);

#endif
