/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/case_rules.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cases/grading.h"

static int read_grouping(const char *folder, struct case_rules *rules, struct err *ret_err)
{
	struct yaml_node **docs;
	char path[PATH_MAX];
	size_t count;
	int r;

	snprintf(path, sizeof(path), "%s/grouping.yaml", folder);
	r = yaml_read_file(path, rules->arena, &docs, &count, ret_err);
	if (r == 0 && (count != 1 || docs[0]->type != YAML_MAPPING))
		r = err_set(ret_err, ERR_SYNTAX, 1, 0, "the file must be one mapping");
	if (r == 0)
		r = case_rules_read(docs[0], rules, ret_err);
	if (r < 0 && ret_err)
		err_set_file(ret_err, path);
	return r;
}

int case_rules_load(const char *folder, int64_t zone, struct case_rules **ret_rules, struct err *ret_err)
{
	struct case_rules *rules = calloc(1, sizeof(*rules));
	int r;

	must(rules);
	rules->arena = arena_new(0);
	must(rules->arena);
	rules->zone = zone;
	r = read_grouping(folder, rules, ret_err);
	if (r == 0)
		r = grading_load(folder, rules, ret_err);
	if (r < 0)
		case_rules_free(rules);
	else
		*ret_rules = rules;
	return r;
}

void case_rules_free(struct case_rules *rules)
{
	if (!rules)
		return;
	arena_free(rules->arena);
	free(rules);
}

/* --- words ---------------------------------------------------------------------------------------------- */

#define FILLERS_MAX 4

struct filler {
	const char *name; /* NULL: the end */
	struct str text;
};

/* The phrase with {name} filled in. */
static void fill(struct buf *out, struct str phrase, const struct filler *fillers)
{
	while (phrase.len) {
		size_t open = str_find_char(phrase, '{'), close;
		struct str name;

		buf_add_str(out, str_head(phrase, open < phrase.len ? open : phrase.len));
		if (open >= phrase.len)
			return;
		phrase = str_from_offset(phrase, open + 1);
		close = str_find_char(phrase, '}');
		name = str_head(phrase, close < phrase.len ? close : phrase.len);
		for (const struct filler *f = fillers; f->name; f++)
			if (str_eq(name, str_from(f->name)))
				buf_add_str(out, f->text);
		phrase = str_from_offset(phrase, close < phrase.len ? close + 1 : phrase.len);
	}
}

struct speaker {
	const struct case_rules *rules;
	bool chinese;
	const struct str *words;
	struct buf *out;
	size_t start;
};

static struct str text_of(const struct json_node *object, const char *name)
{
	const struct json_node *node = json_get(object, str_from(name));

	return node && (node->type == JSON_STRING || node->type == JSON_NUMBER || node->type == JSON_TRUE)
		       ? str_of(node->text, node->len)
		       : (struct str){0};
}

static void begin(struct speaker *speaker)
{
	if (speaker->out->len > speaker->start)
		buf_add_str(speaker->out, speaker->words[PHRASE_separator]);
}

static void say_shared(struct speaker *speaker, const struct json_node *item)
{
	struct str as = text_of(item, "as"), name = text_of(item, "name");
	bool rare = str_eq(text_of(item, "rare"), STR("true"));
	const struct filler fillers[] = {
		{"value", name.len ? name : text_of(item, "value")},
		{"rarity", speaker->words[rare ? PHRASE_rare : PHRASE_common]},
		{0},
	};

	for (int i = 0; i < SHARE_COUNT; i++)
		if (str_eq(as, str_from(share_name((enum share)i)))) {
			begin(speaker);
			fill(speaker->out, speaker->words[i], fillers);
		}
}

static void say_gap(struct speaker *speaker, struct str seconds)
{
	int64_t gap = 0, size;
	struct buf time = {0};
	char number[24];

	if (str_to_i64(seconds, &gap) < 0)
		return;
	size = gap < 0 ? -gap : gap;
	begin(speaker);
	snprintf(number, sizeof(number), "%lld",
		 (long long)(size < 60     ? size
			     : size < 3600 ? size / 60
					   : size / 3600));
	fill(&time,
	     speaker->words[size < 60     ? PHRASE_second
			    : size < 3600 ? PHRASE_minute
					  : PHRASE_hour],
	     (const struct filler[]){{"value", str_from(number)}, {0}});
	fill(speaker->out,
	     speaker->words[gap > 0   ? PHRASE_later
			    : gap < 0 ? PHRASE_earlier
				      : PHRASE_meanwhile],
	     (const struct filler[]){{"time", buf_str(&time)}, {0}});
	buf_done(&time);
}

static struct str name_of_stage(const struct speaker *speaker, const struct json_node *tactic)
{
	const struct str id = str_of(tactic->text, tactic->len);
	const unsigned stage = case_rules_stage(speaker->rules, id);

	return stage ? speaker->rules->stage_names[speaker->chinese][stage - 1] : id;
}

static void say_stage(struct speaker *speaker, const struct json_node *stage)
{
	const struct json_node *from, *to;

	if (!stage || stage->type != JSON_ARRAY || stage->count != 2)
		return;
	from = json_first(stage);
	to = json_next(stage, from);
	begin(speaker);
	fill(speaker->out, speaker->words[PHRASE_next_stage],
	     (const struct filler[]){
		     {"from", name_of_stage(speaker, from)}, {"to", name_of_stage(speaker, to)}, {0}});
}

static void say_same(struct speaker *speaker, struct str same)
{
	static const struct {
		const char *name;
		enum phrase phrase;
	} kinds[] = {{"rule", PHRASE_same_rule},
		     {"technique", PHRASE_same_technique},
		     {"tactic", PHRASE_same_tactic}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eq(same, str_from(kinds[i].name))) {
			begin(speaker);
			buf_add_str(speaker->out, speaker->words[kinds[i].phrase]);
		}
}

static void say(struct speaker *speaker, const struct json_node *root)
{
	const struct json_node *shared = json_get(root, STR("shared"));
	struct str by_hand = text_of(root, "by_hand");

	if (by_hand.len) {
		fill(speaker->out, speaker->words[PHRASE_by_hand],
		     (const struct filler[]){{"value", by_hand}, {0}});
		return;
	}
	if (json_get(root, STR("opened"))) {
		buf_add_str(speaker->out, speaker->words[PHRASE_opened]);
		return;
	}
	if (shared && shared->type == JSON_ARRAY)
		for (const struct json_node *item = json_first(shared); item; item = json_next(shared, item))
			say_shared(speaker, item);
	say_gap(speaker, text_of(root, "seconds"));
	say_stage(speaker, json_get(root, STR("stage")));
	say_same(speaker, text_of(root, "same"));
}

void case_rules_words(const struct case_rules *rules, struct str why, bool chinese, struct buf *out)
{
	struct speaker speaker = {rules, chinese, rules->words[chinese], out, out->len};
	struct json_parser *parser = json_parser_new();
	const struct json_node *root;

	must(parser);
	if (json_parse(parser, why, &root, NULL) == 0 && root->type == JSON_OBJECT)
		say(&speaker, root);
	json_parser_free(parser);
}
