/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SENSOR_PCAP_FILE_H
#define SENSOR_PCAP_FILE_H
/*
 * A file of captured packets, pcap or pcapng, read by libpcap: the records that a sensor makes of it, one
 * after the other. What comes out depends on the file alone. Of pcapng all interfaces must be of one link.
 * One thread; opens no file and needs no call of the system but read, lseek and memory, so that a sandbox can
 * be narrow.
 */
#include "base/err.h"
#include "sensor/sensor.h"

struct pcap_file;

/* True where a file that begins so is one. */
bool pcap_file_is(struct str head);

/* fd stands at the file's begin, and is the caller's. 0; ERR_SYNTAX where it is none, or of a link we do not
 * know. */
int pcap_file_open(int fd, const struct sensor_options *options, struct pcap_file **ret_file,
		   struct err *ret_err);
void pcap_file_close(struct pcap_file *file); /* NULL is fine */

/* 0 with a record that lives until the next call; ERR_END; ERR_CORRUPT once where the file breaks off, behind
 * which come the records of what was open then. */
int pcap_file_next(struct pcap_file *file, struct str *ret_record, struct err *ret_err);

void pcap_file_stats(const struct pcap_file *file, struct sensor_stats *ret_stats);

#endif
