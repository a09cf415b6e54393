/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SENSOR_FRAMES_H
#define TEST_SENSOR_FRAMES_H
/* Frames built in a test, and a sensor whose records are kept. Addresses: 10.0.0.HOST, 2001:db8::HOST. */
#include "base/buf.h"
#include "base/clock.h"
#include "sensor/packet.h"

#define START (INT64_C(1795305600) * CLOCK_SECOND)

struct ends {
	uint8_t from, to; /* hosts */
	uint16_t from_port, to_port;
};

/* Each adds to a buffer; the inner parts are made first and handed in. */
void put_u16(struct buf *out, uint16_t value);
void put_u32(struct buf *out, uint32_t value);
void put_ethernet(struct buf *out, uint16_t type, struct str payload);
void put_v4(struct buf *out, const struct ends *ends, uint8_t protocol, struct str payload);
void put_v6(struct buf *out, const struct ends *ends, uint8_t protocol, struct str payload);
void put_udp(struct buf *out, const struct ends *ends, struct str payload);
void put_tcp(struct buf *out, const struct ends *ends, uint8_t flags, uint32_t sequence, struct str payload);

/* A sensor under test; each record is a line of said. */
struct probe {
	struct sensor *sensor;
	struct buf said;
	int64_t now;
};

void probe_init(struct probe *probe, const struct sensor_options *options);
void probe_done(struct probe *probe);
void probe_frame(struct probe *probe, enum sensor_link link, struct str bytes);
/* One millisecond later, in Ethernet and IPv4. */
void probe_udp(struct probe *probe, const struct ends *ends, struct str payload);
void probe_tcp(struct probe *probe, const struct ends *ends, uint8_t flags, uint32_t sequence,
	       struct str payload);
/* The handshake; sequence numbers go on at 1001 (from) and 5001 (to). */
void probe_connect(struct probe *probe, const struct ends *ends);
struct ends turned(const struct ends *ends);

/* How many records hold the text, and whether one does. */
size_t said_count(const struct probe *probe, const char *text);
#define assert_said(probe, text) assert_true(said_count(probe, text) > 0 || says_what(probe, text))
bool says_what(const struct probe *probe, const char *text); /* prints; false */

#endif
