/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder as a whole, and the two protocols of templates. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "flow/private.h"

#define TEMPLATE_AGE (7 * CLOCK_DAY)
#define NETFLOW9_HEADER 20
#define IPFIX_HEADER 16
#define SET_HEADER 4
#define SET_DATA 256 /* sets from this number on hold data */

struct flow_decoder *flow_decoder_new(const struct flow_options *options)
{
	struct flow_decoder *decoder = calloc(1, sizeof(*decoder));

	must(decoder);
	decoder->options = *options;
	if (!options->template_age)
		decoder->options.template_age = TEMPLATE_AGE;
	if (!options->waiting_age)
		decoder->options.waiting_age = CLOCK_HOUR;
	decoder->netflow5 = netflow5_plan();
	return decoder;
}

void flow_decoder_free(struct flow_decoder *decoder)
{
	if (!decoder)
		return;
	domain_clear_all(decoder);
	plan_free(decoder->netflow5);
	free(decoder);
}

const struct flow_stats *flow_decoder_stats(const struct flow_decoder *decoder)
{
	return &decoder->stats;
}

uint64_t flow_decoder_changes(const struct flow_decoder *decoder)
{
	return decoder->changes;
}

/* --- NetFlow 9 and IPFIX -------------------------------------------------------------------------------- */

static int decode_data(struct message *message, uint16_t id, struct str set)
{
	struct template *template = template_find(message->decoder, message->domain, id, message->received);

	if (template)
		return set_decode(message, template, set);
	message->unknown = true;
	domain_keep(message->decoder, message->domain, &message->times, message->received, id, set);
	return 0;
}

/* Sets up to the end of the datagram; templates are at first and first + 1. */
static int decode_sets(struct message *message, struct str bytes, uint16_t first,
		       int (*read_templates)(struct message *message, struct str set, bool options))
{
	int r = 0;

	while (r == 0 && bytes.len >= SET_HEADER) {
		const uint8_t *at = (const uint8_t *)bytes.ptr;
		uint16_t id = read_u16(at), len = read_u16(at + 2);
		struct str set;

		if (!id && !len) /* some fill their datagrams up with zeros */
			return 0;
		if (len < SET_HEADER || len > bytes.len) {
			message->unknown = true;
			return ERR_SYNTAX;
		}
		set = str_of(bytes.ptr + SET_HEADER, len - (size_t)SET_HEADER);
		bytes = str_from_offset(bytes, len);
		if (id >= SET_DATA)
			r = decode_data(message, id, set);
		else if (id == first || id == first + 1)
			r = read_templates(message, set, id != first);
	}
	message->unknown |= r < 0;
	return r;
}

int netflow9_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		    struct flow_output *output)
{
	const uint8_t *header = (const uint8_t *)datagram->bytes.ptr;
	struct message message = {.decoder = decoder, .output = output, .received = datagram->received};
	uint32_t number;

	if (datagram->bytes.len < NETFLOW9_HEADER)
		return ERR_SYNTAX;
	message.times = (struct flow_times){.uptime = read_u32(header + 4),
					    .exported = (int64_t)read_u32(header + 8) * 1000,
					    .has_uptime = true};
	number = read_u32(header + 12);
	message.domain = domain_get(decoder, datagram->exporter, FLOW_NETFLOW9, read_u32(header + 16),
				    datagram->received);
	domain_expire(decoder, message.domain, datagram->received);
	domain_sequence(decoder, message.domain, number, number + 1);
	return decode_sets(&message, str_from_offset(datagram->bytes, NETFLOW9_HEADER), 0,
			   template_read_netflow9);
}

int ipfix_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		 struct flow_output *output)
{
	const uint8_t *header = (const uint8_t *)datagram->bytes.ptr;
	struct message message = {.decoder = decoder, .output = output, .received = datagram->received};
	uint32_t number;
	size_t len;
	int r;

	if (datagram->bytes.len < IPFIX_HEADER)
		return ERR_SYNTAX;
	len = read_u16(header + 2);
	if (len < IPFIX_HEADER || len > datagram->bytes.len)
		return ERR_SYNTAX;
	message.times = (struct flow_times){.exported = (int64_t)read_u32(header + 4) * 1000};
	number = read_u32(header + 8);
	message.domain = domain_get(decoder, datagram->exporter, FLOW_IPFIX, read_u32(header + 12),
				    datagram->received);
	domain_expire(decoder, message.domain, datagram->received);
	r = decode_sets(&message, str_of(datagram->bytes.ptr + IPFIX_HEADER, len - IPFIX_HEADER), 2,
			template_read_ipfix);
	domain_sequence(decoder, message.domain, number, number + message.records);
	if (message.unknown) /* how many records that were is not known */
		message.domain->sequenced = false;
	return r;
}

/* --- which it is ---------------------------------------------------------------------------------------- */

static const struct {
	uint32_t version; /* the first two bytes, or four */
	size_t bytes;
	int (*decode)(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		      struct flow_output *output);
} protocols[] = {
	{5, 2, netflow5_decode},
	{9, 2, netflow9_decode},
	{10, 2, ipfix_decode},
	{5, 4, sflow5_decode},
};

int flow_decode(struct flow_decoder *decoder, const struct flow_datagram *datagram,
		struct flow_output *output)
{
	int r = ERR_VERSION;

	decoder->stats.datagrams++;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (datagram->bytes.len >= protocols[i].bytes && datagram->bytes.len <= FLOW_DATAGRAM_MAX &&
		    read_number((const uint8_t *)datagram->bytes.ptr, protocols[i].bytes) ==
			    protocols[i].version) {
			r = protocols[i].decode(decoder, datagram, output);
			break;
		}
	decoder->stats.malformed += r < 0;
	return r;
}
