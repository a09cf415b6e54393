/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASES_SNAPSHOT_H
#define CASES_SNAPSHOT_H
/*
 * An event as the JSON object that the API calls EventDetail (doc/formats/api.yaml):
 * what an alert keeps of its event, and what the console shows of any event.
 */
#include "base/buf.h"
#include "event/event.h"

/* Appends the object: seq, received, peer, drill, fields by ECS name, attributes not ATTR_DERIVED. */
void event_snapshot(const struct event *event, bool drill, struct buf *out);

/* Appends one field's value in its JSON type: number, true or false, address or time as text. */
void event_snapshot_value(const struct field *field, struct buf *out);

#endif
