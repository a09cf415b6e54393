/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One machine, two names: some of its logs write the short one (the classic event logs of Windows, syslog
 * daemons), others the full one. A short name is taken for the full name that begins with it, as long as one
 * machine alone has such a name: of www.physics.example and www.law.example "www" says nothing.
 */
#include "base/clock.h"
#include "cases/grouper.h"

#define LATELY \
	(7 * CLOCK_DAY) /* names that were not seen for so long before or after are no other's any more */
#define NAMES_MAX 64    /* that begin alike: so many are never looked through */

/* The only full name that begins with the short one and is not `own`, in the arena; empty where there is none
   or more than one. *ret_count: how many there are, at most 2. */
static int find_full(struct grouper *grouper, const struct alert *alert, struct str name, struct str own,
		     struct str *ret_full, size_t *ret_count)
{
	static const char sql[] = "SELECT value, first, last FROM entities WHERE drill = ?1 AND kind = ?2"
				  " AND value > ?3 || '.' AND value < ?3 || '/' LIMIT ?4";
	struct db_rows *rows = db_query(grouper->tx, sql,
					DB_ARGS(db_integer(alert->drill), db_integer(ENTITY_HOST),
						db_text(name), db_integer(NAMES_MAX)));
	size_t seen = 0;
	int r;

	*ret_count = 0;
	while ((r = db_next(rows)) > 0) {
		struct str value = db_column_text(rows, 0);
		bool lately = db_column_integer(rows, 1) <= alert->time + LATELY &&
			      db_column_integer(rows, 2) >= alert->time - LATELY;

		if (++seen == NAMES_MAX)
			*ret_count = 2;
		if (!lately || str_eq(value, own) || *ret_count == 2)
			continue;
		if (++*ret_count == 1)
			*ret_full = arena_copy(grouper->arena, value);
	}
	return r;
}

/* Whether alerts lately were about a machine that was known by that name alone. 1 or 0. */
static int is_known(struct grouper *grouper, const struct alert *alert, struct str name)
{
	static const char sql[] = "SELECT 1 FROM entities WHERE drill = ?1 AND kind = ?2 AND value = ?3"
				  " AND first <= ?4 AND last >= ?5";
	int64_t one;

	return db_get_integer(grouper->tx, sql,
			      DB_ARGS(db_integer(alert->drill), db_integer(ENTITY_HOST), db_text(name),
				      db_integer(alert->time + LATELY), db_integer(alert->time - LATELY)),
			      &one);
}

static bool is_number(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!char_is_digit(name.ptr[i]))
			return false;
	return true;
}

int grouper_host_name(struct grouper *grouper, const struct alert *alert, struct entity *host)
{
	const struct str name = str_head(host->value, str_find_char(host->value, '.'));
	struct str full = {0};
	uint8_t ip[16];
	size_t count = 0;
	int r;

	if (is_number(name) || ip_parse(host->value, ip) == 0)
		return 0;
	if (name.len < host->value.len) {
		r = is_known(grouper, alert, name);
		if (r <= 0)
			return r;
		r = find_full(grouper, alert, name, host->value, &full, &count);
		if (r == 0 && count == 0)
			host->other = name;
		return r;
	}
	r = find_full(grouper, alert, name, name, &full, &count);
	if (r == 0 && count == 1) {
		host->value = full;
		host->short_name = true;
	}
	return r;
}
