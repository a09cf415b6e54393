/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/err.h"
#include "flow/private.h"

#define PADDING_MAX 4 /* bytes behind the last record are fewer */

/* --- output ------------------------------------------------------------------------------------------- */

char *output_begin(struct flow_output *output, size_t room)
{
	if (output->count == output->capacity) {
		output->capacity = output->capacity ? 2 * output->capacity : 1024;
		output->ends = realloc(output->ends, output->capacity * sizeof(*output->ends));
		must(output->ends);
	}
	return buf_reserve(&output->text, room);
}

void output_end(struct flow_output *output, const char *end)
{
	output->text.len = (size_t)(end - output->text.ptr);
	must(output->text.len <= UINT32_MAX);
	output->ends[output->count++] = (uint32_t)output->text.len;
}

void flow_output_done(struct flow_output *output)
{
	buf_done(&output->text);
	free(output->ends);
	*output = (struct flow_output){0};
}

/* --- what is beside the fields -------------------------------------------------------------------------- */

size_t set_head(const struct message *message, const char *protocol, int template, char out[SET_HEAD_MAX])
{
	const struct domain *domain = message->domain;
	char *start = out;

	out = text_literal(out, "{\"flowProtocol\":\"");
	out = text_copy(out, str_from(protocol));
	*out++ = '"';
	out = text_copy(out, str_of(domain->text, domain->text_len));
	if (domain->key.protocol != FLOW_SFLOW5)
		out = text_u64(text_literal(out, ",\"observationDomainId\":"), domain->key.id);
	if (message->times.exported)
		out = text_i64(text_literal(out, ",\"exportTime\":"), message->times.exported);
	if (template)
		out = text_u64(text_literal(out, ",\"templateId\":"), (uint64_t) template);
	return (size_t)(out - start);
}

/* By which field a name is found, and what it is called then. */
static const struct {
	struct str key;
	uint8_t slot, kind;
	uint8_t unless; /* the record has this field itself; SLOT_COUNT: never */
} joins[] = {
	{{",\"ingressInterfaceName\":", 24}, SLOT_INGRESS, NAME_INTERFACE, SLOT_COUNT},
	{{",\"egressInterfaceName\":", 23}, SLOT_EGRESS, NAME_INTERFACE, SLOT_COUNT},
	{{",\"applicationName\":", 19}, SLOT_APPLICATION, NAME_APPLICATION, SLOT_APPLICATION_NAME},
	{{",\"ingressVRFName\":", 18}, SLOT_INGRESS_VRF, NAME_VRF, SLOT_COUNT},
	{{",\"egressVRFName\":", 17}, SLOT_EGRESS_VRF, NAME_VRF, SLOT_COUNT},
};
#define JOINS (sizeof(joins) / sizeof(joins[0]))
#define JOINED_MAX (JOINS * (24 + FLOW_NAME_MAX) + 64)

static uint32_t interval_of(const struct names *names, const struct plan *plan,
			    const struct plan_place *places, const uint8_t *record)
{
	const struct name *name;
	uint64_t sampler;

	if (!plan_number(plan, places, record, SLOT_SAMPLER, &sampler) &&
	    !plan_number(plan, places, record, SLOT_SELECTOR, &sampler))
		return names->interval;
	name = flow_names_get(names, NAME_SAMPLER, sampler);
	return name ? name->interval : 0;
}

char *set_join(const struct message *message, const struct plan *plan, const struct plan_place *places,
	       const uint8_t *record, char *out)
{
	const struct names *names = &message->domain->names;
	uint32_t interval;

	if (!plan->joins || !names->kinds)
		return out;
	if (plan->slots[SLOT_SAMPLING_INTERVAL] < 0 && names->kinds & 1u << NAME_SAMPLER &&
	    (interval = interval_of(names, plan, places, record)))
		out = text_u64(text_literal(out, ",\"samplingInterval\":"), interval);
	for (size_t i = 0; i < JOINS; i++) {
		const struct name *name;
		uint64_t key;

		if (!(names->kinds & 1u << joins[i].kind) ||
		    (joins[i].unless < SLOT_COUNT && plan->slots[joins[i].unless] >= 0) ||
		    !plan_number(plan, places, record, (enum plan_slot)joins[i].slot, &key) ||
		    !(name = flow_names_get(names, (enum name_kind)joins[i].kind, key)))
			continue;
		out = text_copy(text_copy(out, joins[i].key), str_of(name->text, name->len));
	}
	return out;
}

/* --- data sets ------------------------------------------------------------------------------------------ */

static void write_record(struct message *message, const struct plan *plan, const struct plan_place *places,
			 const uint8_t *record, size_t len, struct str head)
{
	char *out = output_begin(message->output,
				 plan_room(plan, len) + head.len + JOINED_MAX + PLAN_TIMES_MAX + 32);

	out = text_copy(out, head);
	if (plan->options)
		out = text_literal(out, ",\"flowOptions\":true");
	out = plan_write(plan, places, record, out);
	out = plan_write_times(plan, places, record, &message->times, message->domain->init, out);
	if (!plan->options)
		out = set_join(message, plan, places, record, out);
	*out++ = '}';
	output_end(message->output, out);
}

int set_decode(struct message *message, const struct template *template, struct str set)
{
	struct flow_decoder *decoder = message->decoder;
	const struct plan *plan = template->plan;
	const struct plan_place *places = plan->variable ? decoder->places : plan->places;
	char head[SET_HEAD_MAX];
	struct str begin = {head, set_head(message,
					   message->domain->key.protocol == FLOW_IPFIX ? "ipfix" : "netflow9",
					   template->id, head)};

	while (set.len >= plan->length) {
		const uint8_t *record = (const uint8_t *)set.ptr;
		size_t len = plan->length;

		if (plan->variable && !(len = plan_measure(plan, record, set.len, decoder->places)))
			return set.len < PADDING_MAX ? 0 : ERR_SYNTAX;
		message->records++;
		if (plan->options)
			flow_names_learn(message, plan, places, record);
		if (!plan->options || decoder->options.options)
			write_record(message, plan, places, record, len, begin);
		*(plan->options ? &decoder->stats.options : &decoder->stats.records) += 1;
		set = str_from_offset(set, len);
	}
	return 0;
}

void set_decode_kept(struct message *message, uint16_t id)
{
	struct waiting *waiting = domain_take(message->decoder, message->domain, id);
	const struct template *template =
		template_find(message->decoder, message->domain, id, message->received);

	while (waiting) {
		struct waiting *next = waiting->next;
		struct message kept = {.decoder = message->decoder,
				       .domain = message->domain,
				       .output = message->output,
				       .times = waiting->times,
				       .received = waiting->received};

		if (!template ||
		    set_decode(&kept, template, str_of((char *)waiting->bytes, waiting->len)) < 0)
			message->decoder->stats.malformed++;
		free(waiting);
		waiting = next;
	}
}
