/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou audit verify: an archive, a part of it, a copy, or an evidence package. */
#include <inttypes.h>

#include "audit/package.h"
#include "audit/verify.h"
#include "base/clock.h"
#include "bin/audit_open.h"

static void print_span(const char *name, int64_t from, int64_t to)
{
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	clock_format(from, first);
	clock_format(to, last);
	if (from)
		printf("%-11s %s to %s\n", name, first, last);
}

/* Heads that lie beside what they sign can be made again by whoever holds the key that lies there, too. */
static void print_advice(const struct audit_open *open, uint64_t given_checked)
{
	bool given = false;

	if (!open->heads.len)
		return;
	for (size_t i = 0; i < open->heads.len; i++)
		given |= open->heads.items[i].given;
	if (!given)
		printf("Compared only with the heads beside it: that shows accidents, and changes by whoever "
		       "has no key.\nAgainst somebody who had this machine, give the heads kept elsewhere: "
		       "--heads FILE --key FILE\n");
	else if (!given_checked)
		printf("None of the heads given could be compared with it.\n");
	else if (!open->heads.any_given)
		printf("The key came from the same place as the records; give the one kept elsewhere: --key "
		       "FILE\n");
}

static void print_verdict(uint64_t problems, uint64_t heads)
{
	if (problems)
		printf("%" PRIu64 " problem%s found\n", problems, problems == 1 ? "" : "s");
	else
		printf("fine: everything fits %" PRIu64 " signed head%s\n", heads, heads == 1 ? "" : "s");
}

/* -- archives ------------------------------------------------------------------------------------------ */

static void print_summary(const struct audit_open *open, const struct audit_summary *summary)
{
	char time[CLOCK_TEXT_SIZE];

	printf("records     %" PRIu64 " whole, %" PRIu64 " removed by retention, %" PRIu64 " lost\n",
	       summary->records, summary->removed, summary->lost);
	printf("segments    %" PRIu64 ", and %" PRIu64 " deleted by retention\n", summary->segments,
	       summary->deleted);
	if (summary->last_seq)
		printf("numbers     %" PRIu64 " to %" PRIu64 "\n", summary->first_seq, summary->last_seq);
	print_span("received", summary->from, summary->to);
	printf("heads       %" PRIu64 " fit, of them %" PRIu64 " kept elsewhere; %" PRIu64
	       " of deleted records\n",
	       summary->heads_checked, summary->given_checked, summary->heads_unchecked);
	clock_format(summary->signed_time, time);
	if (summary->signed_time)
		printf("signed      up to record %" PRIu64 ", at %s\n", summary->signed_seq, time);
	print_verdict(summary->problems, summary->heads_checked);
	print_advice(open, summary->given_checked);
}

static void print_summary_json(const struct audit_summary *summary)
{
	struct buf json = {0};

	buf_printf(&json,
		   "{\"type\":\"summary\",\"records\":%" PRIu64 ",\"removed\":%" PRIu64 ",\"lost\":%" PRIu64
		   ",\"segments\":%" PRIu64 ",\"deleted_segments\":%" PRIu64 ",\"leaves\":%" PRIu64
		   ",\"first_seq\":%" PRIu64 ",\"last_seq\":%" PRIu64,
		   summary->records, summary->removed, summary->lost, summary->segments, summary->deleted,
		   summary->leaves, summary->first_seq, summary->last_seq);
	audit_json_time(&json, "received_from", summary->from);
	audit_json_time(&json, "received_to", summary->to);
	buf_printf(&json,
		   ",\"heads\":%" PRIu64 ",\"heads_given\":%" PRIu64 ",\"heads_checked\":%" PRIu64
		   ",\"given_checked\":%" PRIu64 ",\"heads_unchecked\":%" PRIu64 ",\"signed_seq\":%" PRIu64,
		   summary->heads, summary->heads_given, summary->heads_checked, summary->given_checked,
		   summary->heads_unchecked, summary->signed_seq);
	audit_json_time(&json, "signed_time", summary->signed_time);
	printf("%s,\"problems\":%" PRIu64 ",\"verdict\":\"%s\"}\n", buf_cstr(&json), summary->problems,
	       summary->problems ? "findings" : "fine");
	buf_done(&json);
}

static int verify_archive(struct audit_open *open)
{
	struct audit_call *call = open->call;
	struct audit_verify verify = {
		.folder = open->place.journal,
		.key = open->key,
		.segments = &open->segments,
		.written = journal_is_written(open->place.journal),
		.report = &open->report,
	};
	struct audit_summary summary;
	struct err err = {0};
	int status = audit_open_record(open, "audit.verify", str_from(open->path));

	if (status == EXIT_OK)
		status = audit_open_archive(open);
	if (status != EXIT_OK)
		return status;
	if (audit_range_read(&open->segments, argument_value(call->arguments, "from", NULL),
			     argument_value(call->arguments, "to", NULL), &verify.range, &err) < 0)
		return usage_error(call->command, "%s", err.message);
	if (audit_verify(&verify, &open->heads, &summary, &err) < 0)
		return command_failed_err(call->command, &err);
	summary.problems = open->problems;
	progress_end(&open->progress);
	if (open->json)
		print_summary_json(&summary);
	else
		print_summary(open, &summary);
	return summary.problems ? EXIT_FINDING : EXIT_OK;
}

/* -- packages ------------------------------------------------------------------------------------------ */

static void print_package_json(const struct audit_package_summary *summary)
{
	struct buf json = {0};

	buf_printf(&json,
		   "{\"type\":\"summary\",\"records\":%" PRIu64 ",\"proven\":%" PRIu64
		   ",\"first_seq\":%" PRIu64 ",\"last_seq\":%" PRIu64,
		   summary->records, summary->proven, summary->first_seq, summary->last_seq);
	audit_json_time(&json, "received_from", summary->from);
	audit_json_time(&json, "received_to", summary->to);
	buf_printf(&json, ",\"heads_checked\":%" PRIu64 ",\"given_checked\":%" PRIu64, summary->heads_checked,
		   summary->given_checked);
	audit_json_time(&json, "signed_time", summary->signed_time);
	printf("%s,\"problems\":%" PRIu64 ",\"verdict\":\"%s\"}\n", buf_cstr(&json), summary->problems,
	       summary->problems ? "findings" : "fine");
	buf_done(&json);
}

static int verify_package(struct audit_open *open)
{
	struct audit_call *call = open->call;
	struct audit_package_summary summary;
	char time[CLOCK_TEXT_SIZE];
	struct err err = {0};

	if (argument_value(call->arguments, "from", NULL) || argument_value(call->arguments, "to", NULL))
		return usage_error(call->command, "a package is checked as a whole, without --from and --to");
	if (audit_package_verify(open->path, &open->heads, &open->report, &summary, &err) < 0)
		return command_failed_err(call->command, &err);
	summary.problems = open->problems;
	if (open->json) {
		print_package_json(&summary);
		return summary.problems ? EXIT_FINDING : EXIT_OK;
	}
	printf("records     %" PRIu64 ", proven %" PRIu64 "\n", summary.records, summary.proven);
	if (summary.records)
		printf("numbers     %" PRIu64 " to %" PRIu64 "\n", summary.first_seq, summary.last_seq);
	print_span("received", summary.from, summary.to);
	clock_format(summary.signed_time, time);
	printf("heads       %" PRIu64 " fit, of them %" PRIu64 " kept elsewhere\n", summary.heads_checked,
	       summary.given_checked);
	if (summary.signed_time)
		printf("signed      at %s\n", time);
	print_verdict(summary.problems, summary.heads_checked);
	print_advice(open, summary.given_checked);
	return summary.problems ? EXIT_FINDING : EXIT_OK;
}

int audit_word_verify(struct audit_call *call)
{
	const char *path = argument_next(call->arguments, NULL, &call->cursor);
	struct audit_open open;
	int status;

	if (argument_next(call->arguments, NULL, &call->cursor))
		return usage_error(call->command, "verify takes one PATH");
	status = audit_open(call, path, "checking", &open);
	if (status == EXIT_OK)
		status = open.place.package ? verify_package(&open) : verify_archive(&open);
	audit_open_done(&open);
	return status;
}
