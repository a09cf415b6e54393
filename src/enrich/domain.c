/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of a host name the part that somebody registered, by the Public Suffix List (publicsuffix.org) as libpsl
 * carries it: www.cs.example.edu.cn is of example.edu.cn. Names in punycode stay so.
 */
#include <libpsl.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "enrich/private.h"
#include "event/put.h"

#define NAME_MAX_BYTES 253 /* RFC 1035, 2.3.4, without the last dot */
#define SETS 2048          /* a power of two; 256 KiB of a worker's memory */
#define WAYS 2             /* the newest first: the older gives way */
#define SLOT_TEXT 62       /* longer ones are looked up each time */
#define NOTHING 255

struct slot {
	uint8_t len, at; /* where the registered part begins; NOTHING: there is none */
	char text[SLOT_TEXT];
};

struct domains {
	struct slot slots[SETS][WAYS];
};

struct domains *domains_new(void)
{
	struct domains *domains = aligned_alloc(64, sizeof(*domains));

	must(domains);
	memset(domains, 0, sizeof(*domains));
	return domains;
}

void domains_free(struct domains *domains)
{
	free(domains);
}

static uint8_t find(const char *name)
{
	const char *part = psl_registrable_domain(psl_builtin(), name);

	return part ? (uint8_t)(part - name) : NOTHING;
}

/* name is in lower case and ends with a NUL. */
static uint8_t remember(struct domains *domains, const char *name, size_t len)
{
	struct slot *set = domains->slots[hash_bytes(name, len) & (SETS - 1)];

	if (len > SLOT_TEXT)
		return find(name);
	for (int way = 0; way < WAYS; way++)
		if (set[way].len == len && memcmp(set[way].text, name, len) == 0)
			return set[way].at;
	set[1] = set[0];
	set[0].at = find(name);
	set[0].len = (uint8_t)len;
	memcpy(set[0].text, name, len);
	return set[0].at;
}

/* An address is no name: its last part is a number, or it holds a colon. */
static bool is_address(struct str name)
{
	return char_is_digit(name.ptr[name.len - 1]) || str_find_char(name, ':') != STR_NOT_FOUND;
}

bool domains_registered(struct domains *domains, struct str name, struct arena *arena, struct str *ret_part)
{
	char lower[NAME_MAX_BYTES + 1];
	struct str part;
	uint8_t at;

	if (name.len && name.ptr[name.len - 1] == '.')
		name.len--;
	if (name.len < 3 || name.len > NAME_MAX_BYTES || is_address(name))
		return false;
	for (size_t i = 0; i < name.len; i++)
		lower[i] = char_lower(name.ptr[i]);
	lower[name.len] = 0;
	if (memchr(lower, 0, name.len))
		return false;
	at = remember(domains, lower, name.len);
	if (at == NOTHING)
		return false;
	part = str_from_offset(name, at);
	if (memcmp(part.ptr, lower + at, part.len) != 0)
		part = arena_copy(arena, str_of(lower + at, part.len));
	*ret_part = part;
	return true;
}

static void run(struct domains *domains, struct event *event, enum field_id from, enum field_id to)
{
	struct str name = event_text(event, from), part;
	struct value value;

	if (!name.len || event->field_at[to] || !domains_registered(domains, name, event->arena, &part))
		return;
	value = value_string(part);
	event_set_keyword(event, to, &value);
}

void domains_run(struct domains *domains, struct event *event)
{
	run(domains, event, FIELD_ID_URL_DOMAIN, FIELD_ID_URL_REGISTERED_DOMAIN);
	run(domains, event, FIELD_ID_DNS_QUESTION_NAME, FIELD_ID_DNS_REGISTERED_DOMAIN);
}
