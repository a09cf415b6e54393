/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_CAPTURE_H
#define SENSOR_CAPTURE_H
/*
 * Packets of a network interface as Linux gives them: AF_PACKET with a ring in shared memory (TPACKET_V3).
 * Who may (CAP_NET_RAW) opens the socket, bound and filtered; who reads sets up the ring, for which nothing
 * is needed but the descriptor. What the kernel drops because the ring is full it counts.
 */
#include "base/err.h"
#include "sensor/sensor.h"

#define CAPTURE_NAME_SIZE 16 /* IFNAMSIZ */

/* filter: an expression of pcap-filter(7), "": none. A descriptor, or an error that says what to do. */
int capture_socket(const char *interface, const char *filter, struct err *ret_err);

/* The name of the interface that such a descriptor is bound to. */
int capture_name(int fd, char out[CAPTURE_NAME_SIZE]);

struct capture;

/* fd is kept and stays the caller's. A ring of one that was here before is replaced. */
int capture_new(int fd, size_t ring_bytes, struct capture **ret_capture, struct err *ret_err);
void capture_free(struct capture *capture); /* NULL is fine */

/* Gives the packets of at most blocks blocks to the sensor; returns the blocks there were. Wait with
 * poll(POLLIN) where there was none. */
unsigned capture_read(struct capture *capture, struct sensor *sensor, unsigned blocks);

/* Since the last call: what came to the socket, and what of it was dropped. */
int capture_counts(struct capture *capture, uint64_t *ret_received, uint64_t *ret_dropped);

/* 0, or why nothing comes, as -ENETDOWN: an interface that is down. */
int capture_error(const struct capture *capture);

#endif
