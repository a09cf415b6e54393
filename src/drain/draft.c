/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "drain/draft_private.h"
#include "drain/tokens.h"
#include "event/ip.h"

#define PAIRS_AT_LEAST 3 /* key=value of a template that is taken for a list of them */
#define KEYS_RECOGNISED 4
#define MAPPED_MAX 64
#define UNKNOWN_MAX 40
#define GROUP_MAX 28 /* letters of a group; PCRE2 takes names of 32 */

/* A file being drafted. */
struct draft {
	const struct draft_names *names;
	const struct drain_template *const *items;
	size_t count;
	bool pairs; /* key=value throughout */
	struct {
		struct str field, from;
	} mapped[MAPPED_MAX];
	size_t mapped_count;
	struct str unknown[UNKNOWN_MAX];
	size_t unknown_count;
	struct arena *arena;
	struct buf *out;
};

/* -- YAML ------------------------------------------------------------------------------------------------ */

/* Between single quotes where nothing in it asks for more, since there nothing needs to be escaped. */
static void add_yaml(struct buf *out, struct str text)
{
	bool simple = str_is_utf8(text);

	for (size_t i = 0; i < text.len && simple; i++)
		simple = (unsigned char)text.ptr[i] >= ' ' && text.ptr[i] != '\'' && text.ptr[i] != 0x7f;
	if (!simple) {
		buf_add_json_string(out, text);
		return;
	}
	buf_add_char(out, '\'');
	buf_add_str(out, text);
	buf_add_char(out, '\'');
}

/* -- names ----------------------------------------------------------------------------------------------- */

static void note_unknown(struct draft *draft, struct str name)
{
	for (size_t i = 0; i < draft->unknown_count; i++)
		if (str_eq(draft->unknown[i], name))
			return;
	if (draft->unknown_count < UNKNOWN_MAX)
		draft->unknown[draft->unknown_count++] = name;
}

/* The first name of a field counts. */
static void note_mapped(struct draft *draft, struct str field, struct str from)
{
	for (size_t i = 0; i < draft->mapped_count; i++)
		if (str_eq(draft->mapped[i].field, field))
			return;
	if (draft->mapped_count == MAPPED_MAX)
		return;
	draft->mapped[draft->mapped_count].field = field;
	draft->mapped[draft->mapped_count++].from = from;
}

static void note_key(struct draft *draft, struct str key)
{
	const struct str field = draft_field(draft->names, draft->names->keys, key);

	if (field.len)
		note_mapped(draft, field, key);
	else
		note_unknown(draft, key);
}

static size_t count_pairs(const struct drain_template *item)
{
	size_t pairs = 0;

	for (size_t i = 0; i < item->token_count; i++)
		pairs += token_key(item->tokens[i]).len > 0;
	return pairs;
}

/* -- recognise ------------------------------------------------------------------------------------------- */

/* The longest text of the template that is always there; *ret_first: the line begins with it. */
static struct str constant_text(const struct drain_template *item, bool *ret_first)
{
	struct str best = {0};

	for (size_t i = 0; i < item->token_count; i++) {
		struct str token = item->tokens[i];
		const size_t wildcard = str_find(token, STR(DRAIN_WILDCARD));

		token = str_head(token, wildcard == STR_NOT_FOUND ? token.len : wildcard);
		if (token.len <= best.len)
			continue;
		best = token;
		*ret_first = i == 0;
	}
	return best;
}

static void recognise_json(struct draft *draft)
{
	const struct drain_template *item = draft->items[0];
	size_t keys = 0;

	buf_add_str(draft->out, STR("recognise: {format: json, keys: ["));
	for (size_t i = 0; i < item->token_count && keys < KEYS_RECOGNISED; i++) {
		const struct str key = token_key(item->tokens[i]);

		if (!key.len)
			continue;
		if (keys++)
			buf_add_str(draft->out, STR(", "));
		add_yaml(draft->out, key);
	}
	buf_add_str(draft->out, STR("]}\n"));
}

static void recognise_text(struct draft *draft)
{
	buf_add_str(draft->out, STR("recognise:\n"));
	for (size_t i = 0; i < draft->count; i++) {
		bool first = false;
		const struct str text = constant_text(draft->items[i], &first);

		buf_add_str(draft->out, STR("  - {format: text, "));
		if (!text.len) {
			buf_add_str(draft->out,
				    STR("priority: 2} # nothing in it is always there: say more\n"));
			continue;
		}
		buf_printf(draft->out, "%s: [", first ? "prefix" : "contains");
		add_yaml(draft->out, text);
		buf_add_str(draft->out, STR("]}\n"));
	}
}

static void recognise(struct draft *draft)
{
	const struct drain_template *item = draft->items[0];

	if (item->form == DRAIN_JSON) {
		recognise_json(draft);
	} else if (item->program.len) {
		buf_add_str(draft->out, STR("recognise: {format: syslog, program: "));
		add_yaml(draft->out, item->program);
		buf_add_str(draft->out, STR("}\n"));
	} else {
		recognise_text(draft);
	}
}

/* -- parse ----------------------------------------------------------------------------------------------- */

/* Pairs with a comma or semicolon between, where the template's tokens end in one. */
static char separator(const struct drain_template *item)
{
	size_t commas = 0, semicolons = 0;

	for (size_t i = 0; i + 1 < item->token_count; i++) {
		const char last = item->tokens[i].ptr[item->tokens[i].len - 1];

		commas += last == ',';
		semicolons += last == ';';
	}
	return commas * 2 > item->token_count ? ',' : semicolons * 2 > item->token_count ? ';' : ' ';
}

static void parse_pairs(struct draft *draft)
{
	const char c = separator(draft->items[0]);

	buf_add_str(draft->out, c == ' ' ? STR("  - kv\n") : STR("  - kv: {separator: '"));
	if (c != ' ')
		buf_printf(draft->out, "%c'}\n", c);
	for (size_t i = 0; i < draft->count; i++)
		for (size_t k = 0; k < draft->items[i]->token_count; k++)
			if (token_key(draft->items[i]->tokens[k]).len)
				note_key(draft, token_key(draft->items[i]->tokens[k]));
}

/* A group's name of letters, digits and '_', the pattern's own. */
static struct str group_name(struct draft *draft, struct str wanted, unsigned number)
{
	char text[GROUP_MAX + 1];
	size_t len = 0;

	for (size_t i = 0; i < wanted.len && len < GROUP_MAX; i++) {
		const char c = char_lower(wanted.ptr[i]);

		if ((c >= 'a' && c <= 'z') || (len && char_is_digit(c)))
			text[len++] = c;
		else if (len && text[len - 1] != '_')
			text[len++] = '_';
	}
	if (!len)
		return arena_printf(draft->arena, "value%u", number);
	return number > 1 ? arena_printf(draft->arena, "%.*s%u", (int)len, text, number)
			  : arena_copy(draft->arena, str_of(text, len));
}

/* What a wildcard is: by its key, else by the word before it. Names are counted within a pattern. */
struct pattern {
	struct str used[DRAIN_TOKENS_MAX * 4];
	size_t used_count;
	struct str word; /* the last one that is always there */
};

static void add_group(struct draft *draft, struct pattern *pattern, struct str key, char stop)
{
	const struct str field = key.len ? draft_field(draft->names, draft->names->keys, key)
					 : draft_field(draft->names, draft->names->words, pattern->word);
	const struct str wanted = field.len ? field : key;
	struct str name = {0};
	unsigned number = wanted.len ? 0 : (unsigned)pattern->used_count;

	for (bool taken = true; taken;) {
		name = group_name(draft, wanted, ++number);
		taken = false;
		for (size_t i = 0; i < pattern->used_count; i++)
			taken |= str_eq(pattern->used[i], name);
	}
	if (pattern->used_count == sizeof(pattern->used) / sizeof(pattern->used[0])) {
		buf_add_str(draft->out, STR(".*?"));
		return;
	}
	pattern->used[pattern->used_count++] = name;
	buf_printf(draft->out, "(?<%.*s>", STR_FMT(name));
	if (stop && stop != ']' && stop != '\\' && stop != '^' && stop != '\'')
		buf_printf(draft->out, "[^\\s%c]*)", stop);
	else
		buf_add_str(draft->out, STR("\\S*?)"));
	if (field.len)
		note_mapped(draft, field, name);
	else
		note_unknown(draft, name);
}

static void add_literal(struct buf *out, struct str text)
{
	if (!str_is_utf8(text)) {
		buf_add_str(out, STR("\\S*?"));
		return;
	}
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];

		if ((unsigned char)c < ' ' || c == 0x7f) {
			buf_printf(out, "\\x%02x", c);
			continue;
		}
		if (c == '\'') { /* YAML's */
			buf_add_str(out, STR("''"));
			continue;
		}
		if (c && strchr("\\^$.|?*+(){}[]#", c))
			buf_add_char(out, '\\');
		buf_add_char(out, c);
	}
}

static void add_token(struct draft *draft, struct pattern *pattern, struct str token)
{
	const struct str key = token_key(token);
	struct str rest = token, before = {0};
	size_t at;

	while ((at = str_find(rest, STR(DRAIN_WILDCARD))) != STR_NOT_FOUND) {
		before = str_head(rest, at);
		add_literal(draft->out, before);
		rest = str_from_offset(rest, at + sizeof(DRAIN_WILDCARD) - 1);
		add_group(draft, pattern, key, rest.len ? rest.ptr[0] : 0);
	}
	add_literal(draft->out, rest);
	if (rest.len == token.len)
		pattern->word = token;
}

static void add_pattern(struct draft *draft, const struct drain_template *item)
{
	struct pattern pattern = {.used_count = 0};

	buf_add_str(draft->out, STR("        - pattern: '^"));
	for (size_t i = 0; i < item->token_count; i++) {
		const bool rest = i == DRAIN_TOKENS_MAX - 1;

		if (i)
			buf_add_str(draft->out, STR("\\s+"));
		if (rest)
			buf_add_str(draft->out, STR(".*"));
		else
			add_token(draft, &pattern, item->tokens[i]);
	}
	buf_printf(draft->out,
		   "\\s*$'\n          set: {} # %" PRIu64 " lines: what happened? event.action: …\n",
		   item->count);
}

static void parse(struct draft *draft)
{
	buf_add_str(draft->out, STR("parse:\n"));
	if (draft->items[0]->form == DRAIN_JSON) {
		buf_add_str(draft->out, STR("  - json\n"));
		for (size_t k = 0; k < draft->items[0]->token_count; k++)
			if (token_key(draft->items[0]->tokens[k]).len)
				note_key(draft, token_key(draft->items[0]->tokens[k]));
	} else if (draft->pairs) {
		parse_pairs(draft);
	} else {
		buf_add_str(draft->out, STR("  - regex:\n      optional: true\n      match:\n"));
		for (size_t i = 0; i < draft->count; i++)
			add_pattern(draft, draft->items[i]);
	}
}

/* -- the file -------------------------------------------------------------------------------------------- */

static void head(struct draft *draft, struct str id)
{
	const struct drain_template *item = draft->items[0];
	char peer[IP_TEXT_SIZE], first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];
	int64_t from = item->first, to = item->last;
	uint64_t lines = 0;

	for (size_t i = 0; i < draft->count; i++) {
		lines += draft->items[i]->count;
		from = draft->items[i]->first < from ? draft->items[i]->first : from;
		to = draft->items[i]->last > to ? draft->items[i]->last : to;
	}
	ip_format(item->peer, peer);
	clock_format(from, first);
	clock_format(to, last);
	buf_printf(
		draft->out,
		"# A draft of %" PRIu64
		" lines from %s, %.10s to %.10s, in %zu templates. What a person still says:\n"
		"# which product it is (title, observer.vendor, observer.product), what its messages mean\n"
		"# (event.category, event.action, event.outcome), what of the names below is a field, and "
		"what is\n"
		"# expected of the samples. Samples are real lines: take names and addresses out before "
		"giving it away.\n"
		"id: %.*s\ntitle: ",
		lines, peer, first, last, draft->count, STR_FMT(id));
	add_yaml(draft->out, item->program.len
				     ? arena_printf(draft->arena, "%.*s of %s", STR_FMT(item->program), peer)
				     : arena_printf(draft->arena, "what %s sends", peer));
	buf_add_char(draft->out, '\n');
}

static void map_and_set(struct draft *draft)
{
	if (draft->mapped_count)
		buf_add_str(draft->out, STR("map:\n"));
	for (size_t i = 0; i < draft->mapped_count; i++)
		buf_printf(draft->out, "  %.*s: %.*s\n", STR_FMT(draft->mapped[i].field),
			   STR_FMT(draft->mapped[i].from));
	if (draft->unknown_count)
		buf_add_str(draft->out, STR("# Not a field yet, but kept and searchable:"));
	for (size_t i = 0; i < draft->unknown_count; i++)
		buf_printf(draft->out, "%s %.*s", i ? "," : "", STR_FMT(draft->unknown[i]));
	if (draft->unknown_count)
		buf_add_char(draft->out, '\n');
	buf_add_str(draft->out,
		    STR("set: {event.module: draft} # event.category: network, authentication, web, …\n"));
}

static void samples(struct draft *draft)
{
	buf_add_str(draft->out, STR("samples:\n"));
	for (size_t i = 0; i < draft->count; i++) {
		if (!draft->items[i]->sample_count)
			continue;
		buf_add_str(draft->out, STR("  - raw: "));
		add_yaml(draft->out, draft->items[i]->samples[0].text);
		buf_add_str(draft->out, STR("\n    expect: {fields: {event.module: draft}}\n"));
	}
}

void draft_write(const struct draft_names *names, struct str id, const struct drain_template *const *items,
		 size_t count, struct buf *out)
{
	struct draft draft = {.names = names,
			      .items = items,
			      .count = count < DRAFT_TEMPLATES_MAX ? count : DRAFT_TEMPLATES_MAX,
			      .pairs = true,
			      .arena = arena_new(0),
			      .out = out};

	must(draft.arena);
	for (size_t i = 0; i < draft.count; i++)
		draft.pairs &= count_pairs(items[i]) >= PAIRS_AT_LEAST;
	head(&draft, id);
	recognise(&draft);
	parse(&draft);
	map_and_set(&draft);
	samples(&draft);
	arena_free(draft.arena);
}
