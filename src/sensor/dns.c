/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/dns.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/err.h"
#include "sensor/bytes.h"

#define HEADER 12
#define QUESTIONS_MAX 64 /* passed over; and records of the answer looked at */
#define POINTERS_MAX 32  /* compression of one name; each leads further to the front */

enum rdata { RDATA_NONE, RDATA_A, RDATA_AAAA, RDATA_NAME, RDATA_MX, RDATA_SRV, RDATA_TXT };

/* Types that are met, and how their data are told (RFC 1035, 3.3; 3596; 2782; IANA's list). */
static const struct {
	const char *name;
	uint16_t type;
	enum rdata rdata;
} types[] = {
	{"A", 1, RDATA_A},          {"AAAA", 28, RDATA_AAAA},  {"CNAME", 5, RDATA_NAME},
	{"NS", 2, RDATA_NAME},      {"PTR", 12, RDATA_NAME},   {"MX", 15, RDATA_MX},
	{"TXT", 16, RDATA_TXT},     {"SRV", 33, RDATA_SRV},    {"SOA", 6, RDATA_NAME},
	{"DNAME", 39, RDATA_NAME},  {"HTTPS", 65, RDATA_NONE}, {"SVCB", 64, RDATA_NONE},
	{"ANY", 255, RDATA_NONE},   {"AXFR", 252, RDATA_NONE}, {"IXFR", 251, RDATA_NONE},
	{"NULL", 10, RDATA_NONE},   {"HINFO", 13, RDATA_TXT},  {"RP", 17, RDATA_NAME},
	{"SIG", 24, RDATA_NONE},    {"KEY", 25, RDATA_NONE},   {"LOC", 29, RDATA_NONE},
	{"NAPTR", 35, RDATA_NONE},  {"OPT", 41, RDATA_NONE},   {"DS", 43, RDATA_NONE},
	{"SSHFP", 44, RDATA_NONE},  {"RRSIG", 46, RDATA_NONE}, {"NSEC", 47, RDATA_NONE},
	{"DNSKEY", 48, RDATA_NONE}, {"NSEC3", 50, RDATA_NONE}, {"NSEC3PARAM", 51, RDATA_NONE},
	{"TLSA", 52, RDATA_NONE},   {"CDS", 59, RDATA_NONE},   {"OPENPGPKEY", 61, RDATA_NONE},
	{"SPF", 99, RDATA_TXT},     {"TKEY", 249, RDATA_NONE}, {"TSIG", 250, RDATA_NONE},
	{"URI", 256, RDATA_NONE},   {"CAA", 257, RDATA_NONE},  {"NB", 32, RDATA_NONE},
};

static const char *const rcodes[] = {"NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
				     "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE"};

const char *dns_type_name(uint16_t type, char out[DNS_TYPE_NAME_SIZE])
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].name;
	snprintf(out, DNS_TYPE_NAME_SIZE, "TYPE%u", type);
	return out;
}

const char *dns_rcode_name(uint16_t rcode, char out[DNS_TYPE_NAME_SIZE])
{
	if (rcode < sizeof(rcodes) / sizeof(rcodes[0]))
		return rcodes[rcode];
	snprintf(out, DNS_TYPE_NAME_SIZE, "RCODE%u", rcode);
	return out;
}

/* --- names ---------------------------------------------------------------------------------------------- */

static size_t add_label(const uint8_t *label, size_t len, char *out)
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = label[i];

		if (c == '.' || c == '\\') {
			out[to++] = '\\';
			out[to++] = (char)c;
		} else if (c <= 0x20 || c == 0x7f) {
			out[to++] = '\\';
			out[to++] = (char)('0' + c / 100);
			out[to++] = (char)('0' + c / 10 % 10);
			out[to++] = (char)('0' + c % 10);
		} else {
			out[to++] = (char)c;
		}
	}
	return to;
}

bool dns_name(const uint8_t *bytes, size_t len, size_t *at, char *out, size_t *ret_len)
{
	size_t from = *at, limit = len, octets = 0, to = 0, behind = 0;
	unsigned pointers = 0;

	for (;;) {
		uint8_t n;

		if (from >= limit)
			return false;
		n = bytes[from];
		if (n >= 0xc0) {
			size_t target;

			if (from + 1 >= limit || pointers++ == POINTERS_MAX)
				return false;
			target = (size_t)(n & 0x3f) << 8 | bytes[from + 1];
			if (!behind)
				behind = from + 2;
			if (target >= from)
				return false; /* only to the front: so there is no loop */
			from = target;
			continue;
		}
		if (n > 63 || from + 1 + n > limit)
			return false;
		from += 1 + (size_t)n;
		if (n == 0)
			break;
		octets += n + 1u;
		if (octets > DNS_NAME_MAX)
			return false;
		if (to)
			out[to++] = '.';
		to += add_label(bytes + from - n, n, out + to);
	}
	if (!to)
		out[to++] = '.';
	*at = behind ? behind : from;
	*ret_len = to;
	return true;
}

/* --- messages ------------------------------------------------------------------------------------------- */

static bool read_name(struct dns_message *message, const uint8_t *bytes, size_t len, size_t *at)
{
	if (!dns_name(bytes, len, at, message->name, &message->name_len) || *at + 4 > len)
		return false;
	message->type = load_u16(bytes + *at);
	message->class = load_u16(bytes + *at + 2);
	message->has_name = true;
	return true;
}

/* Questions behind the first are rare (mDNS): only their end is looked for. Many would be work for nothing.
 */
static bool skip_questions(const uint8_t *bytes, size_t len, unsigned count, size_t *at)
{
	char name[DNS_NAME_TEXT_MAX];
	size_t name_len;

	if (count > QUESTIONS_MAX)
		return false;
	for (unsigned i = 0; i < count; i++) {
		if (!dns_name(bytes, len, at, name, &name_len) || *at + 4 > len)
			return false;
		*at += 4;
	}
	return true;
}

int dns_parse(const uint8_t *bytes, size_t len, struct dns_message *ret_message)
{
	size_t at = HEADER;

	if (len < HEADER)
		return ERR_PROTOCOL;
	ret_message->id = load_u16(bytes);
	ret_message->flags = load_u16(bytes + 2);
	ret_message->questions = load_u16(bytes + 4);
	ret_message->answers = load_u16(bytes + 6);
	ret_message->has_name = false;
	ret_message->name_len = 0;
	ret_message->type = ret_message->class = 0;
	if ((ret_message->flags >> 11 & 15) > 6)
		return ERR_PROTOCOL; /* an opcode nobody gave out */
	if (ret_message->questions) {
		if (!read_name(ret_message, bytes, len, &at))
			return ERR_PROTOCOL;
		at += 4;
		if (!skip_questions(bytes, len, ret_message->questions - 1u, &at))
			return ERR_PROTOCOL;
	}
	ret_message->answers_at = at;
	if (!ret_message->questions && ret_message->answers && !read_name(ret_message, bytes, len, &at))
		return ERR_PROTOCOL;
	return 0;
}

/* --- answers -------------------------------------------------------------------------------------------- */

struct record {
	uint16_t type;
	size_t data, len; /* offset and length of RDATA */
};

static bool next_record(const uint8_t *bytes, size_t len, size_t *at, struct record *ret_record)
{
	char name[DNS_NAME_TEXT_MAX];
	size_t name_len;

	if (!dns_name(bytes, len, at, name, &name_len) || len - *at < 10)
		return false;
	ret_record->type = load_u16(bytes + *at);
	ret_record->len = load_u16(bytes + *at + 8);
	ret_record->data = *at + 10;
	if (len - ret_record->data < ret_record->len)
		return false;
	*at = ret_record->data + ret_record->len;
	return true;
}

/* The strings of a TXT record, one behind the other. */
static size_t text_of(const uint8_t *data, size_t len, char *out)
{
	size_t to = 0;

	for (size_t i = 0; i < len;) {
		size_t n = data[i++];

		if (n > len - i)
			n = len - i;
		if (n > DNS_ANSWER_TEXT_MAX - to)
			n = DNS_ANSWER_TEXT_MAX - to;
		memcpy(out + to, data + i, n);
		to += n;
		i += n ? n : len;
	}
	return to;
}

static size_t name_of(const uint8_t *bytes, const struct record *record, size_t skip, char *out)
{
	size_t at = record->data + skip, len = 0;

	if (skip > record->len || !dns_name(bytes, record->data + record->len, &at, out, &len))
		return 0;
	return len;
}

/* The text of a record's data to out (DNS_NAME_TEXT_MAX and 8); 0 where there is none. */
static size_t rdata_text(const uint8_t *bytes, const struct record *record, enum rdata kind, char *out)
{
	const uint8_t *data = bytes + record->data;
	size_t len;

	switch (kind) {
	case RDATA_A:
		return record->len == 4 && inet_ntop(AF_INET, data, out, INET6_ADDRSTRLEN) ? strlen(out) : 0;
	case RDATA_AAAA:
		return record->len == 16 && inet_ntop(AF_INET6, data, out, INET6_ADDRSTRLEN) ? strlen(out)
											     : 0;
	case RDATA_NAME:
		return name_of(bytes, record, 0, out);
	case RDATA_MX:
		return name_of(bytes, record, 2, out);
	case RDATA_SRV:
		len = name_of(bytes, record, 6, out);
		return len ? len + (size_t)sprintf(out + len, ":%u", load_u16(data + 4)) : 0;
	case RDATA_TXT:
		return text_of(data, record->len, out);
	default:
		return 0;
	}
}

static enum rdata rdata_of(uint16_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].rdata;
	return RDATA_NONE;
}

void dns_add_answers(const struct dns_message *message, const uint8_t *bytes, size_t len, struct buf *out)
{
	char text[DNS_NAME_TEXT_MAX + 8];
	size_t at = message->answers_at, told = 0;
	struct record record;

	for (unsigned i = 0; i < message->answers && i < QUESTIONS_MAX && told < DNS_ANSWERS_MAX; i++) {
		size_t n;

		if (!next_record(bytes, len, &at, &record))
			break;
		n = rdata_text(bytes, &record, rdata_of(record.type), text);
		if (!n)
			continue;
		buf_add_str(out, told++ ? STR(",") : STR(",\"answer\":["));
		buf_add_json_string(out, str_of(text, n < DNS_ANSWER_TEXT_MAX ? n : DNS_ANSWER_TEXT_MAX));
	}
	if (told)
		buf_add_char(out, ']');
}
