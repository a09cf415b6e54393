/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/clock_link.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/io.h"
#include "base/log.h"
#include "bin/sayer.h"
#include "event/ip.h"

struct clock_link {
	const char *file;
	struct sayer *sayer;
	struct clock_learner *learner;
	size_t changes;
	struct clocks *unsaved;
};

struct clocks *clock_link_load(const struct config *config, struct arena *arena,
			       const struct registry *registry)
{
	const char *file = config_path(config, arena, CLOCKS_FILE);
	struct clocks *clocks = NULL;
	struct buf text = {0};
	int r = io_read_file(file, CLOCKS_STATE_MAX, &text);

	if (r == 0)
		r = clocks_load(buf_str(&text), registry, &clocks);
	if (r < 0 && r != -ENOENT)
		log_warning("%s: %s; the clocks of senders are learnt anew", file, err_text(r));
	buf_done(&text);
	return clocks ? clocks : clocks_new(registry, NULL, 0);
}

struct clock_link *clock_link_new(const char *file, const char *collect_socket,
				  const struct registry *registry, int64_t window, struct clocks *clocks)
{
	struct clock_link *link = calloc(1, sizeof(*link));

	must(link);
	link->file = file;
	link->sayer = sayer_new(collect_socket);
	link->learner = clock_learner_new(registry, window, clocks);
	return link;
}

void clock_link_free(struct clock_link *link)
{
	if (!link)
		return;
	clocks_release(link->unsaved);
	clock_learner_free(link->learner);
	sayer_free(link->sayer);
	free(link);
}

bool clock_link_take(struct clock_link *link, const struct tally *tally)
{
	sayer_retry(link->sayer);
	link->changes = clock_learner_take(link->learner, tally);
	return link->changes > 0;
}

static void say(struct clock_link *link, const struct clock_change *change)
{
	static const struct {
		const char *event, *level, *text;
	} words[] = {
		[CLOCK_RIGHT] = {"clock.right", "info", "is right again; its times are taken as they are"},
		[CLOCK_ZONE_WRONG] = {"clock.zone", "warning",
				      "writes times of another zone; they are corrected"},
		[CLOCK_WRONG] = {"clock.wrong", "warning", "is wrong; its times are corrected"},
		[CLOCK_IMPLAUSIBLE] =
			{"clock.implausible", "warning",
			 "is far behind, or somebody plays old lines; its times stay as they are"},
	};
	const struct clock_correction *of = &change->correction;
	struct buf members = {0};
	char peer[IP_TEXT_SIZE];

	ip_format(of->peer, peer);
	buf_printf(&members, "\"peer\":\"%s\",\"host\":", peer);
	buf_add_json_string(&members, of->name);
	buf_printf(&members, ",\"times\":\"%s\",\"ahead_seconds\":%" PRId64 ",\"added_seconds\":%" PRId64,
		   of->kind == CLOCK_ZONED ? "zoned" : "assumed", change->error / CLOCK_SECOND,
		   of->add / CLOCK_SECOND);
	sayer_say(link->sayer, words[change->verdict].event, words[change->verdict].level, buf_str(&members),
		  "the clock of %s%s%.*s %s (%" PRId64 " s ahead, %" PRId64 " s added)", peer,
		  of->name.len ? ", " : "", STR_FMT(of->name), words[change->verdict].text,
		  change->error / CLOCK_SECOND, of->add / CLOCK_SECOND);
	buf_done(&members);
}

struct clocks *clock_link_publish(struct clock_link *link, uint64_t from)
{
	struct clocks *clocks = clock_learner_publish(link->learner, from);

	clocks_release(link->unsaved);
	link->unsaved = clocks_use(clocks);
	return clocks;
}

void clock_link_tell(struct clock_link *link)
{
	struct buf text = {0};
	int r = 0;

	if (link->unsaved) {
		clocks_save(link->unsaved, &text);
		r = io_replace_file(link->file, text.ptr, text.len, 0640);
	}
	if (r < 0)
		log_warning("%s: %s; what was learnt of clocks is lost at the next start", link->file,
			    err_text(r));
	buf_done(&text);
	clocks_release(link->unsaved);
	link->unsaved = NULL;
	for (size_t i = 0; i < link->changes; i++)
		say(link, &clock_learner_changes(link->learner)[i]);
}
