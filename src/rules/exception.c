/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/exception.h"

#include <limits.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"

void exception_make_id(char out[EXCEPTION_ID_SIZE])
{
	uint8_t bytes[16];
	char hex[33];

	random_bytes(bytes, sizeof(bytes));
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
	hex_encode(bytes, sizeof(bytes), hex);
	snprintf(out, EXCEPTION_ID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
		 hex + 20);
}

/* -- as a filter ----------------------------------------------------------------------------------------- */

/* The parts of a log source that all the rules state alike. */
static struct logsource common_source(const struct exception *exception)
{
	struct logsource source = exception->rules[0]->logsource;
	struct str *parts[] = {&source.product, &source.category, &source.service};

	for (size_t i = 1; i < exception->rule_count; i++) {
		const struct logsource *other = &exception->rules[i]->logsource;
		const struct str others[] = {other->product, other->category, other->service};

		for (int k = 0; k < 3; k++)
			if (!str_ieq(*parts[k], others[k]))
				*parts[k] = (struct str){0};
	}
	return source;
}

static void add_line(struct buf *out, const char *key, struct str text)
{
	buf_printf(out, "%s: ", key);
	buf_add_json_string(out, text);
	buf_add_char(out, '\n');
}

static void add_source(struct buf *out, const struct exception *exception)
{
	struct logsource source = common_source(exception);
	const struct str parts[] = {source.product, source.category, source.service};
	static const char *const names[] = {"product", "category", "service"};

	if (source.product.len + source.category.len + source.service.len == 0)
		return;
	buf_add_str(out, STR("logsource:\n"));
	for (int i = 0; i < 3; i++)
		if (parts[i].len) {
			buf_add_str(out, STR("  "));
			add_line(out, names[i], parts[i]);
		}
}

/* Items of one field are alternatives, different fields must all be so. A plain number is written as it is.
 */
static void add_selection(struct buf *out, const struct exception *exception)
{
	bool done[EXCEPTION_WHERE_MAX] = {0};

	buf_add_str(out, STR("  excepted:\n"));
	for (size_t i = 0; i < exception->where_count; i++) {
		if (done[i])
			continue;
		buf_add_str(out, STR("    "));
		buf_add_json_string(out, exception->where[i].field);
		buf_add_str(out, STR(":\n"));
		for (size_t k = i; k < exception->where_count; k++) {
			struct str value = exception->where[k].value;
			int64_t number;

			if (!str_eq(exception->where[k].field, exception->where[i].field))
				continue;
			done[k] = true;
			buf_add_str(out, STR("      - "));
			if (str_to_i64(value, &number) == 0)
				buf_printf(out, "%lld", (long long)number);
			else
				buf_add_json_string(out, value);
			buf_add_char(out, '\n');
		}
	}
}

void exception_format(const struct exception *exception, struct buf *out)
{
	struct str title = exception->title;

	if (title.len == 0)
		title = str_head(exception->reason,
				 str_utf8_len(str_head(exception->reason, EXCEPTION_TITLE_MAX)));
	add_line(out, "title", title);
	add_line(out, "id", str_from(exception->id));
	add_line(out, "author", exception->author);
	add_line(out, "description", exception->reason);
	buf_printf(out, "expires: %.*s\n", STR_FMT(exception->expires));
	add_source(out, exception);
	buf_add_str(out, STR("filter:\n  rules:\n"));
	for (size_t i = 0; i < exception->rule_count; i++)
		buf_printf(out, "    - %.*s\n", STR_FMT(exception->rules[i]->id));
	add_selection(out, exception);
	buf_add_str(out, STR("  condition: not excepted\n"));
}

/* -- checking ------------------------------------------------------------------------------------------- */

int exception_check_end(int64_t expires, struct err *ret_err)
{
	int64_t now = clock_now();

	if (expires <= now || expires - now > EXCEPTION_SPAN_MAX)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "an exception must run out in the next 366 days (UTC)");
	return 0;
}

int exception_check_rule(const struct rule_info *info, struct err *ret_err)
{
	if (info->kind != RULE_DETECTION)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0,
			       "'%.*s' is a correlation; except from the rules that it refers to",
			       STR_FMT(info->title));
	if (info->id.len == 0)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0, "the rule '%.*s' has no id", STR_FMT(info->title));
	return 0;
}

static void keep_error(void *context, const struct err *err)
{
	struct err *first = context;

	if (!first->message[0])
		*first = *err;
}

static int check_filter(const char *file, const struct ruleset *set, struct err *ret_err)
{
	const struct filter_info *filter;

	if (ruleset_filter_count(set) != 1 || ruleset_count(set) != 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "%s: one document with 'filter' is expected", file);
	filter = ruleset_filter(set, 0);
	if (!filter->id.len || !filter->author.len || !filter->description.len ||
	    filter->expires == FILTER_NEVER)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "%s: an exception must have id, author, description (the reason) and expires",
			       file);
	if (!rule_id_is_good(filter->id))
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "%s: the id must be a UUID", file);
	return exception_check_end(filter->expires, ret_err);
}

int exception_check(const char *file, struct str text, struct ruleset **ret_set, struct err *ret_err)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	struct err err = {0};
	struct ruleset *set;
	int r;

	ruleset_add_text(builder, file, text, keep_error, &err);
	set = ruleset_build(builder, false);
	r = err.message[0] ? err.code : check_filter(file, set, &err);
	if (r == 0)
		*ret_set = set;
	else
		ruleset_free(set);
	if (r < 0 && ret_err)
		*ret_err = err;
	return r;
}

/* -- adding and taking back ------------------------------------------------------------------------------ */

static void add_member(struct buf *out, const char *key, struct str value)
{
	buf_printf(out, "%s\"%s\":", out->len ? "," : "{", key);
	buf_add_json_string(out, value);
}

static void describe(const struct filter_info *filter, struct buf *detail)
{
	char expires[CLOCK_TEXT_SIZE];

	add_member(detail, "title", filter->title);
	if (filter->any)
		add_member(detail, "rules", STR("any"));
	else
		buf_add_str(detail, STR(",\"rules\":["));
	for (size_t i = 0; !filter->any && i < filter->rule_count; i++) {
		buf_add_str(detail, i ? STR(",") : STR(""));
		buf_add_json_string(detail, filter->rules[i]);
	}
	if (!filter->any)
		buf_add_char(detail, ']');
	add_member(detail, "author", filter->author);
	add_member(detail, "reason", filter->description);
	clock_format(filter->expires, expires);
	if (filter->expires != FILTER_NEVER)
		add_member(detail, "expires", str_from(expires));
	buf_add_char(detail, '}');
}

/* The ids of the rules that it narrows, with spaces between. */
static size_t name_rules(const struct filter_info *filter, const struct ruleset *set, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < ruleset_count(set); i++) {
		const struct rule_info *info = ruleset_info(set, i);

		if (!filter_names(filter, info))
			continue;
		if (count++ < EXCEPTION_RULES_MAX)
			buf_printf(out, "%s%.*s", out->len ? " " : "", STR_FMT(info->id));
	}
	return count;
}

static int apply(struct rule_edit *edit, struct rule_change *change, const struct filter_info *filter,
		 const struct buf *rules, struct err *ret_err)
{
	struct buf detail = {0};
	int r;

	change->thing = THING_EXCEPTION;
	change->key = filter->id;
	change->title = filter->title;
	change->rules = buf_str(rules);
	describe(filter, &detail);
	r = rule_edit_apply(edit, change, buf_str(&detail), ret_err);
	buf_done(&detail);
	return r;
}

int exception_add(struct rule_edit *edit, const struct filter_info *filter, struct str text,
		  size_t *ret_rules, struct err *ret_err)
{
	struct rule_change change = {
		.action = STR("rules.except"), .reason = filter->description, .exists = true, .after = text};
	struct buf rules = {0};
	size_t count = name_rules(filter, edit->set, &rules);
	int r = 0;

	if (count == 0)
		r = err_set(ret_err, ERR_UNKNOWN, 0, 0,
			    "no rule is meant: the ids, names or the log source do not fit");
	for (size_t i = 0; r == 0 && i < ruleset_filter_count(edit->set); i++)
		if (str_ieq(ruleset_filter(edit->set, i)->id, filter->id))
			r = err_set(ret_err, ERR_DUPLICATE, 0, 0, "there is an exception %.*s already",
				    STR_FMT(filter->id));
	if (r == 0)
		r = apply(edit, &change, filter, &rules, ret_err);
	if (r >= 0)
		*ret_rules = count;
	buf_done(&rules);
	return r;
}

/* Its file is of our folder, is called as it is, and holds nothing else, else what else stands there would go
 * too. */
static int check_file(const struct rule_edit *edit, const struct filter_info *filter, struct err *ret_err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/exceptions/", edit->options.paths->folder);
	if (!str_starts(filter->file, str_from(path)))
		return err_set(ret_err, ERR_DENIED, 0, 0, "it belongs to a pack: %.*s",
			       STR_FMT(filter->file));
	for (size_t i = 0; i < ruleset_filter_count(edit->set); i++) {
		const struct filter_info *other = ruleset_filter(edit->set, i);

		if (other != filter && str_eq(other->file, filter->file))
			return err_set(ret_err, ERR_DENIED, 0, 0, "%.*s holds other filters too: edit it",
				       STR_FMT(filter->file));
	}
	snprintf(path, sizeof(path), "%s/exceptions/%.*s.yml", edit->options.paths->folder,
		 STR_FMT(filter->id));
	if (!str_eq(filter->file, str_from(path)))
		return err_set(ret_err, ERR_DENIED, 0, 0, "%.*s was written by hand: delete it",
			       STR_FMT(filter->file));
	return 0;
}

int exception_remove(struct rule_edit *edit, struct str id, struct str reason, struct err *ret_err)
{
	struct rule_change change = {.action = STR("rules.unexcept"), .reason = reason};
	struct buf rules = {0};
	int r = ERR_END;

	for (size_t i = 0; r == ERR_END && i < ruleset_filter_count(edit->set); i++) {
		const struct filter_info *filter = ruleset_filter(edit->set, i);

		if (!str_ieq(filter->id, id))
			continue;
		r = check_file(edit, filter, ret_err);
		name_rules(filter, edit->set, &rules);
		if (r == 0)
			r = apply(edit, &change, filter, &rules, ret_err);
	}
	buf_done(&rules);
	return r == ERR_END ? err_set(ret_err, r, 0, 0, "there is no exception '%.*s'", STR_FMT(id)) : r;
}

const char *exception_state(const struct filter_info *filter, int64_t now)
{
	if (filter->expires <= now)
		return "expired";
	return filter->applied ? "holds" : "rule is gone";
}
