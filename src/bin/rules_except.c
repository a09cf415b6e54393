/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules except, exceptions, unexcept: Sigma filters in DATA/rules/exceptions. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/yaml.h"
#include "bin/rules_call.h"
#include "detect/ast.h"
#include "detect/filter.h"

#define EXPIRES_MAX (366 * CLOCK_DAY) /* somebody must look again */
#define REASON_MAX 1000
#define AUTHOR_MAX 200
#define TITLE_MAX 256
#define WHERE_MAX 64
#define RULES_MAX 256
#define FILE_SIZE_MAX (1024 * 1024)

struct exception {
	struct str title, author, reason, expires;
	const struct rule_info *rules[RULES_MAX];
	size_t rule_count;
	struct {
		struct str field, value;
	} where[WHERE_MAX];
	size_t where_count;
	char id[40];
};

/* RFC 9562, version 4. */
static void make_id(char out[40])
{
	uint8_t bytes[16];
	char hex[33];

	random_bytes(bytes, sizeof(bytes));
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
	hex_encode(bytes, sizeof(bytes), hex);
	snprintf(out, 40, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* -- from the command line ----------------------------------------------------------------------------- */

static int read_where(const struct rules_call *call, struct exception *exception)
{
	const char *text;
	size_t cursor = 0;

	while ((text = argument_next(call->arguments, "where", &cursor))) {
		const char *equals = strchr(text, '=');

		if (!equals || equals == text || !str_is_utf8(str_from(text)))
			return usage_error(call->command, "--where takes FIELD=VALUE, not '%s'", text);
		if (exception->where_count == WHERE_MAX)
			return usage_error(call->command, "--where is given more than %d times", WHERE_MAX);
		exception->where[exception->where_count].field = str_of(text, (size_t)(equals - text));
		exception->where[exception->where_count++].value = str_from(equals + 1);
	}
	return exception->where_count
		       ? EXIT_OK
		       : usage_error(call->command, "say what is excepted: --where FIELD=VALUE");
}

static int check_expiry(const struct rules_call *call, int64_t expires)
{
	int64_t now = clock_now();

	if (expires <= now || expires - now > EXPIRES_MAX)
		return usage_error(call->command, "an exception must run out in the next 366 days (UTC)");
	return EXIT_OK;
}

static int read_exception(const struct rules_call *call, struct exception *exception)
{
	int64_t expires;
	int status = read_where(call, exception);

	if (status == EXIT_OK)
		status = rules_needs(call, "author", AUTHOR_MAX, &exception->author);
	if (status == EXIT_OK)
		status = rules_needs(call, "reason", REASON_MAX, &exception->reason);
	if (status == EXIT_OK)
		status = rules_needs(call, "expires", 64, &exception->expires);
	if (status == EXIT_OK && clock_parse(exception->expires, 0, &expires) < 0)
		status = usage_error(call->command, "--expires takes a date such as 2027-03-01, or RFC 3339");
	if (status == EXIT_OK)
		status = check_expiry(call, expires);
	return status;
}

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
	bool done[WHERE_MAX] = {0};

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

static void format(const struct exception *exception, struct buf *out)
{
	add_line(out, "title", exception->title);
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

static int read_rules(struct rules_call *call, const struct ruleset *set, struct exception *exception)
{
	const char *word;

	while ((word = rules_operand(call))) {
		size_t index;
		int status = rules_find(call, set, word, &index);

		if (status != EXIT_OK)
			return status;
		if (exception->rule_count == RULES_MAX)
			return usage_error(call->command, "more than %d rules are named", RULES_MAX);
		if (ruleset_info(set, index)->kind != RULE_DETECTION)
			return command_failed(
				call->command,
				"'%s' is a correlation; except from the rules that it refers to", word);
		if (ruleset_info(set, index)->id.len == 0)
			return command_failed(call->command, "the rule '%s' has no id", word);
		exception->rules[exception->rule_count++] = ruleset_info(set, index);
	}
	return exception->rule_count ? EXIT_OK : usage_error(call->command, "except needs the id of a rule");
}

/* -- checking and writing ------------------------------------------------------------------------------ */

static void keep_error(void *context, const struct err *err)
{
	struct err *first = context;

	if (!first->message[0])
		*first = *err;
}

/* The text is one filter, whole and in time. The filter lives as long as *ret_set. */
static int check_text(const struct rules_call *call, const char *file, struct str text,
		      struct ruleset **ret_set)
{
	struct ruleset_builder *builder = ruleset_builder_new();
	const struct filter_info *filter;
	struct err err = {0};
	int status = EXIT_OK;

	ruleset_add_text(builder, file, text, keep_error, &err);
	*ret_set = ruleset_build(builder, false);
	if (err.message[0])
		return command_failed_err(call->command, &err);
	if (ruleset_filter_count(*ret_set) != 1 || ruleset_count(*ret_set) != 0)
		return command_failed(call->command, "%s: one document with 'filter' is expected", file);
	filter = ruleset_filter(*ret_set, 0);
	if (!filter->id.len || !filter->author.len || !filter->description.len ||
	    filter->expires == FILTER_NEVER)
		status = command_failed(
			call->command,
			"%s: an exception must have id, author, description (the reason) and expires", file);
	else
		status = check_expiry(call, filter->expires);
	return status;
}

static int record(const struct rules_call *call, const char *action, const struct filter_info *filter)
{
	struct buf detail = {0};
	char expires[CLOCK_TEXT_SIZE];
	int status;

	clock_format(filter->expires, expires);
	rules_json_text(&detail, "title", filter->title);
	if (filter->any)
		rules_json_text(&detail, "rules", STR("any"));
	else
		rules_json_texts(&detail, "rules", filter->rules, filter->rule_count);
	rules_json_text(&detail, "author", filter->author);
	rules_json_text(&detail, "reason", filter->description);
	if (filter->expires != FILTER_NEVER)
		rules_json_text(&detail, "expires", str_from(expires));
	buf_add_char(&detail, '}');
	status = rules_edit_record(call, action, filter->id, buf_str(&detail));
	buf_done(&detail);
	return status;
}

static size_t count_named(const struct filter_info *filter, const struct ruleset *set)
{
	size_t count = 0;

	for (size_t i = 0; i < ruleset_count(set); i++)
		count += filter_names(filter, ruleset_info(set, i));
	return count;
}

static int write_exception(const struct rules_call *call, const struct rules_edit *edit,
			   const struct filter_info *filter, struct str text)
{
	char path[PATH_MAX];
	size_t count = count_named(filter, edit->all.set);
	int status, r;

	if (count == 0)
		return command_failed(call->command,
				      "no rule is meant: the ids, names or the log source do not fit");
	for (size_t i = 0; i < ruleset_filter_count(edit->all.set); i++)
		if (str_ieq(ruleset_filter(edit->all.set, i)->id, filter->id))
			return command_failed(call->command, "there is an exception %.*s already",
					      STR_FMT(filter->id));
	status = record(call, "rules.except", filter);
	if (status != EXIT_OK)
		return status;
	snprintf(path, sizeof(path), "%s/exceptions", call->paths.folder);
	r = io_make_folder(path, 0755);
	snprintf(path, sizeof(path), "%s/exceptions/%.*s.yml", call->paths.folder, STR_FMT(filter->id));
	if (r == 0)
		r = io_create_file(path, text.ptr, text.len, 0644);
	if (r < 0)
		return command_failed(call->command, "%s cannot be written: %s", path, err_text(r));
	printf("exception %.*s holds for %zu rule%s\n", STR_FMT(filter->id), count, count == 1 ? "" : "s");
	return EXIT_OK;
}

static int except_file(struct rules_call *call, const struct rules_edit *edit, const char *file)
{
	struct ruleset *set = NULL;
	struct buf text = {0};
	int status = rules_no_more(call), r = io_read_file(file, FILE_SIZE_MAX, &text);

	if (status == EXIT_OK && r < 0)
		status = command_failed(call->command, "%s: %s", file, err_text(r));
	if (status == EXIT_OK)
		status = check_text(call, file, buf_str(&text), &set);
	if (status == EXIT_OK)
		status = write_exception(call, edit, ruleset_filter(set, 0), buf_str(&text));
	ruleset_free(set);
	buf_done(&text);
	return status;
}

static int except_words(struct rules_call *call, const struct rules_edit *edit)
{
	struct exception *exception = arena_struct(call->arena, struct exception);
	struct ruleset *set = NULL;
	struct buf text = {0};
	int status = read_exception(call, exception);

	if (status == EXIT_OK)
		status = read_rules(call, edit->all.set, exception);
	if (status != EXIT_OK)
		return status;
	make_id(exception->id);
	exception->title = str_from(argument_value(call->arguments, "title", ""));
	if (exception->title.len == 0)
		exception->title =
			str_head(exception->reason, str_utf8_len(str_head(exception->reason, TITLE_MAX)));
	format(exception, &text);
	status = check_text(call, "the exception", buf_str(&text), &set);
	if (status == EXIT_OK)
		status = write_exception(call, edit, ruleset_filter(set, 0), buf_str(&text));
	ruleset_free(set);
	buf_done(&text);
	return status;
}

int rules_except(struct rules_call *call)
{
	const char *file = argument_value(call->arguments, "file", NULL);
	struct rules_edit edit;
	int status = rules_edit_begin(call, &edit);

	if (status != EXIT_OK)
		return status;
	status = file ? except_file(call, &edit, file) : except_words(call, &edit);
	rules_edit_done(&edit);
	return status;
}

/* -- listing and taking back ---------------------------------------------------------------------------- */

static const char *state_of(const struct filter_info *filter)
{
	if (filter->expires <= clock_now())
		return "expired";
	return filter->applied ? "holds" : "rule is gone";
}

static void print_filter(const struct rules_call *call, const struct filter_info *filter, struct buf *line)
{
	char expires[CLOCK_TEXT_SIZE] = "never";

	if (filter->expires != FILTER_NEVER)
		clock_format(filter->expires, expires);
	if (!call->json) {
		printf("%-36.*s  %-10.10s  %-12s  %5u  ", STR_FMT(filter->id), expires, state_of(filter),
		       filter->applied);
		rules_column(filter->author, 16);
		printf("  %.*s\n", STR_FMT(filter->title));
		return;
	}
	rules_json_text(line, "id", filter->id);
	rules_json_text(line, "title", filter->title);
	rules_json_text(line, "state", str_from(state_of(filter)));
	rules_json_text(line, "expires", str_from(expires));
	rules_json_text(line, "author", filter->author);
	rules_json_text(line, "reason", filter->description);
	rules_json_texts(line, "rules", filter->rules, filter->rule_count);
	rules_json_key(line, "any");
	buf_add_str(line, filter->any ? STR("true") : STR("false"));
	rules_json_key(line, "applied");
	buf_printf(line, "%u", filter->applied);
	rules_json_text(line, "file", filter->file);
	rules_json_print(line);
}

int rules_exceptions(struct rules_call *call)
{
	struct rules_all all;
	struct buf line = {0};
	int status = rules_no_more(call);

	if (status == EXIT_OK)
		status = rules_all_load(call, &all);
	if (status != EXIT_OK)
		return status;
	if (!call->json)
		printf("%-36s  %-10s  %-12s  %5s  %-16s  %s\n", "ID", "EXPIRES", "STATE", "RULES", "AUTHOR",
		       "TITLE");
	for (size_t i = 0; i < ruleset_filter_count(all.set); i++)
		print_filter(call, ruleset_filter(all.set, i), &line);
	buf_done(&line);
	rules_all_done(&all);
	return EXIT_OK;
}

/* The filter's file holds nothing else, else what else stands there would go too. */
static int remove_filter(const struct rules_call *call, const struct rules_edit *edit,
			 const struct filter_info *filter)
{
	char folder[PATH_MAX];
	int status;

	snprintf(folder, sizeof(folder), "%s/exceptions", call->paths.folder);
	if (!str_starts(filter->file, str_from(folder)))
		return command_failed(call->command, "it belongs to a pack: %.*s", STR_FMT(filter->file));
	for (size_t i = 0; i < ruleset_filter_count(edit->all.set); i++) {
		const struct filter_info *other = ruleset_filter(edit->all.set, i);

		if (other != filter && str_eq(other->file, filter->file))
			return command_failed(call->command, "%.*s holds other filters too: edit it",
					      STR_FMT(filter->file));
	}
	status = record(call, "rules.unexcept", filter);
	if (status != EXIT_OK)
		return status;
	if (unlink(filter->file.ptr) < 0)
		return command_failed(call->command, "%.*s: %s", STR_FMT(filter->file), strerror(errno));
	io_sync_folder(folder);
	printf("exception %.*s is taken back\n", STR_FMT(filter->id));
	return EXIT_OK;
}

int rules_unexcept(struct rules_call *call)
{
	const char *word = rules_operand(call);
	struct rules_edit edit;
	int status = word ? rules_no_more(call)
			  : usage_error(call->command, "unexcept needs the id of an exception");

	if (status == EXIT_OK)
		status = rules_edit_begin(call, &edit);
	if (status != EXIT_OK)
		return status;
	status = EXIT_FINDING;
	for (size_t i = 0; status == EXIT_FINDING && i < ruleset_filter_count(edit.all.set); i++)
		if (str_ieq(ruleset_filter(edit.all.set, i)->id, str_from(word)))
			status = remove_filter(call, &edit, ruleset_filter(edit.all.set, i));
	if (status == EXIT_FINDING)
		status = command_failed(call->command,
					"there is no exception '%s'; 'wanglou rules exceptions' shows all",
					word);
	rules_edit_done(&edit);
	return status;
}
