/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flow decoder. The input is datagrams of two exporters in a row, each behind two bytes: the exporter's
 * bit and how long it is. Every record must be JSON, and what was learnt must be read again as it was
 * written.
 */
#include <stdlib.h>

#include "base/err.h"
#include "base/json.h"
#include "flow/flow.h"

#define RECORD_MAX (1024 * 1024)

/* The bytes are copied to where the sanitizer sees reads beyond them. */
static void decode(struct flow_decoder *decoder, const uint8_t *data, size_t size, uint8_t exporter,
		   int64_t now, struct flow_output *output)
{
	struct flow_datagram datagram = {.exporter = {[10] = 0xff, [11] = 0xff, [15] = exporter},
					 .received = now};
	char *copy = malloc(size + 1);

	must(copy);
	memcpy(copy, data, size);
	datagram.bytes = str_of(copy, size);
	flow_decode(decoder, &datagram, output);
	free(copy);
}

static void check_records(const struct flow_output *output)
{
	struct json_parser *parser = json_parser_new();
	const struct json_node *nodes;

	for (size_t i = 0; i < output->count; i++) {
		struct str record = flow_output_record(output, i);

		must(record.len <= RECORD_MAX);
		must(json_parse(parser, record, &nodes, NULL) == 0 && nodes->type == JSON_OBJECT);
	}
	json_parser_free(parser);
}

static void check_state(const struct flow_decoder *decoder, const struct flow_options *options, int64_t now)
{
	struct flow_decoder *other = flow_decoder_new(options);
	struct buf state = {0}, again = {0};

	flow_state_write(decoder, &state);
	must(flow_state_read(other, buf_str(&state), now) == 0);
	flow_state_write(other, &again);
	must(state.len == again.len);
	flow_decoder_free(other);
	buf_done(&state);
	buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct flow_options options = {.options = true};
	struct flow_decoder *decoder = flow_decoder_new(&options);
	struct flow_output output = {0};
	int64_t now = INT64_C(1700000000000000);

	while (size > 2) {
		size_t len = ((size_t)data[0] << 8 | data[1]) & 0x7fff;

		if (len > size - 2)
			len = size - 2;
		decode(decoder, data + 2, len, data[0] >> 7, now++, &output);
		data += 2 + len;
		size -= 2 + len;
	}
	check_records(&output);
	check_state(decoder, &options, now);
	flow_output_done(&output);
	flow_decoder_free(decoder);
	return 0;
}
