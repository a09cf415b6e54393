/* SPDX-License-Identifier: Apache-2.0 */
#include "drain/drain_private.h"

#include "base/hash.h"

/* What a template's path in the tree is: who says it, how many tokens, the first of them. */
static uint64_t path_hash(const uint8_t peer[16], struct str program, const struct str *tokens, size_t count)
{
	uint64_t hash = hash_bytes_seeded(peer, 16, count);

	hash = hash_bytes_seeded(program.ptr, program.len, hash);
	return count ? hash_bytes_seeded(tokens[0].ptr, tokens[0].len, hash) : hash;
}

static bool is_wildcard(struct str token)
{
	return str_eq(token, STR(DRAIN_WILDCARD));
}

/* Tokens in common; a wildcard has nothing in common with a word. */
static size_t common(const struct str *a, const struct str *b, size_t count)
{
	size_t same = 0;

	for (size_t i = 0; i < count; i++)
		same += str_eq(a[i], b[i]);
	return same;
}

struct drain *drain_new(void)
{
	struct drain *drain = calloc(1, sizeof(*drain));

	must(drain);
	return drain;
}

static void forget(struct drain *drain, size_t index)
{
	struct entry *entry = drain->entries[index];

	for (size_t i = 0; i < entry->item.sample_count; i++)
		free((char *)entry->item.samples[i].text.ptr);
	free(entry->text);
	free(entry);
	drain->entries[index] = drain->entries[--drain->count];
	drain->paths[index] = drain->paths[drain->count];
}

void drain_drop(struct drain *drain)
{
	forget(drain, drain->count - 1);
}

void drain_free(struct drain *drain)
{
	if (!drain)
		return;
	while (drain->count)
		drain_drop(drain);
	free(drain);
}

/* What fits best of those on the path. */
static struct entry *find(struct drain *drain, const struct drain_line *line, struct str program,
			  const struct tokens *tokens)
{
	const uint64_t path = path_hash(line->peer, program, tokens->items, tokens->count);
	struct entry *best = NULL;
	size_t best_common = 0;

	for (size_t i = 0; i < drain->count; i++) {
		struct entry *entry = drain->entries[i];
		size_t same;

		if (drain->paths[i] != path || entry->item.token_count != tokens->count ||
		    entry->item.form != line->form || !str_eq(entry->item.program, program) ||
		    memcmp(entry->item.peer, line->peer, 16) != 0)
			continue;
		same = common(entry->item.tokens, tokens->items, tokens->count);
		if (same * 2 >= tokens->count && (!best || same > best_common)) {
			best = entry;
			best_common = same;
		}
	}
	return best;
}

/* Takes up what differs as wildcards. */
static void merge(struct entry *entry, const struct tokens *tokens)
{
	for (size_t i = 0; i < entry->item.token_count; i++)
		if (!is_wildcard(entry->tokens[i]) && !str_eq(entry->tokens[i], tokens->items[i]))
			entry->tokens[i] = STR(DRAIN_WILDCARD);
}

static struct str copy_text(struct str text)
{
	char *copy = malloc(text.len + 1);

	must(copy);
	memcpy(copy, text.ptr, text.len);
	return str_of(copy, text.len);
}

static void add_sample(struct entry *entry, const struct drain_line *line)
{
	struct drain_sample *sample = &entry->item.samples[entry->item.sample_count];
	const struct str text = str_head(line->raw, DRAIN_TEXT_MAX);

	if (entry->item.sample_count == DRAIN_SAMPLES || !text.len)
		return;
	for (size_t i = 0; i < entry->item.sample_count; i++)
		if (str_eq(entry->item.samples[i].text, text))
			return;
	*sample = (struct drain_sample){line->seq, copy_text(text)};
	entry->item.sample_count++;
}

/* Room for one more of that peer: see the header. */
static void make_room(struct drain *drain, const uint8_t peer[16])
{
	size_t of_peer = 0, oldest = drain->count, oldest_of_peer = drain->count;

	for (size_t i = 0; i < drain->count; i++) {
		const struct drain_template *item = &drain->entries[i]->item;

		if (oldest == drain->count || item->last < drain->entries[oldest]->item.last)
			oldest = i;
		if (memcmp(item->peer, peer, 16) != 0)
			continue;
		of_peer++;
		if (oldest_of_peer == drain->count || item->last < drain->entries[oldest_of_peer]->item.last)
			oldest_of_peer = i;
	}
	if (of_peer >= DRAIN_PEER_MAX)
		forget(drain, oldest_of_peer);
	else if (drain->count == DRAIN_TEMPLATES_MAX)
		forget(drain, oldest);
}

struct entry *drain_make(struct drain *drain, const struct drain_line *line, const struct tokens *tokens)
{
	const struct str program = str_head(line->program, DRAIN_PROGRAM_MAX);
	struct entry *entry;
	size_t size = program.len;
	char *at;

	make_room(drain, line->peer);
	for (size_t i = 0; i < tokens->count; i++)
		size += tokens->items[i].len;
	entry = calloc(1, sizeof(*entry));
	must(entry);
	at = entry->text = malloc(size + 1);
	must(at);
	memcpy(entry->item.peer, line->peer, 16);
	entry->item.listener = line->listener;
	entry->item.form = line->form;
	memcpy(at, program.len ? program.ptr : "", program.len);
	entry->item.program = str_of(at, program.len);
	at += program.len;
	for (size_t i = 0; i < tokens->count; i++, at += tokens->items[i - 1].len) {
		memcpy(at, tokens->items[i].ptr, tokens->items[i].len);
		entry->tokens[i] = str_of(at, tokens->items[i].len);
	}
	entry->item.tokens = entry->tokens;
	entry->item.token_count = tokens->count;
	entry->item.first = line->received;
	drain->paths[drain->count] = path_hash(line->peer, program, tokens->items, tokens->count);
	drain->entries[drain->count++] = entry;
	return entry;
}

void drain_add(struct drain *drain, const struct drain_line *line)
{
	struct tokens tokens;
	struct entry *entry;

	tokens_cut(&tokens, line->text);
	if (!tokens.count)
		return;
	entry = find(drain, line, str_head(line->program, DRAIN_PROGRAM_MAX), &tokens);
	if (entry)
		merge(entry, &tokens);
	else
		entry = drain_make(drain, line, &tokens);
	entry->item.count++;
	if (line->received > entry->item.last)
		entry->item.last = line->received;
	add_sample(entry, line);
}

size_t drain_count(const struct drain *drain)
{
	return drain->count;
}

static int compare(const void *pa, const void *pb)
{
	const struct drain_template *a = *(const struct drain_template *const *)pa,
				    *b = *(const struct drain_template *const *)pb;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

const struct drain_template *const *drain_list(struct drain *drain)
{
	for (size_t i = 0; i < drain->count; i++)
		drain->list[i] = &drain->entries[i]->item;
	qsort(drain->list, drain->count, sizeof(drain->list[0]), compare);
	return drain->list;
}

void drain_format(const struct drain_template *item, struct buf *out)
{
	for (size_t i = 0; i < item->token_count; i++) {
		if (i)
			buf_add_char(out, ' ');
		buf_add_str(out, item->tokens[i]);
	}
}
