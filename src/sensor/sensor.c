/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/sensor.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "sensor/stream.h"

#define EXPIRY_EVERY (CLOCK_SECOND / 4)
#define WELL_KNOWN_PORTS 1024

#define FLOWS_DEFAULT 65536
#define FLOWS_LEAST 16
#define STREAM_MEMORY_DEFAULT (64u << 20)
#define STREAM_BYTES_DEFAULT (32u << 10)
#define DNS_QUERIES_DEFAULT 8192
#define HTTP_EXCHANGES_DEFAULT 1000
#define ACTIVE_DEFAULT (30 * CLOCK_MINUTE)
#define OUT_RESERVE (2 * SENSOR_RECORD_MAX)

static void fill_defaults(struct sensor_options *options)
{
	if (!options->flows)
		options->flows = FLOWS_DEFAULT;
	if (options->flows < FLOWS_LEAST)
		options->flows = FLOWS_LEAST;
	if (!options->stream_memory)
		options->stream_memory = STREAM_MEMORY_DEFAULT;
	if (!options->stream_bytes)
		options->stream_bytes = STREAM_BYTES_DEFAULT;
	if (options->stream_bytes > POOL_MOST / 2)
		options->stream_bytes = POOL_MOST / 2; /* a message and its header fit a block */
	if (!options->dns_queries)
		options->dns_queries = DNS_QUERIES_DEFAULT;
	if (!options->http_exchanges)
		options->http_exchanges = HTTP_EXCHANGES_DEFAULT;
	if (!options->active)
		options->active = ACTIVE_DEFAULT;
	if (!options->seed)
		random_bytes(&options->seed, sizeof(options->seed));
}

struct sensor *sensor_new(const struct sensor_options *options, sensor_emit *emit, void *context)
{
	struct sensor *sensor = calloc(1, sizeof(*sensor));

	must(sensor);
	sensor->options = *options;
	fill_defaults(&sensor->options);
	sensor->emit = emit;
	sensor->context = context;
	sensor->pool.limit = sensor->options.stream_memory;
	flow_table_init(&sensor->table, sensor->options.flows, sensor->options.seed);
	dns_pairs_init(&sensor->dns, sensor->options.dns_queries, sensor->options.seed);
	buf_reserve(&sensor->out, OUT_RESERVE);
	return sensor;
}

static void sink(void *context, int64_t time, struct str record)
{
	(void)context;
	(void)time;
	(void)record;
}

void sensor_free(struct sensor *sensor)
{
	if (!sensor)
		return;
	sensor->emit = sink;
	sensor_finish(sensor);
	flow_table_done(&sensor->table);
	dns_pairs_done(&sensor->dns);
	pool_done(&sensor->pool);
	buf_done(&sensor->out);
	free(sensor);
}

void sensor_stats(const struct sensor *sensor, struct sensor_stats *ret_stats)
{
	*ret_stats = sensor->stats;
}

/* --- flows ---------------------------------------------------------------------------------------------- */

static void end_flow(struct sensor *sensor, struct flow *flow, const char *why)
{
	stream_close(sensor, flow);
	if (flow->sides[0].packets || flow->sides[1].packets)
		record_of_flow(sensor, flow, why);
	flow_remove(&sensor->table, flow);
}

/* Whoever sent the first packet began it, unless that is an answer, or comes from a service to a client. */
static bool is_reversed(const struct packet *packet)
{
	if (packet->protocol == IP_TCP && packet->tcp_flags & TCP_SYN)
		return packet->tcp_flags & TCP_ACK;
	return (packet->protocol == IP_TCP || packet->protocol == IP_UDP) &&
	       packet->source_port < WELL_KNOWN_PORTS && packet->destination_port >= WELL_KNOWN_PORTS;
}

static struct flow *new_flow(struct sensor *sensor, const struct packet *packet, const struct flow_key *key,
			     unsigned sender, int64_t time)
{
	struct flow *flow = flow_add(&sensor->table, key);

	if (!flow) {
		sensor->stats.evicted++;
		end_flow(sensor, flow_victim(&sensor->table), "evicted");
		flow = flow_add(&sensor->table, key);
	}
	sensor->stats.flows++;
	flow->who.begun_by_high = (sender == 1) != is_reversed(packet);
	flow->who.vlan = packet->vlan;
	if (packet->protocol == IP_ICMP || packet->protocol == IP_ICMP6)
		flow->who.icmp_code = (uint8_t)packet->destination_port;
	flow->start = flow->end = time;
	flow->has_mac = packet->has_mac && memcmp(packet->source_mac, "\0\0\0\0\0", 6) != 0;
	if (flow->has_mac) {
		unsigned side = flow->who.begun_by_high != (sender == 1);

		memcpy(flow->sides[side].mac, packet->source_mac, 6);
		memcpy(flow->sides[!side].mac, packet->destination_mac, 6);
	}
	return flow;
}

/* A new connection with the ports of one that is over. */
static bool is_reused(const struct flow *flow, const struct packet *packet)
{
	return flow->list == FLOW_CLOSED && packet->protocol == IP_TCP &&
	       (packet->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static enum flow_list list_of(const struct flow *flow)
{
	const struct flow_side *sides = flow->sides;

	if (flow->who.key.protocol != IP_TCP)
		return flow->list == FLOW_ANSWERED || (sides[0].packets && sides[1].packets) ? FLOW_ANSWERED
											     : FLOW_HALF;
	if (flow->reset_by || sides[0].flags & sides[1].flags & TCP_FIN)
		return FLOW_CLOSED;
	/* Both have said that they have the other's first byte; or we came late and see both. */
	return sides[0].flags & sides[1].flags & TCP_ACK ? FLOW_ESTABLISHED : FLOW_HALF;
}

static void follow_tcp(struct flow *flow, unsigned side, const struct packet *packet)
{
	struct flow_side *from = &flow->sides[side];

	from->flags |= packet->tcp_flags;
	if (packet->tcp_flags & TCP_SYN && !from->begun) {
		from->begun = true;
		from->first = packet->sequence + 1;
	}
	if (packet->tcp_flags & TCP_RST && !flow->reset_by)
		flow->reset_by = (uint8_t)(side + 1);
}

/* A flow that lasts is told of in parts. */
static void tell_part(struct sensor *sensor, struct flow *flow, int64_t time)
{
	if (time - flow->start < sensor->options.active || flow->list == FLOW_CLOSED)
		return;
	record_of_flow(sensor, flow, "active");
	for (int i = 0; i < 2; i++)
		flow->sides[i].bytes = flow->sides[i].packets = 0;
	flow->part = true;
	flow->start = flow->end = time;
}

static void on_datagram(struct sensor *sensor, struct flow *flow, unsigned side, const struct packet *packet,
			int64_t time)
{
	if (flow->application == APPLICATION_UNKNOWN && !flow->looked)
		flow->application = (uint8_t)datagram_identify(packet);
	flow->looked = true;
	if (flow->application >= APPLICATION_DNS && flow->application <= APPLICATION_LLMNR)
		dns_message(sensor, flow, side, packet->payload, packet->payload_len, time);
}

static void on_packet(struct sensor *sensor, const struct packet *packet, int64_t time)
{
	struct flow_key key;
	unsigned sender = flow_key_of(packet, &key), side;
	struct flow *flow = flow_find(&sensor->table, &key);

	if (flow && is_reused(flow, packet)) {
		end_flow(sensor, flow, "reused");
		flow = NULL;
	}
	if (!flow)
		flow = new_flow(sensor, packet, &key, sender, time);
	tell_part(sensor, flow, time);
	side = flow->who.begun_by_high != (sender == 1);
	flow->sides[side].bytes += packet->bytes;
	flow->sides[side].packets++;
	if (time > flow->end)
		flow->end = time;
	if (packet->protocol == IP_TCP)
		follow_tcp(flow, side, packet);
	flow_touch(&sensor->table, flow, list_of(flow), sensor->now);
	if (packet->first_fragment)
		return;
	if (packet->protocol == IP_TCP)
		stream_packet(sensor, flow, side, packet, time);
	else if (packet->protocol == IP_UDP && packet->payload_len)
		on_datagram(sensor, flow, side, packet, time);
}

/* --- time ----------------------------------------------------------------------------------------------- */

static void expire(struct sensor *sensor)
{
	struct flow *flow;

	while ((flow = flow_idle(&sensor->table, sensor->now)) != NULL)
		end_flow(sensor, flow, flow->list == FLOW_CLOSED ? "closed" : "idle");
	dns_expire(sensor, false);
}

void sensor_tick(struct sensor *sensor, int64_t time)
{
	if (time > sensor->now)
		sensor->now = time;
	if (sensor->now < sensor->next_expiry)
		return;
	sensor->next_expiry = sensor->now + EXPIRY_EVERY;
	expire(sensor);
}

void sensor_finish(struct sensor *sensor)
{
	struct flow *flow;

	while ((flow = flow_any(&sensor->table)) != NULL)
		end_flow(sensor, flow, flow->list == FLOW_CLOSED ? "closed" : "finished");
	dns_expire(sensor, true);
}

void sensor_packet(struct sensor *sensor, const struct sensor_frame *frame)
{
	struct packet packet;

	sensor->stats.packets++;
	sensor->stats.bytes += frame->length;
	sensor_tick(sensor, frame->time);
	switch (packet_decode(frame, &packet)) {
	case PACKET_OK:
		on_packet(sensor, &packet, frame->time);
		break;
	case PACKET_UNKNOWN:
		sensor->stats.unknown++;
		break;
	case PACKET_MALFORMED:
		sensor->stats.malformed++;
		break;
	case PACKET_FRAGMENT:
		sensor->stats.fragments++;
		break;
	}
}
