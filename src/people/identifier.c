/* SPDX-License-Identifier: Apache-2.0 */
#include "people/identifier.h"

#include <string.h>

#include "base/vec.h"
#include "event/ip.h"

#define HOST_MAX 253 /* RFC 1035, 2.3.4 */
#define SHOWN 100    /* bytes of a wrong one in a message */

typedef unsigned __int128 number;

static const struct {
	enum identifier_kind kind;
	const char *name, *plural;
} kinds[] = {
#define X(id, n, name, plural) {IDENTIFIER_##id, name, plural},
	IDENTIFIER_KINDS(X)
#undef X
};

const char *identifier_kind_name(enum identifier_kind kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "";
}

const char *identifier_kind_plural(enum identifier_kind kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == kind)
			return kinds[i].plural;
	return "";
}

/* --- addresses ------------------------------------------------------------------------------------------ */

static number to_number(const uint8_t ip[16])
{
	number n = 0;

	for (int i = 0; i < 16; i++)
		n = n << 8 | ip[i];
	return n;
}

static void from_number(number n, uint8_t ip[16])
{
	for (int i = 15; i >= 0; i--, n >>= 8)
		ip[i] = (uint8_t)n;
}

/* As many addresses less one as 128 - bits leave open. */
static number rest_of(unsigned bits)
{
	return bits == 0 ? ~(number)0 : ((number)1 << (128 - bits)) - 1;
}

static bool is_v4(const uint8_t ip[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(ip, mapped, 12) == 0;
}

int identifier_range(struct str text, uint8_t ret_first[16], uint8_t ret_last[16])
{
	size_t dash = str_find_char(text, '-');
	struct ip_net net;

	if (dash != STR_NOT_FOUND) {
		uint8_t first[16], last[16];

		if (ip_parse(str_trim(str_head(text, dash)), first) < 0 ||
		    ip_parse(str_trim(str_from_offset(text, dash + 1)), last) < 0)
			return ERR_SYNTAX;
		if (memcmp(first, last, 16) > 0 || is_v4(first) != is_v4(last))
			return ERR_RANGE;
		memcpy(ret_first, first, 16);
		memcpy(ret_last, last, 16);
		return 0;
	}
	if (ip_net_parse(text, &net) < 0)
		return ERR_SYNTAX;
	memcpy(ret_first, net.ip, 16);
	from_number(to_number(net.ip) | rest_of(net.bits), ret_last);
	return 0;
}

/* The largest network that begins at first and does not go beyond last. */
static unsigned largest(number first, number last)
{
	unsigned bits = 128;

	while (bits > 0 && (first & rest_of(bits - 1)) == 0 && (first | rest_of(bits - 1)) <= last)
		bits--;
	return bits;
}

size_t identifier_prefixes(const uint8_t first[16], const uint8_t last[16],
			   struct identifier_prefix ret_prefixes[IDENTIFIER_PREFIXES_MAX])
{
	number at = to_number(first), end = to_number(last);
	size_t count = 0;

	must(at <= end);
	for (;;) {
		unsigned bits = largest(at, end);

		must(count < IDENTIFIER_PREFIXES_MAX);
		from_number(at, ret_prefixes[count].ip);
		ret_prefixes[count++].bits = (uint8_t)bits;
		at |= rest_of(bits);
		if (at == end)
			return count;
		at++;
	}
}

static void write_address(const uint8_t first[16], const uint8_t last[16], struct buf *out)
{
	struct identifier_prefix prefixes[IDENTIFIER_PREFIXES_MAX];
	size_t count = identifier_prefixes(first, last, prefixes);
	char text[IP_TEXT_SIZE];

	ip_format(first, text);
	buf_add_str(out, str_from(text));
	if (count > 1) {
		ip_format(last, text);
		buf_printf(out, "-%s", text);
	} else if (prefixes[0].bits < 128) {
		buf_printf(out, "/%d", is_v4(first) ? prefixes[0].bits - 96 : prefixes[0].bits);
	}
}

static int add_address(struct str text, struct buf *out, struct err *ret_err)
{
	uint8_t first[16], last[16];
	int r = identifier_range(text, first, last);

	if (r < 0)
		return err_set(ret_err, r, 0, 0,
			       "'%.*s' is no address, no network such as 10.1.0.0/16 and no range such as "
			       "10.1.0.1-10.1.0.9",
			       STR_FMT(str_head(text, SHOWN)));
	write_address(first, last, out);
	return 0;
}

/* --- names ---------------------------------------------------------------------------------------------- */

static void add_lower(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(out, char_lower(text.ptr[i]));
}

/* Letters of any script, for people register names as browsers show them. */
static bool is_host(struct str text)
{
	if (!text.len || text.len > HOST_MAX || text.ptr[0] == '.' || text.ptr[text.len - 1] == '.' ||
	    !str_is_utf8(text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c < 0x80 && !char_is_digit((char)c) && (unsigned char)((c | 0x20) - 'a') >= 26 &&
		    c != '-' && c != '_' && c != '.')
			return false;
		if (c == '.' && i + 1 < text.len && text.ptr[i + 1] == '.')
			return false;
	}
	return true;
}

static struct str without_dot(struct str text)
{
	return text.len > 1 && text.ptr[text.len - 1] == '.' ? str_head(text, text.len - 1) : text;
}

static int add_host(struct str text, struct buf *out, struct err *ret_err)
{
	text = without_dot(text);
	if (!is_host(text))
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "'%.*s' is no name such as www.example.edu.cn",
			       STR_FMT(str_head(text, SHOWN)));
	add_lower(text, out);
	return 0;
}

static int add_domain(struct str text, struct buf *out, struct err *ret_err)
{
	if (str_starts(text, STR("*.")))
		text = str_from_offset(text, 2);
	else if (str_starts(text, STR(".")))
		text = str_from_offset(text, 1);
	return add_host(text, out, ret_err);
}

static int add_mac(struct str text, struct buf *out, struct err *ret_err)
{
	char digits[12];
	size_t count = 0;
	bool fine = true;

	for (size_t i = 0; i < text.len && fine; i++) {
		char c = char_lower(text.ptr[i]);

		if (char_is_digit(c) || (c >= 'a' && c <= 'f'))
			fine = count < 12 && (digits[count++] = c);
		else
			fine = c == ':' || c == '-' || c == '.';
	}
	if (!fine || count != 12)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "'%.*s' is no MAC such as 02:00:5e:00:53:01",
			       STR_FMT(str_head(text, SHOWN)));
	for (size_t i = 0; i < 12; i += 2)
		buf_printf(out, "%s%.2s", i ? ":" : "", digits + i);
	return 0;
}

/* --- URLs ----------------------------------------------------------------------------------------------- */

/* Takes "https://" off; the port it stands for. */
static struct str take_scheme(struct str *rest)
{
	size_t at = str_find(*rest, STR("://"));
	struct str scheme = str_head(*rest, at);

	if (at == STR_NOT_FOUND || str_find_char(scheme, '/') != STR_NOT_FOUND)
		return (struct str){0};
	*rest = str_from_offset(*rest, at + 3);
	return str_ieq(scheme, STR("https"))  ? STR("443")
	       : str_ieq(scheme, STR("http")) ? STR("80")
					      : STR("");
}

/* "[2001:db8::1]:8443", "www.example.edu.cn": the host as it is kept, and its port where it is another. */
static bool write_authority(struct str authority, struct str usual, struct buf *out)
{
	struct str host = authority, port = {0};
	size_t colon = STR_NOT_FOUND;
	uint8_t ip[16];
	uint64_t value;

	for (size_t i = 0; i < authority.len; i++)
		if (authority.ptr[i] == '@')
			host = str_from_offset(authority, i + 1);
	for (size_t i = 0; i < host.len; i++)
		if (host.ptr[i] == ':')
			colon = i;
		else if (host.ptr[i] == ']')
			colon = STR_NOT_FOUND;
	if (colon != STR_NOT_FOUND) {
		port = str_from_offset(host, colon + 1);
		host = str_head(host, colon);
	}
	if (port.len && (str_to_u64(port, &value) < 0 || !value || value > 65535 || port.len > 5 ||
			 !char_is_digit(port.ptr[0]) || !char_is_digit(port.ptr[port.len - 1])))
		return false;
	if (ip_parse(host, ip) == 0) {
		char text[IP_TEXT_SIZE];

		ip_format(ip, text);
		buf_printf(out, is_v4(ip) ? "%s" : "[%s]", text);
	} else if (is_host(without_dot(host))) {
		add_lower(without_dot(host), out);
	} else {
		return false;
	}
	if (port.len && !str_eq(port, usual))
		buf_printf(out, ":%.*s", STR_FMT(port));
	return true;
}

static bool is_path(struct str path)
{
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.ptr[i] <= ' ' || path.ptr[i] == 0x7f)
			return false;
	return str_is_utf8(path);
}

static int add_url(struct str text, struct buf *out, struct err *ret_err)
{
	struct str rest = text, usual = take_scheme(&rest), path = {0};
	size_t begin = out->len, slash;

	rest = str_head(rest, str_find_char(rest, '?'));
	rest = str_head(rest, str_find_char(rest, '#'));
	slash = str_find_char(rest, '/');
	if (slash != STR_NOT_FOUND)
		path = str_from_offset(rest, slash);
	while (path.len && path.ptr[path.len - 1] == '/')
		path.len--;
	if (!is_path(path) || !write_authority(str_head(rest, slash), usual, out)) {
		out->len = begin;
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "'%.*s' is no URL such as https://www.example.edu.cn/a",
			       STR_FMT(str_head(text, SHOWN)));
	}
	buf_add_str(out, path);
	return 0;
}

/* --- one, and a list of them ---------------------------------------------------------------------------- */

int identifier_write(enum identifier_kind kind, struct str text, struct buf *out, struct err *ret_err)
{
	static int (*const writers[])(struct str, struct buf *, struct err *) = {
		[IDENTIFIER_ADDRESS] = add_address, [IDENTIFIER_HOST] = add_host,
		[IDENTIFIER_DOMAIN] = add_domain,   [IDENTIFIER_URL] = add_url,
		[IDENTIFIER_MAC] = add_mac,
	};

	text = str_trim(text);
	must(kind >= IDENTIFIER_ADDRESS && kind <= IDENTIFIER_MAC);
	if (text.len > IDENTIFIER_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d bytes", IDENTIFIER_MAX);
	return writers[kind](text, out, ret_err);
}

int identifiers_add(struct buf *list, enum identifier_kind kind, struct str text, struct err *ret_err)
{
	size_t begin = list->len;
	int r;

	if (!str_trim(text).len)
		return 0;
	buf_printf(list, "%s ", identifier_kind_name(kind));
	r = identifier_write(kind, text, list, ret_err);
	if (r < 0)
		list->len = begin;
	else
		buf_add_char(list, '\n');
	return r;
}

static int compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

int identifiers_finish(struct buf *list, struct err *ret_err)
{
	struct str rest = buf_str(list), line, last = {0};
	struct {
		VEC_OF(struct str)
	} lines = {0};
	struct buf sorted = {0};
	size_t count = 0;

	while (str_split(&rest, '\n', &line))
		vec_push(&lines, line);
	if (lines.len)
		qsort(lines.items, lines.len, sizeof(lines.items[0]), compare);
	for (size_t i = 0; i < lines.len; i++) {
		if (str_eq(lines.items[i], last))
			continue;
		last = lines.items[i];
		buf_add_str(&sorted, last);
		buf_add_char(&sorted, '\n');
		count++;
	}
	vec_done(&lines);
	buf_done(list);
	*list = sorted;
	if (count > IDENTIFIERS_MAX)
		return err_set(ret_err, ERR_LIMIT, 0, 0, "more than %d addresses and names", IDENTIFIERS_MAX);
	return 0;
}

bool identifiers_next(struct str *rest, enum identifier_kind *ret_kind, struct str *ret_text)
{
	struct str line;

	while (str_split(rest, '\n', &line)) {
		size_t space = str_find_char(line, ' ');

		for (size_t i = 0; space != STR_NOT_FOUND && i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (str_eq(str_head(line, space), str_from(kinds[i].name))) {
				*ret_kind = kinds[i].kind;
				*ret_text = str_from_offset(line, space + 1);
				return true;
			}
	}
	return false;
}
