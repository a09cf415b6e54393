/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex: named groups as attributes; names that begin with _ are for the program
 * only. Several patterns are tried in order, and the first that matches counts:
 *
 *   - regex: '^(?<user>\S+) logged in'
 *   - regex:
 *       match:
 *         - '^…'
 *         - {pattern: '^…', set: {event.outcome: failure}}
 *
 * A pattern may bring a block (alias, sigma, map, set, switch), which runs behind
 * the source's program where that pattern has matched.
 */
#include "parse/pattern_first.h"
#include "parse/steps.h"

#define PATTERNS_MAX 256

struct pattern {
	const struct regex *regex;
	const struct column *columns; /* by group number - 1; slot 0: the group has no name */
	const struct block *block;
	uint32_t groups;
};

struct regex_options {
	struct pattern *patterns;
	size_t count, words;
	uint64_t *by_first; /* which can fit, by the first byte of the text; FIRSTS sets of words */
};

#define FIRSTS 257 /* the last: the text is empty */

static int compile_groups(struct compiler *c, const struct yaml_node *node, struct pattern *pattern)
{
	struct column *columns =
		arena_zalloc(c->arena, sizeof(*columns) * (regex_groups(pattern->regex) + 1));
	int r = 0;

	pattern->groups = regex_groups(pattern->regex);
	for (uint32_t i = 0; i < pattern->groups && r == 0; i++) {
		const char *name = regex_group_name(pattern->regex, i + 1);

		if (name)
			r = compile_column(c, node, arena_copy(c->arena, str_from(name)), &columns[i]);
	}
	pattern->columns = columns;
	return r;
}

static int compile_pattern(struct compiler *c, const struct yaml_node *node, struct pattern *pattern)
{
	static const char *const keys[] = {"pattern", BLOCK_KEYS, NULL};
	const struct yaml_node *text = node;
	int r = 0;

	if (node->type == YAML_MAPPING) {
		r = compile_keys(c, node, keys);
		text = yaml_get(node, "pattern");
		if (r == 0 && !text)
			r = compile_error(c, node, "'pattern' is missing");
		if (r == 0)
			r = compile_block(c, node, &pattern->block);
	}
	if (r == 0)
		r = compile_regex(c, text, &pattern->regex);
	return r < 0 ? r : compile_groups(c, text, pattern);
}

static void index_patterns(struct compiler *c, struct regex_options *options)
{
	options->words = (options->count + 63) / 64;
	options->by_first = arena_zalloc(c->arena, sizeof(uint64_t) * options->words * FIRSTS);
	for (size_t i = 0; i < options->count; i++) {
		bool bytes[256] = {0};
		const bool known = pattern_first(regex_pattern(options->patterns[i].regex), bytes);

		for (size_t first = 0; first < FIRSTS; first++)
			if (!known || (first < 256 && bytes[first]))
				options->by_first[first * options->words + i / 64] |= UINT64_C(1) << i % 64;
	}
}

static int compile(struct compiler *c, const struct yaml_node *node, const void **ret_options)
{
	static const char *const keys[] = {STEP_KEYS, "match", NULL};
	struct regex_options *options = arena_struct(c->arena, struct regex_options);
	const struct yaml_node *match = node;
	int r = 0;

	if (node->type == YAML_MAPPING) {
		r = compile_keys(c, node, keys);
		match = yaml_get(node, "match");
		if (r == 0 && !match)
			r = compile_error(c, node, "'match' is missing");
	}
	if (r < 0 || !match)
		return r;
	options->count = match->type == YAML_SEQUENCE ? match->count : 1;
	if (options->count == 0 || options->count > PATTERNS_MAX)
		return compile_error(c, match, "1 to %d patterns are expected", PATTERNS_MAX);
	options->patterns = arena_zalloc(c->arena, sizeof(*options->patterns) * options->count);
	for (size_t i = 0; i < options->count && r == 0; i++)
		r = compile_pattern(c, match->type == YAML_SEQUENCE ? match->items[i] : match,
				    &options->patterns[i]);
	if (r == 0)
		index_patterns(c, options);
	*ret_options = options;
	return r;
}

static void emit_groups(struct run *run, const struct pattern *pattern, struct str text)
{
	const size_t *offsets = regex_offsets(run->parser->regex) + 2; /* behind those of the whole */
	const struct column *column = pattern->columns, *const end = column + pattern->groups;

	for (; column < end; column++, offsets += 2)
		if (offsets[0] != REGEX_UNSET && column->slot)
			run_emit(run, column,
				 value_string(str_of(text.ptr + offsets[0], offsets[1] - offsets[0])));
}

/* The first step often has the very pattern that told the source: what that found is still there. */
static bool matches(struct run *run, const struct regex *regex, struct str text)
{
	if (run->searched == regex && text.ptr == run->searched_text.ptr &&
	    text.len == run->searched_text.len)
		return true;
	run->searched = NULL;
	return regex_search(regex, text, run->parser->regex) == REGEX_MATCH;
}

/* False where it does not fit. */
static bool run_pattern(struct run *run, const struct pattern *pattern, struct str text)
{
	if (!matches(run, pattern->regex, text))
		return false;
	emit_groups(run, pattern, text);
	if (pattern->block && run->matched_count < MATCHED_MAX)
		run->matched[run->matched_count++] = pattern->block;
	return true;
}

static int run(struct run *run, const void *opaque, struct str text)
{
	const struct regex_options *options = opaque;
	const size_t first = text.len ? (unsigned char)text.ptr[0] : FIRSTS - 1;

	for (size_t word = 0; word < options->words; word++)
		for (uint64_t set = options->by_first[first * options->words + word]; set; set &= set - 1)
			if (run_pattern(run, &options->patterns[word * 64 + (size_t)__builtin_ctzll(set)],
					text))
				return 0;
	return ERR_SYNTAX;
}

const struct step_kind step_regex = {"regex", compile, run};
