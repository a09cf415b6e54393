/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "flow/private.h"

#define LATE 4096         /* numbers a datagram may be behind and not mean that counting began anew */
#define GAP_MAX 100000000 /* numbers a gap may have and not mean the same */

/* --- finding ------------------------------------------------------------------------------------------ */

static struct domain **bucket_of(struct flow_decoder *decoder, const struct domain_key *key)
{
	return &decoder->buckets[hash_bytes(key, sizeof(*key)) % BUCKETS];
}

static void unlink_age(struct flow_decoder *decoder, struct domain *domain)
{
	*(domain->older ? &domain->older->newer : &decoder->oldest) = domain->newer;
	*(domain->newer ? &domain->newer->older : &decoder->newest) = domain->older;
}

static void link_newest(struct flow_decoder *decoder, struct domain *domain)
{
	domain->older = decoder->newest;
	domain->newer = NULL;
	*(decoder->newest ? &decoder->newest->newer : &decoder->oldest) = domain;
	decoder->newest = domain;
}

static void drop_waiting(struct flow_decoder *decoder, struct domain *domain)
{
	struct waiting *first = domain->first;

	domain->first = first->next;
	if (!domain->first)
		domain->last = NULL;
	domain->waiting_bytes -= first->len;
	decoder->waiting_bytes -= first->len;
	decoder->stats.unkept++;
	decoder->changes++;
	free(first);
}

static void forget(struct flow_decoder *decoder, struct domain *domain)
{
	struct domain **link = bucket_of(decoder, &domain->key);

	while (*link != domain)
		link = &(*link)->chain;
	*link = domain->chain;
	unlink_age(decoder, domain);
	while (domain->first)
		drop_waiting(decoder, domain);
	for (size_t i = 0; i < domain->template_count; i++)
		template_free(domain->templates[i]);
	free(domain->templates);
	flow_names_done(&domain->names);
	decoder->memory -= domain->memory;
	decoder->domain_count--;
	decoder->changes++;
	free(domain);
}

void domain_clear_all(struct flow_decoder *decoder)
{
	while (decoder->oldest)
		forget(decoder, decoder->oldest);
}

/* ,"exporter":"…" as every record has it. */
static void write_exporter(struct domain *domain)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	const uint8_t *address = domain->key.address;
	char *out = text_literal(domain->text, ",\"exporter\":\"");

	out = memcmp(address, mapped, 12) ? text_ipv6(out, address) : text_ipv4(out, address + 12);
	*out++ = '"';
	domain->text_len = (uint8_t)(out - domain->text);
}

static struct domain *make(struct flow_decoder *decoder, struct domain **bucket, const struct domain_key *key)
{
	struct domain *domain = calloc(1, sizeof(*domain));

	must(domain);
	domain->key = *key;
	domain->chain = *bucket;
	*bucket = domain;
	write_exporter(domain);
	link_newest(decoder, domain);
	decoder->domain_count++;
	domain_account(decoder, domain, sizeof(*domain));
	if (decoder->domain_count > FLOW_DOMAINS_MAX) {
		decoder->stats.domains_forgotten++;
		forget(decoder, decoder->oldest);
	}
	return domain;
}

struct domain *domain_get(struct flow_decoder *decoder, const uint8_t address[16],
			  enum flow_protocol protocol, uint32_t id, int64_t now)
{
	struct domain_key key = {.id = id, .protocol = protocol};
	struct domain *domain = decoder->newest, **bucket;

	memcpy(key.address, address, sizeof(key.address));
	if (!domain || memcmp(&domain->key, &key, sizeof(key))) { /* most come in rows */
		bucket = bucket_of(decoder, &key);
		for (domain = *bucket; domain && memcmp(&domain->key, &key, sizeof(key));)
			domain = domain->chain;
		if (!domain)
			domain = make(decoder, bucket, &key);
		unlink_age(decoder, domain);
		link_newest(decoder, domain);
	}
	domain->heard = now;
	return domain;
}

void domain_account(struct flow_decoder *decoder, struct domain *domain, ptrdiff_t bytes)
{
	domain->memory += (size_t)bytes;
	decoder->memory += (size_t)bytes;
	while (decoder->memory > FLOW_MEMORY_MAX && decoder->oldest != domain) {
		decoder->stats.domains_forgotten++;
		forget(decoder, decoder->oldest);
	}
}

void domain_sequence(struct flow_decoder *decoder, struct domain *domain, uint32_t number, uint32_t next)
{
	int32_t gap = (int32_t)(number - domain->expected);

	if (domain->sequenced && gap < 0 && gap > -LATE) {
		decoder->stats.late++;
		return;
	}
	if (domain->sequenced && gap > 0 && gap < GAP_MAX)
		decoder->stats.lost += (uint64_t)gap;
	domain->expected = next;
	domain->sequenced = true;
}

/* --- data that wait for their template ------------------------------------------------------------------ */

static bool make_room(struct flow_decoder *decoder, struct domain *domain, size_t len)
{
	while (domain->first && domain->waiting_bytes + len > FLOW_WAITING_MAX)
		drop_waiting(decoder, domain);
	for (struct domain *oldest = decoder->oldest;
	     oldest && decoder->waiting_bytes + len > FLOW_WAITING_ALL_MAX; oldest = oldest->newer)
		while (oldest->first)
			drop_waiting(decoder, oldest);
	return len <= FLOW_WAITING_MAX;
}

void domain_keep(struct flow_decoder *decoder, struct domain *domain, const struct flow_times *times,
		 int64_t received, uint16_t set, struct str bytes)
{
	struct waiting *waiting;

	if (bytes.len > FLOW_DATAGRAM_MAX || !make_room(decoder, domain, bytes.len)) {
		decoder->stats.unkept++;
		return;
	}
	waiting = malloc(sizeof(*waiting) + bytes.len);
	must(waiting);
	*waiting = (struct waiting){
		.received = received, .times = *times, .set = set, .len = (uint16_t)bytes.len};
	memcpy(waiting->bytes, bytes.ptr, bytes.len);
	*(domain->last ? &domain->last->next : &domain->first) = waiting;
	domain->last = waiting;
	domain->waiting_bytes += bytes.len;
	decoder->waiting_bytes += bytes.len;
	decoder->stats.kept++;
	decoder->changes++;
}

struct waiting *domain_take(struct flow_decoder *decoder, struct domain *domain, uint16_t set)
{
	struct waiting *taken = NULL, **end = &taken, **link = &domain->first, *before = NULL;

	while (*link) {
		struct waiting *waiting = *link;

		if (waiting->set != set) {
			before = waiting;
			link = &waiting->next;
			continue;
		}
		*link = waiting->next;
		domain->waiting_bytes -= waiting->len;
		decoder->waiting_bytes -= waiting->len;
		waiting->next = NULL;
		*end = waiting;
		end = &waiting->next;
	}
	domain->last = before;
	return taken;
}

void domain_expire(struct flow_decoder *decoder, struct domain *domain, int64_t now)
{
	while (domain->first && now - domain->first->received > decoder->options.waiting_age)
		drop_waiting(decoder, domain);
}
