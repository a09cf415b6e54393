/* SPDX-License-Identifier: Apache-2.0 */
/* Lines whose steps come to what they, or nearly what they, came to before: each is parsed by a parser that
   keeps plans for all the others and by one that keeps nothing, and the events are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "parse/helper.h"
#include "parse/set.h"

#define RECORDS 6000
#define RECORD_MAX 8192
#define ROUNDS 14 /* until plans have settled, and once more by them */
#define CHANGED_MAX 4
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* -- every sample of every source ------------------------------------------------------------------------ */

/* Other letters and digits here and there, so that steps mostly come to the same with other values. */
static struct str change(struct str text, char *out)
{
	memcpy(out, text.ptr, text.len);
	for (unsigned i = pick(CHANGED_MAX); text.len && i--;) {
		char *c = &out[pick((unsigned)text.len)];

		*c = char_is_digit(*c)                    ? (char)('0' + pick(10))
		     : char_lower(*c) >= 'a' && *c <= 'z' ? (char)(*c ^ (pick(4) ? 1 : ' '))
							  : *c;
	}
	return str_of(out, text.len);
}

static void compare_samples(struct bench *kept, const struct source *source)
{
	const struct yaml_node *samples = source->samples;

	for (unsigned round = 0; round < ROUNDS; round++)
		for (uint32_t i = 0; samples && i < samples->count; i++) {
			const struct str raw = yaml_text(yaml_get(samples->items[i], "raw"), (struct str){0});
			char *changed = malloc(raw.len + 1);
			const struct str record = round % 2 ? change(raw, changed) : raw;

			assert_non_null(changed);
			bench_compare(kept, record.ptr, record.len);
			free(changed);
		}
}

static void test_all_samples(void **state)
{
	struct bench kept = {.arena = arena_new(0)};

	(void)state;
	assert_int_equal(source_set_load(getenv("WANGLOU_CONTENT"), bench_report, &kept, &kept.set), 0);
	assert_int_equal(kept.errors, 0);
	kept.parser = parser_new(kept.set);
	for (size_t i = 0; i < kept.set->sources.len; i++)
		compare_samples(&kept, kept.set->sources.items[i]);
	bench_close(&kept);
}

/* -- sources with all that a plan may say, and all that keeps it from saying it -------------------------- */

#define PROGRAM                                                                                           \
	"alias: {late: q, r: p, n: {from: p, as: lower}}\n"                                               \
	"sigma: {product: windows, service: first}\n"                                                     \
	"map:\n"                                                                                          \
	"  '@timestamp': {from: time, date: iso8601}\n"                                                   \
	"  event.severity: {from: [p, q], table: {'1': '1', high: 1e1, low: x, '-': '3', 'on': '7'}}\n"   \
	"  event.outcome: {from: [absent, r], table: {'on': success, high: failure}, default: unknown}\n" \
	"  event.reason: {from: p, as: lower, table: {'on': lower}}\n"                                    \
	"  source.ip: {from: q, table: {'on': 10.0.0.1, high: nothing}}\n"                                \
	"  source.port: [q, r, n]\n"                                                                      \
	"  observer.name: host.name\n"                                                                    \
	"  user.name: [q, p, user.name]\n"                                                                \
	"  process.name: p\n"                                                                             \
	"  file.name: process.name\n"                                                                     \
	"  file.path: $text\n"                                                                            \
	"  rule.name: [late, p]\n"                                                                        \
	"  rule.id: sigma.category\n"                                                                     \
	"  event.provider: sigma.product\n"                                                               \
	"  service.name: [rule.name, n]\n"                                                                \
	"  event.code: _t\n"                                                                              \
	"  rule.category: {from: sigma.service, table: {first: one, second: two, high: three}}\n"         \
	"set: {event.action: none, event.kind: event, event.module: first}\n"                             \
	"switch:\n"                                                                                       \
	"  - {on: q, cases: {'on': {map: {event.module: q}}}}\n"                                          \
	"  - {on: q, cases: {'on': {set: {event.module: last}}}}\n"                                       \
	"  - on: p\n"                                                                                     \
	"    cases:\n"                                                                                    \
	"      'on|high':\n"                                                                              \
	"        sigma: {service: second, category: c}\n"                                                 \
	"        map: {process.name: late, rule.ruleset: event.action, user.name: p}\n"                   \
	"        set: {event.action: high}\n"                                                             \
	"        switch:\n"                                                                               \
	"          on: q\n"                                                                               \
	"          cases: {'on': {set: {event.action: both}}, low: {alias: {more: p}, set: {event.type: " \
	"low}}}\n"                                                                                        \
	"          default: {set: {event.type: other}}\n"                                                 \
	"      '1': {sigma: {category: ''}, set: {event.risk_score: '1.5'}}\n"                            \
	"    default: {map: {file.path: q}}\n"                                                            \
	"    absent: {set: {event.type: nothing}}\n"                                                      \
	"  - on: [q, r]\n"                                                                                \
	"    cases: {'2': {sigma: {category: two}}, high: {map: {event.code: r}}}\n"                      \
	"    absent: {set: {event.id: none}}\n"                                                           \
	"  - on: sigma.category\n"                                                                        \
	"    cases: {c: {set: {event.category: c}}, two: {set: {event.category: two}}, high: {set: "      \
	"{event.category: x}}}\n"                                                                         \
	"    default: {set: {event.category: other}}\n"                                                   \
	"  - on: process.name\n"                                                                          \
	"    cases: {high: {set: {event.dataset: high}}, prog: {set: {event.action: prog}}}\n"            \
	"    absent: {set: {event.id: nobody}}\n"                                                         \
	"  - on: more\n"                                                                                  \
	"    cases: {high: {map: {message: more}}}\n"

/* What a pattern brings. */
#define MATCHES                                                                                            \
	"  - regex:\n"                                                                                     \
	"      from: m\n"                                                                                  \
	"      optional: true\n"                                                                           \
	"      match:\n"                                                                                   \
	"        - '^plain(?<q>on)?'\n"                                                                    \
	"        - pattern: '^a(?<q>on|low)?(?<_t>high)?'\n"                                               \
	"          sigma: {service: matched}\n"                                                            \
	"          alias: {late: m}\n"                                                                     \
	"          map: {event.outcome: {from: q, table: {'on': success, low: failure}}, rule.name: _t}\n" \
	"          set: {event.action: a, event.kind: alert}\n"                                            \
	"        - pattern: '^b(?<p>on|high)?'\n"                                                          \
	"          map: {rule.ruleset: event.action, user.name: q}\n"                                      \
	"          switch: {on: event.action, cases: {high: {set: {event.reason: high}}}, default: {set: " \
	"{event.reason: low}}}\n"                                                                          \
	"  - regex:\n"                                                                                     \
	"      from: o\n"                                                                                  \
	"      optional: true\n"                                                                           \
	"      match:\n"                                                                                   \
	"        - {pattern: '^a', set: {event.action: second}}\n"                                         \
	"        - {pattern: '^b', sigma: {category: high}, map: {event.code: [late, n]}}\n"

static const char *const sources[] = {
	"id: lines\ntitle: t\nrecognise: {format: text, prefix: 'L '}\n"
	"parse:\n  - regex: '^L (?<_rest>.*)$'\n  - kv: {from: _rest}\n" MATCHES
	"  - json: {from: j, optional: true}\ninner: {text: inner, program: [to, p]}\n" PROGRAM,
	/* the order of steps the other way round: what JSON says comes first */
	"id: mixed\ntitle: t\nrecognise: {keys: [p, line]}\n"
	"parse:\n  - json\n  - kv: {from: line, optional: true}\n" MATCHES "inner: inner\n" PROGRAM,
	"id: deep\ntitle: t\nrecognise: {program: [prog, high]}\nparse: [kv: {optional: true}]\n"
	"zone: '+08:00'\n" PROGRAM,
	"id: any\ntitle: t\nrecognise: {format: json, priority: 1}\nparse: [json]\ninner: message\n"
	"sigma: {category: high, service: low}\nmap: {user.name: user, rule.name: rule, host.name: host, "
	"event.action: action}\n",
	"id: text\ntitle: t\nrecognise: {format: any, priority: 1}\ninner: $text\n", NULL};

/* A % is one of the values, a * one of the values or nothing; a name before it goes with it. */
static const char *const lines[] = {
	"L p=* q=* n=* m=*",
	"L p=% q=% p=% m=a% o=%",
	"L q=% m=b% o=a process.name=*",
	"L p=% m=a% o=b user.name=*",
	"L m=plain% late=* host.name=%",
	"L p=% q=% time=2026-07-28T11:44:5* j={\"product\":\"%\",\"q\":\"%\",\"p\":\"%\"}",
	"L q=% j={\"service\":\"%\",\"category\":\"%\",\"m\":1} m=a o=*",
	"L p=high to=prog inner=p=%,q=*",
};

static const char *const wraps[] = {
	"~",
	"<13>Jul 28 11:28:41 host prog2[7]: ~",
	"<13>Jul 28 11:28:41 high: ~",
	"<13>Jul 28 11:28:41 host prog: p=* q=% x=%",
	"{\"message\":\"~\",\"product\":\"%\",\"category\":\"%\"}",
	"{\"message\":\"~\",\"user\":\"%\",\"rule\":\"%\",\"service\":\"%\"}",
	"{\"message\":\"<13>Jul 28 11:28:41 host high: ~\",\"host\":\"%\",\"action\":\"%\"}",
	"{\"p\":\"%\",\"line\":\"q=% m=a% o=*\",\"service\":\"%\"}",
	"{\"p\":\"%\",\"line\":\"m=b% q=%\",\"inner\":\"~\"}",
	"{\"p\":\"%\",\"line\":\"\",\"category\":1,\"q\":\"%\"}",
};

static const char *const decisions[] = {
	"on",  "high", "-",     "1",
	"low", "2",    "ON",    "High",
	"two", "c",    "first", "a-text-that-is-longer-than-what-may-decide-of-which-there-are-64-bytes"};

struct line {
	char text[RECORD_MAX];
	size_t len;
	bool quoted; /* inside JSON */
	unsigned *now, place, hurry;
};

static void add_text(struct line *line, const char *text, size_t len)
{
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

/* Values stay for a while. */
static void add_value(struct line *line, bool may_lack)
{
	unsigned *now = &line->now[line->place++];

	if (!pick(line->hurry))
		*now = pick(pick(4) ? 5 : COUNT(decisions) + may_lack);
	if (*now < COUNT(decisions))
		add_text(line, decisions[*now], strlen(decisions[*now]));
}

static void add_form(struct line *line, const char *form, const char *inside)
{
	const bool quoted = line->quoted;

	for (; *form; form++)
		switch (*form) {
		case '~':
			line->quoted = line->len && line->text[0] == '{';
			add_form(line, inside, "");
			line->quoted = quoted;
			break;
		case '%':
		case '*':
			add_value(line, *form == '*');
			break;
		case '"':
			add_text(line, line->quoted ? "\\\"" : "\"", 1 + line->quoted);
			break;
		default:
			add_text(line, form, 1);
		}
}

static void test_all_kinds(void **state)
{
	static unsigned now[COUNT(wraps)][COUNT(lines)][16];
	struct line line;
	struct bench kept;

	(void)state;
	bench_open(&kept, sources);
	if (kept.errors)
		fail_msg("%s", kept.error.message);
	for (unsigned i = 0; i < 6 * RECORDS; i++) {
		const unsigned wrap = i / 60 % COUNT(wraps),
			       inside = pick(8) ? i / 600 % COUNT(lines) : pick(COUNT(lines));

		line = (struct line){.now = now[wrap][inside], .hurry = i / RECORDS % 2 ? 2 : 15};
		add_form(&line, wraps[wrap], lines[inside]);
		bench_compare(&kept, line.text, line.len);
	}
	bench_close(&kept);
}

/* More outcomes than are kept, then the first again. */
static void test_many_outcomes(void **state)
{
	char record[RECORD_MAX];
	struct bench kept;

	(void)state;
	bench_open(&kept, sources);
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < 2048; i++) {
			size_t len = (size_t)sprintf(record, "L m=%c", 'a' + (int)(i / 4 % 2));

			for (unsigned k = 0; k < 11; k++)
				if (i / 4 >> k & 1)
					len += (size_t)sprintf(
						record + len, " %s=%u",
						(const char *const[]){"p", "q", "n", "late", "more", "r",
								      "absent", "user.name", "time",
								      "host.name", "rule.name"}[k],
						i % 4 + round);
			bench_compare(&kept, record, len);
		}
	bench_close(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_samples),
		cmocka_unit_test(test_all_kinds),
		cmocka_unit_test(test_many_outcomes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
