/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decoder remembers, as bytes; numbers little-endian:
 *
 *	"WLFLOW1\n"
 *	domains, the longest silent first:
 *	  "D"  address[16], u32 id, u32 protocol, i64 heard, u64 init
 *	  "T"  u16 id, u16 options (0, 1), u16 scopes, u16 fields, i64 defined, then per field u32 enterprise,
 *	       u16 number, u16 length: a template of the domain above
 *	  "N"  u8 kind, u8 length, u32 interval, u64 key, text: a name of the domain above
 *	  "W"  u16 set, u16 length, i64 received, i64 exported, u32 uptime, u8 has uptime, bytes: kept data
 *	"E"
 *	u64 XXH3 of everything before
 *
 * Sequence numbers are not kept: what came while nobody listened was not lost by the network.
 */
#include "base/err.h"
#include "base/hash.h"
#include "flow/private.h"

#define MAGIC "WLFLOW1\n"
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define SUM_LEN 8

/* --- writing ------------------------------------------------------------------------------------------ */

static void add_u16(struct buf *out, uint16_t value)
{
	buf_add(out, &value, sizeof(value));
}

static void write_template(const struct template *template, struct buf *out)
{
	buf_add_char(out, 'T');
	add_u16(out, template->id);
	add_u16(out, template->options);
	add_u16(out, template->scopes);
	add_u16(out, template->field_count);
	buf_add_u64(out, (uint64_t) template->defined);
	for (size_t i = 0; i < template->field_count; i++) {
		buf_add_u32(out, template->fields[i].enterprise);
		add_u16(out, template->fields[i].number);
		add_u16(out, template->fields[i].length);
	}
}

static void write_name(const struct name *name, struct buf *out)
{
	if (!name->kind)
		return;
	buf_add_char(out, 'N');
	buf_add_char(out, (char)name->kind);
	buf_add_char(out, (char)name->len);
	buf_add_u32(out, name->interval);
	buf_add_u64(out, name->key);
	buf_add(out, name->text, name->len);
}

static void write_waiting(const struct waiting *waiting, struct buf *out)
{
	buf_add_char(out, 'W');
	add_u16(out, waiting->set);
	add_u16(out, waiting->len);
	buf_add_u64(out, (uint64_t)waiting->received);
	buf_add_u64(out, (uint64_t)waiting->times.exported);
	buf_add_u32(out, waiting->times.uptime);
	buf_add_char(out, waiting->times.has_uptime);
	buf_add(out, waiting->bytes, waiting->len);
}

static void write_domain(const struct domain *domain, struct buf *out)
{
	if (!domain->template_count && !domain->names.count && !domain->first)
		return;
	buf_add_char(out, 'D');
	buf_add(out, domain->key.address, sizeof(domain->key.address));
	buf_add_u32(out, domain->key.id);
	buf_add_u32(out, domain->key.protocol);
	buf_add_u64(out, (uint64_t)domain->heard);
	buf_add_u64(out, domain->init);
	for (size_t i = 0; i < domain->template_count; i++)
		write_template(domain->templates[i], out);
	for (size_t i = 0; i < domain->names.capacity; i++)
		write_name(&domain->names.slots[i], out);
	for (const struct waiting *waiting = domain->first; waiting; waiting = waiting->next)
		write_waiting(waiting, out);
}

void flow_state_write(const struct flow_decoder *decoder, struct buf *out)
{
	size_t start = out->len;

	buf_add(out, MAGIC, MAGIC_LEN);
	for (const struct domain *domain = decoder->oldest; domain; domain = domain->newer)
		write_domain(domain, out);
	buf_add_char(out, 'E');
	buf_add_u64(out, hash_bytes(out->ptr + start, out->len - start));
}

/* --- reading ------------------------------------------------------------------------------------------ */

struct input {
	struct str left;
	bool bad;
};

static const char *take(struct input *input, size_t len)
{
	const char *at = input->left.ptr;

	if (len > input->left.len) {
		input->bad = true;
		return NULL;
	}
	input->left = str_of(at + len, input->left.len - len);
	return at;
}

/* A number of so many bytes; 0 where they are not there. */
static uint64_t take_number(struct input *input, size_t len)
{
	uint64_t value = 0;
	const char *at = take(input, len);

	if (at)
		memcpy(&value, at, len);
	return value;
}

static struct domain *read_domain(struct flow_decoder *decoder, struct input *input)
{
	const char *address = take(input, 16);
	uint32_t id = (uint32_t)take_number(input, 4), protocol = (uint32_t)take_number(input, 4);
	int64_t heard = (int64_t)take_number(input, 8);
	uint64_t init = take_number(input, 8);
	struct domain *domain;

	if (input->bad || (protocol != FLOW_NETFLOW9 && protocol != FLOW_IPFIX))
		return NULL;
	domain = domain_get(decoder, (const uint8_t *)address, (enum flow_protocol)protocol, id, heard);
	domain->init = init;
	return domain;
}

static bool read_template(struct flow_decoder *decoder, struct domain *domain, struct input *input)
{
	struct template head = {.id = (uint16_t)take_number(input, 2)};
	struct plan_field fields[FLOW_FIELDS_MAX];
	bool is_new;

	head.options = take_number(input, 2) != 0;
	head.scopes = (uint16_t)take_number(input, 2);
	head.field_count = (uint16_t)take_number(input, 2);
	head.defined = (int64_t)take_number(input, 8);
	if (head.field_count > FLOW_FIELDS_MAX || head.id < 256)
		return false;
	for (size_t i = 0; i < head.field_count; i++) {
		fields[i].enterprise = (uint32_t)take_number(input, 4);
		fields[i].number = (uint16_t)take_number(input, 2);
		fields[i].length = (uint16_t)take_number(input, 2);
	}
	return !input->bad && template_define(decoder, domain, &head, fields, &is_new) == 0;
}

static bool read_name(struct flow_decoder *decoder, struct domain *domain, struct input *input)
{
	unsigned kind = (unsigned)take_number(input, 1);
	size_t len = take_number(input, 1);
	uint32_t interval = (uint32_t)take_number(input, 4);
	uint64_t key = take_number(input, 8);
	const char *text = take(input, len);

	/* It goes into records as it is. */
	if (!text || kind < 1 || kind > NAME_SAMPLER + 1 || len > FLOW_NAME_MAX ||
	    (kind <= NAME_SAMPLER && (len < 2 || text[0] != '"' || text[len - 1] != '"')))
		return false;
	flow_names_put(decoder, domain, (enum name_kind)(kind - 1), key, interval, str_of(text, len));
	return true;
}

static bool read_waiting(struct flow_decoder *decoder, struct domain *domain, struct input *input)
{
	uint16_t set = (uint16_t)take_number(input, 2), len = (uint16_t)take_number(input, 2);
	int64_t received = (int64_t)take_number(input, 8);
	struct flow_times times = {.exported = (int64_t)take_number(input, 8)};
	const char *bytes;

	times.uptime = (uint32_t)take_number(input, 4);
	times.has_uptime = take_number(input, 1) != 0;
	bytes = take(input, len);
	if (!bytes || times.exported < 0 || times.exported > UINT32_MAX * INT64_C(1000))
		return false;
	domain_keep(decoder, domain, &times, received, set, str_of(bytes, len));
	return true;
}

static const struct {
	char tag;
	bool (*read)(struct flow_decoder *decoder, struct domain *domain, struct input *input);
} entries[] = {{'T', read_template}, {'N', read_name}, {'W', read_waiting}};

static bool read_entry(struct flow_decoder *decoder, struct domain *domain, char tag, struct input *input)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if (entries[i].tag == tag)
			return domain && entries[i].read(decoder, domain, input);
	return false;
}

static int read_all(struct flow_decoder *decoder, struct input *input)
{
	struct domain *domain = NULL;

	for (;;) {
		char tag = (char)take_number(input, 1);

		if (tag == 'E')
			return input->left.len ? ERR_CORRUPT : 0;
		if (tag == 'D') {
			domain = read_domain(decoder, input);
			if (!domain)
				return ERR_CORRUPT;
		} else if (!read_entry(decoder, domain, tag, input)) {
			return ERR_CORRUPT;
		}
	}
}

int flow_state_read(struct flow_decoder *decoder, struct str state, int64_t now)
{
	struct input input = {.left = state};
	uint64_t sum;
	int r;

	if (state.len < MAGIC_LEN + SUM_LEN || state.len > FLOW_STATE_MAX)
		return ERR_CORRUPT;
	if (!str_starts(state, STR(MAGIC)))
		return str_starts(state, STR("WLFLOW")) ? ERR_VERSION : ERR_CORRUPT;
	memcpy(&sum, state.ptr + state.len - SUM_LEN, SUM_LEN);
	if (sum != hash_bytes(state.ptr, state.len - SUM_LEN))
		return ERR_CORRUPT;
	input.left = str_of(state.ptr + MAGIC_LEN, state.len - MAGIC_LEN - SUM_LEN);
	r = read_all(decoder, &input);
	if (r < 0)
		domain_clear_all(decoder);
	for (struct domain *domain = decoder->oldest; domain; domain = domain->newer)
		domain_expire(decoder, domain, now);
	decoder->stats = (struct flow_stats){0};
	return r;
}
