/* SPDX-License-Identifier: Apache-2.0 */
#include "correlate/suppress.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define BUCKETS_FIRST 256 /* a power of two */
#define EXPIRED_AT_ONCE                                                                     \
	2 /* looked for with each new entry, so that the table shrinks faster than it grows \
	   */

/* Linked in the order in which the alerts were made, oldest first, and in its bucket. */
struct entry {
	struct entry *older, *newer, *next;
	uint64_t hash, rule;
	int64_t start, last, end; /* end: start + span */
	uint64_t repeats;
	uint32_t lane, key_len, cause_len;
	char bytes[]; /* key, cause */
};

struct suppress {
	struct entry **buckets;
	size_t bucket_count, limit;
	struct entry *oldest, *newest;
	struct suppress_stats stats;
};

struct suppress *suppress_new(size_t bytes)
{
	struct suppress *suppress = calloc(1, sizeof(*suppress));

	must(suppress);
	suppress->limit = bytes;
	suppress->bucket_count = BUCKETS_FIRST;
	suppress->buckets = calloc(suppress->bucket_count, sizeof(struct entry *));
	must(suppress->buckets);
	return suppress;
}

static size_t entry_size(const struct entry *entry)
{
	return sizeof(*entry) + entry->key_len + entry->cause_len;
}

static struct entry **bucket_of(const struct suppress *suppress, uint64_t hash)
{
	return &suppress->buckets[hash & (suppress->bucket_count - 1)];
}

static void grow(struct suppress *suppress)
{
	struct entry **old = suppress->buckets;

	if (suppress->stats.keys < suppress->bucket_count)
		return;
	suppress->bucket_count *= 2;
	suppress->buckets = calloc(suppress->bucket_count, sizeof(struct entry *));
	must(suppress->buckets);
	for (struct entry *entry = suppress->oldest; entry; entry = entry->newer) {
		struct entry **bucket = bucket_of(suppress, entry->hash);

		entry->next = *bucket;
		*bucket = entry;
	}
	free(old);
}

static void link_newest(struct suppress *suppress, struct entry *entry)
{
	entry->older = suppress->newest;
	entry->newer = NULL;
	*(suppress->newest ? &suppress->newest->newer : &suppress->oldest) = entry;
	suppress->newest = entry;
}

static void unlink_entry(struct suppress *suppress, struct entry *entry)
{
	*(entry->older ? &entry->older->newer : &suppress->oldest) = entry->newer;
	*(entry->newer ? &entry->newer->older : &suppress->newest) = entry->older;
}

static void forget(struct suppress *suppress, struct entry *entry)
{
	struct entry **at = bucket_of(suppress, entry->hash);

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	unlink_entry(suppress, entry);
	suppress->stats.keys--;
	suppress->stats.bytes -= entry_size(entry);
	free(entry);
}

static void forget_all(struct suppress *suppress)
{
	while (suppress->oldest)
		forget(suppress, suppress->oldest);
}

void suppress_free(struct suppress *suppress)
{
	if (!suppress)
		return;
	forget_all(suppress);
	free(suppress->buckets);
	free(suppress);
}

static uint64_t hash_of(uint64_t rule, uint32_t lane, struct str key)
{
	return hash_bytes_seeded(key.ptr, key.len, rule + lane);
}

static struct entry *find(const struct suppress *suppress, uint64_t hash, const struct suppress_match *match)
{
	struct entry *entry = *bucket_of(suppress, hash);

	while (entry && (entry->hash != hash || entry->rule != match->rule || entry->lane != match->lane ||
			 !str_eq(str_of(entry->bytes, entry->key_len), match->key)))
		entry = entry->next;
	return entry;
}

static struct entry *add(struct suppress *suppress, uint64_t hash, const struct suppress_match *match)
{
	struct entry *entry = malloc(sizeof(*entry) + match->key.len + match->cause.len);

	must(entry);
	*entry = (struct entry){
		.hash = hash,
		.rule = match->rule,
		.start = match->time,
		.last = match->time,
		.end = match->time + match->span,
		.lane = match->lane,
		.key_len = (uint32_t)match->key.len,
		.cause_len = (uint32_t)match->cause.len,
	};
	memcpy(entry->bytes, match->key.ptr, match->key.len);
	memcpy(entry->bytes + match->key.len, match->cause.ptr, match->cause.len);
	suppress->stats.keys++;
	suppress->stats.bytes += entry_size(entry);
	grow(suppress);
	entry->next = *bucket_of(suppress, hash);
	*bucket_of(suppress, hash) = entry;
	link_newest(suppress, entry);
	return entry;
}

static void make_room(struct suppress *suppress, const struct suppress_match *match)
{
	for (int i = 0; i < EXPIRED_AT_ONCE; i++) {
		struct entry *oldest = suppress->oldest;

		if (oldest != suppress->newest && oldest->end <= match->watermarks[oldest->lane])
			forget(suppress, oldest);
	}
	while (suppress->stats.bytes > suppress->limit && suppress->oldest != suppress->newest) {
		forget(suppress, suppress->oldest);
		suppress->stats.evicted++;
	}
}

static struct suppress_answer answer(const struct entry *entry)
{
	return (struct suppress_answer){entry->repeats,
					str_of(entry->bytes + entry->key_len, entry->cause_len), entry->last};
}

struct suppress_answer suppress_take(struct suppress *suppress, const struct suppress_match *match)
{
	struct suppress_match with = *match;
	char digest[SHA256_HEX_SIZE];
	struct entry *entry;
	uint64_t hash;

	must(match->span > 0 && match->cause.len <= SUPPRESS_CAUSE_MAX && match->lane < LANE_COUNT);
	if (match->key.len > SUPPRESS_KEY_MAX) {
		uint8_t bytes[SHA256_SIZE];

		sha256(match->key.ptr, match->key.len, bytes);
		hex_encode(bytes, sizeof(bytes), digest);
		with.key = str_of(digest, SHA256_HEX_SIZE - 1);
	}
	hash = hash_of(with.rule, with.lane, with.key);
	entry = find(suppress, hash, &with);
	if (entry && with.time < entry->end && with.time > entry->start - with.span) {
		entry->repeats++;
		entry->last = with.time > entry->last ? with.time : entry->last;
		return answer(entry);
	}
	if (entry)
		forget(suppress, entry);
	entry = add(suppress, hash, &with);
	make_room(suppress, &with);
	return answer(entry);
}

/* -- the state, oldest first ----------------------------------------------------------------------------- */

void suppress_save(const struct suppress *suppress, struct buf *out)
{
	message_put_u64(out, suppress->stats.evicted);
	message_put_u64(out, suppress->stats.keys);
	for (const struct entry *entry = suppress->oldest; entry; entry = entry->newer) {
		message_put_u64(out, entry->rule);
		message_put_u32(out, entry->lane);
		message_put_u64(out, (uint64_t)entry->start);
		message_put_u64(out, (uint64_t)entry->end);
		message_put_u64(out, (uint64_t)entry->last);
		message_put_u64(out, entry->repeats);
		message_put_str(out, str_of(entry->bytes, entry->key_len));
		message_put_str(out, str_of(entry->bytes + entry->key_len, entry->cause_len));
	}
}

/* False where it makes no sense. */
static bool load_one(struct suppress *suppress, struct message_reader *reader,
		     bool (*known)(void *context, uint64_t rule), void *context)
{
	struct suppress_match match = {.rule = message_get_u64(reader)};
	struct entry *entry;
	int64_t end, last;
	uint64_t repeats;

	match.lane = message_get_u32(reader);
	match.time = (int64_t)message_get_u64(reader);
	end = (int64_t)message_get_u64(reader);
	last = (int64_t)message_get_u64(reader);
	repeats = message_get_u64(reader);
	match.key = message_get_str(reader);
	match.cause = message_get_str(reader);
	if (reader->bad || match.lane >= LANE_COUNT || end <= match.time ||
	    match.key.len > SUPPRESS_KEY_MAX || match.cause.len > SUPPRESS_CAUSE_MAX)
		return false;
	if (!known(context, match.rule))
		return true;
	if (find(suppress, hash_of(match.rule, match.lane, match.key), &match))
		return false;
	entry = add(suppress, hash_of(match.rule, match.lane, match.key), &match);
	entry->end = end;
	entry->last = last;
	entry->repeats = repeats;
	return true;
}

int suppress_load(struct suppress *suppress, struct message_reader *reader,
		  bool (*known)(void *context, uint64_t rule), void *context)
{
	uint64_t evicted = message_get_u64(reader), count = message_get_u64(reader);

	must(!suppress->oldest);
	for (uint64_t i = 0; i < count; i++)
		if (!load_one(suppress, reader, known, context)) {
			forget_all(suppress);
			return ERR_CORRUPT;
		}
	if (reader->bad)
		return ERR_CORRUPT;
	suppress->stats.evicted = evicted;
	while (suppress->stats.bytes > suppress->limit && suppress->oldest != suppress->newest) {
		forget(suppress, suppress->oldest);
		suppress->stats.evicted++;
	}
	return 0;
}

struct suppress_stats suppress_stats(const struct suppress *suppress)
{
	return suppress->stats;
}
