/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARSE_SOURCE_H
#define PARSE_SOURCE_H
/*
 * Log sources: the files of content/sources, compiled. A source set is made once,
 * is immutable, and is shared by all workers; what a worker needs for itself
 * (JSON parser, match data, tables of peers) is in its struct parser.
 *
 * A record that no source recognises becomes an event with event.kind unparsed
 * and its text in message. Nothing here fails on what a stranger sent.
 */
#include "base/err.h"
#include "event/event.h"
#include "event/origin.h"

struct source_set;

/* Called for every file that does not load; the rest loads. */
typedef void source_report(void *context, const struct err *err);

/* Loads all .yaml files below path. -errno only where path itself cannot be read. */
int source_set_load(const char *path, source_report *report, void *context, struct source_set **ret_set);
void source_set_free(struct source_set *set);
size_t source_set_count(const struct source_set *set);

struct source_info {
	struct str id, title, file;
	size_t samples;
};
const struct source_info *source_set_info(const struct source_set *set, size_t index);

/* Runs every sample of a source; calls report for each that gives another event than expected.
   Returns the number of failures. */
int source_test(const struct source_set *set, size_t index, source_report *report, void *context);

/* An origin_find (event/origin.h) over a source set. */
void source_set_origins(const void *set, struct str name, origin_visit *visit, void *context);

struct parser;
struct parser *parser_new(const struct source_set *set);
void parser_free(struct parser *parser);

struct parse_input {
	struct str bytes;
	struct str hint;  /* the sender's word for the source (URL path, import option), may be empty */
	int64_t received; /* µs: the missing year and @timestamp where the record has none */
	int64_t zone;     /* µs east of UTC: the sender's, for times that name none; a source's own zone goes
			     before */
	uint8_t peer[16];
	uint64_t seq;
	uint16_t listener;
};

/* Fills event, already event_init()ed. bytes must outlive the event. Costs no allocation beyond the arena,
   but where the parser takes down a shape of JSON (parse/shape.h) that it has not seen, or settles a plan. */
void parser_run(struct parser *parser, const struct parse_input *input, struct event *event);

#endif
