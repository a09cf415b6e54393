/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/threat.h"

#define ENOUGH 1000000 /* more of anything changes no point */

static int64_t sane(int64_t n)
{
	return n < 0 ? 0 : n > ENOUGH ? ENOUGH : n;
}

static int capped(int64_t points, int most)
{
	return points > most ? most : (int)points;
}

/* One that is 特别重大 fills the part alone; what nobody graded counts little, and counts. */
static int64_t incident_points(const struct threat_facts *facts)
{
	static const int points[THREAT_LEVELS] = {2, 45, 30, 15, 5};
	int64_t sum = 0;

	for (int level = 0; level < THREAT_LEVELS; level++)
		sum += points[level] * sane(facts->incidents[level]);
	return sum;
}

/* Half of the most at 5 critical ones or 20 high ones, and slower from there: n / (n + half). */
static int64_t alert_points(const struct threat_facts *facts, int most)
{
	const int64_t n = 4 * sane(facts->critical) + sane(facts->high), half = 20;

	return (most * n + (n + half) / 2) / (n + half);
}

/* From as many as last week (none) to four times as many (all). Without a week before there is no rise. */
static int64_t rise_points(const struct threat_facts *facts, int most)
{
	const int64_t now = sane(facts->alerts), before = sane(facts->alerts_before);

	if (now < THREAT_RISE_LEAST || before == 0 || now <= before)
		return 0;
	return most * (now - before) / (3 * before);
}

static int64_t rise_percent(const struct threat_facts *facts)
{
	const int64_t before = sane(facts->alerts_before);

	return before ? sane(facts->alerts) * 100 / before : 0;
}

static int64_t overdue_points(const struct threat_facts *facts)
{
	return 8 * sane(facts->reports_overdue) + 3 * sane(facts->rectifications_overdue) +
	       sane(facts->tasks_overdue);
}

/* Whoever hears nothing knows nothing: that is worth the whole part. One silent source of many is a point. */
static int64_t blind_points(const struct threat_facts *facts, int most)
{
	const int64_t sources = sane(facts->sources), silent = sane(facts->silent);

	if (sources == 0)
		return most;
	return (most * silent + sources - 1) / sources;
}

static const char *band_of(int index)
{
	static const char *const bands[] = {"calm", "watch", "guarded", "grave", "critical"};

	return bands[index >= 80 ? 4 : index / 20];
}

static int64_t sum_of_levels(const struct threat_facts *facts)
{
	int64_t sum = 0;

	for (int level = 0; level < THREAT_LEVELS; level++)
		sum += sane(facts->incidents[level]);
	return sum;
}

void threat_index(const struct threat_facts *facts, struct threat *ret_threat)
{
	struct threat threat = {.parts = {
#define X(id, label, points) [THREAT_##id] = {.name = label, .most = points},
					THREAT_PARTS(X)
#undef X
				}};
	struct threat_part *parts = threat.parts;
	int64_t points[THREAT_PART_COUNT];

	points[THREAT_INCIDENTS] = incident_points(facts);
	points[THREAT_ALERTS] = alert_points(facts, parts[THREAT_ALERTS].most);
	points[THREAT_RISE] = rise_points(facts, parts[THREAT_RISE].most);
	points[THREAT_OVERDUE] = overdue_points(facts);
	points[THREAT_BLIND] = blind_points(facts, parts[THREAT_BLIND].most);
	parts[THREAT_INCIDENTS].value = sum_of_levels(facts);
	parts[THREAT_ALERTS].value = sane(facts->critical) + sane(facts->high);
	parts[THREAT_RISE].value = rise_percent(facts);
	parts[THREAT_OVERDUE].value = sane(facts->reports_overdue) + sane(facts->rectifications_overdue) +
				      sane(facts->tasks_overdue);
	parts[THREAT_BLIND].value = sane(facts->silent);
	for (int i = 0; i < THREAT_PART_COUNT; i++) {
		parts[i].points = capped(points[i], parts[i].most);
		threat.index += parts[i].points;
	}
	threat.band = band_of(threat.index);
	*ret_threat = threat;
}
