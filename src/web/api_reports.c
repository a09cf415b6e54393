/* SPDX-License-Identifier: Apache-2.0 */
/* The statutory clock: what of an incident is to be reported to whom, that it was, and the reports
 * themselves. */
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"
#include "people/owner.h"
#include "reporting/template.h"
#include "web/resource.h"
#include "web/route.h"

#define DUE_DEFAULT 100
#define DUE_MAX 1000

static void answer_failure(struct call *call, int r)
{
	static const struct refusal refusals[] = {
		{ERR_END, 404, "not_found", WORDS("there is no such incident or report")},
		{ERR_DENIED, 409, "settled",
		 WORDS("this report is settled already, or not due as the incident stands")},
		{ERR_RANGE, 400, "bad_time", WORDS("submitted is between the incident's beginning and now")},
		{-ENOENT, 503, "no_font",
		 WORDS("no font with Chinese characters is installed on the server (Debian: fonts-noto-cjk); "
		       "format=docx "
		       "needs none")},
	};

	call_explain(call, r, NULL, refusals, sizeof(refusals) / sizeof(refusals[0]));
}

static void end(struct call *call, struct db_tx *tx, int r)
{
	r = db_end(tx, r);
	if (r < 0)
		answer_failure(call, r);
}

struct scope {
	struct call *call;
	struct db_tx *tx;
};

static int check_scope(void *context, const struct incident *incident)
{
	const struct scope *scope = context;
	const int64_t top = scope->call->scope;

	if (top && !(incident->unit && unit_within(scope->tx, incident->unit, top, scope->call->now)))
		return ERR_END;
	return 0;
}

/* Whether the incident is there for this account. */
static int find_incident(struct call *call, struct db_tx *tx, int64_t incident)
{
	struct scope scope = {call, tx};

	return incident_get(tx, incident, check_scope, &scope);
}

/* --- writing ------------------------------------------------------------------------------------------- */

static void span_text(int64_t span, char *out, size_t size, bool chinese)
{
	const long long minutes = span / CLOCK_MINUTE, days = minutes / 1440, hours = minutes / 60;

	if (days >= 2)
		snprintf(out, size, chinese ? "%lld天" : "%lld days", days);
	else if (hours)
		snprintf(out, size, chinese ? "%lld小时%lld分钟" : "%lld h %lld min", hours, minutes % 60);
	else
		snprintf(out, size, chinese ? "%lld分钟" : "%lld min", minutes);
}

/* How it stands, in one sentence. */
static void write_sentence(struct call *call, const struct reporting_duty *duty, const char *key,
			   bool chinese)
{
	static const struct {
		const char *chinese, *english;
	} fixed[] = {
		[REPORTING_WAITING] = {"处置完毕后起算", "counts from when handling ends"},
		[REPORTING_SUBMITTED] = {"已按时报送", "reported in time"},
		[REPORTING_WAIVED] = {"已说明理由，不报送", "need not be reported, with a reason"},
		[REPORTING_LIFTED] = {"按当前定级不需要报送", "not required as the incident stands"},
	};
	const bool late = duty->state == REPORTING_PENDING && call->now > duty->due;
	char text[200], span[64];

	if (duty->state == REPORTING_PENDING) {
		span_text(late ? call->now - duty->due : duty->due - call->now, span, sizeof(span), chinese);
		if (chinese)
			snprintf(text, sizeof(text), "%s%s", late ? "已超时限" : "还剩", span);
		else
			snprintf(text, sizeof(text), late ? "overdue by %s" : "%s left", span);
	} else if (duty->state == REPORTING_SUBMITTED && reporting_was_late(duty)) {
		snprintf(text, sizeof(text), "%s", chinese ? "已报送，超过时限" : "reported, late");
	} else {
		snprintf(text, sizeof(text), "%s",
			 chinese ? fixed[duty->state].chinese : fixed[duty->state].english);
	}
	out_text(call->out, key, str_from(text));
}

static void write_members(struct call *call, const struct reporting_duty *duty)
{
	struct buf *out = call->out;
	char limit[LIMIT_TEXT_SIZE];

	limit_say(&duty->limit, limit);
	out_integer(out, "id", duty->id);
	out_integer(out, "version", duty->version);
	out_integer(out, "incident", duty->incident);
	out_text(out, "incident_number", duty->number);
	out_text(out, "incident_title", duty->title);
	out_optional(out, "incident_title_en", duty->title_en);
	out_integer(out, "level", duty->level);
	out_bool(out, "level_proposed", duty->proposed);
	out_bool(out, "drill", duty->drill);
	out_text(out, "rule", duty->rule);
	out_text(out, "stage", str_from(reporting_stage_name(duty->stage)));
	out_text(out, "state", str_from(reporting_state_name(duty->state)));
	out_text(out, "recipient", duty->recipient);
	out_text(out, "source", duty->source);
	out_optional(out, "clause", duty->clause);
	out_optional(out, "note", duty->note);
	out_text(out, "basis", duty->general ? STR("general") : STR("stated"));
	out_text(out, "tables", duty->tables);
	out_text(out, "limit", str_from(limit));
	out_text(out, "since", str_from(reporting_since_name(duty->since)));
	out_time(out, "made", duty->made);
	if (duty->start) {
		out_time(out, "start", duty->start);
		out_time(out, "due", duty->due);
		out_bool(out, "due_assumed", duty->assumed);
	}
	if (duty->state == REPORTING_PENDING)
		out_integer(out, "seconds_left", (duty->due - call->now) / CLOCK_SECOND);
	if (duty->submitted) {
		out_time(out, "submitted", duty->submitted);
		out_bool(out, "late", reporting_was_late(duty));
	}
	if (duty->state == REPORTING_WAIVED) {
		out_time(out, "waived", duty->waived);
		out_text(out, "waived_by", duty->waived_by);
		out_text(out, "reason", duty->reason);
	}
	write_sentence(call, duty, "sentence", false);
	write_sentence(call, duty, "sentence_zh", true);
}

static int write_duty(void *context, const struct reporting_duty *duty)
{
	struct call *call = context;

	out_open(call->out, NULL, '{');
	write_members(call, duty);
	out_close(call->out, '}');
	return 0;
}

static int write_submission(void *context, const struct reporting_submission *submission)
{
	struct buf *out = ((struct call *)context)->out;

	out_open(out, NULL, '{');
	out_time(out, "submitted", submission->submitted);
	out_time(out, "recorded", submission->recorded);
	out_text(out, "by", submission->by);
	out_text(out, "channel", submission->channel);
	out_optional(out, "receipt", submission->receipt);
	out_optional(out, "sha256", submission->sha256);
	out_optional(out, "file_name", submission->file_name);
	out_optional(out, "note", submission->note);
	out_close(out, '}');
	return 0;
}

static int write_proven(void *context, const struct reporting_duty *duty)
{
	const struct scope *scope = context;
	struct call *call = scope->call;
	int r;

	out_open(call->out, NULL, '{');
	write_members(call, duty);
	out_open(call->out, "submissions", '[');
	r = reporting_submissions(scope->tx, duty->id, write_submission, call);
	out_close(call->out, ']');
	out_close(call->out, '}');
	return r;
}

static int write_one(void *context, const struct reporting_duty *duty)
{
	call_etag(((const struct scope *)context)->call, duty->version);
	return write_proven(context, duty);
}

/* --- reading ------------------------------------------------------------------------------------------- */

void api_list_incident_reports(struct call *call)
{
	struct scope scope = {.call = call};
	int64_t incident;
	int r;

	if (!call_id(call, 0, &incident) || !(scope.tx = call_begin(call, DB_READ)))
		return;
	r = find_incident(call, scope.tx, incident);
	if (r == 0) {
		page_open(call);
		r = reporting_list(scope.tx, incident, write_proven, &scope);
		page_close(call, false, 0, (struct str){0});
	}
	end(call, scope.tx, r);
}

void api_get_incident_report(struct call *call)
{
	struct scope scope = {.call = call};
	int64_t incident, duty;
	int r;

	if (!call_id(call, 0, &incident) || !call_id(call, 1, &duty) ||
	    !(scope.tx = call_begin(call, DB_READ)))
		return;
	r = find_incident(call, scope.tx, incident);
	if (r == 0)
		r = reporting_get(scope.tx, incident, duty, write_one, &scope);
	end(call, scope.tx, r);
}

void api_list_due_reports(struct call *call)
{
	struct db_tx *tx;
	int64_t limit;
	int r;

	if (!call_number(call, "limit", 1, DUE_MAX, DUE_DEFAULT, &limit) || !(tx = call_begin(call, DB_READ)))
		return;
	page_open(call);
	r = reporting_list_due(tx, call->scope, call->now, (unsigned)limit, write_duty, call);
	page_close(call, false, 0, (struct str){0});
	end(call, tx, r);
}

/* --- settling ------------------------------------------------------------------------------------------ */

static bool body_hash(struct call *call, json_t *body, struct str *ret_hash)
{
	unsigned char digest[SHA256_SIZE];

	if (!body_text(call, body, "sha256", 2 * SHA256_SIZE, false, ret_hash, NULL))
		return false;
	if (!ret_hash->len || hex_decode(*ret_hash, digest, sizeof(digest)) == 0)
		return true;
	call_fail(call, 400, "bad_body", "sha256 is 64 hex digits");
	return false;
}

/* A text that has to say something. */
static bool body_words(struct call *call, json_t *body, const char *key, size_t max, struct str *ret_text)
{
	if (!body_text(call, body, key, max, true, ret_text, NULL))
		return false;
	if (str_trim(*ret_text).len)
		return true;
	call_fail(call, 400, "bad_body", "%s is empty", key);
	return false;
}

static bool body_submission(struct call *call, json_t *body, struct reporting_submission *submission)
{
	submission->by = str_from(call->session.user.name);
	submission->recorded = submission->submitted = call->now;
	return body_words(call, body, "channel", REPORTING_CHANNEL_MAX, &submission->channel) &&
	       body_text(call, body, "receipt", REPORTING_RECEIPT_MAX, false, &submission->receipt, NULL) &&
	       body_text(call, body, "file_name", REPORTING_FILE_NAME_MAX, false, &submission->file_name,
			 NULL) &&
	       body_text(call, body, "note", REPORTING_REASON_MAX, false, &submission->note, NULL) &&
	       body_hash(call, body, &submission->sha256) &&
	       body_time(call, body, "submitted", false, &submission->submitted);
}

struct settling {
	struct scope scope;
	int64_t incident, duty, version;
};

/* False: has answered. */
static bool begin_settling(struct call *call, struct settling *settling)
{
	*settling = (struct settling){.scope = {.call = call}};
	if (!call_id(call, 0, &settling->incident) || !call_id(call, 1, &settling->duty) ||
	    !call_match_version(call, &settling->version))
		return false;
	settling->scope.tx = call_begin(call, DB_WRITE);
	return settling->scope.tx;
}

static void end_settling(struct call *call, const struct settling *settling, int r)
{
	if (r == 0)
		r = reporting_get(settling->scope.tx, settling->incident, settling->duty, write_one,
				  (void *)&settling->scope);
	end(call, settling->scope.tx, r);
}

void api_submit_report(struct call *call)
{
	struct reporting_submission submission = {0};
	json_t *body = call_body(call);
	struct settling settling;
	int r;

	if (body && body_submission(call, body, &submission) && begin_settling(call, &settling)) {
		r = find_incident(call, settling.scope.tx, settling.incident);
		if (r == 0)
			r = reporting_submit(settling.scope.tx, settling.incident, settling.duty,
					     settling.version, &submission);
		end_settling(call, &settling, r);
	}
	json_decref(body);
}

void api_waive_report(struct call *call)
{
	json_t *body = call_body(call);
	struct settling settling;
	struct str reason;
	int r;

	if (body && body_words(call, body, "reason", REPORTING_REASON_MAX, &reason) &&
	    begin_settling(call, &settling)) {
		r = find_incident(call, settling.scope.tx, settling.incident);
		if (r == 0)
			r = reporting_waive(settling.scope.tx, settling.incident, settling.duty,
					    settling.version, str_from(call->session.user.name), reason,
					    call->now);
		end_settling(call, &settling, r);
	}
	json_decref(body);
}

/* --- documents ----------------------------------------------------------------------------------------- */

struct form {
	struct arena *arena;
	struct deadlines *deadlines;
	struct template *template;
	struct reporting_values values;
};

/* Everything the document is made of, so that it is laid out after the transaction. */
static int gather(struct call *call, struct form *form, int64_t incident, int64_t duty, struct err *ret_err)
{
	const struct web_options *options = &call->web->options;
	enum reporting_stage stage = REPORTING_INITIAL;
	struct db_tx *tx = NULL;
	int r = deadlines_load(options->compliance, options->compliance_own, form->arena, &form->deadlines,
			       ret_err);

	if (r == 0)
		r = db_begin(call->web->db, DB_READ, &tx);
	if (r < 0)
		return r;
	r = find_incident(call, tx, incident);
	if (r == 0)
		r = reporting_gather(tx, incident, duty, options->cases, form->deadlines,
				     str_from(call->session.user.name), options->zone, call->now, form->arena,
				     &form->values, &stage);
	r = db_end(tx, r);
	if (r == 0)
		r = template_load(options->compliance, options->compliance_own, stage, form->arena,
				  &form->template, ret_err);
	return r;
}

static int write_form(struct call *call, const struct form *form, bool docx)
{
	const struct str number = form->values.values[REPORTING_VALUE_NUMBER];
	struct document *document = document_new(template_name(form->template),
						 form->values.values[REPORTING_VALUE_ORGANIZATION]);
	char name[300];
	int r;

	template_fill(form->template, &form->values, document, NULL);
	r = docx ? document_write_docx(document, call->out) : document_write_pdf(document, call->out);
	document_free(document);
	snprintf(name, sizeof(name), "%.*s-%.*s.%s", STR_FMT(template_name(form->template)), STR_FMT(number),
		 docx ? "docx" : "pdf");
	if (r == 0)
		call_attachment(
			call,
			docx ? "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
			     : "application/pdf",
			str_from(name));
	return r;
}

void api_get_report_document(struct call *call)
{
	const struct str format = call_text(call, "format");
	const bool docx = str_eq(format, STR("docx"));
	struct form form = {0};
	struct err err = {0};
	int64_t incident, duty;
	int r;

	if (!call_id(call, 0, &incident) || !call_id(call, 1, &duty))
		return;
	if (format.len && !docx && !str_eq(format, STR("pdf"))) {
		call_fail(call, 400, "bad_format", "format is pdf or docx");
		return;
	}
	form.arena = arena_new(0);
	r = gather(call, &form, incident, duty, &err);
	if (r == 0)
		r = write_form(call, &form, docx);
	if (r < 0 && err.message[0])
		call_fail(call, 503, "bad_tables", "%s:%u: %s", err.file, err.line, err.message);
	else if (r < 0)
		answer_failure(call, r);
	arena_free(form.arena);
}
