/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/core_reports.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "bin/core_people.h"
#include "bin/process.h"
#include "duty/shift.h"
#include "people/owner.h"
#include "reporting/reporting.h"

/* --- who is warned ------------------------------------------------------------------------------------- */

struct receivers {
	reporting_receiver *add;
	void *context;
	unsigned to;
};

static int add_shift(void *context, const struct shift *shift)
{
	const struct receivers *receivers = context;

	return receivers->add(receivers->context, shift->who.mail);
}

/* Of the incident's unit and those above it. */
static int add_responsible(void *context, const struct owner *owner)
{
	static const struct {
		enum duty duty;
		unsigned to;
	} kinds[] = {
		{DUTY_IT_HEAD, WARN_CHAIN},
		{DUTY_IT_LIAISON, WARN_CHAIN},
		{DUTY_DUTY_OFFICER, WARN_ON_DUTY},
		{DUTY_FIRST_RESPONSIBLE, WARN_LEADERS},
		{DUTY_DIRECTLY_RESPONSIBLE, WARN_LEADERS},
	};
	const struct receivers *receivers = context;
	int r = 0;

	for (size_t i = 0; i < owner->count && r == 0; i++)
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (owner->responsibles[i].duty == kinds[k].duty && receivers->to & kinds[k].to)
				r = receivers->add(receivers->context, owner->responsibles[i].mail);
	return r;
}

static int find_receivers(void *context, struct db_tx *tx, const struct reporting_duty *duty, unsigned to,
			  int64_t now, reporting_receiver *add, void *add_context)
{
	struct receivers receivers = {add, add_context, to};
	int r = 0;

	(void)context;
	if (to & WARN_ON_DUTY)
		r = shift_list(tx, now, now + 1, add_shift, &receivers);
	if (r == 0 && to & WARN_ASSIGNEE)
		r = core_account_mail(tx, duty->assignee, add, add_context);
	if (r == 0 && duty->unit)
		r = owner_of_unit(tx, duty->unit, now, add_responsible, &receivers);
	return r == ERR_END ? 0 : r;
}

/* ------------------------------------------------------------------------------------------------------- */

/* Said once an hour, not at every call. */
static void complain(const struct err *err, int64_t now)
{
	char text[ERR_FILE_MAX + ERR_MESSAGE_MAX + 32];

	if (now % CLOCK_HOUR >= CLOCK_MINUTE)
		return;
	err_format(err, text, sizeof(text));
	log_warning("what has to be reported to authorities is not known: %s", text);
}

void core_reports(const struct core_context *context, int64_t now)
{
	const struct config *config = &context->process->config;
	struct arena *arena = arena_new(0);
	const struct reporting reporting = {
		.folder = arena_printf(arena, "%s/" COMPLIANCE_FOLDER, config->content).ptr,
		.own = config_path(config, arena, COMPLIANCE_FOLDER),
		.zone = context->zone,
		.receivers = find_receivers,
	};
	struct err err = {0};

	if (reporting_tick(context->db, &reporting, now, &err) < 0)
		complain(&err, now);
	arena_free(arena);
}
