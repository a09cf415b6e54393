/* SPDX-License-Identifier: Apache-2.0 */
/* Which source it is, among all there are: what the index, the one pass for all literals and the memory of
   peers leave out is only what cannot fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"
#include "parse/set.h"
#include "parse/syslog.h"

#define ROUNDS 12
#define TEXTS_MAX 4096

/* -- literals ------------------------------------------------------------------------------------------ */

#define LITERALS 120
#define TEXT_MAX 150

/* Of few letters, so that parts of them are met everywhere; some with the same head, some too short. */
static struct str random_text(char *out, size_t max)
{
	const size_t len = pick((unsigned)max + 1);

	for (size_t i = 0; i < len; i++)
		out[i] = "abc\xE6"[pick(4)];
	return str_of(out, len);
}

static void test_literals(void **state)
{
	static char bytes[LITERALS][9];
	struct str texts[LITERALS];
	struct literals literals;
	struct literals_found found;

	(void)state;
	for (int round = 0; round < 60; round++) {
		for (size_t i = 0; i < LITERALS; i++)
			texts[i] = random_text(bytes[i], sizeof(bytes[i]));
		literals_make(&literals, texts, round % 4 ? LITERALS : (size_t)round % 7);
		for (int i = 0; i < 200; i++) {
			char buf[TEXT_MAX];
			struct str text = random_text(buf, TEXT_MAX);
			char *exact = malloc(text.len + 1); /* a byte behind its end is the sanitizer's */

			assert_non_null(exact);
			memcpy(exact + 1, text.ptr, text.len);
			text = str_of(exact + 1, text.len);
			literals_find(&literals, text, &found);
			for (size_t k = 0; k < literals.count; k++)
				if (literals_has(&found, (uint16_t)k) !=
				    (str_find(text, literals.items[k]) != STR_NOT_FOUND))
					fail_msg("'%.*s' in '%.*s'", STR_FMT(literals.items[k]),
						 STR_FMT(text));
			free(exact);
		}
		for (size_t i = 0; i < LITERALS && round % 4; i++) {
			const uint16_t number = literals_number(&literals, texts[i]);

			assert_true((number == LITERAL_NONE) == (texts[i].len < LITERAL_HEAD));
		}
		literals_done(&literals);
	}
}

/* -- all sources that there are ------------------------------------------------------------------------ */

static const char *content(void)
{
	const char *path = getenv("WANGLOU_CONTENT");

	return path ? path : "content/sources";
}

struct stream {
	struct bench bench;
	struct str texts[TEXTS_MAX];
	size_t count;
};

static void stream_open(struct stream *stream)
{
	memset(stream, 0, sizeof(*stream));
	assert_int_equal(source_set_load(content(), NULL, NULL, &stream->bench.set), 0);
	stream->bench.parser = parser_new(stream->bench.set);
	stream->bench.arena = arena_new(0);
	for (size_t i = 0; i < stream->bench.set->sources.len; i++) {
		const struct yaml_node *samples = stream->bench.set->sources.items[i]->samples;

		for (uint32_t k = 0; samples && k < samples->count && stream->count < TEXTS_MAX; k++)
			stream->texts[stream->count++] =
				yaml_text(yaml_get(samples->items[k], "raw"), (struct str){0});
	}
	assert_true(stream->count > 100);
}

/* A sample as it is, or damaged: bytes changed, its end or its beginning lost, another's end. */
static struct str damage(const struct stream *stream, struct str text, char *out, size_t size)
{
	struct str other = stream->texts[pick((unsigned)stream->count)];
	size_t len = text.len < size / 2 ? text.len : size / 2;

	memcpy(out, text.ptr, len);
	switch (pick(6)) {
	case 0:
		for (unsigned i = pick(6); i && len; i--)
			out[pick((unsigned)len)] = (char)(' ' + pick(95));
		break;
	case 1:
		len = len ? pick((unsigned)len) : 0;
		break;
	case 2:
		if (len > 8) {
			memmove(out, out + 5, len - 5);
			len -= 5;
		}
		break;
	case 3:
		other = str_head(other, size / 2);
		len = len ? pick((unsigned)len) : 0;
		memcpy(out + len, other.ptr, other.len);
		len += other.len;
		break;
	default:
		break;
	}
	return str_of(out, len);
}

/* One peer sends the lines of all sources in any order: each is what it would be had it come alone. */
static void test_one_relay(void **state)
{
	struct stream *stream = malloc(sizeof(*stream));
	static char out[64 * 1024];

	(void)state;
	assert_non_null(stream);
	stream_open(stream);
	for (size_t i = 0; i < stream->count * ROUNDS; i++) {
		struct bench fresh = {.parser = parser_new(stream->bench.set), .arena = arena_new(0)};
		struct str text = stream->texts[pick((unsigned)stream->count)];

		if (i >= stream->count * 2)
			text = damage(stream, text, out, sizeof(out));
		bench_run(&stream->bench, text);
		bench_run(&fresh, text);
		if (!str_eq(stream->bench.event.source, fresh.event.source) ||
		    bench_digest(&stream->bench.event) != bench_digest(&fresh.event))
			fail_msg("'%.*s' instead of '%.*s': %.*s", STR_FMT(stream->bench.event.source),
				 STR_FMT(fresh.event.source), STR_FMT(text));
		parser_free(fresh.parser);
		arena_free(fresh.arena);
	}
	bench_close(&stream->bench);
	free(stream);
}

static bool contains_all(const struct recogniser *item, struct str message)
{
	for (size_t i = 0; i < item->contains.count; i++)
		if (str_find(message, item->contains.items[i]) == STR_NOT_FOUND)
			return false;
	return true;
}

static bool has(const struct str_list *list, struct str text, bool (*same)(struct str, struct str))
{
	for (size_t i = 0; i < list->count; i++)
		if (same(text, list->items[i]))
			return true;
	return !list->count;
}

static bool equal(struct str a, struct str b)
{
	return str_eq(a, b);
}

static bool begins(struct str a, struct str b)
{
	return str_starts(a, b);
}

/* The first recogniser of all in order whose predicates hold, each asked. */
static struct str asked_in_turn(const struct recognisers *all, const struct look *look,
				struct regex_scratch *scratch)
{
	for (size_t i = 0; i < all->len; i++) {
		const struct recogniser *item = &all->items[i];

		if (recognise_format_fits(item->format, look->format) && !item->hints.count &&
		    has(&item->programs, look->program, equal) &&
		    has(&item->prefixes, look->message, begins) && contains_all(item, look->message) &&
		    (!item->regex || regex_search(item->regex, look->message, scratch) == REGEX_MATCH))
			return item->source->id;
	}
	return (struct str){0};
}

static void test_against_asking_in_turn(void **state)
{
	struct stream *stream = malloc(sizeof(*stream));
	struct regex_scratch *scratch = regex_scratch_new(REGEX_GROUPS_MAX);
	struct peer_memo memo = {.recogniser = RECOGNISER_NONE};
	static char out[64 * 1024];

	(void)state;
	assert_non_null(stream);
	stream_open(stream);
	for (size_t i = 0; i < stream->count * ROUNDS; i++) {
		const struct recognisers *all = &stream->bench.set->recognisers;
		struct date_context date = {RECEIVED, 0};
		struct str text = damage(stream, stream->texts[i % stream->count], out, sizeof(out)), want;
		struct look look = {.format = FORMAT_TEXT, .message = text};
		const struct regex *matched;
		const struct source *source;
		struct syslog_header header;

		if (syslog_parse(text, &date, &header) == 0) {
			look.format = FORMAT_SYSLOG;
			look.message = header.message;
			look.program = header.program;
		}
		want = asked_in_turn(all, &look, scratch);
		source = recognise(all, &look, scratch, pick(2) ? &memo : NULL, &matched);
		if (!str_eq(source ? source->id : (struct str){0}, want))
			fail_msg("'%.*s' instead of '%.*s': %.*s",
				 STR_FMT(source ? source->id : (struct str){0}), STR_FMT(want),
				 STR_FMT(text));
		if (pick(20) == 0)
			memo.recogniser = pick((unsigned)all->len + 70);
	}
	regex_scratch_free(scratch);
	bench_close(&stream->bench);
	free(stream);
}

/* Many sources of one priority that are told apart by what they contain alone. */
#define SOURCES 200

static void test_many_contain(void **state)
{
	static char texts[SOURCES][256];
	const char *list[SOURCES + 1] = {0};
	struct bench b;
	char record[256], id[16];

	(void)state;
	for (unsigned i = 0; i < SOURCES; i++) {
		snprintf(texts[i], sizeof(texts[i]),
			 "id: s%u\ntitle: t\nrecognise: {format: text, contains: [' by=w%u ', 'é%u', '|']}\n",
			 i, i * 7, i * 7);
		list[i] = texts[i];
	}
	bench_open(&b, list);
	assert_int_equal(b.errors, 0);
	for (unsigned i = 0; i < SOURCES; i++) {
		snprintf(id, sizeof(id), "s%u", i);
		snprintf(record, sizeof(record), "%.*s é%u| by=w%u ;", (int)(i % 70),
			 "                                                                      ", i * 7,
			 i * 7);
		bench_run(&b, str_from(record));
		assert_str(b.event.source, id);
		snprintf(record, sizeof(record), "é%u| by=w%u;", i * 7, i * 7);
		bench_run(&b, str_from(record));
		assert_int_equal(b.event.source.len, 0);
		snprintf(record, sizeof(record), "é%u by=w%u ;", i * 7, i * 7);
		bench_run(&b, str_from(record));
		assert_int_equal(b.event.source.len, 0);
	}
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_one_relay),
		cmocka_unit_test(test_against_asking_in_turn),
		cmocka_unit_test(test_many_contain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
