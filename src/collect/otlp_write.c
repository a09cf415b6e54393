/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "collect/otlp_read.h"

void otlp_done(struct otlp *otlp)
{
	buf_done(&otlp->head);
	buf_done(&otlp->line);
}

void otlp_add_text(const struct otlp *otlp, struct buf *out, struct str text)
{
	buf_add_json_string(out, str_head(text, otlp->line_max + 1));
}

void otlp_add_name(const struct otlp *otlp, struct buf *out, struct str name)
{
	if (out->ptr[out->len - 1] != '{')
		buf_add_char(out, ',');
	otlp_add_text(otlp, out, name);
	buf_add_char(out, ':');
}

/* JSON has no word for those that are no number; OTLP/JSON says them as texts. */
void otlp_add_double(struct buf *out, double value)
{
	if (isnan(value))
		buf_add_str(out, STR("\"NaN\""));
	else if (isinf(value))
		buf_add_str(out, value < 0 ? STR("\"-Infinity\"") : STR("\"Infinity\""));
	else
		buf_printf(out, "%.17g", value);
}

static void add_text_member(const struct otlp *otlp, struct buf *out, struct str name, struct str text)
{
	if (!text.len)
		return;
	otlp_add_name(otlp, out, name);
	otlp_add_text(otlp, out, text);
}

static void add_number_member(const struct otlp *otlp, struct buf *out, struct str name, uint64_t value,
			      const char *quote)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%s%" PRIu64 "%s", quote, value, quote);

	if (!value)
		return;
	otlp_add_name(otlp, out, name);
	buf_add(out, digits, (size_t)len);
}

void otlp_begin_record(struct otlp *otlp, const struct otlp_record *record)
{
	struct buf *out = &otlp->line;

	buf_clear(out);
	buf_add_char(out, '{');
	add_number_member(otlp, out, STR("timeUnixNano"), record->time, "\"");
	add_number_member(otlp, out, STR("observedTimeUnixNano"), record->observed, "\"");
	add_number_member(otlp, out, STR("severityNumber"), record->severity, "");
	add_text_member(otlp, out, STR("severityText"), record->severity_text);
	add_text_member(otlp, out, STR("eventName"), record->event_name);
	add_text_member(otlp, out, STR("traceId"), record->trace_id);
	add_text_member(otlp, out, STR("spanId"), record->span_id);
	add_number_member(otlp, out, STR("flags"), record->flags, "");
}

int otlp_end_record(struct otlp *otlp)
{
	struct buf *out = &otlp->line;

	otlp->records++;
	if (out->len + otlp->head.len + 2 > otlp->line_max) {
		otlp->rejected++;
	} else {
		if (out->len > 1 && otlp->head.len)
			buf_add_char(out, ',');
		buf_add_str(out, buf_str(&otlp->head));
		buf_add_char(out, '}');
		otlp->output += out->len;
		otlp->record(otlp->context, buf_str(out));
	}
	return otlp->records >= OTLP_RECORDS_MAX || otlp->output >= OTLP_OUTPUT_MAX ? ERR_LIMIT : 0;
}
