/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_SNAPSHOT_H
#define EVENT_SNAPSHOT_H
/*
 * An event as JSON, for people and for keeping beside an alert:
 * {"seq":"17","received":"…","peer":"…","source":"openssh","fields":{"source.ip":"…"},"attributes":[{"name":"…","value":"…"}]}
 * Numbers and booleans of the field table stay such; attributes are text. Not for the event path.
 */
#include "base/buf.h"
#include "event/event.h"

void event_snapshot(const struct event *event, struct buf *out);

#endif
