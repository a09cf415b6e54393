/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_PARSE_HELPER_H
#define TEST_PARSE_HELPER_H
/* A source set out of texts, one record run through it, and choices by chance. Include after cmocka.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "parse/source.h"

#define RECEIVED INT64_C(1795341600000000) /* 2026-11-22T10:00:00Z */

static uint64_t random_state = 88172645463325252u;

/* One of count, by chance; the same ones in every run (xorshift). */
static inline unsigned pick(unsigned count)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state % count);
}

struct bench {
	struct source_set *set;
	struct parser *parser;
	struct arena *arena;
	struct event event;
	unsigned errors;
	struct err error; /* the first */
};

static inline void bench_report(void *context, const struct err *err)
{
	struct bench *bench = context;

	if (!bench->errors++)
		bench->error = *err;
}

/* Loads files of a temporary folder: texts ends with NULL. */
static inline void bench_open(struct bench *bench, const char *const *texts)
{
	char folder[] = "/tmp/wanglou-parse-XXXXXX", path[128];
	int count = 0;

	memset(bench, 0, sizeof(*bench));
	assert_non_null(mkdtemp(folder));
	for (; texts[count]; count++) {
		snprintf(path, sizeof(path), "%s/%d.yaml", folder, count);
		assert_int_equal(io_replace_file(path, texts[count], strlen(texts[count]), 0600), 0);
	}
	assert_int_equal(source_set_load(folder, bench_report, bench, &bench->set), 0);
	while (count--) {
		snprintf(path, sizeof(path), "%s/%d.yaml", folder, count);
		unlink(path);
	}
	rmdir(folder);
	bench->parser = parser_new(bench->set);
	bench->arena = arena_new(0);
	assert_non_null(bench->parser);
}

static inline void bench_close(struct bench *bench)
{
	parser_free(bench->parser);
	source_set_free(bench->set);
	arena_free(bench->arena);
}

/* What fields say of where they come from is so. */
static inline bool bench_origins_hold(const struct event *event)
{
	for (uint32_t i = 0; i < event->field_count; i++) {
		const struct field *field = &event->fields[i];
		const struct hash128 hash = hash_bytes_wide(field->value.text, field->value.len);
		uint32_t at = 0;

		if (field->origin == FIELD_CONSTANT &&
		    (field->hash.low != hash.low || field->hash.high != hash.high))
			return false;
		while (at < event->attr_count && (event->attrs[at].value.text != field->value.text ||
						  event->attrs[at].value.len != field->value.len))
			at++;
		if (field->origin == FIELD_COPY && at == event->attr_count && !event->attrs_dropped)
			return false;
	}
	return true;
}

static inline void bench_run(struct bench *bench, struct str bytes)
{
	struct parse_input input = {.bytes = bytes, .received = RECEIVED, .seq = 1};

	arena_reset(bench->arena);
	event_init(&bench->event, bench->arena);
	parser_run(bench->parser, &input, &bench->event);
	assert_true(bench_origins_hold(&bench->event));
}

/* The n-th value under a name, or NULL. */
static inline const struct attr *bench_attr(const struct bench *bench, const char *name, unsigned n)
{
	uint64_t hash = hash_str(str_from(name));
	uint32_t at = event_find_attr(&bench->event, str_from(name), hash, 0);

	while (n-- && at < bench->event.attr_count)
		at = event_find_attr(&bench->event, str_from(name), hash, at + 1);
	return at < bench->event.attr_count ? &bench->event.attrs[at] : NULL;
}

static inline uint64_t mix_text(uint64_t sum, struct str text)
{
	return hash_bytes_seeded(text.ptr, text.len, sum * 31 + text.len);
}

/* Everything there is to an event. */
static inline uint64_t bench_digest(const struct event *event)
{
	uint64_t sum = mix_text(1, event->source);

	sum = mix_text(sum, event->logsource.product);
	sum = mix_text(sum, event->logsource.category);
	sum = mix_text(sum, event->logsource.service);
	for (uint32_t i = 0; i < event->field_count; i++) {
		sum = mix_text(sum + (uint64_t)event->fields[i].id, value_str(event->fields[i].value));
		sum += event->fields[i].value.type;
	}
	for (uint32_t i = 0; i < event->attr_count; i++) {
		const struct attr *attr = &event->attrs[i];

		assert_int_equal(attr->hash, hash_str(attr->key));
		sum = mix_text(mix_text(sum, attr->key), value_str(attr->value));
		sum += attr->value.type * 16u + attr->flags;
	}
	return sum;
}

/* In memory of its own, so that a sanitizer sees a read beyond the end. */
static inline void bench_run_alone(struct bench *b, const char *record, size_t len, char **ret_copy)
{
	*ret_copy = malloc(len + !len);
	assert_non_null(*ret_copy);
	memcpy(*ret_copy, record, len);
	bench_run(b, str_of(*ret_copy, len));
}

/* What fields hold beside their texts, which bench_digest() has seen to be the same. */
static inline bool bench_same_types(const struct event *a, const struct event *b)
{
	for (uint32_t i = 0; i < a->field_count; i++)
		switch (field_info(a->fields[i].id)->type) {
		case FIELD_KEYWORD:
		case FIELD_TEXT:
			break;
		case FIELD_IP:
			if (memcmp(a->fields[i].ip, b->fields[i].ip, sizeof(a->fields[i].ip)) != 0)
				return false;
			break;
		default:
			if (a->fields[i].integer != b->fields[i].integer)
				return false;
		}
	return true;
}

/* Parses a record by one that remembers others and by one that remembers nothing: the events are the same. */
static inline void bench_compare(struct bench *kept, const char *record, size_t len)
{
	struct bench fresh = {.parser = parser_new(kept->set), .arena = arena_new(0)};
	char *first, *second;

	bench_run_alone(kept, record, len, &first);
	bench_run_alone(&fresh, record, len, &second);
	if (bench_digest(&kept->event) != bench_digest(&fresh.event) ||
	    kept->event.attrs_dropped != fresh.event.attrs_dropped ||
	    kept->event.generic != fresh.event.generic ||
	    kept->event.time_origin != fresh.event.time_origin ||
	    !bench_same_types(&kept->event, &fresh.event))
		fail_msg("remembered something wrong of %.*s", (int)len, record);
	free(first);
	free(second);
	parser_free(fresh.parser);
	arena_free(fresh.arena);
}

#define assert_str(s, expected)                                                       \
	do {                                                                          \
		struct str have_ = (s);                                               \
		if (!str_eq(have_, str_from(expected)))                               \
			fail_msg("'%.*s' instead of '%s'", STR_FMT(have_), expected); \
	} while (0)

#define assert_attr(bench, name, expected)                                 \
	do {                                                               \
		const struct attr *attr_ = bench_attr((bench), (name), 0); \
		if (!attr_)                                                \
			fail_msg("no attribute %s", name);                 \
		assert_str(value_str(attr_->value), expected);             \
	} while (0)

#define assert_field(bench, id, expected) assert_str(event_text(&(bench)->event, FIELD_ID_##id), expected)

#endif
