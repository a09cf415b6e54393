/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <net/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define BLOCK_BYTES (1u << 20)
#define BLOCKS_LEAST 2
#define FRAME_BYTES 2048     /* for the kernel's arithmetic only: frames lie one behind the other */
#define RETIRE_MS 100        /* a block that is not full is handed over after that */
#define SNAP_BYTES (1 << 18) /* what a filter lets through of a packet: all */

struct capture {
	int fd;
	uint8_t *ring;
	unsigned block, blocks;
};

/* --- opening -------------------------------------------------------------------------------------------- */

static int attach(int fd, const char *filter, struct err *ret_err)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, SNAP_BYTES);
	struct bpf_program program;
	struct sock_fprog attached;
	int r = 0;

	if (!pcap)
		return err_set(ret_err, -ENOMEM, 0, 0, "the filter: no memory");
	if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "the filter '%.200s': %s", filter, pcap_geterr(pcap));
		pcap_close(pcap);
		return r;
	}
	attached.len = (unsigned short)program.bf_len;
	attached.filter = (struct sock_filter *)program.bf_insns; /* the same layout, by libpcap's promise */
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &attached, sizeof(attached)) < 0)
		r = err_set(ret_err, -errno, 0, 0, "the kernel does not take the filter: %s",
			    strerror(errno));
	pcap_freecode(&program);
	pcap_close(pcap);
	return r;
}

static int bind_to(int fd, const char *interface, unsigned index, struct err *ret_err)
{
	struct packet_mreq all = {.mr_ifindex = (int)index, .mr_type = PACKET_MR_PROMISC};
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)index};

	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return err_set(ret_err, -errno, 0, 0, "cannot capture on %s: %s", interface, strerror(errno));
	return 0;
}

int capture_socket(const char *interface, const char *filter, struct err *ret_err)
{
	unsigned index = if_nametoindex(interface);
	int fd, r = 0;

	if (!index)
		return err_set(ret_err, -errno, 0, 0, "there is no interface '%s'", interface);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); /* deaf until it is bound */
	if (fd < 0)
		return err_set(ret_err, -errno, 0, 0,
			       "cannot capture on %s: %s (root may, or who has CAP_NET_RAW)", interface,
			       strerror(errno));
	if (filter[0])
		r = attach(fd, filter, ret_err);
	if (r == 0)
		r = bind_to(fd, interface, index, ret_err);
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

int capture_name(int fd, char out[CAPTURE_NAME_SIZE])
{
	struct sockaddr_ll address = {0};
	socklen_t len = sizeof(address);
	struct ifreq request = {0};

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		return -errno;
	request.ifr_ifindex = address.sll_ifindex;
	if (ioctl(fd, SIOCGIFNAME, &request) < 0)
		return -errno;
	memcpy(out, request.ifr_name, CAPTURE_NAME_SIZE);
	out[CAPTURE_NAME_SIZE - 1] = 0;
	return 0;
}

_Static_assert(CAPTURE_NAME_SIZE == IFNAMSIZ, "names of interfaces");

static int set_up(struct capture *capture)
{
	struct tpacket_req3 none = {0}, request = {
						.tp_block_size = BLOCK_BYTES,
						.tp_block_nr = capture->blocks,
						.tp_frame_size = FRAME_BYTES,
						.tp_frame_nr = BLOCK_BYTES / FRAME_BYTES * capture->blocks,
						.tp_retire_blk_tov = RETIRE_MS,
					};
	int version = TPACKET_V3, fd = capture->fd;

	setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &none, sizeof(none)); /* one of before; else it fails */
	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) < 0)
		return -errno;
	capture->ring =
		mmap(NULL, (size_t)capture->blocks * BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (capture->ring == MAP_FAILED) {
		capture->ring = NULL;
		return -errno;
	}
	return 0;
}

int capture_new(int fd, size_t ring_bytes, struct capture **ret_capture, struct err *ret_err)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	uint64_t received, dropped;
	int r;

	must(capture);
	capture->fd = fd;
	capture->blocks = (unsigned)(ring_bytes / BLOCK_BYTES);
	if (capture->blocks < BLOCKS_LEAST)
		capture->blocks = BLOCKS_LEAST;
	r = set_up(capture);
	if (r < 0) {
		capture_free(capture);
		return err_set(ret_err, r, 0, 0, "a ring of %zu bytes for packets: %s", ring_bytes,
			       err_text(r));
	}
	capture_counts(capture, &received, &dropped);
	*ret_capture = capture;
	return 0;
}

void capture_free(struct capture *capture)
{
	if (!capture)
		return;
	if (capture->ring)
		munmap(capture->ring, (size_t)capture->blocks * BLOCK_BYTES);
	free(capture);
}

/* --- reading -------------------------------------------------------------------------------------------- */

/* The link of the packets of one kind of device (ARPHRD_…). */
static enum sensor_link link_of(uint16_t type)
{
	switch (type) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return SENSOR_LINK_ETHERNET;
	case ARPHRD_PPP:
		return SENSOR_LINK_PPP;
	default:
		return SENSOR_LINK_RAW; /* tunnels; what is not IP is counted as unknown */
	}
}

static void give(struct sensor *sensor, const struct tpacket3_hdr *head)
{
	const struct sockaddr_ll *from =
		(const struct sockaddr_ll *)((const uint8_t *)head + TPACKET_ALIGN(sizeof(*head)));
	const struct sensor_frame frame = {
		.link = link_of(from->sll_hatype),
		.time = (int64_t)head->tp_sec * CLOCK_SECOND + head->tp_nsec / 1000,
		.bytes = (const uint8_t *)head + head->tp_mac,
		.captured = head->tp_snaplen,
		.length = head->tp_len > head->tp_snaplen ? head->tp_len : head->tp_snaplen,
		.vlan = head->tp_status & TP_STATUS_VLAN_VALID ? head->hv1.tp_vlan_tci & 0xfff : 0,
	};

	if (from->sll_hatype == ARPHRD_LOOPBACK && from->sll_pkttype == PACKET_OUTGOING)
		return; /* it comes in again */
	sensor_packet(sensor, &frame);
}

static void read_block(struct sensor *sensor, const struct tpacket_block_desc *block)
{
	const uint8_t *at = (const uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;

	for (uint32_t i = 0; i < block->hdr.bh1.num_pkts; i++) {
		const struct tpacket3_hdr *head = (const struct tpacket3_hdr *)at;

		give(sensor, head);
		at += head->tp_next_offset;
	}
}

unsigned capture_read(struct capture *capture, struct sensor *sensor, unsigned blocks)
{
	unsigned count = 0;

	for (; count < blocks; count++) {
		struct tpacket_block_desc *block =
			(struct tpacket_block_desc *)(capture->ring + (size_t)capture->block * BLOCK_BYTES);
		uint32_t *status = &block->hdr.bh1.block_status;

		if (!(__atomic_load_n(status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			break;
		read_block(sensor, block);
		__atomic_store_n(status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		capture->block = (capture->block + 1) % capture->blocks;
	}
	return count;
}

int capture_counts(struct capture *capture, uint64_t *ret_received, uint64_t *ret_dropped)
{
	struct tpacket_stats_v3 stats;
	socklen_t len = sizeof(stats);

	if (getsockopt(capture->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) < 0)
		return -errno;
	*ret_received = stats.tp_packets;
	*ret_dropped = stats.tp_drops;
	return 0;
}

int capture_error(const struct capture *capture)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(capture->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -errno;
	return -error;
}
