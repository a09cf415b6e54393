/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_SENSOR_H
#define SENSOR_SENSOR_H
/*
 * Packets in, records out: one JSON object a line for each flow, DNS exchange, TLS handshake and HTTP/1
 * exchange (doc/formats/sensor.md). One sensor belongs to one thread. All memory is bounded by its options;
 * past warm-up a packet allocates nothing. Every byte of a packet is taken for hostile: what does not hold
 * together is counted and passed over, never an error.
 *
 * Time is that of the packets. It only moves forward: a packet from before the newest one keeps its own time
 * in the records, but ages nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* The values of libpcap's DLT_…, as pcap_datalink() gives them on Linux. */
enum sensor_link {
	SENSOR_LINK_NULL = 0,
	SENSOR_LINK_ETHERNET = 1,
	SENSOR_LINK_PPP = 9,
	SENSOR_LINK_RAW = 12,
	SENSOR_LINK_PPPOE = 51,
	SENSOR_LINK_LOOP = 108,
	SENSOR_LINK_SLL = 113,
	SENSOR_LINK_IPV4 = 228,
	SENSOR_LINK_IPV6 = 229,
	SENSOR_LINK_SLL2 = 276,
};

#define SENSOR_RECORD_MAX 65536 /* bytes of one record, at most */

/* Zeros take the defaults. */
struct sensor_options {
	const char *interface;   /* a member "interface" of each record; NULL: none; kept */
	uint32_t flows;          /* at once; 65536. The longest idle is ended for a new one */
	size_t stream_memory;    /* for TCP streams that are read, all of them; 64 MiB */
	uint32_t stream_bytes;   /* kept of one direction while incomplete, and again out of order; 32 KiB */
	uint32_t dns_queries;    /* waiting for their answers; 8192 */
	uint32_t http_exchanges; /* told of one connection; 1000 */
	int64_t active;          /* a longer flow is told of in parts, µs; 30 min */
	uint64_t seed;           /* of the hash tables, for tests; 0: a random one */
};

/* time: of what is told, µs. The text lives until emit returns. */
typedef void sensor_emit(void *context, int64_t time, struct str record);

struct sensor_frame {
	enum sensor_link link; /* another value: the frame is counted as unknown */
	int64_t time;          /* µs since 1970 UTC */
	const uint8_t *bytes;
	uint32_t captured; /* bytes there are */
	uint32_t length;   /* bytes there were on the wire; not less than captured */
	uint16_t vlan;     /* that the kernel took off; 0: none */
};

#define SENSOR_STATS(X)                                               \
	X(packets, "frames looked at")                                \
	X(bytes, "their bytes on the wire")                           \
	X(unknown, "neither IPv4 nor IPv6, or a link we do not know") \
	X(malformed, "headers that do not hold together")             \
	X(fragments, "fragments of IP behind the first: in no flow")  \
	X(flows, "flows begun")                                       \
	X(evicted, "flows ended early, because there were too many")  \
	X(streams, "TCP streams looked into")                         \
	X(streams_refused, "not looked into: no memory")              \
	X(streams_lost, "given up: too much missing or out of order") \
	X(dns_malformed, "packets of DNS ports that are no DNS")      \
	X(dns_evicted, "queries told of early, because of too many")  \
	X(records, "records made")

struct sensor_stats {
#define X(name, description) uint64_t name;
	SENSOR_STATS(X)
#undef X
};

struct sensor;

struct sensor *sensor_new(const struct sensor_options *options, sensor_emit *emit, void *context);
void sensor_free(struct sensor *sensor); /* NULL is fine; tells of nothing more */

void sensor_packet(struct sensor *sensor, const struct sensor_frame *frame);

/* Time passes without packets: idle flows and unanswered queries are told of. */
void sensor_tick(struct sensor *sensor, int64_t time);

/* Tells of everything that is still open. */
void sensor_finish(struct sensor *sensor);

void sensor_stats(const struct sensor *sensor, struct sensor_stats *ret_stats);

#endif
