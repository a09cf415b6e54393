/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/dns_pairs.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "sensor/bytes.h"
#include "sensor/dns.h"
#include "sensor/private.h"
#include "sensor/stream.h"

#define DNS_WAIT (DNS_WAIT_SECONDS * CLOCK_SECOND)
#define CLASS_IN 1
#define TYPE_IXFR 251
#define TYPE_AXFR 252
#define CLASS_BITS 0x7fff /* mDNS uses the first one otherwise (RFC 6762, 5.4) */

/* --- the table ------------------------------------------------------------------------------------------ */

void dns_pairs_init(struct dns_pairs *pairs, uint32_t size, uint64_t seed)
{
	uint32_t buckets = 16;

	while (buckets < size && buckets < 1u << 30)
		buckets *= 2;
	*pairs = (struct dns_pairs){.size = size,
				    .mask = buckets - 1,
				    .spare = FLOW_NONE,
				    .oldest = FLOW_NONE,
				    .newest = FLOW_NONE,
				    .seed = seed};
	pairs->queries = calloc(size, sizeof(*pairs->queries));
	pairs->buckets = malloc(sizeof(*pairs->buckets) * buckets);
	must(pairs->queries && pairs->buckets);
	memset(pairs->buckets, 0xff, sizeof(*pairs->buckets) * buckets);
}

void dns_pairs_done(struct dns_pairs *pairs)
{
	free(pairs->queries);
	free(pairs->buckets);
}

static uint32_t *bucket_of(const struct dns_pairs *pairs, const struct flow_key *key, uint16_t id)
{
	uint64_t hash = hash_bytes_seeded(key, sizeof(*key), pairs->seed + id);

	return &pairs->buckets[hash & pairs->mask];
}

static struct dns_query *find(const struct dns_pairs *pairs, const struct flow_key *key, uint16_t id)
{
	uint32_t at = *bucket_of(pairs, key, id);

	while (at != FLOW_NONE) {
		struct dns_query *query = &pairs->queries[at];

		if (query->id == id && memcmp(&query->who.key, key, sizeof(*key)) == 0)
			return query;
		at = query->chain;
	}
	return NULL;
}

static void take_out(struct dns_pairs *pairs, struct dns_query *query)
{
	uint32_t index = (uint32_t)(query - pairs->queries),
		 *at = bucket_of(pairs, &query->who.key, query->id);

	while (*at != index)
		at = &pairs->queries[*at].chain;
	*at = query->chain;
	*(query->older == FLOW_NONE ? &pairs->oldest : &pairs->queries[query->older].newer) = query->newer;
	*(query->newer == FLOW_NONE ? &pairs->newest : &pairs->queries[query->newer].older) = query->older;
	pairs->count--;
	query->chain = pairs->spare;
	pairs->spare = index;
}

static struct dns_query *put_in(struct dns_pairs *pairs, const struct flow_key *key, uint16_t id)
{
	uint32_t index = pairs->spare != FLOW_NONE ? pairs->spare : pairs->unused++;
	struct dns_query *query = &pairs->queries[index];
	uint32_t *bucket = bucket_of(pairs, key, id);

	if (index == pairs->spare)
		pairs->spare = query->chain;
	query->chain = *bucket;
	*bucket = index;
	query->older = pairs->newest;
	query->newer = FLOW_NONE;
	*(pairs->newest == FLOW_NONE ? &pairs->oldest : &pairs->queries[pairs->newest].newer) = index;
	pairs->newest = index;
	pairs->count++;
	query->id = id;
	return query;
}

/* --- records -------------------------------------------------------------------------------------------- */

static uint64_t hash_name(const struct dns_message *message)
{
	char lower[DNS_NAME_TEXT_MAX];

	for (size_t i = 0; i < message->name_len; i++)
		lower[i] = char_lower(message->name[i]);
	return hash_bytes(lower, message->name_len);
}

static void add_header(struct buf *out, uint8_t application, uint16_t id, uint16_t flags)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} names[] = {{0x8000, "qr"}, {0x0400, "aa"}, {0x0200, "tc"}, {0x0100, "rd"},
		     {0x0080, "ra"}, {0x0020, "ad"}, {0x0010, "cd"}};
	char text[32] = "";
	size_t len = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].bit)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", len ? " " : "",
						names[i].name);
	member_text(out, "app_proto", str_from(application_name(application)), 16);
	member_number(out, "id", id);
	member_text(out, "flags", str_of(text, len), sizeof(text));
	if (flags >> 11 & 15)
		member_number(out, "opcode", flags >> 11 & 15);
}

static void add_question(struct buf *out, struct str name, uint16_t type, uint16_t class)
{
	char text[DNS_TYPE_NAME_SIZE];

	member_text(out, "query", name, DNS_NAME_TEXT_MAX);
	member_text(out, "record_type", str_from(dns_type_name(type, text)), sizeof(text));
	if ((class & CLASS_BITS) != CLASS_IN)
		member_number(out, "class", class);
}

static void tell_unanswered(struct sensor *sensor, struct dns_query *query)
{
	struct buf *out = &sensor->out;

	if (query->answered)
		return;
	record_begin(sensor, "dns", query->time);
	record_flow(sensor, &query->who, query->first);
	member_text(out, "kind", STR("query"), 16);
	add_header(out, query->application, query->id, query->flags);
	add_question(out, str_of(query->name, query->name_len), query->type, query->class);
	if (query->repeated)
		member_number(out, "repeated", query->repeated);
	record_end(sensor, query->time);
}

/* query: NULL where none is known. first: the side that asked. */
static void tell_answer(struct sensor *sensor, struct flow *flow, unsigned first,
			const struct dns_message *message, const uint8_t *bytes, size_t len, int64_t time,
			const struct dns_query *query)
{
	struct buf *out = &sensor->out;
	char text[DNS_TYPE_NAME_SIZE];

	record_begin(sensor, "dns", time);
	record_flow(sensor, &flow->who, first);
	member_text(out, "kind", STR("answer"), 16);
	add_header(out, flow->application, message->id, message->flags);
	if (message->has_name)
		add_question(out, str_of(message->name, message->name_len), message->type, message->class);
	else if (query)
		add_question(out, str_of(query->name, query->name_len), query->type, query->class);
	member_text(out, "rcode", str_from(dns_rcode_name(message->flags & 15, text)), sizeof(text));
	dns_add_answers(message, bytes, len, out);
	if (query)
		member_number(out, "latency_us", (uint64_t)(time > query->time ? time - query->time : 0));
	else if (flow->application == APPLICATION_DNS)
		buf_add_str(out, STR(",\"unasked\":true"));
	if (query && query->repeated)
		member_number(out, "repeated", query->repeated);
	record_end(sensor, time);
}

/* --- messages ------------------------------------------------------------------------------------------- */

static struct dns_query *new_query(struct sensor *sensor, const struct flow_key *key, uint16_t id)
{
	struct dns_pairs *pairs = &sensor->dns;

	if (pairs->count == pairs->size) {
		struct dns_query *oldest = &pairs->queries[pairs->oldest];

		sensor->stats.dns_evicted++;
		tell_unanswered(sensor, oldest);
		take_out(pairs, oldest);
	}
	return put_in(pairs, key, id);
}

static void fill_query(struct dns_query *query, const struct flow *flow, unsigned side,
		       const struct dns_message *message)
{
	size_t len = message->name_len;

	query->who = flow->who;
	query->flags = message->flags;
	query->type = message->type;
	query->class = message->class;
	query->first = (uint8_t)side;
	query->application = flow->application;
	query->repeated = 0;
	query->answered = false;
	query->name_hash = hash_name(message);
	query->name_len = (uint8_t)(len < DNS_QUERY_NAME_MAX ? len : DNS_QUERY_NAME_MAX);
	memcpy(query->name, message->name, query->name_len);
}

static void ask(struct sensor *sensor, struct flow *flow, unsigned side, const struct dns_message *message,
		int64_t time)
{
	struct dns_query *query = find(&sensor->dns, &flow->who.key, message->id);

	if (query && query->name_hash == hash_name(message) && query->type == message->type) {
		query->repeated++;
		return;
	}
	if (query) { /* its id is used again: nobody answers it any more */
		tell_unanswered(sensor, query);
		take_out(&sensor->dns, query);
	}
	query = new_query(sensor, &flow->who.key, message->id);
	fill_query(query, flow, side, message);
	query->time = time;
	query->asked = sensor->now;
}

/* The transfer of a zone is answered by many messages, of which the first one is told. */
static void on_answer(struct sensor *sensor, struct flow *flow, unsigned first,
		      const struct dns_message *message, const uint8_t *bytes, size_t len, int64_t time)
{
	bool paired = flow->application == APPLICATION_DNS;
	struct dns_query *query = paired ? find(&sensor->dns, &flow->who.key, message->id) : NULL;

	if (query && message->questions &&
	    (query->name_hash != hash_name(message) || query->type != message->type))
		query = NULL;
	if (query && query->answered)
		return;
	tell_answer(sensor, flow, first, message, bytes, len, time, query);
	if (query && (query->type == TYPE_AXFR || query->type == TYPE_IXFR))
		query->answered = true;
	else if (query)
		take_out(&sensor->dns, query);
}

bool dns_message(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes, size_t len,
		 int64_t time)
{
	struct dns_message message;
	struct dns_query once;
	bool is_answer;

	if (dns_parse(bytes, len, &message) < 0) {
		sensor->stats.dns_malformed++;
		return false;
	}
	is_answer = message.flags & DNS_RESPONSE;
	if (!is_answer && !message.has_name)
		return true;
	if (!is_answer && flow->application == APPLICATION_DNS) {
		ask(sensor, flow, side, &message, time);
		return true;
	}
	if (!is_answer) { /* to a group: who answers does so from elsewhere */
		once = (struct dns_query){.id = message.id, .time = time};
		fill_query(&once, flow, side, &message);
		tell_unanswered(sensor, &once);
		return true;
	}
	on_answer(sensor, flow, flow->application == APPLICATION_MDNS ? side : !side, &message, bytes, len,
		  time);
	return true;
}

void dns_expire(struct sensor *sensor, bool all)
{
	struct dns_pairs *pairs = &sensor->dns;

	while (pairs->count) {
		struct dns_query *oldest = &pairs->queries[pairs->oldest];

		if (!all && sensor->now - oldest->asked < DNS_WAIT)
			return;
		tell_unanswered(sensor, oldest);
		take_out(pairs, oldest);
	}
}

/* --- over TCP: each message behind its length (RFC 1035, 4.2.2) ----------------------------------------- */

static long parse(struct sensor *sensor, struct flow *flow, unsigned side, const uint8_t *bytes, size_t len)
{
	size_t size = len < 2 ? 0 : load_u16(bytes);
	struct stream_half *half = &flow->stream->halves[side];

	if (len < 2)
		return 0;
	if (size + 2 > sensor->options.stream_bytes) {
		half->skip = size + 2; /* a transfer of a zone, mostly */
		return 0;
	}
	if (len < size + 2)
		return 0;
	if (!dns_message(sensor, flow, side, bytes + 2, size, flow->stream->time))
		return -1;
	return (long)size + 2;
}

static void end(struct sensor *sensor, struct flow *flow)
{
	(void)sensor;
	(void)flow;
}

const struct application application_dns = {APPLICATION_DNS, parse, end};
