/* SPDX-License-Identifier: Apache-2.0 */
/* wanglou rules coverage: ATT&CK by the enabled rules and the sources that talk. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "bin/rules_call.h"
#include "coverage/ledger.h"
#include "rules/visibility.h"

#define HEARD_WITHIN (7 * CLOCK_DAY)
#define WIDTH_DEFAULT 100
#define CONNECT_SHOWN 15
#define ORIGINS_SHOWN 4

struct picture {
	struct rules_call *call;
	struct rules_all all;
	struct attack attack;
	struct log_origins origins;
	struct visibility visibility;
	unsigned width;
	bool open_all, open_attack, open_origins;
	size_t heard;
};

/* -- who talks ----------------------------------------------------------------------------------------- */

static int hear_hour(void *context, const struct ledger_hour *hour)
{
	struct picture *picture = context;

	if (hour->received)
		log_origins_hear(&picture->origins, hour->talker.source);
	return 0;
}

static int hear_named(struct picture *picture, const char *names)
{
	struct str rest = str_from(names), name;

	while (str_split(&rest, ',', &name))
		if (str_trim(name).len && !log_origins_hear(&picture->origins, str_trim(name)))
			return command_failed(picture->call->command,
					      "there is no source '%.*s'; 'wanglou sources list' shows all",
					      STR_FMT(name));
	return EXIT_OK;
}

/* Where nothing is known about who talks, nobody does, and that is said. */
static int hear_talkers(struct picture *picture)
{
	static const struct db_schema *const schemas[] = {&coverage_schema};
	struct rules_call *call = picture->call;
	const char *path = config_path(&call->config, call->arena, "core/" DB_FILE);
	int64_t now = clock_now();
	struct db *db = NULL;
	struct err err = {0};
	int r;

	if (access(path, F_OK) < 0) {
		fprintf(stderr, "note: %s knows of no sources that talk yet; say which with --sources\n",
			call->config.data);
		return EXIT_OK;
	}
	if (db_open(path, schemas, 1, &db, &err) < 0)
		return command_failed_err(call->command, &err);
	r = ledger_hours(db, now - HEARD_WITHIN, now, (struct str){0}, hear_hour, picture);
	db_close(db);
	return r < 0 ? command_failed(call->command, "who talks cannot be read: %s", err_text(r)) : EXIT_OK;
}

/* -- texts --------------------------------------------------------------------------------------------- */

static void add_source(struct buf *out, const struct logsource *source)
{
	const struct str parts[] = {source->product, source->category, source->service};
	bool any = false;

	for (int i = 0; i < 3; i++)
		if (parts[i].len) {
			buf_printf(out, "%s%.*s", any ? "/" : "", STR_FMT(parts[i]));
			any = true;
		}
}

/* Sources whose events have it, at most so many. */
static size_t add_origins(const struct picture *picture, struct buf *out, const struct logsource *source,
			  size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < picture->origins.len; i++) {
		const struct log_origin *origin = &picture->origins.items[i];

		if (!origin->id.len || origin->heard || !log_origin_has(origin, source))
			continue;
		if (count++ < max)
			buf_printf(out, "%s%.*s", count > 1 ? ", " : "", STR_FMT(origin->id));
	}
	if (count > max)
		buf_add_str(out, STR(" …"));
	return count;
}

static bool is_wanted(const struct picture *picture, const struct attack_tactic *tactic)
{
	const char *wanted = argument_value(picture->call->arguments, "tactic", NULL);

	return !wanted || str_ieq(tactic->shortname, str_from(wanted)) ||
	       str_ieq(tactic->id, str_from(wanted)) || str_ieq(tactic->name, str_from(wanted));
}

/* -- as a table ---------------------------------------------------------------------------------------- */

static void print_table(const struct picture *picture)
{
	const struct attack *attack = &picture->attack;

	printf("%-22s %10s %8s %8s %8s %7s\n", "TACTIC", "TECHNIQUES", "COVERED", "VISIBLE", "BLIND",
	       "RULES");
	for (uint32_t i = 0; i < attack->tactic_count; i++) {
		struct technique_tally sum = visibility_tally(&picture->visibility, i);

		printf("%-22.*s %10u %8u %8u %8u %7u\n", STR_FMT(attack->tactics[i].name), sum.total,
		       sum.covered, sum.visible, sum.covered - sum.visible, sum.rules);
	}
}

/* Ids, as many in a line as the terminal has room for. */
static void print_list(const struct picture *picture, uint32_t tactic, const char *title, bool visible)
{
	const struct attack *attack = &picture->attack;
	unsigned used = picture->width;
	bool any = false;

	for (uint32_t i = 0; i < attack->technique_count; i++) {
		const struct technique_view *view = &picture->visibility.techniques[i];
		struct str id = attack->techniques[i].id;

		if (!(attack->techniques[i].tactics & 1u << tactic) || !view->rules ||
		    (view->visible > 0) != visible)
			continue;
		if (used + id.len + 1 > picture->width) {
			printf("%s  %-8s", any ? "\n" : "", any ? "" : title);
			used = 10;
		}
		printf(" %.*s", STR_FMT(id));
		used += (unsigned)id.len + 1;
		any = true;
	}
	if (any)
		printf("\n");
}

static void print_lists(const struct picture *picture)
{
	const struct attack *attack = &picture->attack;

	for (uint32_t i = 0; i < attack->tactic_count; i++) {
		if (!visibility_tally(&picture->visibility, i).covered)
			continue;
		printf("\n%.*s\n", STR_FMT(attack->tactics[i].name));
		print_list(picture, i, "visible", true);
		print_list(picture, i, "blind", false);
	}
}

static void print_techniques(const struct picture *picture, uint32_t tactic)
{
	const struct attack *attack = &picture->attack;

	printf("%-10s %-8s %6s %8s  %s\n", "TECHNIQUE", "STATE", "RULES", "VISIBLE", "NAME");
	for (uint32_t i = 0; i < attack->technique_count; i++) {
		const struct technique_view *view = &picture->visibility.techniques[i];

		if (attack->techniques[i].tactics & 1u << tactic)
			printf("%-10.*s %-8s %6u %8u  %.*s\n", STR_FMT(attack->techniques[i].id),
			       view->visible ? "visible"
			       : view->rules ? "blind"
					     : "-",
			       view->rules, view->visible, STR_FMT(attack->techniques[i].name));
	}
}

static void print_connect(const struct picture *picture)
{
	const struct visibility *visibility = &picture->visibility;
	struct buf line = {0};

	if (visibility->blind.len)
		printf("\nBlind for want of these log sources (techniques, rules; sources that give them)\n");
	for (size_t i = 0; i < visibility->blind.len && i < CONNECT_SHOWN; i++) {
		const struct blind_source *blind = &visibility->blind.items[i];

		buf_clear(&line);
		add_source(&line, &blind->source);
		printf("  %4u %5u  ", blind->techniques, blind->rules);
		rules_column(buf_str(&line), 40);
		buf_clear(&line);
		if (!add_origins(picture, &line, &blind->source, ORIGINS_SHOWN))
			buf_add_str(&line, STR("none yet: write one (doc/formats/sources.md)"));
		printf("  %.*s\n", (int)line.len, line.ptr);
	}
	if (visibility->blind.len > CONNECT_SHOWN)
		printf("  … and %zu more; --json lists all\n", visibility->blind.len - CONNECT_SHOWN);
	buf_done(&line);
}

static int print_text(const struct picture *picture)
{
	const struct visibility *visibility = &picture->visibility;
	const struct attack *attack = &picture->attack;

	if (argument_flag(picture->call->arguments, "tactic")) {
		for (uint32_t i = 0; i < attack->tactic_count; i++)
			if (is_wanted(picture, &attack->tactics[i])) {
				print_techniques(picture, i);
				return EXIT_OK;
			}
		return usage_error(picture->call->command, "there is no such tactic");
	}
	print_table(picture);
	print_lists(picture);
	print_connect(picture);
	printf("\n%u rules are on, %u of them see events of the %zu sources that talk; %u name no technique, "
	       "%u tags are "
	       "unknown\nATT&CK (c) The MITRE Corporation\n",
	       visibility->rules, visibility->rules_visible, picture->heard, visibility->untagged,
	       visibility->unknown);
	return EXIT_OK;
}

/* -- as JSON ------------------------------------------------------------------------------------------- */

static int print_json(const struct picture *picture)
{
	struct buf line = {0};
	uint32_t wanted = 0;

	for (uint32_t i = 0; i < picture->attack.tactic_count; i++)
		if (is_wanted(picture, &picture->attack.tactics[i]))
			wanted |= 1u << i;
	visibility_json(&picture->visibility, &picture->origins, wanted, &line);
	buf_add_char(&line, '\n');
	fwrite(line.ptr, 1, line.len, stdout);
	buf_done(&line);
	return EXIT_OK;
}

/* -- together ------------------------------------------------------------------------------------------ */

static bool is_on(void *context, const struct rule_info *info)
{
	const struct picture *picture = context;

	return rules_is_on(&picture->call->paths, &picture->all.settings, info);
}

static unsigned terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col;
	return columns && str_to_u64(str_from(columns), &width) == 0 && width >= 40 && width < 1000
		       ? (unsigned)width
		       : WIDTH_DEFAULT;
}

static int load(struct picture *picture)
{
	struct rules_call *call = picture->call;
	const char *sources = arena_printf(call->arena, "%s/sources", call->config.content).ptr;
	const char *attack = arena_printf(call->arena, "%s/attack", call->config.content).ptr;
	struct err err = {0};
	int status, r;

	if (attack_load(&picture->attack, attack, call->arena, &err) < 0)
		return command_failed_err(call->command, &err);
	picture->open_attack = true;
	r = log_origins_read(&picture->origins, sources, call->arena);
	if (r < 0)
		return command_failed(call->command, "%s: %s; say where with --content", sources,
				      err_text(r));
	picture->open_origins = true;
	status = rules_all_load(call, &picture->all);
	picture->open_all = status == EXIT_OK;
	return status;
}

int rules_coverage(struct rules_call *call)
{
	struct picture picture = {.call = call, .width = terminal_width()};
	const char *named = argument_value(call->arguments, "sources", NULL);
	int status = rules_no_more(call);

	if (status == EXIT_OK)
		status = load(&picture);
	if (status == EXIT_OK)
		status = named ? hear_named(&picture, named) : hear_talkers(&picture);
	for (size_t i = 0; i < picture.origins.len; i++)
		picture.heard += picture.origins.items[i].heard;
	if (status == EXIT_OK) {
		visibility_make(&picture.visibility, picture.all.set, &picture.attack, &picture.origins,
				call->arena, is_on, &picture);
		status = call->json ? print_json(&picture) : print_text(&picture);
		visibility_done(&picture.visibility);
	}
	if (picture.open_attack)
		attack_done(&picture.attack);
	if (picture.open_origins)
		log_origins_done(&picture.origins);
	if (picture.open_all)
		rules_all_done(&picture.all);
	return status;
}
