/* SPDX-License-Identifier: Apache-2.0 */
#include "reporting/duties.h"

void schedule_format(const struct deadlines *deadlines, char out[STEPS_TEXT_MAX])
{
	size_t len = 0;

	out[0] = 0;
	for (size_t i = 0; i < deadlines->step_count; i++)
		len += (size_t)snprintf(out + len, STEPS_TEXT_MAX - len, "%s%u:%u", i ? " " : "",
					deadlines->steps[i].left, deadlines->steps[i].to);
	must(len < STEPS_TEXT_MAX);
}

void schedule_parse(struct str text, struct duty_schedule *ret_schedule)
{
	struct str part, left;
	int64_t value, to;

	ret_schedule->count = 0;
	while (ret_schedule->count < DEADLINES_STEPS_MAX && str_split(&text, ' ', &part)) {
		if (!str_split(&part, ':', &left) || str_to_i64(left, &value) < 0 ||
		    str_to_i64(part, &to) < 0)
			continue;
		ret_schedule->steps[ret_schedule->count++] =
			(struct warn_step){(unsigned)value, (unsigned)to};
	}
}

int64_t schedule_next(const struct duty_schedule *schedule, int64_t start, int64_t due, unsigned step)
{
	unsigned again;

	if (step < schedule->count)
		return due - (due - start) / 100 * schedule->steps[step].left;
	again = step - (unsigned)schedule->count + 1;
	return schedule->again && again <= schedule->again_most ? due + again * schedule->again : 0;
}
