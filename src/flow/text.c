/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/text.h"

#include <math.h>
#include <stdio.h>

#define NTP_TO_UNIX 2208988800u /* seconds from 1900 to 1970 */
#define LIST_HEADER 5           /* of a basicList: semantic, element, length */
#define ENGINE_PEN_FIRST 18
#define ENGINE_PEN_LAST 20
#define VARIABLE 65535

/* --- numbers ------------------------------------------------------------------------------------------ */

static const char digits[] =
	"00010203040506070809101112131415161718192021222324252627282930313233343536373839"
	"40414243444546474849505152535455565758596061626364656667686970717273747576777879"
	"8081828384858687888990919293949596979899";

static inline char *put_pair(char *out, uint32_t value)
{
	memcpy(out, digits + 2 * (size_t)value, 2);
	return out + 2;
}

static inline char *put_quad(char *out, uint32_t value)
{
	return put_pair(put_pair(out, value / 100), value % 100);
}

/* Below 10000, without zeros before it. */
static inline char *put_small(char *out, uint32_t value)
{
	if (value < 10) {
		*out = (char)('0' + value);
		return out + 1;
	}
	if (value < 100)
		return put_pair(out, value);
	if (value < 1000) {
		*out = (char)('0' + value / 100);
		return put_pair(out + 1, value % 100);
	}
	return put_quad(out, value);
}

static inline char *put_u32(char *out, uint32_t value)
{
	if (value < 10000)
		return put_small(out, value);
	if (value < 100000000)
		return put_quad(put_small(out, value / 10000), value % 10000);
	out = put_small(out, value / 100000000);
	value %= 100000000;
	return put_quad(put_quad(out, value / 10000), value % 10000);
}

char *text_u64(char *out, uint64_t value)
{
	uint32_t low;

	if (value <= UINT32_MAX)
		return put_u32(out, (uint32_t)value);
	low = (uint32_t)(value % 100000000);
	out = text_u64(out, value / 100000000);
	return put_quad(put_quad(out, low / 10000), low % 10000);
}

char *text_i64(char *out, int64_t value)
{
	if (value >= 0)
		return text_u64(out, (uint64_t)value);
	*out = '-';
	return text_u64(out + 1, -(uint64_t)value);
}

static char *write_u8(char *out, const uint8_t *at, size_t len)
{
	(void)len;
	return put_small(out, *at);
}

static char *write_u16(char *out, const uint8_t *at, size_t len)
{
	(void)len;
	return put_u32(out, read_u16(at));
}

static char *write_u32(char *out, const uint8_t *at, size_t len)
{
	(void)len;
	return put_u32(out, read_u32(at));
}

static char *write_u64(char *out, const uint8_t *at, size_t len)
{
	(void)len;
	return text_u64(out, read_u64(at));
}

static char *write_unsigned(char *out, const uint8_t *at, size_t len)
{
	return text_u64(out, read_number(at, len));
}

static char *write_signed(char *out, const uint8_t *at, size_t len)
{
	unsigned unused = 64 - 8 * (unsigned)len;

	return text_i64(out, (int64_t)(read_number(at, len) << unused) >> unused);
}

static char *write_float(char *out, const uint8_t *at, size_t len)
{
	uint32_t narrow = len == 4 ? read_u32(at) : 0;
	uint64_t wide = len == 8 ? read_u64(at) : 0;
	float single;
	double value;

	memcpy(&single, &narrow, sizeof(single));
	memcpy(&value, &wide, sizeof(value));
	value = len == 4 ? (double)single : value;
	if (!isfinite(value)) /* JSON has no word for it */
		return text_literal(out, "null");
	return out + snprintf(out, TEXT_VALUE_MAX(0), len == 4 ? "%.9g" : "%.15g", value);
}

static char *write_boolean(char *out, const uint8_t *at, size_t len)
{
	(void)len;
	if (*at == 1) /* RFC 7011 section 6.1.5 */
		return text_literal(out, "true");
	return *at == 2 ? text_literal(out, "false") : text_literal(out, "null");
}

/* RFC 7011 sections 6.1.9 and 6.1.10: NTP's format; as microseconds and nanoseconds since 1970. */
static char *write_microseconds(char *out, const uint8_t *at, size_t len)
{
	int64_t seconds = (int64_t)read_u32(at) - NTP_TO_UNIX;

	(void)len;
	return text_i64(out, seconds * 1000000 + (int64_t)(((uint64_t)read_u32(at + 4) * 1000000) >> 32));
}

static char *write_nanoseconds(char *out, const uint8_t *at, size_t len)
{
	int64_t seconds = (int64_t)read_u32(at) - NTP_TO_UNIX;

	(void)len;
	return text_i64(out,
			seconds * 1000000000 + (int64_t)(((uint64_t)read_u32(at + 4) * 1000000000) >> 32));
}

/* --- octets ------------------------------------------------------------------------------------------- */

static const char hex[] = "0123456789abcdef";

static inline char *put_hex(char *out, uint8_t byte)
{
	out[0] = hex[byte >> 4];
	out[1] = hex[byte & 15];
	return out + 2;
}

static char *write_octets(char *out, const uint8_t *at, size_t len)
{
	*out++ = '"';
	for (size_t i = 0; i < len; i++)
		out = put_hex(out, at[i]);
	*out++ = '"';
	return out;
}

static char *write_mac(char *out, const uint8_t *at, size_t len)
{
	(void)len;
	*out++ = '"';
	for (size_t i = 0; i < 6; i++) {
		out = put_hex(out, at[i]);
		*out++ = i < 5 ? ':' : '"';
	}
	return out;
}

/* RFC 6759 section 4: an engine, for some engines (PANA-L3-PEN and so on) an enterprise number, a number. */
static char *write_application(char *out, const uint8_t *at, size_t len)
{
	*out++ = '"';
	out = put_small(out, *at);
	*out++ = ':';
	if (*at >= ENGINE_PEN_FIRST && *at <= ENGINE_PEN_LAST && len > 5) {
		out = put_u32(out, read_u32(at + 1));
		*out++ = ':';
		at += 4;
		len -= 4;
	}
	out = text_u64(out, read_number(at + 1, len - 1));
	*out++ = '"';
	return out;
}

/* --- addresses ---------------------------------------------------------------------------------------- */

/* A byte in decimal and a dot. */
struct octet {
	char text[4];
	uint8_t len;
};

#define OCTET(n)                   \
	{                          \
#n ".", sizeof(#n) \
	}
#define TEN(tens)                                                                                       \
	OCTET(tens##0), OCTET(tens##1), OCTET(tens##2), OCTET(tens##3), OCTET(tens##4), OCTET(tens##5), \
		OCTET(tens##6), OCTET(tens##7), OCTET(tens##8), OCTET(tens##9)
static const struct octet octets[256] = {
	OCTET(0), OCTET(1), OCTET(2),   OCTET(3),   OCTET(4),   OCTET(5),   OCTET(6),   OCTET(7),
	OCTET(8), OCTET(9), TEN(1),     TEN(2),     TEN(3),     TEN(4),     TEN(5),     TEN(6),
	TEN(7),   TEN(8),   TEN(9),     TEN(10),    TEN(11),    TEN(12),    TEN(13),    TEN(14),
	TEN(15),  TEN(16),  TEN(17),    TEN(18),    TEN(19),    TEN(20),    TEN(21),    TEN(22),
	TEN(23),  TEN(24),  OCTET(250), OCTET(251), OCTET(252), OCTET(253), OCTET(254), OCTET(255)};

static inline char *put_octet(char *out, uint8_t byte)
{
	memcpy(out, octets[byte].text, sizeof(octets[byte].text));
	return out + octets[byte].len;
}

char *text_ipv4(char *out, const uint8_t *at)
{
	out = put_octet(out, at[0]);
	out = put_octet(out, at[1]);
	out = put_octet(out, at[2]);
	return put_octet(out, at[3]) - 1; /* no dot at the end */
}

static char *write_ipv4(char *out, const uint8_t *at, size_t len)
{
	(void)len;
	*out = '"';
	out = text_ipv4(out + 1, at);
	*out = '"';
	return out + 1;
}

/* The longest run of two groups or more that are zero: its first group, 8 where there is none. */
static unsigned find_zeros(const uint16_t groups[8], unsigned *ret_len)
{
	unsigned best = 8, best_len = 1;

	for (unsigned i = 0; i < 8; i++) {
		unsigned len = 0;

		while (i + len < 8 && !groups[i + len])
			len++;
		if (len > best_len) {
			best = i;
			best_len = len;
		}
		i += len;
	}
	*ret_len = best_len;
	return best;
}

static inline char *put_group(char *out, uint16_t group)
{
	if (group > 0xfff)
		*out++ = hex[group >> 12];
	if (group > 0xff)
		*out++ = hex[group >> 8 & 15];
	if (group > 0xf)
		*out++ = hex[group >> 4 & 15];
	*out++ = hex[group & 15];
	return out;
}

char *text_ipv6(char *out, const uint8_t *at)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	uint16_t groups[8];
	unsigned zeros, zeros_len;

	if (!memcmp(at, mapped, sizeof(mapped)))
		return text_ipv4(text_literal(out, "::ffff:"), at + 12);
	for (unsigned i = 0; i < 8; i++)
		groups[i] = read_u16(at + 2 * (size_t)i);
	zeros = find_zeros(groups, &zeros_len);
	for (unsigned i = 0; i < 8;) {
		if (i == zeros) {
			out = text_literal(out, "::");
			i += zeros_len;
			continue;
		}
		if (i && i != zeros + zeros_len)
			*out++ = ':';
		out = put_group(out, groups[i++]);
	}
	return out;
}

static char *write_ipv6(char *out, const uint8_t *at, size_t len)
{
	(void)len;
	*out = '"';
	out = text_ipv6(out + 1, at);
	*out = '"';
	return out + 1;
}

/* --- strings ------------------------------------------------------------------------------------------ */

static char *put_escape(char *out, uint8_t byte)
{
	if (byte == '"' || byte == '\\') {
		*out++ = '\\';
		*out++ = (char)byte;
		return out;
	}
	return put_hex(text_literal(out, "\\u00"), byte);
}

char *text_string(char *out, struct str text)
{
	*out++ = '"';
	for (size_t i = 0; i < text.len;) {
		uint8_t byte = (uint8_t)text.ptr[i];
		size_t whole;

		if (byte < 0x80) {
			if (byte < 0x20 || byte == '"' || byte == '\\')
				out = put_escape(out, byte);
			else
				*out++ = (char)byte;
			i++;
			continue;
		}
		whole = str_utf8_len(str_head(str_from_offset(text, i), 4));
		whole = whole ? (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) : 0;
		out = whole ? text_copy(out, str_of(text.ptr + i, whole)) : text_literal(out, "\xef\xbf\xbd");
		i += whole ? whole : 1;
	}
	*out++ = '"';
	return out;
}

/* Exporters fill fields of a fixed length up with NULs. */
static char *write_string(char *out, const uint8_t *at, size_t len)
{
	return text_string(out, str_of((const char *)at, strnlen((const char *)at, len)));
}

/* --- lists -------------------------------------------------------------------------------------------- */

/* The length of the next item of a list; false where it ends beyond the list. */
static bool next_item(const uint8_t **at, size_t *left, size_t length, size_t *ret_len)
{
	size_t head = 0;

	if (length == VARIABLE && *left) {
		length = (*at)[0];
		head = 1;
		if (length == 255) {
			if (*left < 3)
				return false;
			length = read_u16(*at + 1);
			head = 3;
		}
	}
	if (length + head > *left || !(length + head))
		return false;
	*at += head;
	*left -= head;
	*ret_len = length;
	return true;
}

/* RFC 6313 section 4.5.1: all values of one element. Lists in lists are hex. */
static char *write_list(char *out, const uint8_t *at, size_t len)
{
	char key[ELEMENT_KEY_MAX], *start = out;
	enum element_type type;
	uint16_t number = read_u16(at + 1), length = read_u16(at + 3);
	bool private = number & 0x8000;
	size_t header = private ? LIST_HEADER + 4 : LIST_HEADER, left = len, item;
	const uint8_t *place = at + header;

	if (header > len)
		return write_octets(out, at, len);
	left -= header;
	element_key(private ? read_u32(at + LIST_HEADER) : ENTERPRISE_IANA, number & 0x7fff, key, &type);
	*out++ = '[';
	while (left && next_item(&place, &left, length, &item)) {
		text_writer *write = type == ELEMENT_BASIC_LIST ? write_octets : text_writer_of(type, item);

		if (out[-1] != '[')
			*out++ = ',';
		out = write ? write(out, place, item) : text_literal(out, "null");
		place += item;
		left -= item;
	}
	*out++ = ']';
	return left ? write_octets(start, at, len) : out;
}

/* --- which -------------------------------------------------------------------------------------------- */

static text_writer *const unsigned_writers[9] = {NULL,           write_u8,       write_u16,
						 write_unsigned, write_u32,      write_unsigned,
						 write_unsigned, write_unsigned, write_u64};

/* Types whose values have one of a range of lengths. */
static const struct {
	uint16_t least, most;
	text_writer *write;
} plain_writers[ELEMENT_TYPE_COUNT] = {
	[ELEMENT_SIGNED] = {1, 8, write_signed},
	[ELEMENT_BOOLEAN] = {1, 1, write_boolean},
	[ELEMENT_MAC] = {6, 6, write_mac},
	[ELEMENT_STRING] = {1, VARIABLE, write_string},
	[ELEMENT_MICROSECONDS] = {8, 8, write_microseconds},
	[ELEMENT_NANOSECONDS] = {8, 8, write_nanoseconds},
	[ELEMENT_IPV4] = {4, 4, write_ipv4},
	[ELEMENT_IPV6] = {16, 16, write_ipv6},
	[ELEMENT_OCTETS] = {1, VARIABLE, write_octets},
	[ELEMENT_APPLICATION] = {2, 9, write_application},
	[ELEMENT_BASIC_LIST] = {LIST_HEADER, VARIABLE, write_list},
};

text_writer *text_writer_of(enum element_type type, size_t len)
{
	if (!len)
		return NULL;
	if ((type == ELEMENT_UNSIGNED || type == ELEMENT_SECONDS || type == ELEMENT_MILLISECONDS) && len <= 8)
		return unsigned_writers[len];
	if (type == ELEMENT_FLOAT && (len == 4 || len == 8))
		return write_float;
	if (plain_writers[type].write && len >= plain_writers[type].least && len <= plain_writers[type].most)
		return plain_writers[type].write;
	return write_octets;
}
