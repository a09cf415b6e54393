/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/grouper.h"

#include <math.h>

#include "base/clock.h"

void grouper_init(struct grouper *grouper, struct db_tx *tx, const struct case_rules *rules)
{
	*grouper = (struct grouper){.tx = tx, .rules = rules};
	grouper->arena = arena_new(8 * 1024);
	grouper->parser = json_parser_new();
	grouper->assets = assets_new();
	must(grouper->arena && grouper->parser);
}

void grouper_done(struct grouper *grouper)
{
	arena_free(grouper->arena);
	json_parser_free(grouper->parser);
	assets_free(grouper->assets);
	buf_done(&grouper->text);
}

/* --- candidates ----------------------------------------------------------------------------------------- */

struct shared {
	const struct entity *entity;
	double points; /* 0 … 1 */
};

struct candidate {
	int64_t id, first, last, alerts;
	double miss; /* the chance that nothing of what is shared means anything */
	struct shared shared[ENTITIES_MAX];
	size_t shared_count;
	int64_t gap; /* µs from the nearest time that something shared was seen; negative: after it */
	unsigned stage_from; /* of the host, where the alert is a later one; else 0 */
	const char *same;    /* "rule", "technique", "tactic" or NULL */
	int64_t score, base; /* base: without the bonuses */
};

struct candidates {
	struct candidate items[CANDIDATES_MAX];
	size_t count;
};

static struct candidate *candidate_of(struct candidates *all, int64_t id)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].id == id)
			return &all->items[i];
	if (all->count == CANDIDATES_MAX)
		return NULL;
	all->items[all->count] = (struct candidate){.id = id, .miss = 1, .gap = INT64_MAX};
	return &all->items[all->count++];
}

/* Negative: the alert is that much later; positive: earlier; 0: between. */
struct span {
	int64_t first, last;
};

static int64_t gap_of(int64_t time, struct span span)
{
	return time > span.last ? span.last - time : time < span.first ? span.first - time : 0;
}

static bool arrived_together(const struct case_rules *rules, const struct subject *subject, int64_t seq,
			     int64_t received)
{
	return subject->received && received && llabs(subject->seq - seq) <= rules->zone_records &&
	       llabs(subject->received - received) <= rules->zone_minutes * CLOCK_MINUTE;
}

/* Whether whole steps away the time is among the others, or little beside them: then *gap is what is left. */
static bool in_another_zone(const struct case_rules *rules, int64_t time, struct span others, int64_t *gap)
{
	const int64_t step = rules->zone_step * CLOCK_MINUTE, slack = rules->zone_slack * CLOCK_MINUTE;
	int64_t away = floor_to(others.last - time + slack, step);

	if (away == 0 || llabs(away) > rules->zone_hours * CLOCK_HOUR || time + away < others.first - slack)
		return false;
	*gap = gap_of(time + away, others);
	return true;
}

static double rarity(const struct case_rules *rules, const struct entity *entity)
{
	double common = (double)rules->shares[entity->share].common;

	return common / (common + (double)(entity->degree > 1 ? entity->degree - 1 : 0));
}

static double points_of(const struct case_rules *rules, const struct entity *entity, int64_t strength,
			int64_t gap)
{
	double half_life = (double)rules->half_life * CLOCK_MINUTE;

	return (double)rules->shares[entity->share].points / 1000 * rarity(rules, entity) *
	       ((double)strength / 1000) * exp2(-(double)llabs(gap) / half_life);
}

#define LEAST 0.02 /* of a share below which it is not looked at */

/* Whether it does so already, by another name. */
static bool shares(const struct candidate *candidate, const struct entity *entity)
{
	return candidate->shared_count && candidate->shared[candidate->shared_count - 1].entity == entity;
}

/* One row of an entity in an incident. */
static void share_with(struct candidates *all, const struct case_rules *rules, const struct alert *alert,
		       const struct subject *subject, const struct entity *entity, bool by_other_name,
		       struct db_rows *rows)
{
	struct span span = {db_column_integer(rows, 1), db_column_integer(rows, 2)};
	struct span lately = {db_column_integer(rows, 11), db_column_integer(rows, 10)};
	int64_t strength = db_column_integer(rows, 3) * (by_other_name ? rules->short_host : 1000) / 1000;
	int64_t gap = gap_of(alert->time, span);
	double points = points_of(rules, entity, strength, gap);
	unsigned stage = (unsigned)db_column_integer(rows, 4);
	struct candidate *candidate;

	if (arrived_together(rules, subject, db_column_integer(rows, 8), db_column_integer(rows, 9)) &&
	    in_another_zone(rules, alert->time, lately, &gap))
		points = points_of(rules, entity, strength * rules->zone_points / 1000, gap);
	if (points < LEAST || !(candidate = candidate_of(all, db_column_integer(rows, 0))) ||
	    shares(candidate, entity))
		return;
	candidate->first = db_column_integer(rows, 5);
	candidate->last = db_column_integer(rows, 6);
	candidate->alerts = db_column_integer(rows, 7);
	candidate->miss *= 1 - points;
	candidate->shared[candidate->shared_count++] = (struct shared){entity, points};
	if (llabs(gap) < llabs(candidate->gap))
		candidate->gap = gap;
	if ((entity->share == SHARE_HOST || entity->share == SHARE_DESTINATION) && stage &&
	    subject->stage > stage && gap <= 0)
		candidate->stage_from = stage;
}

/* How far away a share of that many points may be to count at all. */
static int64_t reach(const struct case_rules *rules, const struct entity *entity)
{
	double most = (double)rules->shares[entity->share].points / 1000 * rarity(rules, entity);
	int64_t span;

	if (most <= LEAST)
		return -1;
	span = (int64_t)(log2(most / LEAST) * (double)rules->half_life * CLOCK_MINUTE);
	return span > rules->zone_hours * CLOCK_HOUR ? span : (rules->zone_hours + 1) * CLOCK_HOUR;
}

/* The open incidents that the entity was seen in lately, the latest first. Of those that have it at most
   SEEN_MAX are looked at, closed ones included. */
#define SEEN_MAX 256

static int find_named(struct grouper *grouper, const struct alert *alert, const struct subject *subject,
		      const struct entity *entity, struct str name, struct candidates *all)
{
	static const char sql[] =
		"SELECT e.incident, e.first, e.last, e.strength, e.stage, i.first, i.last, i.alerts, e.seq,"
		" e.received, e.recent, e.began FROM (SELECT incident, first, last, strength, stage, seq, "
		"received, "
		"recent, began FROM incident_entities WHERE kind = ?1"
		" AND value = ?2 AND last >= ?3 ORDER BY last DESC LIMIT ?7) AS e JOIN incidents AS i"
		" ON i.id = e.incident WHERE e.first <= ?4 AND i.status < 4 AND i.drill = ?5"
		" ORDER BY e.last DESC, e.incident LIMIT ?6";
	const bool by_other_name = entity->short_name || name.len != entity->value.len;
	int64_t span = reach(grouper->rules, entity);
	struct db_rows *rows;
	int r;

	if (span < 0)
		return 0;
	rows = db_query(grouper->tx, sql,
			DB_ARGS(db_integer(share_kind(entity->share)), db_text(name),
				db_integer(alert->time - span), db_integer(alert->time + span),
				db_integer(alert->drill), db_integer(grouper->rules->candidates_max),
				db_integer(SEEN_MAX)));
	while ((r = db_next(rows)) > 0)
		share_with(all, grouper->rules, alert, subject, entity, by_other_name, rows);
	return r;
}

static int find_shared(struct grouper *grouper, const struct alert *alert, const struct subject *subject,
		       const struct entity *entity, struct candidates *all)
{
	int r = find_named(grouper, alert, subject, entity, entity->value, all);

	return r < 0 || !entity->other.len ? r
					   : find_named(grouper, alert, subject, entity, entity->other, all);
}

/* --- the score ------------------------------------------------------------------------------------------ */

static int has(struct grouper *grouper, int64_t id, enum entity_kind kind, const struct str *values,
	       size_t count)
{
	int64_t one;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = db_get_integer(grouper->tx,
				   "SELECT 1 FROM incident_entities WHERE incident = ?1 AND kind = ?2"
				   " AND value = ?3",
				   DB_ARGS(db_integer(id), db_integer(kind), db_text(values[i])), &one);
	return r;
}

/* What the alert's rule has in common with the incident's. */
static int read_same(struct grouper *grouper, const struct alert *alert, const struct subject *subject,
		     struct candidate *candidate, int64_t *ret_bonus)
{
	const struct case_rules *rules = grouper->rules;
	const struct {
		const char *name;
		enum entity_kind kind;
		const struct str *values;
		size_t count;
		int64_t bonus;
	} kinds[] = {
		{"rule", ENTITY_RULE, &alert->rule_id, 1, rules->same_rule},
		{"technique", ENTITY_TECHNIQUE, subject->techniques, subject->technique_count,
		 rules->same_technique},
		{"tactic", ENTITY_TACTIC, subject->tactics, subject->tactic_count, rules->same_tactic},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int r = has(grouper, candidate->id, kinds[i].kind, kinds[i].values, kinds[i].count);

		if (r < 0)
			return r;
		if (r > 0) {
			candidate->same = kinds[i].name;
			*ret_bonus = kinds[i].bonus;
			return 0;
		}
	}
	*ret_bonus = 0;
	return 0;
}

static bool has_room(const struct case_rules *rules, const struct alert *alert,
		     const struct candidate *candidate)
{
	int64_t first = alert->time < candidate->first ? alert->time : candidate->first;
	int64_t last = alert->time > candidate->last ? alert->time : candidate->last;

	return candidate->alerts < rules->alerts_max && last - first <= rules->hours_max * CLOCK_HOUR;
}

/* Whether the alert's host is the incident's, or it has room for another. 1 or 0. */
static int has_room_for_host(struct grouper *grouper, const struct subject *subject,
			     const struct candidate *candidate)
{
	int64_t hosts = 0;
	int r;

	for (size_t i = 0; i < candidate->shared_count; i++)
		if (candidate->shared[i].entity->share == SHARE_HOST)
			return 1;
	if (!subject->count || subject->items[0].share != SHARE_HOST)
		return 1;
	r = db_get_integer(grouper->tx,
			   "SELECT count(*) FROM incident_entities WHERE incident = ?1 AND kind = ?2",
			   DB_ARGS(db_integer(candidate->id), db_integer(ENTITY_HOST)), &hosts);
	return r < 0 ? r : hosts < grouper->rules->hosts_max;
}

static int score_one(struct grouper *grouper, const struct alert *alert, const struct subject *subject,
		     struct candidate *candidate)
{
	const struct case_rules *rules = grouper->rules;
	int64_t same = 0, stage = candidate->stage_from ? rules->next_stage : 0;
	int64_t most = 1000 + stage + rules->same_rule + rules->same_technique + rules->same_tactic;
	double base = 1 - candidate->miss;
	int r;

	if (!has_room(rules, alert, candidate))
		return 0;
	if (base * (double)most < (double)rules->threshold) {
		candidate->score = llround(base * 1000);
		return 0;
	}
	r = has_room_for_host(grouper, subject, candidate);
	if (r <= 0)
		return r;
	r = read_same(grouper, alert, subject, candidate, &same);
	candidate->base = llround(base * 1000);
	candidate->score = llround(base * (double)(1000 + stage + same));
	candidate->score = candidate->score > 1000 ? 1000 : candidate->score;
	return r;
}

/* The best and the second, the older where they are equal; NULL where there is none. */
static void choose(struct candidates *all, struct candidate **ret_best, struct candidate **ret_second)
{
	struct candidate *best = NULL, *second = NULL;

	for (size_t i = 0; i < all->count; i++) {
		struct candidate *this = &all->items[i];

		if (!best || this->score > best->score ||
		    (this->score == best->score && this->id < best->id)) {
			second = best;
			best = this;
		} else if (!second || this->score > second->score ||
			   (this->score == second->score && this->id < second->id)) {
			second = this;
		}
	}
	*ret_best = best;
	*ret_second = second;
}

/* --- the reason ----------------------------------------------------------------------------------------- */

static void write_reason(const struct grouper *grouper, const struct subject *subject,
			 const struct candidate *candidate, struct buf *out)
{
	const struct case_rules *rules = grouper->rules;

	buf_clear(out);
	buf_printf(out, "{\"shared\":[");
	for (size_t i = 0; i < candidate->shared_count; i++) {
		const struct shared *shared = &candidate->shared[i];

		buf_printf(out, "%s{\"as\":\"%s\",\"value\":", i ? "," : "",
			   share_name(shared->entity->share));
		buf_add_json_string(out, shared->entity->value);
		if (shared->entity->share == SHARE_ASSET) {
			buf_printf(out, ",\"name\":");
			buf_add_json_string(out, asset_name(subject->asset));
		}
		buf_printf(out, ",\"points\":%lld,\"seen_with\":%lld,\"rare\":%s}",
			   llround(shared->points * 1000), (long long)shared->entity->degree,
			   rarity(rules, shared->entity) >= 0.5 ? "true" : "false");
	}
	buf_printf(out, "],\"seconds\":%lld", (long long)(-candidate->gap / CLOCK_SECOND));
	if (candidate->stage_from)
		buf_printf(out, ",\"stage\":[\"%.*s\",\"%.*s\"]",
			   STR_FMT(rules->stages[candidate->stage_from - 1]),
			   STR_FMT(rules->stages[subject->stage - 1]));
	if (candidate->same)
		buf_printf(out, ",\"same\":\"%s\"", candidate->same);
	buf_add_char(out, '}');
}

static int keep_reason(struct grouper *grouper, int64_t key, int64_t score)
{
	int r = db_run(grouper->tx, "INSERT OR REPLACE INTO alert_reasons VALUES (?1, ?2, ?3)",
		       DB_ARGS(db_integer(key), db_integer(score), db_text(buf_str(&grouper->text))));

	return r < 0 ? r : 0;
}

/* --- joining -------------------------------------------------------------------------------------------- */

/* Before anything is merged, which counts the alerts that there are. */
static int put(struct grouper *grouper, int64_t key, int64_t id)
{
	int r = db_run(grouper->tx, "UPDATE alerts SET incident = ?2 WHERE key = ?1",
		       DB_ARGS(db_integer(key), db_integer(id)));

	return r < 0 ? r : 0;
}

static int join(struct grouper *grouper, const struct alert *alert, const struct subject *subject,
		const struct candidate *candidate, int64_t key)
{
	int64_t strength = candidate->score * grouper->rules->chain_keep / 1000;
	int r = put(grouper, key, candidate->id);

	write_reason(grouper, subject, candidate, &grouper->text);
	if (r == 0)
		r = incident_take_alert(grouper, candidate->id, alert);
	if (r == 0)
		r = keep_reason(grouper, key, candidate->score);
	if (r == 0)
		r = incident_take_subject(grouper, candidate->id, alert, subject,
					  strength < 1000 ? strength : 1000);
	return r;
}

static int open_incident(struct grouper *grouper, const struct alert *alert, const struct subject *subject,
			 const struct candidate *nearest, int64_t key, int64_t *ret_id)
{
	int r = incident_open(grouper->tx, alert, grouper->rules->zone, alert->detected, ret_id);

	if (r == 0)
		r = put(grouper, key, *ret_id);
	buf_clear(&grouper->text);
	buf_printf(&grouper->text, "{\"opened\":true");
	if (nearest)
		buf_printf(&grouper->text, ",\"nearest\":%lld", (long long)nearest->id);
	buf_add_char(&grouper->text, '}');
	if (r == 0)
		r = keep_reason(grouper, key, nearest ? nearest->score : 0);
	if (r == 0)
		r = incident_take_subject(grouper, *ret_id, alert, subject, 1000);
	return r;
}

/* An alert that fits two: one incident where nobody has touched either and it fits both well, else a link.
   What people have worked on, told others about or counted deadlines from is not merged behind their backs.
 */
static int bridge(struct grouper *grouper, const struct alert *alert, const struct candidate *best,
		  const struct candidate *second, int64_t *ret_id)
{
	const struct case_rules *rules = grouper->rules;
	const bool fits = best->score >= rules->threshold && second->score >= rules->threshold;
	int r = 0;

	*ret_id = best->id;
	if (fits && second->base >= rules->merge)
		r = incident_merge_untouched(grouper, best->id, second->id, alert->detected, ret_id);
	if (fits && second->score >= rules->related && r == 0)
		r = incident_relate(grouper->tx, best->id, second->id, second->score, alert->id,
				    alert->detected);
	return r < 0 ? r : 0;
}

static int place(struct grouper *grouper, const struct alert *alert, int64_t key, struct subject *subject,
		 int64_t *ret_id)
{
	struct candidates all = {.count = 0};
	struct candidate *best, *second;
	int r = 0;

	for (size_t i = 0; i < subject->count && r == 0; i++)
		r = find_shared(grouper, alert, subject, &subject->items[i], &all);
	for (size_t i = 0; i < all.count && r == 0; i++)
		r = score_one(grouper, alert, subject, &all.items[i]);
	if (r < 0)
		return r;
	choose(&all, &best, &second);
	if (!best || best->score < grouper->rules->threshold)
		return open_incident(grouper, alert, subject, best, key, ret_id);
	r = join(grouper, alert, subject, best, key);
	*ret_id = best->id;
	return r < 0 || !second ? r : bridge(grouper, alert, best, second, ret_id);
}

int grouper_place(struct grouper *grouper, const struct alert *alert, int64_t key, int64_t *ret_id)
{
	struct subject subject;
	int r;

	if (!grouper->rules) {
		r = incident_open(grouper->tx, alert, 0, alert->detected, ret_id);
		return r < 0 ? r : put(grouper, key, *ret_id);
	}
	r = grouper_subject(grouper, alert, &subject);
	if (r == 0)
		r = entities_degrees(grouper, alert, &subject);
	if (r == 0)
		r = place(grouper, alert, key, &subject, ret_id);
	return r < 0 ? r : entities_count(grouper, alert, &subject);
}
