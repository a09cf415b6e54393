/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/recognise.h"

#include "base/hash.h"
#include "base/vec.h"
#include "parse/compile.h"

#define LITERALS_FEW 2 /* searches for one each cost less than a pass for all */

static const char *const format_names[] = {"any", "text", "syslog", "json", "xml"};

void recognisers_init(struct recognisers *all)
{
	*all = (struct recognisers){.keys = map_new()};
	must(all->keys);
}

void recognisers_done(struct recognisers *all)
{
	map_free(all->keys);
	recognise_index_done(&all->index);
	vec_done(all);
}

static int compile_format(struct compiler *c, const struct yaml_node *node, enum format *ret_format)
{
	for (size_t i = 0; i < sizeof(format_names) / sizeof(format_names[0]); i++)
		if (node->type == YAML_SCALAR && str_eq(node->text, str_from(format_names[i]))) {
			*ret_format = (enum format)i;
			return 0;
		}
	return compile_error(c, node, "format is one of any, text, syslog, json, xml");
}

/* "a.b.c" as a list; a name that itself has dots is found by its whole only at the top. */
static int compile_path(struct recognisers *all, struct compiler *c, const struct yaml_node *node,
			struct str text, struct recogniser *recogniser, struct path_test *ret_test)
{
	struct str parts[16], part;
	struct str *items;
	size_t count = 0;
	uint64_t *bit;
	bool fresh;

	while (str_split(&text, '.', &part)) {
		if (count == 16)
			return compile_error(c, node, "a path has at most 16 parts");
		parts[count++] = part;
	}
	if (!count)
		return compile_error(c, node, "a key is empty");
	items = arena_array(c->arena, struct str, count);
	memcpy(items, parts, count * sizeof(*items));
	if (!map_get(all->keys, parts[0]) && map_len(all->keys) == RECOGNISE_KEYS_MAX)
		return compile_error(c, node, "more than %d top-level keys decide between sources",
				     RECOGNISE_KEYS_MAX);
	bit = map_put(all->keys, parts[0], &fresh);
	if (fresh)
		*bit = map_len(all->keys) - 1;
	all->hashes |= UINT64_C(1) << (hash_str(parts[0]) & 63);
	recogniser->keys.bits[*bit / 64] |= UINT64_C(1) << *bit % 64;
	ret_test->path = (struct str_list){items, count};
	ret_test->bit = (uint16_t)*bit;
	return 0;
}

static int compile_tests(struct recognisers *all, struct compiler *c, const struct yaml_node *keys,
			 const struct yaml_node *values, struct recogniser *recogniser)
{
	struct str_list names = {0};
	struct path_test *tests;
	size_t count = 0;
	int r = keys ? compile_list(c, keys, "keys", RECOGNISE_LIST_MAX, &names) : 0;

	if (r == 0 && values && (values->type != YAML_MAPPING || values->count > RECOGNISE_LIST_MAX))
		r = compile_error(c, values, "values is a mapping from a key to its text or texts");
	if (r < 0)
		return r;
	tests = arena_zalloc(c->arena, sizeof(*tests) * (names.count + (values ? values->count : 0) + 1));
	for (size_t i = 0; i < names.count && r == 0; i++) {
		r = compile_path(all, c, keys, names.items[i], recogniser, &tests[count]);
		count += tests[count].path.count > 1; /* the bit says all about a top-level key */
	}
	for (uint32_t i = 0; values && i < values->count && r == 0; i++) {
		r = compile_path(all, c, values->keys[i], values->keys[i]->text, recogniser, &tests[count]);
		if (r == 0)
			r = compile_list(c, values->values[i], "values", RECOGNISE_LIST_MAX,
					 &tests[count].values);
		count++;
	}
	recogniser->tests = tests;
	recogniser->test_count = count;
	return r;
}

static int compile_predicate_list(struct compiler *c, const struct yaml_node *node, const char *key,
				  struct recogniser *recogniser, struct str_list *ret_list)
{
	const struct yaml_node *list = yaml_get(node, key);
	int r;

	if (!list)
		return 0;
	r = compile_list(c, list, key, RECOGNISE_LIST_MAX, ret_list);
	recogniser->predicates++;
	return r;
}

static int compile_priority(struct compiler *c, const struct yaml_node *node, struct recogniser *recogniser)
{
	int64_t priority = PRIORITY_DEFAULT;

	if (node && (yaml_int(node, &priority) < 0 || priority < 0 || priority > PRIORITY_MAX))
		return compile_error(c, node, "priority is a number from 0 to %d", PRIORITY_MAX);
	recogniser->priority = (int)priority;
	return 0;
}

int recognisers_add(struct recognisers *all, struct compiler *c, const struct yaml_node *node)
{
	static const char *const keys[] = {"format",   "priority", "hint", "program", "prefix",
					   "contains", "regex",    "keys", "values",  NULL};
	struct recogniser item = {.source = c->source, .order = (unsigned)all->len};
	const struct yaml_node *part;
	int r = compile_keys(c, node, keys);

	if (r == 0 && (part = yaml_get(node, "format")))
		r = compile_format(c, part, &item.format);
	if (r == 0)
		r = compile_priority(c, yaml_get(node, "priority"), &item);
	if (r == 0)
		r = compile_predicate_list(c, node, "hint", &item, &item.hints);
	if (r == 0)
		r = compile_predicate_list(c, node, "program", &item, &item.programs);
	if (r == 0)
		r = compile_predicate_list(c, node, "prefix", &item, &item.prefixes);
	if (r == 0)
		r = compile_predicate_list(c, node, "contains", &item, &item.contains);
	if (r == 0 && (part = yaml_get(node, "regex"))) {
		r = compile_regex(c, part, &item.regex);
		item.pattern = part->text;
		item.predicates++;
	}
	if (r == 0)
		r = compile_tests(all, c, yaml_get(node, "keys"), yaml_get(node, "values"), &item);
	if (r < 0)
		return r;
	for (size_t i = 0; i < RECOGNISE_KEYS_MAX / 64; i++)
		item.predicates += (unsigned)__builtin_popcountll(item.keys.bits[i]);
	if (item.test_count || item.keys.bits[0] | item.keys.bits[1] | item.keys.bits[2] | item.keys.bits[3])
		item.format = FORMAT_JSON;
	item.predicates += (unsigned)item.test_count + (item.format != FORMAT_ANY);
	if (!item.predicates && !yaml_get(node, "format"))
		return compile_error(c, node,
				     "this recognises nothing in particular: say at least the format");
	vec_push(all, item);
	return 0;
}

/* Higher priority, then more predicates, then the order of loading. */
static int compare(const void *pa, const void *pb)
{
	const struct recogniser *a = pa, *b = pb;

	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	if (a->predicates != b->predicates)
		return a->predicates > b->predicates ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void recognisers_sort(struct recognisers *all)
{
	if (all->len)
		qsort(all->items, all->len, sizeof(*all->items), compare);
	recognise_index_make(all);
}

static int16_t find_bit(const struct recognisers *all, struct str name, uint64_t hash)
{
	const uint64_t *bit = all->hashes >> (hash & 63) & 1 ? map_get_hashed(all->keys, name, hash) : NULL;

	return bit ? (int16_t)*bit : -1;
}

static void fill_memo(const struct recognisers *all, struct key_memo *memo, struct str name)
{
	memcpy(memo->text, name.ptr, name.len);
	memo->len = (uint16_t)name.len;
	memo->hash = hash_str(name);
	memo->bit = find_bit(all, name, memo->hash);
	memo->names = NULL;
}

void recognise_keys(const struct recognisers *all, struct look *look, struct key_memo *memos)
{
	for (const struct json_node *key = json_first(look->json); key;
	     key = json_next(look->json, key + 1)) {
		const struct str name = str_of(key->text, key->len);
		bool fresh;
		struct key_memo *memo = key_memo_find(memos, key, &fresh);
		int16_t bit;

		if (memo && fresh)
			fill_memo(all, memo, name);
		bit = memo ? memo->bit : find_bit(all, name, hash_str(name));
		if (bit < 0)
			continue;
		look->keys.bits[bit / 64] |= UINT64_C(1) << bit % 64;
		look->values[bit] = key + 1; /* the last one where a key is repeated */
	}
}

static bool any_equal(const struct str_list *list, struct str text)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_eq(list->items[i], text))
			return true;
	return false;
}

static bool any_starts(const struct str_list *list, struct str text)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_starts(text, list->items[i]))
			return true;
	return false;
}

/* found: which literals of the set the text has; NULL where nobody has looked for them. */
static bool all_contained(const struct recogniser *item, struct str text, const struct literals_found *found)
{
	for (size_t i = 0; i < item->contains.count; i++) {
		const bool known = found && item->literals[i] != LITERAL_NONE;

		if (known ? !literals_has(found, item->literals[i])
			  : str_find(text, item->contains.items[i]) == STR_NOT_FOUND)
			return false;
	}
	return true;
}

/* Its first key is there. */
static bool test_path(const struct path_test *test, const struct look *look)
{
	const struct json_node *node = look->values[test->bit];

	for (size_t i = 1; i < test->path.count; i++) {
		if (node->type != JSON_OBJECT)
			return false;
		node = json_get(node, test->path.items[i]);
		if (!node)
			return false;
	}
	if (!test->values.count)
		return true;
	return node->type < JSON_ARRAY && any_equal(&test->values, str_of(node->text, node->len));
}

static bool keys_present(const struct recogniser *item, const struct look *look)
{
	uint64_t missing = 0;

	for (size_t i = 0; i < RECOGNISE_KEYS_MAX / 64; i++)
		missing |= item->keys.bits[i] & ~look->keys.bits[i];
	if (missing)
		return false;
	for (size_t i = 0; i < item->test_count; i++)
		if (!test_path(&item->tests[i], look))
			return false;
	return true;
}

/* All but what the index has answered: form and program. */
static bool fits(const struct recogniser *item, const struct look *look, struct regex_scratch *scratch,
		 const struct literals_found *found)
{
	if (item->format == FORMAT_JSON && !keys_present(item, look))
		return false;
	if (item->hints.count && !any_equal(&item->hints, look->hint))
		return false;
	if (item->prefixes.count && !any_starts(&item->prefixes, look->message))
		return false;
	if (item->contains.count && !all_contained(item, look->message, found))
		return false;
	return !item->regex || regex_search(item->regex, look->message, scratch) == REGEX_MATCH;
}

/* A hint that is a source's id. */
static const struct source *by_hint(const struct recognisers *all, const struct look *look)
{
	for (size_t i = 0; look->hint.len && i < all->len; i++)
		if (str_eq(all->items[i].source->id, look->hint) &&
		    recognise_format_fits(all->items[i].format, look->format))
			return all->items[i].source;
	return NULL;
}

/* Whether one pass for all literals pays: not for the few that ask for some before the one that will fit. */
static bool scan_pays(uint64_t asking, size_t word, const struct peer_memo *memo)
{
	if (memo && memo->recogniser / 64 == word)
		asking &= (UINT64_C(2) << memo->recogniser % 64) - 1;
	return __builtin_popcountll(asking) > LITERALS_FEW;
}

const struct source *recognise(const struct recognisers *all, const struct look *look,
			       struct regex_scratch *scratch, struct peer_memo *memo,
			       const struct regex **ret_matched)
{
	const struct recognise_index *index = &all->index;
	const uint64_t *programs = recognise_index_program(index, look->program);
	const uint64_t *heads = recognise_index_head(index, look->message);
	const struct source *source = by_hint(all, look);
	struct literals_found found;
	bool scanned = false;

	*ret_matched = NULL;
	if (source)
		return source;
	for (size_t word = 0; word < index->words; word++) {
		uint64_t set = recognise_index_find(all, look, programs, heads, word);

		if (!scanned && scan_pays(set & ~index->without_literal[word], word, memo)) {
			literals_find(&index->literals, look->message, &found);
			scanned = true;
		}
		if (scanned && set)
			set &= recognise_index_with_literals(index, &found, word);
		for (; set; set &= set - 1) {
			const size_t i = word * 64 + (size_t)__builtin_ctzll(set);

			if (!fits(&all->items[i], look, scratch, scanned ? &found : NULL))
				continue;
			if (memo)
				memo->recogniser = (uint32_t)i;
			*ret_matched = all->items[i].regex;
			return all->items[i].source;
		}
	}
	return NULL;
}
