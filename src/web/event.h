/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_EVENT_H
#define WEB_EVENT_H
/* Inside web/: events as the console shows them, out of the copy an alert keeps or out of the store. */
#include "web/private.h"

/* JSON text from the database as a member, but only where it is an object; else {}. */
void event_write_object(struct call *call, const char *key, struct str json);

/* An EventDetail with its raw line from the journal; no member where json is no object. */
void event_write_detail(struct call *call, const char *key, struct str json, uint64_t seq);

#endif
