/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/scenario_line.h"

#include <inttypes.h>

#include "base/clock.h"
#include "event/ip.h"

#define NESTING_MAX 2
#define CAMPUS_OFFSET (8 * CLOCK_HOUR)

void random_seed(struct random *random, uint64_t seed)
{
	random->state = seed;
}

static uint64_t next(struct random *random)
{
	uint64_t z = random->state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

uint64_t random_below(struct random *random, uint64_t bound)
{
	return bound ? next(random) % bound : 0;
}

struct expansion {
	int64_t time, zone;
	const struct yaml_node *values, *lists;
	struct random *random;
	struct buf *out;
};

/* --- ${time:FORMAT} ----------------------------------------------------------------------------------- */

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
				     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/* Formats that name a zone are written in campus time (UTC+8), those that name none in the zone of who reads
 * them. */
static bool put_time(const struct expansion *e, struct str format)
{
	bool zoneless = str_eq(format, STR("rfc3164")) || str_eq(format, STR("snare"));
	struct clock_civil c;
	int64_t local = e->time + (zoneless ? e->zone : CAMPUS_OFFSET);
	char text[CLOCK_TEXT_SIZE];

	clock_to_civil(local, &c);
	clock_format(e->time, text);
	if (str_eq(format, STR("rfc3164")))
		buf_printf(e->out, "%s %2d %02d:%02d:%02d", months[c.month - 1], c.day, c.hour, c.minute,
			   c.second);
	else if (str_eq(format, STR("rfc5424")))
		buf_printf(e->out, "%04d-%02d-%02dT%02d:%02d:%02d.%06d+08:00", (int)c.year, c.month, c.day,
			   c.hour, c.minute, c.second, c.microsecond);
	else if (str_eq(format, STR("iso")))
		buf_printf(e->out, "%.23sZ", text);
	else if (str_eq(format, STR("clf")))
		buf_printf(e->out, "%02d/%s/%04d:%02d:%02d:%02d +0800", c.day, months[c.month - 1],
			   (int)c.year, c.hour, c.minute, c.second);
	else if (str_eq(format, STR("snare")))
		buf_printf(e->out, "%s %s %02d %02d:%02d:%02d %04d", days[clock_weekday(local)],
			   months[c.month - 1], c.day, c.hour, c.minute, c.second, (int)c.year);
	else if (str_eq(format, STR("epoch")))
		buf_printf(e->out, "%" PRId64 ".%03d", e->time / CLOCK_SECOND, c.microsecond / 1000);
	else if (str_eq(format, STR("epoch_ms")))
		buf_printf(e->out, "%" PRId64, e->time / CLOCK_MILLISECOND);
	else
		return false;
	return true;
}

/* --- ${int:A-B}, ${hex:N}, ${ip:NET} ------------------------------------------------------------------ */

static bool put_int(const struct expansion *e, struct str range)
{
	struct str first;
	uint64_t low, high;

	if (!str_split(&range, '-', &first) || str_to_u64(first, &low) < 0 || str_to_u64(range, &high) < 0 ||
	    high < low || high == UINT64_MAX)
		return false;
	buf_printf(e->out, "%" PRIu64, low + random_below(e->random, high - low + 1));
	return true;
}

static bool put_hex(const struct expansion *e, struct str digits)
{
	uint64_t count;

	if (str_to_u64(digits, &count) < 0 || count > 64)
		return false;
	while (count--)
		buf_add_char(e->out, "0123456789abcdef"[random_below(e->random, 16)]);
	return true;
}

static bool put_ip(const struct expansion *e, struct str text)
{
	struct ip_net net;
	char out[IP_TEXT_SIZE];

	if (ip_net_parse(text, &net) < 0)
		return false;
	for (unsigned bit = net.bits; bit < 128; bit++)
		if (random_below(e->random, 2))
			net.ip[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	ip_format(net.ip, out);
	buf_add_str(e->out, str_from(out));
	return true;
}

/* --- the line ------------------------------------------------------------------------------------------ */

static void expand(const struct expansion *e, struct str line, int depth);

/* A name: one text, or one of a list of texts. */
static bool put_named(const struct expansion *e, const struct yaml_node *from, struct str name, int depth)
{
	const struct yaml_node *node = NULL;

	for (uint32_t i = 0; from && from->type == YAML_MAPPING && i < from->count && !node; i++)
		if (str_eq(from->keys[i]->text, name))
			node = from->values[i];
	if (node && node->type == YAML_SEQUENCE && node->count)
		node = node->items[random_below(e->random, node->count)];
	if (!node || node->type != YAML_SCALAR)
		return false;
	expand(e, node->text, depth + 1);
	return true;
}

static bool put_placeholder(const struct expansion *e, struct str inside, int depth)
{
	static const struct {
		const char *name;
		bool (*put)(const struct expansion *e, struct str argument);
	} functions[] = {{"time", put_time}, {"int", put_int}, {"hex", put_hex}, {"ip", put_ip}};
	struct str argument = inside, name;

	if (str_find_char(inside, ':') != STR_NOT_FOUND) {
		str_split(&argument, ':', &name);
		for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
			if (str_eq(name, str_from(functions[i].name)))
				return functions[i].put(e, argument);
		return false;
	}
	return depth < NESTING_MAX &&
	       (put_named(e, e->values, inside, depth) || put_named(e, e->lists, inside, depth));
}

static void expand(const struct expansion *e, struct str line, int depth)
{
	size_t at, end;

	while ((at = str_find(line, STR("${"))) != STR_NOT_FOUND) {
		struct str tail = str_from_offset(line, at + 2);

		buf_add_str(e->out, str_head(line, at));
		end = str_find_char(tail, '}');
		if (end == STR_NOT_FOUND) {
			line = str_from_offset(line, at);
			break;
		}
		if (!put_placeholder(e, str_head(tail, end), depth))
			buf_add_str(e->out, str_of(line.ptr + at, end + 3));
		line = str_from_offset(tail, end + 1);
	}
	buf_add_str(e->out, line);
}

void scenario_line_expand(struct str line, int64_t time, int64_t zone, const struct yaml_node *values,
			  const struct yaml_node *lists, struct random *random, struct buf *out)
{
	struct expansion e = {time, zone, values, lists, random, out};

	expand(&e, line, 0);
}
