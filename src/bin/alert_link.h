/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_ALERT_LINK_H
#define BIN_ALERT_LINK_H
/*
 * Alerts on their way from analyze to core, and how often they repeated. They are
 * encoded where the event is at hand (worker.h), get their ids when it is known that
 * they are alerts (alert_maker.h), and are sent in messages of at most
 * ALERT_MESSAGE_MAX, each acknowledged. On every new connection, and after a reload,
 * the rules in force go first, so that core can show the text that fired.
 */
#include "base/buf.h"
#include "cases/alert.h"
#include "cases/case_rules.h"
#include "detect/detect.h"
#include "event/event.h"
#include "ipc/server.h"

#define ALERT_MESSAGE_MAX (8u * 1024 * 1024)

/* Appends one alert without an id; why is a JSON object, time µs. Of an audit record it keeps rule, time and
   number alone. */
void alert_link_add(struct buf *alerts, const struct rule_info *rule, const struct event *event, int64_t time,
		    struct str why);

/* Gives the alert that begins at offset at its id: the same cause has the same, always. */
void alert_link_name(struct buf *alerts, size_t at, struct str cause);

/* The alert that begins at offset at, whole. */
struct str alert_link_item(const struct buf *alerts, size_t at);

/* Appends that the alert of that cause has repeated count times by now, the last time at last (µs). */
void alert_link_repeat(struct buf *repeats, struct str cause, uint64_t count, int64_t last);

struct alert_link;

struct alert_link *alert_link_new(const char *socket); /* path is kept */
void alert_link_free(struct alert_link *link);

/* The rules in force have changed: the next message that is sent follows them. */
void alert_link_reloaded(struct alert_link *link);

/* Delivers what alert_link_add() collected (IPC_ALERTS), alert_link_repeat() (IPC_REPEATS), or
   trail_link_add() (IPC_TRAIL); connects where it must. 0 when core has it all, else a negative code and the
   caller sends the whole buffer again later. */
int alert_link_send(struct alert_link *link, const struct ruleset *rules, enum ipc_type type,
		    const struct buf *items);

/* The other side: what core does with such a message. rules: NULL opens an incident for every alert. */
int alert_link_receive(struct db *db, const struct case_rules *rules, enum ipc_type type, struct str payload);

#endif
