/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_PRIVATE_H
#define SENSOR_PRIVATE_H
/* What the files of a sensor share: its state, and how a record is written. */
#include "base/buf.h"
#include "sensor/dns_pairs.h"
#include "sensor/flow.h"
#include "sensor/pool.h"
#include "sensor/sensor.h"

struct sensor {
	struct sensor_options options;
	sensor_emit *emit;
	void *context;
	struct sensor_stats stats;
	struct flow_table table;
	struct dns_pairs dns;
	struct pool pool;
	struct buf out;      /* the record being written */
	int64_t now;         /* the newest packet or tick */
	int64_t next_expiry; /* when to look for idle ones again */
};

/* --- records (record.c) --------------------------------------------------------------------------------- */

/* {"sensor":kind,"time":…,"interface":… */
void record_begin(struct sensor *sensor, const char *kind, int64_t time);
/* Both ends, first being the side that comes first; transport, VLAN, tunnel, Community ID. */
void record_flow(struct sensor *sensor, struct flow_identity *who, unsigned first);
void record_end(struct sensor *sensor, int64_t time);

/* Members; text is cut to max bytes, at the border of a character. */
void member_text(struct buf *out, const char *name, struct str text, size_t max);
void member_number(struct buf *out, const char *name, uint64_t number);
void member_time(struct buf *out, const char *name, int64_t time);
void member_hex(struct buf *out, const char *name, const uint8_t *bytes, size_t len);

/* The record of a flow since the last one; why: idle, closed, active, evicted, reused, finished. */
void record_of_flow(struct sensor *sensor, struct flow *flow, const char *why);

#endif
