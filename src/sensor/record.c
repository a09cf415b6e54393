/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>

#include "base/clock.h"
#include "base/hash.h"
#include "sensor/private.h"

/* Names of the protocols over IP that are met; others have their number only. */
static const char *protocol_name(uint8_t protocol)
{
	static const struct {
		uint8_t number;
		const char *name;
	} names[] = {{IP_TCP, "tcp"},   {IP_UDP, "udp"}, {IP_ICMP, "icmp"}, {IP_ICMP6, "ipv6-icmp"},
		     {IP_SCTP, "sctp"}, {2, "igmp"},     {47, "gre"},       {50, "esp"},
		     {51, "ah"},        {89, "ospf"},    {103, "pim"},      {112, "vrrp"},
		     {4, "ipip"},       {41, "ipv6"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == protocol)
			return names[i].name;
	return NULL;
}

void member_number(struct buf *out, const char *name, uint64_t number)
{
	char digits[21];

	buf_add(out, ",\"", 2);
	buf_add_str(out, str_from(name));
	buf_add(out, "\":", 2);
	buf_add(out, digits, str_format_i64((int64_t)(number & INT64_MAX), digits));
}

/* Mostly there is nothing to escape. */
static void add_text(struct buf *out, struct str text)
{
	size_t plain = 0;

	while (plain < text.len && (uint8_t)text.ptr[plain] - 0x20u < 0x60 && text.ptr[plain] != '"' &&
	       text.ptr[plain] != '\\')
		plain++;
	if (plain < text.len) {
		buf_add_json_string(out, text);
	} else {
		buf_add_char(out, '"');
		buf_add_str(out, text);
		buf_add_char(out, '"');
	}
}

void member_text(struct buf *out, const char *name, struct str text, size_t max)
{
	if (text.len > max) {
		text.len = max;
		while (text.len && ((uint8_t)text.ptr[text.len] & 0xc0) == 0x80 && max - text.len < 3)
			text.len--;
	}
	buf_add(out, ",\"", 2);
	buf_add_str(out, str_from(name));
	buf_add(out, "\":", 2);
	add_text(out, text);
}

void member_time(struct buf *out, const char *name, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	member_text(out, name, str_from(text), CLOCK_TEXT_SIZE);
}

void member_hex(struct buf *out, const char *name, const uint8_t *bytes, size_t len)
{
	char *to;

	buf_add(out, ",\"", 2);
	buf_add_str(out, str_from(name));
	buf_add(out, "\":\"", 3);
	to = buf_reserve(out, 2 * len + 1);
	hex_encode(bytes, len, to);
	out->len += 2 * len;
	buf_add_char(out, '"');
}

/* inet_ntop() would print with sprintf(), which is most of a record's cost. */
static size_t format_v4(const uint8_t *address, char *out)
{
	size_t len = 0;

	for (int i = 0; i < 4; i++) {
		len += str_format_i64(address[i], out + len);
		out[len++] = '.';
	}
	return len - 1;
}

static void member_address(struct buf *out, const char *name, bool v4, const uint8_t *address)
{
	char text[INET6_ADDRSTRLEN];

	if (v4) {
		member_text(out, name, str_of(text, format_v4(address + 12, text)), sizeof(text));
	} else {
		inet_ntop(AF_INET6, address, text, sizeof(text));
		member_text(out, name, str_from(text), sizeof(text));
	}
}

static void member_mac(struct buf *out, const char *name, const uint8_t mac[6])
{
	char text[19];

	for (int i = 0; i < 6; i++) {
		hex_encode(mac + i, 1, text + 3 * i);
		text[3 * i + 2] = ':';
	}
	member_text(out, name, str_of(text, 17), sizeof(text));
}

void record_begin(struct sensor *sensor, const char *kind, int64_t time)
{
	struct buf *out = &sensor->out;

	buf_clear(out);
	buf_add_str(out, STR("{\"sensor\":\""));
	buf_add_str(out, str_from(kind));
	buf_add_char(out, '"');
	member_time(out, "time", time);
	if (sensor->options.interface)
		member_text(out, "interface", str_from(sensor->options.interface), 64);
}

void record_end(struct sensor *sensor, int64_t time)
{
	buf_add_char(&sensor->out, '}');
	sensor->stats.records++;
	if (sensor->out.len <= SENSOR_RECORD_MAX)
		sensor->emit(sensor->context, time, buf_str(&sensor->out));
}

static const char *community_of(struct flow_identity *who)
{
	struct community_tuple tuple = {.v4 = who->key.v4, .protocol = who->key.protocol};
	struct flow_ends ends;

	if (who->community[0])
		return who->community;
	flow_ends(who, 0, &ends);
	memcpy(tuple.source, ends.address[0], 16);
	memcpy(tuple.destination, ends.address[1], 16);
	tuple.source_port = ends.port[0];
	tuple.destination_port = ends.port[1];
	community_id(&tuple, who->community);
	return who->community;
}

static bool is_icmp(const struct flow_identity *who)
{
	return who->key.protocol == IP_ICMP || who->key.protocol == IP_ICMP6;
}

static void add_tunnel(struct buf *out, const struct flow_identity *who)
{
	static const char *const names[] = {
		[TUNNEL_IPIP] = "ipip", [TUNNEL_GRE] = "gre", [TUNNEL_VXLAN] = "vxlan"};

	member_text(out, "tunnel", str_from(names[who->key.tunnel]), 8);
	if (who->key.network)
		member_number(out, "tunnel_network", who->key.network);
}

void record_flow(struct sensor *sensor, struct flow_identity *who, unsigned first)
{
	struct buf *out = &sensor->out;
	const char *name = protocol_name(who->key.protocol);
	struct flow_ends ends;

	flow_ends(who, first, &ends);
	if (name)
		member_text(out, "proto", str_from(name), 16);
	member_number(out, "proto_number", who->key.protocol);
	member_address(out, "src_ip", who->key.v4, ends.address[0]);
	member_address(out, "dst_ip", who->key.v4, ends.address[1]);
	if (is_icmp(who)) {
		member_number(out, "icmp_type", ends.port[0]);
		member_number(out, "icmp_code", who->icmp_code);
	} else if (who->key.low_port || who->key.high_port) {
		member_number(out, "src_port", ends.port[0]);
		member_number(out, "dst_port", ends.port[1]);
	}
	if (who->vlan)
		member_number(out, "vlan", who->vlan);
	if (who->key.tunnel)
		add_tunnel(out, who);
	if (community_of(who)[0])
		member_text(out, "community_id", str_from(who->community), COMMUNITY_ID_SIZE);
}

/* The words of Zeek's conn_state. */
static const char *state_of(const struct flow *flow)
{
	uint8_t from = flow->sides[0].flags, to = flow->sides[1].flags;

	if (flow->who.key.protocol != IP_TCP)
		return flow->list == FLOW_ANSWERED ? "SF" : "S0";
	if (from & TCP_SYN && to & TCP_SYN) {
		if (flow->reset_by)
			return flow->reset_by == 1 ? "RSTO" : "RSTR";
		if (from & TCP_FIN)
			return to & TCP_FIN ? "SF" : "S2";
		return to & TCP_FIN ? "S3" : "S1";
	}
	if (from & TCP_SYN) {
		if (flow->reset_by)
			return flow->reset_by == 1 ? "RSTOS0" : "REJ";
		return from & TCP_FIN ? "SH" : "S0";
	}
	if (to & TCP_SYN && flow->reset_by != 1)
		return flow->reset_by ? "RSTRH" : (to & TCP_FIN ? "SHR" : "OTH");
	return "OTH";
}

/* "FSRPAUEC", as far as they were seen. */
static void member_flags(struct buf *out, const char *name, uint8_t flags)
{
	char text[9];
	size_t len = 0;

	for (unsigned i = 0; i < 8; i++)
		if (flags & 1u << i)
			text[len++] = "FSRPAUEC"[i];
	member_text(out, name, str_of(text, len), sizeof(text));
}

void record_of_flow(struct sensor *sensor, struct flow *flow, const char *why)
{
	struct buf *out = &sensor->out;
	const struct flow_side *from = &flow->sides[0], *to = &flow->sides[1];

	record_begin(sensor, "flow", flow->end);
	record_flow(sensor, &flow->who, 0);
	member_time(out, "start", flow->start);
	member_time(out, "end", flow->end);
	member_number(out, "duration_us", (uint64_t)(flow->end > flow->start ? flow->end - flow->start : 0));
	member_number(out, "src_bytes", from->bytes);
	member_number(out, "src_packets", from->packets);
	member_number(out, "dst_bytes", to->bytes);
	member_number(out, "dst_packets", to->packets);
	member_text(out, "conn_state", str_from(state_of(flow)), 8);
	if (flow->who.key.protocol == IP_TCP) {
		member_flags(out, "src_flags", from->flags);
		member_flags(out, "dst_flags", to->flags);
	}
	if (application_name(flow->application))
		member_text(out, "app_proto", str_from(application_name(flow->application)), 16);
	if (flow->has_mac) {
		member_mac(out, "src_mac", from->mac);
		member_mac(out, "dst_mac", to->mac);
	}
	member_text(out, "ended_by", str_from(why), 16);
	if (flow->part)
		buf_add_str(out, STR(",\"continued\":true"));
	record_end(sensor, flow->end);
}
