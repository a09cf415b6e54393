/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content/user_agents.yaml (doc/formats/user-agents.md): for each of the three fields an ordered list of
 * entries, of which the first counts whose texts stand in the user agent. Whether three bytes of a text stand
 * there at all is asked first of a small set of the agent's, so that hundreds of entries cost little more
 * than going over them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "enrich/private.h"
#include "event/put.h"

#define TEXTS_MAX 16 /* of an entry */
#define LISTS 3
#define SET_BITS 2048
#define SLOTS 512
#define SLOT_TEXT 240
#define NONE UINT16_MAX

static const struct {
	const char *key;
	enum field_id id;
} lists[LISTS] = {{"names", FIELD_ID_USER_AGENT_NAME},
		  {"systems", FIELD_ID_USER_AGENT_OS},
		  {"devices", FIELD_ID_USER_AGENT_DEVICE}};

struct entry {
	struct str value;
	struct str any[TEXTS_MAX], all[TEXTS_MAX], unless[TEXTS_MAX];
	size_t any_count, all_count, unless_count;
};

struct agents {
	struct arena *arena;
	const struct yaml_node *tests;
	struct {
		VEC_OF(struct entry)
	} entries[LISTS];
};

struct found {
	uint16_t entry[LISTS];
};

struct slot {
	struct found found;
	uint16_t len;
	char text[SLOT_TEXT];
};

struct agent_memo {
	const struct agents *agents;
	struct slot slots[SLOTS];
};

/* An agent in lower case, and which three bytes stand in it. */
struct haystack {
	char text[AGENT_MAX];
	size_t len;
	uint64_t set[SET_BITS / 64];
};

/* --- matching ------------------------------------------------------------------------------------------- */

static unsigned bit_of(const char *three)
{
	uint32_t word =
		(uint8_t)three[0] | (uint32_t)(uint8_t)three[1] << 8 | (uint32_t)(uint8_t)three[2] << 16;

	return (word * 2654435761u) >> 21;
}
_Static_assert(SET_BITS == 1 << (32 - 21), "the hash's upper bits number the set's");

static void fill(struct haystack *hay, struct str agent)
{
	hay->len = agent.len < AGENT_MAX ? agent.len : AGENT_MAX;
	memset(hay->set, 0, sizeof(hay->set));
	for (size_t i = 0; i < hay->len; i++)
		hay->text[i] = char_lower(agent.ptr[i]);
	for (size_t i = 0; i + 3 <= hay->len; i++) {
		unsigned bit = bit_of(hay->text + i);

		hay->set[bit / 64] |= 1ull << bit % 64;
	}
}

static bool holds(const struct haystack *hay, struct str text)
{
	unsigned first = bit_of(text.ptr), last = bit_of(text.ptr + text.len - 3);

	return hay->set[first / 64] >> first % 64 & 1 && hay->set[last / 64] >> last % 64 & 1 &&
	       str_find(str_of(hay->text, hay->len), text) != STR_NOT_FOUND;
}

static bool holds_any(const struct haystack *hay, const struct str *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (holds(hay, texts[i]))
			return true;
	return false;
}

static bool fits(const struct haystack *hay, const struct entry *entry)
{
	if (entry->any_count && !holds_any(hay, entry->any, entry->any_count))
		return false;
	for (size_t i = 0; i < entry->all_count; i++)
		if (!holds(hay, entry->all[i]))
			return false;
	return !holds_any(hay, entry->unless, entry->unless_count);
}

static struct found look_up(const struct agents *agents, struct str agent)
{
	struct haystack hay;
	struct found found;

	fill(&hay, agent);
	for (size_t list = 0; list < LISTS; list++) {
		found.entry[list] = NONE;
		for (size_t i = 0; found.entry[list] == NONE && i < agents->entries[list].len; i++)
			if (fits(&hay, &agents->entries[list].items[i]))
				found.entry[list] = (uint16_t)i;
	}
	return found;
}

/* --- of one thread
 * ------------------------------------------------------------------------------------------- */

struct agent_memo *agent_memo_new(const struct agents *agents)
{
	struct agent_memo *memo = calloc(1, sizeof(*memo));

	must(memo);
	memo->agents = agents;
	return memo;
}

void agent_memo_free(struct agent_memo *memo)
{
	free(memo);
}

static struct found remember(struct agent_memo *memo, struct str agent)
{
	struct slot *slot = &memo->slots[hash_str(agent) % SLOTS];

	if (agent.len > SLOT_TEXT)
		return look_up(memo->agents, agent);
	if (slot->len != agent.len || memcmp(slot->text, agent.ptr, agent.len) != 0) {
		slot->found = look_up(memo->agents, agent);
		slot->len = (uint16_t)agent.len;
		memcpy(slot->text, agent.ptr, agent.len);
	}
	return slot->found;
}

void agent_memo_run(struct agent_memo *memo, struct event *event)
{
	struct str agent = event_text(event, FIELD_ID_USER_AGENT_ORIGINAL);
	struct found found;

	if (!agent.len)
		return;
	found = remember(memo, agent);
	for (size_t list = 0; list < LISTS; list++) {
		struct value value;

		if (found.entry[list] == NONE || event_get(event, lists[list].id))
			continue;
		value = value_string(memo->agents->entries[list].items[found.entry[list]].value);
		event_set_keyword(event, lists[list].id, &value);
	}
}

/* --- the file
 * ------------------------------------------------------------------------------------------------ */

static int read_texts(struct arena *arena, const struct yaml_node *node, struct str *texts, size_t *ret_count,
		      struct err *ret_err)
{
	size_t count = node ? node->type == YAML_SEQUENCE ? node->count : 1 : 0;

	if (count > TEXTS_MAX)
		return yaml_error(ret_err, node, "more than %d texts", TEXTS_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *item = node->type == YAML_SEQUENCE ? node->items[i] : node;
		char *lower;

		if (item->type != YAML_SCALAR || item->text.len < 3)
			return yaml_error(ret_err, item, "a text of at least three bytes belongs here");
		lower = (char *)arena_copy(arena, item->text).ptr;
		for (size_t k = 0; k < item->text.len; k++)
			lower[k] = char_lower(lower[k]);
		texts[i] = str_of(lower, item->text.len);
	}
	*ret_count = count;
	return 0;
}

static int check_keys(const struct yaml_node *node, const char *const *known, struct err *ret_err)
{
	for (uint32_t i = 0; i < node->count; i++) {
		size_t k = 0;

		while (known[k] && !str_eq(node->keys[i]->text, str_from(known[k])))
			k++;
		if (!known[k])
			return yaml_error(ret_err, node->keys[i], "'%.*s' is not known here",
					  STR_FMT(node->keys[i]->text));
	}
	return 0;
}

static int read_entry(struct arena *arena, const struct yaml_node *node, struct entry *entry,
		      struct err *ret_err)
{
	static const char *const known[] = {"is", "any", "all", "unless", NULL};
	int r;

	if (node->type != YAML_MAPPING)
		return yaml_error(ret_err, node, "an entry is {is: NAME, any: TEXT}");
	entry->value = yaml_text(yaml_get(node, "is"), (struct str){0});
	r = check_keys(node, known, ret_err);
	if (r == 0)
		r = read_texts(arena, yaml_get(node, "any"), entry->any, &entry->any_count, ret_err);
	if (r == 0)
		r = read_texts(arena, yaml_get(node, "all"), entry->all, &entry->all_count, ret_err);
	if (r == 0)
		r = read_texts(arena, yaml_get(node, "unless"), entry->unless, &entry->unless_count, ret_err);
	if (r == 0 && (!entry->value.len || !(entry->any_count + entry->all_count)))
		r = yaml_error(ret_err, node, "an entry has 'is', and 'any' or 'all'");
	return r;
}

static int read_lists(struct agents *agents, const struct yaml_node *root, struct err *ret_err)
{
	static const char *const known[] = {"names", "systems", "devices", "tests", NULL};
	int r = root->type == YAML_MAPPING ? check_keys(root, known, ret_err)
					   : yaml_error(ret_err, root, "a mapping belongs here");

	for (size_t list = 0; r == 0 && list < LISTS; list++) {
		const struct yaml_node *node = yaml_get(root, lists[list].key);

		if (node && node->type != YAML_SEQUENCE)
			return yaml_error(ret_err, node, "a list belongs here");
		for (uint32_t i = 0; r == 0 && node && i < node->count; i++) {
			struct entry entry = {0};

			if (i == NONE)
				return yaml_error(ret_err, node->items[i], "more than %d entries", NONE);
			r = read_entry(agents->arena, node->items[i], &entry, ret_err);
			if (r == 0)
				vec_push(&agents->entries[list], entry);
		}
	}
	agents->tests = yaml_get(root, "tests");
	return r;
}

int agents_load(const char *path, struct agents **ret_agents, struct err *ret_err)
{
	struct agents *agents = calloc(1, sizeof(*agents));
	struct yaml_node **docs;
	size_t count = 0;
	int r;

	must(agents);
	agents->arena = arena_new(0);
	must(agents->arena);
	r = yaml_read_file(path, agents->arena, &docs, &count, ret_err);
	if (r == 0 && count != 1)
		r = err_set(ret_err, ERR_SYNTAX, 0, 0, "one document belongs here");
	if (r == 0)
		r = read_lists(agents, docs[0], ret_err);
	if (r < 0) {
		if (ret_err)
			err_set_file(ret_err, path);
		agents_free(agents);
		return r;
	}
	*ret_agents = agents;
	return 0;
}

void agents_free(struct agents *agents)
{
	if (!agents)
		return;
	for (size_t list = 0; list < LISTS; list++)
		vec_done(&agents->entries[list]);
	arena_free(agents->arena);
	free(agents);
}

static bool test_one(const struct agents *agents, const struct yaml_node *test, struct err *ret_err)
{
	static const char *const keys[LISTS] = {"name", "os", "device"};
	struct found found = look_up(agents, yaml_text(yaml_get(test, "agent"), (struct str){0}));

	for (size_t list = 0; list < LISTS; list++) {
		struct str wanted = yaml_text(yaml_get(test, keys[list]), (struct str){0}), got = {0};

		if (found.entry[list] != NONE)
			got = agents->entries[list].items[found.entry[list]].value;
		if (str_eq(wanted, got))
			continue;
		yaml_error(ret_err, test, "%s is '%.*s', not '%.*s'", keys[list], STR_FMT(got),
			   STR_FMT(wanted));
		return false;
	}
	return true;
}

size_t agents_test(const struct agents *agents, void (*report)(void *context, const struct err *err),
		   void *context)
{
	size_t count = agents->tests && agents->tests->type == YAML_SEQUENCE ? agents->tests->count : 0;

	for (size_t i = 0; i < count; i++) {
		struct err err = {0};

		if (!test_one(agents, agents->tests->items[i], &err))
			report(context, &err);
	}
	return count;
}
