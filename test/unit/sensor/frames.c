/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <stdio.h>

void put_u16(struct buf *out, uint16_t value)
{
	buf_add_char(out, (char)(value >> 8));
	buf_add_char(out, (char)value);
}

void put_u32(struct buf *out, uint32_t value)
{
	put_u16(out, (uint16_t)(value >> 16));
	put_u16(out, (uint16_t)value);
}

void put_ethernet(struct buf *out, uint16_t type, struct str payload)
{
	buf_add(out, "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01", 12);
	put_u16(out, type);
	buf_add_str(out, payload);
}

void put_v4(struct buf *out, const struct ends *ends, uint8_t protocol, struct str payload)
{
	put_u16(out, 0x4500);
	put_u16(out, (uint16_t)(20 + payload.len));
	put_u32(out, 0x12340000);
	buf_add_char(out, 64);
	buf_add_char(out, (char)protocol);
	put_u16(out, 0);
	put_u32(out, 0x0a000000u + ends->from);
	put_u32(out, 0x0a000000u + ends->to);
	buf_add_str(out, payload);
}

static void put_address6(struct buf *out, uint8_t host)
{
	put_u32(out, 0x20010db8);
	put_u32(out, 0);
	put_u32(out, 0);
	put_u32(out, host);
}

void put_v6(struct buf *out, const struct ends *ends, uint8_t protocol, struct str payload)
{
	put_u32(out, 0x60000000);
	put_u16(out, (uint16_t)payload.len);
	buf_add_char(out, (char)protocol);
	buf_add_char(out, 64);
	put_address6(out, ends->from);
	put_address6(out, ends->to);
	buf_add_str(out, payload);
}

void put_udp(struct buf *out, const struct ends *ends, struct str payload)
{
	put_u16(out, ends->from_port);
	put_u16(out, ends->to_port);
	put_u16(out, (uint16_t)(8 + payload.len));
	put_u16(out, 0);
	buf_add_str(out, payload);
}

void put_tcp(struct buf *out, const struct ends *ends, uint8_t flags, uint32_t sequence, struct str payload)
{
	put_u16(out, ends->from_port);
	put_u16(out, ends->to_port);
	put_u32(out, sequence);
	put_u32(out, 0);
	buf_add_char(out, 0x50);
	buf_add_char(out, (char)flags);
	put_u16(out, 65535);
	put_u32(out, 0);
	buf_add_str(out, payload);
}

static void keep(void *context, int64_t time, struct str record)
{
	struct probe *probe = context;

	(void)time;
	buf_add_str(&probe->said, record);
	buf_add_char(&probe->said, '\n');
}

void probe_init(struct probe *probe, const struct sensor_options *options)
{
	const struct sensor_options none = {.seed = 7};

	*probe = (struct probe){.now = START};
	probe->sensor = sensor_new(options ? options : &none, keep, probe);
	buf_reserve(&probe->said, 1);
}

void probe_done(struct probe *probe)
{
	sensor_free(probe->sensor);
	buf_done(&probe->said);
}

void probe_frame(struct probe *probe, enum sensor_link link, struct str bytes)
{
	const struct sensor_frame frame = {.link = link,
					   .time = probe->now,
					   .bytes = (const uint8_t *)bytes.ptr,
					   .captured = (uint32_t)bytes.len,
					   .length = (uint32_t)bytes.len};

	sensor_packet(probe->sensor, &frame);
	probe->now += CLOCK_MILLISECOND;
}

static void send(struct probe *probe, const struct ends *ends, uint8_t protocol, struct str transport)
{
	struct buf ip = {0}, ethernet = {0};

	put_v4(&ip, ends, protocol, transport);
	put_ethernet(&ethernet, 0x0800, buf_str(&ip));
	probe_frame(probe, SENSOR_LINK_ETHERNET, buf_str(&ethernet));
	buf_done(&ip);
	buf_done(&ethernet);
}

void probe_udp(struct probe *probe, const struct ends *ends, struct str payload)
{
	struct buf udp = {0};

	put_udp(&udp, ends, payload);
	send(probe, ends, IP_UDP, buf_str(&udp));
	buf_done(&udp);
}

void probe_tcp(struct probe *probe, const struct ends *ends, uint8_t flags, uint32_t sequence,
	       struct str payload)
{
	struct buf tcp = {0};

	put_tcp(&tcp, ends, flags, sequence, payload);
	send(probe, ends, IP_TCP, buf_str(&tcp));
	buf_done(&tcp);
}

struct ends turned(const struct ends *ends)
{
	return (struct ends){ends->to, ends->from, ends->to_port, ends->from_port};
}

void probe_connect(struct probe *probe, const struct ends *ends)
{
	struct ends back = turned(ends);

	probe_tcp(probe, ends, TCP_SYN, 1000, STR(""));
	probe_tcp(probe, &back, TCP_SYN | TCP_ACK, 5000, STR(""));
	probe_tcp(probe, ends, TCP_ACK, 1001, STR(""));
}

size_t said_count(const struct probe *probe, const char *text)
{
	struct str rest = buf_str(&probe->said), line;
	size_t count = 0;

	while (str_split(&rest, '\n', &line))
		count += str_find(line, str_from(text)) != STR_NOT_FOUND;
	return count;
}

bool says_what(const struct probe *probe, const char *text)
{
	fprintf(stderr, "no %s in:\n%.*s\n", text, STR_FMT(buf_str(&probe->said)));
	return false;
}
