/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/syslog.h"

#include "base/err.h"
#include "parse/day.h"

static struct str skip_spaces(struct str s)
{
	while (s.len && s.ptr[0] == ' ')
		s = str_from_offset(s, 1);
	return s;
}

/* Takes a word and the spaces behind it. */
static struct str take_word(struct str *s)
{
	size_t end = str_find_char(*s, ' ');
	struct str word = str_head(*s, end);

	*s = skip_spaces(str_from_offset(*s, word.len));
	return word;
}

/* PRI: "<" 1 to 3 digits ">", at most 191 (RFC 5424 section 6.2.1). */
static bool take_pri(struct str *s, struct syslog_header *header)
{
	int value = 0;
	size_t i = 1;

	if (s->len < 3 || s->ptr[0] != '<')
		return false;
	for (; i < 4 && i < s->len && char_is_digit(s->ptr[i]); i++)
		value = value * 10 + (s->ptr[i] - '0');
	if (i == 1 || i == s->len || s->ptr[i] != '>' || value > 191)
		return false;
	header->facility = value >> 3;
	header->severity = value & 7;
	*s = str_from_offset(*s, i + 1);
	return true;
}

static struct str unless_nil(struct str s)
{
	return str_eq(s, STR("-")) ? (struct str){0} : s;
}

/* The end of an SD-ELEMENT that begins at s, 0 where it does not end. */
static size_t element_end(struct str s)
{
	bool quoted = false;

	for (size_t i = 1; i < s.len; i++)
		if (s.ptr[i] == '\\' && quoted)
			i++;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == ']' && !quoted)
			return i + 1;
	return 0;
}

static struct str take_structured(struct str *s)
{
	size_t len = 0, end;
	struct str structured;

	if (str_starts(*s, STR("- ")) || str_eq(*s, STR("-"))) {
		*s = str_from_offset(*s, 2);
		return (struct str){0};
	}
	while (len < s->len && s->ptr[len] == '[' && (end = element_end(str_from_offset(*s, len))) > 0)
		len += end;
	structured = str_head(*s, len);
	*s = str_from_offset(*s, len);
	if (s->len && s->ptr[0] == ' ')
		*s = str_from_offset(*s, 1);
	return structured;
}

/* RFC 5424: VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA [SP MSG] */
static bool take_5424(struct str s, const struct date_context *context, struct syslog_header *header)
{
	struct syslog_header h;
	struct str time;

	if (!str_starts(s, STR("1 ")))
		return false;
	h = *header;
	s = str_from_offset(s, 2);
	time = take_word(&s);
	if (!str_eq(time, STR("-"))) {
		if (clock_parse(time, context->zone, &h.time) < 0)
			return false;
		h.has_time = true;
		h.zoned = clock_names_zone(time);
	}
	h.host = unless_nil(take_word(&s));
	h.program = unless_nil(take_word(&s));
	h.pid = unless_nil(take_word(&s));
	if (!s.len)
		return false;
	h.msgid = unless_nil(take_word(&s));
	h.structured = take_structured(&s);
	if (str_starts(s, STR("\xEF\xBB\xBF"))) /* MSG-UTF8 begins with a BOM */
		s = str_from_offset(s, 3);
	h.version = 1;
	h.message = s;
	*header = h;
	return true;
}

/* Digits and ": ", a sender's running number. */
static struct str take_sequence(struct str *s)
{
	size_t i = 0;
	struct str number;

	while (i < s->len && i < 20 && char_is_digit(s->ptr[i]))
		i++;
	if (i == 0 || i + 1 >= s->len || s->ptr[i] != ':' || s->ptr[i + 1] != ' ')
		return (struct str){0};
	number = str_head(*s, i);
	*s = skip_spaces(str_from_offset(*s, i + 2));
	return number;
}

/* What may stand directly behind a time of day: a fraction, a zone's letters, a year, a colon. */
static void take_time_tail(struct str *s, bool *ret_colon)
{
	*ret_colon = s->len && s->ptr[0] == ':';
	if (*ret_colon)
		*s = str_from_offset(*s, 1);
	*s = skip_spaces(*s);
}

static bool take_iso_time(struct str *s, const struct date_context *context, struct syslog_header *header,
			  bool *ret_colon)
{
	size_t len = 0;
	struct str word;

	if (s->len < 19 || s->ptr[4] != '-' || s->ptr[10] != 'T')
		return false;
	while (len < s->len && s->ptr[len] != ' ')
		len++;
	word = str_head(*s, len);
	*ret_colon = word.ptr[len - 1] == ':';
	word = str_head(word, len - *ret_colon);
	if (clock_parse(word, context->zone, &header->time) < 0)
		return false;
	header->zoned = clock_names_zone(word);
	*s = skip_spaces(str_from_offset(*s, len));
	return true;
}

static bool take_bsd_time(struct str *s, const struct date_context *context, struct syslog_header *header,
			  bool *ret_colon)
{
	struct str rest = *s;

	if (day_take_bsd(&rest, context, &header->time, &header->zoned) < 0)
		return false;
	if (rest.len && rest.ptr[0] != ' ' && rest.ptr[0] != ':')
		return false;
	take_time_tail(&rest, ret_colon);
	*s = rest;
	return true;
}

static bool take_time(struct str *s, const struct date_context *context, struct syslog_header *header,
		      bool *ret_colon)
{
	struct str rest = *s;

	if (rest.len && (rest.ptr[0] == '*' || rest.ptr[0] == '.'))
		rest = str_from_offset(rest, 1);
	header->has_time = rest.len && (char_is_digit(rest.ptr[0])
						? take_iso_time(&rest, context, header, ret_colon) ||
							  take_bsd_time(&rest, context, header, ret_colon)
						: take_bsd_time(&rest, context, header, ret_colon));
	if (header->has_time)
		*s = rest;
	return header->has_time;
}

enum { HOST = 1, TAG_END = 2 };

/* What a byte can be: part of a host name, the end of a tag's program. */
static const uint8_t classes[256] = {
	[0x00 ... ' '] = TAG_END,
	['0' ... '9'] = HOST,
	['a' ... 'z'] = HOST,
	['A' ... 'Z'] = HOST,
	['.'] = HOST,
	['-'] = HOST,
	['_'] = HOST,
	['"'] = TAG_END,
	['{'] = TAG_END,
	['='] = TAG_END,
	[':'] = HOST | TAG_END,
	['['] = HOST | TAG_END,
	[']'] = HOST,
	[0x80 ... 0xFF] = HOST | TAG_END,
};

static bool is_host(struct str word)
{
	uint8_t common = HOST;

	for (size_t i = 0; i < word.len; i++)
		common &= classes[(unsigned char)word.ptr[i]];
	return common;
}

/* A host name: a word that is no tag and no %-tag. */
static bool take_host(struct str *s, struct syslog_header *header)
{
	struct str rest = *s, word = take_word(&rest);

	if (!word.len || word.len > SYSLOG_HOST_MAX || word.ptr[word.len - 1] == ':' || !rest.len)
		return false;
	if (!is_host(word))
		return false;
	if (word.ptr[word.len - 1] == ']' && word.ptr[0] != '[') /* program[pid] without a colon */
		return false;
	header->host = word;
	*s = rest;
	return true;
}

/* The end of "program" in "program[pid]:" or "program:"; 0 where there is no tag. */
static size_t tag_end(struct str s)
{
	const size_t limit = s.len <= SYSLOG_TAG_MAX ? s.len : SYSLOG_TAG_MAX + 1;
	size_t i = 0;

	while (i < limit && !(classes[(unsigned char)s.ptr[i]] & TAG_END))
		i++;
	if (i == 0 || i == limit || (s.ptr[i] != ':' && s.ptr[i] != '['))
		return 0;
	return i;
}

static void take_tag(struct str s, struct syslog_header *header)
{
	size_t end = tag_end(s), close;
	struct str rest = str_from_offset(s, end);

	header->message = s;
	if (!end)
		return;
	if (rest.ptr[0] == '[') {
		close = str_find_char(rest, ']');
		if (close == STR_NOT_FOUND || close > SYSLOG_TAG_MAX)
			return;
		header->pid = str_of(rest.ptr + 1, close - 1);
		rest = str_from_offset(rest, close + 1);
		if (rest.len && rest.ptr[0] == ':')
			rest = str_from_offset(rest, 1);
	} else {
		rest = str_from_offset(rest, 1);
		if (rest.len && rest.ptr[0] != ' ' && s.ptr[0] != '%') /* C:\path, a::b */
			return;
	}
	header->program = str_head(s, end);
	if (s.ptr[0] != '%')
		header->message = skip_spaces(rest);
}

/* "host: " before the time, or "host number: " as some relays put it. */
static bool take_leading_host(struct str *s, struct syslog_header *header)
{
	struct str rest = *s, word = take_word(&rest);

	if (!word.len || word.len > SYSLOG_HOST_MAX || !rest.len)
		return false;
	if (word.ptr[word.len - 1] == ':')
		word = str_head(word, word.len - 1);
	if (!is_host(word))
		return false;
	header->host = word;
	*s = rest;
	return true;
}

static bool take_3164(struct str s, const struct date_context *context, bool pri,
		      struct syslog_header *header)
{
	bool colon = false;
	struct str whole = s, before;

	s = skip_spaces(s);
	header->sequence = take_sequence(&s);
	if (!take_time(&s, context, header, &colon)) {
		before = s;
		if (!take_leading_host(&before, header))
			goto bare;
		if (!header->sequence.len)
			header->sequence = take_sequence(&before);
		if (!take_time(&before, context, header, &colon) || (!pri && !colon))
			goto bare;
		s = before;
	}
	if (!colon && !header->host.len && s.len && s.ptr[0] != '%' && s.ptr[0] != ':')
		take_host(&s, header);
	if (s.len && s.ptr[0] == ':' && !header->program.len)
		s = skip_spaces(str_from_offset(s, 1));
	take_tag(s, header);
	return true;
bare:
	header->host = header->sequence = (struct str){0};
	header->has_time = false;
	if (pri)
		take_tag(whole, header);
	return pri;
}

int syslog_parse(struct str text, const struct date_context *context, struct syslog_header *ret_header)
{
	bool pri;

	*ret_header = (struct syslog_header){.facility = -1, .severity = -1};
	pri = take_pri(&text, ret_header);
	return (pri && take_5424(text, context, ret_header)) || take_3164(text, context, pri, ret_header)
		       ? 0
		       : ERR_SYNTAX;
}

bool syslog_next_param(struct str *rest, struct str *id, struct str *ret_name, struct str *ret_value,
		       bool *ret_escaped)
{
	struct str s = *rest;
	size_t i;

	while (s.len && (s.ptr[0] == '[' || s.ptr[0] == ']')) {
		bool opens = s.ptr[0] == '[';

		s = str_from_offset(s, 1);
		for (i = 0; opens && i < s.len && s.ptr[i] != ' ' && s.ptr[i] != ']'; i++)
			;
		if (opens) {
			*id = str_head(s, i);
			s = str_from_offset(s, i);
		}
	}
	s = skip_spaces(s);
	i = str_find(s, STR("=\""));
	if (i == STR_NOT_FOUND)
		return false;
	*ret_name = str_head(s, i);
	s = str_from_offset(s, i + 2);
	*ret_escaped = false;
	for (i = 0; i < s.len && s.ptr[i] != '"'; i++)
		if (s.ptr[i] == '\\') {
			*ret_escaped = true;
			i++;
		}
	if (i >= s.len)
		return false;
	*ret_value = str_head(s, i);
	*rest = str_from_offset(s, i + 1);
	return true;
}
