/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H
/*
 * An event: one journal record, normalised. It owns nothing; everything it
 * points to lies in the batch arena or in the record's bytes and dies with the
 * batch. One thread works on an event at a time. Adding to an event never calls
 * malloc once the arena is warm.
 *
 * It holds two lists of values:
 *   fields  canonical (ECS), by number, typed, at most one value each;
 *   attrs   under their native names in the order of the source, which is what
 *           Sigma rules name (Image, CommandLine, EventID, cs-uri-query …). A
 *           list value is repeated under the same name. Those a source mapped to
 *           a field, and aliases made for Sigma, are marked ATTR_DERIVED: they
 *           can be matched but are not stored a second time.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/str.h"
#include "event/field.h"
#include "event/value.h"

#define EVENT_ATTRS_MAX 1024        /* more are dropped and counted in event.attrs_dropped */
#define EVENT_RAW_MAX (1024 * 1024) /* bytes of one record; collectors cut or refuse beyond */

enum { ATTR_DERIVED = 1 };

/* Where @timestamp comes from: the record has none; its text names its zone, or is seconds since an epoch;
   its text names none, so that a zone was assumed. */
enum time_origin { TIME_RECEIVED, TIME_ZONED, TIME_ASSUMED };

struct attr {
	struct str key;
	uint64_t hash; /* hash_str(key), computed once by whoever adds it */
	struct value value;
	uint8_t flags;
};

/* What is known of where a field's value comes from: nothing; it is byte for byte that of an attribute, where
   none were dropped; it is a KEYWORD or TEXT that a source states, not the record. */
enum field_origin { FIELD_OWN, FIELD_COPY, FIELD_CONSTANT };

struct field {
	enum field_id id;
	uint8_t origin;              /* enum field_origin */
	struct value value;          /* the text */
	union {                      /* the same, typed by field_info(id)->type */
		int64_t integer;     /* LONG, DATE, BOOL */
		double number;       /* DOUBLE */
		uint8_t ip[16];      /* IP, IPv4 mapped */
		struct hash128 hash; /* of a constant's text, for which it can stand */
	};
};

/* A Sigma log source; an empty part is unknown. The texts live as long as the source set or the arena. */
struct logsource {
	struct str product, category, service;
};

/* Part 0 is the product, 1 the category, 2 the service. */
static inline struct str *logsource_part(struct logsource *sigma, unsigned part)
{
	return part == 0 ? &sigma->product : part == 1 ? &sigma->category : &sigma->service;
}

struct event {
	uint64_t seq;        /* of the journal record; 0 where there is none */
	int64_t received;    /* µs */
	uint8_t peer[16];    /* who sent it, IPv4 mapped; all zero: local */
	uint16_t listener;   /* journal listener id */
	int64_t sequence;    /* the running number its syslog header carries, at most UINT32_MAX; -1: none */
	struct str raw;      /* the record's bytes */
	uint8_t time_origin; /* enum time_origin */

	struct str source; /* id of the content/sources file that recognised it; empty: unparsed */
	bool generic;      /* that file knows the form (syslog, JSON) and not whose it is */
	struct logsource logsource;

	struct field *fields;
	struct attr *attrs;
	uint32_t field_count, field_capacity, attr_count, attr_capacity, attrs_dropped;
	uint8_t field_at[FIELD_COUNT]; /* 1 + index into fields, 0: absent */

	struct arena *arena;
};

_Static_assert(FIELD_COUNT < 255, "field_at needs a wider type");

/* An empty event over arena. */
void event_init(struct event *event, struct arena *arena);

/* Inside: room for one more, in a larger copy of the array. */
void event_grow_attrs(struct event *event);

/* Room for so many more at once, and for some that come later; up to EVENT_ATTRS_MAX in all. */
void event_reserve_attrs(struct event *event, uint32_t more);

/* Appends; drops and counts past EVENT_ATTRS_MAX. The key's and value's bytes are not copied. */
static inline void event_add_attr(struct event *event, struct str key, uint64_t hash, struct value value,
				  uint8_t flags)
{
	struct attr *attr;

	if (event->attr_count == EVENT_ATTRS_MAX) {
		event->attrs_dropped++;
		return;
	}
	if (event->attr_count == event->attr_capacity)
		event_grow_attrs(event);
	attr = &event->attrs[event->attr_count++];
	attr->key = key;
	attr->hash = hash;
	value_copy(&attr->value, &value);
	attr->flags = flags;
}

/* Sets a field from text, converting to its type; a later call replaces an earlier one.
   0, or ERR_SYNTAX or ERR_RANGE where the text is not of that type, and then nothing is set. */
int event_set_value(struct event *event, enum field_id id, const struct value *value);
static inline int event_set(struct event *event, enum field_id id, struct value value)
{
	return event_set_value(event, id, &value);
}
int event_set_text(struct event *event, enum field_id id, struct str text);

/* Sets a typed field; the text is made in the arena. */
void event_set_integer(struct event *event, enum field_id id, int64_t integer);
void event_set_ip(struct event *event, enum field_id id, const uint8_t ip[16]);

/* A field that many events are given by event_set_constant() (event/put.h); its text must outlive them.
   Negative like event_set_value(), and then nothing is made. */
int event_make_constant(enum field_id id, struct str text, struct field *ret_constant);

/* NULL where absent. */
static inline const struct field *event_get(const struct event *event, enum field_id id)
{
	return event->field_at[id] ? &event->fields[event->field_at[id] - 1] : NULL;
}

/* The field's text, or an empty view. */
struct str event_text(const struct event *event, enum field_id id);

/* The first attribute of that name at or behind index from; attr_count where there is none. */
uint32_t event_find_attr(const struct event *event, struct str key, uint64_t hash, uint32_t from);

#endif
