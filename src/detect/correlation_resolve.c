/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Correlations to the rules they name, once all rules are there. Those whose rules
 * have been resolved are taken again and again, at most CORRELATION_DEPTH_MAX times;
 * what is left over then names what is not there, or goes round in a circle.
 */
#include "base/buf.h"
#include "base/words.h"
#include "detect/compile.h"
#include "detect/correlation_source.h"
#include "detect/program.h"

enum { TWICE = UINT32_MAX }; /* a name that two rules have */
enum state { STATE_OPEN, STATE_DONE, STATE_REFUSED };

struct resolver {
	struct ruleset *set;
	struct map *names; /* names and ids to 1 + index */
	uint8_t *states;   /* enum state by rule; detection rules are done */
	uint8_t *before;   /* the same when the round began: the number of rounds is then the depth */
	rule_report *report;
	void *context;
};

void correlation_add(struct ruleset *set, const struct rule *rule)
{
	struct compiled_rule *compiled = vec_add_zero(&set->rules);

	compiled->info = rule->info;
	compiled->source = rule->correlation;
	compiled->tests = rule->tests;
	compiled->test_count = rule->test_count;
	compiled->root = SLOT_NONE;
}

static void note_name(struct resolver *resolver, struct str name, uint64_t index)
{
	uint64_t *place;
	bool is_new;

	if (name.len == 0)
		return;
	place = map_put(resolver->names, name, &is_new);
	*place = is_new || *place == index + 1 ? index + 1 : TWICE;
}

/* Index of the rule called so, or SLOT_NONE; TWICE is no index either. */
static uint32_t find(const struct resolver *resolver, struct str name)
{
	const uint64_t *place = map_get(resolver->names, name);

	return !place ? SLOT_NONE : *place == TWICE ? TWICE : (uint32_t)(*place - 1);
}

static void refuse(struct resolver *resolver, uint32_t rule, const struct correlation_name *at,
		   const char *text, struct str name)
{
	const struct compiled_rule *compiled = &resolver->set->rules.items[rule];
	struct err err = {0};

	err_set(&err, ERR_UNKNOWN, at->line, at->column, text, STR_FMT(name));
	err_set_file(&err, compiled->info.file.ptr);
	resolver->states[rule] = STATE_REFUSED;
	if (resolver->report)
		resolver->report(resolver->context, &err);
}

/* -- one correlation ------------------------------------------------------------------------------------- */

/* What the rule at place number calls the field. */
static struct str field_in(const struct resolver *resolver, const struct correlation_source *source,
			   struct str field, uint32_t rule)
{
	for (uint32_t i = 0; i < source->alias_count; i++)
		if (str_eq(source->aliases[i].alias, field) &&
		    find(resolver, source->aliases[i].rule.text) == rule)
			return source->aliases[i].field;
	return field;
}

/* Of a correlation the fields are those of its key. */
static uint32_t place_of(struct resolver *resolver, uint32_t rule, struct str field)
{
	const struct correlation *inner = resolver->set->rules.items[rule].correlation;

	if (!inner)
		return compile_slot(resolver->set, field);
	for (uint32_t i = 0; i < inner->group_count; i++)
		if (str_eq(inner->group_by[i], field))
			return i;
	return CORRELATION_NO_FIELD;
}

static const uint32_t *places_of(struct resolver *resolver, const struct correlation_source *source,
				 const struct correlation *made, const struct str *fields, uint32_t count)
{
	uint32_t *places = arena_array(resolver->set->arena, uint32_t, (size_t)made->rule_count * count + 1);

	for (uint32_t r = 0; r < made->rule_count; r++)
		for (uint32_t f = 0; f < count; f++)
			places[r * count + f] =
				place_of(resolver, made->rules[r],
					 field_in(resolver, source, fields[f], made->rules[r]));
	return places;
}

static void hash_text(struct buf *bytes, struct str text)
{
	buf_add_u64(bytes, text.len);
	buf_add_str(bytes, text);
}

static void hash_double(struct buf *bytes, double number)
{
	buf_add(bytes, &number, sizeof(number));
}

/* A state that was saved is good for a correlation that counts the same events in the same way. */
static struct hash128 content_of(const struct ruleset *set, const struct rule_info *info,
				 const struct correlation_source *source, const struct correlation *made)
{
	struct buf bytes = {0};
	struct hash128 hash;

	hash_text(&bytes, info->id);
	hash_text(&bytes, info->id.len ? (struct str){0} : info->title);
	buf_add_u32(&bytes, made->type);
	buf_add_u64(&bytes, (uint64_t)made->timespan);
	hash_double(&bytes, made->percentile);
	hash_text(&bytes, made->condition);
	for (uint32_t i = 0; i < made->condition_count; i++)
		hash_double(&bytes, made->conditions[i].value);
	for (uint32_t i = 0; i < made->rule_count; i++) {
		const struct rule_info *rule = &set->rules.items[made->rules[i]].info;

		hash_text(&bytes, rule->id.len ? rule->id : rule->name);
	}
	for (uint32_t i = 0; i < made->group_count; i++)
		hash_text(&bytes, made->group_by[i]);
	for (uint32_t i = 0; i < made->value_field_count; i++)
		hash_text(&bytes, made->value_fields[i]);
	for (uint32_t i = 0; i < source->alias_count; i++) {
		hash_text(&bytes, source->aliases[i].alias);
		hash_text(&bytes, source->aliases[i].rule.text);
		hash_text(&bytes, source->aliases[i].field);
	}
	hash = hash_bytes_wide(bytes.ptr, bytes.len);
	buf_done(&bytes);
	return hash;
}

static void make(struct resolver *resolver, uint32_t rule, const uint32_t *rules)
{
	struct compiled_rule *compiled = &resolver->set->rules.items[rule];
	const struct correlation_source *source = compiled->source;
	struct correlation *made = arena_struct(resolver->set->arena, struct correlation);

	*made = source->made;
	made->rules = rules;
	made->rule_count = source->name_count;
	made->group_slots = places_of(resolver, source, made, made->group_by, made->group_count);
	made->value_slots = places_of(resolver, source, made, made->value_fields, made->value_field_count);
	made->content = content_of(resolver->set, &compiled->info, source, made);
	compiled->correlation = made;
	resolver->states[rule] = STATE_DONE;
}

/* Every alias must speak of a rule of the list. */
static bool aliases_fit(struct resolver *resolver, uint32_t rule, const uint32_t *rules)
{
	const struct correlation_source *source = resolver->set->rules.items[rule].source;

	for (uint32_t i = 0; i < source->alias_count; i++) {
		uint32_t target = find(resolver, source->aliases[i].rule.text), at = 0;

		while (at < source->name_count && rules[at] != target)
			at++;
		if (at == source->name_count) {
			refuse(resolver, rule, &source->aliases[i].rule,
			       "an alias speaks of '%.*s', which is not among the rules",
			       source->aliases[i].rule.text);
			return false;
		}
	}
	return true;
}

/* True where it changed its state. */
static bool resolve(struct resolver *resolver, uint32_t rule)
{
	const struct correlation_source *source = resolver->set->rules.items[rule].source;
	bool waiting = false;
	uint32_t *rules;

	must(source); /* only correlations are ever open */
	rules = arena_array(resolver->set->arena, uint32_t, source->name_count);
	for (uint32_t i = 0; i < source->name_count; i++) {
		const struct correlation_name *name = &source->names[i];
		const char *wrong = NULL;

		rules[i] = find(resolver, name->text);
		if (rules[i] == SLOT_NONE)
			wrong = WORDS("the correlation refers to '%.*s', and no rule has this name or id");
		else if (rules[i] == TWICE)
			wrong = WORDS(
				"the correlation refers to '%.*s', and two rules have this name: use the id");
		else if (resolver->states[rules[i]] == STATE_REFUSED)
			wrong = WORDS("the correlation refers to '%.*s', which does not load");
		for (uint32_t k = 0; !wrong && k < i; k++)
			if (rules[k] == rules[i])
				wrong = WORDS("the correlation refers to '%.*s' twice");
		if (wrong) {
			refuse(resolver, rule, name, wrong, name->text);
			return true;
		}
		waiting = waiting || resolver->before[rules[i]] == STATE_OPEN;
	}
	if (waiting)
		return false;
	if (aliases_fit(resolver, rule, rules))
		make(resolver, rule, rules);
	return true;
}

/* -- all of them ----------------------------------------------------------------------------------------- */

static bool resolve_all(struct resolver *resolver)
{
	bool changed = false;

	memcpy(resolver->before, resolver->states, resolver->set->rules.len);
	for (uint32_t i = 0; i < resolver->set->rules.len; i++)
		if (resolver->before[i] == STATE_OPEN && resolve(resolver, i))
			changed = true;
	return changed;
}

/* Those that are still open wait for another that is, or were next when the rounds were over. */
static void refuse_rest(struct resolver *resolver, bool deep)
{
	for (uint32_t i = 0; i < resolver->set->rules.len; i++) {
		const struct correlation_source *source = resolver->set->rules.items[i].source;
		uint32_t at = 0;

		if (resolver->states[i] != STATE_OPEN)
			continue;
		while (at + 1 < source->name_count &&
		       resolver->states[find(resolver, source->names[at].text)] == STATE_DONE)
			at++;
		refuse(resolver, i, &source->names[at],
		       deep ? "the correlation refers to '%.*s': too many correlations of correlations, one "
			      "behind the other, or a circle"
			    : "the correlation refers to '%.*s', and that way goes round in a circle",
		       source->names[at].text);
	}
}

/* Rules referred to stand for the correlation alone, unless one that refers to them says otherwise. */
static void set_silent(struct ruleset *set)
{
	enum { QUIET = 1, GENERATED = 2 };
	uint8_t *asked = calloc(set->rules.len + 1, 1);

	must(asked);
	for (size_t i = 0; i < set->rules.len; i++) {
		const struct correlation *correlation = set->rules.items[i].correlation;

		for (uint32_t k = 0; correlation && k < correlation->rule_count; k++)
			asked[correlation->rules[k]] |= correlation->generate ? GENERATED : QUIET;
	}
	for (size_t i = 0; i < set->rules.len; i++)
		if (asked[i] == QUIET)
			set->rules.items[i].info.silent = true;
	free(asked);
}

/* Takes the refused out; the others keep their order and get new numbers. */
static void compact(struct resolver *resolver)
{
	struct ruleset *set = resolver->set;
	uint32_t *moved = malloc(sizeof(*moved) * (set->rules.len + 1)), kept = 0;

	must(moved);
	for (uint32_t i = 0; i < set->rules.len; i++) {
		moved[i] = kept;
		if (resolver->states[i] == STATE_DONE)
			set->rules.items[kept++] = set->rules.items[i];
	}
	set->rules.len = kept;
	for (uint32_t i = 0; i < kept; i++) {
		const struct correlation *correlation = set->rules.items[i].correlation;

		for (uint32_t k = 0; correlation && k < correlation->rule_count; k++)
			((uint32_t *)correlation->rules)[k] = moved[correlation->rules[k]];
	}
	free(moved);
}

static void find_suppress_slots(struct resolver *resolver)
{
	struct ruleset *set = resolver->set;

	for (uint32_t i = 0; i < set->rules.len; i++) {
		struct compiled_rule *rule = &set->rules.items[i];
		uint32_t *slots;

		if (rule->info.suppress.by_count == 0)
			continue;
		slots = arena_array(set->arena, uint32_t, rule->info.suppress.by_count);
		for (size_t k = 0; k < rule->info.suppress.by_count; k++)
			slots[k] = place_of(resolver, i, rule->info.suppress.by[k]);
		rule->suppress_slots = slots;
	}
}

void correlations_resolve(struct ruleset *set, rule_report *report, void *context)
{
	struct resolver resolver = {.set = set, .report = report, .context = context};
	unsigned rounds = 0;

	resolver.names = map_new();
	resolver.states = calloc(set->rules.len + 1, 1);
	resolver.before = calloc(set->rules.len + 1, 1);
	must(resolver.states && resolver.before);
	for (size_t i = 0; i < set->rules.len; i++) {
		note_name(&resolver, set->rules.items[i].info.id, i);
		note_name(&resolver, set->rules.items[i].info.name, i);
		resolver.states[i] = set->rules.items[i].source ? STATE_OPEN : STATE_DONE;
	}
	while (rounds < CORRELATION_DEPTH_MAX && resolve_all(&resolver))
		rounds++;
	refuse_rest(&resolver, rounds == CORRELATION_DEPTH_MAX);
	compact(&resolver);
	set_silent(set);
	find_suppress_slots(&resolver);
	map_free(resolver.names);
	free(resolver.states);
	free(resolver.before);
}
