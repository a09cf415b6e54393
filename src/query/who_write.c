/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/clock.h"
#include "event/ip.h"
#include "query/who_private.h"

const char *who_end_name(enum who_end end)
{
	static const char *const names[] = {[WHO_OPEN] = "no",
					    [WHO_RELEASED] = "released",
					    [WHO_REASSIGNED] = "reassigned",
					    [WHO_LEASE] = "lease"};

	return names[end];
}

const char *who_kind_name(enum who_kind kind)
{
	static const char *const names[] = {
		[WHO_ADDRESS] = "address", [WHO_MAC] = "mac", [WHO_NAME] = "name"};

	return names[kind];
}

const char *who_reason(const struct who_question *question, const struct who_answer *answer)
{
	if (answer->holders.len)
		return "";
	if (answer->mappings.len)
		return "the inside address is known, but no source said who had it";
	if (answer->shared)
		return "NAT shares this address among many: name the port";
	if (!answer->heard.len)
		return "no source that would know was heard around that time: send the logs of the DHCP "
		       "servers, of "
		       "RADIUS accounting, of the portal, of VPN gateways and of NAT devices here";
	return question->kind == WHO_ADDRESS
		       ? "the sources that were heard around that time say nothing of this address"
		       : "the sources that were heard around that time do not name it";
}

static void add_key(struct buf *out, const char *key)
{
	char last = out->len ? out->ptr[out->len - 1] : '{';

	buf_printf(out, "%s\"%s\":", last == '{' || last == '[' ? "" : ",", key);
}

static void add_text(struct buf *out, const char *key, struct str text)
{
	if (!text.len)
		return;
	add_key(out, key);
	buf_add_json_string(out, text);
}

static void add_time(struct buf *out, const char *key, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	if (!time)
		return;
	clock_format(time, text);
	add_text(out, key, str_from(text));
}

static void add_ip(struct buf *out, const char *key, const uint8_t ip[16])
{
	static const uint8_t none[16];
	char text[IP_TEXT_SIZE];

	if (memcmp(ip, none, 16) == 0)
		return;
	ip_format(ip, text);
	add_text(out, key, str_from(text));
}

static void add_number(struct buf *out, const char *key, int64_t number)
{
	if (!number)
		return;
	add_key(out, key);
	buf_printf(out, "%" PRId64, number);
}

static void add_bool(struct buf *out, const char *key, bool value)
{
	add_key(out, key);
	buf_add_str(out, value ? STR("true") : STR("false"));
}

/* 02005e005301 as people write it. */
static void add_mac(struct buf *out, struct str mac)
{
	char text[18];

	if (mac.len != 12)
		return;
	for (size_t i = 0; i < 6; i++)
		snprintf(text + 3 * i, 4, "%.2s%s", mac.ptr + 2 * i, i < 5 ? ":" : "");
	add_text(out, "mac", str_from(text));
}

static void add_span(struct buf *out, const struct who_span *span)
{
	buf_add_str(out, out->ptr[out->len - 1] == '[' ? STR("{") : STR(",{"));
	add_ip(out, "outside_address", span->outside);
	add_number(out, "outside_port", span->outside_port);
	add_number(out, "outside_port_last", span->outside_port_last);
	add_ip(out, "address", span->address);
	add_number(out, "port", span->port);
	add_mac(out, span->mac);
	add_text(out, "user", span->user);
	add_text(out, "host", span->host);
	add_time(out, "from", span->from);
	add_time(out, "until", span->until);
	add_text(out, "ended", str_from(who_end_name(span->end)));
	add_time(out, "seen", span->seen);
	add_text(out, "dataset", span->dataset);
	add_text(out, "observer", span->observer);
	add_ip(out, "observer_ip", span->observer_ip);
	add_number(out, "records", (int64_t)span->records);
	add_key(out, "evidence");
	buf_add_char(out, '[');
	for (size_t i = 0; i < span->evidence_count; i++)
		buf_printf(out, "%s\"%" PRIu64 "\"", i ? "," : "", span->evidence[i]);
	buf_add_str(out, STR("]}"));
}

static void add_spans(struct buf *out, const char *key, const struct who_spans *spans)
{
	add_key(out, key);
	buf_add_char(out, '[');
	for (size_t i = 0; i < spans->len; i++)
		add_span(out, &spans->items[i]);
	buf_add_char(out, ']');
}

static void add_heard(struct buf *out, const struct who_answer *answer)
{
	add_key(out, "heard");
	buf_add_char(out, '[');
	for (size_t i = 0; i < answer->heard.len; i++) {
		buf_add_str(out, i ? STR(",{") : STR("{"));
		add_text(out, "dataset", answer->heard.items[i].dataset);
		add_text(out, "observer", answer->heard.items[i].observer);
		add_time(out, "last", answer->heard.items[i].last);
		add_number(out, "records", (int64_t)answer->heard.items[i].rows);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

void who_write(const struct who_question *question, const struct who_answer *answer, struct buf *out)
{
	buf_add_char(out, '{');
	add_text(out, "asked", question->text);
	add_text(out, "kind", str_from(who_kind_name(question->kind)));
	add_number(out, "port", question->port);
	add_time(out, "from", question->from);
	add_time(out, "to", question->to);
	add_spans(out, "mappings", &answer->mappings);
	add_spans(out, "holders", &answer->holders);
	add_spans(out, "near", &answer->near);
	add_heard(out, answer);
	add_bool(out, "shared", answer->shared);
	add_bool(out, "truncated", answer->truncated);
	add_text(out, "reason", str_from(who_reason(question, answer)));
	buf_add_char(out, '}');
}
