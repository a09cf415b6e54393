/* SPDX-License-Identifier: Apache-2.0 */
#include "test/bench/parse_mix.h"

#include <stdio.h>

#include "base/vec.h"
#include "parse/set.h"
#include "parse/syslog.h"

static const char *const ids[MIX_SOURCES] = {
	"openssh",
	"sudo",
	"pam",
	"cron",
	"postfix",
	"dovecot",
	"mail-authentication",
	"bind-named",
	"freeradius",
	"hostapd",
	"openvpn",
	"cisco-ios",
	"h3c-comware",
	"huawei-vrp",
	"ruijie-rgos",
	"fortigate",
	"netfilter",
	"web-access",
	"postgresql",
	"jumpserver",
};

struct mixing {
	const struct source_set *set;
	struct arena *arena;
	struct parser *parser;
	struct arena *scratch;
	VEC_OF(struct mix_line)
};

/* The source that recognises it. */
static struct str recognised(struct mixing *mixing, struct str bytes)
{
	struct parse_input input = {.bytes = bytes, .received = INT64_C(1795341600000000)};
	struct event event;

	arena_reset(mixing->scratch);
	event_init(&event, mixing->scratch);
	parser_run(mixing->parser, &input, &event);
	return event.source;
}

static void add_sample(struct mixing *mixing, const struct source *source, unsigned sender, struct str raw)
{
	struct date_context date = {INT64_C(1795341600000000), 0};
	struct syslog_header header;
	struct mix_line line = {raw, source->id, sender};

	if (!raw.len || raw.ptr[0] == '{' || str_find_char(raw, '\n') != STR_NOT_FOUND)
		return;
	if (syslog_parse(raw, &date, &header) < 0)
		line.bytes = arena_printf(mixing->arena, "<134>Nov 22 08:31:%02u host-%u %.*s",
					  (unsigned)(mixing->len % 60), sender, STR_FMT(raw));
	if (str_eq(recognised(mixing, line.bytes), source->id))
		vec_push(mixing, line);
}

static void add_source(struct mixing *mixing, unsigned sender)
{
	const size_t before = mixing->len;

	for (size_t i = 0; i < mixing->set->sources.len; i++) {
		const struct source *source = mixing->set->sources.items[i];

		for (uint32_t k = 0; str_eq(source->id, str_from(ids[sender])) && source->samples &&
				     k < source->samples->count;
		     k++)
			add_sample(mixing, source, sender,
				   yaml_text(yaml_get(source->samples->items[k], "raw"), (struct str){0}));
	}
	if (mixing->len == before)
		fprintf(stderr, "%s has no samples that are syslog lines\n", ids[sender]);
}

struct mix_line *mix_make(const struct source_set *set, size_t count, struct arena *arena)
{
	struct mixing mixing = {
		.set = set, .arena = arena, .parser = parser_new(set), .scratch = arena_new(0)};
	struct mix_line *lines = arena_array(arena, struct mix_line, count);
	uint64_t random = 88172645463325252u;
	size_t first[MIX_SOURCES + 1] = {0}, made = 0;

	for (unsigned i = 0; i < MIX_SOURCES; i++) {
		add_source(&mixing, i);
		first[i + 1] = mixing.len;
	}
	must(mixing.len);
	while (made < count) { /* each source as often, each of its samples as often */
		size_t sender, samples;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		sender = random % MIX_SOURCES;
		samples = first[sender + 1] - first[sender];
		if (samples)
			lines[made++] = mixing.items[first[sender] + random / MIX_SOURCES % samples];
	}
	vec_done(&mixing);
	parser_free(mixing.parser);
	arena_free(mixing.scratch);
	return lines;
}
