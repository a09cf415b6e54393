/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sFlow 5 (sflow.org, "sFlow Version 5", July 2004). A flow sample is one packet out
 * of samplingInterval: it becomes a record of one packet. Everything is XDR: words of
 * 32 bits, opaque bytes filled up to them.
 */
#include "base/err.h"
#include "flow/packet.h"
#include "flow/private.h"

#define ADDRESS_IPV4 1
#define ADDRESS_IPV6 2
#define INTERNAL 0x3fffffff /* an interface number that means the agent itself */
#define ROOM 2048           /* bytes of JSON beside the head */

struct xdr {
	const uint8_t *at;
	size_t left;
	bool bad; /* something was read beyond the end */
};

static const uint8_t *take(struct xdr *xdr, size_t len)
{
	const uint8_t *at = xdr->at;

	if (len > xdr->left) {
		xdr->bad = true;
		xdr->left = 0;
		return NULL;
	}
	xdr->at += len;
	xdr->left -= len;
	return at;
}

static uint32_t take_u32(struct xdr *xdr)
{
	const uint8_t *at = take(xdr, 4);

	return at ? read_u32(at) : 0;
}

static struct xdr take_part(struct xdr *xdr, size_t len)
{
	struct xdr part = {.left = len};

	part.at = take(xdr, (len + 3) & ~(size_t)3);
	if (!part.at)
		part = (struct xdr){.bad = true};
	return part;
}

struct address {
	const uint8_t *bytes; /* NULL: none, or of an unknown kind */
	bool ipv6;
};

static struct address take_address(struct xdr *xdr)
{
	uint32_t type = take_u32(xdr);
	struct address address = {.ipv6 = type == ADDRESS_IPV6};

	if (type == ADDRESS_IPV4 || type == ADDRESS_IPV6)
		address.bytes = take(xdr, address.ipv6 ? 16 : 4);
	return address;
}

/* --- a sample's parts ----------------------------------------------------------------------------------- */

struct sample {
	uint32_t number, rate, pool, drops;
	uint32_t source;                                     /* index of the data source */
	uint32_t input, input_format, output, output_format; /* format 0: input is an interface */
	struct flow_packet packet;
	uint32_t frame_length; /* 0: no packet */
	uint32_t values[8];    /* by enum value */
	unsigned has;          /* bits of those there are */
	struct address next_hop, bgp_next_hop, nat_source, nat_destination;
};

enum value {
	VALUE_VLAN_IN,
	VALUE_VLAN_OUT,
	VALUE_SOURCE_MASK,
	VALUE_DESTINATION_MASK,
	VALUE_SOURCE_AS,
	VALUE_DESTINATION_AS,
	VALUE_SOURCE_PORT,
	VALUE_DESTINATION_PORT,
};

static void set_value(struct sample *sample, enum value value, uint32_t number)
{
	sample->values[value] = number;
	sample->has |= 1u << value;
}

static void read_header(struct sample *sample, struct xdr *xdr)
{
	uint32_t protocol = take_u32(xdr), frame_length = take_u32(xdr), len;
	const uint8_t *bytes;

	take_u32(xdr); /* stripped */
	len = take_u32(xdr);
	bytes = take(xdr, len);
	if (!bytes)
		return;
	sample->frame_length = frame_length;
	flow_packet_parse((enum flow_packet_protocol)protocol, bytes, len, &sample->packet);
}

/* Sampled Ethernet, IPv4 and IPv6 frames that the agent took apart itself. */
static void read_ethernet(struct sample *sample, struct xdr *xdr)
{
	struct flow_packet *packet = &sample->packet;
	uint32_t length = take_u32(xdr);
	const uint8_t *source = take(xdr, 8), *destination = take(xdr, 8);

	if (!destination || packet->has_ethernet)
		return;
	sample->frame_length = sample->frame_length ? sample->frame_length : length;
	packet->has_ethernet = true;
	packet->source_mac = source;
	packet->destination_mac = destination;
	packet->ethernet_type = (uint16_t)take_u32(xdr);
}

static void read_ip(struct sample *sample, struct xdr *xdr, size_t address_len)
{
	struct flow_packet packet = sample->packet;

	packet.length = take_u32(xdr);
	packet.protocol = (uint8_t)take_u32(xdr);
	packet.source = take(xdr, address_len);
	packet.destination = take(xdr, address_len);
	packet.source_port = (uint16_t)take_u32(xdr);
	packet.destination_port = (uint16_t)take_u32(xdr);
	packet.flags = (uint8_t)take_u32(xdr);
	packet.class = (uint8_t)take_u32(xdr);
	if (xdr->bad || sample->packet.has_ip)
		return;
	packet.version = address_len == 4 ? 4 : 6;
	packet.has_ip = packet.has_protocol = true;
	packet.has_ports = packet.protocol == 6 || packet.protocol == 17 || packet.protocol == 132;
	packet.has_flags = packet.protocol == 6;
	sample->packet = packet;
	sample->frame_length = sample->frame_length ? sample->frame_length : packet.length;
}

static void read_ipv4(struct sample *sample, struct xdr *xdr)
{
	read_ip(sample, xdr, 4);
}

static void read_ipv6(struct sample *sample, struct xdr *xdr)
{
	read_ip(sample, xdr, 16);
}

static void read_switch(struct sample *sample, struct xdr *xdr)
{
	uint32_t vlan_in = take_u32(xdr), vlan_out;

	take_u32(xdr); /* priority */
	vlan_out = take_u32(xdr);
	if (xdr->bad)
		return;
	set_value(sample, VALUE_VLAN_IN, vlan_in);
	set_value(sample, VALUE_VLAN_OUT, vlan_out);
}

static void read_router(struct sample *sample, struct xdr *xdr)
{
	struct address next_hop = take_address(xdr);
	uint32_t source = take_u32(xdr), destination = take_u32(xdr);

	if (xdr->bad)
		return;
	sample->next_hop = next_hop;
	set_value(sample, VALUE_SOURCE_MASK, source);
	set_value(sample, VALUE_DESTINATION_MASK, destination);
}

/* The destination's network is the last of the path; without a path it is the router's own. */
static void read_gateway(struct sample *sample, struct xdr *xdr)
{
	struct address next_hop = take_address(xdr);
	uint32_t own = take_u32(xdr), source = take_u32(xdr), destination = own, segments;

	take_u32(xdr); /* the peer it came from */
	segments = take_u32(xdr);
	for (uint32_t i = 0; i < segments && !xdr->bad; i++) {
		uint32_t count;

		take_u32(xdr); /* set or sequence */
		count = take_u32(xdr);
		for (uint32_t j = 0; j < count && !xdr->bad; j++)
			destination = take_u32(xdr);
	}
	if (xdr->bad)
		return;
	sample->bgp_next_hop = next_hop;
	set_value(sample, VALUE_SOURCE_AS, source ? source : own);
	set_value(sample, VALUE_DESTINATION_AS, destination);
}

static void read_nat(struct sample *sample, struct xdr *xdr)
{
	struct address source = take_address(xdr), destination = take_address(xdr);

	if (xdr->bad)
		return;
	sample->nat_source = source;
	sample->nat_destination = destination;
}

static void read_nat_ports(struct sample *sample, struct xdr *xdr)
{
	uint32_t source = take_u32(xdr), destination = take_u32(xdr);

	if (xdr->bad)
		return;
	set_value(sample, VALUE_SOURCE_PORT, source);
	set_value(sample, VALUE_DESTINATION_PORT, destination);
}

static const struct {
	uint32_t format; /* enterprise 0 */
	void (*read)(struct sample *sample, struct xdr *xdr);
} formats[] = {
	{1, read_header},     {2, read_ethernet},  {3, read_ipv4},
	{4, read_ipv6},       {1001, read_switch}, {1002, read_router},
	{1003, read_gateway}, {1007, read_nat},    {1020, read_nat_ports},
};

static void read_part(struct sample *sample, struct xdr *xdr)
{
	uint32_t format = take_u32(xdr);
	struct xdr part = take_part(xdr, take_u32(xdr));

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].format == format && !part.bad)
			formats[i].read(sample, &part);
}

/* --- writing it ----------------------------------------------------------------------------------------- */

/* {key, condition, value}: one number each. */
#define PUT(out, name, condition, value) \
	((condition) ? text_u64(text_literal((out), ",\"" name "\":"), (value)) : (out))

#define PUT_VALUE(out, name, sample, value) \
	PUT(out, name, (sample)->has & 1u << (value), (sample)->values[value])

static char *put_quoted(char *out, struct str key, enum element_type type, const uint8_t *bytes, size_t len)
{
	return text_writer_of(type, len)(text_copy(out, key), bytes, len);
}

static char *put_address(char *out, struct str ipv4, struct str ipv6, struct address address)
{
	if (!address.bytes)
		return out;
	return address.ipv6 ? put_quoted(out, ipv6, ELEMENT_IPV6, address.bytes, 16)
			    : put_quoted(out, ipv4, ELEMENT_IPV4, address.bytes, 4);
}

static char *put_ip(char *out, const struct flow_packet *packet)
{
	const struct address source = {packet->source, packet->version == 6},
			     destination = {packet->destination, packet->version == 6};
	bool v6 = packet->version == 6;

	if (!packet->has_ip)
		return out;
	out = put_address(out, STR(",\"sourceIPv4Address\":"), STR(",\"sourceIPv6Address\":"), source);
	out = put_address(out, STR(",\"destinationIPv4Address\":"), STR(",\"destinationIPv6Address\":"),
			  destination);
	out = PUT(out, "ipVersion", true, packet->version);
	out = PUT(out, "ipClassOfService", true, packet->class);
	out = PUT(out, "ipTTL", packet->ttl, packet->ttl);
	out = PUT(out, "flowLabelIPv6", v6 && packet->flow_label, packet->flow_label);
	out = PUT(out, "protocolIdentifier", packet->has_protocol, packet->protocol);
	out = PUT(out, "sourceTransportPort", packet->has_ports, packet->source_port);
	out = PUT(out, "destinationTransportPort", packet->has_ports, packet->destination_port);
	out = PUT(out, "tcpControlBits", packet->has_flags, packet->flags);
	if (v6) {
		out = PUT(out, "icmpTypeIPv6", packet->has_icmp, packet->icmp_type);
		return PUT(out, "icmpCodeIPv6", packet->has_icmp, packet->icmp_code);
	}
	out = PUT(out, "icmpTypeIPv4", packet->has_icmp, packet->icmp_type);
	return PUT(out, "icmpCodeIPv4", packet->has_icmp, packet->icmp_code);
}

static char *put_packet(char *out, const struct flow_packet *packet)
{
	if (packet->has_ethernet) {
		out = put_quoted(out, STR(",\"sourceMacAddress\":"), ELEMENT_MAC, packet->source_mac, 6);
		out = put_quoted(out, STR(",\"destinationMacAddress\":"), ELEMENT_MAC,
				 packet->destination_mac, 6);
		out = PUT(out, "ethernetType", true, packet->ethernet_type);
	}
	out = PUT(out, "dot1qVlanId", packet->has_vlan, packet->vlan);
	out = PUT(out, "dot1qCustomerVlanId", packet->has_inner_vlan, packet->inner_vlan);
	return put_ip(out, packet);
}

static char *put_interfaces(char *out, const struct sample *sample)
{
	out = PUT(out, "ingressInterface", !sample->input_format && sample->input != INTERNAL, sample->input);
	out = PUT(out, "egressInterface", !sample->output_format && sample->output != INTERNAL,
		  sample->output);
	/* Format 1: dropped, for a reason. IANA's forwardingStatus: the upper two bits are 10, unknown
	 * reason. */
	return PUT(out, "forwardingStatus", sample->output_format == 1, UINT64_C(128));
}

static char *put_masks(char *out, const struct sample *sample)
{
	if (sample->packet.version == 6) {
		out = PUT_VALUE(out, "sourceIPv6PrefixLength", sample, VALUE_SOURCE_MASK);
		return PUT_VALUE(out, "destinationIPv6PrefixLength", sample, VALUE_DESTINATION_MASK);
	}
	out = PUT_VALUE(out, "sourceIPv4PrefixLength", sample, VALUE_SOURCE_MASK);
	return PUT_VALUE(out, "destinationIPv4PrefixLength", sample, VALUE_DESTINATION_MASK);
}

static char *put_sample(char *out, const struct sample *sample)
{
	const struct flow_packet *packet = &sample->packet;
	uint32_t bytes = packet->has_ip && packet->length ? packet->length : sample->frame_length;

	out = PUT(out, "octetDeltaCount", true, bytes);
	out = PUT(out, "layer2OctetDeltaCount", sample->frame_length, sample->frame_length);
	out = PUT(out, "packetDeltaCount", true, UINT64_C(1));
	out = PUT(out, "samplingInterval", true, sample->rate);
	out = PUT(out, "samplingPopulation", true, sample->pool);
	out = PUT(out, "droppedPacketTotalCount", true, sample->drops);
	out = put_interfaces(out, sample);
	out = put_packet(out, packet);
	out = PUT_VALUE(out, "vlanId", sample, VALUE_VLAN_IN);
	out = PUT_VALUE(out, "postVlanId", sample, VALUE_VLAN_OUT);
	out = put_address(out, STR(",\"ipNextHopIPv4Address\":"), STR(",\"ipNextHopIPv6Address\":"),
			  sample->next_hop);
	out = put_masks(out, sample);
	out = put_address(out, STR(",\"bgpNextHopIPv4Address\":"), STR(",\"bgpNextHopIPv6Address\":"),
			  sample->bgp_next_hop);
	out = PUT_VALUE(out, "bgpSourceAsNumber", sample, VALUE_SOURCE_AS);
	out = PUT_VALUE(out, "bgpDestinationAsNumber", sample, VALUE_DESTINATION_AS);
	out = put_address(out, STR(",\"postNATSourceIPv4Address\":"), STR(",\"postNATSourceIPv6Address\":"),
			  sample->nat_source);
	out = put_address(out, STR(",\"postNATDestinationIPv4Address\":"),
			  STR(",\"postNATDestinationIPv6Address\":"), sample->nat_destination);
	out = PUT_VALUE(out, "postNAPTSourceTransportPort", sample, VALUE_SOURCE_PORT);
	return PUT_VALUE(out, "postNAPTDestinationTransportPort", sample, VALUE_DESTINATION_PORT);
}

/* --- samples -------------------------------------------------------------------------------------------- */

/* An interface as one word has its format in the upper two bits. */
static uint32_t split_interface(uint32_t word, uint32_t *ret_format)
{
	*ret_format = word == INTERNAL ? 0 : word >> 30;
	return word & INTERNAL;
}

static bool read_flow_sample(struct sample *sample, struct xdr *xdr, bool expanded)
{
	uint32_t parts;

	sample->number = take_u32(xdr);
	if (expanded)
		take_u32(xdr); /* the class of the source */
	sample->source = take_u32(xdr) & (expanded ? UINT32_MAX : 0xffffff);
	sample->rate = take_u32(xdr);
	sample->pool = take_u32(xdr);
	sample->drops = take_u32(xdr);
	if (expanded) {
		sample->input_format = take_u32(xdr);
		sample->input = take_u32(xdr);
		sample->output_format = take_u32(xdr);
		sample->output = take_u32(xdr);
	} else {
		sample->input = split_interface(take_u32(xdr), &sample->input_format);
		sample->output = split_interface(take_u32(xdr), &sample->output_format);
	}
	parts = take_u32(xdr);
	for (uint32_t i = 0; i < parts && !xdr->bad; i++)
		read_part(sample, xdr);
	return !xdr->bad;
}

static int decode_flow_sample(struct message *message, struct xdr xdr, bool expanded, struct str head)
{
	struct sample sample = {0};
	char *out;

	if (!read_flow_sample(&sample, &xdr, expanded))
		return ERR_SYNTAX;
	out = text_copy(output_begin(message->output, head.len + ROOM), head);
	out = put_sample(out, &sample);
	*out++ = '}';
	output_end(message->output, out);
	message->decoder->stats.records++;
	return 0;
}

enum sample_type {
	SAMPLE_FLOW = 1,
	SAMPLE_COUNTERS = 2,
	SAMPLE_FLOW_EXPANDED = 3,
	SAMPLE_COUNTERS_EXPANDED = 4
};

static int decode_sample(struct message *message, struct xdr *xdr, struct str head)
{
	uint32_t type = take_u32(xdr);
	struct xdr part = take_part(xdr, take_u32(xdr));

	if (xdr->bad)
		return ERR_SYNTAX;
	if (type == SAMPLE_FLOW || type == SAMPLE_FLOW_EXPANDED)
		return decode_flow_sample(message, part, type == SAMPLE_FLOW_EXPANDED, head);
	message->decoder->stats.counters += type == SAMPLE_COUNTERS || type == SAMPLE_COUNTERS_EXPANDED;
	return 0;
}

int sflow5_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		  struct flow_output *output)
{
	struct xdr xdr = {.at = (const uint8_t *)datagram->bytes.ptr, .left = datagram->bytes.len};
	struct message message = {.decoder = decoder, .output = output, .received = datagram->received};
	char head[SET_HEAD_MAX], *end;
	struct address agent;
	uint32_t sub_agent, number, samples;
	int r = 0;

	take_u32(&xdr); /* the version */
	agent = take_address(&xdr);
	sub_agent = take_u32(&xdr);
	number = take_u32(&xdr);
	take_u32(&xdr); /* uptime: no sample has a time to which it would be needed */
	samples = take_u32(&xdr);
	if (xdr.bad)
		return ERR_SYNTAX;
	message.domain = domain_get(decoder, datagram->exporter, FLOW_SFLOW5, sub_agent, datagram->received);
	domain_sequence(decoder, message.domain, number, number + 1);
	end = head + set_head(&message, "sflow5", 0, head);
	end = put_address(end, STR(",\"agentAddress\":"), STR(",\"agentAddress\":"), agent);
	end = PUT(end, "subAgentId", true, sub_agent);
	for (uint32_t i = 0; i < samples && r == 0; i++)
		r = decode_sample(&message, &xdr, str_of(head, (size_t)(end - head)));
	return r;
}
