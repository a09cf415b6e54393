/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/pcap_file.h"

#include <pcap/pcap.h>

#include "base/clock.h"
#include "sensor/bytes.h"

_Static_assert(SENSOR_LINK_NULL == DLT_NULL && SENSOR_LINK_ETHERNET == DLT_EN10MB &&
		       SENSOR_LINK_RAW == DLT_RAW && SENSOR_LINK_SLL == DLT_LINUX_SLL &&
		       SENSOR_LINK_SLL2 == DLT_LINUX_SLL2 && SENSOR_LINK_LOOP == DLT_LOOP &&
		       SENSOR_LINK_PPP == DLT_PPP && SENSOR_LINK_PPPOE == DLT_PPP_ETHER &&
		       SENSOR_LINK_IPV4 == DLT_IPV4 && SENSOR_LINK_IPV6 == DLT_IPV6,
	       "links have libpcap's numbers");

bool pcap_file_is(struct str head)
{
	/* micro- and nanoseconds in both orders of bytes; the block type of pcapng */
	static const uint32_t magics[] = {0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a};
	uint32_t magic = head.len < 4 ? 0 : load_u32((const uint8_t *)head.ptr);

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (magic == magics[i])
			return true;
	return false;
}

static void give(struct sensor *sensor, enum sensor_link link, const struct pcap_pkthdr *head,
		 const uint8_t *bytes)
{
	const struct sensor_frame frame = {
		.link = link,
		.time = (int64_t)head->ts.tv_sec * CLOCK_SECOND + head->ts.tv_usec,
		.bytes = bytes,
		.captured = head->caplen,
		.length = head->len > head->caplen ? head->len : head->caplen,
	};

	sensor_packet(sensor, &frame);
}

static bool is_known(int link)
{
	static const int known[] = {DLT_NULL, DLT_EN10MB, DLT_RAW,       DLT_LINUX_SLL, DLT_LINUX_SLL2,
				    DLT_LOOP, DLT_PPP,    DLT_PPP_ETHER, DLT_IPV4,      DLT_IPV6};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == link)
			return true;
	return false;
}

int pcap_file_read(FILE *file, const struct sensor_options *options, sensor_emit *emit, void *context,
		   struct sensor_stats *ret_stats, struct err *ret_err)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_fopen_offline(file, why);
	struct sensor *sensor = NULL;
	struct pcap_pkthdr *head;
	const uint8_t *bytes;
	int r = 0, link, got;

	if (!pcap) {
		fclose(file);
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "%s", why);
	}
	link = pcap_datalink(pcap);
	if (!is_known(link)) {
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "packets of the link %s cannot be read",
			    pcap_datalink_val_to_name(link) ? pcap_datalink_val_to_name(link) : "unknown");
		goto out;
	}
	sensor = sensor_new(options, emit, context);
	while ((got = pcap_next_ex(pcap, &head, &bytes)) == 1)
		give(sensor, (enum sensor_link)link, head, bytes);
	sensor_finish(sensor);
	if (ret_stats)
		sensor_stats(sensor, ret_stats);
	if (got != PCAP_ERROR_BREAK)
		r = err_set(ret_err, ERR_CORRUPT, 0, 0, "%s", pcap_geterr(pcap));
out:
	sensor_free(sensor);
	pcap_close(pcap);
	return r;
}
