/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/pcap_format.h"

#include "sensor/pcap_file.h"

static int open_file(int fd, void **ret_state, struct err *ret_err)
{
	const struct sensor_options options = {0};

	return pcap_file_open(fd, &options, (struct pcap_file **)ret_state, ret_err);
}

static int next(void *state, struct str *ret_record, struct err *ret_err)
{
	return pcap_file_next(state, ret_record, ret_err);
}

static void close_file(void *state)
{
	pcap_file_close(state);
}

const struct reader_format pcap_format = {
	.name = "captured packets (pcap)",
	.max = READER_SPOOL_MAX,
	.test = pcap_file_is,
	.open = open_file,
	.next = next,
	.close = close_file,
};
