/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/io.h"
#include "bin/command_audit.h"
#include "people/import.h"

#define LINES_MAX 4096
#define DEMO_FOLDER "demo"

struct job {
	const struct command *command;
	struct arguments *arguments;
	const struct config *config;
	struct arena *arena;
	struct db *db;
	int64_t zone;
	enum import_kind kind;
	enum sheet_format format;
	const char *name; /* what stands behind the action */
	char person[COMMAND_PERSON_SIZE];
};

static int fail(const struct job *job, const struct err *err)
{
	return command_failed_err(job->command, err);
}

/* Into the audit trail, before it is done. */
static int record(const struct job *job, enum audit_need need, const char *action, struct str object,
		  struct str members)
{
	struct buf detail = {0};
	int status;

	buf_add_char(&detail, '{');
	buf_add_str(&detail, members);
	buf_add_char(&detail, '}');
	status = command_audit(job->command, job->config, need, action, object, buf_str(&detail));
	buf_done(&detail);
	return status;
}

static int write_out(const struct job *job, const struct buf *out)
{
	const char *path = argument_value(job->arguments, "output", NULL);
	int r = path ? io_replace_file(path, out->ptr, out->len, 0640)
		     : io_write(STDOUT_FILENO, out->ptr, out->len);

	return r < 0 ? command_failed(job->command, "%s: %s", path ? path : "standard output", err_text(r))
		     : EXIT_OK;
}

/* A workbook is nothing for a terminal. */
static int check_terminal(const struct job *job)
{
	if (job->format == SHEET_XLSX && !argument_value(job->arguments, "output", NULL) &&
	    isatty(STDOUT_FILENO))
		return usage_error(job->command, "say with --output where the workbook goes");
	return EXIT_OK;
}

static int make_template(struct job *job)
{
	struct buf out = {0};
	int status = check_terminal(job);

	if (status == EXIT_OK && register_template(job->kind, job->format, &out) < 0)
		status = command_failed(job->command, "the template cannot be made");
	if (status == EXIT_OK)
		status = write_out(job, &out);
	buf_done(&out);
	return status;
}

static int export_table(struct job *job)
{
	const struct register_view view = {0};
	struct buf out = {0};
	struct db_tx *tx;
	int status = check_terminal(job), r;

	if (status == EXIT_OK)
		status = record(job, AUDIT_READING, "register.export", str_from(import_kind_name(job->kind)),
				(struct str){0});
	if (status != EXIT_OK)
		return status;
	r = db_begin(job->db, DB_READ, &tx);
	if (r == 0)
		r = db_end(tx, register_export(tx, job->kind, job->format, &view, job->zone, &out));
	status = r < 0 ? command_failed(job->command, "the register cannot be read: %s", err_text(r))
		       : write_out(job, &out);
	buf_done(&out);
	return status;
}

/* --- import --------------------------------------------------------------------------------------------- */

struct printing {
	const char *file;
	bool json;
};

static void print_text(const struct printing *printing, const struct import_row *row)
{
	static const char *const words[] = {[REMARK_CHANGE] = "",
					    [REMARK_CONFLICT] = "conflict: ",
					    [REMARK_ERROR] = "error: ",
					    [REMARK_WARNING] = "warning: "};

	if (row->verdict == IMPORT_UNCHANGED)
		return;
	printf("%s:%u: %s %.*s%s\n", printing->file, row->line, import_verdict_name(row->verdict),
	       STR_FMT(row->label),
	       row->choice == IMPORT_KEEP   ? ", kept as it was"
	       : row->choice == IMPORT_TAKE ? ", taken from the file"
					    : "");
	for (size_t i = 0; i < row->count; i++) {
		const struct import_remark *remark = &row->remarks[i];

		printf("    %s", words[remark->kind]);
		if (remark->column)
			printf("%s (%s): ", remark->heading, remark->column);
		if (remark->kind == REMARK_CHANGE || remark->kind == REMARK_CONFLICT)
			printf("'%.*s' → '%.*s' ", STR_FMT(remark->from), STR_FMT(remark->to));
		printf("%.*s\n", STR_FMT(remark->message));
	}
}

static void add_member(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, "%s\"%s\":", out->ptr[out->len - 1] == '{' ? "" : ",", name);
	buf_add_json_string(out, text);
}

static void print_json(const struct import_row *row)
{
	struct buf out = {0};

	buf_printf(&out, "{\"line\":%u", row->line);
	add_member(&out, "verdict", str_from(import_verdict_name(row->verdict)));
	add_member(&out, "label", row->label);
	buf_add_str(&out, STR(",\"remarks\":["));
	for (size_t i = 0; i < row->count; i++) {
		const struct import_remark *remark = &row->remarks[i];

		buf_add_str(&out, i ? STR(",{") : STR("{"));
		add_member(&out, "column", str_from(remark->column));
		add_member(&out, "code", str_from(remark->code));
		add_member(&out, "from", remark->from);
		add_member(&out, "to", remark->to);
		add_member(&out, "message", remark->message);
		buf_add_char(&out, '}');
	}
	buf_add_str(&out, STR("]}"));
	puts(buf_cstr(&out));
	buf_done(&out);
}

static int print_row(void *context, const struct import_row *row)
{
	const struct printing *printing = context;

	if (printing->json)
		print_json(row);
	else
		print_text(printing, row);
	return 0;
}

static int read_lines(const struct job *job, const char *name, const unsigned **ret_lines, size_t *ret_count)
{
	struct str rest = str_from(argument_value(job->arguments, name, "")), part;
	unsigned *lines = arena_array(job->arena, unsigned, LINES_MAX);
	uint64_t line;

	*ret_lines = lines;
	while (str_split(&rest, ',', &part)) {
		if (*ret_count == LINES_MAX || str_to_u64(part, &line) < 0 || line > UINT32_MAX)
			return usage_error(job->command, "--%s takes numbers of lines with commas between",
					   name);
		lines[(*ret_count)++] = (unsigned)line;
	}
	return EXIT_OK;
}

static int read_options(const struct job *job, struct import_options *options)
{
	const char *from = argument_value(job->arguments, "from", "");
	bool keep = argument_flag(job->arguments, "keep"), take = argument_flag(job->arguments, "take");
	int status;

	if (keep && take)
		return usage_error(job->command, "--keep or --take, not both");
	if (*from && clock_parse(str_from(from), job->zone, &options->from) < 0)
		return usage_error(job->command, "--from is a time such as 2026-01-31, not '%s'", from);
	options->by = str_from(job->person);
	options->reason = str_from(argument_value(job->arguments, "reason", ""));
	options->now = clock_now();
	options->zone = job->zone;
	options->on_conflict = keep ? IMPORT_KEEP : take ? IMPORT_TAKE : IMPORT_UNDECIDED;
	options->dry_run = argument_flag(job->arguments, "dry-run");
	options->skip_errors = argument_flag(job->arguments, "skip-errors");
	status = read_lines(job, "keep-lines", &options->keep, &options->keep_count);
	return status == EXIT_OK ? read_lines(job, "take-lines", &options->take, &options->take_count)
				 : status;
}

static int record_import(const struct job *job, enum import_kind kind, const char *file,
			 const struct buf *bytes, bool dry_run)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	struct buf members = {0};
	int status;

	sha256(bytes->ptr, bytes->len, digest);
	hex_encode(digest, sizeof(digest), hex);
	buf_add_str(&members, STR("\"file\":"));
	buf_add_json_string(&members, str_from(file));
	buf_printf(&members, ",\"sha256\":\"%s\",\"dry_run\":%s", hex, dry_run ? "true" : "false");
	status = record(job, AUDIT_MUST, "register.import", str_from(import_kind_name(kind)),
			buf_str(&members));
	buf_done(&members);
	return status;
}

static void print_summary(const struct printing *printing, const struct import_summary *summary)
{
	if (printing->json)
		return;
	printf("%s:", printing->file);
	for (int i = 0; i < IMPORT_VERDICT_COUNT; i++)
		printf(" %zu %s%s", summary->counts[i], import_verdict_name((enum import_verdict)i),
		       i + 1 < IMPORT_VERDICT_COUNT ? "," : "");
	if (summary->import)
		printf("; this is import %" PRId64 "\n", summary->import);
	else
		printf("; nothing was done%s\n",
		       summary->refused ? ": correct the errors, decide conflicts with --keep or --take"
					: "");
}

static int import_file(const struct job *job, enum import_kind kind, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct printing printing = {path, argument_flag(job->arguments, "json")};
	struct import_options options = {.kind = kind, .file = str_from(slash ? slash + 1 : path)};
	struct import_summary summary;
	struct buf bytes = {0};
	struct err err = {0};
	int status = read_options(job, &options), r;

	if (status != EXIT_OK)
		return status;
	r = io_read_file(path, SHEET_BYTES_MAX, &bytes);
	if (r < 0)
		return command_failed(job->command, "%s: %s", path, err_text(r));
	status = record_import(job, kind, path, &bytes, options.dry_run);
	if (status == EXIT_OK) {
		r = import_run(job->db, buf_str(&bytes), &options, print_row, &printing, &summary, &err);
		err_set_file(&err, path);
		status = r < 0 ? fail(job, &err) : summary.refused ? EXIT_FINDING : EXIT_OK;
		if (r == 0)
			print_summary(&printing, &summary);
	}
	buf_done(&bytes);
	return status;
}

/* The four tables of content/demo, in an order in which each finds what it names. */
static int import_demo(const struct job *job)
{
	int status = EXIT_OK;

	for (int kind = 0; kind < IMPORT_KINDS && status == EXIT_OK; kind++)
		status = import_file(job, (enum import_kind)kind,
				     arena_printf(job->arena, "%s/" DEMO_FOLDER "/%s.csv",
						  job->config->content,
						  import_kind_name((enum import_kind)kind))
					     .ptr);
	return status;
}

static int import_table(struct job *job)
{
	return job->name ? import_file(job, job->kind, job->name) : import_demo(job);
}

/* --- imports that were done ----------------------------------------------------------------------------- */

static int print_done(void *context, const struct import_done *done)
{
	char at[CLOCK_TEXT_SIZE];

	(void)context;
	clock_format(done->at, at);
	printf("%6" PRId64 " %.16s %-8s %5" PRId64 " added %5" PRId64 " changed  %.*s by %.*s%s\n",
	       done->import, at, import_kind_name(done->kind), done->added, done->changed,
	       STR_FMT(done->file), STR_FMT(done->by), done->undone_at ? ", taken back" : "");
	return 0;
}

static int list_imports(struct job *job)
{
	struct db_tx *tx;
	int r = db_begin(job->db, DB_READ, &tx);

	if (r == 0)
		r = db_end(tx, import_list(tx, 0, 1000, print_done, NULL));
	return r < 0 ? command_failed(job->command, "the register cannot be read: %s", err_text(r)) : EXIT_OK;
}

static int undo(struct job *job)
{
	struct err err = {0};
	int64_t import;
	int status;

	if (!job->name || str_to_i64(str_from(job->name), &import) < 0)
		return usage_error(job->command, "which import? 'wanglou register imports' lists them");
	status = record(job, AUDIT_MUST, "register.undo", str_from(job->name), (struct str){0});
	if (status != EXIT_OK)
		return status;
	return import_undo(job->db, import, str_from(job->person), clock_now(), &err) < 0 ? fail(job, &err)
											  : EXIT_OK;
}

/* --- the command ---------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	bool takes_name, needs_kind, needs_db;
	int (*run)(struct job *job);
} actions[] = {
	{"template", false, true, false, make_template},
	{"export", false, true, true, export_table},
	{"import", true, false, true, import_table},
	{"imports", false, false, true, list_imports},
	{"undo", true, false, true, undo},
};

static int open_and_run(struct job *job, size_t action)
{
	const struct db_schema *schemas[] = {&register_schema, &import_schema};
	const char *path = config_path(job->config, job->arena, "core/" DB_FILE);
	struct err err = {0};
	int status;

	if (!actions[action].needs_db)
		return actions[action].run(job);
	if (access(path, F_OK) < 0)
		return command_failed(job->command, "%s has no register yet; start 'wanglou run' on it once",
				      job->config->data);
	if (db_open(path, schemas, 2, &job->db, &err) < 0)
		return fail(job, &err);
	status = actions[action].run(job);
	db_close(job->db);
	return status;
}

static int prepare_and_run(struct job *job, size_t action)
{
	struct config *config = arena_struct(job->arena, struct config);
	struct err err = {0};

	job->config = config;
	command_person(job->person);
	if (config_load(job->arguments, job->arena, config, &err) < 0 ||
	    config_zone(config, &job->zone, &err) < 0)
		return fail(job, &err);
	return open_and_run(job, action);
}

static int check_import(const struct job *job, const char *kind)
{
	if (argument_flag(job->arguments, "demo") == (job->name != NULL))
		return usage_error(job->command, "which file? or --demo in place of one");
	if (job->name && !kind)
		return usage_error(job->command,
				   "--kind says what the table holds: units, people, assets or duties");
	return EXIT_OK;
}

static int read_words(struct job *job, size_t *ret_action)
{
	const char *kind = argument_value(job->arguments, "kind", NULL);
	const char *format = argument_value(job->arguments, "format", "csv");
	size_t cursor = 0, action = 0, count = sizeof(actions) / sizeof(actions[0]);
	int status = EXIT_OK;
	const char *word = argument_next(job->arguments, NULL, &cursor);

	if (!word)
		return usage_error(job->command, "what is to be done?");
	while (action < count && strcmp(actions[action].name, word) != 0)
		action++;
	if (action == count)
		return usage_error(job->command, "there is no '%s'", word);
	job->name = argument_next(job->arguments, NULL, &cursor);
	if ((!actions[action].takes_name && job->name) || argument_next(job->arguments, NULL, &cursor))
		return usage_error(job->command, "too many words behind %s", word);
	if ((kind || actions[action].needs_kind) &&
	    import_kind_parse(str_from(kind ? kind : ""), &job->kind) < 0)
		return usage_error(job->command, "--kind is units, people, assets or duties");
	if (actions[action].run == import_table)
		status = check_import(job, kind);
	if (status != EXIT_OK)
		return status;
	if (strcmp(format, "csv") != 0 && strcmp(format, "xlsx") != 0)
		return usage_error(job->command, "--format is csv or xlsx");
	job->format = strcmp(format, "csv") == 0 ? SHEET_CSV : SHEET_XLSX;
	*ret_action = action;
	return EXIT_OK;
}

static int run(const struct command *command, struct arguments *arguments)
{
	struct job job = {.command = command, .arguments = arguments, .arena = arena_new(0)};
	size_t action = 0;
	int status = read_words(&job, &action);

	must(job.arena);
	if (status == EXIT_OK)
		status = prepare_and_run(&job, action);
	arena_free(job.arena);
	return status;
}

static const struct option_def options[] = {
	CONFIG_OPTIONS,
	{"kind", "KIND", "what the table holds: units, people, assets, duties"},
	{"format", "FORMAT", "of templates and exports: csv (default) or xlsx"},
	{"output", "FILE", "where they go (default: standard output)"},
	{"dry-run", NULL, "say what each row would do, and do nothing"},
	{"keep", NULL, "rows that contradict the register: keep the register"},
	{"take", NULL, "… take the file"},
	{"keep-lines", "N,…", "decide so for these lines"},
	{"take-lines", "N,…", "… and so for these"},
	{"skip-errors", NULL, "leave rows with errors out; else one refuses the whole file"},
	{"from", "TIME", "since when what the rows say holds (default: now)"},
	{"reason", "TEXT", "why, kept with what is stated"},
	{"demo", NULL, "import the fictitious university of content/demo"},
	{"json", NULL, "rows as JSON, one a line"},
	{0},
};

const struct command cmd_register = {
	.name = "register",
	.summary = "units, people, assets and duties as tables: template, export, import",
	.usage = "template|export --kind KIND … | import FILE --kind KIND … | imports | undo N [--data DIR]",
	.details = "Tables are CSV or XLSX (doc/formats/register-tables.md). Exit status 1: rows have errors "
		   "or\n"
		   "contradict the register, and nothing was done.",
	.options = options,
	.run = run,
};
