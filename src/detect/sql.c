/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounds: above() writes what holds wherever a node holds; below() what holds only
 * where it does. NOT turns the one into the other, so a whole condition stays an upper bound.
 * A predicate is bounded above over all places where its field's values may be,
 * and below over the attribute of that very name alone: that goes before all others.
 */
#include "detect/sql.h"

#include "detect/logsource.h"
#include "detect/program.h"
#include "detect/sql_text.h"

#define ALIASES_MAX 4  /* names that stand for one another */
#define LOST_MAX 64    /* sources named in one condition; past it the bound is "any" */
#define NAMES_MAX 8    /* attributes that may hold one field's value */
#define NAME_SIZE 64   /* about, of a name in a request */
#define COLUMNS_MAX 16 /* fields that may */

struct compiler {
	const struct ruleset *set;
	struct sql_query *query;
	origin_find *find;
	const void *origins;
	size_t *left;
};

/* Where the values of a slot may be. */
struct places {
	struct str names[NAMES_MAX]; /* attributes; the first is the slot's own */
	unsigned name_count;
	enum field_id columns[COLUMNS_MAX];
	unsigned column_count;
	struct str lost[LOST_MAX]; /* sources of which nothing is known */
	unsigned lost_count;
	bool anywhere; /* nothing is known at all */
};

static void add(struct compiler *compiler, const char *text)
{
	buf_add_str(&compiler->query->sql, str_from(text));
}

/* --- places ------------------------------------------------------------------------------------------- */

static void add_name(struct places *places, struct str name)
{
	for (unsigned i = 0; i < places->name_count; i++)
		if (str_eq(places->names[i], name))
			return;
	if (places->name_count == NAMES_MAX)
		places->anywhere = true;
	else
		places->names[places->name_count++] = name;
}

static void add_column(struct places *places, enum field_id field)
{
	if (field == FIELD_NONE)
		return;
	for (unsigned i = 0; i < places->column_count; i++)
		if (places->columns[i] == field)
			return;
	if (places->column_count == COLUMNS_MAX)
		places->anywhere = true;
	else
		places->columns[places->column_count++] = field;
}

static void add_lost(struct places *places, struct str source)
{
	for (unsigned i = 0; i < places->lost_count; i++)
		if (str_eq(places->lost[i], source))
			return;
	if (places->lost_count == LOST_MAX)
		places->anywhere = true;
	else
		places->lost[places->lost_count++] = source;
}

static void take_origin(void *context, const struct origin *origin)
{
	struct places *places = context;

	if (origin->kind == ORIGIN_FIELD)
		add_column(places, origin->field);
	else if (origin->kind == ORIGIN_ATTRIBUTE)
		add_name(places, origin->attribute);
	else
		add_lost(places, origin->source);
}

static void find_places(struct compiler *compiler, uint32_t slot, struct places *places)
{
	const struct ruleset *set = compiler->set;

	*places = (struct places){0};
	for (unsigned i = 0; i < ALIASES_MAX && slot != SLOT_NONE; i++, slot = set->slots.items[slot].alias)
		add_name(places, set->slots.items[slot].name);
	for (unsigned i = 0; i < places->name_count; i++) { /* grows as we go */
		add_column(places, field_by_name(places->names[i]));
		compiler->find(compiler->origins, places->names[i], take_origin, places);
	}
}

/* --- a predicate -------------------------------------------------------------------------------------- */

static void add_attributes(struct compiler *compiler, const struct predicate *predicate,
			   const struct str *names, unsigned count, struct sql_values *values)
{
	add(compiler, "arrayExists((k, v) -> k IN (");
	for (unsigned i = 0; i < count; i++) {
		add(compiler, i ? ", " : "");
		sql_bind_text(compiler->query, names[i]);
	}
	add(compiler, ") AND ");
	sql_of_text(values, predicate, STR("v"));
	add(compiler, ", attr_keys, attr_values)");
}

static void add_places(struct compiler *compiler, const struct predicate *predicate,
		       const struct places *places)
{
	struct sql_values values = {.query = compiler->query};

	add_attributes(compiler, predicate, places->names, places->name_count, &values);
	for (unsigned i = 0; i < places->column_count; i++) {
		add(compiler, " OR ");
		sql_of_column(&values, predicate, places->columns[i]);
	}
	for (unsigned i = 0; i < places->lost_count; i++) {
		add(compiler, i ? ", " : " OR event_dataset IN (");
		sql_bind_text(compiler->query, places->lost[i]);
	}
	add(compiler, places->lost_count ? ")" : "");
}

/* Both ask whether there is a value at all, and may want that there is none. */
static bool wants_none(const struct predicate *predicate)
{
	return predicate->type == PREDICATE_NULL ||
	       (predicate->type == PREDICATE_EXISTS && !predicate->exists);
}

/* An upper bound of the predicate, or of its contrary. */
static void add_predicate(struct compiler *compiler, const struct predicate *predicate, bool contrary)
{
	size_t size = sql_size(predicate);
	struct places places;

	if (predicate->slot == SLOT_ANY || !sql_is_bounded(predicate)) {
		add(compiler, "1");
		return;
	}
	find_places(compiler, predicate->slot, &places);
	size += (places.name_count + places.lost_count) * NAME_SIZE;
	if (size > *compiler->left) {
		add(compiler, "1");
		return;
	}
	*compiler->left -= size;
	if (contrary == wants_none(predicate)) { /* that there is such a value, somewhere */
		if (places.anywhere)
			add(compiler, "1");
		else
			add_places(compiler, predicate, &places);
	} else if (sql_is_exact(predicate)) { /* that there is none, surely */
		add(compiler, "NOT ");
		add_attributes(compiler, predicate, places.names, 1,
			       &(struct sql_values){.query = compiler->query});
	} else {
		add(compiler, "1");
	}
}

/* --- nodes -------------------------------------------------------------------------------------------- */

static void add_node(struct compiler *compiler, uint32_t at, bool contrary)
{
	const struct node *nodes = compiler->set->nodes.items, *node = &nodes[at];
	bool all = (node->type == NODE_AND) != contrary;

	add(compiler, "(");
	switch ((enum node_type)node->type) {
	case NODE_PREDICATE:
	case NODE_WITNESS: /* how it is found in an event says nothing here */
		add_predicate(compiler, &compiler->set->predicates.items[node->operand], contrary);
		break;
	case NODE_SELECTION:
		add_node(compiler, compiler->set->selections.items[node->operand].root, contrary);
		break;
	case NODE_NOT:
		add_node(compiler, at + 1, !contrary);
		break;
	case NODE_AND:
	case NODE_OR:
		for (uint32_t child = at + 1; child < node->end; child = nodes[child].end) {
			add(compiler, child == at + 1 ? "" : all ? " AND " : " OR ");
			add_node(compiler, child, contrary);
		}
		if (node->end == at + 1)
			add(compiler, all ? "1" : "0");
		break;
	}
	add(compiler, ")");
}

/* --- a rule ------------------------------------------------------------------------------------------- */

static void add_source_part(struct compiler *compiler, const char *column, struct str text)
{
	struct category category;
	char lower[SOURCE_KEY_MAX];

	if (!text.len || text.len > sizeof(lower))
		return;
	for (size_t i = 0; i < text.len; i++)
		lower[i] = char_lower(text.ptr[i]);
	buf_printf(&compiler->query->sql, " AND lower(%s) IN (", column);
	sql_bind_text(compiler->query, str_of(lower, text.len));
	for (size_t i = 0; category_at(i, &category); i++)
		if (str_ieq(category.wider, text)) {
			add(compiler, ", ");
			sql_bind_text(compiler->query, category.name);
		}
	add(compiler, ")");
}

static void add_detection(struct compiler *compiler, const struct compiled_rule *rule)
{
	add(compiler, "(");
	add_node(compiler, rule->root, false);
	add_source_part(compiler, "product", rule->info.logsource.product);
	add_source_part(compiler, "category", rule->info.logsource.category);
	add_source_part(compiler, "service", rule->info.logsource.service);
	add(compiler, ")");
}

void rule_sql(const struct ruleset *set, uint32_t rule, origin_find *find, const void *origins, size_t *left,
	      struct sql_query *query)
{
	struct compiler compiler = {set, query, find, origins, left};

	must(rule < set->rules.len);
	add_detection(&compiler, &set->rules.items[rule]);
}
