/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/pcap_file.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
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

#define READ_BUFFER (256 * 1024)

struct pcap_file {
	pcap_t *pcap;
	struct sensor *sensor;
	int link, fd;
	bool ended;
	struct buf records; /* each behind its length, a uint32_t */
	size_t at;          /* of the next one to be given */
};

static void queue(void *context, int64_t time, struct str record)
{
	struct pcap_file *file = context;

	(void)time;
	buf_add_u32(&file->records, (uint32_t)record.len);
	buf_add_str(&file->records, record);
}

static bool take(struct pcap_file *file, struct str *ret_record)
{
	uint32_t len;

	if (file->at == file->records.len) {
		buf_clear(&file->records);
		file->at = 0;
		return false;
	}
	memcpy(&len, file->records.ptr + file->at, sizeof(len));
	*ret_record = str_of(file->records.ptr + file->at + sizeof(len), len);
	file->at += sizeof(len) + len;
	return true;
}

/* --- opening -------------------------------------------------------------------------------------------- */

/* fdopen() would ask the descriptor for its flags, which the sandbox of the import forbids. */
static ssize_t read_more(void *cookie, char *out, size_t size)
{
	const struct pcap_file *file = cookie;

	return read(file->fd, out, size);
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

static int open_pcap(struct pcap_file *file, struct err *ret_err)
{
	FILE *stream = fopencookie(file, "rb", (cookie_io_functions_t){.read = read_more});
	char why[PCAP_ERRBUF_SIZE];
	const char *name;

	if (!stream)
		return err_set(ret_err, -ENOMEM, 0, 0, "no memory");
	setvbuf(stream, NULL, _IOFBF, READ_BUFFER);
	file->pcap = pcap_fopen_offline(stream, why);
	if (!file->pcap) {
		fclose(stream);
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "%s", why);
	}
	file->link = pcap_datalink(file->pcap);
	name = pcap_datalink_val_to_name(file->link);
	return is_known(file->link)
		       ? 0
		       : err_set(ret_err, ERR_SYNTAX, 0, 0, "packets of the link %s are none we can read",
				 name ? name : "unknown");
}

int pcap_file_open(int fd, const struct sensor_options *options, struct pcap_file **ret_file,
		   struct err *ret_err)
{
	struct pcap_file *file = calloc(1, sizeof(*file));
	int r;

	must(file);
	file->fd = fd;
	r = open_pcap(file, ret_err);
	if (r < 0) {
		pcap_file_close(file);
		return r;
	}
	file->sensor = sensor_new(options, queue, file);
	*ret_file = file;
	return 0;
}

void pcap_file_close(struct pcap_file *file)
{
	if (!file)
		return;
	sensor_free(file->sensor);
	if (file->pcap)
		pcap_close(file->pcap);
	buf_done(&file->records);
	free(file);
}

/* --- reading -------------------------------------------------------------------------------------------- */

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

int pcap_file_next(struct pcap_file *file, struct str *ret_record, struct err *ret_err)
{
	struct pcap_pkthdr *head;
	const uint8_t *bytes;
	int got;

	while (!take(file, ret_record)) {
		if (file->ended)
			return ERR_END;
		got = pcap_next_ex(file->pcap, &head, &bytes);
		if (got == 1) {
			give(file->sensor, (enum sensor_link)file->link, head, bytes);
			continue;
		}
		file->ended = true;
		sensor_finish(file->sensor);
		if (got != PCAP_ERROR_BREAK)
			return err_set(ret_err, ERR_CORRUPT, 0, 0, "damaged: %s", pcap_geterr(file->pcap));
	}
	return 0;
}

void pcap_file_stats(const struct pcap_file *file, struct sensor_stats *ret_stats)
{
	sensor_stats(file->sensor, ret_stats);
}
