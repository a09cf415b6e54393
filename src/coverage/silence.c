/* SPDX-License-Identifier: Apache-2.0 */
/* Who has been silent for too long, and holes in which nobody could be heard. */
#include "coverage/private.h"
#include "event/ip.h"

static bool is_fresh(const struct coverage *coverage, const struct talker *talker)
{
	return coverage->tick - talker->first < RHYTHM_NEW;
}

double talker_rate(const struct coverage *coverage, const struct talker *talker)
{
	return rhythm_rate(&talker->rhythm, &talker->hour, coverage->slot, is_fresh(coverage, talker));
}

static void add_time(struct buf *out, const char *name, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	buf_printf(out, ",\"%s\":\"%s\"", name, text);
}

static void add_text(struct buf *out, const char *name, struct str text)
{
	if (!text.len)
		return;
	buf_printf(out, ",\"%s\":", name);
	buf_add_json_string(out, text);
}

static bool is_nobody(const uint8_t peer[16])
{
	static const uint8_t nobody[16];

	return memcmp(peer, nobody, sizeof(nobody)) == 0;
}

static void describe(struct buf *out, uint64_t id, const struct talker_key *key)
{
	char peer[IP_TEXT_SIZE];

	buf_printf(out, "\"talker\":\"%016lx\",\"listener\":\"%s\"", (unsigned long)id,
		   listener_name(key->listener));
	if (!is_nobody(key->peer)) {
		ip_format(key->peer, peer);
		add_text(out, "peer", str_from(peer));
	}
	add_text(out, "source", key->source);
	add_text(out, "host", key->name);
}

/* "10.0.0.1 openssh", for people. */
static struct str name_talker(struct coverage *coverage, const struct talker_key *key)
{
	struct str source = key->source.len ? key->source : STR("(unparsed)");
	char peer[IP_TEXT_SIZE] = "";

	if (!is_nobody(key->peer))
		ip_format(key->peer, peer);
	return arena_printf(coverage->output.texts, "%s%s%.*s %.*s",
			    peer[0] ? peer : listener_name(key->listener), key->name.len ? " " : "",
			    STR_FMT(key->name), STR_FMT(source));
}

static void emit_silence(struct coverage *coverage, uint64_t id, int64_t from, int64_t to, bool learning)
{
	emit(coverage, &(struct coverage_change){.type = CHANGE_SPAN,
						 .talker = id,
						 .span = SPAN_SILENT,
						 .from = from,
						 .to = to,
						 .learning = learning});
}

static void begin_silence(struct coverage *coverage, struct talker *talker, double rate)
{
	struct buf members = {0};

	talker->silent_from = talker->last;
	talker->silent_slot = coverage->slot;
	talker->silent_bound = rhythm_bound(&talker->rhythm, coverage->slot);
	talker->silent_learning = is_fresh(coverage, talker);
	emit_silence(coverage, talker->id, talker->silent_from, 0, talker->silent_learning);
	describe(&members, talker->id, &talker->key);
	add_time(&members, "last", talker->last);
	buf_printf(&members, ",\"expected_every\":%.0f,\"missed\":%.0f,\"learning\":%s",
		   rate > 0 ? 3600 / rate : 0, talker->rhythm.missed,
		   talker->silent_learning ? "true" : "false");
	say_silent(coverage, talker->id, talker->silent_learning,
		   arena_printf(coverage->output.texts, "nothing comes from %s any more",
				name_talker(coverage, &talker->key).ptr),
		   &members);
}

void silence_close(struct coverage *coverage, const struct talker *talker, int64_t at)
{
	emit_silence(coverage, talker->id, talker->silent_from, at, talker->silent_learning);
}

/* The part of the hour in which it was silent teaches nothing, unless the rhythm is still being learnt: then
   it was more likely a habit. */
void silence_end(struct coverage *coverage, struct talker *talker, int64_t at)
{
	struct buf members = {0};

	silence_close(coverage, talker, at);
	describe(&members, talker->id, &talker->key);
	add_time(&members, "last", talker->silent_from);
	buf_printf(&members, ",\"silent_seconds\":%ld", (long)((at - talker->silent_from) / CLOCK_SECOND));
	say(coverage, "coverage.resumed", "info",
	    arena_printf(coverage->output.texts, "%s talks again", name_talker(coverage, &talker->key).ptr),
	    &members);
	if (!talker->silent_learning) {
		int64_t from =
			talker->silent_from > talker->hour_from ? talker->silent_from : talker->hour_from;

		rhythm_resume(&talker->rhythm, talker->silent_slot, talker->silent_bound);
		talker->hour_from += at - from;
	}
	talker->silent_from = 0;
}

static void look_at(struct coverage *coverage, struct talker *talker, int64_t from, int64_t to)
{
	int64_t begin = talker->armed > from ? talker->armed : from;
	double rate = talker_rate(coverage, talker);
	int registered = talker->registered;

	if (begin >= to)
		return;
	if (!talker->silent_from || talker->silent_learning)
		talker->hour.observed = to - talker->hour_from;
	rhythm_wait(&talker->rhythm, rate, to - begin);
	if (talker->silent_from || to - talker->armed < coverage->options.silent_least ||
	    talker->rhythm.missed <= rhythm_bound(&talker->rhythm, coverage->slot))
		return;
	if (registered < 0 || !registry_get(coverage->options.registry, (size_t)registered)->ignore)
		begin_silence(coverage, talker, rate);
}

/* --- what the operator registered ----------------------------------------------------------------------- */

static void announce_watch(struct coverage *coverage, struct watch *watch, const struct registered *source)
{
	struct coverage_change change = {
		.type = CHANGE_TALKER,
		.talker = watch->id,
		.kind = TALKER_REGISTERED,
		.key = {.source = source->source, .name = source->name},
		.first = watch->armed,
	};

	if (!watch->known)
		emit(coverage, &change);
	watch->known = true;
}

static void describe_watch(struct buf *out, const struct watch *watch, const struct registered *source)
{
	buf_printf(out, "\"talker\":\"%016lx\",\"registered\":", (unsigned long)watch->id);
	buf_add_json_string(out, source->name);
	add_text(out, "source", source->source);
	if (watch->last)
		add_time(out, "last", watch->last);
}

static void look_at_watch(struct coverage *coverage, struct watch *watch, const struct registered *source,
			  int64_t to)
{
	struct buf members = {0};

	if (!source->every || watch->silent_from || to - watch->armed <= source->every)
		return;
	announce_watch(coverage, watch, source);
	watch->silent_from = watch->armed;
	emit_silence(coverage, watch->id, watch->silent_from, 0, false);
	describe_watch(&members, watch, source);
	buf_printf(&members, ",\"expected_every\":%ld,\"learning\":false",
		   (long)(source->every / CLOCK_SECOND));
	say_silent(coverage, watch->id, false,
		   arena_printf(coverage->output.texts, "nothing comes from the registered source %.*s",
				STR_FMT(source->name)),
		   &members);
}

void silence_watch_heard(struct coverage *coverage, int registered, const struct heard *heard)
{
	const struct registered *source;
	struct buf members = {0};
	struct watch *watch;

	if (registered < 0)
		return;
	source = registry_get(coverage->options.registry, (size_t)registered);
	watch = &coverage->watches[registered];
	if (source->every)
		announce_watch(coverage, watch, source);
	if (watch->silent_from) {
		emit_silence(coverage, watch->id, watch->silent_from, heard->first, false);
		describe_watch(&members, watch, source);
		buf_printf(&members, ",\"silent_seconds\":%ld",
			   (long)((heard->first - watch->silent_from) / CLOCK_SECOND));
		say(coverage, "coverage.resumed", "info",
		    arena_printf(coverage->output.texts, "the registered source %.*s talks again",
				 STR_FMT(source->name)),
		    &members);
	}
	watch->silent_from = 0;
	if (heard->last > watch->last)
		watch->last = watch->armed = heard->last;
}

void silence_look(struct coverage *coverage, int64_t from, int64_t to)
{
	for (size_t i = 0; i < registry_count(coverage->options.registry); i++)
		look_at_watch(coverage, &coverage->watches[i], registry_get(coverage->options.registry, i),
			      to);
	for (size_t i = 0; i < coverage->talkers.len; i++)
		look_at(coverage, &coverage->talkers.items[i], from, to);
}

/* --- holes ---------------------------------------------------------------------------------------------- */

static void emit_down(struct coverage *coverage, int64_t from, int64_t to)
{
	struct talker_key key = {.listener = LISTENER_PLATFORM};
	struct coverage_change change = {
		.type = CHANGE_TALKER, .kind = TALKER_PLATFORM, .key = key, .first = from};
	struct buf members = {0};

	change.talker = coverage_id(TALKER_PLATFORM, &key);
	emit(coverage, &change);
	change = (struct coverage_change){
		.type = CHANGE_SPAN, .talker = change.talker, .span = SPAN_DOWN, .from = from, .to = to};
	emit(coverage, &change);
	buf_printf(&members, "\"seconds\":%ld", (long)((to - from) / CLOCK_SECOND));
	add_time(&members, "from", from);
	add_time(&members, "to", to);
	say(coverage, "coverage.down", "warning",
	    arena_copy(coverage->output.texts, STR("nothing was collected")), &members);
}

/* Where the clock was set back, from is to: the time that comes again is lived through again. */
void silence_down(struct coverage *coverage, int64_t from, int64_t to)
{
	hour_close(coverage, from);
	if (from < to)
		emit_down(coverage, from, to);
	coverage->now = to;
	coverage->tick = to / coverage->step * coverage->step;
	hour_begin(coverage, to);
	for (size_t i = 0; i < coverage->talkers.len; i++) {
		struct talker *talker = &coverage->talkers.items[i];

		talker->armed = talker->hour_from = to;
		talker->last = talker->last > to ? to : talker->last;
	}
	for (size_t i = 0; i < registry_count(coverage->options.registry); i++)
		coverage->watches[i].armed = to;
}
