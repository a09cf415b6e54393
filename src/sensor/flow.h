/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_FLOW_H
#define SENSOR_FLOW_H
/*
 * The table of flows: a fixed array, found by a hash with a secret seed, in lists ordered by the last packet.
 * Both directions are one flow; side 0 is who began it. A flow ends by idleness (the limit of its list),
 * after its TCP connection closed, by a new connection of the same ports, or because the table is full: then
 * the longest idle one of those that nobody answered goes while they are more than an eighth of the table,
 * else the longest idle one of all.
 */
#include "sensor/community.h"
#include "sensor/packet.h"

#define FLOW_NONE UINT32_MAX

/* LIST(NAME, idle limit in seconds) */
#define FLOW_LIST_TABLE(X)                                                    \
	X(FLOW_CLOSED, 5)        /* TCP: FIN of both, or a reset */           \
	X(FLOW_HALF, 30)         /* nobody answered, or no handshake ended */ \
	X(FLOW_ANSWERED, 60)     /* UDP and others, both ways */              \
	X(FLOW_ESTABLISHED, 300) /* TCP */

enum flow_list {
#define X(name, seconds) name,
	FLOW_LIST_TABLE(X)
#undef X
		FLOW_LISTS
};

/* APPLICATION(NAME, what network.protocol says) */
#define APPLICATION_TABLE(X)          \
	X(APPLICATION_UNKNOWN, NULL)  \
	X(APPLICATION_DNS, "dns")     \
	X(APPLICATION_MDNS, "mdns")   \
	X(APPLICATION_LLMNR, "llmnr") \
	X(APPLICATION_TLS, "tls")     \
	X(APPLICATION_HTTP, "http")   \
	X(APPLICATION_HTTP2, "http2") \
	X(APPLICATION_SSH, "ssh")     \
	X(APPLICATION_QUIC, "quic")

enum application_id {
#define X(name, text) name,
	APPLICATION_TABLE(X)
#undef X
};

/* The same for both directions: the smaller end is low. */
struct flow_key {
	uint8_t low[16], high[16];
	uint16_t low_port, high_port;
	uint32_t network;
	uint8_t protocol, tunnel, v4, zero;
};
_Static_assert(sizeof(struct flow_key) == 44, "compared and hashed as bytes");

struct flow_side {
	uint64_t bytes, packets; /* since the last record */
	uint8_t mac[6];
	uint8_t flags;  /* of TCP, since the beginning */
	bool begun;     /* its SYN was seen */
	uint32_t first; /* sequence number of its first byte, where begun */
};

struct stream;

/* What a record says of the flow it belongs to; also where the flow itself may be gone. */
struct flow_identity {
	struct flow_key key;
	bool begun_by_high;
	uint8_t icmp_code;
	uint16_t vlan;
	char community[COMMUNITY_ID_SIZE]; /* "": not computed yet */
};

struct flow {
	struct flow_identity who;
	uint32_t chain, older, newer; /* indices, FLOW_NONE */
	uint8_t list;                 /* enum flow_list */
	uint8_t application;          /* enum application_id */
	uint8_t reset_by;             /* side + 1 of the first reset */
	bool has_mac;
	bool looked;        /* its stream was looked into, or is */
	bool part;          /* a record of it was made before */
	int64_t start, end; /* first and last packet since the last record */
	int64_t touched;    /* by the sensor's time */
	struct flow_side sides[2];
	struct stream *stream;
};

struct flow_ends {
	const uint8_t *address[2];
	uint16_t port[2];
};

struct flow_table {
	struct flow *flows;
	uint32_t *buckets;
	uint32_t size, mask, unused, spare; /* never used: from unused on; used before: chain of spare */
	uint64_t seed;
	struct flow_order {
		uint32_t oldest, newest, count;
	} lists[FLOW_LISTS];
};

void flow_table_init(struct flow_table *table, uint32_t size, uint64_t seed);
void flow_table_done(struct flow_table *table);

/* The key of a packet and which end sent it: 0 the low one, 1 the high one. */
unsigned flow_key_of(const struct packet *packet, struct flow_key *ret_key);

/* NULL where it is not there. */
struct flow *flow_find(struct flow_table *table, const struct flow_key *key);
/* A cleared one in FLOW_HALF; NULL where the table is full. */
struct flow *flow_add(struct flow_table *table, const struct flow_key *key);
void flow_remove(struct flow_table *table, struct flow *flow);

/* It had a packet at this time: the newest of the list. */
void flow_touch(struct flow_table *table, struct flow *flow, enum flow_list list, int64_t now);
/* The one to end for a new one; never NULL where the table is full. */
struct flow *flow_victim(struct flow_table *table);
/* The next one whose idle limit has passed, NULL: none. */
struct flow *flow_idle(struct flow_table *table, int64_t now);
/* Any flow, NULL: none left. */
struct flow *flow_any(struct flow_table *table);

/* Both ends, first being the side (0 or 1) that comes first. */
void flow_ends(const struct flow_identity *who, unsigned first, struct flow_ends *ret_ends);

const char *application_name(uint8_t id); /* NULL: unknown */

#endif
