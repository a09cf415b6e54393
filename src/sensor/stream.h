/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_STREAM_H
#define SENSOR_STREAM_H
/*
 * TCP put in order, as far as somebody reads it: the first bytes say which application it is, whose parser
 * takes what it understands and says when it has seen enough. Kept are only bytes of an incomplete message
 * and segments that came early, each within options.stream_bytes a direction; bodies are passed over without
 * being kept. Of bytes that come twice the first ones count.
 */
#include "sensor/http.h"
#include "sensor/private.h"
#include "sensor/tls.h"

#define STREAM_EARLY_MAX 64                 /* segments kept out of order, one direction */
#define STREAM_AHEAD_MAX (16 * 1024 * 1024) /* bytes: no window is so wide */
#define STREAM_SKIP_ALL UINT64_MAX

struct stream_segment {
	struct stream_segment *next;
	uint32_t sequence, len;
	uint8_t bytes[];
};

struct stream_half {
	uint32_t next; /* sequence number of the byte that is awaited */
	bool begun, done;
	uint64_t skip;     /* bytes to come that nobody reads; STREAM_SKIP_ALL: all */
	struct held bytes; /* of a message that is not whole */
	struct stream_segment *early;
	uint32_t early_bytes, early_count;
};

/*
 * parse: bytes taken, 0 where more are needed to go on, -1 where it wants no more of this half. It may set
 * the half's skip and either half's done. end: nothing more comes, or is wanted; tells what it knows, gives
 * its memory back.
 */
struct application {
	enum application_id id;
	long (*parse)(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes,
		      size_t len);
	void (*end)(struct sensor *sensor, struct flow *flow);
};

struct stream {
	struct stream_half halves[2];
	const struct application *application; /* NULL: not known yet */
	int64_t time;                          /* of the packet in hand */
	union {
		struct tls tls;
		struct http http;
	};
};

extern const struct application application_tls, application_http, application_dns;

/* A packet of a TCP flow, SYN included. Begins the stream where there is none yet. */
void stream_packet(struct sensor *sensor, struct flow *flow, unsigned side, const struct packet *packet,
		   int64_t time);

/* The flow ends. What waits out of order is read past the gaps where that can be. */
void stream_close(struct sensor *sensor, struct flow *flow);

/* identify.c: which application begins with these bytes; NULL where none. *ret_more: too few to say. */
const struct application *stream_identify(struct flow *flow, const uint8_t *bytes, size_t len,
					  bool *ret_more);
/* The same for the first bytes of UDP. */
enum application_id datagram_identify(const struct packet *packet);

#endif
