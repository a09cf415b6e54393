/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou audit export: an evidence package. */
#include <inttypes.h>
#include <unistd.h>

#include "audit/export.h"
#include "base/arena.h"
#include "base/clock.h"
#include "bin/audit_open.h"
#include "bin/command_audit.h"

static int read_sources(struct audit_call *call, struct audit_export *export)
{
	struct audit_source *sources = arena_array(call->arena, struct audit_source, AUDIT_SOURCES_MAX);
	const char *text;
	size_t cursor = 0;

	while ((text = argument_next(call->arguments, "source", &cursor))) {
		if (export->source_count == AUDIT_SOURCES_MAX)
			return usage_error(call->command, "at most %d --source", AUDIT_SOURCES_MAX);
		if (audit_source_read(text, &sources[export->source_count++]) < 0)
			return usage_error(call->command,
					   "--source takes a listener, a hint or an address, not '%s'", text);
	}
	export->sources = sources;
	return EXIT_OK;
}

static void add_member(struct buf *detail, const char *name, const char *value)
{
	buf_printf(detail, "%s\"%s\":", detail->len ? "," : "{", name);
	buf_add_json_string(detail, str_from(value ? value : ""));
}

/* Before the first byte is written. A copy elsewhere has no trail to write into. */
static int record(const struct audit_open *open, const struct audit_export *export)
{
	struct audit_call *call = open->call;
	struct buf detail = {0};
	int status;

	if (!open->configured)
		return EXIT_OK;
	add_member(&detail, "from", export->from);
	add_member(&detail, "to", export->to);
	add_member(&detail, "out", export->out);
	buf_add_str(&detail, STR(",\"sources\":["));
	for (size_t i = 0; i < export->source_count; i++) {
		buf_add_str(&detail, i ? STR(",") : STR(""));
		buf_add_json_string(&detail, str_from(export->sources[i].text));
	}
	buf_add_str(&detail, STR("]}"));
	status = command_audit(call->command, call->config, AUDIT_READING, "audit.export",
			       str_from(export->out), buf_str(&detail));
	buf_done(&detail);
	return status;
}

static void print_summary(const struct audit_open *open, const struct audit_export *export,
			  const struct audit_export_summary *summary)
{
	char hex[SHA256_HEX_SIZE];
	struct buf json = {0};

	hex_encode(summary->sha256, SHA256_SIZE, hex);
	if (!open->json) {
		printf("%s: %" PRIu64 " records (numbers %" PRIu64 " to %" PRIu64 "), %" PRIu64
		       " signed heads, %" PRIu64 " bytes\nSHA-256 %s\n",
		       export->out, summary->records, summary->first_seq, summary->last_seq, summary->heads,
		       summary->bytes, hex);
		if (summary->unproven)
			printf("%" PRIu64
			       " records have no proof: no signed head covers them yet. One is made "
			       "every minute; export them again.\n",
			       summary->unproven);
		return;
	}
	buf_add_str(&json, STR("{\"out\":"));
	buf_add_json_string(&json, str_from(export->out));
	printf("%s,\"records\":%" PRIu64 ",\"unproven\":%" PRIu64 ",\"first_seq\":%" PRIu64
	       ",\"last_seq\":%" PRIu64 ",\"heads\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"sha256\":\"%s\"}\n",
	       buf_cstr(&json), summary->records, summary->unproven, summary->first_seq, summary->last_seq,
	       summary->heads, summary->bytes, hex);
	buf_done(&json);
}

static int write_package(struct audit_open *open, struct audit_export *export)
{
	struct audit_export_summary summary;
	struct err err = {0};
	int status;

	if (audit_range_read(&open->segments, export->from, export->to, &export->range, &err) < 0)
		return usage_error(open->call->command, "%s", err.message);
	status = record(open, export);
	if (status != EXIT_OK)
		return status;
	if (audit_export(export, &summary, &err) < 0)
		return command_failed_err(open->call->command, &err);
	progress_end(&open->progress);
	print_summary(open, export, &summary);
	return open->problems ? EXIT_FINDING : EXIT_OK;
}

int audit_word_export(struct audit_call *call)
{
	const char *path = argument_next(call->arguments, NULL, &call->cursor);
	char person[COMMAND_PERSON_SIZE];
	struct audit_open open = {.call = call};
	struct audit_export export = {
		.from = argument_value(call->arguments, "from", NULL),
		.to = argument_value(call->arguments, "to", NULL),
		.out = argument_value(call->arguments, "out", NULL),
		.program = "wanglou " WANGLOU_VERSION,
		.by = person,
	};
	int status;

	if (!export.out || argument_next(call->arguments, NULL, &call->cursor))
		return usage_error(call->command, "export takes --out FILE.tar.zst, and one PATH at most");
	if (access(export.out, F_OK) == 0)
		return command_failed(call->command, "%s is there already", export.out);
	command_person(person);
	status = read_sources(call, &export);
	if (status == EXIT_OK)
		status = audit_open(call, path, "exporting", &open);
	if (status == EXIT_OK)
		status = audit_open_archive(&open);
	export.folder = open.place.journal;
	export.key = open.key;
	export.segments = &open.segments;
	export.heads = &open.heads;
	export.node = open.place.node;
	export.report = &open.report;
	if (status == EXIT_OK)
		status = write_package(&open, &export);
	audit_open_done(&open);
	return status;
}
