/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/err.h"
#include "flow/private.h"

#define HEADER 4       /* bytes of a template's header, as of a field's */
#define ID_LEAST 256   /* below are sets' own numbers */
#define RECORD_LEAST 4 /* bytes; shorter ones tell nothing, and are many in a datagram */
#define PRIVATE 0x8000 /* an enterprise number follows (RFC 7011 section 3.2) */

void template_free(struct template *template)
{
	plan_free(template->plan);
	free(template);
}

static size_t size_of(const struct template *template)
{
	return sizeof(*template) + template->field_count * sizeof(template->fields[0]) +
	       (template->plan ? plan_size(template->plan) : 0);
}

/* The first whose id is not below. */
static size_t place_of(const struct domain *domain, uint16_t id)
{
	size_t low = 0, high = domain->template_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (domain->templates[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct template *at_place(const struct domain *domain, size_t place, uint16_t id)
{
	return place < domain->template_count && domain->templates[place]->id == id ? domain->templates[place]
										    : NULL;
}

static void take_out(struct flow_decoder *decoder, struct domain *domain, size_t place)
{
	struct template *template = domain->templates[place];

	domain->template_count--;
	memmove(domain->templates + place, domain->templates + place + 1,
		(domain->template_count - place) * sizeof(struct template *));
	domain_account(decoder, domain, -(ptrdiff_t)size_of(template));
	decoder->changes++;
	template_free(template);
}

struct template *template_find(struct flow_decoder *decoder, struct domain *domain, uint16_t id, int64_t now)
{
	size_t place = place_of(domain, id);
	struct template *template = at_place(domain, place, id);

	if (template && now - template->defined > decoder->options.template_age) {
		decoder->stats.templates_expired++;
		take_out(decoder, domain, place);
		return NULL;
	}
	return template;
}

static void put_in(struct domain *domain, size_t place, struct template *template)
{
	if (domain->template_count == domain->template_capacity) {
		domain->template_capacity = domain->template_capacity ? 2 * domain->template_capacity : 8;
		domain->templates =
			realloc(domain->templates, domain->template_capacity * sizeof(struct template *));
		must(domain->templates);
	}
	memmove(domain->templates + place + 1, domain->templates + place,
		(domain->template_count - place) * sizeof(struct template *));
	domain->templates[place] = template;
	domain->template_count++;
}

static struct template *make(const struct template *head, const struct plan_field *fields)
{
	size_t bytes = head->field_count * sizeof(*fields);
	struct plan *plan = plan_new(fields, head->field_count, head->options);
	struct template *template;

	if (plan && !plan->options && plan->length < RECORD_LEAST && !plan->variable) {
		plan_free(plan);
		plan = NULL;
	}
	if (!plan)
		return NULL;
	template = malloc(sizeof(*template) + bytes);
	must(template);
	*template = *head;
	template->plan = plan;
	memcpy(template->fields, fields, bytes);
	return template;
}

static bool same(const struct template *template, const struct template *head,
		 const struct plan_field *fields)
{
	return template->options == head->options && template->scopes == head->scopes &&
	       template->field_count == head->field_count &&
	       !memcmp(template->fields, fields, head->field_count * sizeof(*fields));
}

int template_define(struct flow_decoder *decoder, struct domain *domain, const struct template *head,
		    const struct plan_field *fields, bool *ret_new)
{
	size_t place = place_of(domain, head->id);
	struct template *template = at_place(domain, place, head->id);

	*ret_new = false;
	if (template && same(template, head, fields)) {
		template->defined = head->defined;
		return 0;
	}
	if (template)
		take_out(decoder, domain, place);
	template = head->field_count <= FLOW_FIELDS_MAX && domain->template_count < FLOW_TEMPLATES_MAX
			   ? make(head, fields)
			   : NULL;
	if (!template) {
		decoder->stats.templates_refused++;
		return ERR_LIMIT;
	}
	put_in(domain, place, template);
	domain_account(decoder, domain, (ptrdiff_t)size_of(template));
	decoder->stats.templates++;
	decoder->changes++;
	*ret_new = true;
	return 0;
}

/* --- the sets that define them -------------------------------------------------------------------------- */

/* Defines it and decodes what waited for it. */
static void define(struct message *message, struct template *head, const struct plan_field *fields)
{
	bool is_new = false;

	head->defined = message->received;
	template_define(message->decoder, message->domain, head, fields, &is_new);
	if (is_new)
		set_decode_kept(message, head->id);
}

/* One field; returns its bytes, 0 where it ends beyond the set. */
static size_t read_field(const uint8_t *at, size_t len, bool ipfix, struct plan_field *ret_field)
{
	uint16_t number;

	if (len < HEADER)
		return 0;
	number = read_u16(at);
	*ret_field = (struct plan_field){ENTERPRISE_NETFLOW9, number, read_u16(at + 2)};
	if (!ipfix)
		return HEADER;
	ret_field->enterprise = ENTERPRISE_IANA;
	if (!(number & PRIVATE))
		return HEADER;
	if (len < HEADER + 4)
		return 0;
	ret_field->number = number & (PRIVATE - 1);
	ret_field->enterprise = read_u32(at + HEADER);
	return HEADER + 4;
}

/* The fields of one template; returns their bytes, 0 where they end beyond the set. Those past the cap are
   read and not kept, for what comes behind them. */
static size_t read_fields(struct str set, bool ipfix, const struct template *head, struct plan_field *fields)
{
	size_t at = 0;

	for (size_t i = 0; i < head->field_count; i++) {
		struct plan_field field;
		size_t len = read_field((const uint8_t *)set.ptr + at, set.len - at, ipfix, &field);

		if (!len)
			return 0;
		if (!ipfix && i < head->scopes)
			field.enterprise = ENTERPRISE_SCOPE;
		if (i < FLOW_FIELDS_MAX)
			fields[i] = field;
		at += len;
	}
	return at;
}

/* Takes the definitions of a set one after the other; read_head returns the bytes of a head, and 0 at the
   end: what is left is padding. */
static int read_set(struct message *message, struct str set, bool ipfix, bool options,
		    size_t (*read_head)(const uint8_t *at, size_t len, bool options,
					struct template *ret_head))
{
	struct plan_field fields[FLOW_FIELDS_MAX];

	while (set.len >= HEADER) {
		struct template head = {.options = options};
		size_t len = read_head((const uint8_t *)set.ptr, set.len, options, &head);

		if (!len)
			return 0;
		if (head.id < ID_LEAST)
			return ERR_SYNTAX;
		set = str_from_offset(set, len);
		if (!head.field_count) /* a withdrawal: over UDP to be ignored (RFC 7011 section 8.4) */
			continue;
		len = read_fields(set, ipfix, &head, fields);
		if (!len)
			return ERR_SYNTAX;
		set = str_from_offset(set, len);
		define(message, &head, fields);
	}
	return 0;
}

/* RFC 3954 sections 5.2 and 6.1: options count their fields in bytes. */
static size_t head_netflow9(const uint8_t *at, size_t len, bool options, struct template *ret_head)
{
	ret_head->id = read_u16(at);
	if (!options) {
		ret_head->field_count = read_u16(at + 2);
		return ret_head->id || ret_head->field_count ? HEADER : 0;
	}
	if (len < HEADER + 2)
		return 0;
	ret_head->scopes = read_u16(at + 2) / HEADER;
	ret_head->field_count = (uint16_t)(ret_head->scopes + read_u16(at + 4) / HEADER);
	return ret_head->id || ret_head->field_count ? HEADER + 2 : 0;
}

/* RFC 7011 sections 3.4.1 and 3.4.2. */
static size_t head_ipfix(const uint8_t *at, size_t len, bool options, struct template *ret_head)
{
	ret_head->id = read_u16(at);
	ret_head->field_count = read_u16(at + 2);
	if (!ret_head->id && !ret_head->field_count)
		return 0;
	if (!ret_head->field_count && ret_head->id < ID_LEAST) { /* all are withdrawn */
		ret_head->id = ID_LEAST;
		return HEADER;
	}
	if (!options || !ret_head->field_count)
		return HEADER;
	if (len < HEADER + 2)
		return 0;
	ret_head->scopes = read_u16(at + HEADER);
	return HEADER + 2;
}

int template_read_netflow9(struct message *message, struct str set, bool options)
{
	return read_set(message, set, false, options, head_netflow9);
}

int template_read_ipfix(struct message *message, struct str set, bool options)
{
	return read_set(message, set, true, options, head_ipfix);
}
