/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets and bytes a second that one sensor takes, one core, beside what reading the same bytes costs (a sum
 * over them): bench_sensor [ROUNDS]. The traffic is made here: of 100 connections 50 are TLS with a hello and
 * bulk, 20 HTTP with a body, 28 queries of the DNS with answers, 2 lone SYNs; 1,460 bytes a full packet, 40
 * connections at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "sensor/packet.h"

#define ROUNDS 7
#define CONNECTIONS 20000
#define AT_ONCE 40
#define FULL 1460
#define TLS_PACKETS 20
#define HTTP_PACKETS 10
#define ADDRESSES 50000

struct frames {
	struct buf bytes; /* length as u32, then the frame */
	uint64_t count, total;
};

/* One connection that goes on whenever it has its turn. */
struct connection {
	unsigned kind, step, steps;
	uint32_t client, server, sequences[2];
	uint16_t client_port, server_port;
};

static uint64_t next(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	return *random ^= *random << 17;
}

static void put16(uint8_t *out, unsigned value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
}

static void put32(uint8_t *out, uint32_t value)
{
	put16(out, value >> 16);
	put16(out + 2, value & 0xffff);
}

static void put(struct frames *frames, struct connection *connection, unsigned side, uint8_t flags,
		const void *payload, size_t len)
{
	bool tcp = connection->kind != 2;
	size_t head = tcp ? 54 : 42;
	uint8_t frame[54 + FULL] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45};

	put16(frame + 16, (unsigned)(head - 14 + len));
	frame[23] = tcp ? IP_TCP : IP_UDP;
	put32(frame + 26, side ? connection->server : connection->client);
	put32(frame + 30, side ? connection->client : connection->server);
	put16(frame + 34, side ? connection->server_port : connection->client_port);
	put16(frame + 36, side ? connection->client_port : connection->server_port);
	if (tcp) {
		put32(frame + 38, connection->sequences[side]);
		frame[46] = 0x50;
		frame[47] = flags;
		connection->sequences[side] += (uint32_t)len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
	} else {
		put16(frame + 38, (unsigned)(8 + len));
	}
	memcpy(frame + head, payload, len);
	buf_add_u32(&frames->bytes, (uint32_t)(head + len));
	buf_add(&frames->bytes, frame, head + len);
	frames->count++;
	frames->total += head + len;
}

/* A hello like that of a browser: 512 bytes. */
static size_t client_hello(uint8_t *out)
{
	static const uint8_t extensions[] =
		"\x00\x00\x00\x18\x00\x16\x00\x00\x13www.example.edu.cn.\x00\x10\x00\x0e\x00\x0c"
		"\x02h2\x08http/1.1\x00\x2b\x00\x05\x04\x03\x04\x03\x03\x00\x0d\x00\x12\x00\x10"
		"\x04\x03\x08\x04\x04\x01\x05\x03\x08\x05\x05\x01\x08\x06\x06\x01\x00\x15";
	size_t at = 76 + 4, rest = sizeof(extensions) - 1;

	memset(out, 0, 517);
	memcpy(out, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
	out[43] = 0;
	put16(out + 44, 32);
	for (unsigned i = 0; i < 16; i++)
		put16(out + 46 + 2 * i, 0xc013 + i);
	memcpy(out + 78, "\x01\x00", 2);
	put16(out + at, (unsigned)(517 - at - 2));
	memcpy(out + at + 2, extensions, rest);
	put16(out + at + 2 + rest, (unsigned)(517 - at - 4 - rest)); /* the padding */
	return 517;
}

static size_t server_hello(uint8_t *out)
{
	memset(out, 7, FULL);
	memcpy(out, "\x16\x03\x03\x00\x32\x02\x00\x00\x2e\x03\x03", 11);
	memcpy(out + 43, "\x00\x13\x01\x00\x00\x06\x00\x2b\x00\x02\x03\x04", 12);
	memcpy(out + 55, "\x17\x03\x03\x40\x00", 5);
	return FULL;
}

static size_t dns(uint8_t *out, bool answer, unsigned id)
{
	static const uint8_t question[] = "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07"
					  "example\x03"
					  "edu\x02"
					  "cn\x00\x00\x01\x00\x01";
	static const uint8_t data[] = "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07";
	size_t len = 2 + sizeof(question) - 1;

	put16(out, id);
	memcpy(out + 2, question, sizeof(question) - 1);
	if (!answer)
		return len;
	put16(out + 2, 0x8180);
	put16(out + 6, 1);
	memcpy(out + len, data, sizeof(data) - 1);
	return len + sizeof(data) - 1;
}

static void step_dns(struct frames *frames, struct connection *connection)
{
	uint8_t payload[512];

	put(frames, connection, connection->step, 0, payload,
	    dns(payload, connection->step, connection->client_port));
}

static void step_tcp(struct frames *frames, struct connection *connection)
{
	static const char request[] =
		"GET /course/list?page=3 HTTP/1.1\r\nHost: www.example.edu.cn\r\nUser-Agent: Mozilla/5.0 "
		"(X11; "
		"Linux x86_64) AppleWebKit/537.36\r\nAccept: */*\r\nAccept-Encoding: gzip, "
		"br\r\nReferer: https://www.example.edu.cn/\r\n\r\n";
	static const char answer[] =
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14000\r\n\r\n";
	uint8_t payload[FULL] = {0};
	unsigned step = connection->step;
	bool tls = connection->kind == 0;

	if (step < 3) {
		put(frames, connection, step == 1,
		    step == 0   ? TCP_SYN
		    : step == 1 ? TCP_SYN | TCP_ACK
				: TCP_ACK,
		    "", 0);
	} else if (step == 3 && tls) {
		put(frames, connection, 0, TCP_ACK, payload, client_hello(payload));
	} else if (step == 3) {
		put(frames, connection, 0, TCP_ACK, request, sizeof(request) - 1);
	} else if (step == 4) {
		if (tls)
			server_hello(payload);
		else
			memcpy(payload, answer, sizeof(answer) - 1);
		put(frames, connection, 1, TCP_ACK, payload, FULL);
	} else if (step >= connection->steps - 2) {
		put(frames, connection, step == connection->steps - 1, TCP_FIN | TCP_ACK, "", 0);
	} else {
		put(frames, connection, step % 3 != 0, TCP_ACK, payload, step % 3 ? FULL : 0);
	}
}

static void begin(struct connection *connection, unsigned number, uint64_t *random)
{
	static const unsigned steps[] = {TLS_PACKETS, HTTP_PACKETS + 6, 2, 1};
	unsigned share = number * 37 % 100, kind = share < 50 ? 0 : share < 70 ? 1 : share < 98 ? 2 : 3;
	uint64_t word = next(random);

	*connection = (struct connection){.kind = kind,
					  .steps = steps[kind],
					  .client = 0x0a000000u + (uint32_t)(word % ADDRESSES),
					  .server = 0xcb007100u + (uint32_t)(word >> 32) % 250,
					  .client_port = (uint16_t)(word >> 40 | 0x8000),
					  .server_port = (uint16_t[]){443, 80, 53, 22}[kind]};
}

static void make(struct frames *frames)
{
	struct connection open[AT_ONCE] = {0};
	uint64_t random = 88172645463325252u;
	unsigned begun = 0, left = CONNECTIONS;

	while (left) {
		struct connection *connection = &open[next(&random) % AT_ONCE];

		if (connection->step == connection->steps) {
			if (begun == CONNECTIONS)
				continue;
			begin(connection, begun++, &random);
		}
		if (connection->kind == 2)
			step_dns(frames, connection);
		else
			step_tcp(frames, connection);
		left -= ++connection->step == connection->steps;
	}
}

static uint64_t out_records, out_bytes;

static void emit(void *context, int64_t time, struct str record)
{
	(void)context;
	(void)time;
	out_records++;
	out_bytes += record.len;
}

/* Seconds of this thread for one pass; sensor NULL: the sum alone. */
static double pass(const struct frames *frames, struct sensor *sensor, uint64_t *sum)
{
	uint64_t begun = clock_thread();
	int64_t time = CLOCK_DAY;

	for (size_t at = 0; at < frames->bytes.len;) {
		struct sensor_frame frame = {.link = SENSOR_LINK_ETHERNET, .time = time += 10};
		uint32_t len;

		memcpy(&len, frames->bytes.ptr + at, sizeof(len));
		frame.bytes = (const uint8_t *)frames->bytes.ptr + at + sizeof(len);
		frame.captured = frame.length = len;
		if (sensor)
			sensor_packet(sensor, &frame);
		else
			for (uint32_t i = 0; i < len; i++)
				*sum += frame.bytes[i];
		at += sizeof(len) + len;
	}
	if (sensor)
		sensor_finish(sensor);
	return (double)(clock_thread() - begun) / 1e9;
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : ROUNDS;
	const struct sensor_options options = {0};
	double best = 1e9, best_sum = 1e9;
	struct frames frames = {0};
	uint64_t sum = 0;

	make(&frames);
	for (unsigned round = 0; round < rounds; round++) {
		struct sensor *sensor = sensor_new(&options, emit, NULL);
		double seconds = pass(&frames, NULL, &sum);

		best_sum = seconds < best_sum ? seconds : best_sum;
		out_records = out_bytes = 0;
		seconds = pass(&frames, sensor, &sum);
		best = seconds < best ? seconds : best;
		sensor_free(sensor);
	}
	printf("%llu packets, %.1f MB (%.0f bytes a packet), %llu records of %.0f bytes (sum %llu)\n",
	       (unsigned long long)frames.count, (double)frames.total / 1e6,
	       (double)frames.total / (double)frames.count, (unsigned long long)out_records,
	       (double)out_bytes / (double)out_records, (unsigned long long)sum % 10);
	printf("sensor   %8.0f packets/s  %6.2f GB/s  %5.0f ns a packet\n", (double)frames.count / best,
	       (double)frames.total / best / 1e9, best / (double)frames.count * 1e9);
	printf("baseline %8.0f packets/s  %6.2f GB/s  a sum over the bytes\n",
	       (double)frames.count / best_sum, (double)frames.total / best_sum / 1e9);
	buf_done(&frames.bytes);
	return 0;
}
