/* SPDX-License-Identifier: Apache-2.0 */
/* The conversions that "as" names: one value in, one out, or none. */
#include "parse/compile.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "parse/text.h"

#define SCALE_MAX INT64_C(1000000000)

static bool replace(struct value *value, struct str text)
{
	*value = value_string(text);
	return true;
}

/* Letters from first on change case; without a branch, so that it runs on many bytes at once. */
static bool fold(struct arena *arena, struct value *value, char first)
{
	const size_t len = value->len;
	const char *restrict text = value->text;
	char *restrict out = arena_alloc(arena, len);

	for (size_t i = 0; i < len; i++)
		out[i] = (char)(text[i] ^ (((unsigned char)(text[i] - first) < 26) << 5));
	return replace(value, str_of(out, len));
}

static bool to_lower(struct arena *arena, struct str argument, struct value *value)
{
	(void)argument;
	return fold(arena, value, 'A');
}

static bool to_upper(struct arena *arena, struct str argument, struct value *value)
{
	(void)argument;
	return fold(arena, value, 'a');
}

static bool to_trimmed(struct arena *arena, struct str argument, struct value *value)
{
	struct str text = value_str(*value);

	(void)arena;
	if (!argument.len)
		return replace(value, str_trim(text));
	while (text.len && str_find_char(argument, text.ptr[0]) != STR_NOT_FOUND)
		text = str_from_offset(text, 1);
	while (text.len && str_find_char(argument, text.ptr[text.len - 1]) != STR_NOT_FOUND)
		text.len--;
	return replace(value, text);
}

#ifdef __SSE2__
#define STRETCH 16

/* A bit for each byte that is / or \ or, if that is another, c. */
static inline uint32_t find_ends(const char *bytes, char c)
{
	const __m128i all = _mm_loadu_si128((const __m128i *)(const void *)bytes);
	const __m128i slashes = _mm_or_si128(_mm_cmpeq_epi8(all, _mm_set1_epi8('/')),
					     _mm_cmpeq_epi8(all, _mm_set1_epi8('\\')));

	return (uint32_t)_mm_movemask_epi8(_mm_or_si128(slashes, _mm_cmpeq_epi8(all, _mm_set1_epi8(c))));
}
#else
#define STRETCH 1

static inline uint32_t find_ends(const char *bytes, char c)
{
	return *bytes == '/' || *bytes == '\\' || *bytes == c;
}
#endif

/* The place behind the last / or \, as both kinds of paths arrive here, or c; 0 where there is none. */
static inline size_t behind_last(struct str text, char c)
{
	size_t i = text.len;

	for (; i >= STRETCH; i -= STRETCH) {
		const uint32_t hits = find_ends(text.ptr + i - STRETCH, c);

		if (hits)
			return i - STRETCH + 32 - (size_t)__builtin_clz(hits);
	}
	while (i && text.ptr[i - 1] != '/' && text.ptr[i - 1] != '\\' && text.ptr[i - 1] != c)
		i--;
	return i;
}

static bool to_basename(struct arena *arena, struct str argument, struct value *value)
{
	const struct str text = value_str(*value);

	(void)arena, (void)argument;
	return replace(value, str_from_offset(text, behind_last(text, '/')));
}

/* Of a name that does not begin with its only dot. */
static bool to_extension(struct arena *arena, struct str argument, struct value *value)
{
	const struct str text = value_str(*value);
	const size_t i = behind_last(text, '.');

	(void)arena, (void)argument;
	return i > 1 && text.ptr[i - 1] == '.' && text.ptr[i - 2] != '/' && text.ptr[i - 2] != '\\' &&
	       replace(value, str_from_offset(text, i));
}

/* Where the argument does not occur, "before" and "after" have nothing, "until" and "behind" keep all. */
static bool to_before(struct arena *arena, struct str argument, struct value *value)
{
	struct str text = value_str(*value);
	size_t at = str_find(text, argument);

	(void)arena;
	return at != STR_NOT_FOUND && replace(value, str_head(text, at));
}

static bool to_until(struct arena *arena, struct str argument, struct value *value)
{
	struct str text = value_str(*value);

	(void)arena;
	return replace(value, str_head(text, str_find(text, argument)));
}

static bool to_after(struct arena *arena, struct str argument, struct value *value)
{
	struct str text = value_str(*value);
	size_t at = str_find(text, argument);

	(void)arena;
	return at != STR_NOT_FOUND && replace(value, str_from_offset(text, at + argument.len));
}

/* "DOMAIN\user" and "user" both give "user". */
static bool to_behind(struct arena *arena, struct str argument, struct value *value)
{
	struct str text = value_str(*value);
	size_t at = str_find(text, argument);

	(void)arena;
	return at == STR_NOT_FOUND || replace(value, str_from_offset(text, at + argument.len));
}

/* One of "MD5=…,SHA256=…". */
static bool to_hash(struct arena *arena, struct str argument, struct value *value)
{
	struct str rest = value_str(*value), part;

	while (rest.len) {
		while (rest.len && char_is_space(rest.ptr[0]))
			rest = str_from_offset(rest, 1);
		if (rest.len > argument.len && rest.ptr[argument.len] == '=' &&
		    str_ieq(str_head(rest, argument.len), argument)) {
			part = str_trim(str_head(rest, str_find_char(rest, ',')));
			replace(value, str_from_offset(part, argument.len + 1));
			return to_lower(arena, (struct str){0}, value);
		}
		str_split(&rest, ',', &part);
	}
	return false;
}

/* The colon between host and port: the last one, and none inside an IPv6 address without brackets. */
static size_t port_colon(struct str text)
{
	size_t first = str_find_char(text, ':'), last = text.len;

	if (first == STR_NOT_FOUND)
		return STR_NOT_FOUND;
	while (text.ptr[last - 1] != ':')
		last--;
	if (first != last - 1 && !(last > 1 && text.ptr[last - 2] == ']'))
		return STR_NOT_FOUND;
	return last - 1;
}

static bool to_host(struct arena *arena, struct str argument, struct value *value)
{
	struct str host = str_head(value_str(*value), port_colon(value_str(*value)));

	(void)arena, (void)argument;
	if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
		host = str_of(host.ptr + 1, host.len - 2);
	return replace(value, host);
}

static bool to_port(struct arena *arena, struct str argument, struct value *value)
{
	size_t colon = port_colon(value_str(*value));

	(void)arena, (void)argument;
	return colon != STR_NOT_FOUND && replace(value, str_from_offset(value_str(*value), colon + 1));
}

/* %41 → A; what is no escape stays. */
static bool to_urldecoded(struct arena *arena, struct str argument, struct value *value)
{
	struct str text = value_str(*value);
	char *out;
	size_t len = 0;

	(void)argument;
	if (str_find_char(text, '%') == STR_NOT_FOUND)
		return true;
	out = arena_alloc(arena, text.len);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%' && i + 2 < text.len && text_hex_digit(text.ptr[i + 1]) >= 0 &&
		    text_hex_digit(text.ptr[i + 2]) >= 0) {
			out[len++] = (char)(text_hex_digit(text.ptr[i + 1]) << 4 |
					    text_hex_digit(text.ptr[i + 2]));
			i += 2;
		} else {
			out[len++] = text.ptr[i];
		}
	}
	if (!str_is_utf8(str_of(out, len)) || memchr(out, 0, len))
		return true;
	return replace(value, str_of(out, len));
}

static bool to_unhexed(struct arena *arena, struct str argument, struct value *value)
{
	(void)argument;
	return replace(value, text_unhex(arena, value_str(*value)));
}

/* A number times a constant: seconds, also with a fraction, to nanoseconds. */
static bool to_multiple(struct arena *arena, struct str argument, struct value *value)
{
	double number, factor;
	char *out;

	if (str_to_double(value_str(*value), &number) < 0 || str_to_double(argument, &factor) < 0)
		return false;
	number *= factor;
	if (!(number > -9e18 && number < 9e18))
		return false;
	out = arena_alloc(arena, 21);
	*value = (struct value){out, (uint32_t)str_format_i64((int64_t)number, out), VALUE_NUMBER};
	return true;
}

/* The first bytes, as many as the argument says. */
static bool to_head(struct arena *arena, struct str argument, struct value *value)
{
	uint64_t len = 0;

	(void)arena;
	return str_to_u64(argument, &len) == 0 && replace(value, str_head(value_str(*value), len));
}

/* Decimal or 0x… to decimal. */
static bool to_integer(struct arena *arena, struct str argument, struct value *value)
{
	const struct str text = value_str(*value);
	uint64_t number;
	char *out;

	(void)argument;
	if (str_digits(text, &number) && (text.ptr[0] != '0' || text.len == 1)) { /* as we would write it */
		value->type = VALUE_NUMBER;
		return true;
	}
	if (str_to_u64(text, &number) < 0 || number > INT64_MAX)
		return false;
	out = arena_alloc(arena, 21);
	*value = (struct value){out, (uint32_t)str_format_i64((int64_t)number, out), VALUE_NUMBER};
	return true;
}

/* The parts of a URL or of a request's target (RFC 3986, RFC 9112 section 3.2). */
/* Where the authority begins; STR_NOT_FOUND where there is none. A URL inside a parameter (/go?to=http://…)
   gives none: a client could hide the path and query before it otherwise. */
static size_t url_authority(struct str url)
{
	size_t scheme = str_find(url, STR("://"));

	if (scheme == STR_NOT_FOUND || memchr(url.ptr, '/', scheme) || memchr(url.ptr, '?', scheme))
		return STR_NOT_FOUND;
	return scheme + 3;
}

static struct str url_target(struct str url)
{
	size_t authority = url_authority(url), end = 0;

	if (authority == STR_NOT_FOUND)
		return url;
	url = str_from_offset(url, authority);
	while (end < url.len && !memchr("/?#", url.ptr[end], 3))
		end++;
	return end == url.len ? STR("/") : str_from_offset(url, end);
}

static bool to_url_path(struct arena *arena, struct str argument, struct value *value)
{
	struct str target = url_target(value_str(*value));

	(void)arena, (void)argument;
	target = str_head(target, str_find_char(target, '?'));
	target = str_head(target, str_find_char(target, '#'));
	return replace(value, target.len ? target : STR("/"));
}

static bool to_url_query(struct arena *arena, struct str argument, struct value *value)
{
	struct str target = url_target(value_str(*value));
	size_t mark = str_find_char(target, '?');

	(void)arena, (void)argument;
	if (mark == STR_NOT_FOUND)
		return false;
	target = str_from_offset(target, mark + 1);
	return replace(value, str_head(target, str_find_char(target, '#')));
}

static bool to_url_host(struct arena *arena, struct str argument, struct value *value)
{
	struct str url = value_str(*value);
	size_t authority = url_authority(url);

	if (authority == STR_NOT_FOUND)
		return false;
	url = str_from_offset(url, authority);
	replace(value, str_head(url, str_find_char(url, '/')));
	return to_host(arena, argument, value);
}

/* The argument is the prefix to take off; a value without it stays. */
static bool to_unprefixed(struct arena *arena, struct str argument, struct value *value)
{
	(void)arena;
	if (str_starts(value_str(*value), argument))
		replace(value, str_from_offset(value_str(*value), argument.len));
	return true;
}

static const struct {
	const char *name;
	bool (*run)(struct arena *arena, struct str argument, struct value *value);
	enum { BARE, WITH_ARGUMENT, EITHER } argument;
} conversions[] = {
	{"lower", to_lower, BARE},
	{"upper", to_upper, BARE},
	{"head", to_head, WITH_ARGUMENT},
	{"trim", to_trimmed, EITHER},
	{"basename", to_basename, BARE},
	{"extension", to_extension, BARE},
	{"before", to_before, WITH_ARGUMENT},
	{"after", to_after, WITH_ARGUMENT},
	{"until", to_until, WITH_ARGUMENT},
	{"behind", to_behind, WITH_ARGUMENT},
	{"unprefix", to_unprefixed, WITH_ARGUMENT},
	{"hash", to_hash, WITH_ARGUMENT},
	{"host", to_host, BARE},
	{"port", to_port, BARE},
	{"integer", to_integer, BARE},
	{"multiply", to_multiple, WITH_ARGUMENT},
	{"unhex", to_unhexed, BARE},
	{"url_decode", to_urldecoded, BARE},
	{"url_host", to_url_host, BARE},
	{"url_path", to_url_path, BARE},
	{"url_query", to_url_query, BARE},
};

int compile_convert(struct compiler *c, const struct yaml_node *node, struct convert *ret_convert)
{
	struct str name, argument;
	size_t space;
	double number;
	int r = compile_text(c, node, "a conversion", &name);

	if (r < 0)
		return r;
	space = str_find_char(name, ' ');
	argument = space == STR_NOT_FOUND ? (struct str){0} : str_from_offset(name, space + 1);
	name = str_head(name, space);
	for (size_t i = 0; i < sizeof(conversions) / sizeof(conversions[0]); i++) {
		if (!str_eq(name, str_from(conversions[i].name)))
			continue;
		if (conversions[i].argument != EITHER &&
		    (conversions[i].argument == WITH_ARGUMENT) != (argument.len > 0))
			return compile_error(c, node, "%s takes %s argument", conversions[i].name,
					     conversions[i].argument == BARE ? "no" : "an");
		if (conversions[i].run == to_multiple &&
		    (str_to_double(argument, &number) < 0 || !(number > 0 && number <= (double)SCALE_MAX)))
			return compile_error(c, node, "multiply takes a number up to %lld",
					     (long long)SCALE_MAX);
		*ret_convert = (struct convert){conversions[i].run, argument};
		return 0;
	}
	return compile_error(c, node, "there is no conversion '%.*s'", STR_FMT(str_head(name, 60)));
}
