/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_PLAN_H
#define FLOW_PLAN_H
/*
 * A template compiled: for each field where it lies, its key as it stands in the
 * JSON, and the function that writes its value; and where the fields are that times
 * and joined names are made of. Made once per template, read by records.
 */
#include <stdbool.h>

#include "flow/element.h"
#include "flow/text.h"

#define FIELD_VARIABLE 65535 /* RFC 7011 section 7 */

/* A field of a template as it is kept and saved. */
struct plan_field {
	uint32_t enterprise;
	uint16_t number;
	uint16_t length;
};

/* Fields that something is made of, by IANA's number. Of several fields for one slot the first counts. */
#define PLAN_SLOT_TABLE(X)           \
	X(FLOW_START_UPTIME, 22)     \
	X(FLOW_END_UPTIME, 21)       \
	X(FLOW_START_SECONDS, 150)   \
	X(FLOW_END_SECONDS, 151)     \
	X(FLOW_START_MILLI, 152)     \
	X(FLOW_END_MILLI, 153)       \
	X(FLOW_START_MICRO, 154)     \
	X(FLOW_END_MICRO, 155)       \
	X(FLOW_START_NANO, 156)      \
	X(FLOW_END_NANO, 157)        \
	X(FLOW_START_DELTA, 158)     \
	X(FLOW_END_DELTA, 159)       \
	X(SYSTEM_INIT, 160)          \
	X(DURATION_MILLI, 161)       \
	X(DURATION_MICRO, 162)       \
	X(INGRESS, 10)               \
	X(EGRESS, 14)                \
	X(INTERFACE_NAME, 82)        \
	X(INTERFACE_DESCRIPTION, 83) \
	X(APPLICATION, 95)           \
	X(APPLICATION_NAME, 96)      \
	X(INGRESS_VRF, 234)          \
	X(EGRESS_VRF, 235)           \
	X(VRF_NAME, 236)             \
	X(SAMPLER, 48)               \
	X(SELECTOR, 302)             \
	X(SAMPLING_INTERVAL, 34)     \
	X(SAMPLING_RANDOM, 50)       \
	X(SAMPLING_PACKETS, 305)     \
	X(SAMPLING_SPACE, 306)       \
	X(SAMPLING_PROBABILITY, 311)

enum plan_slot {
#define X(name, number) SLOT_##name,
	PLAN_SLOT_TABLE(X)
#undef X
		SLOT_COUNT
};

enum name_kind { NAME_INTERFACE, NAME_APPLICATION, NAME_VRF, NAME_SAMPLER };

/* Where a field lies in a record. */
struct plan_place {
	uint16_t offset, len;
};

struct plan_op {
	char key[ELEMENT_KEY_MAX]; /* ,"name": */
	text_writer *write;        /* NULL: by type and length, which each record says */
	uint8_t key_len;
	uint8_t type;
	bool passed_over; /* padding */
	uint16_t length;
};

struct plan {
	uint16_t count;
	uint16_t length; /* bytes of a record; of a variable one the least */
	bool variable;
	bool options;
	bool joins;                /* it has fields that names are joined to, or is sampled */
	bool timed;                /* it has fields that times are made of */
	uint32_t room;             /* bytes of JSON beside the values */
	int16_t slots[SLOT_COUNT]; /* index of the field; -1: none */
	struct plan_place *places; /* behind ops; unless variable */
	struct plan_op ops[];
};

/* What times are computed from: the message's header. */
struct flow_times {
	int64_t exported; /* ms since 1970; 0: not told */
	uint32_t uptime;  /* ms since the exporter's start, at that time */
	bool has_uptime;
};

/* NULL where a record would have no bytes, or more than 65535. */
struct plan *plan_new(const struct plan_field *fields, size_t count, bool options);
void plan_free(struct plan *plan);
size_t plan_size(const struct plan *plan); /* bytes of memory */

/* Finds the fields of a variable record of at most len bytes; its length, or 0 where it ends beyond. */
size_t plan_measure(const struct plan *plan, const uint8_t *record, size_t len,
		    struct plan_place *ret_places);

/* Bytes of JSON that a record of len bytes takes at most, without what comes before and behind the fields. */
static inline size_t plan_room(const struct plan *plan, size_t len)
{
	return plan->room + 6 * len + TEXT_SLACK;
}

/* Writes the fields, each with a comma before it. */
char *plan_write(const struct plan *plan, const struct plan_place *places, const uint8_t *record, char *out);

#define PLAN_TIMES_MAX 160 /* bytes of what plan_write_times() writes */

/* ,"flowStartMilliseconds":… and so on, as far as they can be known and are no fields anyway. init: when the
   exporter started, ms since 1970; 0: not known. */
char *plan_write_times(const struct plan *plan, const struct plan_place *places, const uint8_t *record,
		       const struct flow_times *times, uint64_t init, char *out);

/* The value of a slot's field as a number; false where there is none. */
static inline bool plan_number(const struct plan *plan, const struct plan_place *places,
			       const uint8_t *record, enum plan_slot slot, uint64_t *ret_value)
{
	const struct plan_place *place;

	if (plan->slots[slot] < 0)
		return false;
	place = &places[plan->slots[slot]];
	if (!place->len || place->len > 8)
		return false;
	*ret_value = place->len == 4 ? read_u32(record + place->offset)
				     : read_number(record + place->offset, place->len);
	return true;
}

#endif
