/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_PCAP_FORMAT_H
#define BIN_PCAP_FORMAT_H
/* Files of captured packets for the reader: records of the sensor (sensor/pcap_file.h). */
#include "collect/reader_format.h"

extern const struct reader_format pcap_format;

#endif
