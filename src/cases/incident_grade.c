/* SPDX-License-Identifier: Apache-2.0 */
/* Tactics, score, category and level proposed of an incident, from what it is about. */
#include "cases/grading.h"
#include "cases/grouper.h"

#define SCORE_MAX 1000

static int read_names(struct grouper *grouper, int64_t id, enum entity_kind kind, struct str *names,
		      size_t *ret_count)
{
	static const char sql[] = "SELECT value FROM incident_entities WHERE incident = ?1 AND kind = ?2"
				  " ORDER BY value LIMIT ?3";
	struct db_rows *rows =
		db_query(grouper->tx, sql, DB_ARGS(db_integer(id), db_integer(kind), db_integer(FACTS_MAX)));
	int r;

	while ((r = db_next(rows)) > 0)
		names[(*ret_count)++] = arena_copy(grouper->arena, db_column_text(rows, 0));
	return r;
}

/* The gravest asset is the one whose criticality counts most. */
static int read_assets(struct grouper *grouper, int64_t id, struct facts *facts)
{
	static const char sql[] = "SELECT criticality, mlps_level FROM incident_assets WHERE incident = ?1"
				  " ORDER BY asset";
	const struct criticalities *table = &grouper->rules->score_criticality;
	struct db_rows *rows = db_query(grouper->tx, sql, DB_ARGS(db_integer(id)));
	int64_t most = 0;
	int r;

	for (bool first = true; (r = db_next(rows)) > 0; first = false) {
		int64_t points = criticality_points(table, db_column_text(rows, 0));

		if (first || points > most) {
			most = points;
			facts->criticality = arena_copy(grouper->arena, db_column_text(rows, 0));
		}
		if (db_column_integer(rows, 1) > facts->mlps_level)
			facts->mlps_level = db_column_integer(rows, 1);
	}
	return r;
}

static int read_facts(struct grouper *grouper, int64_t id, struct facts *facts)
{
	int64_t severity = 0;
	int r = db_get_integer(grouper->tx, "SELECT severity FROM incidents WHERE id = ?1",
			       DB_ARGS(db_integer(id)), &severity);

	facts->severity = (enum alert_level)severity;
	if (r >= 0)
		r = read_names(grouper, id, ENTITY_TECHNIQUE, facts->techniques, &facts->technique_count);
	if (r >= 0)
		r = read_names(grouper, id, ENTITY_TACTIC, facts->tactics, &facts->tactic_count);
	if (r >= 0)
		r = read_assets(grouper, id, facts);
	if (r >= 0)
		r = db_get_integer(grouper->tx,
				   "SELECT count(*) FROM incident_entities WHERE incident = ?1 AND kind = ?2",
				   DB_ARGS(db_integer(id), db_integer(ENTITY_HOST)), &facts->hosts);
	return r < 0 ? r : 0;
}

static int64_t score_of(const struct case_rules *rules, const struct facts *facts)
{
	int64_t score = rules->score_level[facts->severity];

	if (facts->tactic_count)
		score += rules->score_tactic * (int64_t)(facts->tactic_count - 1);
	if (facts->hosts)
		score += rules->score_host * (facts->hosts - 1);
	score += criticality_points(&rules->score_criticality, facts->criticality);
	return score < 0 ? 0 : score > SCORE_MAX ? SCORE_MAX : score;
}

/* In the order in which an attack goes on; those that are no stage behind. */
static void write_tactics(const struct case_rules *rules, const struct facts *facts, struct buf *out)
{
	buf_add_char(out, '[');
	for (unsigned stage = 1; stage <= rules->stage_count + 1; stage++)
		for (size_t i = 0; i < facts->tactic_count; i++) {
			unsigned its = case_rules_stage(rules, facts->tactics[i]);

			if ((its ? its : rules->stage_count + 1) != stage)
				continue;
			if (out->len > 1)
				buf_add_char(out, ',');
			buf_add_json_string(out, facts->tactics[i]);
		}
	buf_add_char(out, ']');
}

static void write_why(const struct facts *facts, const struct proposal *proposal, struct buf *out)
{
	const struct {
		const char *name;
		struct str text;
	} texts[] = {
		{"by", proposal->by},
		{"importance", proposal->importance},
		{"loss", proposal->loss},
		{"criticality", facts->criticality},
	};

	buf_printf(out, "{\"severity\":\"%s\",\"hosts\":%lld,\"mlps_level\":%lld",
		   alert_level_name(facts->severity), (long long)facts->hosts, (long long)facts->mlps_level);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!texts[i].text.len)
			continue;
		buf_printf(out, ",\"%s\":", texts[i].name);
		buf_add_json_string(out, texts[i].text);
	}
	buf_add_char(out, '}');
}

int incident_grade(struct grouper *grouper, int64_t id)
{
	static const char sql[] =
		"UPDATE incidents SET tactics = ?2, score = ?3, category_proposed = ?4, level_proposed = ?5,"
		" why_proposed = ?6, graded = severity + 1 WHERE id = ?1";
	struct facts facts = {.technique_count = 0};
	struct proposal proposal;
	struct buf tactics = {0}, why = {0};
	int r;

	if (!grouper->rules)
		return 0;
	r = read_facts(grouper, id, &facts);
	if (r < 0)
		return r;
	grading_propose(grouper->rules, &facts, &proposal);
	write_tactics(grouper->rules, &facts, &tactics);
	write_why(&facts, &proposal, &why);
	r = db_run(grouper->tx, sql,
		   DB_ARGS(db_integer(id), db_text(buf_str(&tactics)),
			   db_integer(score_of(grouper->rules, &facts)), db_text(proposal.category),
			   db_integer(proposal.level), db_text(buf_str(&why))));
	buf_done(&tactics);
	buf_done(&why);
	return r < 0 ? r : 0;
}
