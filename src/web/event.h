/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_EVENT_H
#define WEB_EVENT_H
/*
 * Inside web/: events as the console shows them, out of the copy that an alert
 * keeps or out of a row of the store. What the store holds as '', 0 or :: is
 * absent and left out.
 */
#include "web/private.h"

/* JSON text from the database as a member, but only where it is an object; else {}. */
void event_write_object(struct call *call, const char *key, struct str json);

/* An EventDetail out of an alert's copy, with its raw line from the journal; no member where json is no
 * object. */
void event_write_copy(struct call *call, const char *key, struct str json, uint64_t seq);

/* The record's bytes, max at most, as the member "raw"; else raw_missing: it is gone, or not for this role.
 */
void event_write_raw(struct call *call, uint64_t seq, size_t max);

/* An Event out of a row of search_events(). */
void event_write_row(struct arena *arena, struct buf *out, json_t *row);

/* A member of a row as text, empty where absent; field: whose type it has, NULL where it has none. Lives as
   long as the row and the arena. */
struct str event_cell(struct arena *arena, json_t *row, const char *key, const char *field);

/* An EventDetail out of a row of search_event(); row NULL: not stored (yet), only the raw line. False, and
   nothing written, where the journal has nothing either. */
bool event_write_detail(struct call *call, json_t *row, uint64_t seq);

/* Whether the record of this number is there and not for who asks: audit records are for auditors alone. */
bool event_is_hidden(struct call *call, uint64_t seq);

#endif
