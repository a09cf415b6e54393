/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "sensor/private.h"

/*
 * The first byte says what the rest is: 0 frames, else the payloads of one flow. Each piece has a head of
 * four bytes: a link or a side with flags, how far the time or the sequence goes on, and its length. Records
 * are JSON, within their limit; at the end all memory is back.
 */
#define HEAD 4

static const enum sensor_link links[] = {SENSOR_LINK_ETHERNET, SENSOR_LINK_RAW,  SENSOR_LINK_SLL,
					 SENSOR_LINK_SLL2,     SENSOR_LINK_NULL, SENSOR_LINK_PPP,
					 SENSOR_LINK_PPPOE};
static const uint16_t ports[] = {80, 443, 53, 5353, 5355};

static void emit(void *context, int64_t time, struct str record)
{
	const struct json_node *root;

	(void)time;
	must(record.len <= SENSOR_RECORD_MAX && json_parse(context, record, &root, NULL) == 0);
	must(json_get(root, STR("sensor")));
}

static void put(struct sensor *sensor, enum sensor_link link, int64_t time, const uint8_t *bytes, size_t len)
{
	const struct sensor_frame frame = {link, time, bytes, (uint32_t)len, (uint32_t)len, 0};

	sensor_packet(sensor, &frame);
}

/* IPv4 and TCP or UDP around a payload; a bit of the mode says which, the sequence jumps where it is to. */
static void put_payload(struct sensor *sensor, const uint8_t *head, uint8_t mode, uint32_t sequences[2],
			const uint8_t *payload, size_t len, int64_t time)
{
	static uint8_t frame[40 + UINT16_MAX];
	unsigned side = head[0] & 1, port = ports[mode / 2 % 5];
	bool tcp = mode & 1;
	size_t full = (tcp ? 40 : 28) + len;
	uint32_t sequence = sequences[side] + (uint32_t)(int8_t)head[1];

	memset(frame, 0, 40);
	memcpy(frame, (uint8_t[]){0x45, 0, (uint8_t)(full >> 8), (uint8_t)full}, 4);
	frame[9] = tcp ? IP_TCP : IP_UDP;
	frame[15] = (uint8_t)(1 + side);
	frame[19] = (uint8_t)(2 - side);
	memcpy(frame + (side ? 22 : 20), (uint8_t[]){0xc0, 1}, 2);
	memcpy(frame + (side ? 20 : 22), (uint8_t[]){(uint8_t)(port >> 8), (uint8_t)port}, 2);
	for (int i = 0; i < 4 && tcp; i++)
		frame[24 + i] = (uint8_t)(sequence >> (24 - 8 * i));
	if (tcp)
		frame[32] = 0x50, frame[33] = head[0] >> 2 | TCP_ACK;
	else
		frame[24] = (uint8_t)((8 + len) >> 8), frame[25] = (uint8_t)(8 + len);
	memcpy(frame + full - len, payload, len);
	put(sensor, SENSOR_LINK_RAW, time, frame, full);
	if (!head[1])
		sequences[side] += (uint32_t)len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sensor_options options = {
		.flows = 16, .dns_queries = 4, .stream_memory = 1 << 18, .seed = 1};
	static struct json_parser *parser; /* it is large */
	struct sensor *sensor = sensor_new(&options, emit, parser ? parser : (parser = json_parser_new()));
	uint32_t sequences[2] = {0, UINT32_MAX - 100};
	int64_t time = 1;

	for (size_t at = 1; at + HEAD <= size;) {
		const uint8_t *head = data + at;
		size_t len = (size_t)head[2] << 8 | head[3];

		at += HEAD;
		len = len > size - at ? size - at : len;
		len = len > 60000 ? 60000 : len;
		time += head[0] & 2 ? head[1] * CLOCK_SECOND : CLOCK_MILLISECOND;
		if (data[0])
			put_payload(sensor, head, data[0], sequences, data + at, len, time);
		else
			put(sensor, links[head[0] / 4 % (sizeof(links) / sizeof(links[0]))], time, data + at,
			    len);
		at += len;
	}
	sensor_finish(sensor);
	must(sensor->pool.used == 0 && sensor->dns.count == 0 && !flow_any(&sensor->table));
	sensor_free(sensor);
	return 0;
}
