/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_PCAP_FILE_H
#define SENSOR_PCAP_FILE_H
/*
 * A file of captured packets, pcap or pcapng, read by libpcap and told of by a sensor. Nothing but the file
 * decides what comes out, the seed of the tables aside.
 */
#include <stdio.h>

#include "base/err.h"
#include "sensor/sensor.h"

/* True where a file that begins so is one; 4 bytes are needed. */
bool pcap_file_is(struct str head);

/*
 * Reads from where file stands to its end; file is closed in any case. 0; ERR_SYNTAX where it is no such file
 * or of a link we do not know; ERR_CORRUPT where it breaks off, what is before that having been told of.
 * ret_stats may be NULL.
 */
int pcap_file_read(FILE *file, const struct sensor_options *options, sensor_emit *emit, void *context,
		   struct sensor_stats *ret_stats, struct err *ret_err);

#endif
