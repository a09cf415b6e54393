/* SPDX-License-Identifier: Apache-2.0 */
#include "reporting/template.h"

#include "reporting/private.h"

#define TEXT_MAX 4000
#define SIGNERS_MAX 8
#define FIELDS_MAX 100

struct template
{
	struct str name;
	const struct yaml_node *blocks, *tests;
};

/* One pass over the blocks: to check them, where document is NULL, or to fill them. */
struct pass {
	const struct reporting_values *values;
	struct document *document;
	struct buf *text, filled; /* filled: what is at hand until the document has it */
	struct err *err;
};

/* --- texts --------------------------------------------------------------------------------------------- */

/* Appends a text with its values to pass->filled, behind what is there. */
static int fill(struct pass *pass, const struct yaml_node *node)
{
	struct str rest = node->text;
	enum reporting_value value;

	if (node->type != YAML_SCALAR || rest.len > TEXT_MAX || !str_is_utf8(rest))
		return yaml_error(pass->err, node, "expected a text of at most %d bytes", TEXT_MAX);
	for (;;) {
		const size_t open = str_find(rest, STR("{{"));
		size_t close;

		buf_add_str(&pass->filled, open == STR_NOT_FOUND ? rest : str_head(rest, open));
		if (open == STR_NOT_FOUND)
			return 0;
		rest = str_from_offset(rest, open + 2);
		close = str_find(rest, STR("}}"));
		if (close == STR_NOT_FOUND ||
		    reporting_value_parse(str_trim(str_head(rest, close)), &value) < 0)
			return yaml_error(pass->err, node, "there is no value '%.64s'", rest.ptr);
		if (pass->values)
			buf_add_str(&pass->filled, pass->values->values[value]);
		rest = str_from_offset(rest, close + 2);
	}
}

/* Several texts at once: views of pass->filled, good until it is cleared. */
static int fill_each(struct pass *pass, const struct yaml_node *const *nodes, size_t count,
		     struct str *ret_texts)
{
	size_t ends[DOCUMENT_COLUMNS_MAX] = {0}, start = 0;
	int r = 0;

	must(count <= DOCUMENT_COLUMNS_MAX);
	buf_clear(&pass->filled);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = fill(pass, nodes[i]);
		ends[i] = pass->filled.len;
	}
	for (size_t i = 0; i < count && r == 0; i++) {
		ret_texts[i] = str_of(pass->filled.ptr + start, ends[i] - start);
		start = ends[i];
		if (pass->text) {
			buf_add_str(pass->text, ret_texts[i]);
			buf_add_char(pass->text, '\n');
		}
	}
	return r;
}

/* --- blocks -------------------------------------------------------------------------------------------- */

typedef int add_block(struct pass *pass, const struct yaml_node *node);

static int one_text(struct pass *pass, const struct yaml_node *node,
		    void (*add)(struct document *document, struct str text))
{
	struct str text;
	const int r = fill_each(pass, &node, 1, &text);

	if (r == 0 && pass->document)
		add(pass->document, text);
	return r;
}

static int add_title(struct pass *pass, const struct yaml_node *node)
{
	return one_text(pass, node, document_title);
}

static int add_paragraph(struct pass *pass, const struct yaml_node *node)
{
	return one_text(pass, node, document_paragraph);
}

static void heading(struct document *document, struct str text)
{
	document_heading(document, 1, text);
}

static int add_heading(struct pass *pass, const struct yaml_node *node)
{
	return one_text(pass, node, heading);
}

static int add_line(struct pass *pass, const struct yaml_node *node)
{
	struct str texts[2];
	int r;

	if (node->type != YAML_SEQUENCE || node->count != 2)
		return yaml_error(pass->err, node, "line has what stands left and what stands right");
	r = fill_each(pass, (const struct yaml_node *const *)node->items, 2, texts);
	if (r == 0 && pass->document)
		document_line(pass->document, texts[0], texts[1]);
	return r;
}

static int add_field(struct pass *pass, const struct yaml_node *node)
{
	static const char *const keys[] = {"label", "value", "lines", NULL};
	const struct yaml_node *parts[2], *lines;
	struct str texts[2];
	int64_t count = 0;
	int r = yaml_keys(node, "a field", keys, pass->err);

	if (r < 0)
		return r;
	parts[0] = yaml_get(node, "label");
	parts[1] = yaml_get(node, "value");
	lines = yaml_get(node, "lines");
	if (!parts[0] || !parts[1])
		return yaml_error(pass->err, node, "a field has label and value");
	if (lines && (yaml_int(lines, &count) < 0 || count < 1 || count > 40))
		return yaml_error(pass->err, lines, "lines is 1 to 40");
	r = fill_each(pass, parts, 2, texts);
	if (r == 0 && pass->document && count)
		document_form_wide(pass->document, texts[0], texts[1], (unsigned)count);
	else if (r == 0 && pass->document)
		document_form_field(pass->document, texts[0], texts[1]);
	return r;
}

static int add_form(struct pass *pass, const struct yaml_node *node)
{
	static const char *const keys[] = {"columns", "fields", NULL};
	const struct yaml_node *fields;
	int64_t columns;
	int r = yaml_keys(node, "a form", keys, pass->err);

	if (r < 0)
		return r;
	fields = yaml_get(node, "fields");
	if (!yaml_get(node, "columns") || yaml_int(yaml_get(node, "columns"), &columns) < 0 || columns < 1 ||
	    columns > 2)
		return yaml_error(pass->err, node, "columns is 1 or 2");
	if (!fields || fields->type != YAML_SEQUENCE || fields->count > FIELDS_MAX)
		return yaml_error(pass->err, node, "fields is a list of at most %d", FIELDS_MAX);
	if (pass->document)
		document_form_begin(pass->document, (unsigned)columns);
	for (uint32_t i = 0; i < fields->count && r == 0; i++)
		r = add_field(pass, fields->items[i]);
	if (pass->document)
		document_form_end(pass->document);
	return r;
}

struct columns {
	enum reporting_table table;
	const struct yaml_node *heads[DOCUMENT_COLUMNS_MAX];
	unsigned widths[DOCUMENT_COLUMNS_MAX];
	size_t cells[DOCUMENT_COLUMNS_MAX], count;
};

static int read_column(struct pass *pass, const struct yaml_node *node, struct columns *columns)
{
	static const char *const keys[] = {"head", "cell", "width", NULL};
	struct str name = {0};
	int64_t width;
	int r = yaml_keys(node, "a column", keys, pass->err);

	if (r == 0)
		r = node_text(node, "cell", 32, true, &name, pass->err);
	if (r < 0)
		return r;
	if (!yaml_get(node, "head") || !yaml_get(node, "width") ||
	    yaml_int(yaml_get(node, "width"), &width) < 0 || width < 1 || width > 100)
		return yaml_error(pass->err, node, "a column has head, cell and width, 1 to 100");
	if (reporting_cell_parse(columns->table, name, &columns->cells[columns->count]) < 0)
		return yaml_error(pass->err, node, "there is no cell '%s'", name.ptr);
	columns->heads[columns->count] = yaml_get(node, "head");
	columns->widths[columns->count++] = (unsigned)width;
	return 0;
}

static int read_columns(struct pass *pass, const struct yaml_node *node, struct columns *columns)
{
	static const char *const keys[] = {"of", "columns", NULL};
	const struct yaml_node *list;
	struct str of = {0};
	int r = yaml_keys(node, "a table", keys, pass->err);

	if (r == 0)
		r = node_text(node, "of", 32, true, &of, pass->err);
	if (r < 0)
		return r;
	if (reporting_table_parse(of, &columns->table) < 0)
		return yaml_error(pass->err, node, "there is no table of '%s'", of.ptr);
	list = yaml_get(node, "columns");
	if (!list || list->type != YAML_SEQUENCE || !list->count || list->count > DOCUMENT_COLUMNS_MAX)
		return yaml_error(pass->err, node, "columns is a list of 1 to %d", DOCUMENT_COLUMNS_MAX);
	for (uint32_t i = 0; i < list->count && r == 0; i++)
		r = read_column(pass, list->items[i], columns);
	return r;
}

static int add_table(struct pass *pass, const struct yaml_node *node)
{
	struct columns columns = {0};
	struct str texts[DOCUMENT_COLUMNS_MAX];
	size_t count;
	int r = read_columns(pass, node, &columns);

	if (r == 0)
		r = fill_each(pass, columns.heads, columns.count, texts);
	if (r < 0 || !pass->document)
		return r;
	document_table_begin(pass->document, texts, columns.widths, columns.count);
	count = pass->values->row_counts[columns.table];
	for (size_t i = 0; i < count; i++) {
		for (size_t c = 0; c < columns.count; c++)
			texts[c] = pass->values->rows[columns.table][i].cells[columns.cells[c]];
		document_table_row(pass->document, texts);
	}
	for (size_t c = 0; c < columns.count && !count; c++)
		texts[c] = c ? STR("") : STR("（无）");
	if (!count)
		document_table_row(pass->document, texts);
	document_table_end(pass->document);
	return 0;
}

static int add_signatures(struct pass *pass, const struct yaml_node *node)
{
	static const char *const keys[] = {"labels", "date", NULL};
	const struct yaml_node *parts[SIGNERS_MAX + 1], *labels;
	struct str texts[SIGNERS_MAX + 1];
	int r = yaml_keys(node, "signatures", keys, pass->err);

	if (r < 0)
		return r;
	labels = yaml_get(node, "labels");
	if (!labels || labels->type != YAML_SEQUENCE || labels->count > SIGNERS_MAX ||
	    !yaml_get(node, "date"))
		return yaml_error(pass->err, node, "signatures have at most %d labels and a date",
				  SIGNERS_MAX);
	parts[0] = yaml_get(node, "date");
	for (uint32_t i = 0; i < labels->count; i++)
		parts[i + 1] = labels->items[i];
	r = fill_each(pass, parts, labels->count + 1, texts);
	if (r == 0 && pass->document)
		document_signatures(pass->document, texts + 1, labels->count, texts[0]);
	return r;
}

static const struct {
	const char *name;
	add_block *add;
} kinds[] = {
	{"title", add_title}, {"heading", add_heading}, {"paragraph", add_paragraph},   {"line", add_line},
	{"form", add_form},   {"table", add_table},     {"signatures", add_signatures},
};

static int run_pass(const struct template *template, struct pass *pass)
{
	int r = 0;

	for (uint32_t i = 0; i < template->blocks->count && r == 0; i++) {
		const struct yaml_node *block = template->blocks->items[i];
		size_t kind = 0;

		if (block->type != YAML_MAPPING || block->count != 1)
			return yaml_error(pass->err, block, "a block has one member that says what it is");
		while (kind < sizeof(kinds) / sizeof(kinds[0]) &&
		       !str_eq(block->keys[0]->text, str_from(kinds[kind].name)))
			kind++;
		if (kind == sizeof(kinds) / sizeof(kinds[0]))
			return yaml_error(pass->err, block, "there is no block '%.64s'",
					  block->keys[0]->text.ptr);
		r = kinds[kind].add(pass, block->values[0]);
	}
	buf_done(&pass->filled);
	return r;
}

/* --- the whole ----------------------------------------------------------------------------------------- */

int template_parse(struct str text, struct arena *arena, struct template **ret_template, struct err *ret_err)
{
	static const char *const keys[] = {"name", "blocks", "tests", NULL};
	struct template *template = arena_struct(arena, struct template);
	struct pass pass = {.err = ret_err};
	struct yaml_node *root;
	int r = yaml_parse_one(text, arena, &root, ret_err);

	if (r == 0)
		r = yaml_keys(root, "a report", keys, ret_err);
	if (r == 0)
		r = node_text(root, "name", 200, true, &template->name, ret_err);
	if (r < 0)
		return r;
	template->blocks = yaml_get(root, "blocks");
	template->tests = yaml_get(root, "tests");
	if (!template->blocks || template->blocks->type != YAML_SEQUENCE ||
	    template->blocks->count > TEMPLATE_BLOCKS_MAX)
		return yaml_error(ret_err, root, "blocks is a list of at most %d", TEMPLATE_BLOCKS_MAX);
	r = run_pass(template, &pass);
	if (r == 0)
		*ret_template = template;
	return r;
}

int template_load(const char *folder, const char *own, enum reporting_stage stage, struct arena *arena,
		  struct template **ret_template, struct err *ret_err)
{
	const struct str name = arena_printf(arena, "reports/%s.yaml", reporting_stage_name(stage));
	struct str text;
	const int r = compliance_read(folder, own, name.ptr, TEMPLATE_FILE_MAX, arena, &text, ret_err);

	return r < 0 ? r : template_parse(text, arena, ret_template, ret_err);
}

struct str template_name(const struct template *template)
{
	return template->name;
}

void template_fill(const struct template *template, const struct reporting_values *values,
		   struct document *document, struct buf *text)
{
	struct pass pass = {.values = values, .document = document, .text = text};

	must(run_pass(template, &pass) == 0);
}

/* --- test cases ---------------------------------------------------------------------------------------- */

static int read_values(const struct yaml_node *node, struct reporting_values *values, struct err *ret_err)
{
	enum reporting_value value;

	if (!node || node->type != YAML_MAPPING)
		return err_set(ret_err, ERR_SYNTAX, node ? node->line : 0, 0, "a test has values");
	for (uint32_t i = 0; i < node->count; i++) {
		if (reporting_value_parse(node->keys[i]->text, &value) < 0 ||
		    node->values[i]->type != YAML_SCALAR)
			return yaml_error(ret_err, node->keys[i], "there is no value '%.64s'",
					  node->keys[i]->text.ptr);
		values->values[value] = node->values[i]->text;
	}
	return 0;
}

static int run_test(const struct template *template, const struct yaml_node *node,
		    void (*failed)(void *context, unsigned line, const char *message), void *context,
		    struct err *ret_err)
{
	static const char *const keys[] = {"name", "values", "expect", NULL};
	struct reporting_values values = {0};
	const struct yaml_node *expect;
	struct document *document;
	struct buf text = {0};
	char message[300];
	int r = yaml_keys(node, "a test", keys, ret_err);

	if (r == 0)
		r = read_values(yaml_get(node, "values"), &values, ret_err);
	expect = yaml_get(node, "expect");
	if (r == 0 && (!expect || expect->type != YAML_SEQUENCE))
		r = yaml_error(ret_err, node, "expect is a list of texts");
	if (r < 0)
		return r;
	document = document_new(template->name, STR(""));
	template_fill(template, &values, document, &text);
	for (uint32_t i = 0; expect && i < expect->count; i++) {
		if (expect->items[i]->type == YAML_SCALAR &&
		    str_find(buf_str(&text), expect->items[i]->text) != STR_NOT_FOUND)
			continue;
		snprintf(message, sizeof(message), "the report does not say '%.200s'",
			 yaml_text(expect->items[i], STR("?")).ptr);
		failed(context, expect->items[i]->line, message);
	}
	document_free(document);
	buf_done(&text);
	return 0;
}

int template_test(const struct template *template,
		  void (*failed)(void *context, unsigned line, const char *message), void *context,
		  struct err *ret_err)
{
	int r = 0;

	if (!template->tests || template->tests->type != YAML_SEQUENCE || !template->tests->count)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "the file carries its own test cases: tests");
	for (uint32_t i = 0; i < template->tests->count && r == 0; i++)
		r = run_test(template, template->tests->items[i], failed, context, ret_err);
	return r < 0 ? r : (int)template->tests->count;
}
