/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "flow/private.h"

#define FIRST_CAPACITY 16

/* --- the table ---------------------------------------------------------------------------------------- */

static size_t start_of(const struct names *names, enum name_kind kind, uint64_t key)
{
	return hash_bytes_seeded(&key, sizeof(key), kind) & (names->capacity - 1);
}

/* Where it is, or would be. */
static struct name *find(const struct names *names, enum name_kind kind, uint64_t key)
{
	size_t at = start_of(names, kind, key);

	while (names->slots[at].kind && (names->slots[at].kind != kind + 1 || names->slots[at].key != key))
		at = (at + 1) & (names->capacity - 1);
	return &names->slots[at];
}

const struct name *flow_names_get(const struct names *names, enum name_kind kind, uint64_t key)
{
	const struct name *name = names->kinds & 1u << kind ? find(names, kind, key) : NULL;

	return name && name->kind ? name : NULL;
}

static void grow(struct flow_decoder *decoder, struct domain *domain)
{
	struct names *names = &domain->names, old = *names;

	names->capacity = old.capacity ? 2 * old.capacity : FIRST_CAPACITY;
	names->slots = calloc(names->capacity, sizeof(*names->slots));
	must(names->slots);
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].kind)
			*find(names, (enum name_kind)(old.slots[i].kind - 1), old.slots[i].key) =
				old.slots[i];
	free(old.slots);
	domain_account(decoder, domain,
		       (ptrdiff_t)((names->capacity - old.capacity) * sizeof(*names->slots)));
}

static void set_text(struct flow_decoder *decoder, struct domain *domain, struct name *name, struct str text)
{
	domain_account(decoder, domain, (ptrdiff_t)text.len - (ptrdiff_t)name->len);
	free(name->text);
	name->text = malloc(text.len + 1);
	must(name->text);
	memcpy(name->text, text.ptr, text.len);
	name->len = (uint8_t)text.len;
}

void flow_names_put(struct flow_decoder *decoder, struct domain *domain, enum name_kind kind, uint64_t key,
		    uint32_t interval, struct str text)
{
	struct names *names = &domain->names;
	struct name *name;

	if (text.len > FLOW_NAME_MAX || names->count == FLOW_NAMES_MAX) {
		decoder->stats.names_refused++;
		return;
	}
	if (2 * (names->count + 1) > names->capacity)
		grow(decoder, domain);
	name = find(names, kind, key);
	if (name->kind && name->interval == interval && str_eq(str_of(name->text, name->len), text))
		return;
	names->count += !name->kind;
	names->samplers += !name->kind && kind == NAME_SAMPLER;
	name->key = key;
	name->kind = (uint8_t)(kind + 1);
	name->interval = interval;
	names->kinds |= 1u << kind;
	if (kind == NAME_SAMPLER)
		names->interval = names->samplers == 1 ? interval : 0;
	else
		set_text(decoder, domain, name, text);
	decoder->changes++;
}

void flow_names_done(struct names *names)
{
	for (size_t i = 0; i < names->capacity; i++)
		free(names->slots[i].text);
	free(names->slots);
}

/* --- what an options record tells ----------------------------------------------------------------------- */

struct lesson {
	struct message *message;
	const struct plan *plan;
	const struct plan_place *places;
	const uint8_t *record;
};

static bool number(const struct lesson *lesson, enum plan_slot slot, uint64_t *ret_value)
{
	return plan_number(lesson->plan, lesson->places, lesson->record, slot, ret_value);
}

/* One packet in how many is sampled; 0 where the record does not say. */
static uint32_t read_interval(const struct lesson *lesson)
{
	uint64_t value = 0, space = 0;
	double probability = 0;
	float single;
	uint32_t narrow;

	if (number(lesson, SLOT_SAMPLING_INTERVAL, &value) || number(lesson, SLOT_SAMPLING_RANDOM, &value))
		return value <= UINT32_MAX ? (uint32_t)value : 0;
	if (number(lesson, SLOT_SAMPLING_PACKETS, &value) && value && value <= UINT32_MAX &&
	    number(lesson, SLOT_SAMPLING_SPACE, &space) && space <= UINT32_MAX)
		return (uint32_t)((value + space) / value > UINT32_MAX ? 0 : (value + space) / value);
	if (!number(lesson, SLOT_SAMPLING_PROBABILITY, &value))
		return 0;
	if (lesson->places[lesson->plan->slots[SLOT_SAMPLING_PROBABILITY]].len == 4) {
		narrow = (uint32_t)value;
		memcpy(&single, &narrow, sizeof(single));
		probability = (double)single;
	} else {
		memcpy(&probability, &value, sizeof(probability));
	}
	return probability > 1e-9 && probability <= 1 ? (uint32_t)(1 / probability + 0.5) : 0;
}

static void learn_sampler(const struct lesson *lesson)
{
	uint64_t sampler = UINT64_MAX; /* of the exporter as a whole */
	uint32_t interval = read_interval(lesson);

	if (!interval)
		return;
	if (!number(lesson, SLOT_SAMPLER, &sampler))
		number(lesson, SLOT_SELECTOR, &sampler);
	flow_names_put(lesson->message->decoder, lesson->message->domain, NAME_SAMPLER, sampler, interval,
		       str_of(NULL, 0));
}

static void learn_name(const struct lesson *lesson, enum name_kind kind, enum plan_slot key_slot,
		       enum plan_slot name_slot)
{
	const struct plan_place *place;
	char text[TEXT_VALUE_MAX(256)];
	text_writer *write;
	uint64_t key;
	char *end;

	if (lesson->plan->slots[name_slot] < 0 || !number(lesson, key_slot, &key))
		return;
	place = &lesson->places[lesson->plan->slots[name_slot]];
	write = place->len <= 256 ? text_writer_of(ELEMENT_STRING, place->len) : NULL;
	if (!write) {
		lesson->message->decoder->stats.names_refused += place->len > 0;
		return;
	}
	end = write(text, lesson->record + place->offset, place->len);
	if (end - text > 2) /* not only quotes */
		flow_names_put(lesson->message->decoder, lesson->message->domain, kind, key, 0,
			       str_of(text, (size_t)(end - text)));
}

void flow_names_learn(struct message *message, const struct plan *plan, const struct plan_place *places,
		      const uint8_t *record)
{
	const struct lesson lesson = {message, plan, places, record};
	enum plan_slot interface_name =
		plan->slots[SLOT_INTERFACE_NAME] >= 0 ? SLOT_INTERFACE_NAME : SLOT_INTERFACE_DESCRIPTION;

	number(&lesson, SLOT_SYSTEM_INIT, &message->domain->init);
	learn_sampler(&lesson);
	learn_name(&lesson, NAME_INTERFACE, plan->slots[SLOT_INGRESS] >= 0 ? SLOT_INGRESS : SLOT_EGRESS,
		   interface_name);
	learn_name(&lesson, NAME_APPLICATION, SLOT_APPLICATION, SLOT_APPLICATION_NAME);
	learn_name(&lesson, NAME_VRF, plan->slots[SLOT_INGRESS_VRF] >= 0 ? SLOT_INGRESS_VRF : SLOT_EGRESS_VRF,
		   SLOT_VRF_NAME);
}
