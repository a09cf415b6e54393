/* SPDX-License-Identifier: Apache-2.0 */
/* NetFlow 5 has one template that nobody sends. */
#include "base/err.h"
#include "flow/private.h"

#define HEADER 24
#define RECORD 48
#define INTERVAL_BITS 14 /* of the header's last field; above them the mode */

/* Where a field of the record is called by IANA's number. */
static const struct plan_field fields[] = {
	{ENTERPRISE_IANA, 8, 4},   /* srcaddr */
	{ENTERPRISE_IANA, 12, 4},  /* dstaddr */
	{ENTERPRISE_IANA, 15, 4},  /* nexthop */
	{ENTERPRISE_IANA, 10, 2},  /* input */
	{ENTERPRISE_IANA, 14, 2},  /* output */
	{ENTERPRISE_IANA, 2, 4},   /* dPkts */
	{ENTERPRISE_IANA, 1, 4},   /* dOctets */
	{ENTERPRISE_IANA, 22, 4},  /* First */
	{ENTERPRISE_IANA, 21, 4},  /* Last */
	{ENTERPRISE_IANA, 7, 2},   /* srcport */
	{ENTERPRISE_IANA, 11, 2},  /* dstport */
	{ENTERPRISE_IANA, 210, 1}, /* padding */
	{ENTERPRISE_IANA, 6, 1},   /* tcp_flags */
	{ENTERPRISE_IANA, 4, 1},   /* prot */
	{ENTERPRISE_IANA, 5, 1},   /* tos */
	{ENTERPRISE_IANA, 16, 2},  /* src_as */
	{ENTERPRISE_IANA, 17, 2},  /* dst_as */
	{ENTERPRISE_IANA, 9, 1},   /* src_mask */
	{ENTERPRISE_IANA, 13, 1},  /* dst_mask */
	{ENTERPRISE_IANA, 210, 2}, /* padding */
};

struct plan *netflow5_plan(void)
{
	return plan_new(fields, sizeof(fields) / sizeof(fields[0]), false);
}

/* ,"samplingInterval":… where the exporter samples. */
static char *write_sampling(char *out, uint16_t sampling)
{
	unsigned interval = sampling & ((1u << INTERVAL_BITS) - 1);

	if (interval > 1) {
		out = text_u64(text_literal(out, ",\"samplingInterval\":"), interval);
		out = text_u64(text_literal(out, ",\"samplingAlgorithm\":"),
			       (uint64_t)sampling >> INTERVAL_BITS);
	}
	return out;
}

static void write_record(struct message *message, const struct plan *plan, const uint8_t *record,
			 struct str head)
{
	char *out = output_begin(message->output, plan_room(plan, RECORD) + head.len + PLAN_TIMES_MAX);

	out = plan_write(plan, plan->places, record, text_copy(out, head));
	out = plan_write_times(plan, plan->places, record, &message->times, 0, out);
	*out++ = '}';
	output_end(message->output, out);
}

int netflow5_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		    struct flow_output *output)
{
	const uint8_t *header = (const uint8_t *)datagram->bytes.ptr;
	struct message message = {.decoder = decoder, .output = output, .received = datagram->received};
	char head[SET_HEAD_MAX], *end;
	size_t count;
	uint32_t number;

	if (datagram->bytes.len < HEADER)
		return ERR_SYNTAX;
	count = read_u16(header + 2);
	number = read_u32(header + 16);
	message.times = (struct flow_times){
		.uptime = read_u32(header + 4),
		.exported = (int64_t)read_u32(header + 8) * 1000 + read_u32(header + 12) / 1000000,
		.has_uptime = true,
	};
	message.domain = domain_get(decoder, datagram->exporter, FLOW_NETFLOW5, read_u16(header + 20),
				    datagram->received);
	domain_sequence(decoder, message.domain, number, number + (uint32_t)count);
	end = write_sampling(head + set_head(&message, "netflow5", 0, head), read_u16(header + 22));
	for (size_t i = 0; i < count; i++) {
		if (HEADER + (i + 1) * RECORD > datagram->bytes.len)
			return ERR_SYNTAX;
		write_record(&message, decoder->netflow5, header + HEADER + i * RECORD,
			     str_of(head, (size_t)(end - head)));
		decoder->stats.records++;
	}
	return 0;
}
