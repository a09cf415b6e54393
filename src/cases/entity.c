/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/entity.h"

#include <math.h>

#include "base/clock.h"
#include "cases/grouper.h"

#define PERIOD (7 * CLOCK_DAY)
#define RISK_UNIT 1000.0 /* stored a point */
#define RANK_UNIT 1000000.0
#define RISK_MAX 1e9

static const char *const names[ENTITY_KIND_COUNT] = {
#define X(id, n, name) [n] = name,
	ENTITY_KINDS(X)
#undef X
};

const char *entity_kind_name(enum entity_kind kind)
{
	return (unsigned)kind < ENTITY_KIND_COUNT && names[kind] ? names[kind] : "";
}

int entity_kind_parse(struct str name, enum entity_kind *ret_kind)
{
	for (int i = 1; i < ENTITY_KIND_COUNT; i++)
		if (str_eq(name, str_from(names[i]))) {
			*ret_kind = (enum entity_kind)i;
			return 0;
		}
	return ERR_UNKNOWN;
}

static double decay(const struct case_rules *rules, int64_t span)
{
	return exp2(-(double)span / ((double)rules->risk_half_life * CLOCK_HOUR));
}

/* --- what is known of an entity ------------------------------------------------------------------------ */

struct known {
	int64_t period, degree, degree_before, first, last, alerts;
	double risk;
	int64_t risk_at;
};

static int read_known(struct db_tx *tx, bool drill, enum entity_kind kind, struct str value,
		      struct known *ret_known)
{
	static const char sql[] = "SELECT period, degree, degree_before, first, last, alerts, risk, risk_at"
				  " FROM entities WHERE drill = ?1 AND kind = ?2 AND value = ?3";
	struct db_rows *rows =
		db_query(tx, sql, DB_ARGS(db_integer(drill), db_integer(kind), db_text(value)));
	int r = db_next(rows);

	if (r > 0)
		*ret_known = (struct known){db_column_integer(rows, 0),
					    db_column_integer(rows, 1),
					    db_column_integer(rows, 2),
					    db_column_integer(rows, 3),
					    db_column_integer(rows, 4),
					    db_column_integer(rows, 5),
					    (double)db_column_integer(rows, 6) / RISK_UNIT,
					    db_column_integer(rows, 7)};
	return r;
}

static int64_t period_of(int64_t time)
{
	return floor_to(time, PERIOD) / PERIOD;
}

/* A period behind the one that is kept counts as that one: old logs change no present. */
static void move_period(struct known *known, int64_t period)
{
	if (period <= known->period)
		return;
	known->degree_before = period == known->period + 1 ? known->degree : 0;
	known->degree = 0;
	known->period = period;
}

int entities_degrees(struct grouper *grouper, const struct alert *alert, struct subject *subject)
{
	int r = 0;

	for (size_t i = 0; i < subject->count && r >= 0; i++) {
		struct entity *entity = &subject->items[i];
		struct known known = {0};

		r = read_known(grouper->tx, alert->drill, share_kind(entity->share), entity->value, &known);
		if (r > 0)
			move_period(&known, period_of(alert->time));
		entity->degree = known.degree > known.degree_before ? known.degree : known.degree_before;
	}
	return r < 0 ? r : 0;
}

/* --- counting ------------------------------------------------------------------------------------------- */

/* With whom an entity is seen: a host with who came to it, everything else with the host, or with the other
   end where no host is named. */
static struct str partner_of(const struct subject *subject, const struct entity *entity)
{
	static const enum share order[] = {SHARE_HOST, SHARE_DESTINATION, SHARE_SOURCE, SHARE_USER};

	for (size_t n = 0; n < sizeof(order) / sizeof(order[0]); n++)
		for (size_t i = 0; i < subject->count; i++)
			if (&subject->items[i] != entity && subject->items[i].share == order[n] &&
			    !(entity->share == SHARE_HOST && order[n] == SHARE_DESTINATION))
				return subject->items[i].value;
	return (struct str){0};
}

static int count_partner(struct grouper *grouper, bool drill, const struct subject *subject,
			 const struct entity *entity, struct known *known)
{
	struct str partner = partner_of(subject, entity);
	int r;

	if (!partner.len || known->degree >= ENTITY_PARTNERS_MAX)
		return 0;
	r = db_run(grouper->tx, "INSERT OR IGNORE INTO entity_partners VALUES (?1, ?2, ?3, ?4, ?5)",
		   DB_ARGS(db_integer(known->period), db_integer(drill),
			   db_integer(share_kind(entity->share)), db_text(entity->value), db_text(partner)));
	known->degree += r > 0;
	return r < 0 ? r : 0;
}

/* Points that come late have lost what they would have lost by now. */
static void add_risk(const struct case_rules *rules, struct known *known, double points, int64_t time)
{
	if (time >= known->risk_at) {
		known->risk = known->risk * decay(rules, time - known->risk_at) + points;
		known->risk_at = time;
	} else {
		known->risk += points * decay(rules, known->risk_at - time);
	}
	known->risk = known->risk > RISK_MAX ? RISK_MAX : known->risk;
}

static int64_t rank_of(const struct case_rules *rules, const struct known *known)
{
	double halves = (double)known->risk_at / ((double)rules->risk_half_life * CLOCK_HOUR);

	return known->risk > 0 ? llround((log2(known->risk) + halves) * RANK_UNIT) : INT64_MIN;
}

static int write_known(struct grouper *grouper, bool drill, enum entity_kind kind, struct str value,
		       struct str name, const struct known *known)
{
	static const char sql[] =
		"INSERT INTO entities VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
		" ON CONFLICT DO UPDATE SET name = excluded.name, period = excluded.period,"
		" degree = excluded.degree, degree_before = excluded.degree_before, first = excluded.first,"
		" last = excluded.last, alerts = excluded.alerts, risk = excluded.risk,"
		" risk_at = excluded.risk_at, rank = excluded.rank";
	int r = db_run(grouper->tx, sql,
		       DB_ARGS(db_integer(drill), db_integer(kind), db_text(value), db_text(name),
			       db_integer(known->period), db_integer(known->degree),
			       db_integer(known->degree_before), db_integer(known->first),
			       db_integer(known->last), db_integer(known->alerts),
			       db_integer(llround(known->risk * RISK_UNIT)), db_integer(known->risk_at),
			       db_integer(rank_of(grouper->rules, known))));

	return r < 0 ? r : 0;
}

/* Percent: how often analysts found the rule right, of which a few times are taken for granted. */
static int read_precision(struct grouper *grouper, const struct alert *alert, int64_t *ret_percent)
{
	static const char sql[] = "SELECT confirmed, false_positive FROM rule_counts WHERE rule_id = ?1"
				  " AND drill = ?2";
	const struct case_rules *rules = grouper->rules;
	struct db_rows *rows =
		db_query(grouper->tx, sql, DB_ARGS(db_text(alert->rule_id), db_integer(alert->drill)));
	int64_t right = rules->precision_weight, wrong = 0, percent;
	int r = db_next(rows);

	if (r > 0) {
		right += db_column_integer(rows, 0);
		wrong = db_column_integer(rows, 1);
	}
	percent = 100 * right / (right + wrong);
	*ret_percent = percent < rules->precision_least ? rules->precision_least : percent;
	return r < 0 ? r : 0;
}

static int count_one(struct grouper *grouper, const struct alert *alert, const struct subject *subject,
		     const struct entity *entity, double points)
{
	const int64_t period = period_of(alert->time);
	const enum entity_kind kind = share_kind(entity->share);
	struct known known = {.period = period, .first = alert->time, .last = alert->time};
	struct str name = entity->share == SHARE_ASSET ? asset_name(subject->asset) : (struct str){0};
	int r = read_known(grouper->tx, alert->drill, kind, entity->value, &known);

	if (r < 0)
		return r;
	move_period(&known, period);
	known.alerts++;
	known.first = alert->time < known.first ? alert->time : known.first;
	known.last = alert->time > known.last ? alert->time : known.last;
	add_risk(grouper->rules, &known, points, alert->time);
	r = count_partner(grouper, alert->drill, subject, entity, &known);
	return r < 0 ? r : write_known(grouper, alert->drill, kind, entity->value, name, &known);
}

int entities_count(struct grouper *grouper, const struct alert *alert, struct subject *subject)
{
	const struct case_rules *rules = grouper->rules;
	int64_t criticality = criticality_points(&rules->risk_criticality, asset_criticality(subject->asset));
	int64_t precision = 0;
	double points;
	int r = read_precision(grouper, alert, &precision);

	points =
		(double)rules->risk_level[alert->level] * (double)criticality / 100 * (double)precision / 100;
	for (size_t i = 0; i < subject->count && r >= 0; i++)
		if (share_kind(subject->items[i].share) < ENTITY_RULE)
			r = count_one(grouper, alert, subject, &subject->items[i], points);
	if (r >= 0 && asset_unit(subject->asset)) {
		struct known known = {
			.period = period_of(alert->time), .first = alert->time, .last = alert->time};
		struct str unit = arena_printf(grouper->arena, "%lld", (long long)asset_unit(subject->asset));

		r = read_known(grouper->tx, alert->drill, ENTITY_UNIT, unit, &known);
		known.alerts++;
		known.last = alert->time > known.last ? alert->time : known.last;
		add_risk(rules, &known, points, alert->time);
		if (r >= 0)
			r = write_known(grouper, alert->drill, ENTITY_UNIT, unit,
					asset_unit_name(subject->asset), &known);
	}
	return r < 0 ? r : 0;
}

/* --- asking --------------------------------------------------------------------------------------------- */

static double risk_now(const struct case_rules *rules, int64_t risk, int64_t at, int64_t now)
{
	double then = (double)risk / RISK_UNIT;

	return now > at ? then * decay(rules, now - at) : then;
}

#define SELECT_RISK                                                                                         \
	"SELECT value, name, risk, risk_at, alerts, first, last FROM entities WHERE drill = ?1 AND kind = " \
	"?2"

static int visit_risks(struct db_rows *rows, const struct case_rules *rules, enum entity_kind kind,
		       int64_t now, risk_visit *visit, void *context)
{
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct risk_row row = {
			.kind = kind,
			.value = db_column_text(rows, 0),
			.name = db_column_text(rows, 1),
			.risk = risk_now(rules, db_column_integer(rows, 2), db_column_integer(rows, 3), now),
			.alerts = db_column_integer(rows, 4),
			.first = db_column_integer(rows, 5),
			.last = db_column_integer(rows, 6),
		};

		if (row.risk >= 1)
			stop = visit(context, &row);
	}
	return stop ? stop : r;
}

int risk_top(struct db_tx *tx, const struct case_rules *rules, enum entity_kind kind, bool drill, int64_t now,
	     unsigned limit, risk_visit *visit, void *context)
{
	must(limit >= 1 && limit <= ENTITY_TOP_MAX);
	return visit_risks(db_query(tx, SELECT_RISK " ORDER BY rank DESC LIMIT ?3",
				    DB_ARGS(db_integer(drill), db_integer(kind), db_integer(limit))),
			   rules, kind, now, visit, context);
}

int risk_of(struct db_tx *tx, const struct case_rules *rules, enum entity_kind kind, struct str value,
	    bool drill, int64_t now, risk_visit *visit, void *context)
{
	return visit_risks(db_query(tx, SELECT_RISK " AND value = ?3",
				    DB_ARGS(db_integer(drill), db_integer(kind), db_text(value))),
			   rules, kind, now, visit, context);
}

int incident_entities(struct db_tx *tx, const struct case_rules *rules, int64_t id, int64_t now,
		      int (*visit)(void *context, const struct incident_entity *entity), void *context)
{
	static const char sql[] =
		"SELECT i.kind, i.value, i.first, i.last, i.count, coalesce(e.name, ''), coalesce(e.risk, 0),"
		" coalesce(e.risk_at, 0) FROM incident_entities AS i JOIN incidents ON incidents.id = "
		"i.incident"
		" LEFT JOIN entities AS e ON e.drill = incidents.drill AND e.kind = i.kind AND e.value = "
		"i.value"
		" WHERE i.incident = ?1 AND i.kind < 8 ORDER BY i.count DESC, i.kind, i.value";
	struct db_rows *rows = db_query(tx, sql, DB_ARGS(db_integer(id)));
	int r, stop = 0;

	while (stop == 0 && (r = db_next(rows)) > 0) {
		struct incident_entity entity = {
			.kind = (enum entity_kind)db_column_integer(rows, 0),
			.value = db_column_text(rows, 1),
			.first = db_column_integer(rows, 2),
			.last = db_column_integer(rows, 3),
			.count = db_column_integer(rows, 4),
			.name = db_column_text(rows, 5),
			.risk = risk_now(rules, db_column_integer(rows, 6), db_column_integer(rows, 7), now),
		};

		stop = visit(context, &entity);
	}
	return stop ? stop : r;
}

int entities_prune(struct db_tx *tx, int64_t before, int64_t now)
{
	int r = db_run(tx, "DELETE FROM entity_partners WHERE period < ?1",
		       DB_ARGS(db_integer(period_of(now) - 1)));

	if (r >= 0)
		r = db_run(tx, "DELETE FROM entities WHERE last < ?1", DB_ARGS(db_integer(before)));
	return r < 0 ? r : 0;
}
